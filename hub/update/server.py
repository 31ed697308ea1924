"""Serves the shelf to devices over HTTP: GET of one file by digest, whole or from a byte on (RFC 9110, 14).

No TLS and no password: nothing here is secret, and devices check every byte against a signed digest.
"""

import asyncio
import re
from pathlib import Path

MAX_HEAD_BYTES = 4096
HEAD_S = 10  # for a request to arrive
SEND_S = 60  # for a device to take what is sent
MAX_AT_ONCE = 64
CHUNK = 16384
_NAME = re.compile(r"/updates/([0-9a-f]{64}(?:\.sig)?)")
_RANGE = re.compile(r"\r\nrange: *bytes=(\d{1,12})-\r\n", re.IGNORECASE)


class ShelfServer:
    """``await open(host, port)``; ``port`` is the one it got. Who asks for something else is told no, briefly."""

    def __init__(self, folder: Path) -> None:
        self.port = 0
        self.served_bytes = 0
        self._folder = folder
        self._server: asyncio.Server | None = None
        self._room = asyncio.Semaphore(MAX_AT_ONCE)

    async def open(self, host: str, port: int = 0) -> "ShelfServer":
        """Listen. Raises OSError."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=MAX_HEAD_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def url(self, host: str) -> str:
        """What devices are told."""
        return f"http://{host}:{self.port}/updates"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with self._room, asyncio.timeout(HEAD_S):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            async with self._room, asyncio.timeout(SEND_S):
                await self._answer(writer, head)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the device has gone, or is none; it will ask again
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, head: str) -> None:
        method, path, *_ = [*head.split("\r\n", 1)[0].split(" "), "", ""]
        named = _NAME.fullmatch(path)
        if method != "GET" or named is None:
            return await _say(writer, "404 Not Found" if method == "GET" else "405 Method Not Allowed")
        try:
            file = (self._folder / named[1]).open("rb")
        except OSError:
            return await _say(writer, "404 Not Found")
        with file:
            size = file.seek(0, 2)
            ranged = _RANGE.search(head)
            first = int(ranged[1]) if ranged else 0
            if ranged and first >= size:
                return await _say(writer, "416 Range Not Satisfiable", f"Content-Range: bytes */{size}\r\n")
            file.seek(first)
            extra = f"Content-Range: bytes {first}-{size - 1}/{size}\r\n" if ranged else ""
            await _say(writer, "206 Partial Content" if ranged else "200 OK", extra, size - first)
            while chunk := file.read(CHUNK):
                writer.write(chunk)
                await writer.drain()
                self.served_bytes += len(chunk)


async def _say(writer: asyncio.StreamWriter, status: str, extra: str = "", length: int = 0) -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{extra}\r\n"
    writer.write(head.encode())
    await writer.drain()
