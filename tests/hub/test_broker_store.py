"""What a broker keeps, and its log, stay small however long a device is away. Real processes."""

import subprocess
import sys
from pathlib import Path

from hub.broker import sieve
from hub.broker.nats_bounds import BOUNDS
from hub.broker.refusals import LogTail
from tests.hub.broker_kit import ALL, Mqtt, eventually, make

SERVICES = "hall/v1/s/kiosk-1/down/show/services"


def test_nats_keeps_the_newest_for_an_absent_device_and_no_more(tmp_path: Path) -> None:
    broker = make("nats", tmp_path / "broker")
    broker.set_accounts(ALL)
    broker.start()
    kiosk = Mqtt(broker, "kiosk-1")
    kiosk.subscribe(SERVICES)
    kiosk.close()
    assert eventually(lambda: broker.health()["is_settled"])
    hub = Mqtt(broker, "hub")
    kept = int(BOUNDS["max_msgs_per_subject"])
    for number in range(kept + 50):
        hub.publish(SERVICES, b"%d" % number)
    kiosk = Mqtt(broker, "kiosk-1")
    assert [int(kiosk.next()[1]) for _ in range(kept)] == list(range(50, kept + 50))
    hub.publish(SERVICES, b"live")
    assert kiosk.next() == (SERVICES, b"live")
    for client in (hub, kiosk):
        client.close()
    assert broker.fault == ""
    broker.stop()


def sift(log: Path, lines: bytes) -> None:
    subprocess.run([sys.executable, sieve.__file__, str(log), "Received ", "Sending "], input=lines, check=True)


def test_the_sieve_drops_the_chatter_and_stamps_the_rest(tmp_path: Path) -> None:
    log = tmp_path / "log"
    sift(log, b"Received PUBLISH\nDenied PUBLISH from d1\nSending PUBACK\n\nClient d1 disconnected\nhalf a li")
    assert LogTail(log, from_end=False).lines() == ["Denied PUBLISH from d1", "Client d1 disconnected"]
    assert log.read_text()[:4].isdigit()
    assert log.stat().st_mode & 0o777 == 0o600


def test_the_log_stays_small_and_the_reader_follows(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"2026-11-22T00:00:00Z Denied\n" * (sieve.MAX_LOG_BYTES // 28 + 1))
    tail = LogTail(log, from_end=False)
    assert len(tail.lines()) == sieve.MAX_LOG_BYTES // 28 + 1
    sift(log, b"Denied again\n")
    assert log.stat().st_size < 100
    assert tail.lines() == ["Denied again"]
    assert tail.lines() == []
