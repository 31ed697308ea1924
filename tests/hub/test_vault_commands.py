"""The vault by the command line against a running hub: in clear only for a reason, and who looked is on record."""

import json
import sqlite3
from pathlib import Path

from click.testing import CliRunner, Result

from hub.audit.deed import told_by_shell
from hub.cli.main import main
from hub.vault import Identity, Vault
from simulators.hub_process import HubProcess
from tests.hub.test_api import Api
from tests.hub.test_cases_api import PLANTED, poor_rating

LI = Identity(name="李小龙", card="440403199003072310", phone="13800138000")


def run(folder: Path, *typed: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(main, ["--folder", str(folder), *typed])


def test_a_person_is_shown_for_a_reason_and_erased_on_request(tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "hub")
    vault = Vault(hub.folder)
    visitor = vault.put(LI)
    vault.close()
    hub.start()
    try:
        assert "有 1 人" in run(hub.folder, "vault", "status").output
        assert run(hub.folder, "vault", "show", visitor).exit_code == 2, "no reason, no look"
        shown = run(hub.folder, "vault", "show", visitor, "--why", "lost purse")
        assert shown.exit_code == 0, shown.output
        assert all(value in shown.output for value in (LI.name, LI.card, LI.phone))
        many = run(hub.folder, "vault", "erase", "--card", LI.card, "--phone", LI.phone, "--why", "asked for it")
        assert (many.exit_code, "四者之一" in many.output) == (2, True)
        erased = run(hub.folder, "vault", "erase", "--card", LI.card, "--why", "asked for it")
        assert (erased.exit_code, "已删除 1 人" in erased.output) == (0, True)
        assert run(hub.folder, "vault", "show", visitor, "--why", "lost purse").exit_code == 1
    finally:
        hub.stop()
    listed = json.loads(run(hub.folder, "audit", "list", "--who", told_by_shell(), "--json").output)
    told = [(row["what"], row["who"]) for row in listed if row["what"].startswith("vault")]
    assert told == [("vault/whole", "admin"), ("vault/erase", "admin"), ("vault/whole", "admin")]
    assert not any(LI.card in json.dumps(row) for row in listed)
    whats = [row["what"] for row in json.loads(run(hub.folder, "audit", "list", "--what", "hub/", "--json").output)]
    assert whats == ["hub/start", "hub/stop"]
    assert run(hub.folder, "audit", "verify").exit_code == 0


NOTE = "打电话给李小龙 13800138000，答应下周补办"
PERSONAL = (LI.name, LI.card, LI.phone, PLANTED, NOTE)


def sealed(folder: Path) -> list[bytes]:
    """What lies enciphered in the two databases."""
    found = []
    for file, query in (("vault.db", "SELECT sealed FROM person"), ("words.db", "SELECT sealed FROM words")):
        with sqlite3.connect(f"file:{folder / file}?mode=ro", uri=True) as database:
            found += [body for (body,) in database.execute(query)]
    return found


def holding(folder: Path, wanted: list[bytes]) -> set[str]:
    """The names of the files that hold any of that."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {file.name for file in files if any(body in file.read_bytes() for body in wanted)}


def test_what_a_person_wrote_is_forgotten_with_the_person(tmp_path: Path) -> None:
    """The remark of a poor rating and the note of who called back; the rating stays, and so does the case."""
    folder, backup = tmp_path / "hub", tmp_path / "backup"
    before = Api(folder)
    visitor = before.hub.vault.put(LI)
    case, stranger = poor_rating(before, visitor), poor_rating(before)
    before.close()
    hub = HubProcess(folder)
    hub.start()
    try:
        for act, more in (("screen", ["valid"]), ("assign", ["c7"]), ("contact", [])):
            done = run(folder, "cases", act, case, *more, *(["--note", NOTE] if act == "contact" else []))
            assert done.exit_code == 0, done.output
        assert NOTE in run(folder, "cases", "show", case, "--words").output.replace("\n", "")
        assert run(folder, "backup", str(backup)).exit_code == 0
        enciphered = sealed(folder)
        assert len(enciphered) == 4
        erased = run(folder, "vault", "erase", "--card", LI.card, "--why", "asked for it")
        assert (erased.exit_code, "已删除 1 人的个人信息、2 条留言" in erased.output) == (0, True), erased.output
        kept = json.loads(run(folder, "cases", "show", case, "--words", "--json").output)
        assert (kept["written"], kept["level"]) == ({"words": "", "notes": ["", "", ""]}, 2)
        of_another = json.loads(run(folder, "cases", "show", stranger, "--words", "--json").output)
        assert of_another["written"]["words"] == PLANTED
        ticket = stranger.rpartition("-")[0]
        by_number = run(folder, "vault", "erase", "--ticket", ticket.partition("-")[2], "--why", "asked for it")
        assert "已删除 0 人的个人信息、1 条留言" in by_number.output
        listed = json.loads(run(folder, "audit", "list", "--what", "words/", "--json").output)
    finally:
        hub.stop()
    assert [json.loads(row["after"]) for row in listed if row["what"] == "words/erase"] == [{"words": 2}, {"words": 1}]
    assert holding(tmp_path, [text.encode() for text in PERSONAL]) == set()
    assert holding(folder, enciphered) == set()
    assert holding(backup, enciphered) == {"vault.db", "words.db"}, "docs/security.md says so, and what to do"
