"""A bounded queue between two tasks; asyncio.Queue is not on MicroPython."""

import asyncio

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


class Handover:
    """First in, first out, at most ``limit`` items."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._items: "list[Any]" = []
        self._filled = asyncio.Event()

    def give(self, item: "Any") -> bool:
        """False when there is no room: the item is not taken."""
        if len(self._items) >= self.limit:
            return False
        self._items.append(item)
        self._filled.set()
        return True

    async def take(self) -> "Any":
        """The oldest item, as soon as there is one."""
        while not self._items:
            self._filled.clear()
            await self._filled.wait()
        return self._items.pop(0)

    def __len__(self) -> int:
        return len(self._items)
