"""A year of a busy building in a journal: 4 million tickets, written straight into its tables, and true to the rules.

250 working days of 16,000 tickets: each is taken, called, spoken, served and finished, and six in ten are rated. What
the hub would have written entry by entry over a year takes minutes so; the rows are the same.
"""

import sqlite3
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from random import Random

import msgspec

from hub.engine.events import DayTurned, Entry
from hub.engine.evolve import apply
from hub.engine.plan import Plan, Window
from hub.engine.state import Site
from hub.journal import Journal
from hub.pipeline import SNAPSHOT_EVERY

DAYS = 250
TICKETS = 16_000  # a day
DAY_MS = 86_400_000
OPENS_MS, OPEN_FOR_MS = 9 * 3_600_000, 8 * 3_600_000
AT_ONCE = 5_000

Row = tuple[int, int, str | None, str | None, int | None, str]
Timed = tuple[int, str | None, str]  # at_ms, device, events
_INSERT = "INSERT INTO journal (position, at_ms, device, boot, seq, events) VALUES (?, ?, ?, ?, ?, ?)"


def write_year(file: Path, plan: Plan, last: date, days: int = DAYS, tickets: int = TICKETS) -> None:
    """Makes the journal ``file``, whose last working day is ``last``, with a snapshot as old as one may be."""
    journal = Journal(f"sqlite:///{file}", plan.id)
    journal.open()
    journal.close()
    rows = _Rows(plan, tickets)
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA synchronous=OFF")
        for back in reversed(range(days)):
            day = last - timedelta(days=back // 5 * 7 + back % 5)
            database.executemany(_INSERT, rows.of(day, is_first=back == days - 1))
            database.commit()
    database.close()
    _save_snapshot(file, plan)


class _Rows:
    """Goes on from day to day: positions, and each device's own numbers."""

    def __init__(self, plan: Plan, tickets: int) -> None:
        self._zone = timezone(timedelta(minutes=plan.settings.utc_offset_min))
        self._plan = plan
        self._tickets = tickets
        self._random = Random(5)
        self._position = 0
        self._seq: dict[str, int] = {}
        self._kiosks = [device.id for device in plan.devices if device.kind == "ticket_kiosk"]
        self._windows = [window for window in plan.windows if window.services]

    def of(self, day: date, is_first: bool) -> list[Row]:
        starts_ms = int(datetime(day.year, day.month, day.day, tzinfo=self._zone).timestamp() * 1000)
        told = sorted(self._told(day.strftime("%Y%m%d"), starts_ms), key=lambda timed: timed[0])
        begun = [(starts_ms, None, self._morning(day, starts_ms, is_first)), *told]
        return [self._row(*timed) for timed in begun]

    def _row(self, at_ms: int, device: str | None, events: str) -> Row:
        self._position += 1
        if device is None:
            return self._position, at_ms, None, None, None, events
        seq = self._seq[device] = self._seq.get(device, 0) + 1
        return self._position, at_ms, device, "b1", seq, events

    def _morning(self, day: date, at_ms: int, is_first: bool) -> str:
        """What ends with the day before, the turn, and who sits where from now on."""
        closed = [] if is_first else [_event("WindowClosed", at_ms, window=w.id) for w in self._windows]
        turned = _event("DayTurned", at_ms, day=day.strftime("%Y%m%d"), ends_at_ms=at_ms + DAY_MS)
        opened = [_event("WindowOpened", at_ms, window=w.id) for w in self._windows]
        signed = [_event("StaffSignedIn", at_ms, window=w.id, staff=f"s{n:03}") for n, w in enumerate(self._windows)]
        return f"[{','.join([*closed, turned, *opened, *signed])}]"

    def _told(self, day: str, starts_ms: int) -> Iterator[Timed]:
        """Each window works through its own visitors, one after another."""
        random = self._random
        free_ms = {window.id: starts_ms + OPENS_MS for window in self._windows}
        arrivals = sorted(int(random.random() * OPEN_FOR_MS) for _ in range(self._tickets))
        serials: dict[str, int] = {}
        for after_ms in arrivals:
            window = random.choice(self._windows)
            service = random.choice(window.services)
            serials[service] = serials.get(service, 0) + 1
            taken_ms = starts_ms + OPENS_MS + after_ms
            called_ms = max(taken_ms + 2_000, free_ms[window.id])
            finished_ms = called_ms + 30_000 + int(random.expovariate(1 / 110_000))
            free_ms[window.id] = finished_ms + 1_000
            times = taken_ms, called_ms, finished_ms
            number = f"{self._plan.service[service].prefix}{serials[service]:03}"
            yield from self._ticket(f"{day}-{number}", number, serials[service], service, window, times)

    def _ticket(
        self, ticket: str, number: str, serial: int, service: str, window: Window, times: tuple[int, int, int]
    ) -> Iterator[Timed]:
        taken_ms, called_ms, finished_ms = times
        kiosk = self._random.choice(self._kiosks)
        terminal = window.call_terminal or window.window_terminal
        yield (
            taken_ms,
            kiosk,
            f'[{{"type":"TicketTaken","at_ms":{taken_ms},"ticket":"{ticket}","number":"{number}","serial":{serial},'
            f'"service":"{service}","kiosk":"{kiosk}","ahead":3}}]',
        )
        yield (
            called_ms,
            terminal,
            f'[{{"type":"TicketCalled","at_ms":{called_ms},"ticket":"{ticket}","window":"{window.id}"}}]',
        )
        yield (
            finished_ms,
            terminal,
            f'[{{"type":"TicketServed","at_ms":{finished_ms},"ticket":"{ticket}","window":"{window.id}"}},'
            f'{{"type":"TicketFinished","at_ms":{finished_ms},"ticket":"{ticket}","window":"{window.id}"}}]',
        )
        if self._random.random() < 0.6:
            by = window.evaluation_terminal or window.window_terminal
            level = self._random.choice((5, 5, 5, 5, 5, 5, 4, 4, 3, 2))
            yield (
                finished_ms + 900,
                by,
                f'[{{"type":"ServiceRated","at_ms":{finished_ms + 900},"ticket":"{ticket}","window":"{window.id}",'
                f'"terminal":"{by}","level":{level}}}]',
            )


def _event(kind: str, at_ms: int, **fields: str | int) -> str:
    return msgspec.json.encode({"type": kind, "at_ms": at_ms, **fields}).decode()


def _save_snapshot(file: Path, plan: Plan) -> None:
    """The last day as the engine lives it: each entry must be one that can have happened."""
    journal = Journal(f"sqlite:///{file}", plan.id)
    journal.open()
    newest_ms = journal.entries(journal.position - 1, 1)[0].at_ms
    offset_ms = plan.settings.utc_offset_min * 60_000
    midnight_ms = (newest_ms + offset_ms) // DAY_MS * DAY_MS - offset_ms
    site = Site(position=journal.position_before(midnight_ms))
    until = journal.position - SNAPSHOT_EVERY
    snapshot = None
    while entries := journal.entries(site.position, AT_ONCE):
        for entry in entries:
            apply(plan, site, _without_yesterday(entry) if not site.day else entry)
            if site.position == until:
                snapshot = site.position, msgspec.json.encode(site)
    if snapshot is not None:
        journal.save_snapshot(*snapshot)
    journal.close()


def _without_yesterday(entry: Entry) -> Entry:
    """What ends with the day before is no news to a site that begins here."""
    turn = next(at for at, event in enumerate(entry.events) if isinstance(event, DayTurned))
    return msgspec.structs.replace(entry, events=entry.events[turn:])
