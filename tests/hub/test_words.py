"""What people wrote is enciphered on the disk, found by its place only, and let go of after its time."""

import os
from pathlib import Path

import pytest

from hub.engine.events import Origin
from hub.vault import VaultFault, Words
from hub.vault.words import DATABASE, DAY_MS, KEPT_DAYS, KEY_FILE

PLANTED = "张三 13800000000 的材料被退了三次"


def opened(folder: Path, now_ms: int = 0) -> Words:
    return Words(folder, lambda: now_ms)


def test_what_was_written_is_read_again_and_not_on_the_disk(tmp_path: Path) -> None:
    ref = opened(tmp_path).keep(PLANTED)
    assert opened(tmp_path).read(ref) == PLANTED
    assert opened(tmp_path).read("w0") == ""
    for file in tmp_path.iterdir():
        assert PLANTED.encode() not in file.read_bytes()
        assert b"13800000000" not in file.read_bytes()
    assert os.stat(tmp_path / DATABASE).st_mode & 0o077 == 0


def test_a_request_that_comes_again_is_kept_once(tmp_path: Path) -> None:
    words = opened(tmp_path)
    origin = Origin(device="rate-1", boot="b", seq=7)
    assert words.keep_of(origin, PLANTED) == words.keep_of(origin, PLANTED)
    assert words.keep_of(Origin(device="rate-1", boot="b", seq=8), PLANTED) != words.keep_of(origin, PLANTED)


def test_words_are_let_go_of(tmp_path: Path) -> None:
    ref = opened(tmp_path).keep(PLANTED)
    later = opened(tmp_path, (KEPT_DAYS + 1) * DAY_MS)
    later.keep("another")
    assert later.read(ref) == ""
    other = later.keep(PLANTED)
    later.forget(other)
    assert later.read(other) == ""


def test_without_its_key_or_with_another_nothing_is_read(tmp_path: Path) -> None:
    words = opened(tmp_path)
    ref = words.keep(PLANTED)
    words.close()
    (tmp_path / KEY_FILE).write_bytes(bytes(16))
    with pytest.raises(VaultFault, match="was not written with this"):
        opened(tmp_path).read(ref)
    (tmp_path / KEY_FILE).write_bytes(bytes(3))
    with pytest.raises(VaultFault, match="3 bytes"):
        opened(tmp_path)
    (tmp_path / KEY_FILE).unlink()
    with pytest.raises(VaultFault, match="missing"):
        opened(tmp_path)
