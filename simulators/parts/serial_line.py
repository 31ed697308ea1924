"""A serial line as a pseudo-terminal: ``path`` is what a driver opens, the other end is in the simulator's hands."""

import asyncio
import os
import pty
import tty
from collections.abc import Callable


class PtyLine:
    """``hear(data)`` is told of what the host writes. Make it in a running loop.

    The link at ``link`` is what is opened: `pull` takes it away, as an adapter's device file goes; `plug_in` brings a
    new one.
    """

    def __init__(self, link: str, hear: Callable[[bytes], None]) -> None:
        self.path = link
        self._hear = hear
        self._ours = -1
        self.plug_in()

    def plug_in(self) -> None:
        """The device file appears."""
        self._ours, far = pty.openpty()
        tty.setraw(far)
        os.set_blocking(self._ours, False)
        os.symlink(os.ttyname(far), self.path)
        self._far = far
        asyncio.get_running_loop().add_reader(self._ours, self._readable)

    def pull(self) -> None:
        """The adapter is out: the file has gone, who has it open gets an error."""
        if self._ours >= 0:
            asyncio.get_running_loop().remove_reader(self._ours)
            os.unlink(self.path)
            os.close(self._ours)
            os.close(self._far)
            self._ours = -1

    def say(self, data: bytes) -> None:
        """Bytes to the host; lost while the line is out."""
        if self._ours >= 0:
            os.write(self._ours, data)

    def _readable(self) -> None:
        try:
            self._hear(os.read(self._ours, 4096))
        except OSError:  # nobody has the other end open
            pass
