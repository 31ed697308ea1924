"""Opening hours: whether the building, a hall or a service is open at a moment, and when that changes next.

A service has its own hours, or its hall's, or the building's. Holidays and extra working days hold for all of them. A
building whose file tells no hours is always open. Local time has a fixed offset, as everywhere in the engine.
"""

from datetime import date

from hub.engine.plan import Hours, Plan

MINUTE_MS = 60_000
DAY_MIN = 1440
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
SOON_DAYS = 14
FAR_DAYS = 400  # a calendar that is made year by year says nothing of later


def is_open(plan: Plan, at_ms: int, service_or_hall: str = "") -> bool:
    """Whether the service or hall of that id is open at ``at_ms`` (UTC); without an id, whether anything in the
    building is. An id that is neither has the building's hours. A section's end is outside it."""
    day, minute = _local(plan, at_ms)
    return any(
        start <= minute < end for hours in _of(plan, service_or_hall) for start, end in _sections(plan, hours, day)
    )


def is_known(plan: Plan) -> bool:
    """Whether the site tells its opening hours at all."""
    return plan.hours is not None


def ever_closes(plan: Plan) -> bool:
    """Whether there are moments at which no tickets are to be had: by the hours, or on holidays of a site without."""
    return is_known(plan) or bool(plan.holidays)


def next_change_ms(plan: Plan, at_ms: int, service_or_hall: str = "") -> int | None:
    """The first moment after ``at_ms`` at which `is_open` says something else; None when there is none in a year."""
    if plan.hours is None:
        return None
    hours = _of(plan, service_or_hall)
    now = is_open(plan, at_ms, service_or_hall)
    day, _ = _local(plan, at_ms)
    for later in range(day, day + FAR_DAYS):
        edges = {edge for own in hours for section in _sections(plan, own, later) for edge in section}
        for minute in sorted(edges | {0}):
            edge_ms = ((later * DAY_MIN + minute) - plan.settings.utc_offset_min) * MINUTE_MS
            if edge_ms > at_ms and is_open(plan, edge_ms, service_or_hall) != now:
                return edge_ms
    return None


def local_day(plan: Plan, at_ms: int) -> int:
    """Days since 1970 by the building's clock."""
    return _local(plan, at_ms)[0]


def day_starts_ms(plan: Plan, at_ms: int) -> int:
    """The local midnight before a moment, unix ms."""
    return (local_day(plan, at_ms) * DAY_MIN - plan.settings.utc_offset_min) * MINUTE_MS


def is_holiday(plan: Plan, at_ms: int) -> bool:
    """Whether all is closed on the local day of a moment."""
    return date.fromordinal(EPOCH_ORDINAL + local_day(plan, at_ms)) in plan.holidays


def is_workday(plan: Plan, day: int) -> bool:
    """Whether a local day (since 1970) is a working day by law: by the calendar, whatever the building's hours are."""
    calendar_day = date.fromordinal(EPOCH_ORDINAL + day)
    return calendar_day in plan.extra_days or (calendar_day.weekday() < 5 and calendar_day not in plan.holidays)


def next_open_day(plan: Plan, day: str) -> tuple[str, int]:
    """The first local day after ``day`` (YYYYMMDD) on which anything in the building is open: its name, and when it
    ends, unix ms. Just the next one, when all are closed for weeks."""
    after = date.fromisoformat(day).toordinal() - EPOCH_ORDINAL + 1
    found = next((later for later in range(after, after + SOON_DAYS) if spans(plan, later)), after)
    name = date.fromordinal(EPOCH_ORDINAL + found).strftime("%Y%m%d")
    return name, ((found + 1) * DAY_MIN - plan.settings.utc_offset_min) * MINUTE_MS


def workdays_after_ms(plan: Plan, at_ms: int, count: int) -> int:
    """The end of the ``count``-th working day after the local day of ``at_ms``, unix ms."""
    day = local_day(plan, at_ms)
    while count > 0:
        day += 1
        count -= is_workday(plan, day)
    return ((day + 1) * DAY_MIN - plan.settings.utc_offset_min) * MINUTE_MS


def spans(plan: Plan, day: int, service_or_hall: str = "") -> tuple[tuple[int, int], ...]:
    """The opening sections of a local day in order, as (first ms, ms after the last), unix."""
    midnight = day * DAY_MIN - plan.settings.utc_offset_min
    return tuple(
        ((midnight + start) * MINUTE_MS, (midnight + end) * MINUTE_MS)
        for hours in _of(plan, service_or_hall)
        for start, end in _sections(plan, hours, day)
    )


def _of(plan: Plan, service_or_hall: str) -> tuple[Hours, ...]:
    """The hours that count."""
    if plan.hours is None:
        return (_ALWAYS,)
    if not service_or_hall:
        own = [*(hall.hours for hall in plan.halls), *(row.hours for row in plan.services)]
        return (plan.hours, *(hours for hours in own if hours is not None))
    service = plan.service.get(service_or_hall)
    hall = plan.hall.get(service.hall if service else service_or_hall)
    found = (service.hours if service else None) or (hall.hours if hall else None) or plan.hours
    return (found,)


def _local(plan: Plan, at_ms: int) -> tuple[int, int]:
    """(days since 1970, minute of that day) by the building's clock."""
    return divmod(at_ms // MINUTE_MS + plan.settings.utc_offset_min, DAY_MIN)


def _sections(plan: Plan, hours: Hours, day: int) -> tuple[tuple[int, int], ...]:
    calendar_day = date.fromordinal(EPOCH_ORDINAL + day)
    if calendar_day in plan.holidays:
        return ()
    return hours.extra_day if calendar_day in plan.extra_days else hours.week[calendar_day.weekday()]


_ALWAYS = Hours(week=(((0, DAY_MIN),),) * 7)
