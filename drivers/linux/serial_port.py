"""A serial line (/dev/ttyS1): speed and flow control set, nobody else on it. A `drivers.ports.BytePort`."""

import serial

from drivers.linux.device_file import STALL_S, DeviceFile


class SerialPort(DeviceFile):
    """``parity``: N, E or O. ``rtscts`` stops at the far side's CTS, ``xonxoff`` at its XOFF.

    As `DeviceFile`: opened when first used, and anew after a fault. Opening throws away what came before.
    """

    is_empty_the_end = True

    def __init__(
        self,
        path: str,
        baud: int = 9600,
        *,
        parity: str = "N",
        rtscts: bool = False,
        xonxoff: bool = False,
        stall_s: float = STALL_S,
    ) -> None:
        super().__init__(path, stall_s=stall_s)
        self._settings = {"baudrate": baud, "parity": parity, "rtscts": rtscts, "xonxoff": xonxoff}
        self._line: serial.Serial | None = None

    def close(self) -> None:
        """The next use opens it again."""
        self._fd = -1
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _open(self) -> int:
        self._line = serial.Serial(self.name, timeout=0, write_timeout=0, exclusive=True, **self._settings)
        return int(self._line.fileno())
