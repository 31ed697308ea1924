"""The heart of updates: the power is cut at every single operation, and the board always finds a tree that runs."""

from firmware.update.boot import NORMAL, SAFE, TRIAL, TRIES, choose, read_state
from firmware.update.good import call_good
from firmware.update.install import install
from firmware.update.manifest import UpdateRefused
from firmware.update.slots import Slots
from tests.portable.bench import error_of, fresh_folder, play
from tests.portable.shaky_disk import FullDisk, PowerCut, ShakyDisk, Shelf, digest, is_runnable, lay, manifest_of, tree

OLD = {
    "firmware/agent.py": b"old agent " * 30,
    "firmware/link/client.py": b"same client " * 20,
    "drivers/gone.py": b"not needed any more",
}
ANCIENT = {
    "firmware/agent.py": b"ancient agent",
    "firmware/forgotten/thing.py": b"nobody needs it",
}
NEW = {
    "firmware/agent.py": b"new agent " * 37,
    "firmware/link/client.py": b"same client " * 20,
    "firmware/update/more.py": b"",
}
OLD_MANIFEST, NEW_MANIFEST = manifest_of(OLD), manifest_of(NEW, "1.1.0")
OFFER = [digest(NEW_MANIFEST), 7, 3]


def board():
    """The root of a board that runs the old tree from slot a; slot b has the one before that."""
    root = fresh_folder()
    lay(root + "/slots/a", OLD, OLD_MANIFEST)
    lay(root + "/slots/b", ANCIENT, manifest_of(ANCIENT, "0.9.0"))
    return root


def whole_slots(root):
    """The slots that say they hold a whole tree."""
    return [slot for slot in ("a", "b") if Slots(root).is_whole(slot)]


def nothing(done, total):
    pass


def update(root, disk, shelf):
    """What the running tree does: fill the spare slot, then have it tried."""

    async def story():
        slots = Slots(root, "", disk)
        await install(slots, NEW_MANIFEST, shelf, nothing)
        slots.begin_trial(OFFER)

    play(story)


def boots(root, count, disk=None, is_power_on=True):
    return [choose(root, is_power_on, disk or ShakyDisk()) for _ in range(count)]


def version_of(root, slot):
    return {OLD_MANIFEST: "old", NEW_MANIFEST: "new"}[tree(root + "/slots/" + slot)["manifest.json"]]


def test_an_update_is_tried_and_kept():
    root, shelf = board(), Shelf(NEW)
    update(root, ShakyDisk(), shelf)
    assert boots(root, 1) == [("b", TRIAL)]
    assert tree(root + "/slots/b") == dict(NEW, **{"manifest.json": NEW_MANIFEST})
    Slots(root, "b").keep()
    assert boots(root, 2) == [("b", NORMAL), ("b", NORMAL)]
    assert tree(root + "/slots/a") == dict(OLD, **{"manifest.json": OLD_MANIFEST})


def test_only_what_changed_travels():
    root, shelf = board(), Shelf(NEW)
    update(root, ShakyDisk(), shelf)
    assert shelf.fetched == [(digest(NEW["firmware/agent.py"]), 0)]


def test_a_cut_at_any_operation_leaves_a_tree_that_runs_and_the_update_goes_on():
    whole = ShakyDisk()
    update(board(), whole, Shelf(NEW))
    assert whole.steps > 25
    for cut_at in range(1, whole.steps + 1):
        for keeps_torn in (True, False):
            root = board()
            error_of(PowerCut, update, root, ShakyDisk(cut_at, keeps_torn), Shelf(NEW))
            ((slot, start),) = boots(root, 1)
            assert is_runnable(root + "/slots/" + slot), (cut_at, slot)
            for slot_with_manifest in whole_slots(root):
                assert is_runnable(root + "/slots/" + slot_with_manifest), (cut_at, slot_with_manifest)
            # Either the switch happened, whole, or nothing did.
            assert (version_of(root, slot), start) in (("old", NORMAL), ("new", TRIAL)), cut_at
            if start == NORMAL:
                update(root, ShakyDisk(), Shelf(NEW))
                assert boots(root, 1) == [("b", TRIAL)], cut_at
            assert tree(root + "/slots/b") == dict(NEW, **{"manifest.json": NEW_MANIFEST}), cut_at


