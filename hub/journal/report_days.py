"""The figures of days that are over, each worked out once. All of it can be worked out again from the journal."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import delete, insert, select, update

from hub.journal import tables
from hub.journal.journal import Journal

_DAY = tables.report_day


class ReportDay(msgspec.Struct, frozen=True, kw_only=True):
    """``position``: of the entry in which the next day began. ``carry``: what that day must know of earlier ones."""

    day: str
    position: int
    body: bytes
    carry: bytes = b""


class ReportDays:
    """``version`` of what is counted: what another one counted is forgotten. All calls block, raise `JournalError`s."""

    def __init__(self, journal: Journal, version: int) -> None:
        self._journal = journal
        self._version = version

    def newest(self) -> ReportDay | None:
        """From which to go on; forgets what does not fit this program, or a journal that was put back."""
        with self._journal.marking() as marker:
            of_others = (_DAY.c.version != self._version) | (_DAY.c.position > self._journal.position)
            if marker.execute(select(_DAY.c.day).where(of_others).limit(1)).first() is not None:
                marker.execute(delete(_DAY))
        query = select(_DAY.c.day, _DAY.c.position, _DAY.c.body, _DAY.c.carry).order_by(_DAY.c.position.desc()).limit(1)
        with self._journal.reading() as connection:
            row = connection.execute(query).mappings().first()
        return ReportDay(**row) if row is not None else None

    def keep(self, day: ReportDay, corrected: Mapping[str, bytes]) -> None:
        """In place of what was kept of it; the carry of those before is not needed any more.

        ``corrected``: earlier day → its new body.
        """
        with self._journal.marking() as marker:
            marker.execute(update(_DAY).where(_DAY.c.carry != b"").values(carry=b""))
            marker.execute(delete(_DAY).where(_DAY.c.day == day.day))
            for earlier, body in corrected.items():
                marker.execute(update(_DAY).where(_DAY.c.day == earlier).values(body=body))
            values = {name: getattr(day, name) for name in ReportDay.__struct_fields__}
            marker.execute(insert(_DAY).values(**values, version=self._version))

    def between(self, first: str, last: str) -> list[bytes]:
        """The bodies of those days, YYYYMMDD, both included; in their order."""
        query = select(_DAY.c.body).where(_DAY.c.day >= first, _DAY.c.day <= last).order_by(_DAY.c.day)
        with self._journal.reading() as connection:
            return list(connection.execute(query).scalars())
