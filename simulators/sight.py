"""What somebody in the waiting area can see: which number is called to which window."""

import re
from dataclasses import dataclass

from firmware.wire.messages.screen import ShowCalls, ShowRegion
from simulators.pace import Change

_NUMBER = re.compile(r"(?<![A-Z0-9])[A-Z]{1,2}\d{3,}(?![A-Z0-9])")


@dataclass(frozen=True)
class Sighting:
    """A number was newly shown beside a window. ``serial`` grows within one `HallSight`."""

    number: str
    window: int
    serial: int


class HallSight:
    """The displays and window strips of one hall, looked at together.

    Only what appears newly counts, as for a person: a line that was there all the time does not call anybody again.
    """

    def __init__(self) -> None:
        self.changed = Change()
        self.serial = 0
        self.latest: Sighting | None = None  # of all numbers
        self._newest: dict[str, Sighting] = {}
        self._rows: dict[str, list[tuple[str, bool]]] = {}
        self._regions: dict[tuple[str, int], str] = {}

    def look_at_display(self, device: str, show: ShowCalls) -> None:
        """A hall display changed its page."""
        before = self._rows.get(device, [])
        seen = [(row.number, row.recalled) for row in show.called]
        self._rows[device] = seen
        still_there = [line for line in before if line in seen]
        for place, row in reversed(list(enumerate(show.called))):
            line = (row.number, row.recalled)
            is_new = line not in before
            has_moved_up = not is_new and place == 0 and still_there[0] != line
            if is_new or has_moved_up:
                self._note(row.number, row.window)

    def look_at_region(self, device: str, region: int, window: int, show: ShowRegion) -> None:
        """The region over window number ``window`` of a strip changed."""
        found = _NUMBER.search(show.text)
        number = found.group() if found else ""
        before = self._regions.get((device, region), "")
        self._regions[(device, region)] = number
        if number and (number != before or show.flash_ms):
            self._note(number, window)

    def number_at(self, device: str, region: int) -> str:
        """The number that a region of a strip shows; empty for none."""
        return self._regions.get((device, region), "")

    def newest(self, number: str, after: int = 0) -> Sighting | None:
        """The last time ``number`` was called, if that was after sighting ``after``."""
        sighting = self._newest.get(number)
        return sighting if sighting is not None and sighting.serial > after else None

    async def called(self, number: str, after: int = 0) -> Sighting:
        """Wait until ``number`` is called (again, since sighting ``after``)."""
        await self.changed.until(lambda: self.newest(number, after) is not None)
        return self._newest[number]

    def _note(self, number: str, window: int) -> None:
        self.serial += 1
        self.latest = self._newest[number] = Sighting(number, window, self.serial)
        self.changed.notify()
