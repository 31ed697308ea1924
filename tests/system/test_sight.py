"""People of the simulation: what they notice on displays and strips, how they meet at a counter, how time passes."""

import asyncio
import time

import pytest

from firmware.wire.messages.screen import CalledRow, ShowCalls, ShowRegion
from simulators import desk as words
from simulators.desk import Desk
from simulators.floor_plan import read_floor_plan
from simulators.pace import Change, Pace
from simulators.record import Record, spread
from simulators.sight import HallSight


def calls(*rows: tuple[str, int] | tuple[str, int, bool]) -> ShowCalls:
    called = [CalledRow(number=row[0], window=row[1], recalled=bool(row[2:] and row[2])) for row in rows]
    return ShowCalls(epoch=1, rev=1, hall="司法服务厅", called=called, waiting=[])


def region(text: str, flash_ms: int = 0) -> ShowRegion:
    return ShowRegion(
        epoch=1, rev=1, x=0, width=8, height=1, palette=[0xFF0000], pixels="", text=text, flash_ms=flash_ms
    )


def test_a_number_on_a_display_is_seen_with_its_window():
    sight = HallSight()
    sight.look_at_display("display-1", calls(("HA001", 3)))
    assert sight.newest("HA001").window == 3
    assert sight.newest("HA002") is None


def test_a_line_that_only_moves_down_calls_nobody_again():
    sight = HallSight()
    sight.look_at_display("display-1", calls(("HA001", 3)))
    seen = sight.newest("HA001").serial
    sight.look_at_display("display-1", calls(("HA002", 4), ("HA001", 3)))
    assert sight.newest("HA001").serial == seen
    assert sight.newest("HA002").window == 4


def test_a_line_that_moves_to_the_top_calls_again():
    sight = HallSight()
    sight.look_at_display("display-1", calls(("HA002", 4), ("HA001", 3)))
    seen = sight.newest("HA001").serial
    sight.look_at_display("display-1", calls(("HA001", 3), ("HA002", 4)))
    assert sight.newest("HA001", after=seen).window == 3


def test_a_recall_is_noticed():
    sight = HallSight()
    sight.look_at_display("display-1", calls(("HA001", 3)))
    seen = sight.serial
    sight.look_at_display("display-1", calls(("HA001", 3, True)))
    assert sight.newest("HA001", after=seen) is not None


def test_a_window_strip_calls_when_its_number_is_new_or_flashes():
    sight = HallSight()
    sight.look_at_region("strip-1", 0, 5, region("5号窗口 公证 请稍候"))
    assert sight.serial == 0
    sight.look_at_region("strip-1", 0, 5, region("请 HA001 到5号窗口", flash_ms=3000))
    first = sight.newest("HA001")
    assert first.window == 5
    sight.look_at_region("strip-1", 0, 5, region("请 HA001 到5号窗口"))
    assert sight.newest("HA001") == first
    sight.look_at_region("strip-1", 0, 5, region("请 HA001 到5号窗口", flash_ms=3000))
    assert sight.newest("HA001", after=first.serial) is not None


def test_who_waits_is_woken_by_the_call_and_by_nothing_else():
    async def wait() -> None:
        sight = HallSight()
        waiting = asyncio.create_task(sight.called("HA002"))
        await asyncio.sleep(0)
        sight.look_at_display("display-1", calls(("HA001", 3)))
        await asyncio.sleep(0)
        assert not waiting.done()
        sight.look_at_display("display-1", calls(("HA002", 7), ("HA001", 3)))
        assert (await waiting).window == 7

    asyncio.run(wait())


def test_a_visitor_stands_until_the_clerk_speaks_and_the_counter_is_free_when_they_leave():
    async def meet() -> None:
        desk = Desk(1)
        visitor = asyncio.create_task(desk.stand("HA001"))
        await desk.changed.until(lambda: desk.has("HA001"))
        desk.say("HA002", words.FINISHED)
        desk.say("HA001", words.FINISHED)
        assert await visitor == words.FINISHED
        assert not desk.is_free
        assert desk.standing() == []
        desk.leave("HA001")
        assert desk.is_free

    asyncio.run(meet())


def test_a_pace_of_100_makes_a_minute_short():
    async def minute() -> None:
        pace = Pace(100)
        started = time.monotonic()
        await pace.spend(10)
        assert 0.1 <= time.monotonic() - started < 5
        assert pace.now_s() >= 10

    asyncio.run(minute())


def test_a_pace_of_nothing_is_refused():
    with pytest.raises(ValueError, match="more than 0"):
        Pace(0)


def test_waiting_for_a_change_ends_at_its_time_limit():
    async def wait() -> None:
        assert not await Change().until(lambda: False, 0.01)

    asyncio.run(wait())


def test_one_change_can_stand_for_several():
    async def wait() -> None:
        one, two, either = Change(), Change(), Change()
        one.also(either)
        two.also(either)
        waiting = asyncio.create_task(either.until(lambda: two.times == 1, 5))
        await asyncio.sleep(0)
        two.notify()
        assert await waiting
        two.no_more(either)
        two.notify()
        assert either.times == 1

    asyncio.run(wait())


def test_the_record_tells_two_holders_of_one_number():
    record = Record()
    record.got_paper(1, "HA001")
    record.got_paper(2, "HA002")
    assert record.doubles == []
    record.got_paper(2, "HA001")
    assert record.doubles == ["HA001 is held by visitor 1 and by visitor 2"]


def test_percentiles_are_those_of_the_sorted_values():
    figures = spread([float(value) for value in range(100, 0, -1)])
    assert (figures.count, figures.p50, figures.p90, figures.p99, figures.longest) == (100, 51, 91, 100, 100)
    assert spread([]).longest == 0


def test_a_plan_that_is_no_plan_names_the_file_and_the_key(tmp_path):
    path = tmp_path / "site.json"
    path.write_text('{"halls": [{"name": "司法服务厅"}], "services": [], "windows": [], "devices": []}')
    with pytest.raises(ValueError, match=r"site\.json.*`id`"):
        read_floor_plan(path)
