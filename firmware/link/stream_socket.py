"""The connection of `sockets` on MicroPython: two small tasks around an asyncio stream."""

import asyncio

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

MAX_UNSENT = 8192  # bytes
READ_BYTES = 512
OPEN_S = 10
FLUSH_TRIES = 20  # of 10 ms
_IPPROTO_TCP = 6
_TCP_NODELAY = 1


class StreamSocket:
    def __init__(self, stream: "Any", received: "Any") -> None:
        self.reason = ""
        self._stream = stream
        self._received = received
        self._unsent = b""
        self._end = asyncio.Event()
        self._wake = asyncio.Event()
        self._tasks = [asyncio.create_task(self._guard(self._read)), asyncio.create_task(self._guard(self._send))]

    def write(self, data: bytes) -> None:
        if self.reason:
            return
        if len(self._unsent) + len(data) > MAX_UNSENT:
            self.close("the other side does not read")
            return
        self._unsent += data
        self._wake.set()

    async def closed(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._end.wait(), seconds)
        except asyncio.TimeoutError:
            return False
        return True

    def close(self, reason: str = "closed") -> None:
        if not self.reason:
            self.reason = reason
            self._end.set()

    async def _guard(self, work: "Any") -> None:
        try:
            await work()
        except (OSError, ValueError) as error:  # ValueError: a certificate that is not right
            self.close(" ".join(str(error).split()) or type(error).__name__)  # mbedTLS ends its lines

    async def _read(self) -> None:
        while not self.reason:
            data = await self._stream.read(READ_BYTES)
            if not data:
                self.close("closed by the other side")
            elif not self.reason:
                self._received(data)

    async def _send(self) -> None:
        while True:
            await self._wake.wait()
            data, self._unsent = self._unsent, b""
            self._stream.write(data)
            await self._stream.drain()
            if not self._unsent:
                self._wake.clear()

    async def release(self) -> None:
        """End both tasks, then give the socket back; a task must not wait on a socket that is gone."""
        for _ in range(FLUSH_TRIES):
            if not self._wake.is_set():
                break
            await asyncio.sleep(0.01)
        for task in self._tasks:
            task.cancel()
        self._stream.close()
        await self._stream.wait_closed()


async def open_socket(host: str, port: int, tls: "Any", received: "Any") -> StreamSocket:
    """Connect; ``tls`` is an `ssl.SSLContext` or None. A certificate that is not right ends the connection later."""
    stream: "Any" = (await asyncio.wait_for(asyncio.open_connection(host, port), OPEN_S))[0]
    stream.s.setsockopt(_IPPROTO_TCP, _TCP_NODELAY, 1)
    if tls:
        # The handshake is done by the first write.
        wrapped: "Any" = tls.wrap_socket(stream.s, server_hostname=host, do_handshake_on_connect=False)
        stream = asyncio.StreamReader(wrapped)
    return StreamSocket(stream, received)
