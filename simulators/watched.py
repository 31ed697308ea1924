"""A role with somebody watching: it does what it always does, and an onlooker notices what it shows."""

from collections.abc import Callable
from typing import Any


class Watched:
    """Stands between an agent and its role; ``on_shown(show, slot)``, ``on_connected(is_connected)`` come after it."""

    def __init__(self, role: Any, on_shown: Callable[[Any, int], None], on_connected: Callable[[bool], None]) -> None:
        self.ACCEPTS = role.ACCEPTS
        self._role = role
        self._on_shown = on_shown
        self._on_connected = on_connected

    @property
    def outlet(self) -> Any:
        return self._role.outlet

    @outlet.setter
    def outlet(self, outlet: Any) -> None:
        self._role.outlet = outlet

    @property
    def fault(self) -> str:
        return str(self._role.fault)

    @property
    def found_by(self) -> Any:
        return getattr(self._role, "found_by", None)

    async def run(self) -> None:
        await self._role.run()

    def shown(self, show: Any, slot: int) -> None:
        self._role.shown(show, slot)
        self._on_shown(show, slot)

    def act(self, act: Any) -> None:
        self._role.act(act)

    def answered(self, request_name: str, answer: Any) -> None:
        self._role.answered(request_name, answer)

    def found(self, answer: Any) -> None:
        self._role.found(answer)

    def connected(self, is_connected: bool) -> None:
        self._role.connected(is_connected)
        self._on_connected(is_connected)
