"""Which trees a device takes: rules of board, kind, version and shape."""

import json

from firmware.update import manifest as manifests
from firmware.update.manifest import UpdateRefused, check, entries, own_mpy, read, version_key
from tests.portable.bench import Dice, error_of
from tests.portable.shaky_disk import manifest_of

FILES = {"firmware/main.mpy": b"x"}
BOARD = {"kind": "help_button", "profile": {"name": "virtual"}}


def refusal(running="1.0.0", board=BOARD, **facts):
    """The code with which the tree is refused; empty when it is taken."""
    try:
        check(read(manifest_of(FILES, **facts)), board, running)
    except UpdateRefused as refused:
        return refused.code
    return ""


def test_a_tree_for_this_device_is_taken():
    assert refusal(version="1.0.1") == ""
    assert refusal(version="1.0.0") == ""
    assert refusal(version="1.0.1", mpy=own_mpy()) == ""
    assert refusal(version="1.10.0", running="1.9.9") == ""
    assert refusal(version="1.0.1", kinds=["amplifier", "help_button"]) == ""


def test_another_board_or_kind_or_bytecode_is_refused():
    assert refusal(version="1.0.1", profile="esp32_poe") == "update.profile"
    assert refusal(version="1.0.1", board={"kind": "help_button"}) == "update.profile"
    assert refusal(version="1.0.1", kinds=["amplifier"]) == "update.kind"
    assert refusal(version="1.0.1", kinds=[]) == "update.kind"
    assert refusal(version="1.0.1", mpy="5") == "update.mpy"


def test_no_step_back_unless_the_manifest_allows_it():
    assert refusal(version="0.9.9") == "update.downgrade"
    assert refusal(version="1.9.0", running="1.10.0") == "update.downgrade"
    assert refusal(version="0.9.9", downgrade_from="1.0.0") == ""
    assert refusal(version="0.9.9", downgrade_from="1.0.0", running="1.0.1") == "update.downgrade"


def test_a_step_too_far_is_refused():
    assert refusal(version="2.0.0", min_version="1.5.0") == "update.too-old"
    assert refusal(version="2.0.0", min_version="1.5.0", running="1.5.0") == ""


def test_a_tree_put_there_by_hand_may_be_replaced():
    assert refusal(version="1.0.0", running="my test") == ""


def test_versions_compare_as_numbers():
    assert version_key("1.10.2") > version_key("1.9.9")
    for wrong in ("1.0", "1.0.0.0", "a.b.c", "", None, 3, "1..2", "-1.0.0", "1" * 40):
        error_of(ValueError, version_key, wrong)


def test_a_path_stays_below_its_slot():
    for right in ("firmware/main.mpy", "a.py", "firmware/update/boot.mpy"):
        assert manifests.is_path(right), right
    for wrong in ("", "/boot.py", "../boot.py", "a/../../b", "a//b", "a/", ".x", "a\\b", "a b", "é", "x" * 97, None, 3):
        assert not manifests.is_path(wrong), wrong


def test_what_is_no_manifest_is_refused_and_nothing_else_happens():
    right = manifest_of(FILES)
    plain = json.loads(right)
    assert read(right) == dict(plain, files={})
    assert {path: [size, sha256] for path, size, sha256 in entries(right)} == plain["files"]
    for key in ("version", "kinds", "profile", "mpy", "files"):
        for wrong in (None, 3, "x", [], {}, {"a": 1}, [1]):
            spoiled = dict(plain)
            spoiled[key] = wrong
            if (key in ("profile", "mpy") and wrong == "x") or (key == "kinds" and wrong == []):
                continue
            refused = error_of(UpdateRefused, read, json.dumps(spoiled).encode())
            assert refused.code == "update.manifest", (key, wrong)
    for path, facts in (("/boot.py", [1, "0" * 64]), ("a.py", [-1, "0" * 64]), ("a.py", [1, "0" * 63]), ("a.py", [1])):
        spoiled = dict(plain, files={path: facts})
        error_of(UpdateRefused, read, json.dumps(spoiled).encode())
    error_of(UpdateRefused, read, b" " * (manifests.MAX_BYTES + 1))


def test_files_come_one_by_one_and_in_their_order():
    files = {"b/c.mpy": b"2", "a.mpy": b"1", "b/d.mpy": b""}
    right = manifest_of(files, downgrade_from="1.0.0")
    assert [path for path, _, _ in entries(right)] == sorted(files)
    swapped = right.replace(b"a.mpy", b"z.mpy")
    assert "order" in str(error_of(UpdateRefused, read, swapped))
    for wrong in (
        right.replace(b"],", b"];"),
        right.replace(b"],", b"]"),
        right[:60],
        right.replace(b'"files"', b'"filez"'),
    ):
        error_of(UpdateRefused, read, wrong)


def test_no_bytes_do_more_than_be_refused():
    dice = Dice(5)
    right = manifest_of(FILES)
    for _ in range(300):
        try:
            read(dice.spoil(right))
        except UpdateRefused:
            pass
