"""mosquitto 2 as the broker: comes with Debian; `make bench BENCH="queue press --broker mosquitto"` measures it.

- ``use_username_as_clientid``: nobody can take over the session of another device.
- mosquitto keeps its store when it is stopped, and forgets the last half hour when it is killed. Saving on every change
  writes the whole store each time; the devices' outboxes and the hub's republishing cover it instead.
- Publishes that the access list drops are told only by log type ``debug``, two to four lines for every message:
  a fraction of the message's own cost, and less in the sieve (`hub.broker.sieve`) that drops them.
- mosquitto 2.0 grants every subscription and only delivers nothing; so the log of subscriptions is checked here
  against the accounts.
- It does not say who failed to log in, only from where somebody came last.
"""

import base64
import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

from hub.broker.accounts import Account
from hub.broker.base import Broker
from hub.broker.programs import find_program
from hub.broker.refusals import BAD_LOGIN, BAD_PUBLISH, BAD_SUBSCRIBE, BAD_TLS, TOO_LARGE, Refusal
from hub.broker.settings import BrokerSettings
from hub.broker.takeovers import Takeover

# Of a random 192-bit key one round gives nothing away; more would only make 400 devices that come back at once wait.
PBKDF2_ROUNDS = 1
MAX_INFLIGHT = 1024
MAX_QUEUED = 1000

_PUBLISH = r"PUBLISH from (?P<client>\S+) \(.*?, '(?P<topic>.*)', \.\.\."
_LINES = (
    (BAD_PUBLISH, re.compile("Denied " + _PUBLISH)),
    (TOO_LARGE, re.compile("Dropped too large " + _PUBLISH)),
    (BAD_LOGIN, re.compile(r"Client (?P<client>\S+) (?:\[.*\] )?disconnected, not authorised")),
    # The one when the handshake fails later, the other when it fails at once.
    (BAD_TLS, re.compile(r"OpenSSL Error")),
    (BAD_TLS, re.compile(r"Client connection from (?P<address>\S+) failed: ")),
)
_SUBSCRIBED = re.compile(r"(?P<client>\S+) [012] (?P<topic>\S.*)")
_IS_THERE = re.compile(r"Client (?P<client>\S+) already connected, closing old connection")
_CONNECTED = re.compile(r"New client connected from (?P<address>\S+) as (?P<client>\S+) \(")
_CAME = re.compile(r"New connection from (?P<address>\S+)")


class Mosquitto(Broker):
    """See `Broker`. A publish that is too large is dropped; subscribing elsewhere succeeds and brings nothing."""

    kind = "mosquitto"
    _version_flag = "-h"
    _patience_s = 5.0  # it saves its store only now
    _dropped = ("Received ", "Sending ", "\t", "No will ", "Will message ")
    _ready = " running"
    _reloaded = "Reloading config"
    _store = "mosquitto.db"
    _store_unreadable = "database"

    _came_from = ""
    _displaced = ""  # whose connection was closed for a new one, of which the next line tells

    def __init__(self, settings: BrokerSettings, folder: Path) -> None:
        super().__init__(settings, folder)
        self._addresses: dict[str, str] = {}  # user → where it connected from last; only those with a key get so far

    def _command(self) -> list[str]:
        places = ("/usr/sbin", "/usr/local/sbin")
        program = find_program(self.settings.program, "mosquitto", places, "sudo apt-get install mosquitto")
        return [program, "-c", str(self._config)]

    def _config_text(self) -> str:
        settings = self.settings
        lines = [
            f"listener {settings.port} {settings.host}",
            "set_tcp_nodelay true",
            "use_username_as_clientid true",
            "allow_anonymous false",
            f"password_file {self.folder / 'passwords'}",
            f"acl_file {self.folder / 'access'}",
            "persistence true",
            f"persistence_location {self.folder}/",
            f"max_inflight_messages {MAX_INFLIGHT}",
            f"max_queued_messages {MAX_QUEUED}",
            f"message_size_limit {settings.max_message_bytes}",
            "log_dest stderr",
            "log_timestamp false",
            *(f"log_type {kind}" for kind in ("error", "warning", "notice", "information", "subscribe", "debug")),
        ]
        if os.geteuid() == 0:
            # Otherwise it would become the user mosquitto, who may not read these files.
            lines.append("user root")
        if settings.tls is not None:
            lines += [
                f"certfile {settings.tls.certificate}",
                f"keyfile {settings.tls.key}",
                f"cafile {settings.tls.ca}",
                "require_certificate true",
                "tls_version tlsv1.2",
            ]
        return "\n".join([*lines, ""])

    def _account_files(self, accounts: Sequence[Account]) -> dict[str, str]:
        return {
            "passwords": "".join(f"{account.user}:{password_hash(account)}\n" for account in accounts),
            "access": "".join(_access(account) for account in accounts),
        }

    def _refusal(self, line: str) -> Refusal | None:
        came = _CAME.match(line)
        if came:
            self._came_from = came["address"]
            return None
        for reason, pattern in _LINES:
            found = pattern.match(line)
            if found:
                told = {"client": "", "address": self._came_from, **found.groupdict()}
                who = "" if told["client"] == "<unknown>" else told["client"]
                return Refusal(reason, who, told.get("topic", told["address"]))
        return self._forbidden_subscription(line)

    def _takeover(self, line: str) -> Takeover | None:
        is_there = _IS_THERE.match(line)
        if is_there:
            self._displaced = is_there["client"]
        connected = _CONNECTED.match(line)
        if connected is None:
            return None
        client, address = connected["client"], connected["address"]
        old, self._addresses[client] = self._addresses.get(client, ""), address
        if client != self._displaced:
            return None
        self._displaced = ""
        return Takeover(client, old, address)

    def _forbidden_subscription(self, line: str) -> Refusal | None:
        found = _SUBSCRIBED.fullmatch(line)
        if found is None or self._accounts is None:
            return None
        account = self._accounts.get(found["client"])
        if account is not None and found["topic"] in account.subscribe:
            return None
        return Refusal(BAD_SUBSCRIBE, found["client"], found["topic"])


def password_hash(account: Account) -> str:
    """mosquitto's ``$7$``: PBKDF2 with SHA-512. The salt is worked out of the key, so that equal accounts give equal
    files and nothing is reloaded without need."""
    salt = hashlib.sha256(f"{account.user}:{account.password}".encode()).digest()[:12]
    digest = hashlib.pbkdf2_hmac("sha512", account.password.encode(), salt, PBKDF2_ROUNDS)
    return f"$7${PBKDF2_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _access(account: Account) -> str:
    lines = [f"user {account.user}"]
    lines += [f"topic write {topic}" for topic in account.publish]
    lines += [f"topic read {topic}" for topic in account.subscribe]
    return "\n".join([*lines, "", ""])
