"""The whole building: one simulated device for every board file, as an installer would have hung them up.

    python -m simulators.building --boards DIR --site site.json --out DIR [--only hall,hall] [--speed X] [--report]

Help buttons and amplifiers are processes of a real MicroPython where there is one for this machine (its wheel is for
x86-64), else of this Python; all other devices are tasks of this process. Both run the firmware's own agent and roles
and speak MQTT with the broker.
"""

import argparse
import asyncio
import json
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeAlias

from PIL import Image

from simulators.board_process import BoardProcess
from simulators.device import TaskDevice
from simulators.floor_plan import FloorPlan, read_floor_plan
from simulators.furniture import Hall
from simulators.halls import furnish
from simulators.pace import Change
from simulators.parts.strip_scale import measured
from simulators.process import find_micropython

MICROPYTHON_KINDS = ("amplifier", "help_button")
TASK_KINDS = (
    "ticket_kiosk",
    "call_terminal",
    "evaluation_terminal",
    "window_strip",
    "publicity_strip",
    "hall_display",
    "info_screen",
)
AT_ONCE = 20  # devices switched on together …
BETWEEN_S = 0.05  # … and the pause before the next
PROCESSES_AT_ONCE = 4
PAGE_PX = 1920  # of a picture of a strip, in which it is folded

Device: TypeAlias = TaskDevice | BoardProcess


class Building:
    """``boards_folder``: the hub's board files, one JSON per device. ``out_folder``: logs, sounds and pictures.

    ``only``: ids of halls; an empty one stands for the devices without a hall. Amplifiers that hang elsewhere but are
    heard in these halls come with them. ``speed``: as that of the people. ``heap``: of each MicroPython, ``96k`` say;
    empty for its default. ``clips``: the folder of the clip bank that the amplifiers play from; without it each has the
    bank in its own data folder, or none.
    """

    def __init__(
        self,
        boards_folder: Path,
        out_folder: Path,
        floor_plan: FloorPlan,
        *,
        only: Iterable[str] = (),
        speed: float = 1.0,
        heap: str = "",
        clips: Path | None = None,
    ) -> None:
        self.floor_plan = floor_plan
        self.out_folder = out_folder
        self.changed = Change()  # whether some device is online
        self.devices: dict[str, Device] = {}
        halls = frozenset(only)
        heard = floor_plan.heard_in(halls)
        out_folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(boards_folder.glob("*.json")):
            sign = floor_plan.device.get(path.stem)
            if sign is None or (halls and sign.hall not in halls and sign.id not in heard):
                continue
            device = self._make(path, sign.kind, speed, heap, clips)
            if device is not None:
                device.changed.also(self.changed)
                self.devices[device.id] = device
        if not self.devices:
            raise ValueError(f"{boards_folder}: no board file of a device in the site's plan; start the hub once first")
        self.halls: dict[str, Hall] = furnish(floor_plan, self.task_devices())

    def _make(self, path: Path, kind: str, speed: float, heap: str, clips: Path | None) -> Device | None:
        if kind in MICROPYTHON_KINDS:
            return BoardProcess(path, self.out_folder, clips=clips, speed=speed, heap=heap)
        if kind in TASK_KINDS:
            return TaskDevice(path, speed)
        return None  # a kind without a role yet

    # looking for things

    def task_devices(self) -> dict[str, TaskDevice]:
        """The devices that live in this process."""
        return {id: device for id, device in self.devices.items() if isinstance(device, TaskDevice)}

    def device(self, id: str) -> Device:
        """Any device; LookupError when there is none of that id here."""
        if id not in self.devices:
            raise LookupError(f"no device {id} in this building; it has " + ", ".join(sorted(self.devices)))
        return self.devices[id]

    def task_device(self, id: str) -> TaskDevice:
        """A device with a screen, a keypad, a printer or a strip."""
        device = self.device(id)
        if not isinstance(device, TaskDevice):
            raise LookupError(f"{id} is a {device.kind}, a process of its own; use button() or amplifier()")
        return device

    def button(self, id: str) -> BoardProcess:
        """A help button: ``press()``, ``lamp``."""
        return self._process(id, "help_button")

    def amplifier(self, id: str) -> BoardProcess:
        """An amplifier: ``heard``."""
        return self._process(id, "amplifier")

    def _process(self, id: str, kind: str) -> BoardProcess:
        device = self.device(id)
        if not isinstance(device, BoardProcess) or device.kind != kind:
            raise LookupError(f"{id} is a {device.kind}, not a {kind}")
        return device

    # life

    async def start(self) -> None:
        """Switch everything on, a few at a time; they connect on their own."""
        processes = asyncio.Semaphore(PROCESSES_AT_ONCE)

        async def begin(device: BoardProcess) -> None:
            async with processes:
                await device.start()

        tasks = [d for d in self.devices.values() if isinstance(d, TaskDevice)]
        children = [d for d in self.devices.values() if isinstance(d, BoardProcess)]
        async with asyncio.TaskGroup() as group:
            for child in children:
                group.create_task(begin(child))
            for at in range(0, len(tasks), AT_ONCE):
                for device in tasks[at : at + AT_ONCE]:
                    await device.start()
                await asyncio.sleep(BETWEEN_S)

    async def stop(self) -> None:
        """Switch everything off; no child is left."""
        await asyncio.gather(*(device.stop() for device in self.devices.values()))

    async def cut_power(self, id: str) -> None:
        """One device dies at once, without a word."""
        await self.device(id).cut_power()

    async def restore_power(self, id: str) -> None:
        """It boots with what its disk holds. NATS turns away an id that is back within a second; it tries again."""
        await self.device(id).restore_power()

    async def all_online(self, timeout_s: float = 30.0) -> None:
        """Wait until the hub has welcomed every device that has power. TimeoutError names those that it has not."""
        if not await self.changed.until(lambda: not self.offline(), timeout_s):
            missing = self.offline()
            raise TimeoutError(
                f"{len(missing)} of {len(self.devices)} devices are not online after {timeout_s} s: "
                + ", ".join(missing[:10])
                + f"; is the hub up? The devices' own words are in {self.out_folder}"
            )

    def offline(self) -> list[str]:
        """The devices that have power and that the hub has not welcomed."""
        return [id for id, device in self.devices.items() if device.is_powered and not device.is_online]

    def status(self) -> dict[str, Any]:
        """Figures: devices by kind, how many are online, how many are processes and of which interpreter."""
        offline = self.offline()
        return {
            "devices": len(self.devices),
            "online": sum(device.is_online for device in self.devices.values()),
            "offline": offline[:20],
            "processes": sum(isinstance(device, BoardProcess) for device in self.devices.values()),
            "interpreter": "MicroPython" if find_micropython() else "CPython, no MicroPython for this machine",
            "kinds": dict(Counter(device.kind for device in self.devices.values())),
        }

    # pictures

    async def pictures(self, folder: Path, tickets: int = 3) -> list[Path]:
        """PNG of every strip (in lines under a scale), display and kiosk, and of the newest ticket of some kiosks.

        They are drawn in a thread: the building goes on meanwhile.
        """
        folder.mkdir(parents=True, exist_ok=True)
        draw: dict[str, Callable[[], Image.Image]] = {}
        for id, device in self.task_devices().items():
            if device.fittings.strip is not None:
                draw[id] = measured(device.fittings.strip, device.fold_px(PAGE_PX)).copy
            elif device.fittings.page is not None:
                draw[id] = device.fittings.page()
        papers = [kiosk.newest for hall in self.halls.values() for kiosk in hall.kiosks if kiosk.newest is not None]
        draw |= {"ticket-" + paper.number: paper.image for paper in papers[:tickets]}
        return await asyncio.to_thread(_save, draw, folder)


