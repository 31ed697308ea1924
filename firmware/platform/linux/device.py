"""The tree's side of a Linux device: runs the agent, says goodbye when it is told to end, feeds its watchdog."""

import asyncio
import os
import signal
from typing import Any

from drivers.linux import watchdog
from firmware.main import run
from firmware.watchdog import Watchdog


def main(board_path: str, tree: dict[str, Any] | None = None) -> None:
    """Work until SIGTERM. ``tree``: what the launcher chose; None for a device without slots."""
    asyncio.run(_work(board_path, tree))


async def _work(board_path: str, tree: dict[str, Any] | None) -> None:
    working = asyncio.ensure_future(run(board_path, _make_parts, tree, surround))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, working.cancel)
    try:
        await working
    except asyncio.CancelledError:
        pass


def _make_parts(board: dict[str, Any]) -> Any:
    """Not loaded in safe mode, which has no parts."""
    from firmware.parts import make_parts

    return make_parts(board)


def surround(board: dict[str, Any], agent: Any) -> None:
    """The launcher's pipe; started without it, systemd's watchdog where that asks for one."""
    tree = board.get("tree", {})
    port = watchdog.PipeWatchdog(tree["feed"]) if "feed" in tree else watchdog.find(dict(os.environ))
    if port is not None:
        agent.watchdog = Watchdog(port, agent)
