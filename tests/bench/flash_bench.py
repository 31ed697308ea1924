"""How long it takes to flash one bare virtual board until a real hub hears it: `flash_board_s`."""

import statistics
from pathlib import Path

from simulators.boards import VirtualBoard
from simulators.hub_process import HubProcess
from tools.flashing.compile import Compiler
from tools.flashing.hub import Hub
from tools.flashing.steps import Bench, Flashing, Job

BOARDS = 3


def flash_figures(folder: Path, broker: str) -> dict[str, float]:
    """Seconds, the median of `BOARDS` boards one after the other; the program is compiled once, for the first."""
    process = HubProcess(folder / "hub", broker=broker)
    process.start()
    hub = Hub.of_folder(process.folder)
    try:
        bench = Bench(hub, Compiler("0.1.0"), "en")
        buttons = [device["id"] for device in process.get("/devices") if device["kind"] == "help_button"][:BOARDS]
        return {"flash_board_s": statistics.median(_seconds(bench, folder / id, id) for id in buttons)}
    finally:
        hub.close()
        process.stop()


def _seconds(bench: Bench, folder: Path, device: str) -> float:
    with VirtualBoard(folder, profile="virtual") as board:
        outcome = Flashing(bench, Job(board.port, device)).run()
    if outcome.fault:
        raise RuntimeError(outcome.fault)
    return outcome.seconds
