"""A microcontroller at work: ``/main.py`` comes here. Small, as it is in memory as long as the board runs."""

import asyncio

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def main(board_path: str, tree: "dict[str, Any]") -> None:
    """Work for ever. ``tree`` is what boot.py chose."""
    asyncio.run(_work(board_path, tree))


async def _work(board_path: str, tree: "dict[str, Any]") -> None:
    from firmware.metal import ready

    running = ready(board_path, tree).run()
    del ready, board_path, tree  # which would keep all that only the start needs
    await running
