"""Who watches a board being flashed: a person with progress bars, a test with a hand on the cable, nobody."""

from threading import Event
from typing import Protocol

from tools.flashing.faults import FlashFault


class Watcher(Protocol):
    """Called from the thread of that board."""

    def begins(self, step: str, total: int = 0) -> None:
        """``total`` bytes or files, 0 when it cannot be said."""

    def advances(self, more: int) -> None:
        """Of the total."""

    def ends(self, note: str) -> None:
        """The step is done and verified; ``note`` is for people."""


class Nobody:
    """Watches nothing."""

    def begins(self, step: str, total: int = 0) -> None: ...

    def advances(self, more: int) -> None: ...

    def ends(self, note: str) -> None: ...


class Stoppable:
    """Passes on to ``watcher``. Once ``stop`` is set, what is under way ends there, with a FlashFault."""

    def __init__(self, watcher: Watcher, stop: Event) -> None:
        self._watcher = watcher
        self._stop = stop

    def begins(self, step: str, total: int = 0) -> None:
        self._look()
        self._watcher.begins(step, total)

    def advances(self, more: int) -> None:
        self._look()
        self._watcher.advances(more)

    def ends(self, note: str) -> None:
        self._watcher.ends(note)

    def _look(self) -> None:
        if self._stop.is_set():
            raise FlashFault("interrupted", step="")
