"""Strips and LED walls: brightness by the time of day, black out of hours, told once a change, kept over the night."""

import msgspec
import pytest

from firmware.wire.messages.screen import ShowLight
from hub.effects.pages import all_slots, content
from hub.engine import lights
from hub.engine.effects import Refresh
from hub.engine.plan import Hours, Plan
from hub.engine.react import react
from hub.engine.requests import LightStrips
from tests.engine.hall_day import HallDay
from tests.engine.small_site import small_plan
from tests.engine.test_hours import at_ms

OFFICE = Hours(week=(*[((540, 720), (840, 1020))] * 5, (), ()))  # 9-12, 14-17
LATE = Hours(week=(((540, 1200),),) * 7)


def plan(light: tuple[str, ...] = (), black_min: int = -1, hours: Hours | None = OFFICE, **own: Hours) -> Plan:
    small = small_plan()
    settings = msgspec.structs.replace(small.settings, strip_light=light, strip_black_min=black_min)
    halls = tuple(msgspec.structs.replace(hall, hours=own.get(hall.id)) for hall in small.halls)
    return msgspec.structs.replace(small, settings=settings, hours=hours, halls=halls)


@pytest.mark.parametrize(
    ("clock", "percent"),
    [("00:00", 30), ("06:59", 30), ("07:00", 100), ("18:29", 100), ("18:30", 60), ("21:59", 60), ("22:00", 30)],
)
def test_brightness_follows_the_clock_of_the_building(clock: str, percent: int) -> None:
    site = plan(("18:30 60", "22:00 30", "07:00 100"))
    assert lights.percent_at(site, at_ms(f"2026-11-25 {clock}"), "tax") == percent


@pytest.mark.parametrize(
    ("moment", "is_lit"),
    [
        ("2026-11-25 08:29", False),
        ("2026-11-25 08:30", True),
        ("2026-11-25 12:29", True),
        ("2026-11-25 13:00", False),  # noon
        ("2026-11-25 13:30", True),
        ("2026-11-25 17:29", True),
        ("2026-11-25 17:30", False),
        ("2026-11-28 10:00", False),  # a Saturday
    ],
)
def test_black_when_nobody_is_there_to_read(moment: str, is_lit: bool) -> None:
    assert lights.percent_at(plan(("00:00 80",), 30), at_ms(moment), "tax") == (80 if is_lit else 0)


def test_a_hall_has_its_own_hours_and_the_building_is_lit_while_one_is_open() -> None:
    site = plan(black_min=0, law=LATE)
    evening = at_ms("2026-11-25 19:00")
    assert [lights.percent_at(site, evening, hall) for hall in ("tax", "law", "")] == [0, 100, 100]


def test_without_hours_or_unasked_a_strip_is_never_black() -> None:
    night = at_ms("2026-11-25 03:00")
    assert lights.percent_at(plan(black_min=30, hours=None), night, "tax") == 100
    assert lights.percent_at(plan(), night, "tax") == 100


def test_a_change_is_told_once_to_the_strips_of_its_hall() -> None:
    day = HallDay(plan(black_min=0, law=LATE))
    day.at_ms = at_ms("2026-11-25 18:00")
    assert lights.due(day.plan, day.site, day.at_ms) == [("tax", 0)]
    assert day.ask(LightStrips(at_ms=day.at_ms, by="hub")).endswith("StripsLit")
    event = day.journal[-1].events[-1]
    assert day.ask(LightStrips(at_ms=day.at_ms, by="hub")) == ""
    assert set(react(day.plan, day.site, event)) == {
        Refresh("strip-tax", "show/light"),
        Refresh("display-tax", "show/light"),  # it may be a LED wall
    }
    show = content(day.plan, day.site, 7, Refresh("strip-tax", "show/light"))
    assert isinstance(show, ShowLight)
    assert (show.percent, show.rev) == (0, day.site.position)
    assert Refresh("strip-tax", "show/light") in all_slots(day.plan)


def test_light_outlives_the_day_and_comes_back_in_the_morning() -> None:
    day = HallDay(plan(black_min=0))
    day.ask(LightStrips(at_ms=at_ms("2026-11-25 18:00"), by="hub"))
    assert day.ask(LightStrips(at_ms=at_ms("2026-11-26 00:01"), by="hub")) == "DayTurned"
    assert lights.percent_of(day.site, "tax") == 0
    assert day.ask(LightStrips(at_ms=at_ms("2026-11-26 09:00"), by="hub")) == "StripsLit StripsLit"
    assert [lights.percent_of(day.site, hall) for hall in ("tax", "law")] == [100, 100]
