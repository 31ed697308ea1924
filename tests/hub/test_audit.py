"""The audit log: each act a row, the chain, what happens when somebody changes it, how long it is kept."""

import json
import re
import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.audit import KEPT_DAYS, Audit, AuditFault, Deed
from hub.audit.chain import BEGIN, hash_of
from hub.audit.export import lines
from hub.audit.verify import complaints
from hub.cli.main import main
from hub.engine.events import Entry, Origin, StaffSignedIn, StaffSignedOut, TicketCalled, WindowPaused
from hub.journal import Journal

DAY_MS = 86_400_000
NOW_MS = 1_795_000_000_000


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[Audit]:
    audit = Audit(tmp_path / "hub")
    yield audit
    audit.close()


def fill(audit: Audit, count: int = 5) -> None:
    for number in range(count):
        audit.append(Deed(who="admin", what=f"PUT /policy/{number}", before="1", after="2"))


def change(audit: Audit, *statements: str) -> None:
    """As somebody would who may write the file: without our triggers."""
    with sqlite3.connect(audit.path) as db:
        for trigger in ("audit_unchanged", "audit_kept"):
            db.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            db.execute(statement)
    db.close()


def run(folder: Path, *typed: str) -> Result:
    return CliRunner(env={"COLUMNS": "250"}).invoke(main, ["--folder", str(folder), *typed])


def test_what_was_done_is_kept_whole_and_only_for_its_owner(audit: Audit) -> None:
    audit.append(Deed(who="admin", what="POST /devices", told="li@desk", address="127.0.0.1:9", asked='{"id":"k"}'))
    (row,) = audit.find()
    assert (row.number, row.who, row.told, row.what, row.previous) == (1, "admin", "li@desk", "POST /devices", BEGIN)
    assert row.hash == hash_of(BEGIN, 1, row.at_ms, row)
    assert complaints(audit) == []
    for path in audit.folder.iterdir():
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
    assert audit.find(who="li@desk") == audit.find(what="devices") == [row]
    assert audit.find(who="nobody") == audit.find(since_ms=row.at_ms + 1) == []


def test_the_database_itself_refuses_changes(audit: Audit) -> None:
    fill(audit)
    with sqlite3.connect(audit.path) as db:
        with pytest.raises(sqlite3.IntegrityError, match="not changed"):
            db.execute("UPDATE audit SET who = 'nobody' WHERE number = 2")
        with pytest.raises(sqlite3.IntegrityError, match=f"kept for {KEPT_DAYS} days"):
            db.execute("DELETE FROM audit WHERE number = 2")
    db.close()
    assert complaints(audit) == []


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (["UPDATE audit SET after = '3' WHERE number = 3"], "row 3 was changed after it was written"),
        (["UPDATE audit SET at_ms = at_ms + 1 WHERE number = 1"], "row 1 was changed after it was written"),
        (["DELETE FROM audit WHERE number IN (2, 3)"], "rows 2 to 3 are missing"),
        (["DELETE FROM audit WHERE number = 5"], "rows 5 to 5 were cut off"),
        (["DELETE FROM audit"], "rows 1 to 5 were cut off"),
        (
            ["DELETE FROM audit WHERE number = 2", "UPDATE audit SET number = number - 1 WHERE number > 2"],
            "row 2 does not follow on row 1",
        ),
    ],
)
def test_the_first_row_that_does_not_fit_is_named(audit: Audit, harm: list[str], said: str) -> None:
    fill(audit)
    change(audit, *harm)
    (found,) = complaints(audit)
    assert found.startswith(said)
    audit.append(Deed(who="admin", what="later"))
    assert complaints(audit), "a later row must not heal it"


def test_a_chain_written_anew_without_the_key_is_seen(audit: Audit) -> None:
    fill(audit, 2)
    first = audit.find()[0]
    forged = hash_of(BEGIN, 1, first.at_ms, Deed(who="wang", what=first.what, before="1", after="2"))
    change(audit, f"UPDATE audit SET who = 'wang', hash = '{forged}' WHERE number = 1")
    assert complaints(audit) == ["row 1 was written by somebody without the key"]


def test_a_head_file_that_was_lost_or_forged_is_seen_for_good(audit: Audit) -> None:
    fill(audit)
    head = audit.folder / "audit.head"
    head.write_text(head.read_text().replace('"number":5', '"number":4'))
    assert "whether rows were cut off is not known" in complaints(audit)[0]
    again = Audit(audit.folder)
    again.append(Deed(who="admin", what="later"))
    assert re.match("row 6: the head file was missing", complaints(again)[0])
    again.close()


def test_a_death_between_row_and_head_is_no_complaint(audit: Audit) -> None:
    fill(audit, 2)
    head = (audit.folder / "audit.head").read_bytes()
    fill(audit, 1)
    (audit.folder / "audit.head").write_bytes(head)
    assert complaints(audit) == []
    fill(audit, 1)
    assert ([row.number for row in audit.find()], complaints(audit)) == ([1, 2, 3, 4], [])