def test_two_cuts_one_after_the_other_are_no_worse():
    for first in range(2, 30, 3):
        for second in range(1, 30, 4):
            root = board()
            for cut_at in (first, second):
                try:
                    update(root, ShakyDisk(cut_at, first % 2 == 0), Shelf(NEW))
                except (PowerCut, OSError):  # OSError: it is on trial by now
                    pass
            ((slot, _),) = boots(root, 1)
            assert is_runnable(root + "/slots/" + slot), (first, second)


def moves_of_a_kept_tree(root, disk):
    choose(root, True, disk)
    Slots(root, "b", disk).keep()
    choose(root, False, disk)


def moves_of_a_bad_tree(root, disk):
    for _ in range(TRIES + 1):
        choose(root, False, disk)
    call_good(root, disk)


def moves_of_a_taken_back_tree(root, disk):
    choose(root, True, disk)
    Slots(root, "b", disk).take_back("update.test")
    choose(root, False, disk)


def test_a_cut_at_any_operation_of_a_trial_leaves_a_tree_that_runs():
    for moves in (moves_of_a_kept_tree, moves_of_a_bad_tree, moves_of_a_taken_back_tree):
        whole = ShakyDisk()
        root = board()
        update(root, ShakyDisk(), Shelf(NEW))
        moves(root, whole)
        assert whole.steps >= 8
        for cut_at in range(1, whole.steps + 1):
            root = board()
            update(root, ShakyDisk(), Shelf(NEW))
            error_of(PowerCut, moves, root, ShakyDisk(cut_at, cut_at % 2 == 0))
            for slot, _ in boots(root, TRIES + 2):
                assert is_runnable(root + "/slots/" + slot), cut_at


def test_three_bad_boots_of_a_new_tree_bring_the_old_one_back():
    root = board()
    update(root, ShakyDisk(), Shelf(NEW))
    assert boots(root, 5, is_power_on=False) == [("b", TRIAL)] * 3 + [("a", NORMAL)] * 2
    state = read_state(root, ShakyDisk())
    assert state["failed"] == OFFER + ["update.boot"]  # noqa: RUF005
    assert state["trying"] == ""


def test_a_tree_that_failed_may_be_offered_again():
    root = board()
    update(root, ShakyDisk(), Shelf(NEW))
    boots(root, 4)
    update(root, ShakyDisk(), Shelf(NEW))
    assert boots(root, 1) == [("b", TRIAL)]
    Slots(root, "b").keep()
    assert read_state(root, ShakyDisk())["failed"] == []


def test_three_bad_boots_of_a_kept_tree_lead_to_safe_mode_of_both_trees_in_turn():
    root = board()
    update(root, ShakyDisk(), Shelf(NEW))
    boots(root, 1)
    Slots(root, "b").keep()
    starts = boots(root, 7, is_power_on=False)
    assert starts == [("b", NORMAL)] * 3 + [("b", SAFE), ("a", SAFE), ("b", SAFE), ("a", SAFE)]


def test_safe_mode_without_a_second_tree_stays_with_the_one_there_is():
    root = fresh_folder()
    lay(root + "/slots/a", OLD, OLD_MANIFEST)
    assert boots(root, 6, is_power_on=False)[3:] == [("a", SAFE)] * 3


def test_switching_off_and_on_is_no_bad_boot():
    root = board()
    disk = ShakyDisk()
    assert boots(root, 9, disk) == [("a", NORMAL)] * 9
    assert disk.steps == 0  # and costs the flash nothing


def test_a_start_that_went_well_ends_the_count():
    root = board()
    for _ in range(5):
        assert boots(root, 2, is_power_on=False) == [("a", NORMAL)] * 2
        call_good(root)


def test_a_start_of_a_tree_on_trial_is_not_called_good_by_the_clock():
    root = board()
    update(root, ShakyDisk(), Shelf(NEW))
    assert boots(root, 1) == [("b", TRIAL)]
    call_good(root)
    state = read_state(root, ShakyDisk())
    assert (state["trying"], state["boots"]) == ("b", 1)


def test_a_state_that_cannot_be_read_is_left_for_the_next_start():
    root = board()
    for spoiled in (b"", b"[]", b"{"):
        with open(root + "/slots/state.json", "wb") as file:
            file.write(spoiled)
        call_good(root)
        with open(root + "/slots/state.json", "rb") as file:
            assert file.read() == spoiled


