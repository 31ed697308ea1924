"""Roll-outs beside people: in opening hours nobody has an offer, whatever the night was, and nothing is lost by it."""

from pathlib import Path

import pytest

from hub.update import rollout as rolls
from tests.hub.roll_bench import DAY_MS, HOUR_MS, NIGHT_MS, Bench, with_bench

NEXT_NIGHT_MS = NIGHT_MS + 24 * HOUR_MS
MORNING_MS = NIGHT_MS + 13 * HOUR_MS  # 11:00 on the next day


def test_who_was_away_at_night_finds_no_offer_in_the_morning_and_one_in_the_next_night(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        bench.leaves("help-law")
        await bench.roll.begin("1.1.0")
        bench.finish()
        assert list(bench.offers()) == ["help-law"]
        bench.at(MORNING_MS)
        bench.comes("help-law")
        assert not bench.offers()
        bench.at(NEXT_NIGHT_MS - 4 * HOUR_MS)  # 18:00
        assert not bench.offers()
        bench.at(NEXT_NIGHT_MS)
        assert list(bench.offers()) == ["help-law"]

    with_bench(tmp_path, story)


def test_a_forced_offer_stands_in_opening_hours(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        bench.leaves("help-law")
        await bench.roll.begin("1.1.0", is_forced=True)
        bench.finish()
        bench.at(MORNING_MS)
        bench.roll.repeat()
        assert list(bench.offers()) == ["help-law"]

    with_bench(tmp_path, story)


def test_a_hub_that_restarts_in_opening_hours_offers_nothing(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        bench.leaves("help-law")
        await bench.roll.begin("1.1.0")
        bench.finish()
        await bench.roll.close()
        bench.now_ms = MORNING_MS  # it was off meanwhile; the broker has kept the offer
        assert list(bench.offers()) == ["help-law"]
        bench.restarted()
        bench.is_linked = False  # as the hub starts: its line comes up later
        await bench.roll.start()
        bench.is_linked = True
        bench.roll.repeat()
        assert not bench.offers()
        bench.comes("help-law")
        assert not bench.offers()
        bench.at(NEXT_NIGHT_MS)
        assert list(bench.offers()) == ["help-law"]

    with_bench(tmp_path, story)


@pytest.mark.parametrize("stage", ["waiting", "fetching", "ready"])
def test_who_has_begun_is_held_in_opening_hours_and_goes_on_at_night(tmp_path: Path, stage: str) -> None:
    async def story(bench: Bench) -> None:
        await bench.roll.begin("1.1.0")
        ((canary, offer),) = bench.offers().items()
        bench.says(canary, stage)
        bench.at(MORNING_MS)
        assert not bench.offers()
        assert bench.target(canary)["state"] == rolls.WAITING
        bench.at(MORNING_MS + 2 * rolls.SILENT_MS)
        assert bench.roll.view()["status"] == rolls.RUNNING  # it says nothing of an update: it has none
        bench.at(NEXT_NIGHT_MS)
        assert bench.offers()[canary]["rev"] > offer["rev"]

    with_bench(tmp_path, story)


def test_who_fell_silent_finds_no_offer_when_it_comes_back(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.roll.begin("1.1.0")
        (canary,) = bench.offers()
        bench.says(canary, "fetching")
        bench.leaves(canary)
        bench.at(NIGHT_MS + rolls.SILENT_MS + 1)
        assert bench.target(canary)["reason"] == "update.silent"
        assert not bench.offers()

    with_bench(tmp_path, story)


def test_a_hub_that_was_off_does_not_take_that_for_the_silence_of_a_device(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.roll.begin("1.1.0")
        (canary,) = bench.offers()
        bench.says(canary, "trial")
        await bench.roll.close()
        bench.now_ms += 2 * rolls.SILENT_MS
        bench.restarted()
        await bench.roll.start()
        bench.roll.tick()
        assert bench.target(canary)["state"] == rolls.TRIAL

    with_bench(tmp_path, story)


def test_a_tree_that_started_just_as_its_offer_was_taken_back_is_judged(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.roll.begin("1.1.0")
        (canary,) = bench.offers()
        bench.says(canary, "ready")
        bench.at(MORNING_MS)
        bench.says(canary, "trial")
        assert bench.tests(canary) == 1
        bench.says(canary, "running")
        assert bench.target(canary)["state"] == rolls.DONE

    with_bench(tmp_path, story)


def test_a_canary_that_is_off_at_night_is_no_canary(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        bench.now_ms = DAY_MS
        await bench.roll.begin("1.1.0")
        first = bench.roll.view()["targets"][0]["device"]
        bench.leaves(first)
        bench.at(NIGHT_MS)
        (canary,) = bench.offers()
        assert canary != first

    with_bench(tmp_path, story)
