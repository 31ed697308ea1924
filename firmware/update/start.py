"""Gives a running agent its updater, and calls a start good when it was."""

import asyncio

from firmware.memory import forget

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

GOOD_S = 60  # a kept tree that ran so long, or was welcomed by the hub, started well
LOOK_S = 0.2


def make_updater(agent: "Any", board: "dict[str, Any]") -> "Any":
    """``board["tree"]`` says where the running tree is: ``root``, ``slot``, ``start``."""
    from firmware.update.slots import Slots
    from firmware.update.updater import Updater

    tree = board["tree"]
    updater = Updater(agent, board, Slots(tree["root"], tree["slot"]), tree["start"])
    for name in ("trial_s", "safe_s", "retry_s"):  # an operator's choice
        setattr(updater, name, board.get("update", {}).get(name, getattr(updater, name)))
    return updater


def watch(agent: "Any", board: "dict[str, Any]") -> None:
    """A start that is not a usual one: of a tree on trial, in safe mode, or counted."""
    if board["tree"]["start"] != "normal":
        agent.updates()
    elif board["tree"]["is_counted"]:
        agent.begin("start", lambda: end_count(agent, board["tree"]["root"]))


async def end_count(agent: "Any", root: str) -> None:
    """This start is counted; end the count when it went well."""
    for _ in range(int(GOOD_S / LOOK_S)):
        if agent.clock_ms() is not None:
            break
        await asyncio.sleep(LOOK_S)
    from firmware.update.good import call_good

    call_good(root)
    if not agent.is_updating():
        forget("firmware.update", "firmware.memory")
