"""Who watches a board being flashed: a person with progress bars, a test with a hand on the cable, nobody."""

from typing import Protocol


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
