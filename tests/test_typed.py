"""What the pages tell people to type: a shell finds it, and the command line knows each command and option."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from hub.cli.main import main
from tools import flash
from tools.docs import ROOT

PAGES = sorted(path for path in [*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")] if path.name != "cli.md")
ACTIVATE = ". .venv/bin/activate"
FENCE = re.compile(r"^```\w*\n(.*?)^```|^((?:    \S.*\n)+)", re.MULTILINE | re.DOTALL)
TYPED = re.compile(r"^ *(hallhub|python tools/flash\.py|python -m) ", re.MULTILINE)


def typed(page: Path) -> Iterator[tuple[int, list[str]]]:
    """Where it stands, and the words of each command line in a block; what follows two spaces explains it."""
    text = page.read_text(encoding="utf-8")
    for block in FENCE.finditer(text):
        for line in TYPED.finditer(block[0]):
            whole = block[0][line.start() :].splitlines()[0].strip()
            said = re.split(r" {2,}| \[", whole)[0]
            yield block.start() + line.start(), shlex.split(said)


def test_the_pages_have_commands() -> None:
    found = {page.name: len(list(typed(page))) for page in PAGES}
    assert found["README.md"] >= 2
    assert found["installing.md"] >= 4
    assert found["updates.md"] == found["provisioning.md"] == 6


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_before_a_bare_command_stands_what_lets_a_shell_find_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for at, words in typed(page):
        assert ACTIVATE in text[:at], words


def test_then_a_shell_finds_it() -> None:
    """A terminal that knows nothing of the project."""
    line = f"{ACTIVATE} && command -v hallhub && hallhub --version && python -c 'import hub.cli.main'"
    done = subprocess.run(
        ["/bin/sh", "-c", line], cwd=ROOT, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == str(ROOT / ".venv" / "bin" / "hallhub")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_command_line_knows_what_is_typed(page: Path) -> None:
    for _, words in typed(page):
        if words[0] == "hallhub":
            know(main, words[1:])
        elif words[1] == "tools/flash.py":
            know(flash.main, words[2:])
        else:
            assert (ROOT / words[2].replace(".", "/")).with_suffix(".py").exists(), words


def test_the_calibration_on_the_page_is_what_its_command_prints() -> None:
    page = (ROOT / "docs" / "readers.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^python -c .*$", page, re.MULTILINE)
    done = subprocess.run(
        ["/bin/sh", "-c", f"{ACTIVATE} && {line}"], cwd=ROOT, capture_output=True, text=True, timeout=30
    )
    (told,) = re.findall(r"^calibration = \[(.*)\]$", page, re.MULTILINE)
    assert [float(number) for number in done.stdout.strip("()\n").split(",")] == pytest.approx(
        [float(number) for number in told.split(",")]
    )


def know(command: click.Command, words: list[str]) -> None:
    """Raises click's UsageError when it has no such verb or option."""
    context = click.Context(command)
    _, rest, _ = command.make_parser(context).parse_args(words)
    if isinstance(command, click.Group):
        _, verb, rest = command.resolve_command(context, rest)
        assert verb is not None
        know(verb, rest)
