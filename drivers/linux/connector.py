"""Whether a display hangs on this computer's cables: a frame buffer takes every picture, also with nothing behind it.

Fact from the kernel (drivers/gpu/drm/drm_sysfs.c): each connector of a graphics card has a file ``status`` that says
connected, disconnected or unknown, as the last look of its driver found it, and reading it disturbs nothing.
"""

from pathlib import Path

CARDS = Path("/sys/class/drm")
_MEMORY = "Writeback"  # a connector that leads into memory, not to a plug


def is_unplugged(cards: Path = CARDS) -> bool:
    """True when each plug says that nothing is in it. False also when no card tells: then nobody knows."""
    told = []
    for file in cards.glob("card*-*/status"):
        if _MEMORY not in file.parent.name:
            try:
                told.append(file.read_text().strip())
            except OSError:  # the card itself was pulled meanwhile
                continue
    return bool(told) and all(status == "disconnected" for status in told)
