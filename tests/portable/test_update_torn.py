"""Files on the flash that are not what they were: the tree beside them runs, and is offered the version again."""

from firmware.update.boot import NORMAL, TRIAL, choose, is_sound, mend, read_state
from tests.portable.bench import fresh_folder
from tests.portable.shaky_disk import ShakyDisk, lay, manifest_of
from tests.portable.test_update_slots import ANCIENT, NEW, OLD, Shelf, board, update


def unknown(disk, place):
    return False


def known(disk, place):
    return True


def tear(root, slot, path="firmware/agent.py", data=b"old ag"):
    with open(root + "/slots/" + slot + "/" + path, "wb") as file:
        file.write(data)


def start(root, is_power_on=True, is_known=unknown):
    """(slot, how to start it) of a board that mends itself before it chooses."""
    place = mend(root, is_power_on, ShakyDisk(), is_known)
    chosen = choose(root, is_power_on, ShakyDisk())
    assert place == root + "/slots/" + chosen[0]
    return chosen


def test_a_tree_is_sound_when_each_file_is_what_its_manifest_says():
    for files in (OLD, ANCIENT, NEW):
        root = fresh_folder()
        place = root + "/slots/a"
        assert not is_sound(ShakyDisk(), place)
        lay(place, files, manifest_of(files))
        assert is_sound(ShakyDisk(), place)
        for path in files:
            tear(root, "a", path, files[path] + b"x")
            assert not is_sound(ShakyDisk(), place), path
            tear(root, "a", path, files[path])
        tear(root, "a", "manifest.json", b'{"files":{},"version":"1.0.0"}')
        assert not is_sound(ShakyDisk(), place)


def test_a_sound_tree_is_started_whatever_is_beside_it():
    root = board()
    tear(root, "b")
    assert start(root) == ("a", NORMAL)


def test_a_torn_tree_gives_way_to_the_one_before_it():
    root = board()
    tear(root, "a")
    assert start(root) == ("b", NORMAL)
    assert start(root) == ("b", NORMAL)
    assert read_state(root, ShakyDisk())["active"] == "b"


def test_a_torn_tree_without_a_sound_one_beside_it_is_started_all_the_same():
    root = board()
    tear(root, "a")
    tear(root, "b")
    assert start(root) == ("a", NORMAL)


def test_a_tree_on_trial_that_is_torn_is_given_up():
    root = board()
    update(root, ShakyDisk(), Shelf(NEW))
    tear(root, "b")
    assert start(root, False) == ("a", NORMAL)
    state = read_state(root, ShakyDisk())
    assert (state["trying"], state["failed"][3]) == ("", "update.file")


def test_a_tree_that_was_looked_at_before_costs_no_time():
    root = board()
    tear(root, "a")
    assert start(root, True, known) == ("a", NORMAL)


def test_a_sound_tree_on_trial_is_tried():
    root = board()
    update(root, ShakyDisk(), Shelf(NEW))
    assert start(root, False) == ("b", TRIAL)
