"""A simulated device in a process of its own: a help button or an amplifier on real MicroPython."""

import asyncio
import json
from pathlib import Path
from typing import Any

from firmware.main import read_board
from simulators.heard import Heard, listen
from simulators.pace import Change
from simulators.process import Process, interpreter

ENTRY = Path(__file__).resolve().parent / "board_main.py"
HOLD_S = 0.2  # how long a finger stays on a button that must not be missed


class BoardProcess:
    """``out_folder`` takes its log and what an amplifier plays; ``clips`` is the folder of the clip bank.

    ``speed``: how much faster than life it plays. ``heap`` as for `interpreter`.
    """

    def __init__(
        self, board_path: Path, out_folder: Path, *, clips: Path | None = None, speed: float = 1.0, heap: str = ""
    ) -> None:
        self._board = read_board(str(board_path))
        self.id = str(self._board["device"])
        self.kind = str(self._board["kind"])
        self.changed = Change()  # whether it is online, its lamp, what was heard
        self.is_online = False  # linked with the broker
        self.is_powered = False
        self.lamp = "off"
        self.heard: list[Path] = []  # to the end
        self.cut: list[Path] = []  # what was cut off by something more urgent
        self.said: list[Heard] = []  # both, in order: what was cut, when, and the silence between clips
        self.heard_clips: list[str] = []  # of the newest
        self.gaps: list[list[int]] = []  # of the newest: [at_ms, length_ms] of silences that should not be
        self.begun: list[list[str]] = []  # the clips of each announcement of which the first sample was heard
        self._folder = out_folder / self.id
        settings = {"heard": str(self._folder), "speed": speed}
        if clips is not None:
            settings["clips"] = str(clips)
        self._board["settings"] = {**self._board.get("settings", {}), **settings}
        board_file = self._folder / "board.json"
        self._process = Process(
            [*interpreter(heap), str(ENTRY), str(board_file)], self._folder / "log", self._hear, self._read
        )
        self._board_file = board_file

    @property
    def pid(self) -> int:
        """Of the process; 0 without power."""
        return self._process.pid

    async def start(self) -> None:
        """Switch on. RuntimeError when it is on."""
        for folder in (Path(self._board["data"]), self._folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._board_file.touch(mode=0o600)
        self._board_file.write_text(json.dumps(self._board, ensure_ascii=False), encoding="utf-8")
        await self._process.start()
        self.is_powered = True

    async def stop(self) -> None:
        """Switch off. A microcontroller says no goodbye."""
        await self.cut_power()

    async def cut_power(self) -> None:
        """Dead at once, without a word."""
        self.is_powered = False
        await self._process.kill()
        self.is_online = False
        self.lamp = "off"
        self.changed.notify()

    async def restore_power(self) -> None:
        """Boots with what its flash holds."""
        await self.start()

    def press(self) -> None:
        """Push the help button, and let go a moment later. RuntimeError without power."""
        self._process.send({"press": True})
        asyncio.get_running_loop().call_later(HOLD_S, self._release)

    def _release(self) -> None:
        if self._process.is_running:
            self._process.send({"release": True})

    def _hear(self, facts: dict[str, Any]) -> None:
        """What an eye and an ear notice."""
        if "lamp" in facts:
            self.lamp = str(facts["lamp"])
        if "heard" in facts:
            said = listen(facts)
            self.said.append(said)
            (self.heard if said.cut_at_ms < 0 else self.cut).append(said.path)
            self.heard_clips = [str(clip) for clip in facts.get("clips", ())]
            self.gaps = list(facts.get("gaps", ()))
        if "begins" in facts:
            self.begun.append([str(clip) for clip in facts["begins"]])
        self.changed.notify()

    def _read(self, words: str) -> None:
        """What the agent says on its console."""
        if words == self.id + " connected":
            self.is_online = True
        elif words.startswith(self.id + " not connected"):
            self.is_online = False
        self.changed.notify()
