"""The vault by the command line against a running hub: in clear only for a reason, and who looked is on record."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from hub.audit.deed import told_by_shell
from hub.cli.main import main
from hub.vault import Identity, Vault
from simulators.hub_process import HubProcess

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
        assert (many.exit_code, "三者之一" in many.output) == (2, True)
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
