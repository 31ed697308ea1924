"""Shapes of what is told of the queue: tickets, windows, appointments, cases, reports, the platform's records."""

from datetime import date
from typing import Any

from hub.api.shapes.base import Shape
from hub.api.shapes.building import BrokerView, Counted, Fault, HallView, LongQueue, Online, PartFault, PlatformView
from hub.calendar_file import Calendar
from hub.engine.state import Appointment, Case, Outage, Step, Ticket
from hub.journal import Aside


class WindowView(Shape):
    """``waiting``: how many wait for what it serves; ``ticket`` and ``staff`` are empty when there is none."""

    id: str
    hall: str
    number: int
    services: list[str]
    state: str
    ticket: str
    ticket_state: str
    held: list[str]
    waiting: int
    staff: str


class TicketView(Ticket, kw_only=True, forbid_unknown_fields=True):
    """A ticket of today; ``window_number`` 0: at none."""

    service_name: str
    hall: str
    window_number: int


class NumberRefused(Shape):
    number: str
    code: str


class OutageView(Outage, kw_only=True, forbid_unknown_fields=True):
    """A kiosk was alone; ``refused``: numbers that a rule turned away."""

    place: str
    refused: list[NumberRefused]  # type: ignore[assignment]


class StatusView(Shape):
    """The building at a glance."""

    site: str
    name: str
    day: str
    position: int
    devices: Online
    faults: list[Fault]
    safe_mode: list[str]
    parts: list[PartFault]
    alarms: int
    announcements: int
    appointments: int
    outages: list[OutageView]
    long_queues: list[LongQueue]
    halls: list[HallView]
    uptime_s: int
    broker: BrokerView
    platform: PlatformView
    doubles: list[dict[str, Any]]
    refusals: Counted


class Cleared(Shape):
    """``expired``: how many tickets ended by it."""

    position: int
    expired: int


class PolicyView(Shape):
    """``text`` is the policy file's; ``weights``: window → service → how much faster waiting counts there."""

    name: str
    rules: list[str]
    weights: dict[str, dict[str, int]]
    text: str


class AppointmentView(Appointment, kw_only=True, forbid_unknown_fields=True):
    """``shown``: the visitor, masked."""

    shown: str
    service_name: str


class RowRefused(Shape):
    appointment: str
    why: str


class BookedView(Shape):
    """How many were booked, and why the others were not."""

    booked: int
    refused: list[RowRefused]


class StepView(Step, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``note``: whether there are words."""

    note: bool  # type: ignore[assignment]


class CaseView(Case, kw_only=True, forbid_unknown_fields=True):
    """A case without what anybody wrote; ``words``: whether the visitor did."""

    words: bool  # type: ignore[assignment]
    steps: list[StepView]  # type: ignore[assignment]
    service_name: str
    window_number: int
    hall: str


class CaseWords(Shape):
    """What the visitor wrote, and the notes of the steps in order."""

    words: str
    notes: list[str]


class SatisfactionRow(Shape):
    """``name``: a day, a window or a service. ``levels``: valid ratings, from 1 to 5. Null: nothing to count."""

    name: str
    rendered: int
    rated: int
    poor: int
    levels: list[int]
    defaults: int
    known: int
    contacted: int
    replied: int
    overdue: int
    invalid: int
    satisfied_percent: float | None
    rated_percent: float | None
    called_back_percent: float | None
    rectified_percent: float | None


class ReportView(Shape):
    """Figures in all, by day, and by what was asked. Durations in s, shares in percent; null: nothing to measure."""

    site: str
    site_en: str
    span: str
    first: str
    last: str
    is_over: bool
    by: str
    days: list[dict[str, Any]]
    total: dict[str, Any]
    rows: list[dict[str, Any]]
    services: list[dict[str, Any]]
    hours: list[dict[str, Any]]
    busiest: list[int]
    alarms: list[dict[str, Any]]


class AsideView(Aside, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record that the platform would not have, or one that waits behind it."""

    record: dict[str, Any]  # type: ignore[assignment]


class Resent(Shape):
    """How many are sent again."""

    records: int


class CalendarView(Shape):
    """What was changed here, and all that holds."""

    changed: Calendar
    holidays: list[date]
    extra_days: list[date]


class VaultView(Shape):
    persons: int
    keep_days: int
    words: int
    words_days: int


class PersonView(Shape):
    """One person in clear."""

    visitor: str
    name: str
    card: str
    phone: str
    code: str


class Erased(Shape):
    """How many persons were erased, and how many texts about them."""

    erased: int
    words: int
