"""From the device tree in board.json (key ``profile``) to the parts that a role uses.

A driver's name is the name of a module here that makes it: ``make(row, board)``, where ``row`` is the part's table and
``board`` all of board.json. A board loads the modules of its own parts and no others. Which keys a row has, and that
its pins and buses are right, was checked where the profile was read (`board_profiles`).
"""

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def make_parts(board: "dict[str, Any]") -> "dict[str, Any]":
    """Part name → part. Raises ValueError, saying what to do, for a board that cannot have these parts."""
    tree = board.get("profile")
    if not isinstance(tree, dict) or not isinstance(tree.get("parts"), dict):
        raise ValueError("board.json: profile missing; flash this board again")
    parts = {name: make(row, board) for name, row in tree["parts"].items()}
    touch = getattr(parts.get("screen"), "touch", None)
    if touch:
        parts["touch"] = touch  # so that its health is told beside the screen's
    return parts


def make(row: "dict[str, Any]", board: "dict[str, Any]") -> "Any":
    """One part or status LED."""
    name = row["driver"]
    try:
        module = __import__("firmware.parts." + name, None, None, ("make",))
    except ImportError as error:
        raise ValueError("no driver %s on this board (%s); update it or flash it again" % (name, error))
    return module.make(row, board)


def bus(row: "dict[str, Any]", board: "dict[str, Any]") -> "dict[str, Any]":
    """The table of the bus that a part names."""
    buses: "dict[str, Any]" = board["profile"].get("buses", {})
    if row["bus"] not in buses:
        raise ValueError("board.json: profile.buses.%s missing; flash this board again" % row["bus"])
    found: "dict[str, Any]" = buses[row["bus"]]
    return found


def status_led(board: "dict[str, Any]") -> "Any":
    """The board's own LED as a `drivers.lamp.Lamp`; None for a board without."""
    row = board.get("profile", {}).get("led")
    return make(row, board) if row else None
