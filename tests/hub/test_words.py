"""What people wrote is enciphered on the disk, found by its place only, and let go of after its time."""

import os
import sqlite3
from pathlib import Path

import pytest

from hub.audit import AuditFault, Deed
from hub.engine.events import Origin
from hub.vault import About, VaultFault, Words
from hub.vault.identity import Reader
from hub.vault.words import DATABASE, KEY_FILE

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
    """By rule, but for what somebody still works on; and the one that no rating came of."""
    words, told = opened(tmp_path, 1_000), list[Deed]()
    old, of_a_case = words.keep(PLANTED), words.keep(PLANTED)
    later = Words(tmp_path, lambda: 2_000, told.append)
    other = later.keep(PLANTED)
    assert later.purge(2_000, {of_a_case}) == 1
    assert [later.read(ref) for ref in (old, of_a_case, other)] == ["", PLANTED, PLANTED]
    assert [(deed.who, deed.what, deed.after) for deed in told] == [("hub", "words/purge", '{"words":1}')]
    later.forget(other)
    assert later.read(other) == ""


def test_what_is_about_a_person_is_forgotten_with_the_person(tmp_path: Path) -> None:
    told: list[Deed] = []
    words = Words(tmp_path, lambda: 7, told.append)
    li, wang = About("20261122-A001", "v1"), About("20261122-A002", "v2")
    mine = [words.keep(PLANTED, about=li), words.keep("回访：约在下周", about=li)]
    others = [words.keep(PLANTED, about=wang), words.keep(PLANTED)]
    nameless = words.keep(PLANTED, about=About("20261122-A003"))
    sealed = [row for row in _sealed(tmp_path) if row[0] in mine]
    assert (words.visitors_of(li.ticket), words.visitors_of("20261122-A003")) == (["v1"], [])
    assert words.erase(["v1"], "", Reader("admin", "asked for it")) == 2
    assert words.erase([], "20261122-A003", Reader("admin", "asked for it")) == 1
    assert words.erase(["v1"], "", Reader("admin", "asked for it")) == 0
    assert [words.read(ref) for ref in (*mine, nameless)] == ["", "", ""]
    assert [words.read(ref) for ref in others] == [PLANTED, PLANTED]
    for file in tmp_path.iterdir():  # the write-ahead log, too
        assert not [ref for ref, body in sealed if body in file.read_bytes()], file
    assert [(deed.what, deed.after) for deed in told] == [
        ("words/erase", '{"words":2}'),
        ("words/erase", '{"words":1}'),
    ]
    assert "v1" in told[0].asked
    assert "20261122-A003" in told[1].asked


def test_nothing_is_erased_that_cannot_be_noted(tmp_path: Path) -> None:
    def full(deed: Deed) -> None:
        raise AuditFault("the disk is full")

    words = Words(tmp_path, lambda: 7, full)
    ref = words.keep(PLANTED, about=About("t", "v1"))
    with pytest.raises(AuditFault):
        words.erase(["v1"], "", Reader("admin", "asked for it"))
    assert words.read(ref) == PLANTED


def test_words_of_an_earlier_program_are_read_and_purged(tmp_path: Path) -> None:
    """Its table said nothing of whom they were about."""
    words = opened(tmp_path)
    ref = words.keep(PLANTED)
    words.close()
    with sqlite3.connect(tmp_path / DATABASE) as database:
        database.execute("ALTER TABLE words DROP COLUMN ticket")
        database.execute("ALTER TABLE words DROP COLUMN visitor")
    words = opened(tmp_path)
    assert words.read(ref) == PLANTED
    assert (words.erase(["v1"], "t", Reader("admin", "asked for it")), words.purge(1, ())) == (0, 1)


def _sealed(folder: Path) -> list[tuple[str, bytes]]:
    with sqlite3.connect(folder / DATABASE) as database:
        return database.execute("SELECT ref, sealed FROM words").fetchall()


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
