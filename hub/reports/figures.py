"""Figures: what is counted of a day, in cells of service, window and clerk that can be put together in any way."""

import msgspec

from hub.engine import reasons
from hub.reports.sketch import Sketch

LEVELS = 5
SATISFIED_FROM = 3  # 基本满意 and better
Key = tuple[str, str, str]
"""Service, window, clerk; '' where there is none: nobody knows at which window a ticket that is taken will end."""


class Figures(msgspec.Struct, array_like=True):
    """Counts of what happened; ``hours``: local hour → tickets taken in it.

    ``waits``: each time from joining a line to being called. ``hour_waits`` and ``hour_waits_ms``: the same by the hour
    in which the ticket was taken. ``stays``: each time a window worked for a visitor, without the time parked.
    ``levels``: valid ratings, from 1 (非常不满意) to 5 (非常满意). What became of a poor rating later counts for
    the day on which it was made: ``voided`` as a mistake or malice; of the others those whose visitor is ``known``, was
    called back (``contacted``), has a reply, or had none in time.

    This is the one place that counts ratings: the reports, `hallhub satisfaction` and the clerks' own figures read it.
    """

    taken: int = 0
    called: int = 0
    recalled: int = 0
    finished: int = 0
    no_show: int = 0
    requeued: int = 0
    transferred: int = 0
    expired: int = 0
    kept: int = 0  # appointments
    missed: int = 0
    levels: list[int] = msgspec.field(default_factory=lambda: [0] * LEVELS)
    hours: dict[int, int] = msgspec.field(default_factory=dict)
    hour_waits: dict[int, int] = msgspec.field(default_factory=dict)
    hour_waits_ms: dict[int, int] = msgspec.field(default_factory=dict)
    waits: Sketch = msgspec.field(default_factory=Sketch)
    stays: Sketch = msgspec.field(default_factory=Sketch)
    defaults: int = 0  # nobody rated, and the site wants it marked; in no level
    cases: int = 0
    voided: int = 0
    replied: int = 0
    overdue: int = 0
    known: int = 0
    contacted: int = 0

    @property
    def rendered(self) -> int:
        """Services: each time a window worked for a visitor to the end of it."""
        return self.stays.count

    @property
    def rated(self) -> int:
        """Valid ratings."""
        return sum(self.levels)

    @property
    def poor(self) -> int:
        """Valid poor ratings."""
        return sum(self.levels[: reasons.POOR])

    @property
    def satisfied(self) -> int:
        """Valid ratings of 基本满意 or better."""
        return sum(self.levels[SATISFIED_FROM - 1 :])

    def rates(self) -> dict[str, float | None]:
        """Percent, or None where nothing was there to count. Invalid ratings and those by default are in none."""
        return {
            "satisfied_percent": _percent(self.satisfied, self.rated),
            "rated_percent": _percent(self.rated, self.rendered),
            "called_back_percent": _percent(self.contacted, self.known),
            "rectified_percent": _percent(self.replied, self.cases - self.voided),
        }

    def merge(self, other: "Figures") -> None:
        """All that ``other`` counted, too."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for at in range(LEVELS):
            self.levels[at] += other.levels[at]
        for name in _BY_HOUR:
            mine, theirs = getattr(self, name), getattr(other, name)
            for hour, count in theirs.items():
                mine[hour] = mine.get(hour, 0) + count
        self.waits.merge(other.waits)
        self.stays.merge(other.stays)


COUNTS = (
    "taken",
    "called",
    "recalled",
    "finished",
    "no_show",
    "requeued",
    "transferred",
    "expired",
    "kept",
    "missed",
    "defaults",
    "cases",
    "voided",
    "replied",
    "overdue",
    "known",
    "contacted",
)
_BY_HOUR = ("hours", "hour_waits", "hour_waits_ms")


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


class AlarmFigures(msgspec.Struct, array_like=True):
    """Of one help button. ``answers``: raised to acknowledged; ``ends``: raised to closed; on the day of the latter."""

    raised: int = 0
    tampered: int = 0  # of those: raised because somebody did something to the button
    answers: Sketch = msgspec.field(default_factory=Sketch)
    ends: Sketch = msgspec.field(default_factory=Sketch)

    def merge(self, other: "AlarmFigures") -> None:
        self.raised += other.raised
        self.tampered += other.tampered
        self.answers.merge(other.answers)
        self.ends.merge(other.ends)


class Correction(msgspec.Struct, frozen=True, array_like=True):
    """What is known better of a rating's day by now. ``name``: one of the counts, or ``level``, then of ``level``."""

    day: str
    key: Key
    name: str
    amount: int
    level: int = 0


class Day(msgspec.Struct, array_like=True):
    """A day, or several put together. ``day`` is YYYYMMDD of the first of them; ``alarms``: help button → figures."""

    day: str = ""
    cells: dict[Key, Figures] = msgspec.field(default_factory=dict)
    alarms: dict[str, AlarmFigures] = msgspec.field(default_factory=dict)

    def cell(self, key: Key) -> Figures:
        """Made when it is wanted first."""
        found = self.cells.get(key)
        if found is None:
            found = self.cells[key] = Figures()
        return found

    def alarm(self, device: str) -> AlarmFigures:
        """Made when it is wanted first."""
        return self.alarms.setdefault(device, AlarmFigures())

    def merge(self, other: "Day") -> None:
        """``other`` stays as it is."""
        for key, figures in other.cells.items():
            self.cell(key).merge(figures)
        for device, alarm in other.alarms.items():
            self.alarm(device).merge(alarm)

    def correct(self, correction: Correction) -> None:
        """It must be of this day."""
        figures = self.cell(correction.key)
        if correction.name == "level":
            figures.levels[correction.level - 1] += correction.amount
        else:
            setattr(figures, correction.name, getattr(figures, correction.name) + correction.amount)

    def total(self) -> Figures:
        """All cells put together."""
        whole = Figures()
        for figures in self.cells.values():
            whole.merge(figures)
        return whole
