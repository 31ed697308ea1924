"""Starts the tree that boot.py chose: copied to ``/main.py`` of a board.

Whatever ends the tree, the board starts again, and boot.py counts it. Ctrl-C leaves the board to the installer. A tree
on trial that neither proves itself nor ends is ended from here, as it may have broken the code that should do so.
All in one piece and with few names: what stands here is in memory as long as the tree runs.
"""

import sys
import time

import machine

if __name__ == "__main__":
    try:
        tree = globals().get("TREE") or __import__("choose").prepare()  # a torn boot.py chooses nothing
        if tree["start"] == "trial" and hasattr(machine, "Timer"):
            try:
                timer = machine.Timer(-1)
            except ValueError:  # a port without virtual ones
                timer = machine.Timer(0)
            timer.init(  # type: ignore[call-arg,unused-ignore]
                mode=machine.Timer.ONE_SHOT,
                period=15 * 60 * 1000,
                callback=lambda _: None if '"trying": ""' in open("/slots/state.json").read() else machine.reset(),
            )
        from firmware.board import main

        main("/board.json", tree)
    except Exception as error:
        getattr(sys, "print_exception")(error)  # noqa: B009  CPython has none
    time.sleep(2)  # for the installer's Ctrl-C
    machine.reset()
