"""A device in a process of its own: real MicroPython where there is one, driven by lines of JSON.

One object a line: to the child what a hand does (``{"verb": "press", ...}``), from it what an eye or ear would notice.
The child ends when its standard input closes, so that none outlives the building.
"""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
LONGEST_LINE = 1 << 20


def find_micropython() -> str:
    """The path of a real MicroPython for this machine; empty when there is none (its wheel is for x86-64 only)."""
    beside = Path(sys.executable).parent / "micropython"
    return str(beside) if beside.exists() else shutil.which("micropython") or ""


def interpreter(heap: str = "") -> list[str]:
    """The command that runs a board's entry file. ``heap``: bytes or ``96k``, MicroPython only; empty: its default."""
    micropython = find_micropython()
    if not micropython:
        return [sys.executable]
    return [micropython, *(["-X", "heapsize=" + heap] if heap else [])]


class Process:
    """One child. ``on_facts`` gets each object that it writes, ``on_words`` each other line.

    Those other lines, and what it writes to standard error, are kept in the file ``log``.
    """

    def __init__(
        self,
        command: list[str],
        log: Path,
        on_facts: Callable[[dict[str, Any]], None],
        on_words: Callable[[str], None],
    ) -> None:
        self._command = command
        self._log = log
        self._on_facts = on_facts
        self._on_words = on_words
        self._child: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """Of the running child; 0 when there is none."""
        return self._child.pid if self.is_running and self._child else 0

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.returncode is None

    async def start(self) -> None:
        """Raises RuntimeError when it runs already, OSError when the interpreter cannot be started."""
        if self.is_running:
            raise RuntimeError("already running: " + " ".join(self._command))
        environment = {**os.environ, "MICROPYPATH": f"{PROJECT}:.frozen", "PYTHONPATH": str(PROJECT)}
        with open(self._log, "ab") as log:
            self._child = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=environment,
                cwd=PROJECT,
                limit=LONGEST_LINE,
            )
        self._reader = asyncio.create_task(self._read(self._child))

    def send(self, line: dict[str, Any]) -> None:
        """Tell the child something; RuntimeError when it has no power."""
        if not self.is_running or self._child is None or self._child.stdin is None:
            raise RuntimeError("no running process for " + self._command[-1] + "; give it power first")
        self._child.stdin.write(json.dumps(line).encode() + b"\n")

    async def kill(self) -> None:
        """As if the plug were pulled: nothing is written, sent or said."""
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        await child.wait()
        if self._reader is not None:
            await self._reader
            self._reader = None

    async def _read(self, child: asyncio.subprocess.Process) -> None:
        assert child.stdout is not None
        with open(self._log, "ab") as log:
            while line := await child.stdout.readline():
                try:
                    facts = json.loads(line)
                except ValueError:
                    facts = None
                if isinstance(facts, dict):
                    self._on_facts(facts)
                else:
                    log.write(line)  # MicroPython prints what goes wrong in a task
                    log.flush()
                    self._on_words(line.decode(errors="replace").strip())
