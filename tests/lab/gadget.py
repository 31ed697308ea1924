"""A USB device that the kernel plays (configfs, dummy_hcd): what is behind its plug is ours, the cable is Linux's own.

Kernel: Documentation/usb/gadget_configfs.rst, gadget-testing.rst, Documentation/ABI/testing/configfs-usb-gadget-*.
"""

import asyncio
import fcntl
import os
import time
import tty
from pathlib import Path

from simulators.parts.printer import SimulatedPrinter

GADGETS = Path("/sys/kernel/config/usb_gadget")
PORT = "dummy_udc.0"
VENDOR, PRODUCT = 0x0483, 0x5743
APPEARS_S = 5.0
SET_PRINTER_STATUS = 0xC0016722  # linux/usb/g_printer.h

# A keyboard with eight-byte reports: USB HID 1.11, appendix B.1 and E.6
KEYBOARD = bytes.fromhex(
    "05010906a101050719e029e71500250175019508810295017508810395057501050819012905910295017503910395067508150025650507190029658100c0"
)


class Gadget:
    """A device with one function, such as ``printer.0`` with its ``settings``; not plugged in yet."""

    def __init__(self, function: str, settings: dict[str, str | bytes] | None = None) -> None:
        self._folder = GADGETS / "lab"
        self._folder.mkdir()
        self._write("idVendor", f"{VENDOR:#06x}")
        self._write("idProduct", f"{PRODUCT:#06x}")
        for folder in ("strings/0x409", "configs/c.1", f"functions/{function}"):
            (self._folder / folder).mkdir(parents=True, exist_ok=True)
        self._write("strings/0x409/product", "lab")
        for name, value in (settings or {}).items():
            self._write(f"functions/{function}/{name}", value)
        self._function = function
        (self._folder / "configs/c.1" / function).symlink_to(self._folder / "functions" / function)

    def plug_in(self) -> None:
        """It appears on the bus."""
        self._write("UDC", PORT)

    def pull(self) -> None:
        """The plug is out."""
        if (self._folder / "UDC").read_text().strip():
            self._write("UDC", "\n")

    def scrap(self) -> None:
        """It is no more. Whoever has its far side open closes it first."""
        self.pull()
        (self._folder / "configs/c.1" / self._function).unlink()
        for folder in (f"functions/{self._function}", "configs/c.1", "strings/0x409", ""):
            (self._folder / folder).rmdir()

    def _write(self, name: str, value: str | bytes) -> None:
        (self._folder / name).write_bytes(value if isinstance(value, bytes) else value.encode())


def appeared(pattern: str) -> Path:
    """The device file, as soon as the kernel has made it."""
    end = time.monotonic() + APPEARS_S
    while not (found := sorted(Path("/").glob(pattern.lstrip("/")))):
        assert time.monotonic() < end, f"no {pattern}"
        time.sleep(0.01)
    return found[0]


class GadgetCable:
    """Between a printer and the gadget's file of the far side: ``/dev/g_printer0``, ``/dev/ttyGS0``.

    The file is closed before the plug goes: the kernel makes another one for the next plug, in the memory of this one.
    """

    def __init__(self, printer: SimulatedPrinter, gadget: Gadget, file: Path) -> None:
        self._printer = printer
        self._gadget = gadget
        self._file = file
        self._fd = -1
        self._is_in = False
        self._said = b""
        printer.say = self._say

    def plug_in(self) -> None:
        """It appears on the bus, and something is behind it."""
        self._gadget.plug_in()
        self._is_in = True

    def pull(self) -> None:
        """The plug is out."""
        self._is_in = False
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1
        self._said = b""
        self._gadget.pull()

    async def run(self) -> None:
        """For ever: bytes both ways. It is looked at often: a gadget's file cannot be waited for in every state."""
        while True:
            if not self._is_in or (self._fd < 0 and not self._opened()) or not (self._hear() | self._tell()):
                await asyncio.sleep(0.002)
            await asyncio.sleep(0)

    def _opened(self) -> bool:
        """As soon as the host has set the device's configuration."""
        try:
            self._fd = os.open(self._file, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError:
            return False
        if os.isatty(self._fd):
            tty.setraw(self._fd)
        else:
            self.tell_port_status()
        return True

    def tell_port_status(self) -> None:
        """What GET_PORT_STATUS answers from now on."""
        fcntl.ioctl(self._fd, SET_PRINTER_STATUS, self._printer.port_status())

    def _hear(self) -> bool:
        room = self._printer.room()
        try:
            data = os.read(self._fd, min(room, 4096)) if room else b""
        except OSError:  # nothing, or nobody at the other end
            return False
        return bool(data) and bool(self._printer.take(data))

    def _tell(self) -> bool:
        if not self._said:
            return False
        try:
            self._said = self._said[os.write(self._fd, self._said) :]
        except OSError:
            return False
        return True

    def _say(self, data: bytes) -> None:
        self._said = (self._said + data)[-1024:]
