"""An input device that the kernel believes in (linux/uinput.h), for the hands in `simulators.parts`."""

import fcntl
import os
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path

from simulators.parts.input_device import EV_ABS, EV_KEY

_EVENT = struct.Struct("qqHHi")
_SET_EVBIT, _SET_KEYBIT, _SET_ABSBIT = 0x40045564, 0x40045565, 0x40045567
_SETUP, _ABS_SETUP, _CREATE, _DESTROY = 0x405C5503, 0x401C5504, 0x5501, 0x5502
_SYSNAME_BYTES = 64
_GET_SYSNAME = 0x8000552C | _SYSNAME_BYTES << 16


class UinputDevice:
    """Takes the place of `simulators.parts.input_device.InputFile`. ``path`` leads to the device as udev's links do.

    ``axes``: least and greatest value of each.
    """

    def __init__(self, link: Path, keys: Iterable[int] = (), axes: Mapping[int, tuple[int, int]] | None = None) -> None:
        self.path = str(link)
        self._keys = list(keys)
        self._axes = dict(axes or {})
        self._fd = -1
        self.plug_in()

    def plug_in(self) -> None:
        """The kernel has a new device."""
        self._fd = os.open("/dev/uinput", os.O_WRONLY)
        for kind, bit, codes in ((EV_KEY, _SET_KEYBIT, self._keys), (EV_ABS, _SET_ABSBIT, list(self._axes))):
            if codes:
                fcntl.ioctl(self._fd, _SET_EVBIT, kind)
            for code in codes:
                fcntl.ioctl(self._fd, bit, code)
        for code, (least, greatest) in self._axes.items():
            fcntl.ioctl(self._fd, _ABS_SETUP, struct.pack("=HH6i", code, 0, 0, least, greatest, 0, 0, 0))
        fcntl.ioctl(self._fd, _SETUP, struct.pack("=4H80sI", 3, 0x1209, 1, 1, b"lab", 0))
        fcntl.ioctl(self._fd, _CREATE)
        name = fcntl.ioctl(self._fd, _GET_SYSNAME, bytes(_SYSNAME_BYTES)).rstrip(b"\0").decode()
        event = next(Path("/sys/class/input", name).glob("event*")).name
        Path(self.path).symlink_to(Path("/dev/input", event))

    def pull(self) -> None:
        """It is gone."""
        if self._fd >= 0:
            os.unlink(self.path)
            fcntl.ioctl(self._fd, _DESTROY)
            os.close(self._fd)
            self._fd = -1

    def events(self, *events: tuple[int, int, int]) -> None:
        """Type, code, value of each."""
        os.write(self._fd, b"".join(_EVENT.pack(0, 0, kind, code, value) for kind, code, value in events))
