"""Where the broker's binary is, and the one fault of this room."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


class BrokerFault(Exception):
    """The broker cannot be started or reloaded; says why, in its own words where it left any, and what to do."""


def find_program(given: str, name: str, places: Sequence[str], how_to_get: str) -> str:
    """The path of the binary called ``name``: ``given``, or beside this Python, on the PATH, or in ``places``.

    Raises `BrokerFault` saying how to get it.
    """
    if given:
        return given
    beside_python = str(Path(sys.executable).parent)
    found = shutil.which(name, path=os.pathsep.join([beside_python, os.environ.get("PATH", os.defpath), *places]))
    if found is None:
        raise BrokerFault(f"no {name} on this machine; get it with: {how_to_get}")
    return found


def version_of(program: str, flag: str) -> str:
    """What the program says its version is, such as 2.0.11; raises `BrokerFault` when it cannot be run at all."""
    try:
        said = subprocess.run([program, flag], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise BrokerFault(f"{program} cannot be run: {fault}; install it again") from None
    found = re.search(r"\d+\.\d+\.\d+", said.stdout + said.stderr)
    return found[0] if found else ""
