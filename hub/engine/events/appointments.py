"""Appointments: booked, changed, kept, missed."""

from hub.engine.events.event import Event


class AppointmentEvent(Event, frozen=True, kw_only=True):
    """``appointment`` is the id that whoever booked it gave it."""

    appointment: str


class AppointmentBooked(AppointmentEvent, frozen=True, kw_only=True):
    visitor: str
    service: str
    starts_at_ms: int
    ends_at_ms: int


class AppointmentChanged(AppointmentEvent, frozen=True, kw_only=True):
    service: str
    starts_at_ms: int
    ends_at_ms: int


class AppointmentCancelled(AppointmentEvent, frozen=True, kw_only=True):
    by: str


class AppointmentCheckedIn(AppointmentEvent, frozen=True, kw_only=True):
    """The visitor came, and has this ticket; ``""`` in older journals. It follows in the same entry, but where the day
    ended and the visitor had taken it without checking in."""

    kiosk: str
    ticket: str = ""


class AppointmentMissed(AppointmentEvent, frozen=True, kw_only=True):
    """Nobody came while it could be checked in."""
