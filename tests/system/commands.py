"""`hallhub …` as a person types it, in a process of its own, against a running hub."""

import json
import os
import subprocess
import sys
from typing import Any

from simulators.hub_process import HubProcess


def command(hub: HubProcess, *words: str) -> tuple[int, str]:
    """(exit code, what it said in English) on a wide terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "hub.cli.main", "--folder", str(hub.folder), "--language", "en", *words],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "200"},
    )
    return done.returncode, done.stdout + done.stderr


def told(hub: HubProcess, *words: str) -> Any:
    """The JSON of a command that must succeed."""
    code, said = command(hub, *words, "--json")
    assert code == 0, said
    return json.loads(said)
