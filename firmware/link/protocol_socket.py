"""The connection of `sockets` where asyncio has protocols: no task of its own, one call for each piece that arrives."""

import asyncio
from collections.abc import Callable
from typing import Any

MAX_UNSENT = 65536  # bytes
OPEN_S = 10
GOODBYE_S = 1  # for the other side's goodbye, with TLS


class ProtocolSocket(asyncio.Protocol):
    def __init__(self, received: Callable[[bytes], None]) -> None:
        self.reason = ""
        self._received = received
        self._transport: Any = None  # asyncio.Transport; proactor and TLS ones share no class with the plain one
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._is_slow = False
        # Done when the socket is given back; a TLS transport may then be asked nothing any more.
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # asyncio has set TCP_NODELAY

    def data_received(self, data: bytes) -> None:
        if not self.reason:
            self._received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone.set_result(None)
        self.close(str(exc) if exc else "closed by the other side")

    def pause_writing(self) -> None:
        self._is_slow = True

    def resume_writing(self) -> None:
        self._is_slow = False

    def write(self, data: bytes) -> None:
        if self.reason:
            return
        self._transport.write(data)
        if self._is_slow and self._transport.get_write_buffer_size() > MAX_UNSENT:
            self.close("the other side does not read")

    async def closed(self, seconds: float) -> bool:
        # Not wait_for: before Python 3.12 it swallows a cancellation that comes with the end.
        done, _ = await asyncio.wait((self._end,), timeout=seconds)
        return bool(done)

    def close(self, reason: str = "closed") -> None:
        if not self.reason:
            self.reason = reason
            self._end.set_result(None)
            if not self._gone.done():
                self._transport.close()  # sends what is still in its buffer

    async def release(self) -> None:
        if self._gone.done():
            return
        if self._transport.get_write_buffer_size():
            self._transport.abort()  # who does not read by now never will
        await asyncio.wait((self._gone,), timeout=GOODBYE_S)
        if not self._gone.done():
            self._transport.abort()
            await asyncio.sleep(0)


async def open_socket(host: str, port: int, tls: Any, received: Callable[[bytes], None]) -> ProtocolSocket:
    """Connect; ``tls`` is an `ssl.SSLContext` or None. Raises OSError: certificate errors and timeouts too."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(OPEN_S):
        _, protocol = await loop.create_connection(
            lambda: ProtocolSocket(received), host, port, ssl=tls, server_hostname=host if tls else None
        )
    return protocol
