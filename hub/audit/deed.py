"""Deeds: one act of one person as the audit log keeps it, and who is acting just now."""

import getpass
import os
import platform
from contextvars import ContextVar

import msgspec

NOBODY = ""


class Caller(msgspec.Struct, frozen=True):
    """``who`` has proven it (by the token); ``told`` is only what the command line said of itself: user@machine."""

    who: str = NOBODY
    told: str = ""
    address: str = ""


caller: ContextVar[Caller] = ContextVar("caller")
"""Of the API call that is being answered; unset elsewhere."""


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """``what`` names the act: ``POST /devices/{id}/key``, ``vault/full``, ``hub/start``. ``asked``, ``before`` and
    ``after`` are JSON or empty, and hold nothing personal. ``outcome``: ``done``, or why not."""

    who: str
    what: str
    told: str = ""
    address: str = ""
    asked: str = ""
    outcome: str = "done"
    before: str = ""
    after: str = ""


class Row(Deed, frozen=True, kw_only=True):
    """A deed in its place. ``number`` counts from 1; ``hash`` is SM3 over the previous one and the row, in hex."""

    number: int
    at_ms: int
    previous: str
    hash: str


def of_caller(who: str, what: str, **more: str) -> Deed:
    """By ``who``; if that is the caller of the API, with where from."""
    now = caller.get(Caller())
    if who == now.who:
        more = {"told": now.told, "address": now.address, **more}
    return Deed(who=who, what=what, **more)


def of_shell(what: str, **more: str) -> Deed:
    """By whoever typed the command that runs now: the system's user is proof enough, the files are theirs."""
    return Deed(who=shell_user(), what=what, **{"told": told_by_shell(), "address": "shell", **more})


def shell_user() -> str:
    """The system's name of the user, or the number where there is no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"


def told_by_shell() -> str:
    """user@machine"""
    return f"{shell_user()}@{platform.node()}"
