"""Health of parts: nobody misses a change, the hub hears each, and a loose plug does not crowd out people."""

import asyncio

from drivers.health import Health
from firmware import part_watch
from tests.portable.bench import play, stop, until
from tests.portable.outlet import Outlet


class Role:
    """Takes answers that the outlet gives."""

    def answered(self, name, answer):
        pass


class Answer:
    """Any answer."""

    def __init__(self, boot, seq):
        pass


def with_watch(story, settle_looks=2, max_entries=9):
    async def whole():
        part_watch.REST_S = part_watch.LOOK_S = 0.005
        part_watch.SETTLE_LOOKS = settle_looks
        outlet, health = Outlet(max_entries), Health()
        outlet.outbox = outlet._outbox
        task = asyncio.create_task(part_watch.tell(outlet, "printer", health))
        try:
            await story(outlet, health)
        finally:
            await stop(task)
            outlet.close()

    play(whole)


def said(outlet):
    return [(report.part, report.fault) for report in outlet.asked]


def test_whoever_waits_learns_of_a_change():
    async def story():
        health, seen = Health(), []

        async def look():
            fault = ""
            while fault != "jam":
                fault = await health.changed(fault)
                seen.append(fault)

        tasks = [asyncio.create_task(look()) for _ in range(2)]
        health.set("paper_out")
        await until(lambda: len(seen) == 2, "both eyes")
        health.set("paper_out")
        health.set("jam")
        for task in tasks:
            await task
        assert seen == ["paper_out"] * 2 + ["jam"] * 2

    play(story)


def test_a_change_before_the_wait_is_not_missed():
    async def story():
        health = Health()
        health.set("jam")
        assert await health.changed("") == "jam"

    play(story)


def test_a_part_that_is_well_says_so_once():
    async def story(outlet, health):
        await until(lambda: outlet.asked, "the first report")
        outlet.answer(Role(), Answer)
        health.set("")
        health.set("paper_out")
        await until(lambda: len(outlet.asked) == 2, "the second report")
        assert said(outlet) == [("printer", ""), ("printer", "paper_out")]

    with_watch(story)


def test_a_fault_at_the_start_is_the_first_report():
    async def story(outlet, health):
        health.set("unplugged")
        await until(lambda: outlet.asked, "the report")
        assert said(outlet) == [("printer", "unplugged")]

    with_watch(story, settle_looks=12000)


def test_while_the_hub_is_silent_one_report_waits_and_the_next_says_what_is_true():
    async def story(outlet, health):
        health.set("unplugged")
        await until(lambda: outlet.asked, "the report")
        for fault in ("", "unplugged", "jam", "", "cutter"):
            health.set(fault)
            await asyncio.sleep(0.01)
        assert said(outlet) == [("printer", "unplugged")]
        outlet.answer(Role(), Answer)
        await until(lambda: len(outlet.asked) == 2, "the second report")
        assert said(outlet)[1] == ("printer", "cutter")

    with_watch(story)


def test_a_full_outbox_leaves_people_their_room():
    async def story(outlet, health):
        from firmware.wire.messages.help import HelpPressed

        outlet.ask(HelpPressed())
        health.set("unplugged")
        await asyncio.sleep(0.03)
        assert len(outlet.asked) == 1
        outlet.answer(Role(), Answer)
        await until(lambda: len(outlet.asked) == 2, "the report")
        assert outlet.asked[1].fault == "unplugged"

    with_watch(story, max_entries=1)


def test_a_code_that_nobody_declared_is_a_broken_part():
    async def story(outlet, health):
        health.set("on_fire")
        await until(lambda: outlet.asked, "the report")
        assert said(outlet) == [("printer", "broken")]

    with_watch(story)
