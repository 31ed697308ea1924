"""The bench of the flashing tests: a real hub, virtual boards, and a hand that pulls cables meanwhile."""

import json
import os
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from board_profiles import load
from simulators.boards import VirtualBoard
from simulators.hub_process import HubProcess
from tools.flashing.compile import Compiler
from tools.flashing.hub import Hub
from tools.flashing.outcome import Outcome
from tools.flashing.steps import Bench, Flashing, Job
from tools.flashing.tree import Tree

VERSION = "0.1.0"
PATIENCE_S = 20.0  # a machine that is busy with other tests
TORN_S = 4.0  # for a board that is known to be gone
STEPS = ("find", "compare", "copy", "switch", "identity", "restart", "online")


class Stage:
    """One hub for all tests of a file; each test takes boards of its own."""

    def __init__(self, folder: Path, tls: bool = False, clips: Path | None = None) -> None:
        self.folder = folder
        self.process = HubProcess(folder / "hub", tls=tls, clips=clips)
        self.process.start()
        self.hub = Hub.of_folder(folder / "hub")
        self.compiler = Compiler(VERSION)
        self._strips = 0
        devices = json.loads((folder / "hub" / "site.json").read_text(encoding="utf-8"))["devices"]
        self._ids = {kind: [d["id"] for d in devices if d["kind"] == kind] for kind in {d["kind"] for d in devices}}

    def device(self, kind: str = "help_button") -> str:
        """An id that no board had yet."""
        return self._ids[kind].pop()

    def tree(self) -> Tree:
        """What a virtual board gets."""
        return self.compiler.tree(load("virtual"), 6)

    def strip(self) -> str:
        """The id of a new window strip, as small as the chain of LEDs that a board can light."""
        self._strips += 1
        row = {"id": f"small-strip-{self._strips}", "kind": "window_strip", "hall": "hukou", "place": "窗口"}
        size = {"length_m": 0.6, "width_px": 96, "height_px": 16, "regions": [{"x": 0, "width": 96, "text": "1"}]}
        return str(self.process.post("/devices", {**row, **size})["id"])

    def close(self) -> None:
        self.hub.close()
        self.process.stop()

    def bench(self, **changes: Any) -> Bench:
        bench = Bench(self.hub, self.compiler, "en", patience_s=PATIENCE_S, online_s=60)
        return bench._replace(**changes)

    def flash(self, board: VirtualBoard, device: str, hand: "Hand | None" = None, **job: Any) -> Outcome:
        bench = self.bench(patience_s=TORN_S, online_s=1.5) if hand else self.bench()
        return Flashing(bench, Job(board.port, device, **job), hand).run()

    def verify(self, board: VirtualBoard, device: str, **job: Any) -> Outcome:
        return Flashing(self.bench(), Job(board.port, device, **job)).verify()

    def until(self, what: Callable[[], Any], timeout_s: float = 60) -> Any:
        """Asks again and again; AssertionError when it never becomes true."""
        until = time.monotonic() + timeout_s
        while not (found := what()):
            assert time.monotonic() < until, "it never came true"
            time.sleep(0.05)
        return found


class Hand:
    """A watcher that does ``act`` at a step, when ``share`` of it is done; once."""

    def __init__(self, step: str, act: Callable[[], None], share: float = 0.0) -> None:
        self.steps: list[str] = []
        self.has_acted = False
        self._step, self._act, self._share = step, act, share
        self._done = self._total = 0

    def begins(self, step: str, total: int = 0) -> None:
        self.steps.append(step)
        self._done, self._total = 0, total
        self._look()

    def advances(self, more: int) -> None:
        self._done += more
        self._look()

    def ends(self, note: str) -> None: ...

    def _look(self) -> None:
        if not self.has_acted and self.steps[-1] == self._step and self._done >= self._share * self._total:
            self.has_acted = True
            self._act()


def new_board(folder: Path, number: int = 1, **options: Any) -> VirtualBoard:
    """Not yet under power; each has its own address."""
    options.setdefault("profile", "virtual")
    unique_id = b"\x24\x6f\x28\x00\x01" + bytes((number,))
    return VirtualBoard(folder / f"board-{number}", unique_id=unique_id, **options)


def mend(board: VirtualBoard) -> None:
    """What the installer does: cable in, power on."""
    if not board.is_powered:
        board.restore_power()
    board.plug_cable()


def starts_with(board: VirtualBoard, until: str = "") -> str:
    """What it says from a push on its reset button until it waits at its prompt or has a link."""
    log = board.folder / "console.log"
    begin = log.stat().st_size
    board.reset()

    def said() -> str:
        return log.read_bytes()[begin:].decode(errors="replace")

    board.wait(lambda: re.search(until or r">>> |(?<!not) connected|broker refuses|Traceback", said()), PATIENCE_S * 3)
    return said()


def cuts(board: VirtualBoard, dice: random.Random) -> Callable[[], None]:
    """Something that goes wrong: the cable, the power at once, or the power in the middle of writing."""
    return dice.choice(
        [board.pull_cable, board.cut_power, lambda: board.cut_power(after_flash_steps=dice.randint(1, 40))]
    )


def own_port() -> tuple[int, str]:
    """A terminal at whose other end nobody is: (its master, its name)."""
    master, slave = os.openpty()
    name = os.ttyname(slave)
    os.close(slave)
    return master, name
