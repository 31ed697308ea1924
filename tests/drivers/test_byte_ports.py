"""Byte ports at a cable's end: what goes out arrives, a pulled plug is an OSError at once, a new one needs nobody."""

import asyncio
import errno
import os
import pty
import tty
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import serial

from drivers.linux.device_file import DeviceFile
from drivers.linux.serial_port import SerialPort
from drivers.linux.tcp_port import TcpPort
from drivers.linux.usb_port import PRINTER, UsbPort
from drivers.ports import BytePort
from simulators.server_process import free_port
from simulators.usb_bus import SimulatedUsb


class SerialCable:
    """A pseudo terminal under a name that stays, as udev makes it."""

    def __init__(self, folder: Path) -> None:
        self._name = folder / "ttyPrinter"
        self.port: BytePort = SerialPort(str(self._name), 19200, stall_s=0.1)
        self._master = -1

    async def plug_in(self) -> None:
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self._name.unlink(missing_ok=True)
        self._name.symlink_to(os.ttyname(slave))
        self._slave = slave  # open, or the far side hears a hang-up between two users
        os.set_blocking(self._master, False)

    async def pull(self) -> None:
        os.close(self._slave)
        os.close(self._master)
        self._name.unlink()

    async def hear(self, count: int) -> bytes:
        heard = b""
        while len(heard) < count:
            try:
                heard += os.read(self._master, count)
            except BlockingIOError:
                await asyncio.sleep(0.001)
        return heard

    async def say(self, data: bytes) -> None:
        os.write(self._master, data)


class TcpCable:
    def __init__(self, folder: Path) -> None:
        self._number = free_port()
        self.port: BytePort = TcpPort("127.0.0.1", self._number, stall_s=0.1)
        self._joined = asyncio.Event()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._joined.set()

    async def plug_in(self) -> None:
        self._joined.clear()
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self._number, limit=4096)

    async def pull(self) -> None:
        self._server.close()
        if self._joined.is_set():
            self._writer.transport.abort()

    async def hear(self, count: int) -> bytes:
        await self._joined.wait()
        return await self._reader.readexactly(count)

    async def say(self, data: bytes) -> None:
        self._writer.write(data)


class UsbCable:
    """A device that takes 4 kB before somebody hears it."""

    def __init__(self, folder: Path) -> None:
        self._bus = SimulatedUsb()
        self.port: BytePort = UsbPort(0x0483, 0x5743, interface_class=PRINTER, stall_s=0.1, backend=self._bus)
        self._said: asyncio.Queue[bytes] = asyncio.Queue()
        self._held = b""

    async def plug_in(self) -> None:
        self._plug = self._bus.plug_in(self, 0x0483, 0x5743, PRINTER)

    async def pull(self) -> None:
        self._bus.pull(self._plug)

    async def take(self, data: bytes, timeout_s: float) -> int:
        taken = data[: 4096 - len(self._held)]
        self._held += taken
        if not taken:
            await asyncio.sleep(timeout_s)
        return len(taken)

    async def give(self, timeout_s: float) -> bytes:
        try:
            return await asyncio.wait_for(self._said.get(), timeout_s)
        except TimeoutError:
            return b""

    async def answer(self, request_type: int, request: int) -> bytes:
        return bytes((request_type, request))

    async def hear(self, count: int) -> bytes:
        while len(self._held) < count:
            await asyncio.sleep(0.001)
        heard, self._held = self._held[:count], self._held[count:]
        return heard

    async def say(self, data: bytes) -> None:
        await self._said.put(data)


Cable = SerialCable | TcpCable | UsbCable
every_cable = pytest.mark.parametrize("kind", [SerialCable, TcpCable, UsbCable])


def with_cable(kind: type[Cable], folder: Path, story: Callable[[Cable, BytePort], Awaitable[None]]) -> None:
    async def whole() -> None:
        cable = kind(folder)
        await cable.plug_in()
        await story(cable, cable.port)
        cable.port.close()
        await cable.pull()
        await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(whole(), 8))


