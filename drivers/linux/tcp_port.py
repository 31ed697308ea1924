"""A device on the network (a printer's port 9100, a controller): one TCP connection. A `drivers.ports.BytePort`."""

import asyncio
import errno
import os

STALL_S = 1.5  # neither connected nor a byte taken for so long: it is not there
READ_BYTES = 4096


class TcpPort:
    """Connects when first used. Every method raises OSError when the device is not there, hangs up or takes nothing."""

    def __init__(self, host: str, port: int, *, stall_s: float = STALL_S) -> None:
        self.name = f"{host}:{port}"
        self._host = host
        self._port = port
        self._stall_s = stall_s
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it was there when last used."""
        return self._streams is not None

    async def write(self, data: bytes) -> None:
        """Returns when nearly all of it is with the kernel."""
        _, writer = await self._opened()
        try:
            writer.write(data)
            await asyncio.wait_for(writer.drain(), self._stall_s)
        except TimeoutError:
            self.close()
            raise OSError(errno.ETIMEDOUT, "takes no more", self.name) from None
        except OSError:
            self.close()
            raise

    async def read(self, timeout_s: float) -> bytes:
        """What has come, at least one byte; empty when nothing came in time."""
        reader, _ = await self._opened()
        try:
            data = await asyncio.wait_for(reader.read(READ_BYTES), timeout_s)
        except TimeoutError:
            return b""
        except OSError:
            self.close()
            raise
        if not data:
            self.close()
            raise OSError(errno.ECONNRESET, os.strerror(errno.ECONNRESET), self.name)
        return data

    def close(self) -> None:
        """At once, and what was not sent yet is dropped; the next use connects again."""
        streams, self._streams = self._streams, None
        if streams is not None:
            streams[1].transport.abort()

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            try:
                connecting = asyncio.open_connection(self._host, self._port)
                self._streams = await asyncio.wait_for(connecting, self._stall_s)
            except TimeoutError:
                raise OSError(errno.ETIMEDOUT, "no answer", self.name) from None
            # What is written goes out now, or `drain` says that it does not.
            self._streams[1].transport.set_write_buffer_limits(0)
        return self._streams
