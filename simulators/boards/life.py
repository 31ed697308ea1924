"""The life of a virtual board: power, starts and their causes, and which of its programs has the serial port."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from simulators.boards.cable import Cable
from simulators.boards.chip import Build, Chip
from simulators.boards.console import Console
from simulators.boards.far_side import FarSide
from simulators.boards.flash_image import FlashImage
from simulators.boards.severed import sever
from simulators.boards.shared import Shared
from simulators.boards.shim import layout
from simulators.boards.watchdog import Watchdog

CAUSES = {
    layout.PWRON_RESET: "power on",
    layout.HARD_RESET: "hard reset",
    layout.WDT_RESET: "watchdog",
    layout.DEEPSLEEP_RESET: "deep sleep",
    layout.SOFT_RESET: "soft reset",
}
IN_ROM = "boot ROM"


class Loader(Protocol):
    """What a chip runs when it has nothing else to run, or is asked for it."""

    hides_port: bool  # it has no serial port
    say: Callable[[bytes], Any]
    leave: Callable[[], Any]

    def start(self) -> None:
        """From reset."""

    def feed(self, data: bytes) -> None:
        """Bytes of the serial port."""

    def stop(self) -> None:
        """Reset, or no power."""


class Life:
    """All of it belongs to the bench's thread, but for `starts`, `is_powered`, `shared` and `console`, to be read.

    ``on_change()`` is called at each change of anything.
    """

    def __init__(
        self,
        folder: Path,
        loop: asyncio.AbstractEventLoop,
        flash: FlashImage,
        rom: Loader,
        on_change: Callable[[], None],
        *,
        unique_id: bytes,
        heap: int,
        speed: float,
        says: tuple[str, str],
    ) -> None:
        self.starts: list[str] = []  # why, each time
        self.is_powered = False
        self.shared = Shared()
        self.shared.bytes[layout.NETWORK] = 1
        self._name = folder.name
        self._loop = loop
        self._flash = flash
        self._on_change = on_change
        self.chip = Chip(loop, self, self.shared)
        self.cable = Cable(folder / "port", loop, self._typed, self.chip.listen)
        self.console = Console(folder / "console.log", self.cable.say, self.chip.feed)
        self.far = FarSide(folder, loop, self.shared, speed, on_change)
        self._watchdog = Watchdog(loop, self.shared, lambda: self.restart(layout.WDT_RESET))
        self._alarm: asyncio.TimerHandle | None = None  # ends a deep sleep
        self._rom = rom
        self._rom.say, self._rom.leave = self.cable.say, lambda: self.restart(layout.HARD_RESET)
        self._is_in_rom = self._is_cable_in = False
        self._unique_id, self._heap, self._speed, self._says = unique_id, heap, speed, says

    # --- what hands do

    def plug_cable(self) -> None:
        """Its port appears, or what its boot ROM shows instead. Nothing when the cable is in."""
        if not self._is_cable_in:
            self._is_cable_in = True
            if self._is_in_rom and self._rom.hides_port:
                self._rom.start()
            else:
                self.cable.plug()
            self._on_change()

    def pull_cable(self) -> None:
        """Port or drive are gone. Nothing when the cable is out."""
        self._is_cable_in = False
        self.cable.pull()
        if self._rom.hides_port:
            self._rom.stop()
        self._on_change()

    def restore_power(self) -> None:
        """Raises RuntimeError when there is power."""
        if self.is_powered:
            raise RuntimeError(f"{self._name} has power already")
        self.is_powered = True
        self._boot(layout.PWRON_RESET)

    def cut_power(self) -> None:
        """Nothing when there is none."""
        self.is_powered = False
        self._halt()
        self.shared.power_off()
        self.far.power_off()
        self._on_change()

    def restart(self, cause: int) -> None:
        """Raises RuntimeError without power."""
        if not self.is_powered:
            raise RuntimeError(f"{self._name} has no power")
        self._halt()
        self._boot(cause)

    def enter_rom(self) -> None:
        """Reset with the boot button held. RuntimeError without power."""
        if not self.is_powered:
            raise RuntimeError(f"{self._name} has no power")
        self._halt()
        self._start_rom()

    def light_fuse(self, steps: int) -> None:
        """The power goes after so many steps of the flash, in the middle of the next."""
        self.shared.set_u32(layout.FUSE_STEPS, steps)
        self.shared.bytes[layout.FUSE] = 1

    def cut_network(self) -> None:
        """Connections end, new ones fail."""
        self.shared.bytes[layout.NETWORK] = 0
        sever(self.chip.pid)

    def close(self) -> None:
        """For good."""
        self.cut_power()
        self.pull_cable()
        self.far.close()
        self.shared.close()
        self.console.close()

    # --- what the chip says: chip.World

    def said(self, data: bytes) -> None:
        """Its console."""
        self.console.said(data)
        self._on_change()

    def told(self, what: int, which: int, body: bytes) -> bytes | None:
        """See `layout`."""
        if what == layout.RESET:
            self._asked_for_reset(which, body)
            return None
        if what == layout.POWER_LOST:
            self.cut_power()
            return None
        if what == layout.WDT_STARTED:
            self._watchdog.start(int.from_bytes(body, "big"))
        answer = self.far.told(what, which, body)
        self._on_change()
        return answer

    def exited(self, status: int, is_booted: bool) -> None:
        """Ctrl-D and sys.exit() end MicroPython: a soft reset. A crash: the chip resets itself."""
        if not is_booted:  # nothing would be better the next time
            self.console.note(f"no start: status {status}; console.log may say why, a larger heap may help")
            self.cut_power()
        elif status < 0:
            self.restart(layout.HARD_RESET)
        else:
            self.console.soft_reboot()
            self._boot(layout.SOFT_RESET)

    # --- inside

    def _typed(self, data: bytes) -> None:
        """From the computer; lost without power."""
        if self._is_in_rom:
            self._rom.feed(data)
            self._on_change()
        elif self.is_powered:
            self.chip.feed(data)

    def _asked_for_reset(self, which: int, body: bytes) -> None:
        if which == layout.RESET_SOFT:
            self._watchdog.stop()
            self.chip.kill()
            self.console.soft_reboot()
            self._boot(layout.SOFT_RESET)
        elif which == layout.RESET_BOOTLOADER:
            self.enter_rom()
        elif which == layout.RESET_DEEPSLEEP:
            self._halt()
            asleep_ms = int.from_bytes(body, "big")
            if asleep_ms:
                self._alarm = self._loop.call_later(asleep_ms / 1000, self._boot, layout.DEEPSLEEP_RESET)
        else:
            self.restart(layout.HARD_RESET)

    def _boot(self, cause: int) -> None:
        if not self._flash.has_program():
            self._start_rom()
            return
        is_raw = cause == layout.SOFT_RESET and self.console.is_raw
        self._watchdog.stop()
        self.shared.reset(cause)
        self.console.starts(is_raw)
        build = Build(
            flash_fd=self._flash.files_fd,
            flash_bytes=self._flash.files_bytes,
            rom_fd=self._flash.rom_fd,
            rom_bytes=self._flash.rom_bytes,
            unique_id=self._unique_id,
            heap=self._heap,
            uarts=[line.board_fd for line in self.far.uarts],
            speed=self._speed,
            says=self._says,
            log=self.console.log,
        )
        try:
            self.chip.start(build, is_raw)
        except BaseException:
            self.is_powered = False
            raise
        self.starts.append(CAUSES[cause])
        self._on_change()

    def _start_rom(self) -> None:
        self.shared.reset(layout.HARD_RESET)
        self._is_in_rom = True
        if self._rom.hides_port:
            self.cable.pull()
        if self._is_cable_in or not self._rom.hides_port:
            self._rom.start()
        self.starts.append(IN_ROM)
        self._on_change()

    def _halt(self) -> None:
        if self._is_in_rom:
            self._is_in_rom = False
            self._rom.stop()
        if self._is_cable_in:
            self.cable.plug()
        self._watchdog.stop()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self.chip.kill()
        self.shared.reset(layout.HARD_RESET)
        self.far.restart()
