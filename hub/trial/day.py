"""A day as it can be lived again: who came when for what, how long each took, and which windows were open."""

import msgspec

from hub.engine.events import DayTurned, TicketPrioritised, TicketTaken

BOOKED, PRIORITY, PLAIN = "booked", "priority", "plain"


class Leg(msgspec.Struct):
    """One stay at a window."""

    service: str
    took_ms: int


class Visitor(msgspec.Struct):
    """``starts_at_ms`` of the appointment, or 0; ``recorded_ms`` how long it really waited, None when never called.
    ``given``: the priorities that people at the desk gave it, or took away, in order."""

    taken: TicketTaken
    legs: list[Leg]
    starts_at_ms: int = 0
    recorded_ms: int | None = None
    given: tuple[TicketPrioritised, ...] = ()

    @property
    def kind(self) -> str:
        if (self.given[-1] if self.given else self.taken).priority != "none":
            return PRIORITY
        return BOOKED if self.taken.booked else PLAIN

    @property
    def since_ms(self) -> int:
        """Since when it waits: an appointment's time counts, not how early somebody came; the time on the paper of a
        kiosk that was alone, not when the hub heard of it."""
        return max(self.taken.taken_at_ms or self.taken.at_ms, self.starts_at_ms)


class Shift(msgspec.Struct, frozen=True):
    """A window takes visitors from then to then, unix ms."""

    window: str
    starts_at_ms: int
    ends_at_ms: int


class Day(msgspec.Struct, frozen=True):
    """``gap_ms`` passes between two visitors at a window."""

    turned: DayTurned
    visitors: list[Visitor]
    shifts: list[Shift]
    gap_ms: int = 5000
