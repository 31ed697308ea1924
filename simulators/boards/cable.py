"""The USB cable of a virtual board: a pseudo-terminal whose far end the installer's tools open."""

import asyncio
import os
import pty
import tty
from collections.abc import Callable
from pathlib import Path

HOLDS_BYTES = 16384  # what the board's USB chip and the computer's driver hold together
PATIENCE_S = 0.5  # nobody read for so long: nobody listens, and what the board says is lost, as with a USB CDC port


class Cable:
    """``path`` is a link to the terminal of the moment; while the cable is out there is no such file.

    All methods belong to the workbench's thread. ``on_bytes`` takes what the computer sends; ``on_room(bool)`` says
    whether the cable takes more of what the board says.
    """

    def __init__(
        self,
        path: Path,
        loop: asyncio.AbstractEventLoop,
        on_bytes: Callable[[bytes], None],
        on_room: Callable[[bool], None],
    ) -> None:
        self.path = path
        self._loop = loop
        self._on_bytes = on_bytes
        self._on_room = on_room
        self._master = self._slave = -1
        self._unread = bytearray()
        self._is_waiting = False  # for the computer to read
        self._is_heard = True
        self._patience: asyncio.TimerHandle | None = None

    @property
    def is_plugged(self) -> bool:
        """Whether the computer sees the port."""
        return self._master >= 0

    def plug(self) -> None:
        """The port appears. Nothing when it is there."""
        if self.is_plugged:
            return
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)  # our own hold on the far end keeps the terminal alive between two users
        os.set_blocking(self._master, False)
        self._is_heard = True
        fresh = self.path.with_name(self.path.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.rename(self.path)
        self._loop.add_reader(self._master, self._readable)

    def pull(self) -> None:
        """The port is gone; who has it open gets an error. Nothing when it is gone already."""
        if not self.is_plugged:
            return
        self.path.unlink(missing_ok=True)
        self._loop.remove_reader(self._master)
        self._stop_waiting()
        self._unread.clear()
        os.close(self._slave)
        os.close(self._master)
        self._master = self._slave = -1
        self._on_room(True)

    def say(self, data: bytes) -> None:
        """The board sends ``data``; lost when the cable is out or nobody listens."""
        if not self.is_plugged or (not self._is_heard and self._is_waiting):
            return
        self._unread += data
        self._push()
        if len(self._unread) > HOLDS_BYTES:
            self._on_room(False)

    def _push(self) -> None:
        try:
            while self._unread:
                del self._unread[: os.write(self._master, self._unread)]
        except BlockingIOError:
            pass
        except OSError:
            self._unread.clear()
        if self._unread and not self._is_waiting:
            self._is_waiting = True
            self._loop.add_writer(self._master, self._writable)
            self._patience = self._loop.call_later(PATIENCE_S, self._give_up)
        if not self._unread:
            self._stop_waiting()
            self._on_room(True)

    def _writable(self) -> None:
        """The computer read something."""
        self._stop_waiting()
        self._is_heard = True
        self._push()

    def _give_up(self) -> None:
        self._is_heard = False
        self._unread.clear()
        self._on_room(True)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        if self._is_waiting:
            self._is_waiting = False
            self._loop.remove_writer(self._master)

    def _readable(self) -> None:
        try:
            data = os.read(self._master, 4096)
        except OSError:
            return
        self._on_bytes(data)
