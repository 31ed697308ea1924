"""What is always in memory of a board is one module there, and does what it did as many."""

import subprocess
import sys
from pathlib import Path

import pytest

from hub.update import bundle as bundling
from hub.update.build import sources
from hub.update.bundle import FAMILIES, PARTS, SAME, WHOLE, bundle
from hub.update.lean import lean

MICROPYTHON = Path(sys.executable).with_name("micropython")


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundling, "PARTS", ("room/low.py", "room/high.py"))
    monkeypatch.setattr(bundling, "WHOLE", "room/high.py")


LOW = '''"""Low."""
import os
LIMIT, _SIZE = 7, 2
HIGHEST = 9
def size(text):
    return len(text) * _SIZE
def _own():
    return "low"
def for_the_hub():
    return "nobody of this tree asks for it"
class Box:
    SIZE = 3
    TWICE = SIZE * 2
    def own(self, size=LIMIT):
        return _own(), size, self.TWICE
'''
HIGH = """import os
from room import low
from room.low import Box as Crate, size
def _own():
    return "high"
def told(text):
    _SIZE = [low.LIMIT + size for size in (1, 2)]
    return _own(), size(text), _SIZE, Crate().own(), [_own() for _own in (lambda: "inside",)]
"""
OTHER = """from room.low import HIGHEST, size as measure
from room import low, other_room
def asked():
    from room.high import told
    return told("ab"), measure("abc"), low.HIGHEST, HIGHEST
"""


def run(made: dict[str, str], folder: Path, program: str) -> object:
    """What the expression gives in a fresh interpreter."""
    for path, text in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.usefixtures("two")
def test_as_one_module_it_does_what_it_did_as_two(tmp_path: Path) -> None:
    tree = {
        "room/low.py": LOW,
        "room/high.py": HIGH,
        "room/other.py": OTHER,
        "room/__init__.py": "",
        "room/other_room.py": "",
    }
    program = "from room import other; print(other.asked())"
    made = bundle(tree)
    assert sorted(made) == ["room/__init__.py", "room/high.py", "room/other.py", "room/other_room.py"]
    assert run(made, tmp_path / "one", program) == run(tree, tmp_path / "two", program)
    assert "LIMIT" not in made["room/high.py"]  # a number that nobody else asks for
    assert "HIGHEST = 9" in made["room/high.py"]
    assert made["room/high.py"].count("import os") == 0  # nor does anybody use it
    assert "Low." not in made["room/high.py"]
    assert "for_the_hub" not in made["room/high.py"]


@pytest.mark.usefixtures("two")
def test_a_family_of_messages_is_part_of_its_only_speaker_and_its_own_where_two_speak_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundling, "FAMILIES", "room/messages/")
    tree = {
        "room/low.py": LOW,
        "room/high.py": HIGH,
        "room/messages/one.py": "from room.low import size\ndef name():\n    return size('one')\n",
        "room/messages/both.py": "def both():\n    return 'both'\n",
        "room/ear.py": "from room.messages.both import both\n",
        "room/speaker.py": "from room.messages.one import name\nfrom room.messages.both import both\n"
        "def said():\n    return name(), both()\n",
    }
    made = bundle(tree)
    assert tree.keys() - made.keys() == {"room/low.py", "room/messages/one.py"}
    assert run(made, tmp_path, "from room import speaker; print(speaker.said())") == "(6, 'both')"


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("low", "high", "why"),
    [
        ("def len(x): pass", "", "defines {'len'}"),
        ("import os", "from room import os", "defines {'os'}"),
        ("import os", "import sys as os", "imports another os"),
        ("", "def f():\n    from room.low import x", "inside a function"),
        ("", "from room import low\nx = low", "as a value"),
        ("if True:\n    x = 1", "", "only definitions"),
        ("x = 1\ndef f():\n    global x", "", "global is not understood"),
    ],
)
def test_what_it_does_not_understand_is_refused(low: str, high: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        bundle({"room/low.py": low, "room/high.py": high})


def test_a_board_has_one_module_where_there_were_twelve_and_no_trace_of_the_others() -> None:
    texts = {name: path.read_text(encoding="utf-8") for name, path in sources(True, ("help_button",)).items()}
    made = bundle(lean(texts))
    families = {FAMILIES + name for name in ("help.py", "part.py", "part_test.py", "locate.py", "device_log.py")}
    assert texts.keys() - made.keys() == {*PARTS, *SAME, *families, FAMILIES + "update.py"} - {WHOLE}
    gone = [path.removesuffix(".py").replace("/", ".") for path in texts.keys() - made.keys()]
    assert not [(name, path) for path, text in made.items() for name in gone if f"from {name} import" in text]


def test_a_tree_without_an_agent_stays_as_it_is() -> None:
    assert bundle({"choose.py": "x = 1"}) == {"choose.py": "x = 1"}
