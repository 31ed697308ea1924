"""How much heap a device needs: agent, role and drivers at work in real MicroPython, against a broker on the loopback.

The code is compiled as for a board. The PC port has 64-bit words; a microcontroller needs about half of what is
measured here.
"""

import asyncio
import contextlib
import importlib.util
import io
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from mpremote.romfs import make_romfs  # type: ignore[import-untyped]

from board_profiles import load
from drivers.wav import header
from firmware.kinds import KINDS
from firmware.wire import packets
from firmware.wire.messages.base import Message
from firmware.wire.messages.device_log import LogPiece, SendLog
from firmware.wire.messages.help import ShowAlarm
from firmware.wire.messages.locate import Locate, Locating
from firmware.wire.messages.screen import ShowRegion
from firmware.wire.messages.speech import Play
from hub.effects.region_look import palette_of
from hub.effects.strip_layout import Look
from hub.effects.strip_pixels import region_pixels
from hub.update.build import build, compiled, sources
from simulators.boards import VirtualBoard
from tests.boards.update_bench import FLASH_BYTES, fill
from tests.portable.far_broker import FarBroker

ROOT = Path(__file__).parents[2]
ROLES = ("help_button", "amplifier", "window_strip", "call_terminal", "evaluation_terminal")
NOW_MS = 1_795_000_000_000
CLIPS = ["cmn/qing", "cmn/digit-3", "cmn/hao"]
LARGE = 100  # of a day's regions are as large as they can be
AHEAD = 8  # messages on their way
DAY_LOOKS = 150  # at a board, five a second
LOOK_AT = 50  # after so many messages somebody asks for the log
FIND_AT = 100  # and where the device is


