"""Help buttons as an installer has them in a crate: made from a board file, on either interpreter."""

import asyncio
import json
import urllib.error
from collections.abc import Callable
from pathlib import Path
from typing import Any

from drivers.button import Button as ButtonPart
from drivers.lamp import Lamp
from firmware.agent import Agent
from firmware.link.sockets import open_socket
from firmware.main import read_board
from firmware.roles.help_button import HelpButton
from simulators.board_process import BoardProcess
from simulators.hub_process import HubProcess
from simulators.pace import Change
from simulators.parts.button import SimulatedButton
from simulators.parts.lamp import SimulatedLamp
from simulators.watched import Watched
from tests.system.small_site import small_site


def write_site(folder: Path, buttons: int) -> Path:
    """A site with help buttons ``b-1`` … outside its hall."""
    rows = "".join(f'  {{ id = "b-{n}", kind = "help_button", floor = 1 }},\n' for n in range(1, buttons + 1))
    path = folder / "site.toml"
    hall = small_site({"east-kiosk-1": "ticket_kiosk", "east-display-1": "hall_display"})
    path.write_text(f"{hall}\n[public]\ndevices = [\n{rows}]\n", encoding="utf-8")
    return path


FINGER_S = 0.1  # between two presses: a contact has to come to rest


class Board:
    """A help button: the firmware's own agent and role in this process. ``files``: of the board that it was made of."""

    def __init__(self, board: dict[str, Any], data: Path) -> None:
        self.changed = Change()
        self.is_online = False
        self.connections = 0
        self.addresses: list[str] = []  # from which it connected
        self.lines: list[str] = []
        self._button = SimulatedButton()
        self._eye = SimulatedLamp(lambda word: self.changed.notify())
        parts = {"button": ButtonPart(self._button), "lamp": Lamp(self._eye)}
        role = Watched(HelpButton({}, parts), lambda show, slot: None, self._note)
        data.mkdir(parents=True, exist_ok=True)
        self.agent = Agent({**board, "data": str(data), "sync": False}, role, opener=self._open, log=self._say)
        self.agent.client._backoff.stable_ms = 100  # who was sent away twice need not wait longer than once
        self._task: asyncio.Task[None] | None = None

    @property
    def lamp(self) -> str:
        return self._eye.shows

    def start(self) -> "Board":
        self._task = asyncio.create_task(self.agent.run())
        return self

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def press(self) -> None:
        """Until the lamp says that the hub has it."""
        self._button.press()
        assert await self.changed.until(lambda: self.lamp == "blink", 5)
        self._button.release()
        assert await self.changed.until(lambda: self.lamp in ("steady", "slow"), 15), self.lines
        await asyncio.sleep(FINGER_S)

    async def online(self) -> None:
        assert await self.changed.until(lambda: self.is_online, 20), self.lines

    async def said(self, words: str) -> None:
        """Until the agent says so on its console."""
        assert await self.changed.until(lambda: any(words in line for line in self.lines), 20), self.lines

    async def _open(self, host: str, port: int, tls: Any, received: Callable[[bytes], None]) -> Any:
        self.connections += 1
        made = await open_socket(host, port, tls, received)
        host_here, port_here = made._transport.get_extra_info("sockname")
        self.addresses.append(f"{host_here}:{port_here}")
        return made

    def _note(self, is_online: bool) -> None:
        self.is_online = is_online
        self.changed.notify()

    def _say(self, line: str) -> None:
        self.lines.append(line)
        self.changed.notify()


class Desk:
    """The installer's: asks the hub without stopping the boards, and makes boards of its files."""

    def __init__(self, hub: HubProcess, folder: Path) -> None:
        self.hub = hub
        self._folder = folder
        self._made = 0
        self._on: list[Board | BoardProcess] = []

    async def get(self, path: str) -> Any:
        return await asyncio.to_thread(self.hub.get, path)

    async def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return await asyncio.to_thread(self.hub.post, path, body)

    async def refused(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
        """What the hub says to an act that it does not do."""
        try:
            await self.post(path, body)
        except urllib.error.HTTPError as fault:
            with fault:
                return fault.code, str(json.load(fault)["detail"])
        raise AssertionError(f"{path} was not refused")

    async def until(self, what: str, is_so: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The hub's status, when it is so."""
        for _ in range(400):
            status: dict[str, Any] = await self.get("/status")
            if is_so(status):
                return status
            await asyncio.sleep(0.05)
        raise AssertionError(f"{what}: {status}")

    def board_file(self, device: str) -> dict[str, Any]:
        return read_board(str(self.hub.boards / f"{device}.json"))

    def board(self, device: str, content: dict[str, Any] | None = None) -> Board:
        """A board with the device's file, or with an older one, switched on."""
        self._made += 1
        made = Board(content or self.board_file(device), self._folder / f"board-{self._made}").start()
        self._on.append(made)
        return made

    async def micropython_board(self, content: dict[str, Any]) -> BoardProcess:
        """The same on real MicroPython."""
        self._made += 1
        place = self._folder / f"board-{self._made}"
        place.mkdir(parents=True)
        path = place / "board.json"
        path.write_text(json.dumps({**content, "data": str(place / "data")}), encoding="utf-8")
        made = BoardProcess(path, place)
        self._on.append(made)
        await made.start()
        return made

    async def clear(self) -> None:
        """Everything off."""
        await asyncio.gather(*(board.stop() for board in self._on))
