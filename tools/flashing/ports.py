"""Serial ports of this computer: whether one can be had, and if not, why and who has it."""

import errno
import os
from pathlib import Path

from serial.tools import list_ports

from tools.flashing.faults import FlashFault


def check(port: str) -> None:
    """Raises FlashFault when ``port`` is not there or may not be used. It may still be busy."""
    if not os.path.exists(port):
        raise FlashFault("no_port", port=port, known=", ".join(seen()) or "-")
    if not os.access(port, os.R_OK | os.W_OK):
        raise FlashFault("no_permission", port=port)


def seen() -> list[str]:
    """The serial ports of devices that are plugged in."""
    return sorted(item.device for item in list_ports.comports() if item.vid is not None)


def trouble(port: str, error: OSError) -> FlashFault:
    """Why ``port`` could not be opened."""
    code = error.errno or getattr(error.__cause__ or error.__context__, "errno", None)
    if not os.path.exists(port) or code in (errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.EIO):
        return FlashFault("no_port", port=port, known=", ".join(seen()) or "-")
    if code in (errno.EACCES, errno.EPERM):
        return FlashFault("no_permission", port=port)
    return FlashFault("port_busy", port=port, who=who_has(port) or "?")


def who_has(port: str) -> str:
    """The programs that have the port open, as ``name (pid)``; only those of this user can be seen without root."""
    device = os.path.realpath(port)
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if device in map(_leads_to, (process / "fd").iterdir()):
                found.append(f"{(process / 'comm').read_text().strip()} ({process.name})")
        except OSError:
            continue  # of somebody else, or just gone
    return ", ".join(sorted(found))


def _leads_to(link: Path) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""
