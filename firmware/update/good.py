"""Calls a counted start good: what `firmware.update.slots` could do, in a tenth of its memory.

A help button does this while it begins to work; the other moves of the slots are for updates, which come seldom.
"""

import json
import os

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def call_good(root: str, disk: "Any" = None) -> None:
    """This start of a kept tree went well: ``boots`` is 0 again. Raises OSError when the flash does not take it.

    A tree on trial is left: only a self-test proves it. So is a state that cannot be read: the next start makes one.
    ``disk``: a `firmware.update.boot.Disk`; without one, the file system.
    """
    path = root + "/slots/state.json"
    try:
        with open(path, "rb") as file:
            state = json.load(file)
        is_counted = state["boots"] and not state["trying"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    if is_counted:
        state["boots"] = 0
        with (disk or __import__("builtins")).open(path + ".new", "wb") as file:
            file.write(json.dumps(state).encode())
            file.flush()
            if disk:
                disk.sync(file)
            elif hasattr(os, "fsync"):  # MicroPython has none: there close() reaches the flash
                os.fsync(file.fileno())
        (disk or os).rename(path + ".new", path)
