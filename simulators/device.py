"""A simulated device as a task of this process: the firmware's own agent and role, with simulated parts."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from drivers.lamp import Lamp
from firmware.agent import Agent
from firmware.main import read_board, role_class
from firmware.part_watch import watch
from firmware.screens.touch import DEAD_MS
from simulators.cable import Cable
from simulators.fittings import Fittings, fit
from simulators.pace import Change
from simulators.parts.lamp import SimulatedLamp
from simulators.watched import Watched

_FLASH_MS, _NOTICE_MS, _FURTHER_MS = 250, 5000, 10000  # the roles' own values at speed 1


class TaskDevice:
    """``speed`` shortens what a device does for human eyes; ``log`` takes the agent's lines."""

    def __init__(self, board_path: Path, speed: float = 1.0, log: Callable[[str], None] | None = None) -> None:
        self._board = quickened(read_board(str(board_path)), speed)
        self._log = log
        self.id = str(self._board["device"])
        self.kind = str(self._board["kind"])
        self.changed = Change()  # whether it is online
        self.is_online = False
        self.on_shown: Callable[[Any, int], None] = lambda show, slot: None
        self.agent: Agent | None = None
        self.led = SimulatedLamp(lambda word: self.changed.notify())  # by which it is found
        self._cable = Cable()
        self._task: asyncio.Task[None] | None = None
        self._fittings: Fittings = fit(self.kind, self._board["settings"])

    @property
    def fittings(self) -> Fittings:
        """What hands and eyes meet; the same things after a power cut, dark until the device shows something again."""
        return self._fittings

    @property
    def is_powered(self) -> bool:
        return self._task is not None

    def region(self, slot: int) -> tuple[int, int]:
        """Where a region of this strip begins and how wide it is, in pixels."""
        x_px, width_px = self._board["settings"]["regions"][slot]
        return int(x_px), int(width_px)

    def fold_px(self, page_px: int) -> int:
        """Where to fold a picture of this strip that is to fit ``page_px``: between two regions.

        What stands in a single region is not torn apart, however wide it is; no row is just a rest.
        """
        settings = self._board["settings"]
        ends = [x + width for x, width in settings.get("regions", ())]
        fold_px = max([end for end in ends if end <= page_px], default=min(ends, default=page_px))
        rows, rest_px = divmod(settings.get("width_px", fold_px), fold_px)
        return fold_px if rest_px * 2 > min(ends, default=page_px) else -(-rest_px // max(rows, 1)) + fold_px

    async def start(self) -> None:
        """Switch on. RuntimeError when it is on."""
        if self._task is not None:
            raise RuntimeError(self.id + " is switched on already")
        Path(self._board["data"]).mkdir(parents=True, exist_ok=True, mode=0o700)
        role = role_class(self.kind)(self._board["settings"], self._fittings.parts)
        watched = Watched(role, self._notice, self._note)
        self.agent = Agent(self._board, watched, opener=self._cable.opener, log=self._log)
        self.agent.locator = Lamp(self.led)
        self.agent.parts = self._fittings.parts
        watch(self.agent, self._fittings.parts)
        self._task = asyncio.create_task(self.agent.run())

    async def stop(self) -> None:
        """Switch off in order: the device says goodbye."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if self._fittings.cable is not None:
            self._fittings.cable.close()
        self._note(False)

    async def cut_power(self) -> None:
        """Dead at once, without a word."""
        self._cable.pull()
        await self.stop()

    async def restore_power(self) -> None:
        """Boots with what its disk holds."""
        self._cable.plug_in()
        await self.start()

    def cut_network(self) -> None:
        """It works on, alone."""
        self._cable.pull()

    def restore_network(self) -> None:
        """The agent finds its way back."""
        self._cable.plug_in()

    def _notice(self, show: Any, slot: int) -> None:
        self.on_shown(show, slot)

    def _note(self, is_online: bool) -> None:
        if is_online != self.is_online:
            self.is_online = is_online
            self.changed.notify()


def quickened(board: dict[str, Any], speed: float) -> dict[str, Any]:
    """The board with its notices as short as the people are quick, and without a disk's patience.

    A strip is spared the flashes that nobody is slow enough to see.
    """
    settings = {"notice_ms": _NOTICE_MS, "half_flash_ms": _FLASH_MS, "dead_ms": DEAD_MS, **board.get("settings", {})}
    settings["notice_ms"] = max(1, int(settings["notice_ms"] / speed))
    settings["further_ms"] = max(1, int(settings.get("further_ms", _FURTHER_MS) / speed))
    settings["dead_ms"] = int(settings["dead_ms"] / speed)
    settings["half_flash_ms"] = int(settings["half_flash_ms"] * speed)
    return {**board, "settings": settings, "sync": False}
