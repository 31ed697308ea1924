"""A virtual board: real MicroPython behind a pseudo-terminal, and hands that press, cut and pull."""

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from simulators.boards.cable import Cable
from simulators.boards.chip import Build, Chip
from simulators.boards.console import Console
from simulators.boards.severed import sever
from simulators.boards.shared import Shared
from simulators.boards.shim import layout
from simulators.boards.watchdog import Watchdog
from simulators.boards.workbench import BENCH

CAUSES = {
    layout.PWRON_RESET: "power on",
    layout.HARD_RESET: "hard reset",
    layout.WDT_RESET: "watchdog",
    layout.DEEPSLEEP_RESET: "deep sleep",
    layout.SOFT_RESET: "soft reset",
}
UART_COUNT = 3


class VirtualBoard:
    """One board on the bench. All methods may be called from any thread, and from a coroutine: they take milliseconds.

    ``folder`` is its own: ``flash.img`` (the littlefs image of ``flash_bytes``), ``port`` (a link to its serial port),
    ``console.log``. The board keeps its flash there, over power cuts and over the life of this object.
    ``profile``: what it is wired to. ``profile["parts"][name]`` is ``{"pin": 4, "active_low": True}``; other keys are
    left alone. ``unique_id`` in bytes, as `machine.unique_id` gives it; ``heap`` in bytes, as ``-X heapsize`` takes it
    (about twice what a 32-bit board needs; the modules machine and socket of the board itself take some 14 kB of it).

    ``board.start()`` … ``board.stop()``, or ``with VirtualBoard(folder) as board:``.
    """

    def __init__(
        self,
        folder: Path,
        *,
        profile: Mapping[str, Any] | None = None,
        unique_id: bytes = b"\x24\x6f\x28\x00\x00\x01",
        heap: int = 512 * 1024,
        flash_bytes: int = 2 * 1024 * 1024,
        speed: float = 1.0,
    ) -> None:
        if flash_bytes % layout.BLOCK_BYTES or flash_bytes < 8 * layout.BLOCK_BYTES:
            raise ValueError(f"flash_bytes {flash_bytes}: a multiple of {layout.BLOCK_BYTES}, at least 8 of them")
        self.folder = folder
        self.profile = dict(profile or {})
        self.unique_id = unique_id
        self.heap = heap
        self.flash_bytes = flash_bytes
        self.speed = speed
        self.starts: list[str] = []  # why it started, each time: the words of CAUSES
        self._changed = threading.Condition()
        self._is_powered = False
        self._alarm: asyncio.TimerHandle | None = None  # ends a deep sleep
        folder.mkdir(parents=True, exist_ok=True)
        self._flash_fd = self._open_flash()
        self._shared = Shared()
        self._shared.bytes[layout.NETWORK] = 1
        self._uarts = [socket.socketpair() for _ in range(UART_COUNT)]
        for ours, boards in self._uarts:
            ours.setblocking(False)
            boards.setblocking(False)
        loop = BENCH.loop
        self._loop = loop
        self._chip = Chip(loop, self, self._shared)
        self._cable = Cable(folder / "port", loop, self._chip.feed, self._chip.listen)
        self._console = Console(folder / "console.log", self._cable.say, self._chip.feed)
        self._watchdog = Watchdog(loop, self._shared, self._bite)

    # --- the installer's side

    @property
    def port(self) -> str:
        """The serial port that mpremote opens; the same name for ever, no such file while the cable is out."""
        return str(self._cable.path)

    def start(self) -> None:
        """Plug the cable in and switch the power on. RuntimeError when it is on."""
        self.plug_cable()
        self.restore_power()

    def stop(self) -> None:
        """Put the board back into its box; `start` takes it out again."""
        BENCH.call(self._stop)

    def __enter__(self) -> "VirtualBoard":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop for good; the folder stays."""
        self.stop()
        if self._flash_fd >= 0:
            os.close(self._flash_fd)
            self._flash_fd = -1
            self._shared.close()
            for ours, boards in self._uarts:
                ours.close()
                boards.close()
            self._console.close()

    def plug_cable(self) -> None:
        """The serial port appears."""
        BENCH.call(self._cable.plug)

    def pull_cable(self) -> None:
        """The serial port is gone; who has it open gets an I/O error. The board runs on: its power is PoE."""
        BENCH.call(self._cable.pull)

    # --- power and reset

    @property
    def is_powered(self) -> bool:
        """Whether it has power; it may still hang."""
        return self._is_powered

    @property
    def pid(self) -> int:
        """Of the MicroPython process; 0 while there is none."""
        return self._chip.pid

    def restore_power(self) -> None:
        """Power on: boots with what its flash holds. RuntimeError when it is on."""
        BENCH.call(self._restore_power)

    def cut_power(self, after_flash_steps: int | None = None) -> None:
        """Dead at once, in the middle of whatever it does.

        ``after_flash_steps``: instead, when that many pages have been written or erased from now on; the next one is
        torn in its middle. Then `wait` for ``not board.is_powered``.
        """
        BENCH.call(lambda: self._cut_power() if after_flash_steps is None else self._light_fuse(after_flash_steps))

    def reset(self) -> None:
        """Push the reset button. RuntimeError without power."""
        BENCH.call(lambda: self._restart(layout.HARD_RESET))

    def erase_flash(self) -> None:
        """Blank, as from the factory. RuntimeError while it has power."""
        if self._is_powered:
            raise RuntimeError("the flash of a running board cannot be erased from outside; cut its power first")
        self._flash_path.unlink()
        os.close(self._flash_fd)
        self._flash_fd = self._open_flash()

    # --- network

    def cut_network(self) -> None:
        """The network cable is out: its connections end, and new ones fail with EHOSTUNREACH."""
        BENCH.call(self._cut_network)

    def restore_network(self) -> None:
        """The network cable is in."""
        self._shared.bytes[layout.NETWORK] = 1

    # --- hands and eyes

    def press(self, name: str | int) -> None:
        """Push the button of this name in the profile, or at this pin. LookupError when there is none."""
        pin, active_low = self._wire(name)
        self.drive(pin, 0 if active_low else 1)

    def release(self, name: str | int) -> None:
        """Let go."""
        pin, active_low = self._wire(name)
        self.drive(pin, 1 if active_low else 0)

    def drive(self, pin: int, level: int | None) -> None:
        """Put a level on an input, None to let it float."""
        self._shared.bytes[self._place(pin) + layout.OUTSIDE] = layout.FLOATING if level is None else level
        BENCH.call(lambda: self._chip.interrupt(pin))

    def level(self, pin: int) -> int | None:
        """What the board puts on a pin; None when it is no output."""
        place = self._place(pin)
        is_output = self._shared.bytes[place + layout.MODE] in (layout.MODE_OUT, layout.MODE_OPEN_DRAIN)
        return self._shared.bytes[place + layout.INSIDE] if is_output and self._is_powered else None

    def is_lit(self, name: str | int) -> bool:
        """Whether the light of this name, or at this pin, is on now."""
        pin, active_low = self._wire(name, False)
        return self.level(pin) == (0 if active_low else 1)

    @property
    def printed(self) -> str:
        """The newest 64 kB that it has said on its console, since this object was made."""
        return self._console.printed

    @property
    def flash_steps(self) -> int:
        """Pages written and erased since it has power."""
        return self._shared.u32(layout.FLASH_STEPS)

    def wait(self, is_so: Callable[[], Any], timeout_s: float = 10.0) -> None:
        """Returns when ``is_so()`` is true; it is asked at each change of anything. TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(is_so, timeout_s):
                raise TimeoutError(f"{self.folder.name}: waited {timeout_s} s for {is_so}; it printed:\n{self.printed}")

    # --- from the chip; on the workbench's thread

    def said(self, data: bytes) -> None:
        """Its console."""
        self._console.said(data)
        self._notify()

    def told(self, what: int, which: int, body: bytes) -> bytes | None:
        """See `layout`."""
        if what == layout.RESET:
            self._asked_for_reset(which, body)
        elif what == layout.POWER_LOST:
            self._cut_power()
        elif what == layout.WDT_STARTED:
            self._watchdog.start(int.from_bytes(body, "big"))
        self._notify()
        return None

    def exited(self, status: int, is_booted: bool) -> None:
        """Ctrl-D and sys.exit() end MicroPython: a soft reset. A crash: the chip resets itself."""
        if not is_booted:  # nothing would be better the next time
            self._is_powered = False
            self._console.note(f"no start: status {status}; console.log may say why, a larger heap may help")
            self._notify()
            return
        if status < 0:
            self._restart(layout.HARD_RESET)
            return
        self._console.soft_reboot()
        self._boot(layout.SOFT_RESET)

    def _asked_for_reset(self, which: int, body: bytes) -> None:
        if which == layout.RESET_DEEPSLEEP:
            self._halt()
            asleep_ms = int.from_bytes(body, "big")
            if asleep_ms:
                self._alarm = self._loop.call_later(asleep_ms / 1000, self._boot, layout.DEEPSLEEP_RESET)
        else:
            self._restart(layout.HARD_RESET)

    def _bite(self) -> None:
        self._restart(layout.WDT_RESET)

    def _restart(self, cause: int) -> None:
        if not self._is_powered:
            raise RuntimeError(f"{self.folder.name} has no power")
        self._halt()
        self._boot(cause)

    def _restore_power(self) -> None:
        if self._is_powered:
            raise RuntimeError(f"{self.folder.name} has power already")
        self._shared.power_on()
        for ours, boards in self._uarts:
            _drain(ours)
            _drain(boards)
        self._is_powered = True
        self._boot(layout.PWRON_RESET)

    def _boot(self, cause: int) -> None:
        is_raw = cause == layout.SOFT_RESET and self._console.is_raw
        self._watchdog.stop()
        self._shared.reset(cause)
        self._console.starts(is_raw)
        self.starts.append(CAUSES[cause])
        build = Build(
            flash_fd=self._flash_fd,
            flash_bytes=self.flash_bytes,
            unique_id=self.unique_id,
            heap=self.heap,
            uarts=[boards.fileno() for _, boards in self._uarts],
            speed=self.speed,
            log=self._console.log,
        )
        try:
            self._chip.start(build, is_raw)
        except BaseException:
            self._is_powered = False
            raise
        self._notify()

    def _halt(self) -> None:
        self._watchdog.stop()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self._chip.kill()

    def _cut_power(self) -> None:
        self._is_powered = False
        self._halt()
        self._notify()

    def _stop(self) -> None:
        self._cut_power()
        self._cable.pull()

    def _light_fuse(self, steps: int) -> None:
        self._shared.set_u32(layout.FUSE_STEPS, steps)
        self._shared.bytes[layout.FUSE] = 1

    def _cut_network(self) -> None:
        self._shared.bytes[layout.NETWORK] = 0
        sever(self.pid)

    # --- helpers

    @property
    def _flash_path(self) -> Path:
        return self.folder / "flash.img"

    def _open_flash(self) -> int:
        path = self._flash_path
        if not path.exists():
            path.write_bytes(b"\xff" * self.flash_bytes)
        if path.stat().st_size != self.flash_bytes:
            raise ValueError(
                f"{path}: {path.stat().st_size} bytes, not {self.flash_bytes}; take the size it was made with"
            )
        return os.open(path, os.O_RDWR)

    def _wire(self, name: str | int, is_low: bool = True) -> tuple[int, bool]:
        """Pin and polarity; inputs are active low by default, outputs active high."""
        if isinstance(name, int):
            return name, is_low
        parts = self.profile.get("parts", {})
        if name not in parts or "pin" not in parts[name]:
            raise LookupError(
                f"{self.folder.name} has no {name} on a pin; its profile has " + (", ".join(parts) or "none")
            )
        return int(parts[name]["pin"]), bool(parts[name].get("active_low", is_low))

    @staticmethod
    def _place(pin: int) -> int:
        if not 0 <= pin < layout.PIN_COUNT:
            raise LookupError(f"no pin {pin}; there are {layout.PIN_COUNT}")
        return layout.PINS + 4 * pin

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()


def _drain(end: socket.socket) -> None:
    try:
        while end.recv(65536):
            pass
    except BlockingIOError:
        pass