@cache
def tree() -> Path:
    """A folder with the compiled firmware, drivers and the board's program; made once for all tests."""
    folder = Path(tempfile.mkdtemp(prefix="hallhub-mpy-"))
    files = {**sources(True), "small_board.py": ROOT / "tests/system/small_board.py"}
    for name, data in compiled(files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


class Day:
    """The far side: a hub that welcomes, acknowledges, and sends a kind's messages of a day, a few ahead."""

    def __init__(self, kind: str, broker: FarBroker, messages: int) -> None:
        self._kind = kind
        self._broker = broker
        self._left = messages
        self._sent = 0
        self.has_log = False
        self.is_found = False
        self._tasks: list[asyncio.Task[None]] = []
        broker.on_publish = lambda topic, payload: self._later(self._heard(topic, json.loads(payload)))

    @property
    def is_over(self) -> bool:
        """Every message has been sent."""
        return self._left <= 0

    def _later(self, work: Any) -> None:
        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(asyncio.ensure_future(work))

    async def _heard(self, topic: str, plain: dict[str, Any]) -> None:
        down, name = topic.split("/up/")
        if name == "hello":
            await self._say(down, "welcome", {"boot": plain["boot"], "at_ms": NOW_MS})
            for _ in range(AHEAD):
                await self._next(down)
        elif name == LogPiece.name:
            self.has_log = True
        elif name == Locating.name:
            self.is_found = bool(plain["is_shown"])
        elif "seq" in plain:
            await self._say(down, "ack", {"boot": plain["boot"], "seq": plain["seq"]})

    async def _say(self, down: str, name: str, plain: dict[str, Any]) -> None:
        await self._broker.send(packets.publish(f"{down}/down/{name}", json.dumps(plain).encode()))

    async def _next(self, down: str) -> None:
        """One more message; when the device has it, the next follows."""
        if self._left > 0:
            self._left -= 1
            self._sent += 1
            if self._sent == LOOK_AT:
                await self._say(down, SendLog.name, {"id": "look", "expires_at_ms": NOW_MS * 2})
            if self._sent == FIND_AT:
                await self._say(down, Locate.name, {"id": "find", "expires_at_ms": NOW_MS * 2, "seconds": 1})
            message, slot = self._message()
            topic = f"{down}/down/{message.name}" + ("" if slot is None else f"/{slot}")
            await self._broker.send(packets.publish(topic, message.encode(), self._sent % 65535 + 1))
            self._broker.on_puback = lambda: self._later(self._next(down))

    def _message(self) -> tuple[Message, int | None]:
        if self._kind == "help_button":
            state = ("raised", "acknowledged", "closed")[self._sent % 3]
            return ShowAlarm(epoch=1, rev=self._sent, alarm=f"alarm-{self._sent}", state=state), None
        if self._kind == "amplifier":
            play = Play(
                id=f"p-{self._sent}", expires_at_ms=NOW_MS * 2, priority=3, clips=CLIPS, text="请 A003 号到 3 号窗口"
            )
            return play, None
        number = f"HA{self._sent % 1000:03}"
        is_large = self._sent % (10_000 // LARGE) == 1
        look = (
            Look(570, 128, "3", "出入境证件办理", number, ("请到", "本窗口")) if is_large else Look(48, 16, "", "", "3")
        )
        facts = {"x": 0, "width": look.width, "height": look.height, "palette": palette_of("called"), "text": number}
        flash_ms = 100 if self._sent % 10 == 0 else 0
        show = ShowRegion(epoch=1, rev=self._sent, pixels=region_pixels(look), flash_ms=flash_ms, **facts)
        return show, self._sent % 2


class RomDay(Day):
    """The same, and what a help button itself says meanwhile. ``wanted``: the faults that its button shall report."""

    def __init__(self, broker: FarBroker, messages: int, wanted: set[str]) -> None:
        super().__init__("help_button", broker, messages)
        self._wanted = wanted
        self.said = ""  # printed
        self.free: list[int] = []  # bytes, of its heartbeats
        self.faults: list[str] = []  # of its button, as they were reported
        self.presses = 0

    async def _heard(self, topic: str, plain: dict[str, Any]) -> None:
        if topic.endswith("/heartbeat"):
            self.free.append(plain["heap_free"])
        elif topic.endswith("/part/fault"):
            self.faults.append(plain["fault"])
        elif topic.endswith("/help/press"):
            self.presses += 1
        await super()._heard(topic, plain)

    @property
    def is_done(self) -> bool:
        """Whether all of a day has been: its messages, what people asked, presses, faults that came and went."""
        heard = self.has_log and self.is_found and len(self.free) >= 3 and self.presses >= 2
        return self.is_over and heard and {*self.faults} == self._wanted


async def heap_in_use(kind: str, heap: str, folder: Path, messages: int = 0, **settings: Any) -> dict[str, int]:
    """Bytes in use: ``live``, when the device is welcome and idle; ``settled`` and ``end`` of so many messages.

    Raises RuntimeError when ``heap`` (``96k``) is too small for them.
    """
    broker = await FarBroker().open()
    day = Day(kind, broker, messages)
    board = {"site": "doumen", "device": "dev-1", "kind": kind, "version": "0.1.0", "user": "dev-1", "password": "x"}
    board |= {"broker": {"host": "127.0.0.1", "port": broker.port}, "data": str(folder), "sync": False}
    board |= {"heartbeat_s": KINDS[kind].heartbeat_s, "settings": {"clips": str(clip_bank(folder)), **settings}}
    path = folder / "board.json"
    path.write_text(json.dumps(board))
    program = f"import small_board; small_board.main({str(path)!r}, {messages})"
    device = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("micropython"),
        *("-X", "heapsize=" + heap, "-c", program),
        cwd=tree(),  # which is on its path before all else
        env={"MICROPYPATH": f"{tree()}:.frozen", "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(device.communicate(), 60)
    finally:
        if device.returncode is None:
            device.kill()
            await device.wait()
        await broker.close()
    text = said.decode()
    if device.returncode or not text.startswith("live "):
        raise RuntimeError(f"{kind} does not run in a heap of {heap}: {text.strip()[-600:]}")
    if messages > LOOK_AT and not day.has_log:
        raise RuntimeError(f"{kind} has no room in a heap of {heap} to send its log")
    return {name: int(used) for name, used in (line.split() for line in text.splitlines())}


async def day_from_rom(folder: Path, heap: str, messages: int, button: dict[str, Any], faults: set[str]) -> RomDay:
    """A day of a help button in a plain MicroPython of that heap, none of it taken by a virtual board: `firmware.board`
    with network, LED and watchdog, from the tree that a board's ROM has. ``button``: its row in the device
    tree; ``faults``: what it shall report."""
    spec = importlib.util.find_spec("micropython_run")
    assert spec is not None
    assert spec.origin is not None
    broker = await FarBroker().open()
    day = RomDay(broker, messages, faults)
    await asyncio.to_thread(_lay_out, folder, broker.port, button)
    device = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-I", "-S", ROOT / "tests/system/rom_launch.py", Path(spec.origin).parent),
        *(heap, folder / "rom.img"),
        cwd=folder / "files",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    ended = asyncio.create_task(device.wait())
    try:
        until = asyncio.get_running_loop().time() + 60
        while not day.is_done and not ended.done():
            if asyncio.get_running_loop().time() > until:
                break
            await asyncio.sleep(0.05)
    finally:
        if device.returncode is None:
            device.kill()
        day.said = (await device.stdout.read()).decode() if device.stdout else ""
        await ended
        await broker.close()
    return day


def _lay_out(folder: Path, port: int, button: dict[str, Any]) -> None:
    """The board's flash, in ``files``, and its ROM: the tree of a help button, and beside it the test's `machine`."""
    profile = load("virtual").device_tree("help_button")
    profile["parts"]["button"] = button
    board = {"site": "doumen", "device": "dev-1", "kind": "help_button", "version": "0.1.0", "user": "dev-1"}
    board |= {"broker": {"host": "127.0.0.1", "port": port}, "password": "x", "data": "data", "profile": profile}
    board |= {"sync": False, "heartbeat_s": 1, "settings": {}}
    tree = build("1.0.0", "virtual", ["help_button"], is_micropython=True)
    files = {"files/board.json": json.dumps(board).encode(), "files/slots/a/manifest.json": tree.manifest}
    files["files/slots/state.json"] = json.dumps({"active": "a", "trying": "", "boots": 1}).encode()
    files |= {"tree/" + name: data for name, data in tree.files.items()}
    files["tree/machine.mpy"] = compiled({"machine.py": ROOT / "tests/system/rom_machine.py"})["machine.mpy"]
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "files/data").mkdir()
    with contextlib.redirect_stdout(io.StringIO()):
        (folder / "rom.img").write_bytes(make_romfs(str(folder / "tree"), mpy_cross=None))


async def day_of_a_board(folder: Path, heap_kb: int, messages: int) -> tuple[str, int, bool]:
    """(what a help button on a virtual board printed, its presses, whether it did what was asked) after so many
    messages, its log and where it is among them."""
    broker = await FarBroker().open()
    day = Day("help_button", broker, messages)
    board = {"site": "doumen", "device": "dev-1", "kind": "help_button", "version": "0.0.0", "user": "dev-1"}
    board |= {"broker": {"host": "127.0.0.1", "port": broker.port}, "password": "x", "data": "/data", "heartbeat_s": 15}
    board |= {"settings": {}, "profile": load("virtual").device_tree("help_button")}
    await asyncio.to_thread(fill, folder, build("1.0.0", "virtual", ["help_button"], is_micropython=True), board)
    heap = heap_kb * 1024
    with VirtualBoard(folder / "board", profile="virtual", flash_bytes=FLASH_BYTES, heap=heap) as device:
        for turn in range(DAY_LOOKS):
            if day.is_over or "memory" in device.printed:
                break
            (device.release if turn % 2 else device.press)("button")
            await asyncio.sleep(0.2)
        said = device.printed
    await broker.close()
    return (
        said,
        len([topic for topic in broker.topics() if topic.endswith("help/press")]),
        day.is_over and day.has_log and day.is_found,
    )


def clip_bank(folder: Path) -> Path:
    """Clips of 0.4 s, as the synthesiser makes them."""
    for clip in CLIPS:
        path = folder / "clips" / f"{clip}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(header(12800) + bytes(12800))
    return folder / "clips"


async def all_roles(folder: Path) -> dict[str, int]:
    """Kind → bytes in use, of the roles that run on microcontrollers."""
    found = {}
    for kind in ROLES:
        (folder / kind).mkdir()
        found[kind] = (await heap_in_use(kind, "400k", folder / kind))["live"]
    return found
