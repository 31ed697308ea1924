"""A network of a test's own: a thread in a new network namespace with a veth pair, so that raw frames reach nobody."""

import asyncio
import ctypes
import os
import subprocess
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

CLONE_NEWNET = 0x40000000
NEAR, FAR = "leds0", "cards0"


def ip(*words: str) -> None:
    """One command of iproute2 in the namespace of the calling thread. OSError when it fails."""
    done = subprocess.run(["ip", "link", *words], capture_output=True, text=True)
    if done.returncode:
        raise OSError(done.stderr.strip())


def in_network_of_its_own(work: Callable[[], None]) -> str:
    """Do ``work`` in a thread where the interfaces `NEAR` and `FAR` are the two ends of one cable.

    Returns why that cannot be done here, empty when it was done. What ``work`` raises is raised.
    """
    failures: list[BaseException] = []
    why_not: list[str] = []

    def inside() -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWNET):
            why_not.append("no new network namespace: " + os.strerror(ctypes.get_errno()))
            return
        try:
            ip("add", NEAR, "type", "veth", "peer", "name", FAR)
            ip("set", NEAR, "up")
            ip("set", FAR, "up")
        except OSError as error:
            why_not.append(f"no veth pair: {error}")
            return
        try:
            work()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return why_not[0] if why_not else ""


def on_veth(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run ``story`` there; skip where that needs root."""
    why_not = in_network_of_its_own(lambda: asyncio.run(asyncio.wait_for(story(), 20)))
    if why_not:
        pytest.skip(why_not)
