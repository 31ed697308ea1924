"""What a person at the hub asks of a device: a module for each act, loaded when it comes, forgotten when it is done.

``device/locate`` is done by ``device_locate.received(agent, payload)``. Nothing else of the firmware imports them: a
small board has no room for all of it at once, and on most days nobody asks.
"""

import gc
import sys

from firmware.memory import forget

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def do(agent: "Any", act: str, payload: bytes) -> None:
    """Raises Malformed. A task that the act began keeps what it needs of its code."""
    name = __name__ + "." + act.replace("/", "_")
    try:
        __import__(name, None, None, ("received",)).received(agent, payload)
    finally:
        if hasattr(gc, "mem_free"):
            forget(__name__)
            if "firmware.wire.fields" not in sys.modules:  # on boards it is in one with the agent
                forget("firmware.wire", "firmware.memory")
