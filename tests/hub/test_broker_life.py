"""A broker starts, is reloaded, dies, comes back, outlives its hub and is found again. Real brokers, real kills."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.broker.accounts import Account
from hub.broker.base import Broker
from hub.broker.process import end_orphan
from hub.broker.programs import BrokerFault
from tests.hub.broker_kit import ALL, Mqtt, account, answer, eventually, free_port, make, need
from tests.hub.test_site_file import SMALL

PRESS = "hall/v1/s/help-1/up/help/press"
HUB_PROCESS = """
import sys, signal
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from tests.hub.broker_kit import ALL
from hub.broker.brokers import BROKERS
from hub.broker.settings import BrokerSettings
broker = BROKERS[sys.argv[1]](BrokerSettings(port=int(sys.argv[2])), Path(sys.argv[3]))
broker.set_accounts(ALL)
broker.start()
print(broker.health()["pid"], flush=True)
signal.pause()
"""


@pytest.fixture(params=["nats", "mosquitto"])
def kind(request: pytest.FixtureRequest) -> str:
    need(request.param)
    return str(request.param)


@pytest.fixture
def broker(kind: str, tmp_path: Path) -> Iterator[Broker]:
    broker = make(kind, tmp_path / "broker")
    broker.set_accounts(ALL)
    broker.start()
    yield broker
    broker.stop()


def a_hub_is_killed(kind: str, port: int, folder: Path) -> int:
    """A hub of its own starts a broker and dies by SIGKILL. The broker's pid."""
    hub = subprocess.Popen(
        [sys.executable, "-c", HUB_PROCESS, kind, str(port), str(folder), str(Path(__file__).parents[2])],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert hub.stdout is not None
    with hub.stdout:
        pid = int(hub.stdout.readline())
        hub.kill()
        hub.wait()
    return pid


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_health_says_what_a_person_asks(broker: Broker) -> None:
    health = broker.health()
    assert health["kind"] == broker.kind
    assert health["is_alive"]
    assert is_running(health["pid"])
    assert health["version"][0].isdigit()
    assert (health["restarts"], health["fault"], health["accounts"]) == (0, "", len(ALL))


def test_nobody_else_can_read_its_files(broker: Broker) -> None:
    assert broker.folder.stat().st_mode & 0o777 == 0o700
    ours = ["lock", "pid", "broker.log", f"{broker.kind}.conf"]
    ours += ["accounts.conf"] if broker.kind == "nats" else ["passwords", "access"]
    assert {name: oct(broker.folder.joinpath(name).stat().st_mode & 0o777) for name in ours} == dict.fromkeys(
        ours, "0o600"
    )


def test_an_account_is_added_and_revoked_while_others_stay(broker: Broker) -> None:
    stays = Mqtt(broker, "help-1")
    new = Account("new-1", "k", ("hall/v1/s/new-1/up/hello",), ("hall/v1/s/new-1/down/welcome",))
    assert answer(broker, "new-1", "k") == "Not authorized"
    broker.set_accounts([*ALL, new])
    client = Mqtt(broker, "new-1", "k")
    assert client.answer == "Success"
    broker.set_accounts(ALL)
    assert client.is_gone.wait(5), "who is revoked is put out at once"
    assert answer(broker, "new-1", "k") == "Not authorized"
    assert not stays.is_gone.is_set()
    stays.publish(PRESS)
    stays.close()
    client.close()


def test_a_replaced_key_puts_out_whoever_holds_the_old_one(broker: Broker) -> None:
    thief = Mqtt(broker, "kiosk-1")
    old = account("kiosk-1")
    broker.set_accounts([a for a in ALL if a is not old] + [Account(old.user, "new", old.publish, old.subscribe)])
    assert thief.is_gone.wait(5)
    assert answer(broker, "kiosk-1") == "Not authorized"
    owner = Mqtt(broker, "kiosk-1", "new")
    assert owner.answer == "Success"
    for client in (thief, owner):
        client.close()


def test_the_same_accounts_again_reload_nothing(broker: Broker) -> None:
    before = (broker.folder / "broker.log").read_bytes()
    broker.set_accounts(list(ALL))
    broker.set_accounts([*ALL, Account("new-1", "k", (), ())])
    log = (broker.folder / "broker.log").read_bytes()[len(before) :]
    assert log.count(b"Reloading config" if broker.kind == "mosquitto" else b"Reloaded server configuration") == 1


def test_a_killed_broker_is_started_again(broker: Broker) -> None:
    first = broker.health()["pid"]
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: broker.restarts == 1 and broker.is_alive())
    assert broker.health()["pid"] != first
    assert eventually(lambda: _connects(broker))
    assert broker.fault == ""


def _connects(broker: Broker) -> bool:
    try:
        return answer(broker, "help-1") == "Success"
    except OSError:
        return False


