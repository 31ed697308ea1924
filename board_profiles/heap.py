"""What a device needs of heap, in words of 64 bits: the smallest budgets in which the tests prove a day's work.

The only place for these figures. `tests/system/test_device_heap.py` runs a help button in exactly these, with
every part that a profile allows; how they were measured is in docs/decisions/0006.
"""

from collections.abc import Iterable

KIND_KB = {"help_button": 62}  # from ROM, with the plainest of its parts
DRIVER_KB = {"button_loop": 2}  # so much more than the plainest
UPDATE_KB = 112  # an update over the air: what fetches and proves it comes on top of what works


def needed_kb(kind: str, drivers: Iterable[str]) -> int:
    """For a device of ``kind`` with these parts; 0 for a kind that was not measured part by part."""
    return KIND_KB[kind] + sum(DRIVER_KB.get(driver, 0) for driver in drivers) if kind in KIND_KB else 0


def update_kb(kind: str, drivers: Iterable[str]) -> int:
    """What the heap of its board must have, so that it can be updated over the air."""
    return UPDATE_KB + needed_kb(kind, drivers) - KIND_KB.get(kind, 0)