@every_cable
def test_bytes_go_both_ways_and_silence_ends_in_time(kind: type[Cable], tmp_path: Path) -> None:
    async def story(cable: Cable, port: BytePort) -> None:
        every_byte = bytes(range(256))
        await port.write(every_byte)
        assert await cable.hear(256) == every_byte
        assert await port.read(0.02) == b""
        await cable.say(b"\x12\x11\x13\r\n\x00")
        assert await port.read(2) == b"\x12\x11\x13\r\n\x00"

    with_cable(kind, tmp_path, story)


@every_cable
def test_a_pulled_plug_is_noticed_by_who_reads_and_the_next_one_works(kind: type[Cable], tmp_path: Path) -> None:
    async def story(cable: Cable, port: BytePort) -> None:
        await port.write(b"a")
        await cable.hear(1)
        reading = asyncio.create_task(port.read(60))
        await asyncio.sleep(0.01)
        await cable.pull()
        with pytest.raises(OSError, match=r"\[Errno \d+\]"):
            await reading
        with pytest.raises(OSError, match=r"\[Errno \d+\]"):
            await port.write(b"b")
        await cable.plug_in()
        await port.write(b"c")
        assert await cable.hear(1) == b"c"

    with_cable(kind, tmp_path, story)


async def flood(port: BytePort) -> None:
    for _ in range(1000):
        await port.write(bytes(16384))


@every_cable
def test_a_far_side_that_takes_nothing_is_a_fault_in_time(kind: type[Cable], tmp_path: Path) -> None:
    async def story(cable: Cable, port: BytePort) -> None:
        with pytest.raises(OSError, match=str(errno.ETIMEDOUT)):
            await flood(port)

    with_cable(kind, tmp_path, story)


def test_a_port_in_use_by_another_program_is_not_shared(tmp_path: Path) -> None:
    async def story() -> None:
        cable = SerialCable(tmp_path)
        await cable.plug_in()
        await cable.port.write(b"x")
        other = SerialPort(str(tmp_path / "ttyPrinter"))
        with pytest.raises(OSError, match="lock"):
            await other.write(b"y")
        cable.port.close()
        await other.write(b"y")
        other.close()
        await cable.pull()

    asyncio.run(story())


def test_usb_sends_the_kernels_driver_away_and_asks_the_interface(tmp_path: Path) -> None:
    async def story(cable: Cable, port: BytePort) -> None:
        assert isinstance(port, UsbPort)
        assert await port.control_in(0xA1, 1, 2) == b"\xa1\x01"
        assert port.is_open

    with_cable(UsbCable, tmp_path, story)


def test_usb_devices_of_another_kind_are_left_alone(tmp_path: Path) -> None:
    async def story() -> None:
        cable = UsbCable(tmp_path)
        await cable.plug_in()
        with pytest.raises(OSError, match="no interface with bulk endpoints"):
            await UsbPort(0x0483, 0x5743, interface_class=3, backend=cable._bus).write(b"x")
        with pytest.raises(OSError, match=r"not plugged in.*USB 04b8:0e15"):
            await UsbPort(0x04B8, 0x0E15, backend=cable._bus).write(b"x")

    asyncio.run(story())


def test_a_device_file_that_is_not_there_says_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="lp0"):
        asyncio.run(DeviceFile(str(tmp_path / "lp0")).write(b"x"))


@pytest.mark.parametrize(("waiting", "is_stuck"), [([9, 5, 2, 0], False), ([9, 9, 9], True)])
def test_a_slow_line_is_waited_for_and_a_stopped_one_is_not(
    waiting: list[int], is_stuck: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pseudo terminal has no speed, so what the kernel says of its queue is set here."""
    seen: list[int] = []

    def out_waiting(line: object) -> int:
        seen.append(waiting[min(len(seen), len(waiting) - 1)])
        return seen[-1]

    monkeypatch.setattr(serial.Serial, "out_waiting", property(out_waiting))

    async def story(cable: Cable, port: BytePort) -> None:
        if is_stuck:
            with pytest.raises(OSError, match=str(errno.ETIMEDOUT)):
                await port.write(b"slow")
        else:
            await port.write(b"slow")
            assert seen == waiting
        assert await cable.hear(4) == b"slow"

    with_cable(SerialCable, tmp_path, story)
