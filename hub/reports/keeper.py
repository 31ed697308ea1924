"""Keeper: reads the journal on, keeps the figures of each day that is over, and puts days together."""

import threading
import time
import zlib
from collections.abc import Callable

import msgspec

from hub.journal import Journal, ReportDay, ReportDays
from hub.reports.figures import Correction, Day
from hub.reports.fold import Carry, Ended, Fold

VERSION = 2
"""Of what is counted and how. One more, and all days are worked out again from the journal."""
AT_ONCE = 1000  # entries

_encode = msgspec.msgpack.Encoder().encode
_decode_day = msgspec.msgpack.Decoder(Day).decode
_decode_carry = msgspec.msgpack.Decoder(Carry).decode


class Keeper:
    """Any thread may ask; one reads on at a time. All calls block and raise `JournalError`s."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._days = ReportDays(journal, VERSION)
        self._reading = threading.Lock()
        self._fold: Fold | None = None
        self._position = 0

    def read_on(self, pause: Callable[[float], None] = lambda took_s: None) -> None:
        """Up to the journal's end. ``pause`` is told after each page how long it took, s, and nobody waits for it."""
        while True:
            started = time.perf_counter()
            with self._reading:
                is_done = self._read_page()
            if is_done:
                return
            pause(time.perf_counter() - started)

    def days(self, first: str, last: str) -> list[Day]:
        """Those from ``first`` to ``last``, YYYYMMDD, that there were; the present one as it is now."""
        self.read_on()
        with self._reading:
            found = [_day_of(body) for body in self._days.between(first, last)]
            assert self._fold is not None
            _correct(found, self._fold.corrections)
            live = self._fold.day
            if live.day and first <= live.day <= last:
                found.append(_decode_day(_encode(live)))
        return found

    def _read_page(self) -> bool:
        """Whether that was the last."""
        if self._fold is None:
            newest = self._days.newest()
            self._fold = Fold(_decode_carry(zlib.decompress(newest.carry)) if newest else None)
            # Again the entry in which the day began: what it says of the day before is counted, and read over.
            self._position = newest.position - 1 if newest else 0
        entries = self._journal.entries(self._position, AT_ONCE)
        for entry in entries:
            ended = self._fold.read(entry)
            if ended is not None:
                self._keep(ended, entry.position)
            self._position = entry.position
        return len(entries) < AT_ONCE

    def _keep(self, ended: Ended, position: int) -> None:
        """With what is known better of earlier days, together: after a stop both are worked out again, or neither."""
        earlier = [
            _day_of(body) for day in {one.day for one in ended.corrections} for body in self._days.between(day, day)
        ]
        _correct(earlier, ended.corrections)
        day = ReportDay(day=ended.day.day, position=position, body=_body(ended.day), carry=_body(ended.carry))
        self._days.keep(day, {one.day: _body(one) for one in earlier})


def _day_of(body: bytes) -> Day:
    return _decode_day(zlib.decompress(body))


def _body(value: Day | Carry) -> bytes:
    return zlib.compress(_encode(value))


def _correct(days: list[Day], corrections: list[Correction]) -> None:
    for day in days:
        for correction in corrections:
            if correction.day == day.day:
                day.correct(correction)
