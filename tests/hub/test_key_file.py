"""Keys beside what they were used for: made once, private, never replaced silently."""

from pathlib import Path

import pytest

from hub.key_file import KeyFault, kept_key


def test_it_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "some.key"
    key = kept_key(path, 24)
    assert len(key) == 24
    assert kept_key(path, 24) == key != kept_key(tmp_path / "other.key", 24)
    assert path.stat().st_mode & 0o777 == 0o600


def test_one_of_another_length_is_refused(tmp_path: Path) -> None:
    (tmp_path / "some.key").write_bytes(b"x" * 23)
    with pytest.raises(KeyFault, match="23 bytes, 24 expected; restore it"):
        kept_key(tmp_path / "some.key", 24)


def test_a_lost_one_is_not_replaced_while_something_needs_it(tmp_path: Path) -> None:
    path, used_for = tmp_path / "some.key", tmp_path / "data.db"
    used_for.touch()
    kept_key(path, 24, [used_for])
    used_for.write_bytes(b"enciphered")
    path.unlink()
    with pytest.raises(KeyFault, match=r"some\.key is missing, without which .*data\.db cannot be read"):
        kept_key(path, 24, [used_for])
    assert not path.exists()


def test_what_is_no_file_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "some.key").mkdir()
    with pytest.raises(KeyFault, match="must be able to read it"):
        kept_key(tmp_path / "some.key", 24)
