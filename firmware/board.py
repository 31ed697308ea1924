"""A microcontroller around its agent: its network, its own LED, its watchdog. ``/main.py`` comes here."""

import asyncio

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def main(board_path: str, tree: "dict[str, Any]") -> None:
    """Work for ever. ``tree`` is what boot.py chose."""
    asyncio.run(_work(board_path, tree))


async def _work(board_path: str, tree: "dict[str, Any]") -> None:
    await _ready(board_path, tree).run()


def _ready(board_path: str, tree: "dict[str, Any]") -> "Any":
    """The agent; what was needed to make it is forgotten."""
    from firmware.main import build, forget, settle_heap

    agent = build(board_path, _make_parts, tree, surround)
    forget()
    settle_heap()
    return agent


def _make_parts(board: "dict[str, Any]") -> "Any":
    """Not loaded in safe mode, which has no parts."""
    from firmware.parts import make_parts

    return make_parts(board)


def surround(board: "dict[str, Any]", agent: "Any") -> None:
    """Before the agent runs. Without network or LED the device still works: a press is kept."""
    from firmware.parts import status_led
    from firmware.platform.network import bring_up

    for what, build in (("network", bring_up), ("led", status_led)):
        try:
            built = build(board)
            if what == "led":
                agent.locator = built
        except (OSError, ValueError) as error:
            agent.note(what, error)
    timeout_ms = board.get("profile", {}).get("watchdog_ms", 0)
    if timeout_ms:
        from firmware.watchdog import Watchdog

        # Last: once it is awake nothing stops it.
        agent.watchdog = Watchdog(__import__("machine").WDT(timeout=timeout_ms), agent)
