"""How a controller of LEDs is reached: its TCP port, or a serial line. Both can be pulled."""

import asyncio
from typing import Any, Protocol

from simulators.parts.serial_line import PtyLine


class Controller(Protocol):
    """What is at the far end."""

    def hear(self, data: bytes) -> bytes:
        """Bytes from the cable; returns those that it answers."""
        ...


class OnNetwork:
    """The controller's TCP port: `plug_in` before anything else, `pull` takes the cable out."""

    def __init__(self, controller: Controller) -> None:
        self.port = 0
        self._controller = controller
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def plug_in(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port, reuse_address=True)
        self.port = self._server.sockets[0].getsockname()[1]

    async def pull(self) -> None:
        """The connection breaks, and there is no other."""
        if self._server is not None:
            self._server.close()
            for _ in range(3):  # who was accepted this moment has a writer after a turn or two of the loop
                await asyncio.sleep(0)
            for writer in list(self._writers):
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while data := await reader.read(4096):
                writer.write(self._controller.hear(data))
        except OSError:
            pass
        finally:
            self._writers.discard(writer)
            writer.close()


def on_line(controller: Controller, link: str) -> PtyLine:
    """The controller at the end of a serial line whose device file is ``link``."""
    line: Any = None

    def hear(data: bytes) -> None:
        answer = controller.hear(data)
        if answer:
            line.say(answer)

    line = PtyLine(link, hear)
    return line  # type: ignore[no-any-return]
