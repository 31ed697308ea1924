"""Cables to a simulated printer: in memory, a serial line, the network, USB. Each can be pulled and plugged in."""

import asyncio
import errno
import os
import pty
import tty
from pathlib import Path

from simulators.parts.printer import SimulatedPrinter
from simulators.usb_bus import PACKET_BYTES, SimulatedUsb

VENDOR, PRODUCT, PRINTER_CLASS = 0x0483, 0x5743, 7
STALL_S = 1.5
_SAID_BYTES = 1024  # that nobody has read


class _Answers:
    """What the printer says, until somebody reads it; of what nobody reads the oldest is lost."""

    def __init__(self, printer: SimulatedPrinter) -> None:
        self._held = b""
        self._news = asyncio.Event()
        printer.say = self._hear

    def _hear(self, data: bytes) -> None:
        self._held = (self._held + data)[-_SAID_BYTES:]
        self._news.set()

    async def take(self, timeout_s: float, most: int = _SAID_BYTES) -> bytes:
        """Empty when it says nothing within the time."""
        if not self._held:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), timeout_s)
            except TimeoutError:
                return b""
        taken, self._held = self._held[:most], self._held[most:]
        return taken


class MemoryCable:
    """A cable that is at the same time the port: a `drivers.ports.BytePort` without an operating system between."""

    name = "simulated printer"

    def __init__(self, printer: SimulatedPrinter, stall_s: float = STALL_S) -> None:
        self._printer = printer
        self._stall_s = stall_s
        self._answers: _Answers | None = None
        self._is_in = True

    def pull(self) -> None:
        """Nobody is there."""
        self._is_in = False

    def plug_in(self) -> None:
        """It is there again."""
        self._is_in = True

    async def write(self, data: bytes) -> None:
        """See `BytePort`."""
        while data:
            self._check()
            data = data[self._printer.take(data) :]
            if data and not await self._printer.changed.until(lambda: self._printer.room() > 0, self._stall_s):
                raise OSError(errno.ETIMEDOUT, "takes no more", self.name)

    async def read(self, timeout_s: float) -> bytes:
        """See `BytePort`."""
        return await self._check().take(timeout_s)

    def close(self) -> None:
        """See `BytePort`."""

    def _check(self) -> _Answers:
        if not self._is_in or not self._printer.is_on:
            raise OSError(errno.ENODEV, "unplugged", self.name)
        if self._answers is None:
            self._answers = _Answers(self._printer)  # in the loop that runs
        return self._answers


class SerialCable:
    """A serial line: a pseudo terminal under a name of its own, as udev gives one."""

    def __init__(self, printer: SimulatedPrinter, path: Path) -> None:
        self.path = path
        self._printer = printer
        self._master = self._slave = -1
        self._waiting: asyncio.Task[None] | None = None

    async def plug_in(self) -> None:
        """The line is there."""
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)  # kept open: else the far side hears a hang-up between two users
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._slave))
        os.set_blocking(self._master, False)
        self._printer.say = self._say
        asyncio.get_running_loop().add_reader(self._master, self._hear)

    async def pull(self) -> None:
        """An adapter that is pulled out takes its device file along."""
        if self._waiting is not None:
            self._waiting.cancel()
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._slave)
        os.close(self._master)
        self._master = -1
        self.path.unlink()

    def _say(self, data: bytes) -> None:
        if self._master >= 0:
            os.write(self._master, data)

    def _hear(self) -> None:
        """As much as the printer has room for; the rest stays in the line."""
        if not self._printer.is_on:
            os.read(self._master, 4096)  # nobody listens
            return
        room = self._printer.room()
        if room:
            self._printer.take(os.read(self._master, room))
        else:
            asyncio.get_running_loop().remove_reader(self._master)
            self._waiting = asyncio.create_task(self._wait())

    async def _wait(self) -> None:
        printer = self._printer
        await printer.changed.until(lambda: printer.room() > 0 or not printer.is_on)
        asyncio.get_running_loop().add_reader(self._master, self._hear)


class TcpCable:
    """Port 9100 of a printer on the network, here on any free port of the loopback; one connection at a time."""

    def __init__(self, printer: SimulatedPrinter) -> None:
        self.port = 0
        self._printer = printer
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def plug_in(self) -> None:
        """It listens, at the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=PACKET_BYTES * 16)
        self.port = self._server.sockets[0].getsockname()[1]

    async def pull(self) -> None:
        """Connections end, and nobody listens."""
        assert self._server is not None
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        for other in self._serving:  # whoever connects last is heard
            other.cancel()
        self._serving.add(task)
        printer = self._printer
        printer.say = writer.write
        try:
            while data := await reader.read(512):
                while data:
                    await printer.changed.until(lambda: printer.room() > 0)
                    data = data[printer.take(data) :]
        except (asyncio.CancelledError, ConnectionError):
            pass
        finally:
            self._serving.discard(task)
            writer.transport.abort()


class UsbCable:
    """A printer of the USB printer class on a bus."""

    def __init__(self, printer: SimulatedPrinter, bus: SimulatedUsb) -> None:
        self._printer = printer
        self._bus = bus
        self._answers: _Answers | None = None

    async def plug_in(self) -> None:
        """It appears on the bus."""
        self._answers = _Answers(self._printer)
        self._plug = self._bus.plug_in(self, VENDOR, PRODUCT, PRINTER_CLASS)

    async def pull(self) -> None:
        """Transfers under way end."""
        self._bus.pull(self._plug)

    # simulators.usb_bus.FarSide

    async def take(self, data: bytes, timeout_s: float) -> int:
        """Bulk out."""
        if not await self._printer.changed.until(lambda: self._printer.room() > 0, timeout_s):
            return 0
        return self._printer.take(data)

    async def give(self, timeout_s: float) -> bytes:
        """Bulk in."""
        assert self._answers is not None
        return await self._answers.take(timeout_s, PACKET_BYTES)

    async def answer(self, request_type: int, request: int) -> bytes:
        """GET_PORT_STATUS."""
        return bytes((self._printer.port_status(),)) if (request_type, request) == (0xA1, 1) else b""