def test_the_next_hub_adopts_the_broker_of_a_killed_one_and_no_device_notices(kind: str, tmp_path: Path) -> None:
    broker = make(kind, tmp_path / "broker")
    pid = a_hub_is_killed(kind, broker.settings.port, broker.folder)
    device = Mqtt(broker, "help-1")
    broker.set_accounts(ALL)
    broker.start()
    assert broker.health()["pid"] == pid
    device.publish(PRESS)
    assert not device.is_gone.is_set()
    answer(broker, "help-1", "wrong", id="thief")
    assert eventually(lambda: sum(broker.refusals.values()) == 1), "refusals are read on"
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: broker.restarts == 1 and broker.is_alive()), "an adopted broker is supervised too"
    broker.stop()
    assert not broker.is_alive()
    device.close()


def test_a_broker_that_listens_elsewhere_is_replaced(kind: str, tmp_path: Path) -> None:
    pid = a_hub_is_killed(kind, free_port(), tmp_path / "broker")
    broker = make(kind, tmp_path / "broker")
    broker.set_accounts(ALL)
    broker.start()
    assert not is_running(pid)
    assert _connects(broker)
    broker.stop()


def test_stop_leaves_nothing_behind(kind: str, tmp_path: Path) -> None:
    broker = make(kind, tmp_path / "broker")
    broker.start()
    pid = broker.health()["pid"]
    broker.stop()
    assert not is_running(pid)
    assert not (broker.folder / "pid").exists()
    broker.start()
    broker.stop()


def test_an_orphan_can_be_ended(kind: str, tmp_path: Path) -> None:
    pid = a_hub_is_killed(kind, free_port(), tmp_path / "broker")
    assert is_running(pid)
    assert end_orphan(tmp_path / "broker")
    assert not is_running(pid)
    assert not end_orphan(tmp_path / "broker")


def test_a_stranger_that_got_the_old_pid_is_left_alone(kind: str, tmp_path: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    broker = make(kind, tmp_path / "broker")
    broker.folder.mkdir()
    (broker.folder / "pid").write_text(f"{stranger.pid}\n")
    broker.start()
    assert broker.health()["pid"] != stranger.pid
    broker.stop()
    assert not end_orphan(broker.folder)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_second_hub_is_kept_out(broker: Broker) -> None:
    second = make(broker.kind, broker.folder)
    with pytest.raises(BrokerFault, match="another hub uses"):
        second.start()
    assert broker.is_alive()


def test_a_taken_port_is_said(broker: Broker, tmp_path: Path) -> None:
    second = make(broker.kind, tmp_path / "second", port=broker.settings.port)
    with pytest.raises(BrokerFault, match=r"(?i)address already in use"):
        second.start()
    assert not second.is_alive()
    assert broker.is_alive()


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("zh", "203.0.113.1 不是本机的地址；本机地址有：127.0.0.1"),
        ("en", "203.0.113.1 is no address of this machine; its addresses are 127.0.0.1"),
    ],
)
def test_an_address_of_another_machine_is_said(kind: str, language: str, says: str, tmp_path: Path) -> None:
    """One that is kept for documents (RFC 5737), so nobody has it."""
    site = tmp_path / "site.toml"
    site.write_text(SMALL, encoding="utf-8")
    typed = ["--folder", str(tmp_path / "hub"), "--language", language, "up", "--site", str(site), "--broker", kind]
    typed += ["--mqtt-host", "203.0.113.1", "--mqtt-port", str(free_port()), "--api-port", str(free_port()), "--tls"]
    command = [sys.executable, "-m", "hub.cli.main", *typed]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (4, ""), done.stderr
    assert says in done.stderr
    assert "port free" not in done.stderr
    assert len(done.stderr.splitlines()) == 1, "nothing of the broker's own log"


def test_a_missing_program_is_said_with_the_command_that_brings_it(kind: str, tmp_path: Path) -> None:
    broker = make(kind, tmp_path / "broker", program=str(tmp_path / "nowhere"))
    with pytest.raises(BrokerFault, match="cannot be run"):
        broker.start()


def test_a_store_that_cannot_be_read_is_put_aside(kind: str, tmp_path: Path) -> None:
    broker = make(kind, tmp_path / "broker")
    broker.folder.mkdir()
    store = broker.folder / ("jetstream" if kind == "nats" else "mosquitto.db")
    store.write_bytes(b"no store at all, but long enough to look like one " * 10)
    broker.set_accounts(ALL)
    broker.start()
    assert _connects(broker)
    assert store.with_name(store.name + ".unreadable").exists()
    broker.stop()


def test_without_tls_only_this_machine_can_reach_it(kind: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="without TLS"):
        make(kind, tmp_path, host="0.0.0.0")
    with pytest.raises(ValueError, match="without TLS"):
        make(kind, tmp_path, host="hub.example")
    make(kind, tmp_path, host="::1")


def test_accounts_of_a_whole_building_are_up_quickly(kind: str, tmp_path: Path) -> None:
    many = [
        Account(f"d-{i}", f"key-{i}", (f"hall/v1/s/d-{i}/up/state",), (f"hall/v1/s/d-{i}/down/ack",))
        for i in range(310)
    ]
    broker = make(kind, tmp_path / "broker")
    broker.set_accounts([*ALL, *many])
    broker.start()
    clients = [Mqtt(broker, a.user, a.password) for a in many[::31]]
    assert [client.answer for client in clients] == ["Success"] * 10
    for client in clients:
        client.close()
    broker.stop()