def test_log_and_head_put_back_together_are_seen_against_an_export(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    audit = Audit(folder)
    fill(audit, 2)
    audit.close()
    earlier = {path: path.read_bytes() for path in folder.iterdir()}
    fill(again := Audit(folder), 3)
    again.close()
    exported = tmp_path / "kept-elsewhere.jsonl"
    assert run(folder, "audit", "export", str(exported), "--no-journal").exit_code == 0
    assert run(folder, "audit", "verify", "--against", str(exported)).exit_code == 0
    for path in folder.iterdir():
        path.unlink()
    for path, body in earlier.items():
        path.write_bytes(body)
    assert run(folder, "audit", "verify").exit_code == 0
    result = run(folder, "audit", "verify", "--against", str(exported))
    assert result.exit_code == 1
    assert "row 6 of kept-elsewhere.jsonl is not in this log" in result.output


def test_many_write_at_once_and_each_has_a_place(audit: Audit) -> None:
    """Two of them as other processes do: with the log opened a second time."""
    other = Audit(audit.folder)
    threads = [threading.Thread(target=fill, args=(log, 10)) for log in (audit, other, audit)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row.number for row in audit.find()] == list(range(1, 31))
    assert complaints(other) == []
    other.close()


def test_rows_younger_than_half_a_year_stay(tmp_path: Path) -> None:
    now = [NOW_MS - 200 * DAY_MS]
    audit = Audit(tmp_path, lambda: now[0])
    fill(audit, 3)
    now[0] = NOW_MS
    fill(audit, 2)
    with pytest.raises(AuditFault, match=f"rows are kept for {KEPT_DAYS} days"):
        audit.purge(NOW_MS - (KEPT_DAYS - 1) * DAY_MS, Deed(who="li", what="audit/purge"))
    with sqlite3.connect(audit.path) as db:  # the trigger goes by the machine's clock, which this test does not set
        db.execute("DROP TRIGGER audit_kept")
    db.close()
    assert audit.purge(NOW_MS - KEPT_DAYS * DAY_MS, Deed(who="li", what="audit/purge")) == 3
    assert [(row.number, row.what) for row in audit.find()][-1] == (6, "audit/purge")
    assert [row.number for row in audit.find()] == [4, 5, 6]
    assert complaints(audit) == []
    change(audit, "UPDATE checkpoint SET number = 4", "DELETE FROM audit WHERE number = 4")
    assert complaints(audit) == ["the checkpoint at row 4 was written by somebody without the key"]
    audit.close()


def test_a_log_without_its_key_is_not_gone_on_with(audit: Audit) -> None:
    fill(audit)
    (audit.folder / "audit.key").unlink()
    with pytest.raises(AuditFault, match=r"audit\.key is missing"):
        Audit(audit.folder)


def test_the_export_joins_the_journal_and_names_the_clerk(audit: Audit, tmp_path: Path) -> None:
    journal = Journal(f"sqlite:///{tmp_path / 'journal.db'}", "hall")
    journal.open()
    origin = Origin(device="call-01", boot="b", seq=7)
    signed = Entry(position=1, at_ms=1, origin=None, events=(StaffSignedIn(at_ms=1, window="w1", staff="1024"),))
    called = TicketCalled(at_ms=2, ticket="20261122-A001", window="w1")
    journal.append([signed, Entry(position=2, at_ms=2, origin=origin, events=(called,))])
    fill(audit, 1)
    told = [json.loads(line) for line in lines(audit, journal)]
    journal.close()
    assert [line["kind"] for line in told] == ["start", "journal", "journal", "audit"]
    assert (told[2]["staff"], told[2]["origin"]["device"], told[2]["events"][0]["window"]) == ("1024", "call-01", "w1")
    assert told[0]["previous"] == told[3]["previous"] == BEGIN


def test_the_export_names_who_signs_out_and_nobody_afterwards(audit: Audit, tmp_path: Path) -> None:
    journal = Journal(f"sqlite:///{tmp_path / 'journal.db'}", "hall")
    journal.open()
    events = (
        StaffSignedIn(at_ms=1, window="w1", staff="1024"),
        StaffSignedOut(at_ms=2, window="w1", staff="1024"),
        WindowPaused(at_ms=3, window="w1"),
        StaffSignedOut(at_ms=4, window="w2", staff="2048"),  # the journal no longer has when they came
    )
    journal.append([Entry(position=e.at_ms, at_ms=e.at_ms, origin=None, events=(e,)) for e in events])
    told = [json.loads(line) for line in lines(audit, journal)]
    journal.close()
    assert [line.get("staff") for line in told if line["kind"] == "journal"] == ["1024", "1024", None, "2048"]


def test_the_commands_say_it_to_people(audit: Audit, tmp_path: Path) -> None:
    assert run(tmp_path / "none", "audit", "list").exit_code == 4
    fill(audit)
    listed = json.loads(run(audit.folder, "audit", "list", "--what", "/3", "--json").output)
    assert [(row["number"], row["before"], row["after"]) for row in listed] == [(4, "1", "2")]
    assert "PUT /policy/3" in run(audit.folder, "--language", "en", "audit", "list").output
    assert "审计记录完整，共 5 条" in run(audit.folder, "audit", "verify").output
    refused = run(audit.folder, "audit", "purge", "--before", "2026-11-01")
    assert refused.exit_code == 1
    assert [(row.what, row.outcome) for row in audit.find()][-1] == ("audit/purge", "refused")
    change(audit, "DELETE FROM audit WHERE number = 2")
    broken = run(audit.folder, "audit", "verify")
    assert (broken.exit_code, "rows 2 to 2 are missing" in broken.output) == (1, True)