def _save(draw: dict[str, Callable[[], Image.Image]], folder: Path) -> list[Path]:
    for name, image in draw.items():
        image().save(folder / f"{name}.png", compress_level=1)
    return [folder / f"{name}.png" for name in draw]


async def _main(options: argparse.Namespace) -> None:
    only = [hall for hall in options.only.split(",") if hall]
    plan = read_floor_plan(options.site)
    building = Building(
        options.boards, options.out, plan, only=only, speed=options.speed, heap=options.heap, clips=options.clips
    )
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    started = time.monotonic()
    try:
        await building.start()
        while not over.is_set():
            if options.report:
                print(json.dumps({"up_s": round(time.monotonic() - started, 1), **building.status()}), flush=True)
            await _pause(over, 1.0 if options.report else None)
    finally:
        await building.stop()


async def _pause(over: asyncio.Event, seconds: float | None) -> None:
    try:
        await asyncio.wait_for(over.wait(), seconds)
    except TimeoutError:
        pass


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m simulators.building", description="Run a whole simulated building."
    )
    parser.add_argument("--boards", type=Path, required=True, help="folder of the hub's board files")
    parser.add_argument("--site", type=Path, required=True, help="site.json that the hub wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder for logs and sounds")
    parser.add_argument("--only", default="", help="ids of halls, separated by commas; default all")
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster than life people are")
    parser.add_argument("--heap", default="", help="heap of each MicroPython: bytes, or 96k")
    parser.add_argument("--clips", type=Path, help="folder of the clip bank")
    parser.add_argument("--report", action="store_true", help="print a JSON line about the devices every second")
    asyncio.run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()
