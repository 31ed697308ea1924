"""Roll-outs against what devices report: who comes late joins, who runs a newer one is left alone, why one failed is
kept."""

import json
from pathlib import Path

import msgspec
import pytest

from hub.engine.plan import Device
from hub.presence import Seen
from hub.update import rollout as rolls
from hub.update.roll import RollRefused
from hub.update.shelf import Shelf
from hub.update.sign import SigningKey
from tests.hub.roll_bench import NIGHT_MS, Bench, report, with_bench

# --- who joins


def test_a_device_that_was_never_heard_is_named_and_joins_what_was_finished(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        bench.has_never_said_a_word("help-law")
        await bench.roll.begin("1.1.0")
        bench.finish()
        assert bench.roll.view()["status"] == rolls.FINISHED
        assert bench.others() == {"help-law": "update.unheard"}
        bench.comes("help-law")
        assert list(bench.offers()) == ["help-law"]
        assert (bench.roll.view()["status"], bench.others()) == (rolls.RUNNING, {})
        bench.finish()
        assert bench.roll.view()["status"] == rolls.FINISHED

    with_bench(tmp_path, story)


def test_a_device_that_is_added_later_joins(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.roll.begin("1.1.0")
        bench.finish()
        added = Device(id="help-new", kind="help_button", hall="tax")
        bench.plan = msgspec.structs.replace(bench.plan, devices=(*bench.plan.devices, added))
        bench.seen["help-new"] = Seen(heard_ms=0)
        bench.roll.tick()
        assert bench.others() == {"help-new": "update.unheard"}
        bench.comes("help-new", version="1.1.0")
        assert not bench.offers()
        bench.comes("help-new")
        assert list(bench.offers()) == ["help-new"]

    with_bench(tmp_path, story)


def test_a_roll_out_begins_before_anybody_was_heard_and_takes_in_who_comes(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        for device in list(bench.seen):
            bench.has_never_said_a_word(device)
        await bench.roll.begin("1.1.0")
        view = bench.roll.view()
        assert (view["status"], view["targets"], len(view["others"])) == (rolls.RUNNING, [], len(bench.seen))
        bench.comes("help-law")
        assert list(bench.offers()) == ["help-law"]

    with_bench(tmp_path, story)


def test_a_paused_roll_out_takes_nobody_in(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        bench.has_never_said_a_word("help-law")
        await bench.roll.begin("1.1.0")
        bench.roll.pause()
        bench.comes("help-law")
        assert not bench.target("help-law")
        await bench.roll.begin("1.1.0")
        assert bench.target("help-law")["state"] == rolls.WAITING

    with_bench(tmp_path, story)


def test_a_board_without_a_tree_is_named_until_one_is_signed(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        bench.seen["help-law"].profile = "esp32_poe"
        await bench.roll.begin("1.1.0")
        bench.finish()
        assert bench.others() == {"help-law": "update.no-tree"}
        tree = bench.put(profile="esp32_poe", is_signed=False)
        bench.roll.tick()
        assert bench.others() == {"help-law": "update.no-tree"}
        Shelf.of(tmp_path).sign(tree.digest, SigningKey.of(tmp_path))
        bench.roll.tick()
        assert bench.offers()["help-law"]["manifest"] == tree.digest

    with_bench(tmp_path, story)


def test_a_kind_for_which_nothing_is_built_is_named_and_no_reason_to_begin(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        for device in bench.plan.devices:
            if device.kind == "help_button":
                bench.has_never_said_a_word(device.id)
            else:
                bench.comes(device.id, version="1.2.0")
        bench.put("1.2.0", kinds=["ticket_kiosk"])
        with pytest.raises(RollRefused, match="no device needs"):
            await bench.roll.begin("1.2.0")
        bench.comes("kiosk-law", version="1.1.0")
        await bench.roll.begin("1.2.0")
        assert bench.others() == {"help-law": "update.no-tree", "help-tax": "update.no-tree"}

    with_bench(tmp_path, story)


def test_a_shelf_that_cannot_be_read_is_told_and_stops_nothing(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.roll.begin("1.1.0")
        offered = list(bench.offers())
        (tmp_path / "updates" / "trees.json").write_text("[")
        bench.roll.tick()
        assert "delete it and build the trees again" in bench.roll.view()["fault"]
        assert list(bench.offers()) == offered
        (tmp_path / "updates" / "trees.json").unlink()
        bench.put()
        bench.roll.tick()
        assert not bench.roll.view()["fault"]

    with_bench(tmp_path, story)


def test_the_shelf_is_not_read_again_at_every_tick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(bench: Bench) -> None:
        await bench.roll.begin("1.1.0")
        read: list[str] = []
        whole = Shelf.find
        monkeypatch.setattr(Shelf, "find", lambda shelf, name: read.append(name) or whole(shelf, name))
        for _ in range(100):
            bench.roll.tick()
        assert not read
        bench.put("1.2.0")
        bench.roll.tick()
        assert read == ["1.1.0"]

    with_bench(tmp_path, story)


def test_a_digest_names_a_tree_and_who_runs_it_is_done(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        digest = bench.put("1.1.0", min_version="1.0.0").digest
        for seen in bench.seen.values():
            seen.version = "1.1.0"  # of the other tree of this version
        await bench.roll.begin(digest)
        assert {offer["version"] for offer in bench.offers().values()} == {"1.1.0"}
        bench.finish()
        bench.roll.tick()
        assert (bench.roll.view()["status"], bench.offers()) == (rolls.FINISHED, {})
        assert {target["state"] for target in bench.roll.view()["targets"]} == {rolls.DONE}

    with_bench(tmp_path, story)


# --- who runs a newer one


def test_who_runs_a_newer_one_by_hand_stays_done_and_is_offered_nothing(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        bench.comes("kiosk-tax", version="1.10.0")
        await bench.roll.begin("1.1.0")
        bench.finish()
        assert bench.others() == {"kiosk-tax": "update.newer"}
        bench.comes("help-law", version="1.2.0")
        assert not bench.offers()
        assert (bench.roll.view()["status"], bench.target("help-law")["state"]) == (rolls.FINISHED, rolls.DONE)
        assert bench.target("help-law")["runs"] == "1.2.0"

    with_bench(tmp_path, story)


def test_an_offer_to_who_was_brought_a_newer_one_by_hand_is_taken_back(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.roll.begin("1.1.0")
        (canary,) = bench.offers()
        bench.comes(canary, version="1.2.0")
        assert canary not in bench.offers()
        assert bench.others() == {canary: "update.newer"}
        assert len(bench.offers()) == 1  # another canary
        bench.finish()
        assert bench.roll.view()["status"] == rolls.FINISHED

    with_bench(tmp_path, story)


def test_a_manifest_that_allows_the_way_back_is_offered(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        for seen in bench.seen.values():
            seen.version = "1.2.0"
        with pytest.raises(RollRefused, match="downgrade-from"):
            await bench.roll.begin("1.1.0")
        bench.put("1.1.0", downgrade_from="1.2.0")
        bench.comes("help-law", version="1.3.0")
        await bench.roll.begin("1.1.0")
        bench.finish()
        assert bench.roll.view()["status"] == rolls.FINISHED
        assert bench.others() == {"help-law": "update.newer"}
        bench.comes("help-tax", version="1.2.0")
        assert list(bench.offers()) == ["help-tax"]

    with_bench(tmp_path, story)


# --- why it failed


def test_why_a_device_refused_is_kept_when_it_is_tried_again(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.roll.begin("1.1.0")
        (canary,) = bench.offers()
        bench.says(canary, "failed", reason="update.signature", detail="not the key of this board")
        assert bench.roll.view()["status"] == rolls.PAUSED
        await bench.roll.begin("1.1.0")
        refused = "update.signature", "not the key of this board", NIGHT_MS
        for _ in range(2):
            target = bench.target(canary)
            assert (target["state"], target["reason"]) == (rolls.OFFERED, "")
            assert (target["last_reason"], target["last_detail"], target["failed_ms"]) == refused
            await bench.roll.close()
            bench.restarted()
            await bench.roll.start()
        bench.says(canary, "running")
        assert (bench.target(canary)["state"], bench.target(canary)["failed_ms"]) == (rolls.DONE, NIGHT_MS)

    with_bench(tmp_path, story)


def test_silence_is_kept_as_a_failure_too() -> None:
    rollout = rolls.begin("1.1.0", {"help-0": "d" * 64})
    rolls.offer(rollout.targets[0], 1000)
    rolls.hear(rollout.targets[0], report(rollout.targets[0], "fetching"), 1000)
    rolls.miss(rollout, [], 1001 + rolls.SILENT_MS)
    rolls.resume(rollout, 0)
    assert (rollout.targets[0].last_reason, rollout.targets[0].failed_ms) == ("update.silent", 1001 + rolls.SILENT_MS)


def test_a_count_that_an_older_hub_left_is_gone_on_with(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        target = {"device": "help-law", "digest": "d" * 64, "state": "failed", "rev": 5, "reason": "update.boot"}
        (tmp_path / "updates" / "rollout.json").write_text(
            json.dumps({"version": "1.1.0", "targets": [target], "tolerate": 1, "status": "finished"})
        )
        bench.restarted()
        await bench.roll.start()
        assert (bench.target("help-law")["state"], bench.target("help-law")["failed_ms"]) == (rolls.FAILED, 0)
        bench.roll.tick()
        assert bench.target("help-tax")["state"] == rolls.WAITING

    with_bench(tmp_path, story)


# --- who goes back from a tree that it kept


def test_a_device_that_goes_back_once_is_offered_its_tree_again(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.roll.begin("1.1.0")
        bench.finish()
        bench.comes("help-law", version="1.0.0")
        assert (list(bench.offers()), bench.roll.view()["status"]) == (["help-law"], rolls.RUNNING)
        bench.finish()
        assert bench.roll.view()["status"] == rolls.FINISHED
        assert (bench.target("help-law")["state"], bench.target("help-law")["failed_ms"]) == (rolls.DONE, 0)

    with_bench(tmp_path, story)


async def _goes_back_twice(bench: Bench, device: str) -> None:
    """Each time it has kept its tree; the hub starts again in between."""
    bench.comes(device, version="1.0.0")
    bench.finish()
    assert bench.target(device)["state"] == rolls.DONE
    await bench.roll.close()
    bench.restarted()
    await bench.roll.start()
    bench.comes(device, version="1.0.0")


def test_a_kept_tree_that_goes_back_twice_pauses_the_roll_out_until_a_person_goes_on(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.roll.begin("1.1.0")
        bench.finish()
        for _ in range(2):  # who goes on gets as much as at first
            await _goes_back_twice(bench, "help-law")
            view, target = bench.roll.view(), bench.target("help-law")
            assert (view["status"], view["reason"]) == (rolls.PAUSED, "update.failures")
            assert (target["state"], target["reason"]) == (rolls.FAILED, "update.went-back")
            assert target["failed_ms"] == NIGHT_MS
            bench.comes("help-law", version="1.0.0")
            assert not bench.offers()
            await bench.roll.begin("1.1.0")
            assert list(bench.offers()) == ["help-law"]
            bench.finish()
            assert bench.roll.view()["status"] == rolls.FINISHED

    with_bench(tmp_path, story)


def test_a_tree_that_goes_back_and_is_tolerated_is_not_offered_for_ever(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.roll.begin("1.1.0", tolerate=1)
        bench.finish()
        await _goes_back_twice(bench, "help-law")
        assert (bench.roll.view()["status"], bench.target("help-law")["state"]) == (rolls.FINISHED, rolls.FAILED)
        for _ in range(3):
            bench.comes("help-law", version="1.1.0")
            bench.comes("help-law", version="1.0.0")
            assert not bench.offers()

    with_bench(tmp_path, story)


def test_another_tree_of_the_version_begins_with_a_clean_count(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.roll.begin("1.1.0")
        bench.finish()
        bench.comes("help-law", version="1.0.0")
        bench.finish()
        mended = bench.put(min_version="1.0.0").digest
        bench.comes("help-law", version="1.0.0")
        assert bench.offers()["help-law"]["manifest"] == mended
        bench.finish()
        bench.comes("help-law", version="1.0.0")
        assert bench.offers()["help-law"]["manifest"] == mended

    with_bench(tmp_path, story)
