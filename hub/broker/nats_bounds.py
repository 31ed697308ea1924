"""A bound on what nats-server keeps for clients that are away; it has no setting for it.

Without one a single unplugged strip fills the disk in weeks, and then no device can connect any more ("insufficient
resources", seen). With it the oldest messages go first; they are stale: the newest state is kept elsewhere as a
retained message, and requests stand in the devices' outboxes.

Speaks just enough of the NATS protocol (docs.nats.io, "Client Protocol") and of the JetStream API
(``$JS.API.STREAM.INFO`` and ``.UPDATE``) over the loopback, as a user who may do nothing else. The server makes the
stream when the first MQTT client comes, so there may be nothing to bound yet.
"""

import json
import socket
from typing import Any

STREAM = "$MQTT_msgs"
INFO = f"$JS.API.STREAM.INFO.{STREAM}"
UPDATE = f"$JS.API.STREAM.UPDATE.{STREAM}"
INBOX = "_INBOX.bounds"
USER = "stream-bounds"
BOUNDS = {"max_bytes": 256 << 20, "max_msgs_per_subject": 200, "discard": "old"}
ANSWER_S = 5.0
NO_SUCH_STREAM = 10059  # JetStream's err_code


def user(password: str) -> dict[str, object]:
    """The account for it, as nats-server's config wants it."""
    return {
        "user": USER,
        "password": password,
        "allowed_connection_types": ["STANDARD"],
        "permissions": {"publish": {"allow": [INFO, UPDATE]}, "subscribe": {"allow": [INBOX]}},
    }


def bound(port: int, password: str) -> bool:
    """Sets the bounds where they are not; False when there is no stream yet.

    Raises OSError when the server cannot be reached, ValueError when it refuses.
    """
    with socket.create_connection(("127.0.0.1", port), ANSWER_S) as line, line.makefile("rb") as answers:
        greeting = {
            "user": USER,
            "pass": password,
            "verbose": False,
            "pedantic": False,
            "lang": "python",
            "version": "1",
        }
        line.sendall(b"CONNECT %s\r\nSUB %s 1\r\n" % (json.dumps(greeting).encode(), INBOX.encode()))
        told = _ask(line, answers, INFO, b"")
        if told.get("error", {}).get("err_code") == NO_SUCH_STREAM:
            return False
        config = _good(told)["config"]
        wanted = {**config, **BOUNDS}
        if wanted != config:
            _good(_ask(line, answers, UPDATE, json.dumps(wanted).encode()))
        return True


def _ask(line: socket.socket, answers: Any, subject: str, body: bytes) -> dict[str, Any]:
    line.sendall(b"PUB %s %s %d\r\n%s\r\n" % (subject.encode(), INBOX.encode(), len(body), body))
    while words := answers.readline().split():
        if words[0] == b"MSG":
            answer = answers.read(int(words[-1]) + 2)
            return dict(json.loads(answer))
        if words[0] == b"PING":
            line.sendall(b"PONG\r\n")
        elif words[0] == b"-ERR":
            raise ValueError(b" ".join(words).decode(errors="replace"))
    raise ConnectionError("the server closed the connection")


def _good(answer: dict[str, Any]) -> dict[str, Any]:
    if "error" in answer:
        raise ValueError(f"{STREAM}: {answer['error'].get('description')}")
    return answer
