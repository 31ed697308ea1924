"""What is seldom said costs a board little: texts in one piece, said as they were written."""

from pathlib import Path

import pytest

from hub.update.build import sources
from hub.update.texts import NAME, in_one_piece

MODULE = '''"""A module of many words, none of which is a text."""
TABLE = {"this stays where it is": 1}
def refuse(code, why="a default stays, too"):
    """Says something of many words."""
    says = {1: "the first of three texts", 2: "the second of three texts"}
    if code == 3:
        raise ValueError("the third: %d of three texts" % code)
    return says.get(code, "short"), why, "a 'quoted' \\n text", [lambda: "the first of three texts"][0]()
def fine(code):
    return f"the value is {code} of many", TABLE
'''


def said(source: str) -> list[object]:
    names: dict[str, object] = {}
    exec(source, names)
    refuse, fine = names["refuse"], names["fine"]
    assert callable(refuse)
    assert callable(fine)
    with pytest.raises(ValueError, match="the third: 3 of three") as raised:
        refuse(3)
    return [refuse(1), refuse(2), refuse(9), str(raised.value), fine(5)]


def test_a_module_says_what_it_said_and_has_one_text() -> None:
    made = in_one_piece(MODULE)
    assert said(made) == said(MODULE)
    assert made.count("of three texts") == 3, "each once, in the piece"
    assert made.startswith(NAME + " = ")
    assert "TABLE = {'this stays where it is': 1}" in made
    assert "why='a default stays, too'" in made


def test_few_texts_stay_as_they_are() -> None:
    few = "def f():\n    return 'one text of a module', 'another of them'\n"
    assert in_one_piece(few) == few


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(ValueError, match="call it otherwise"):
        in_one_piece(MODULE + f"{NAME} = 1\n")


def test_every_module_of_a_board_can_be_said_so() -> None:
    paths: list[Path] = list(sources(True).values())
    assert any(NAME in in_one_piece(path.read_text(encoding="utf-8")) for path in paths)
