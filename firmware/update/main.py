"""Starts the tree that boot.py chose: copied to ``/main.py`` of a board.

Whatever ends the tree, the board starts again, and boot.py counts it. Ctrl-C leaves the board to the installer. A tree
on trial that neither proves itself nor ends is ended from here, as it may have broken the code that should do so.
"""

import sys
import time

LONGEST_TRIAL_MS = 15 * 60 * 1000
PAUSE_S = 2  # for the installer's Ctrl-C

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def end_in_time(machine: "Any") -> None:
    """Where the board has timers: start again when the tree is still on trial by then."""

    def look(timer: "Any") -> None:
        with open("/slots/state.json") as file:
            is_on_trial = '"trying": ""' not in file.read()
        if is_on_trial:
            machine.reset()

    if hasattr(machine, "Timer"):
        machine.Timer(-1).init(mode=machine.Timer.ONE_SHOT, period=LONGEST_TRIAL_MS, callback=look)


def start(tree: "dict[str, Any]") -> None:
    """Run the device; comes back never, or to start the board again."""
    machine: "Any" = __import__("machine")
    try:
        if tree["start"] == "trial":
            end_in_time(machine)
        from firmware.board import main

        main("/board.json", tree)
    except Exception as error:
        getattr(sys, "print_exception")(error)  # noqa: B009  CPython has none
    time.sleep(PAUSE_S)
    machine.reset()


if __name__ == "__main__":
    start(globals()["TREE"])
