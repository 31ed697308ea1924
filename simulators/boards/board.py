"""A virtual board: real MicroPython behind a pseudo-terminal, and hands that press, cut and pull."""

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from simulators.boards import esp_image, uf2_drive
from simulators.boards.far_side import SerialLine, SpiDevice
from simulators.boards.flash_image import FlashImage
from simulators.boards.life import Life, Loader
from simulators.boards.loop import BoardLoop
from simulators.boards.rom import CHIPS, Rom
from simulators.boards.shim import layout
from simulators.boards.uf2_drive import Uf2Drive
from simulators.boards.wiring import Wiring
from simulators.boards.workbench import BENCH

FLASH_BYTES = 2 * 1024 * 1024
UF2_CHIP = "rp2350"
OWN_HEAP = 30 * 1024  # what its ROM takes of it, which a real board has in flash: modules 22 kB, their names 7 kB
LOOK_S = 0.05  # how often `wait` asks again when nothing happens: a rhythm needs time only


class VirtualBoard:
    """One board on the bench. All methods may be called from any thread, and from a coroutine: they take milliseconds.

    ``folder`` is its own and outlives this object: ``port`` (a link to its serial port), ``flash.img`` (the littlefs
    image), ``rom.img`` (the ROM partition, if the profile gives it one), ``program.img`` (what esptool wrote, if it
    did), ``console.log``, ``heard-000.wav`` …

    ``profile``: what it is wired to: the name of a file in board_profiles, or a table; see `Wiring`. Its ``chip`` also
    says which boot ROM the board has: esptool's, or a drive for UF2 files; its image, what MicroPython says of itself
    there (`builds`). ``unique_id``: `machine.unique_id`: six bytes, an ESP32's MAC address, or eight of an RP2350.
    ``heap``: bytes for the firmware, as ``-X heapsize`` takes them, 64-bit words: twice what a 32-bit board needs.
    ``flash_bytes``: of its file system; without it what the profile says, else 2 MB. ``speed``: how much faster than
    life its sound plays, 0 for at once. ``is_bare``: no MicroPython in its flash: it starts in its boot ROM, until a
    whole image was written and it is reset.

    ``board.start()`` … ``board.close()``, or ``with VirtualBoard(folder) as board:``.
    """

    def __init__(
        self,
        folder: Path,
        *,
        profile: Mapping[str, Any] | str | None = None,
        unique_id: bytes = b"\x24\x6f\x28\x00\x00\x01",
        heap: int = 512 * 1024,
        flash_bytes: int | None = None,
        speed: float = 1.0,
        is_bare: bool = False,
    ) -> None:
        self.folder = folder
        self.unique_id = unique_id
        self._wiring = Wiring(folder.name, profile)
        self._changed = threading.Condition()
        self._changes = 0
        folder.mkdir(parents=True, exist_ok=True)
        files_bytes = flash_bytes or self._wiring.files_bytes or FLASH_BYTES
        rom_bytes = self._wiring.rom_bytes
        chip = self._wiring.chip if self._wiring.chip in CHIPS else "esp32"
        if self._wiring.chip == UF2_CHIP:
            self._flash = FlashImage(folder, files_bytes, uf2_drive.is_bootable, is_bare, rom_bytes)
            rom: Loader = Uf2Drive(self.drive_folder, BENCH.loop, self._flash)
        else:
            is_bootable = partial(esp_image.is_bootable, boot_offset=CHIPS[chip].boot_offset)
            self._flash = FlashImage(folder, files_bytes, is_bootable, is_bare, rom_bytes)
            rom = Rom(chip, unique_id, self._flash)
        says = self._wiring.says
        make = partial(Life, folder, BENCH.loop, self._flash, rom, self._notify)
        self._life = BENCH.call(lambda: make(unique_id=unique_id, heap=heap + OWN_HEAP, speed=speed, says=says))
        self._is_closed = False

    # --- the installer's side

    @property
    def port(self) -> str:
        """The serial port that mpremote opens; the same name for ever, no such file while the cable is out.

        It is a link; mpremote copies four times faster when it is given what `os.path.realpath` makes of it.
        """
        return str(self._life.cable.path)

    @property
    def drive_folder(self) -> Path:
        """The drive that an RP2350 shows while it is in its bootloader, and then has no port; see `Uf2Drive`."""
        return self.folder / "drive"

    def start(self) -> None:
        """Plug the cable in and switch the power on. RuntimeError when it is on."""
        self.plug_cable()
        self.restore_power()

    def stop(self) -> None:
        """Cut the power and pull the cable; `start` begins again with what is in the flash."""
        BENCH.call(self._life.cut_power)
        BENCH.call(self._life.pull_cable)

    def close(self) -> None:
        """Stop for good; the folder stays."""
        if not self._is_closed:
            self._is_closed = True
            BENCH.call(self._life.close)
            self._flash.close()

    def __enter__(self) -> "VirtualBoard":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def plug_cable(self) -> None:
        """The serial port appears; or its drive, while it is in a bootloader that has one."""
        BENCH.call(self._life.plug_cable)

    def pull_cable(self) -> None:
        """Its port or drive is gone; who has the port open gets an I/O error. The board runs on: its power is PoE."""
        BENCH.call(self._life.pull_cable)

    # --- power and reset

    @property
    def is_powered(self) -> bool:
        """Whether it has power; it may hang or sleep all the same."""
        return self._life.is_powered

    @property
    def pid(self) -> int:
        """Of the MicroPython process; 0 while there is none."""
        return self._life.chip.pid

    @property
    def starts(self) -> list[str]:
        """Why it started, each time: power on, hard reset, watchdog, deep sleep, soft reset; or boot ROM."""
        return list(self._life.starts)

    def restore_power(self) -> None:
        """Power on: boots with what its flash holds. RuntimeError when it is on."""
        BENCH.call(self._life.restore_power)

    def cut_power(self, after_flash_steps: int | None = None) -> None:
        """Dead at once, in the middle of whatever it does.

        ``after_flash_steps``: instead, when that many pages (256 bytes) have been written or erased from now on; the
        next one is torn in its middle. Then `wait` for ``not board.is_powered``. MicroPython's steps count, esptool's
        do not; see `flash_steps`.
        """
        if after_flash_steps is None:
            BENCH.call(self._life.cut_power)
        else:
            BENCH.call(lambda: self._life.light_fuse(after_flash_steps))

    def keep_power(self) -> None:
        """Takes back a ``cut_power(after_flash_steps=…)`` that has not come yet."""
        self._life.shared.bytes[layout.FUSE] = 0

    def reset(self) -> None:
        """Push the reset button. RuntimeError without power."""
        BENCH.call(lambda: self._life.restart(layout.HARD_RESET))

    def enter_rom(self) -> None:
        """Push the reset button while the boot button is held: esptool can talk to it, or it shows its drive."""
        BENCH.call(self._life.enter_rom)

    @property
    def flash_steps(self) -> int:
        """Pages that MicroPython has written and erased since it has power."""
        return self._life.shared.u32(layout.FLASH_STEPS)

    def erase_files(self) -> None:
        """Its file system is blank, as from the factory. RuntimeError while it has power."""
        if self.is_powered:
            raise RuntimeError(f"{self.folder.name} runs: cut its power before its flash is erased from outside")
        self._flash.erase_files()

    # --- network

    def cut_network(self) -> None:
        """The network cable is out: its connections end, and new ones fail with EHOSTUNREACH."""
        BENCH.call(self._life.cut_network)

    def restore_network(self) -> None:
        """The network cable is in."""
        self._life.shared.bytes[layout.NETWORK] = 1

    # --- hands, eyes and ears

    def press(self, part: str | int) -> None:
        """Push the button of this name in the profile, or at this pin (active low). LookupError when there is none."""
        pin, active_low = self._wiring.pin(part, is_input=True)
        self.drive(pin, 0 if active_low else 1)

    def release(self, part: str | int) -> None:
        """Let go."""
        pin, active_low = self._wiring.pin(part, is_input=True)
        self.drive(pin, 1 if active_low else 0)

    def drive(self, pin: int, level: int | None) -> None:
        """Put a level on an input, None to let it float."""
        self._life.shared.drive(pin, level)
        BENCH.call(lambda: self._life.chip.interrupt(pin))

    def put_voltage(self, pin: int, permille: int) -> None:
        """Put a voltage on a pin that measures: a share of the supply, 0 to 1000."""
        self._life.shared.put_voltage(pin, permille)

    def loop(self, part: str = "button") -> "BoardLoop":
        """The two-wire loop of this part and the case around it: hands for `press`, `cut_loop`, `open_case` …"""
        return BoardLoop(self.put_voltage, self.drive, *self._wiring.loop(part))

    def level(self, pin: int) -> int | None:
        """What the board puts on a pin; None when it is no output."""
        return self._life.shared.level(pin)

    def is_lit(self, part: str | int = "lamp") -> bool:
        """Whether the light of this name, or at this pin (active high), is on now."""
        pin, active_low = self._wiring.pin(part, is_input=False)
        return self.level(pin) == (0 if active_low else 1)

    def rhythm(self, part: str | int = "lamp") -> str:
        """What a person sees in a light: off, steady, blink or slow. Looks from the first question on; see `Eye`."""
        pin, active_low = self._wiring.pin(part, is_input=False)
        return BENCH.call(lambda: self._life.far.eye_on(pin, active_low).word)

    @property
    def lamp(self) -> str:
        """`rhythm` of the lamp."""
        return self.rhythm("lamp")

    @property
    def heard(self) -> list[Path]:
        """WAV files of what came out of the loudspeaker, one for each stretch of sound, when it has ended."""
        return list(self._life.far.heard)

    def attach(self, spi: int, device: SpiDevice) -> None:
        """Put a device on an SPI bus (255: SoftSPI), such as a `PixelChain`. Without one the bus reads 0xFF."""
        BENCH.call(lambda: self._life.far.spi.update({spi: device}))

    def serial(self, uart: int) -> SerialLine:
        """The far end of UART 0, 1 or 2."""
        return self._life.far.uarts[uart]

    def led_bytes(self, pin: int) -> bytes:
        """What was last sent to WS2812 LEDs on a pin: green, red, blue for each; empty before."""
        return self._life.far.led_bytes.get(pin, b"")

    @property
    def printed(self) -> str:
        """The newest 64 kB that it has said on its console, since this object was made."""
        return self._life.console.printed

    def wait(self, is_so: Callable[[], Any], timeout_s: float = 10.0) -> None:
        """Returns when ``is_so()`` is true; it is asked at each change of anything. TimeoutError."""
        until_s = time.monotonic() + timeout_s
        while True:
            changes = self._changes
            if is_so():  # without the lock: it may ask the bench, and the bench may be about to tell a change
                return
            with self._changed:
                self._changed.wait_for(partial(self._has_changed_since, changes), LOOK_S)
            if time.monotonic() > until_s:
                raise TimeoutError(f"{self.folder.name}: not so within {timeout_s} s; it printed:\n{self.printed}")

    def _has_changed_since(self, changes: int) -> bool:
        return self._changes != changes

    def _notify(self) -> None:
        with self._changed:
            self._changes += 1
            self._changed.notify_all()
