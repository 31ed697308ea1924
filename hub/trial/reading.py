"""Reading a day for a trial: out of the journal's file, while the hub goes on."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone

from hub.engine.days import DAY_MS
from hub.engine.events import AppointmentBooked, AppointmentChanged, Entry
from hub.engine.plan import Plan
from hub.journal import Journal
from hub.trial.day import Day
from hub.trial.recorded import read

AT_ONCE = 5000
LOOKED_BACK_DAYS = 14
BOOKED_BEFORE_DAYS = 8  # an appointment is booked within the 5 working days before


def read_day(journal: Journal, plan: Plan, day: date) -> Day:
    """What the journal tells of a local day. Raises what the journal raises."""
    zone = timezone(timedelta(minutes=plan.settings.utc_offset_min))
    starts_ms = int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)
    entries = list(_between(journal, starts_ms, starts_ms + DAY_MS))
    found = read(plan, starts_ms, entries, {})
    if not any(visitor.taken.booked for visitor in found.visitors):
        return found
    starts: dict[str, int] = {}
    for entry in _between(journal, starts_ms - BOOKED_BEFORE_DAYS * DAY_MS, starts_ms + DAY_MS):
        for event in entry.events:
            if isinstance(event, AppointmentBooked | AppointmentChanged):
                starts[event.appointment] = event.starts_at_ms
    return read(plan, starts_ms, entries, starts)


def newest_day(journal: Journal, plan: Plan, today: date) -> date | None:
    """The last whole day with visitors, of the two weeks before; else today, if there were any; else None."""
    for day in (*(today - timedelta(days=back) for back in range(1, LOOKED_BACK_DAYS + 1)), today):
        if read_day(journal, plan, day).visitors:
            return day
    return None


def _between(journal: Journal, from_ms: int, to_ms: int) -> Iterator[Entry]:
    position = journal.position_before(from_ms)
    while page := journal.entries(position, AT_ONCE):
        for entry in page:
            if entry.at_ms >= to_ms:
                return
            yield entry
        position = page[-1].position
