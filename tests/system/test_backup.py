"""A backup taken while visitors are served, and the hall going on from it: nothing doubled, nothing invented."""

import itertools
import json
import shutil
import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from click.testing import CliRunner, Result

from hub.broker.process import end_orphan
from hub.cli.main import main
from hub.journal import Journal
from simulators.hub_process import HubProcess
from simulators.server_process import wait_for

pytestmark = pytest.mark.system

KIOSK = "gongjijin-kiosk-1"
CARD, NAME = "440403199003072310", "李小龙"
BEFORE, AFTER = 30, 8  # tickets


class Kiosk:
    """A kiosk's end of the broker: it asks, and asks again what was not answered."""

    def __init__(self, hub: HubProcess, service: str) -> None:
        board = json.loads((hub.boards / f"{KIOSK}.json").read_text(encoding="utf-8"))
        self.service = service
        self.issued: dict[int, str] = {}  # seq → number, as it was told last
        self.found = threading.Event()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=KIOSK)
        self.client.username_pw_set(KIOSK, board["password"])
        self.client.on_message = self._heard
        self.client.connect("127.0.0.1", hub.mqtt_port)
        for name in ("ticket/issued", "visitor/found"):
            self.client.subscribe(f"hall/v1/doumen/{KIOSK}/down/{name}", 1)
        self.client.loop_start()
        self.say("hello", 1, boot="b", kind="ticket_kiosk", version="0.1.0")

    def _heard(self, client: Any, data: Any, message: paho.MQTTMessage) -> None:
        content = json.loads(message.payload)
        if message.topic.endswith("visitor/found"):
            self.found.set()
        else:
            self.issued[content["seq"]] = content["number"]

    def say(self, name: str, qos: int, **content: Any) -> None:
        topic = f"hall/v1/doumen/{KIOSK}/up/{name}"
        self.client.publish(topic, json.dumps(content), qos).wait_for_publish(10)

    def take(self, seq: int) -> str:
        self.issued.pop(seq, None)
        self.say("ticket/take", 1, boot="b", seq=seq, service=self.service)
        wait_for(f"ticket {seq}", lambda: seq in self.issued, 10, every_s=0.005)
        return self.issued[seq]

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def run(*typed: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(main, list(typed))


def rows(path: Path) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(path)
    try:
        return db.execute("SELECT * FROM journal ORDER BY position").fetchall()
    finally:
        db.close()


class Backed:
    """A hub that was backed up in the middle of its work and then died; what its kiosk had been told."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.copy = folder, folder / "backup"
        self.hub = HubProcess(folder / "hub")
        self.hub.start()
        self.service = next(s["id"] for s in self.hub.get("/site")["services"] if s["hall"] == "gongjijin")
        self.kiosk = Kiosk(self.hub, self.service)
        self.told: dict[int, str] = {}
        self.made: Result | None = None

    def work(self) -> None:
        self.kiosk.say("visitor/identify", 0, boot="b", ask=1, kind="card", value=CARD, person=NAME)
        assert self.kiosk.found.wait(10)
        for seq in range(1, BEFORE):
            self.told[seq] = self.kiosk.take(seq)
        thread = threading.Thread(target=self._back_up)
        thread.start()
        numbers = itertools.count(BEFORE)
        while thread.is_alive() or len(self.told) < BEFORE + AFTER:
            seq = next(numbers)
            self.told[seq] = self.kiosk.take(seq)
        for _ in range(AFTER):
            seq = next(numbers)
            self.told[seq] = self.kiosk.take(seq)
        thread.join()
        self.kiosk.close()
        self.hub.kill()

    def _back_up(self) -> None:
        self.made = run("--folder", str(self.hub.folder), "backup", str(self.copy), "--json")


@pytest.fixture(scope="module")
def backed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backed]:
    backed = Backed(tmp_path_factory.mktemp("backup"))
    try:
        backed.work()
        yield backed
    finally:
        backed.hub.stop()
        end_orphan(backed.hub.folder / "broker")  # the hub was killed


def test_the_copy_is_whole_private_and_tells_of_nobody(backed: Backed) -> None:
    assert backed.made is not None
    assert backed.made.exit_code == 0, backed.made.output
    copied = rows(backed.copy / "journal.db")
    assert copied == rows(backed.hub.folder / "journal.db")[: len(copied)]
    assert json.loads(backed.made.output)["position"] == len(copied) >= BEFORE - 1
    names = {path.name for path in backed.copy.rglob("*")}
    assert {"hub.toml", "keys.json", "audit.db", "audit.head", "vault.db", "signing.key"} <= names
    assert not {"vault.key", "words.key", "audit.key"} & names
    for path in backed.copy.rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
        if path.is_file():
            assert not any(word.encode() in path.read_bytes() for word in (CARD, NAME)), path
    again = run("--folder", str(backed.hub.folder), "backup", str(backed.copy))
    assert (again.exit_code, "already holds files" in again.output) == (4, True)


def test_what_is_no_whole_backup_is_refused(backed: Backed, tmp_path: Path) -> None:
    without_keys = run("restore", str(backed.copy), "--into", str(tmp_path / "a"))
    assert (without_keys.exit_code, "--keys" in without_keys.output) == (4, True)
    torn = tmp_path / "torn"
    shutil.copytree(backed.copy, torn)
    with (torn / "hub.toml").open("ab") as file:
        file.write(b" ")
    changed = run("restore", str(torn), "--into", str(tmp_path / "b"), "--keys", str(backed.hub.folder))
    assert (changed.exit_code, "not as it was" in changed.output.replace("\n", " ")) == (4, True)
    other = tmp_path / "other"
    other.mkdir()
    shutil.copyfile(backed.hub.folder / "words.key", other / "words.key")
    (other / "vault.key").write_bytes(bytes(48))
    (other / "audit.key").write_bytes((backed.hub.folder / "audit.key").read_bytes())
    wrong = run("restore", str(backed.copy), "--into", str(tmp_path / "c"), "--keys", str(other))
    assert (wrong.exit_code, "was not written with this" in wrong.output.replace("\n", " ")) == (4, True)


def test_the_hall_goes_on_from_it(backed: Backed, tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    restored = run("restore", str(backed.copy), "--into", str(folder), "--keys", str(backed.hub.folder), "--json")
    assert restored.exit_code == 0, restored.output
    assert json.loads(restored.output).items() >= {"warnings": [], "skipped": 200}.items()
    copied = rows(backed.copy / "journal.db")
    assert rows(folder / "journal.db") == copied
    old = [ticket for ticket in backed.told.values() if f'"{ticket}"' in str(copied)]
    hub = HubProcess(folder)
    hub.start()
    try:
        refused = run("restore", str(backed.copy), "--into", str(folder), "--keys", str(backed.hub.folder))
        assert (refused.exit_code, "a hub runs in" in refused.output) == (4, True)
        kiosk = Kiosk(hub, backed.service)
        known, lost = 1, max(backed.told)
        assert backed.told[lost] not in old, "taken after the backup"
        assert kiosk.take(known) == backed.told[known], "asked again, answered the same"
        fresh = [kiosk.take(lost), kiosk.take(lost + 1)]
        assert kiosk.take(lost) == fresh[0]
        assert not set(fresh) & set(backed.told.values()), "a number that is on paper was given out again"
        kiosk.close()
    finally:
        hub.stop()
    now = rows(folder / "journal.db")
    assert now[: len(copied)] == copied
    journal = Journal(f"sqlite:///{folder / 'journal.db'}")
    journal.open()
    assert journal.verify() == []
    assert journal.epoch_of(len(copied)) < journal.epoch_of(len(copied) + 1) == journal.epoch
    journal.close()
    assert run("--folder", str(folder), "audit", "verify").exit_code == 0
    listed = json.loads(run("--folder", str(folder), "audit", "list", "--what", "backup", "--json").output)
    assert [row["what"] for row in listed] == ["backup/make", "backup/restore"]
