"""What an agent makes once, at its start: its client, and what it says in the same words all life long.

A small board forgets this module when the agent has what it needs.
"""

from random import random

from firmware.link.backoff import Backoff
from firmware.link.client import Client
from firmware.wire import packets
from firmware.wire.messages.device import Hello, State

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def heartbeat_ms(board: "dict[str, Any]") -> int:
    """What board.json says, else the table of kinds, which would cost a small board 7 kB of heap."""
    seconds = board.get("heartbeat_s")
    if not seconds:
        from firmware.kinds import KINDS

        seconds = KINDS[board["kind"]].heartbeat_s
    return int(1000 * seconds)


def state_bytes(boot: str, online: bool) -> bytes:
    """The message that says whether the device is there; it is its last will, too."""
    return State(online=online, boot=boot).encode()


def hello_bytes(board: "dict[str, Any]", boot: str, reset_cause: str, profile: str) -> bytes:
    """The message with which every connection begins."""
    hello = Hello(boot=boot, kind=board["kind"], version=board["version"], reset_cause=reset_cause, profile=profile)
    return hello.encode()


def make_client(
    owner: "Any", board: "dict[str, Any]", will: "tuple[str, bytes]", longest: int, opener: "Any"
) -> Client:
    """``will``: topic and payload; ``longest``: bytes of the longest message to us. OSError, ValueError: no TLS."""
    broker = board["broker"]
    keepalive_s = board.get("keepalive_s", 15)
    tls = None
    if broker.get("tls"):
        from firmware.link.tls import context

        tls = context(broker.get("ca", ""), broker.get("certificate", ""), broker.get("key", ""))
    hello = packets.connect(board["device"], board["user"], board["password"], keepalive_s, will[0], will[1])
    return Client(
        (broker["host"], broker["port"], tls),
        hello,
        owner.filters,
        owner,
        Backoff(random),
        keepalive_s,
        longest + 256,  # the topic
        opener,
    )
