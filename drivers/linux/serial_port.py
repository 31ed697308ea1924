"""A serial line (/dev/ttyS1): speed and flow control set, nobody else on it. A `drivers.ports.BytePort`."""

import asyncio
import errno
import termios

import serial

from drivers.linux.device_file import STALL_S, DeviceFile

DRAIN_LOOK_S = 0.002  # twice a byte's time at 9600 baud


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

    async def write(self, data: bytes) -> None:
        """Returns when all of it is on the line: what is asked next need not queue behind it in the kernel."""
        await super().write(data)
        loop = asyncio.get_running_loop()
        least, moved_s = len(data) + 1, loop.time()
        while (left := self._left()) > 0:
            if left < least:
                least, moved_s = left, loop.time()
            elif loop.time() - moved_s > self._stall_s:
                self.close()
                raise OSError(errno.ETIMEDOUT, "takes no more", self.name)
            await asyncio.sleep(DRAIN_LOOK_S)

    def close(self) -> None:
        """The next use opens it again."""
        self._fd = -1
        line, self._line = self._line, None
        if line is None:
            return
        try:
            line.reset_output_buffer()  # or closing waits, up to half a minute, for a far side that takes nothing
        except (OSError, termios.error):
            pass
        line.close()

    def _left(self) -> int:
        """Bytes in the kernel that are not on the line yet."""
        try:
            return int(self._line.out_waiting) if self._line is not None else 0
        except OSError:
            self.close()
            raise

    def _open(self) -> int:
        self._line = serial.Serial(self.name, timeout=0, write_timeout=0, exclusive=True, **self._settings)
        return int(self._line.fileno())
