"""The documents: generated ones say what the code says, links lead somewhere, commands named in them exist."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from firmware.wire.messages.registry import MESSAGES
from hub.cli.main import main
from tools import cli_docs, docs

ROOT = docs.ROOT
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def test_no_generated_document_is_stale() -> None:
    assert [str(path.relative_to(ROOT)) for path in docs.stale()] == [], "run: make docs"


def test_the_check_notices_a_stale_document(tmp_path: Path) -> None:
    """`python -m tools.docs --check` on a copy with one word changed."""
    done = subprocess.run(
        [sys.executable, "-c", STALE, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1, done.stderr
    assert "docs/wire.md is stale; run: make docs\n" in done.stdout


STALE = """
import shutil, sys
from pathlib import Path
from tools import docs, site_docs
copy = Path(sys.argv.pop())
shutil.copytree(docs.ROOT / "docs", copy / "docs")
for name in ("README.md", "pyproject.toml"):
    shutil.copy(docs.ROOT / name, copy / name)
docs.ROOT, site_docs.PAGE = copy, copy / "docs" / "site.md"
wire = copy / "docs" / "wire.md"
wire.write_text(wire.read_text().replace("ticket/take", "ticket/grab"))
sys.argv.append("--check")
docs.main()
"""


# Links and commands


def links(page: Path) -> Iterator[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in LINK.findall(text):
        if not re.match(r"[a-z]+:", target):
            yield target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    broken = []
    for target in links(page):
        name, _, heading = target.partition("#")
        found = (page.parent / name).resolve() if name else page
        if not found.exists() or (heading and heading not in headings(found)):
            broken.append(target)
    assert broken == []


def headings(page: Path) -> set[str]:
    """The anchors that a page offers."""
    found = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][\w./-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_every_make_target_that_is_named_exists() -> None:
    named = {
        target
        for page in PAGES
        for target in re.findall(r"(?:`|^|\s)make ([a-z]+)\b(?=`|\s*$|\s+#| [A-Z]+=)", page.read_text(), re.MULTILINE)
    }
    assert {"demo", "test"} <= named
    assert named <= make_targets()


def test_every_command_that_is_named_exists() -> None:
    known = {path for path, _ in cli_docs.commands(main, "hallhub")}
    for page in PAGES:
        for words in re.findall(r"`hallhub((?: [a-z]+)+)", page.read_text(encoding="utf-8")):
            said = "hallhub" + words
            assert any(said == path or said.startswith(path + " ") for path in known - {"hallhub"}), (page.name, said)


def test_every_make_target_is_told_in_the_readme_or_is_cleaning() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [t for t in make_targets() - {".venv/ready", "clean"} if "." not in t and f"make {t}" not in readme] == []


# The command line


def test_every_command_and_option_is_documented() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for path, command in cli_docs.commands(main, "hallhub"):
        assert f"\n## `{path}`\n" in page
        assert command.help, f"{path} does not say what it does"
        section = page.split(f"\n## `{path}`\n")[1].split("\n## ")[0]
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{path} {option.opts[0]} does not say what it does"
                assert all(f"`{name}`" in section for name in option.opts)
            elif isinstance(option, click.Argument):
                assert option.make_metavar(click.Context(command)) in section


# AsyncAPI. Its official JSON schema comes by npm only, which these tests do without; so what matters is checked here:
# every reference resolves, every operation has its channel, every payload is a schema.


@pytest.fixture(scope="module")
def asyncapi() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((ROOT / "docs" / "asyncapi.json").read_text(encoding="utf-8"))
    return read


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def resolve(document: Any, reference: str) -> Any:
    assert reference.startswith("#/"), reference
    for part in reference[2:].split("/"):
        document = document[part.replace("~1", "/").replace("~0", "~")]
    return document


def test_asyncapi_has_what_version_3_requires(asyncapi: dict[str, Any]) -> None:
    assert asyncapi["asyncapi"].startswith("3.")
    assert {"title", "version"} <= set(asyncapi["info"])
    assert set(asyncapi) <= {
        "asyncapi",
        "id",
        "info",
        "servers",
        "defaultContentType",
        "channels",
        "operations",
        "components",
    }


def test_asyncapi_references_resolve(asyncapi: dict[str, Any]) -> None:
    found = list(references(asyncapi))
    assert len(found) >= 3 * len(MESSAGES)
    for reference in found:
        assert resolve(asyncapi, reference)


def test_asyncapi_operations_have_their_channels_and_directions(asyncapi: dict[str, Any]) -> None:
    assert len(asyncapi["operations"]) == len(asyncapi["channels"]) == len(MESSAGES)
    for operation in asyncapi["operations"].values():
        channel = resolve(asyncapi, operation["channel"]["$ref"])
        is_up = "/up/" in channel["address"]
        assert operation["action"] == ("receive" if is_up else "send")
        assert operation["bindings"]["mqtt"]["qos"] in (0, 1)
        assert set(re.findall(r"\{(\w+)\}", channel["address"])) == set(channel["parameters"])
        for message in channel["messages"].values():
            payload = resolve(asyncapi, resolve(asyncapi, message["$ref"])["payload"]["$ref"])
            assert payload["type"] == "object"


def test_asyncapi_defaults_and_requirements_agree(asyncapi: dict[str, Any]) -> None:
    for schema in asyncapi["components"]["schemas"].values():
        required = set(schema.get("required", ()))
        assert required <= set(schema["properties"])
        assert not [name for name, field in schema["properties"].items() if ("default" in field) == (name in required)]
