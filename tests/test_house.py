"""The house rules that a machine can hold: who imports whom, how large a room may grow, one catalogue of words."""

import ast
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware import words as catalogue
from firmware.kinds import KINDS
from firmware.wire.messages import part, queue
from firmware.words import LANGUAGES, WORDS
from hub.broker.refusals import REASONS
from hub.cli.tables import COLOURS
from hub.engine.phrases import PHRASES
from hub.engine.refused import CODES

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("firmware", "drivers", "hub", "simulators")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
LONGEST = 400  # lines
CATALOGUE = ROOT / "firmware" / "words"


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def of_ours() -> Iterator[tuple[Path, ast.Module]]:
    for path in MODULES:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_who_may_import_whom() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout


def test_no_room_is_too_large() -> None:
    """Each fits on a few screens."""
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_module_says_first_why_it_is_there() -> None:
    silent = []
    for path, tree in of_ours():
        text = path.read_text(encoding="utf-8")
        if text.strip() and not (ast.get_docstring(tree) or "").split("\n")[0].strip():
            silent.append(name_of(path))
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    assert [name_of(path) for path in MODULES if later.search(path.read_text(encoding="utf-8"))] == []


def test_nothing_names_the_machine_that_it_was_written_on() -> None:
    home = re.compile(r"/(work|root|home)/\w")
    found = [
        name_of(path)
        for room in (*ROOMS, "tests", "tools", "docs")
        for path in (ROOT / room).rglob("*")
        if path.suffix in (".py", ".md", ".toml", ".json") and home.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


# One clock

CLOCKS = ("time", "time_ns", "localtime", "gmtime", "mktime", "ctime", "asctime", "RTC", "datetime")
OF_THE_HUB = {  # gmtime of a moment that the hub told, to be read by people: never of this machine's own clock
    "firmware/roles/ticket_kiosk.py",
    "firmware/screens/kiosk_visitor.py",
    "firmware/screens/ticket.py",
}


def test_devices_never_look_at_a_clock_of_their_own() -> None:
    """It is set by nobody and may jump: timeouts are monotonic, the time of day comes from the hub."""
    devices = [(path, tree) for path, tree in of_ours() if path.relative_to(ROOT).parts[0] in ("firmware", "drivers")]
    assert len(devices) > 100
    looks = {f"{name_of(path)}: {look}" for path, tree in devices for look in clocks(tree)}
    assert looks == {f"{name}: gmtime of" for name in OF_THE_HUB}


def clocks(tree: ast.Module) -> Iterator[str]:
    """Each look at a clock: the function's name; ``gmtime of`` when it is given the moment."""
    modules = {"time", "utime", "machine", "datetime"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.asname for alias in node.names if alias.name in modules and alias.asname}
            yield from (alias.name for alias in node.names if alias.name == "datetime")
        elif isinstance(node, ast.ImportFrom) and node.module in modules:
            yield from (alias.name for alias in node.names if node.module == "datetime" or alias.name in CLOCKS)
    given = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and module_of(node.value) in modules:
            if node.attr == "gmtime" and id(node) in given:
                yield "gmtime of"
            elif node.attr in CLOCKS:
                yield node.attr


def module_of(node: ast.expr) -> str:
    """What stands before a dot: a name, or ``__import__("name")``."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "__import__":
        return str(ast.literal_eval(node.args[0])) if isinstance(node.args[0], ast.Constant) else ""
    return node.id if isinstance(node, ast.Name) else ""


# One catalogue


@pytest.mark.parametrize(
    "keys",
    [
        [f"refused.{code}" for code in (*CODES, "malformed")],
        [f"refusal.{reason}" for reason in REASONS],
        [f"kind.{kind}" for kind in KINDS],
        [f"phrase.{phrase}" for phrase in PHRASES],
        [f"ticket.state.{state}" for state in queue.TICKET_STATES],
        [f"window.state.{state}" for state in queue.WINDOW_STATES],
        [f"priority.{priority}" for priority in queue.PRIORITIES],
        [f"part.{part}" for kind in KINDS.values() for part in kind.parts],
        [f"fault.{fault}" for fault in part.FAULTS],
        [f"language.{language}" for language in queue.LANGUAGES],
        ["device.state.online", "device.state.offline"],
    ],
    ids=lambda keys: keys[0].rpartition(".")[0],
)
def test_what_the_code_can_say_has_words(keys: list[str]) -> None:
    assert [key for key in keys if key not in WORDS] == []


def test_drivers_report_only_faults_that_are_declared() -> None:
    said = re.compile(r"""health\.set\("(\w+)"\)""")
    found = {code for path in (ROOT / "drivers").rglob("*.py") for code in said.findall(path.read_text("utf-8"))}
    assert found <= set(part.FAULTS)


def test_the_edge_counts_only_reasons_that_have_words() -> None:
    """The reasons of the inbox, read off its code."""
    tree = ast.parse((ROOT / "hub" / "inbox.py").read_text(encoding="utf-8"))
    function = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "reason")
    reasons = [ast.literal_eval(n.value) for n in ast.walk(function) if isinstance(n, ast.Return) and n.value]
    assert len(reasons) >= 4
    assert [reason for reason in reasons if f"refusal.{reason}" not in WORDS] == []


def test_every_key_that_stands_in_the_code_has_words() -> None:
    """Keys of the catalogue written out in full: text that begins with one of its rooms and a dot."""
    rooms = {key.partition(".")[0] for key in WORDS}
    known = {key[:at] for key in WORDS for at in range(len(key) + 1) if key[at : at + 1] in ("", ".")}
    key_like = re.compile(r"[a-z]+(\.[a-z_0-9]+)+")
    unknown = []
    for path, tree in of_ours():
        if path.parent == CATALOGUE:
            continue
        parts = {id(part) for joined in ast.walk(tree) if isinstance(joined, ast.JoinedStr) for part in joined.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and says(node):
                for text in constants(node, parts):
                    if key_like.fullmatch(text) and text.partition(".")[0] in rooms and text not in known:
                        unknown.append(f"{name_of(path)}:{node.lineno} {text}")
    assert unknown == []


def says(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in ("words", "say", "facts", "table", "_unreachable")


def constants(call: ast.Call, parts: set[int]) -> Iterator[str]:
    for node in ast.walk(call):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value


def test_states_have_colours_only_where_there_are_states() -> None:
    states = {key.rpartition(".")[2] for key in WORDS if ".state." in key}
    assert set(COLOURS) <= states


def test_both_languages_ask_for_the_same_facts() -> None:
    assert LANGUAGES == ("zh", "en")
    odd = []
    for key, texts in WORDS.items():
        facts = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in texts]
        if facts[0] != facts[1]:
            odd.append((key, facts))
    assert odd == []


def test_nothing_in_the_catalogue_is_unsaid() -> None:
    """Only what was forgotten on purpose: an empty English text where Chinese needs a measure word."""
    assert [key for key, (zh, _) in WORDS.items() if not zh.strip()] == []
    assert {key for key, (_, en) in WORDS.items() if not en.strip()} <= {"screen.calls.window", "screen.calls.people"}


def test_no_text_is_in_two_rooms_of_the_catalogue() -> None:
    assert sum(len(room.WORDS) for room in catalogue.ROOMS) == len(WORDS)
