"""An HTTP server inside the hub: it leaves signals to the hub, and ends when it is told to."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn


class WebServer(uvicorn.Server):
    """Serves ``app`` (ASGI)."""

    def __init__(self, app: Any) -> None:
        super().__init__(uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=2))

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the hub's business."""
        yield


class OpenServer:
    """One that begins to listen with `open` and ends with `close`."""

    def __init__(self, app: Any) -> None:
        self.port = 0
        self._app = app
        self._server: WebServer | None = None
        self._task: asyncio.Task[None] | None = None
        self._socket: socket.socket | None = None

    async def open(self, host: str, port: int) -> None:
        """``port`` 0 takes any that is free. Raises OSError when it is taken."""
        self._socket = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.port = self._socket.getsockname()[1]
        self._server = WebServer(self._app)
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))

    async def close(self) -> None:
        """Harmless when it was not open."""
        if self._server is None or self._task is None or self._socket is None:
            return
        self._server.should_exit = True
        await self._task
        self._socket.close()
        self._server = self._task = self._socket = None
