"""The connection of `sockets` on MicroPython: a bare socket and a small task, without asyncio's streams.

Those would cost a board 4 kB of heap for what is not used here.
"""

import asyncio
import errno
import select
import socket

from micropython import const  # type: ignore[import-not-found,unused-ignore]

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

_MAX_UNSENT = const(8192)  # bytes
_READ_BYTES = const(256)  # more in one piece is hard to find in a small heap
_OPEN_MS = const(10000)
_LOOK_MS = const(50)  # how often it is looked whether the connection is open, or has ended
_FLUSH_LOOKS = const(4)
_IPPROTO_TCP = const(6)
_TCP_NODELAY = const(1)


def _ready(queue: "Any", connection: "Any") -> "Any":
    """Waits in the event loop's poll, as asyncio's own streams do."""
    yield queue(connection)


class StreamSocket:
    def __init__(self, connection: "Any", received: "Any") -> None:
        self.reason = ""
        self._connection = connection
        self._received = received
        self._unsent = b""
        self._sending: "Any" = None  # a task, when the network took not all at once
        self._reading = asyncio.create_task(self._read())

    def write(self, data: bytes) -> None:
        if self.reason:
            return
        if len(self._unsent) + len(data) > _MAX_UNSENT:
            self.close("the other side does not read")
            return
        self._unsent += data
        if not self._sending:
            self._push()
            if self._unsent and not self.reason:
                self._sending = asyncio.create_task(self._send())

    async def closed(self, seconds: float) -> bool:
        left_ms = int(seconds * 1000)
        while left_ms > 0 and not self.reason:
            await asyncio.sleep(min(left_ms, _LOOK_MS) / 1000)
            left_ms -= _LOOK_MS
        return bool(self.reason)

    def close(self, reason: str = "closed") -> None:
        self.reason = self.reason or reason

    async def release(self) -> None:
        """End the tasks, then give the socket back; a task must not wait on a socket that is gone."""
        for _ in range(_FLUSH_LOOKS):  # once at least: what arrives after the end would cancel what is on its way
            await asyncio.sleep(_LOOK_MS / 1000)
            if not self._sending:
                break
        self._reading.cancel()
        if self._sending:
            self._sending.cancel()
        self._connection.close()

    def _fail(self, error: Exception) -> None:
        self._unsent = b""
        self.close(" ".join(str(error).split()) or type(error).__name__)  # mbedTLS ends its lines

    def _push(self) -> None:
        """Give the network what it takes at once. ValueError: a certificate that is not right."""
        try:
            taken = self._connection.write(self._unsent)
        except (OSError, ValueError) as error:
            return self._fail(error)
        if taken:
            self._unsent = self._unsent[taken:]

    async def _send(self) -> None:
        queue: "Any" = asyncio.core._io_queue  # type: ignore[attr-defined]
        while self._unsent:
            await _ready(queue.queue_write, self._connection)
            self._push()
        self._sending = None

    async def _read(self) -> None:
        queue: "Any" = asyncio.core._io_queue  # type: ignore[attr-defined]
        try:
            while not self.reason:
                await _ready(queue.queue_read, self._connection)
                data = self._connection.read(_READ_BYTES)
                if data:
                    self._received(data)
                elif data is not None:  # None: TLS wants to read more before it has something
                    self.close("closed by the other side")
        except Exception as error:  # no memory for what came, say: a new connection brings it again
            self._fail(error)


async def open_socket(host: str, port: int, tls: "Any", received: "Any") -> StreamSocket:
    """Connect; ``tls`` is an `ssl.SSLContext` or None. A certificate that is not right ends the connection later.

    Raises OSError, asyncio.TimeoutError.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0]
    connection: "Any" = socket.socket(family, kind, protocol)
    try:
        await _connect(connection, address)
        connection.setsockopt(_IPPROTO_TCP, _TCP_NODELAY, 1)
        if tls:
            # The handshake is done by the first write.
            connection = tls.wrap_socket(connection, server_hostname=host, do_handshake_on_connect=False)
    except BaseException:
        connection.close()
        raise
    return StreamSocket(connection, received)


async def _connect(connection: "Any", address: "Any") -> None:
    connection.setblocking(False)
    try:
        connection.connect(address)
    except OSError as error:
        if error.errno != errno.EINPROGRESS:
            raise
    poll = select.poll()
    poll.register(connection, select.POLLOUT)
    for _ in range(_OPEN_MS // _LOOK_MS):
        if poll.poll(0):
            return
        await asyncio.sleep(_LOOK_MS / 1000)
    raise asyncio.TimeoutError
