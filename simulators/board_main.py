"""Entry file of a simulated board in a process of its own: ``micropython board_main.py board.json``.

The world beyond the ports is the parent process, through JSON lines. It writes ``{"press":true}`` and
``{"release":true}`` to a help button; a help button writes ``{"lamp":"blink"}``, an amplifier
``{"begins":["cmn/qing",…]}`` at the first sample and then
``{"heard":"…/heard-000.wav","played_ms":2140,"clips":["cmn/qing",…],"began":["cmn/qing",…],"begins_ms":[0,…],
"cut_at_ms":-1,"gaps":[]}``: the clips of the announcement, those that began and where, where it was cut off, silences
because samples came late. The board dies with its parent: when its standard input ends, so does the process.

Settings for the simulated parts, beside those of the role: ``clips``, the folder of the clip bank; ``heard``, the
folder for what was heard; ``speed``, how much faster than real time it plays, 0 for at once.
"""

import asyncio
import sys

from firmware.main import read_board, run
from simulators.parts.console import listen, say

try:
    from collections.abc import Callable
    from typing import Any
except ImportError:  # MicroPython
    pass


class Board:
    """The parts of one board, and what the parent's lines do to them. A kind loads only the parts that it has."""

    def __init__(self) -> None:
        self._heard: Callable[[dict[str, Any]], Any] | None = None

    def parts(self, board: "dict[str, Any]") -> "dict[str, Any]":
        """The parts for ``board["kind"]``. Raises ValueError for a kind without simulated parts of this sort."""
        settings = board.get("settings", {})
        if board["kind"] == "help_button":
            return self._help_button(settings)
        if board["kind"] == "amplifier":
            return self._amplifier(settings, board["data"])
        raise ValueError(board["kind"] + ": only help_button and amplifier run as a board process")

    def heard(self, facts: "dict[str, Any]") -> None:
        """One line of the parent."""
        if self._heard is not None:
            self._heard(facts)

    def _help_button(self, settings: "dict[str, Any]") -> "dict[str, Any]":
        from drivers.button import Button
        from drivers.lamp import Lamp
        from simulators.parts.button import SimulatedButton
        from simulators.parts.lamp import SimulatedLamp

        button = SimulatedButton()

        def heard(facts: "dict[str, Any]") -> None:
            if facts.get("press"):
                button.press()
            if facts.get("release"):
                button.release()

        self._heard = heard
        lamp = SimulatedLamp(lambda word: say(lamp=word))
        return {"button": Button(button, hold_ms=settings.get("hold_ms", 0)), "lamp": Lamp(lamp)}

    def _amplifier(self, settings: "dict[str, Any]", data: str) -> "dict[str, Any]":
        from simulators.parts.ear import Ear
        from simulators.parts.wav_port import WavPort

        def heard(path: str, played_ms: int) -> None:
            say(
                heard=path,
                played_ms=played_ms,
                clips=ear.clips,
                began=ear.begun,
                begins_ms=ear.begins_ms,
                cut_at_ms=port.cut_at_ms,
                gaps=port.gaps,
            )

        port = WavPort(settings.get("heard", data + "/heard"), speed=settings.get("speed", 1), on_heard=heard)
        ear = Ear(port, settings.get("clips", data + "/clips"), lambda clips: say(begins=clips))
        return {"speaker": ear}


async def main(board_path: str) -> None:
    """The board's life: until the parent has no more to say."""
    read_board(board_path)  # what is wrong with it is said before anything starts
    board = Board()
    working = asyncio.create_task(run(board_path, board.parts))
    await listen(board.heard)
    working.cancel()
    try:
        await working
    except asyncio.CancelledError:
        pass


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: board_main.py BOARD.JSON")
    asyncio.run(main(sys.argv[1]))
