"""A serial line of the board; the far end is in the supervisor's hands."""

# mypy: ignore-errors
import io
import select
import time

import far

_FILENO = 10  # MP_STREAM_GET_FILENO: lets the poller sleep in the kernel
_POLL, _POLL_IN, _POLL_OUT = 3, 1, 4


class UART(io.IOBase):
    """Waits for nothing but ``timeout`` ms when it reads."""

    def __init__(self, id, baudrate=9600, **more):
        if not 0 <= id < len(far.UARTS):
            raise ValueError(f"UART({id}) doesn't exist")
        self._fd = far.UARTS[id]
        self._file = open(self._fd, "r+b")
        self._poll = select.poll()
        self._poll.register(self._file, select.POLLIN)
        self._come = b""
        self._timeout_ms = 0
        self.init(baudrate, **more)

    def init(self, baudrate=9600, *, timeout=0, **more):
        self._timeout_ms = timeout

    def deinit(self):
        pass

    def _take(self):
        while self._poll.poll(0):
            data = self._file.read(256)
            if not data:
                return
            self._come += data

    def any(self):
        self._take()
        return len(self._come)

    def _cut(self, count):
        data, self._come = self._come[:count], self._come[count:]
        return data or None

    def read(self, count=-1):
        until = time.ticks_add(time.ticks_ms(), self._timeout_ms)
        while True:
            self._take()
            left = time.ticks_diff(until, time.ticks_ms())
            if left <= 0 or 0 <= count <= len(self._come):
                return self._cut(len(self._come) if count < 0 else count)
            self._poll.poll(left)

    def readinto(self, buffer, count=-1):
        data = self.read(len(buffer) if count < 0 else min(count, len(buffer)))
        if data is None:
            return None
        buffer[: len(data)] = data
        return len(data)

    def readline(self):
        until = time.ticks_add(time.ticks_ms(), self._timeout_ms)
        while True:
            self._take()
            end = self._come.find(b"\n") + 1
            left = time.ticks_diff(until, time.ticks_ms())
            if end or left <= 0:
                return self._cut(end or len(self._come))
            self._poll.poll(left)

    def write(self, data):
        return self._file.write(data)

    def flush(self):
        pass

    def txdone(self):
        return True

    def sendbreak(self):
        self.write(b"\x00")

    def ioctl(self, request, argument):
        if request == _FILENO and not self._come:
            return self._fd
        if request == _POLL:
            return argument & ((_POLL_IN if self.any() else 0) | _POLL_OUT)
        return 0 if request == 4 else -1  # 4: close
