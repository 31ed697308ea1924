"""Hall display: who is called where, how many wait, one notice."""

import asyncio

from firmware.wire.messages.screen import ShowCalls

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


class HallDisplay:
    """Part: ``screen``. Page: ``calls``."""

    ACCEPTS = (ShowCalls,)

    def __init__(self, settings: "dict[str, Any]", parts: "dict[str, Any]") -> None:
        self.outlet: "Any" = None
        self.fault = ""
        self._screen = self.found_by = parts["screen"]
        self._show: "ShowCalls | None" = None
        self._is_connected = False

    async def run(self) -> None:
        """Nothing to wait for: it only listens."""
        self._display()
        await asyncio.Event().wait()

    def shown(self, show: "ShowCalls", slot: "Any") -> None:
        """The newest calls."""
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
