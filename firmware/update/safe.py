"""The role of safe mode: none. Link and updates work, whatever keeps the real role from starting."""

import asyncio

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


class SafeMode:
    """Only waits: the updater ends it, by an update or after a while by one more normal start."""

    ACCEPTS = ()
    outlet: "Any" = None
    fault = "safe mode: started badly too often"

    async def run(self) -> None:
        while True:
            await asyncio.sleep(3600)

    def shown(self, show: "Any", slot: "Any") -> None:
        """Nothing to show."""

    def act(self, act: "Any") -> None:
        """No acts."""

    def answered(self, request_name: str, answer: "Any") -> None:
        """What the outbox kept reached the hub."""

    def connected(self, is_connected: bool) -> None:
        """Nothing to see."""

    def self_test(self) -> str:
        return self.fault
