"""Opening hours: weekdays, lunch, holidays, extra working days, a hall's and a service's own, the next change."""

from datetime import date, datetime, timedelta, timezone

import msgspec
import pytest

from hub.engine import hours
from hub.engine.plan import Hours, Plan
from tests.engine.small_site import small_plan

ZHUHAI = timezone(timedelta(hours=8))
DAY = ((540, 720), (840, 1020))  # 9–12, 14–17
LATE = ((510, 1200),)  # 8:30–20


def at_ms(text: str) -> int:
    """``2026-09-30 09:00`` in Zhuhai; a Wednesday, the last before the holidays."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZHUHAI).timestamp() * 1000)


def with_hours() -> Plan:
    plan = small_plan()
    week = Hours(week=(*[DAY] * 5, (), ()), extra_day=DAY)
    own = {"law": Hours(week=(LATE, *[()] * 6), extra_day=LATE)}
    return msgspec.structs.replace(
        plan,
        hours=week,
        holidays=tuple(date(2026, 10, day) for day in range(1, 8)),
        extra_days=(date(2026, 10, 10),),
        halls=tuple(msgspec.structs.replace(hall, hours=own.get(hall.id)) for hall in plan.halls),
        services=tuple(
            msgspec.structs.replace(
                s, hours=Hours(week=((), (), ((0, 1440),), (), (), (), ())) if s.id == "archive" else None
            )
            for s in plan.services
        ),
    )


@pytest.mark.parametrize(
    ("when", "of", "is_open"),
    [
        ("2026-09-30 08:59", "tax", False),
        ("2026-09-30 09:00", "tax", True),
        ("2026-09-30 12:00", "tax", False),  # the end is outside
        ("2026-09-30 13:59", "invoices", False),
        ("2026-09-30 14:00", "invoices", True),
        ("2026-09-30 10:00", "law", False),  # its own week has Mondays only
        ("2026-09-28 19:59", "notary", True),  # a service without hours has its hall's
        ("2026-09-28 19:59", "tax", False),
        ("2026-09-28 19:59", "", True),  # the building: anything in it
        ("2026-09-30 03:00", "archive", True),  # a service's own go before its hall's
        ("2026-09-28 10:00", "archive", False),
        ("2026-10-01 10:00", "", False),  # a holiday
        ("2026-10-10 10:00", "tax", True),  # a Saturday that is worked
        ("2026-10-10 19:00", "law", True),
        ("2026-10-10 10:00", "archive", False),  # it has no extra day
        ("2026-10-11 10:00", "", False),
        ("2026-09-30 10:00", "nowhere", True),  # the building's own
    ],
)  # fmt: skip
def test_open_or_closed(when: str, of: str, is_open: bool) -> None:
    assert hours.is_open(with_hours(), at_ms(when), of) is is_open


@pytest.mark.parametrize(
    ("when", "of", "change"),
    [
        ("2026-09-30 08:00", "tax", "2026-09-30 09:00"),
        ("2026-09-30 09:00", "tax", "2026-09-30 12:00"),
        ("2026-09-30 16:59", "tax", "2026-09-30 17:00"),
        ("2026-09-30 17:00", "tax", "2026-10-08 09:00"),  # after the holidays
        ("2026-10-09 18:00", "tax", "2026-10-10 09:00"),  # the extra Saturday
        ("2026-09-29 18:00", "archive", "2026-09-30 00:00"),
        ("2026-09-30 00:00", "archive", "2026-10-01 00:00"),
        ("2026-09-28 17:00", "", "2026-09-28 20:00"),  # law is still open, and archive is not
    ],
)
def test_the_next_change(when: str, of: str, change: str) -> None:
    assert hours.next_change_ms(with_hours(), at_ms(when), of) == at_ms(change)


def test_a_site_that_tells_no_hours_is_always_open() -> None:
    plan = small_plan()
    assert not hours.is_known(plan)
    assert hours.is_open(plan, at_ms("2026-10-01 03:00"), "tax")
    assert hours.next_change_ms(plan, at_ms("2026-10-01 03:00")) is None


def test_a_site_that_is_never_open_has_no_next_change() -> None:
    plan = msgspec.structs.replace(small_plan(), hours=Hours())
    assert not hours.is_open(plan, at_ms("2026-09-30 10:00"))
    assert hours.next_change_ms(plan, at_ms("2026-09-30 10:00")) is None


def test_the_building_has_its_own_clock() -> None:
    settings = msgspec.structs.replace(with_hours().settings, utc_offset_min=-210)
    plan = msgspec.structs.replace(with_hours(), settings=settings)
    noon_utc_ms = int(datetime(2026, 9, 29, 12, 30, tzinfo=timezone.utc).timestamp() * 1000)  # noqa: UP017
    assert hours.is_open(plan, noon_utc_ms, "tax")  # 9:00 there
    assert not hours.is_open(plan, noon_utc_ms - 1, "tax")
