"""A device file of /dev/input, as far as a pipe can be one: events reach who has it open; no grab, no axes."""

import fcntl
import os
import struct
import termios

EV_SYN, EV_KEY, EV_ABS = 0, 1, 3
_EVENT = struct.Struct("qqHHi")


class InputFile:
    """The file appears at ``path``; `pull` takes it away, `plug_in` brings it back."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._fd = -1
        self.plug_in()

    def plug_in(self) -> None:
        """The file appears."""
        os.mkfifo(self.path)
        self._fd = os.open(self.path, os.O_RDWR | os.O_NONBLOCK)

    def pull(self) -> None:
        """The file goes; who reads it comes to its end."""
        if self._fd >= 0:
            os.unlink(self.path)
            os.close(self._fd)
            self._fd = -1

    def waiting(self) -> int:
        """Bytes that nobody has read yet."""
        return int(struct.unpack("i", fcntl.ioctl(self._fd, termios.FIONREAD, bytes(4)))[0])

    def events(self, *events: tuple[int, int, int]) -> None:
        """Type, code, value of each."""
        os.write(self._fd, b"".join(_EVENT.pack(0, 0, kind, code, value) for kind, code, value in events))
