"""Roll-outs: groups, a stop at failures, who is away, and what a hub that restarts remembers."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from firmware.wire.messages.update import SelfTested, UpdateReport
from hub.engine.plan import Hours
from hub.update import rollout as rolls
from hub.update.roll import BEFORE_OPENING_MS, TEST_AGAIN_MS, RollRefused
from tests.hub.roll_bench import DAY_MS, NIGHT_MS, Bench, report, with_bench


def thirty(tolerate: int = 0) -> tuple[rolls.Rollout, list[str]]:
    devices = [f"help-{number}" for number in range(30)]
    return rolls.begin("1.1.0", dict.fromkeys(devices, "d" * 64), tolerate), devices


def offer_all(rollout: rolls.Rollout, online: list[str]) -> list[str]:
    found = rolls.due(rollout, online)
    for target in found:
        rolls.offer(target, 1000)
    return [target.device for target in found]


def look(rollout: rolls.Rollout, online: list[str], now_ms: int) -> None:
    rolls.miss(rollout, online, now_ms)
    rolls.judge(rollout)


def finish(rollout: rolls.Rollout, online: list[str], devices: list[str], stage: str = "running") -> None:
    for device in devices:
        target = rollout.target(device)
        assert target
        rolls.hear(target, report(target, stage), 2000)
    look(rollout, online, 2000)


def test_one_then_a_tenth_then_all() -> None:
    rollout, online = thirty()
    canary = offer_all(rollout, online)
    assert canary == ["help-0"]
    assert offer_all(rollout, online) == []
    finish(rollout, online, canary)
    tenth = offer_all(rollout, online)
    assert len(tenth) == 3
    finish(rollout, online, tenth[:2])
    assert offer_all(rollout, online) == []
    finish(rollout, online, tenth[2:])
    rest = offer_all(rollout, online)
    assert len(rest) == 26
    finish(rollout, online, rest)
    assert rollout.status == rolls.FINISHED


def test_a_failure_pauses_it_and_going_on_tries_again() -> None:
    rollout, online = thirty()
    finish(rollout, online, offer_all(rollout, online))
    tenth = offer_all(rollout, online)
    finish(rollout, online, tenth[:1], "failed")
    assert (rollout.status, rollout.reason) == (rolls.PAUSED, "update.failures")
    finish(rollout, online, tenth[1:])
    assert offer_all(rollout, online) == []
    first_rev = rollout.targets[1].rev
    rolls.resume(rollout, 0)
    assert offer_all(rollout, online) == tenth[:1]
    assert rollout.targets[1].rev > first_rev  # a new offer, or the device would not look at it
    assert rolls.want(rollout, {"help-5": "d" * 64, "help-new": "d" * 64}, 1000)
    assert [target.device for target in rollout.targets][-2:] == ["help-29", "help-new"]


def test_failures_that_are_tolerated_do_not_stop_it_but_a_canary_must_live() -> None:
    rollout, online = thirty(tolerate=2)
    for canary in ("help-0", "help-1", "help-2"):
        assert rollout.status == rolls.RUNNING
        assert offer_all(rollout, online) == [canary]
        assert offer_all(rollout, online) == []
        finish(rollout, online, [canary], "failed")
    assert rollout.status == rolls.PAUSED
    rollout, online = thirty(tolerate=1)
    finish(rollout, online, offer_all(rollout, online))
    tenth = offer_all(rollout, online)
    finish(rollout, online, tenth[:1], "failed")
    finish(rollout, online, tenth[1:])
    assert len(offer_all(rollout, online)) == 26


def test_who_is_away_holds_nobody_up_and_is_not_forgotten() -> None:
    devices = [f"help-{number}" for number in range(30)]
    online = devices[5:]
    rollout = rolls.begin("1.1.0", dict.fromkeys(devices, "d" * 64))
    while offered := offer_all(rollout, online):
        finish(rollout, online, [device for device in offered if device in online])
    assert {target.device for target in rollout.targets if not target.is_finished} == set(devices[:5])
    look(rollout, online, 2000 + 2 * rolls.SILENT_MS)
    assert rollout.status == rolls.RUNNING
    finish(rollout, devices, devices[:5])
    assert rollout.status == rolls.FINISHED


def test_a_device_that_is_there_and_says_nothing_has_failed() -> None:
    rollout, online = thirty()
    offer_all(rollout, online)
    look(rollout, online, 1000 + rolls.SILENT_MS)
    assert rollout.status == rolls.RUNNING
    look(rollout, online, 1001 + rolls.SILENT_MS)
    assert (rollout.status, rollout.targets[0].reason) == (rolls.PAUSED, "update.silent")


def test_a_device_that_starts_again_in_the_middle_is_waited_for_and_one_that_never_comes_back_has_failed() -> None:
    rollout, online = thirty()
    finish(rollout, online, offer_all(rollout, online))
    tenth = offer_all(rollout, online)
    finish(rollout, online, tenth[1:])
    rolls.hear(rollout.targets[1], report(rollout.targets[1], "ready"), 3000)
    online.remove(tenth[0])
    assert offer_all(rollout, online) == []
    look(rollout, online, 3001 + rolls.SILENT_MS)
    assert (rollout.status, rollout.targets[1].reason) == (rolls.PAUSED, "update.silent")


def test_reports_of_another_tree_are_not_taken_for_this_one() -> None:
    rollout, online = thirty()
    offer_all(rollout, online)
    other = UpdateReport(boot="b", version="1.0.0", manifest="e" * 64, stage="running")
    assert not rolls.hear(rollout.targets[0], other, 2000)
    assert rollout.targets[0].state == rolls.OFFERED


# --- with shelf, disk and link


def test_an_offer_is_retained_until_the_device_has_proven_itself(tmp_path: Path) -> None:
    async def story() -> None:
        bench = Bench(tmp_path)
        tree = bench.put()
        await bench.roll.begin("1.1.0")
        ((canary, offer),) = bench.offers().items()
        assert (offer["manifest"], offer["version"], offer["epoch"]) == (tree.digest, "1.1.0", 7)
        assert bench.tests(canary) == 0
        bench.says(canary, "fetching", done_bytes=3, total_bytes=6)
        bench.says(canary, "trial")
        assert bench.tests(canary) == 1
        bench.now_ms += TEST_AGAIN_MS
        bench.roll.tick()
        assert bench.tests(canary) == 2  # an answer may have been lost
        bench.says(canary, "running")
        assert canary not in bench.offers()
        assert bench.offers()  # the next group
        await bench.roll.close()

    asyncio.run(story())


def test_what_a_failed_self_test_said_is_still_known_when_the_old_tree_is_back(tmp_path: Path) -> None:
    async def story() -> None:
        bench = Bench(tmp_path)
        bench.put()
        await bench.roll.begin("1.1.0")
        (canary,) = bench.offers()
        said = "lamp: its pin stays at 0; check pin and wiring"
        bench.roll.take(canary, SelfTested(id="t", boot="b", version="1.0.0", fault="not asked for"))
        bench.says(canary, "trial")
        bench.roll.take(canary, SelfTested(id="t", boot="b", version="1.1.0", fault=said))
        bench.says(canary, "failed", reason="update.self-test")
        view = bench.roll.view()
        assert (view["status"], view["reason"]) == ("paused", "update.failures")
        failed = next(target for target in view["targets"] if target["device"] == canary)
        assert (failed["state"], failed["reason"], failed["detail"]) == ("failed", "update.self-test", said)
        assert said in (tmp_path / "updates" / "rollout.json").read_text()
        await bench.roll.close()

    asyncio.run(story())


def test_a_canary_with_a_dead_part_is_named_and_with_tolerance_all_others_get_their_tree(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.roll.begin("1.1.0")
        (canary,) = bench.offers()
        for tolerate, status in ((0, rolls.PAUSED), (1, rolls.RUNNING)):
            bench.says(canary, "trial")
            bench.roll.take(canary, SelfTested(id="t", boot="b", version="1.1.0", fault="speaker: no answer in 10 s"))
            bench.seen[canary].version = "1.0.0"
            bench.says(canary, "failed", reason="update.self-test")
            assert bench.roll.view()["status"] == status
            if not tolerate:
                await bench.roll.begin("1.1.0", tolerate=1)
        assert len(bench.offers()) == 1, "another canary"
        bench.finish()
        assert bench.roll.view()["status"] == rolls.FINISHED
        assert {row["state"] for row in bench.roll.view()["targets"] if row["device"] != canary} == {rolls.DONE}
        dead = bench.target(canary)
        assert (dead["state"], dead["detail"], dead["runs"]) == (rolls.FAILED, "speaker: no answer in 10 s", "1.0.0")

    with_bench(tmp_path, story)


def test_a_hub_that_restarts_goes_on_where_it_was(tmp_path: Path) -> None:
    async def story() -> None:
        bench = Bench(tmp_path)
        bench.put()
        await bench.roll.begin("1.1.0")
        (canary,) = bench.offers()
        bench.says(canary, "running")
        offered = bench.offers()
        await bench.roll.close()
        bench.sent.clear()
        bench.restarted()
        await bench.roll.start()
        assert set(bench.offers()) == set(offered)
        for device, offer in bench.offers().items():  # the port may be another: it is a new offer
            assert offer["rev"] == offered[device]["rev"] + 1
        assert bench.roll.view()["targets"][0]["state"] == "done"
        await bench.roll.close()

    asyncio.run(story())


def test_nothing_begins_in_opening_hours_unless_forced(tmp_path: Path) -> None:
    async def story() -> None:
        bench = Bench(tmp_path)
        bench.put()
        bench.now_ms = DAY_MS
        await bench.roll.begin("1.1.0")
        assert not bench.offers()
        bench.now_ms = NIGHT_MS
        bench.roll.tick()
        assert len(bench.offers()) == 1
        await bench.roll.close()
        forced = Bench(tmp_path / "forced")
        forced.put()
        forced.now_ms = DAY_MS
        await forced.roll.begin("1.1.0", is_forced=True)
        assert len(forced.offers()) == 1
        await forced.roll.close()

    asyncio.run(story())


def test_the_opening_hours_of_the_site_count_where_it_tells_them(tmp_path: Path) -> None:
    """Open from 21:00 to 23:00 on that Wednesday: then nothing begins, nor shortly before."""

    async def story() -> None:
        bench = Bench(tmp_path)
        bench.put()
        late = Hours(week=((), (), ((21 * 60, 23 * 60),), (), (), (), ()))
        bench.plan = msgspec.structs.replace(bench.plan, hours=late)
        await bench.roll.begin("1.1.0")
        assert not bench.offers()
        bench.now_ms = NIGHT_MS - 60 * 60_000 - BEFORE_OPENING_MS  # 20:00
        bench.roll.tick()
        assert not bench.offers()
        bench.now_ms -= 60_000
        bench.roll.tick()
        assert len(bench.offers()) == 1
        await bench.roll.close()

    asyncio.run(story())


def test_pause_and_abort(tmp_path: Path) -> None:
    async def story() -> None:
        bench = Bench(tmp_path)
        bench.put()
        await bench.roll.begin("1.1.0")
        (canary,) = bench.offers()
        assert bench.roll.pause().reason == "update.by-hand"
        bench.says(canary, "running")
        assert not bench.offers()
        await bench.roll.begin("1.1.0")
        assert bench.offers()
        bench.roll.abort()
        assert not bench.offers()
        bench.roll.tick()
        assert not bench.offers()
        await bench.roll.close()

    asyncio.run(story())


def test_a_device_that_runs_something_else_later_is_offered_again(tmp_path: Path) -> None:
    async def story() -> None:
        bench = Bench(tmp_path)
        bench.put()
        await bench.roll.begin("1.1.0")
        while offered := list(bench.offers()):
            for device in offered:
                bench.says(device, "running")
        assert bench.roll.view()["status"] == rolls.FINISHED
        bench.seen["help-tax"].version = "1.0.0"  # another board took its place
        bench.roll.tick()
        assert list(bench.offers()) == ["help-tax"]
        await bench.roll.close()

    asyncio.run(story())


def test_a_retired_device_holds_nothing_up(tmp_path: Path) -> None:
    async def story() -> None:
        bench = Bench(tmp_path)
        bench.put()
        await bench.roll.begin("1.1.0")
        (canary,) = bench.offers()
        bench.plan = msgspec.structs.replace(
            bench.plan, devices=tuple(device for device in bench.plan.devices if device.id != canary)
        )
        del bench.seen[canary]
        bench.roll.tick()
        assert canary not in [target["device"] for target in bench.roll.view()["targets"]]
        assert len(bench.offers()) == 2  # a new canary
        await bench.roll.close()

    asyncio.run(story())


def test_what_cannot_be_rolled_out_says_why(tmp_path: Path) -> None:
    async def story() -> None:
        bench = Bench(tmp_path)
        bench.put("1.2.0", is_signed=False)
        bench.put("1.3.0", profile="esp32_poe")
        bench.put("1.0.0")
        for version, why in (
            ("9.9.9", "no such tree"),
            ("1.2.0", "update sign"),
            ("1.3.0", "no device needs"),
            ("1.0.0", "no device needs"),
        ):
            with pytest.raises(RollRefused, match=why):
                await bench.roll.begin(version)
        with pytest.raises(RollRefused, match="nothing is being rolled out"):
            bench.roll.pause()
        bench.put("1.4.0")
        bench.put("1.5.0")
        await bench.roll.begin("1.4.0")
        with pytest.raises(RollRefused, match="abort it first"):
            await bench.roll.begin("1.5.0")
        await bench.roll.close()

    asyncio.run(story())
