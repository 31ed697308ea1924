"""Line: people in order. Joining, the first one, and leaving from the front cost the same however many wait.

An insertion-ordered dict would not do: its first key is found by walking over all that have left.
"""

from collections.abc import Callable, Iterator

import msgspec


class Line(msgspec.Struct):
    """Ticket ids in order. The first ``left`` of ``ids`` are gone; they are swept out when they are half of it."""

    ids: list[str] = msgspec.field(default_factory=list)
    left: int = 0

    def __len__(self) -> int:
        return len(self.ids) - self.left

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids[self.left :])

    def __contains__(self, ticket: object) -> bool:
        return ticket in self.ids[self.left :]

    def first(self) -> str:
        """The id at the front, or ``""``."""
        return self.ids[self.left] if self.left < len(self.ids) else ""

    def at(self, place: int) -> str:
        """The id that has ``place`` others before it; IndexError when there is none."""
        return self.ids[self.left + place]

    def find(self, ticket: str) -> int:
        """How many are before it; ValueError when it does not stand here. Dear, but for the one at the front."""
        return 0 if self.first() == ticket else self.ids.index(ticket, self.left) - self.left

    def last(self) -> str:
        """The id at the end, or ``""``."""
        return self.ids[-1] if self.left < len(self.ids) else ""

    def place(self, is_behind: Callable[[str], bool]) -> int:
        """How many are before the first one of whom this is true; it must be true of all behind that one."""
        low, high = self.left, len(self.ids)
        while low < high:
            middle = (low + high) // 2
            if is_behind(self.ids[middle]):
                high = middle
            else:
                low = middle + 1
        return low - self.left

    def join(self, ticket: str) -> None:
        """At the end."""
        self.ids.append(ticket)

    def insert(self, place: int, ticket: str) -> None:
        """So that ``place`` others are before it."""
        self.ids.insert(self.left + place, ticket)

    def leave(self, ticket: str) -> None:
        """Out of the line, from wherever it stands; ValueError when it does not stand here."""
        ids = self.ids
        if self.left == len(ids) or ids[self.left] != ticket:
            del ids[ids.index(ticket, self.left)]
            return
        self.left += 1
        if self.left == len(ids) or (self.left >= 64 and self.left * 2 >= len(ids)):
            del ids[: self.left]
            self.left = 0
