"""The network cable of a simulated device: an agent's way to the broker that a hand can pull out."""

from collections.abc import Callable
from typing import Any

from firmware.link.sockets import open_socket


class Cable:
    """Give `opener` to an agent."""

    def __init__(self) -> None:
        self.is_plugged = True
        self._socket: Any = None

    async def opener(self, host: str, port: int, tls: Any, received: Callable[[bytes], None]) -> Any:
        """As `firmware.link.sockets.open_socket`; OSError while the cable is out."""
        if not self.is_plugged:
            raise OSError("network unreachable: the cable is out")
        self._socket = await open_socket(host, port, tls, received)
        return self._socket

    def pull(self) -> None:
        """The connection ends at once; no goodbye gets through."""
        self.is_plugged = False
        if self._socket is not None:
            self._socket.close("the cable was pulled")
            self._socket = None

    def plug_in(self) -> None:
        """The next attempt of the agent succeeds."""
        self.is_plugged = True
