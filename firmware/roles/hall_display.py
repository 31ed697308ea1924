"""Hall display: who is called where, how many wait, one notice."""

import asyncio

from firmware.wire.messages.screen import ShowCalls, ShowLight

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


class HallDisplay:
    """Parts: ``screen``; ``sender``, where the screen is a LED wall. Page: ``calls``."""

    ACCEPTS = (ShowCalls, ShowLight)

    def __init__(self, settings: "dict[str, Any]", parts: "dict[str, Any]") -> None:
        self.outlet: "Any" = None
        self.fault = ""
        self._screen = self.found_by = parts["screen"]
        self._sender = parts.get("sender")
        self._show: "ShowCalls | None" = None
        self._is_connected = False

    async def run(self) -> None:
        """It only listens; a LED wall has work of its own."""
        self._display()
        if self._sender is not None:
            await self._sender.run()
        await asyncio.Event().wait()

    def shown(self, show: "Any", slot: "Any") -> None:
        """The newest calls, or how bright the wall shines."""
        if isinstance(show, ShowLight):
            if self._sender is not None:
                self._sender.light(show.percent)
            return
        self._show = show
        self._display()

    def connected(self, is_connected: bool) -> None:
        """The page says when it may be out of date."""
        self._is_connected = is_connected
        self._display()

    def _display(self) -> None:
        self._screen.display("calls", {"show": self._show, "is_connected": self._is_connected})

    def answered(self, request_name: str, answer: "Any") -> None:
        """Asks nothing."""

    def act(self, act: "Any") -> None:
        """No acts."""
