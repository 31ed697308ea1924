"""What starts a Linux device again when its program hangs: the kernel's watchdog, systemd's, or who started it.

The kernel's (Documentation/watchdog/watchdog-api.rst): any byte written to the device file is a feed; ``V`` before it
is closed switches it off, so that a program that is ended in order does not restart the machine. systemd's
(sd_notify(3)): ``WATCHDOG=1`` to the socket named by ``NOTIFY_SOCKET``, for a service with ``WatchdogSec=``.
"""

import os
import socket


class KernelWatchdog:
    """Runs from the moment it is opened. Raises OSError when the machine has none, or it is in use."""

    def __init__(self, path: str = "/dev/watchdog") -> None:
        self._file = os.open(path, os.O_WRONLY)

    def feed(self) -> None:
        os.write(self._file, b"\0")

    def close(self) -> None:
        """Switch it off."""
        os.write(self._file, b"V")
        os.close(self._file)


class SystemdWatchdog:
    """``address`` is what systemd puts into ``NOTIFY_SOCKET``; an ``@`` in front means an abstract socket."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._socket.connect("\0" + address[1:] if address.startswith("@") else address)

    def feed(self) -> None:
        self._socket.send(b"WATCHDOG=1")

    def close(self) -> None:
        self._socket.close()


class PipeWatchdog:
    """``fd``: a pipe to the program that started this one, and that ends it when nothing comes any more."""

    def __init__(self, fd: int) -> None:
        os.set_blocking(fd, False)
        os.set_inheritable(fd, False)
        self._fd = fd

    def feed(self) -> None:
        """Raises SystemExit when nobody is there to start this program again."""
        try:
            os.write(self._fd, b"\0")
        except BlockingIOError:
            pass  # enough lies there
        except BrokenPipeError:
            raise SystemExit("nobody watches this program any more") from None

    def close(self) -> None:
        os.close(self._fd)


def find(environment: "dict[str, str]", path: str = "") -> "KernelWatchdog | SystemdWatchdog | None":
    """systemd's when it asks for one (``WATCHDOG_USEC``), else the kernel's at ``path`` when it is given, else none."""
    if environment.get("NOTIFY_SOCKET") and environment.get("WATCHDOG_USEC"):
        return SystemdWatchdog(environment["NOTIFY_SOCKET"])
    return KernelWatchdog(path) if path else None
