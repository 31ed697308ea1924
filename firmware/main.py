"""Starts a device: reads board.json, has its parts built, runs the agent with the role of its kind."""

import gc

if hasattr(gc, "threshold"):
    # While code is loaded: collect often, or what stays for ever comes to lie between what does not.
    gc.threshold(1024)

import asyncio
import json
import sys

from firmware import memory

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

ONLY_AT_START = (
    "firmware.first_words",
    "firmware.link.tls",
    "firmware.main",
    "firmware.memory",
    "firmware.metal",
    "firmware.part_watch",
    "firmware.parts",
    "firmware.platform",
    "firmware.roles",
    "firmware.update.safe",
    "firmware.wire.messages.device",
    "firmware.wire.messages.help",
    "firmware.wire.messages.part",
    "drivers",
)
_MUST = ("site", "device", "kind", "version", "broker", "user", "password", "data")


def read_board(path: str) -> "dict[str, Any]":
    """What board.json says; raises ValueError with what is wrong and what to do."""
    with open(path) as file:
        try:
            board: "dict[str, Any]" = json.load(file)
        except ValueError:
            raise ValueError(path + ": not JSON; provision the board again")
    if not isinstance(board, dict):
        raise ValueError(path + ": object expected; provision the board again")
    broker = board.get("broker")
    missing = [key for key in _MUST if key not in board]
    missing += ["broker." + key for key in ("host", "port") if not isinstance(broker, dict) or key not in broker]
    if missing:
        raise ValueError("%s: %s missing; provision the board again" % (path, ", ".join(missing)))
    return board


def role_class(kind: str) -> "Any":
    """``help_button`` → firmware.roles.help_button.HelpButton; no other role is loaded. Raises ValueError."""
    name = "".join([word[:1].upper() + word[1:] for word in kind.split("_")])
    try:
        return getattr(__import__("firmware.roles." + kind, None, None, (name,)), name)
    except ImportError as error:
        raise ValueError("no role for kind %s on this board (%s); provision it again or update it" % (kind, error))


def tell_tree(board: "dict[str, Any]", tree: "dict[str, Any]") -> None:
    """What runs is what the manifest of the tree says, not what board.json said when it was written."""
    board["tree"] = tree
    why = {"trial": "update", "safe": "safe"}
    board["reset_cause"] = why.get(tree["start"]) or tree.get("cause", "unknown")
    try:
        with open("%s/slots/%s/manifest.json" % (tree["root"], tree["slot"]), "rb") as file:
            file.seek(max(0, file.seek(0, 2) - 64))
            tail = file.read()
    except OSError:
        return
    # The last key of a manifest, as its keys are sorted: reading all of it would take a small board's memory.
    version = tail.partition(b'"version":"')[2]
    if version.endswith(b'"}'):
        board["version"] = str(version[:-2], "ascii")


def build(board_path: str, make_parts: "Any", tree: "dict[str, Any] | None" = None, surround: "Any" = None) -> "Any":
    """The agent, ready to run. ``make_parts(board)`` gives the parts that the role uses; the platform brings it.

    ``tree``: what `firmware.update.boot` chose, on boards that have slots. ``surround(board, agent)``: what the
    platform does before the agent runs.
    """
    board = read_board(board_path)
    if tree:
        tell_tree(board, tree)
    parts: "dict[str, Any]" = {}
    role: "Any" = None
    if tree and tree["start"] == "safe":
        from firmware.update.safe import SafeMode

        role = SafeMode()
    else:
        parts = make_parts(board)
    from firmware.agent import Agent  # now: what only parts needed while they were made is gone

    if not role:
        role = role_class(board["kind"])(board.get("settings", {}), parts)

    agent = Agent(board, role, log=print)
    agent.parts = parts
    if [part for part in parts.values() if hasattr(part, "health")]:
        from firmware.part_watch import watch as watch_parts

        watch_parts(agent, parts)
    if surround:
        surround(board, agent)
    if tree and (tree["start"] != "normal" or tree["is_counted"]):
        from firmware.update.start import watch

        watch(agent, board)
    board["profile"] = {"name": board.get("profile", {}).get("name", "")}  # what parts hang on is kilobytes
    for key in ("settings", "broker", "user", "password"):  # who needed them has them
        board.pop(key, None)
    return agent


def forget_start() -> None:
    """Give back what only the start needed: code and device tree, a tenth of what a small board has in memory."""
    from firmware.wire.fields import declared

    memory.forget(*ONLY_AT_START)
    if "firmware.wire.fields" not in sys.modules:  # on boards it is in one with the agent; these packages are empty
        memory.forget("firmware.wire", "firmware.link")
    declared.clear()


async def run(board_path: str, make_parts: "Any", tree: "dict[str, Any] | None" = None, surround: "Any" = None) -> None:
    """Work until cancelled; see `build`."""
    agent = build(board_path, make_parts, tree, surround)
    memory.settle()
    await agent.run()


def main(board_path: str, make_parts: "Any") -> None:
    """Work for ever."""
    asyncio.run(run(board_path, make_parts))
