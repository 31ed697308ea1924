"""Files on the flash that are not what they were: the tree beside them runs, and is offered the version again."""

from firmware.update.boot import NORMAL, SAFE, TRIAL, choose, is_sound, mend, read_state
from tests.portable.bench import fresh_folder
from tests.portable.shaky_disk import FullDisk, ShakyDisk, lay, manifest_of
from tests.portable.test_update_slots import ANCIENT, NEW, OLD, Shelf, board, update


def unknown(disk, place):
    return False


def known(disk, place):
    return True


def tear(root, slot, path="firmware/agent.py", data=b"old ag"):
    with open(root + "/slots/" + slot + "/" + path, "wb") as file:
        file.write(data)


def start(root, is_power_on=True, is_known=unknown, disk=None):
    """(slot, how to start it) of a board that mends itself before it chooses."""
    disk = disk or ShakyDisk()
    place = mend(root, is_power_on, disk, is_known)
    chosen = choose(root, is_power_on, disk, place)
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


def test_a_flipped_bit_in_a_manifest_never_keeps_a_board_from_the_sound_tree():
    whole = manifest_of(OLD)
    listed = whole.find(b'"files"'), whole.find(b"]}")
    for at in range(len(whole)):
        for bit in (1 << at % 7, 128):  # the high one makes names of what is no text
            root = board()
            tear(root, "a", "manifest.json", whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
            slot, how = start(root, False)
            is_in_a_text = len(whole[: at + 1].split(b'"')) % 2 == 0
            if listed[0] <= at < listed[1] and is_in_a_text:
                assert (slot, how) == ("b", NORMAL), (at, bit)
            assert how == NORMAL
            assert slot == "b" or read_state(root, ShakyDisk())["boots"] == 1, (at, bit)


def test_a_full_flash_does_not_keep_a_board_with_a_torn_tree_from_the_sound_one():
    root = board()
    tear(root, "a")
    for _ in range(3):
        assert start(root, False, unknown, FullDisk()) == ("b", NORMAL)


def test_a_flash_that_cannot_be_read_leaves_the_count():
    class IllDisk(ShakyDisk):
        def open(self, path, mode):
            if path.endswith("manifest.json"):
                raise MemoryError()
            return ShakyDisk.open(self, path, mode)

    root = board()
    assert [start(root, False, unknown, IllDisk())[1] for _ in range(4)] == [NORMAL] * 3 + [SAFE]


def test_a_tree_that_was_looked_at_before_costs_no_time():
    root = board()
    tear(root, "a")
    assert start(root, True, known) == ("a", NORMAL)


def test_a_sound_tree_on_trial_is_tried():
    root = board()
    update(root, ShakyDisk(), Shelf(NEW))
    assert start(root, False) == ("b", TRIAL)
