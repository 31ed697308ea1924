"""HTTP GET from the hub, resumable: HTTP/1.1 (RFC 9110), ranges (14.2), one connection per file.

The hub serves files by digest from one folder, so a URL never changes its content. What is fetched is checked against a
signed digest by the caller: the way there need not be trusted.
"""

import asyncio

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

CHUNK = 512  # bytes
SILENCE_S = 15  # without a byte: given up
MAX_HEADERS = 40
MAX_LINE = 512


def split(url: str) -> "tuple[str, int, str]":
    """``http://host[:port][/path]`` → (host, port, path without a slash at its end). Raises ValueError."""
    if not url.startswith("http://"):
        raise ValueError("url: http:// expected, not %s" % url[:40])
    place, _, path = url[7:].partition("/")
    host, _, port = place.partition(":")
    if not host or (port and not port.isdigit()):
        raise ValueError("url: http://host:port expected, not %s" % url[:40])
    path = "/" + path if path else ""
    while path.endswith("/"):
        path = path[:-1]
    return host, int(port or 80), path


class HttpSource:
    """Where the files of a tree are, by digest."""

    def __init__(self, url: str) -> None:
        self._host, self._port, self._path = split(url)

    async def fetch(self, name: str, offset: int, take: "Any", begin: "Any" = None) -> None:
        """Call ``take(bytes)`` with the content of ``name`` from byte ``offset`` to its end; raises OSError.

        Before that ``begin(bytes that will come)``.
        """
        reader, writer = await _within(asyncio.open_connection(self._host, self._port))
        try:
            ask = "GET %s/%s HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n" % (
                self._path,
                name,
                self._host,
                self._port,
            )
            if offset:
                ask += "Range: bytes=%d-\r\n" % offset
            writer.write((ask + "\r\n").encode())
            await writer.drain()
            status, left = await _head(reader, offset)
            if status != (206 if offset else 200):
                raise OSError("hub answers %d for %s" % (status, name[:12]))
            if begin:
                begin(left)
            while left:
                chunk = await _within(reader.read(min(CHUNK, left)))
                if not chunk:
                    raise OSError("connection ended %d bytes too early" % left)
                left -= len(chunk)
                take(chunk)
        finally:
            writer.close()
            try:
                await writer.wait_closed()
            except OSError:
                pass

    async def small(self, name: str, max_bytes: int) -> bytearray:
        """The whole of a small file; raises OSError, also when it is longer than ``max_bytes``.

        Its memory is taken at once: pieces that are put together would be there twice.
        """
        whole = bytearray()
        at = 0

        def begin(length: int) -> None:
            nonlocal whole
            if length > max_bytes:
                raise OSError("%s is longer than %d bytes" % (name[:12], max_bytes))
            whole = bytearray(length)

        def take(chunk: bytes) -> None:
            nonlocal at
            whole[at : at + len(chunk)] = chunk
            at += len(chunk)

        await self.fetch(name, 0, take, begin)
        return whole


async def _head(reader: "Any", offset: int) -> "tuple[int, int]":
    """(status, bytes that follow) of a response to a request from byte ``offset`` on."""
    words = (await _line(reader)).split(b" ")
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
        raise OSError("not an HTTP answer")
    length = -1
    for _ in range(MAX_HEADERS):
        line = await _line(reader)
        if not line:
            break
        name, _, value = line.partition(b":")
        name, value = name.lower(), value.strip()
        if name == b"content-length" and value.isdigit():
            length = int(value)
        if name == b"content-range" and not value.startswith(b"bytes %d-" % offset):
            raise OSError("hub sends another range: " + str(value, "ascii"))
    if length < 0:
        raise OSError("no length in the hub's answer")
    return int(words[1]), length


async def _line(reader: "Any") -> bytes:
    line: bytes = await _within(reader.readline())
    if not line.endswith(b"\n") or len(line) > MAX_LINE:
        raise OSError("broken line in the hub's answer")
    return line.strip()


async def _within(waiting: "Any") -> "Any":
    """What is awaited, or OSError after `SILENCE_S`."""
    try:
        return await asyncio.wait_for(waiting, SILENCE_S)
    except asyncio.TimeoutError:
        raise OSError("the hub is silent for %d s" % SILENCE_S)