def test_a_board_leaves_safe_mode_for_one_more_try():
    root = fresh_folder()
    lay(root + "/slots/a", OLD, OLD_MANIFEST)
    boots(root, 5, is_power_on=False)
    Slots(root, "a").leave_safe_mode(TRIES)
    assert boots(root, 2, is_power_on=False) == [("a", NORMAL), ("a", SAFE)]


def test_an_update_in_safe_mode_of_the_tree_before_never_leaves_the_board_without_one():
    whole = ShakyDisk()

    def story(root, disk):
        async def inner():
            slots = Slots(root, "a", disk)
            await install(slots, manifest_of(OLD, "1.2.0"), Shelf(OLD), nothing)
            slots.begin_trial(OFFER)

        play(inner)

    def board_in_safe_mode():
        root = board()
        update(root, ShakyDisk(), Shelf(NEW))
        boots(root, 1)
        Slots(root, "b").keep()  # and it was bad: the board is in safe mode with slot a
        assert boots(root, 5, is_power_on=False)[4] == ("a", SAFE)
        return root

    story(board_in_safe_mode(), whole)
    for cut_at in range(1, whole.steps + 1):
        root = board_in_safe_mode()
        error_of(PowerCut, story, root, ShakyDisk(cut_at))
        starts = boots(root, 6, is_power_on=False)
        assert [slot for slot, _ in starts if is_runnable(root + "/slots/" + slot)], cut_at
        ((slot, _),) = boots(root, 1)  # and somebody switches it off and on
        assert is_runnable(root + "/slots/" + slot), cut_at


def test_a_broken_state_file_costs_the_count_and_not_the_board():
    for garbage in (b"", b"{", b"[]", b'{"active":7}', b'{"active":"../x"}', b"\xff\xfe"):
        root = board()
        with open(root + "/slots/state.json", "wb") as file:
            file.write(garbage)
        assert boots(root, 1) == [("a", NORMAL)], garbage
    root = fresh_folder()
    lay(root + "/slots/b", NEW, NEW_MANIFEST)
    assert boots(root, 1) == [("b", NORMAL)]


def test_a_full_flash_does_not_keep_a_board_from_starting():
    assert boots(board(), 2, FullDisk(), is_power_on=False) == [("a", NORMAL)] * 2


def test_a_connection_that_breaks_is_gone_on_with_where_it_broke():
    root, shelf = board(), Shelf(NEW)
    shelf.breaks = [100, 70]
    error_of(OSError, update, root, ShakyDisk(), shelf)
    error_of(OSError, update, root, ShakyDisk(), shelf)
    update(root, ShakyDisk(), shelf)
    assert [offset for _, offset in shelf.fetched] == [0, 100, 170]
    assert boots(root, 1) == [("b", TRIAL)]


def test_an_altered_file_is_refused_and_the_old_tree_runs_on():
    root, shelf = board(), Shelf(NEW)
    shelf.blobs[digest(NEW["firmware/agent.py"])] = b"bad agent " * 37
    assert error_of(UpdateRefused, update, root, ShakyDisk(), shelf).code == "update.file"
    assert boots(root, 1) == [("a", NORMAL)]
    assert tree(root + "/slots/b")["firmware/agent.py"] == ANCIENT["firmware/agent.py"]  # never got the name


def test_a_file_that_is_longer_than_said_is_cut_off():
    root, shelf = board(), Shelf(NEW)
    shelf.blobs[digest(NEW["firmware/agent.py"])] += b"x" * 4000
    assert "sent more" in str(error_of(OSError, update, root, ShakyDisk(), shelf))


def test_too_little_flash_is_said_before_anything_is_fetched():
    root, shelf = board(), Shelf(NEW)
    refused = error_of(UpdateRefused, update, root, ShakyDisk(free=9000), shelf)
    assert refused.code == "update.space"
    assert shelf.fetched == []


def test_the_slot_beside_a_tree_on_trial_is_not_touched():
    root = board()
    update(root, ShakyDisk(), Shelf(NEW))
    boots(root, 1)
    assert "on trial" in str(error_of(OSError, update, root, ShakyDisk(), Shelf(OLD)))
    assert is_runnable(root + "/slots/a")
