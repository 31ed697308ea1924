"""TLS on both brokers: the client checks the CA and the name, and nobody comes in without. Real brokers."""

import asyncio
import contextlib
import datetime
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509

from hub.broker.base import Broker
from hub.broker.refusals import BAD_LOGIN, BAD_PAIR, BAD_TLS
from hub.provision.certificates import Authority, Client
from tests.hub.broker_kit import ALL, PLAN, Mqtt, answer, eventually, make


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "tls", PLAN.id)


@pytest.fixture(params=["nats", "mosquitto"])
def broker(request: pytest.FixtureRequest, tmp_path: Path, authority: Authority) -> Iterator[Broker]:
    broker = make(request.param, tmp_path / "broker", tls=authority.server("127.0.0.1"))
    broker.set_accounts(ALL)
    broker.start()
    yield broker
    broker.stop()


def test_a_client_that_checks_the_ca_and_shows_a_certificate_comes_in(
    broker: Broker, authority: Authority, tmp_path: Path
) -> None:
    client = Mqtt(broker, "help-1", ca=authority.ca_pem, certificate=authority.client(tmp_path, "help-1"))
    assert client.answer == "Success"
    client.publish("hall/v1/s/help-1/up/help/press")
    client.close()
    assert broker.refusals == {}


def test_the_right_password_without_a_certificate_is_not_enough(
    broker: Broker, authority: Authority, tmp_path: Path
) -> None:
    assert greeting(broker, authority, None) == ""
    assert eventually(lambda: broker.refusals.get(BAD_TLS, 0) >= 1)
    stranger = Authority(tmp_path / "other", PLAN.id).client(tmp_path, "help-1")
    assert greeting(broker, authority, stranger) == "", "a certificate of another authority"


def test_a_certificate_without_the_right_password_is_not_enough(
    broker: Broker, authority: Authority, tmp_path: Path
) -> None:
    certificate = authority.client(tmp_path, "help-1")
    assert greeting(broker, authority, certificate, key="guessed") == "Not authorized"
    assert greeting(broker, authority, certificate) == "Success"
    assert eventually(lambda: broker.refusals.get(BAD_LOGIN) == 1)


def test_a_certificate_of_another_device_is_noticed(tmp_path: Path, authority: Authority) -> None:
    """By nats-server, which can be asked; mosquitto tells nobody whose certificate came."""
    broker = make("nats", tmp_path / "broker", tls=authority.server("127.0.0.1"))
    broker.look_s = 0.1
    broker.set_accounts(ALL)
    broker.start()
    try:
        right = Mqtt(broker, "help-1", ca=authority.ca_pem, certificate=authority.client(tmp_path, "help-1"))
        wrong = Mqtt(broker, "kiosk-1", ca=authority.ca_pem, certificate=authority.client(tmp_path, "help-1"))
        assert eventually(lambda: broker.refusals == {BAD_PAIR: 1})
        (told,) = broker.last_refusals
        assert (told.who, told.detail.split(",")[0]) == ("kiosk-1", "help-1")
        broker.set_accounts([account for account in ALL if account.user != "kiosk-1"])  # the broker reads them again
        assert wrong.is_gone.wait(5)
        assert not right.is_gone.is_set()
        for client in (right, wrong):
            client.close()
    finally:
        broker.stop()


def greeting(broker: Broker, authority: Authority, certificate: Client | None, key: str | None = None) -> str:
    """What the broker says to CONNECT, empty when it hangs up before."""

    def greeted() -> str:
        try:
            client = Mqtt(broker, "help-1", key, ca=authority.ca_pem, certificate=certificate)
        except OSError:
            return ""
        client.close()
        return client.answer

    with ThreadPoolExecutor(1) as thread:  # OpenSSL remembers a thread's last error, and tells it to the next who asks
        return thread.submit(greeted).result()


def test_a_device_certificate_is_kept_and_is_private(authority: Authority, tmp_path: Path) -> None:
    made = authority.client(tmp_path, "help-1")
    before = made.certificate.read_bytes(), made.key.read_bytes()
    again = Authority(tmp_path / "tls", PLAN.id).client(tmp_path, "help-1")
    assert (again.certificate.read_bytes(), again.key.read_bytes()) == before
    assert {path.stat().st_mode & 0o777 for path in (*made, *made.pem)} == {0o600}
    certificate = x509.load_der_x509_certificate(before[0])
    assert certificate.subject.rfc4514_string() == "CN=help-1"
    assert certificate.not_valid_before_utc == datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
    other = Authority(tmp_path / "other", PLAN.id).client(tmp_path, "help-1")
    assert other.certificate.read_bytes() != before[0], "of another authority it is no good"


def test_a_client_of_another_authority_turns_away_and_it_is_counted(broker: Broker, tmp_path: Path) -> None:
    other = ssl.create_default_context(cafile=str(Authority(tmp_path / "other", PLAN.id).ca_pem))
    address = (broker.settings.host, broker.settings.port)
    with socket.create_connection(address) as line, pytest.raises(ssl.SSLCertVerificationError):
        other.wrap_socket(line, server_hostname="127.0.0.1")
    assert eventually(lambda: broker.refusals.get(BAD_TLS, 0) >= 1)


def test_without_tls_nobody_comes_in(broker: Broker) -> None:
    assert answer(broker, "help-1") == ""


def test_der_is_the_same_authority_and_passes_the_strict_check(broker: Broker, authority: Authority) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_verify_locations(cadata=authority.ca_der.read_bytes())

    client = authority.client(authority.ca_pem.parent, "help-1").pem
    context.load_cert_chain(client.certificate, client.key)

    async def handshake() -> str:
        host, port = broker.settings.host, broker.settings.port
        _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname="127.0.0.1")
        version = writer.get_extra_info("ssl_object").version()
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()
        return str(version)

    assert asyncio.run(handshake()) in ("TLSv1.2", "TLSv1.3")


def test_certificates_are_kept_while_they_are_good(authority: Authority, tmp_path: Path) -> None:
    first = authority.server("127.0.0.1")
    certificate, key = first.certificate.read_bytes(), first.key.read_bytes()
    again = Authority(tmp_path / "tls", PLAN.id).server("127.0.0.1")
    assert (again.certificate.read_bytes(), again.key.read_bytes()) == (certificate, key)
    moved = authority.server("10.0.0.7")
    assert moved.certificate.read_bytes() != certificate, "it must name the host that clients ask for"


def test_a_board_whose_clock_begins_in_2000_can_check_the_certificate(authority: Authority) -> None:
    for path in (authority.ca_pem, authority.server("127.0.0.1").certificate):
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        assert certificate.not_valid_before_utc == datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


def test_private_keys_are_private(authority: Authority, tmp_path: Path) -> None:
    authority.server("127.0.0.1")
    assert (tmp_path / "tls").stat().st_mode & 0o777 == 0o700
    for name in ("ca.key", "broker.key"):
        assert (tmp_path / "tls" / name).stat().st_mode & 0o777 == 0o600
