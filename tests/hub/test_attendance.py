"""Punch clocks: every punch reaches the journal once and in order, with what its clock is worth."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.attendance import protocol
from hub.attendance.protocol import Malformed
from hub.attendance.service import Attendance
from hub.attendance.terminals import Terminals
from hub.engine.events import RequestRefused, StaffPunched
from hub.engine.plan import AttendanceTerminal
from hub.journal import Journal
from hub.pipeline import Pipeline
from hub.refusals import Refusals
from hub.replay import replay
from hub.web import OpenServer
from simulators.parts.attendance_terminal import SimulatedAttendanceTerminal
from tests.engine.small_site import MORNING_MS, small_plan

BASE = small_plan()
HALL = BASE.halls[0].id
PLAN = msgspec.structs.replace(
    BASE, attendance=(AttendanceTerminal(id="att-1", hall=HALL), AttendanceTerminal(id="att-2", hall=HALL))
)
SERIAL = "CKUH204560001"


class Office:
    """A hub's pipeline with its door for punch clocks, and the hub's clock in our hands."""

    def __init__(self, folder: Path) -> None:
        self.now_ms = MORNING_MS
        self.journal = Journal(f"sqlite:///{folder}/journal.db", PLAN.id)
        self.journal.open()
        self.pipeline = Pipeline(PLAN, replay(PLAN, self.journal), self.journal, [])
        self.refusals = Refusals()
        terminals = Terminals(folder)
        if not terminals.serial("att-1"):
            terminals.enrol("att-1", SERIAL)
        self.attendance = Attendance(
            lambda: PLAN, terminals, self.journal, self.pipeline.ask, self.refusals, lambda: self.now_ms
        )
        self.door = OpenServer(self.attendance.app())

    def clock(self, serial: str = SERIAL) -> SimulatedAttendanceTerminal:
        base = f"http://127.0.0.1:{self.door.port}"
        return SimulatedAttendanceTerminal(base, serial, lambda: self.now_ms / 1000)

    def punches(self) -> list[StaffPunched]:
        entries = self.journal.entries(0, 10_000)
        return [event for entry in entries for event in entry.events if isinstance(event, StaffPunched)]

    def wait(self, seconds: float) -> None:
        self.now_ms += int(seconds * 1000)


async def at(call: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """What the clock does, while the hub goes on."""
    return await asyncio.to_thread(call, *args, **options)


async def stay(office: Office, clock: SimulatedAttendanceTerminal) -> None:
    """It asks every half a minute, until it has been there so long that what it sends is new."""
    for _ in range(2):
        office.wait(30)
        assert await at(clock.poll)


def in_office(folder: Path, story: Callable[[Office], Coroutine[Any, Any, None]]) -> None:
    async def play() -> None:
        office = Office(folder)
        await office.door.open("127.0.0.1", 0)
        work = asyncio.create_task(office.pipeline.run())
        try:
            async with asyncio.timeout(15):
                await story(office)
        finally:
            await office.door.close()
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            office.pipeline.close()
            office.journal.close()

    asyncio.run(play())


def test_a_punch_is_in_the_journal_when_the_clock_forgets_it(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        clock = office.clock()
        assert await at(clock.start)
        assert (clock.options["Realtime"], clock.options["TimeZone"]) == ("1", "8")
        await stay(office, clock)
        clock.punch("0042")
        assert await at(clock.send)
        (punch,) = office.punches()
        assert (punch.terminal, punch.badge, punch.state, punch.drift_ms) == ("att-1", "0042", 0, 0)
        assert punch.punched_at_ms == office.now_ms
        assert [one.badge for one in office.pipeline.site.punches] == ["0042"]

    in_office(tmp_path, story)


def test_what_is_sent_again_counts_once_and_in_order(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        clock = office.clock()
        await at(clock.start)
        for number in range(30):
            office.wait(1)
            clock.punch(f"{number:04}")
            await at(clock.send, hears_the_answer=number % 3 == 0)
        await at(clock.send)
        assert [punch.badge for punch in office.punches()] == [f"{number:04}" for number in range(30)]

    in_office(tmp_path, story)


def test_a_hub_that_restarts_still_knows_them(tmp_path: Path) -> None:
    clocks: list[SimulatedAttendanceTerminal] = []

    async def before(office: Office) -> None:
        clock = office.clock()
        for number in range(12):
            clock.punch(f"{number:04}")
            office.wait(1)
        await at(clock.send, hears_the_answer=False)
        clocks.append(clock)

    async def after(office: Office) -> None:
        clock = clocks[0]
        clock.base = f"http://127.0.0.1:{office.door.port}"
        clock.punch("9999", state=1)
        assert await at(clock.send)
        assert [punch.badge for punch in office.punches()] == [*(f"{n:04}" for n in range(12)), "9999"]

    in_office(tmp_path, before)
    in_office(tmp_path, after)


def test_two_requests_at_once_do_not_double_a_punch(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        clock = office.clock()
        clock.punch("0042")
        await asyncio.gather(*(at(clock.send, hears_the_answer=False) for _ in range(3)))
        assert len(office.punches()) == 1

    in_office(tmp_path, story)


def test_a_wrong_clock_is_noted_but_not_that_of_one_that_was_away(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        clock = office.clock()
        clock.set_clock(ahead_s=300)
        await at(clock.start)
        await stay(office, clock)
        clock.punch("0001")
        await at(clock.send)
        clock.cut_network()
        clock.punch("0002")
        office.wait(7200)
        assert not await at(clock.send)
        assert clock.kept == 1
        clock.mend_network()
        await at(clock.send)
        assert [(punch.badge, punch.drift_ms) for punch in office.punches()] == [("0001", 300_000), ("0002", None)]
        view = office.attendance.view()[0]
        assert (view["drift_ms"], view["heard_ms"], view["serial"]) == (300_000, office.now_ms, SERIAL)

    in_office(tmp_path, story)


def test_what_was_kept_judges_no_clock_though_the_terminal_asked_just_before_it_sent(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        clock = office.clock()
        await at(clock.start)
        office.wait(100)
        await at(clock.poll)
        clock.cut_network()
        clock.punch("0001")
        office.wait(7200)
        clock.mend_network()
        await at(clock.poll)
        await at(clock.send)
        assert [(punch.badge, punch.drift_ms) for punch in office.punches()] == [("0001", None)]
        assert office.attendance.view()[0]["drift_ms"] is None

    in_office(tmp_path, story)


def test_of_punches_sent_together_only_the_newest_judges_the_clock(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        clock = office.clock()
        await at(clock.start)
        await stay(office, clock)
        for badge in ("0001", "0002", "0003"):
            office.wait(5)
            clock.punch(badge)
        await at(clock.send)
        assert [(punch.badge, punch.drift_ms) for punch in office.punches()] == [
            ("0001", None),
            ("0002", None),
            ("0003", 0),
        ]

    in_office(tmp_path, story)


@pytest.mark.parametrize("odd", ["张三\t2026-11-22 08:30:00\t0\t1", "42\tnow\t0\t1"], ids=["pin", "time"])
def test_an_odd_line_is_counted_and_keeps_back_no_other_punch(tmp_path: Path, odd: str) -> None:
    async def story(office: Office) -> None:
        clock = office.clock()
        await at(clock.start)
        clock.punch("0001")
        clock.write(odd)
        clock.punch("0003")
        assert await at(clock.send)
        assert clock.answers[-1] == (200, "OK: 3\n")
        clock.punch("0004")
        assert await at(clock.send)
        assert [punch.badge for punch in office.punches()] == ["0001", "0003", "0004"]
        (refusal,) = office.refusals.newest
        assert (refusal.who, refusal.reason) == ("att-1", "attendance message malformed")
        assert refusal.detail.startswith("line 2: ")
        assert not any(field in refusal.detail for field in odd.split("\t")[:2])

    in_office(tmp_path, story)


def test_an_unknown_clock_waits_outside_until_somebody_enrols_it(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        clock = office.clock("STRANGER1")
        clock.punch("0042")
        assert not await at(clock.start)
        assert not await at(clock.poll)
        assert not await at(clock.send)
        assert clock.answers[-1] == (403, "not enrolled\n")
        assert [knock.serial for knock in office.attendance.terminals.knocks] == ["STRANGER1"]
        assert office.refusals.counts["attendance terminal not enrolled"] == 3
        office.attendance.terminals.enrol("att-2", "STRANGER1")
        assert await at(clock.poll)
        assert await at(clock.send)
        assert [punch.terminal for punch in office.punches()] == ["att-2"]
        assert office.attendance.terminals.knocks == []

    in_office(tmp_path, story)


def test_a_clock_that_is_replaced_lets_its_old_serial_go(tmp_path: Path) -> None:
    terminals = Terminals(tmp_path)
    terminals.enrol("att-1", "OLD1")
    terminals.enrol("att-1", "NEW1")
    again = Terminals(tmp_path)
    assert (again.of("OLD1"), again.of("NEW1"), again.serial("att-1")) == ("", "att-1", "NEW1")
    assert (tmp_path / "attendance.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("line", "status", "says", "detail"),
    [
        (b"", 200, "OK: 0", ""),
        (b"00 42\t2026-11-22 08:30:00\t0\t1\n", 200, "OK: 1", "line 1: the PIN must be"),
        (b"42\t2026-11-31 08:30:00\t0\t1\n", 200, "OK: 1", "line 1: the time must be"),
        (b"\xff\xfe", 200, "OK: 1", "line 1: the PIN must be"),
        (b"1\t2026-11-22 08:30:00\t0\t1\n" * 2001, 400, "more than 2000 lines", "more than 2000 lines"),
        (b"x" * 300_000, 400, "more than 262144 bytes", "more than 262144 bytes"),
    ],
    ids=["empty", "pin", "day", "utf-8", "lines", "bytes"],
)
def test_what_is_no_attendance_log_takes_nothing_in(
    tmp_path: Path, line: bytes, status: int, says: str, detail: str
) -> None:
    async def story(office: Office) -> None:
        clock = office.clock()
        answer, text = await at(clock._ask, "POST", "cdata", "&table=ATTLOG", line)
        assert says in text
        assert answer == status
        assert office.punches() == []
        assert office.refusals.counts["attendance message malformed"] == bool(detail)
        assert all(refusal.detail.startswith(detail) for refusal in office.refusals.newest)

    in_office(tmp_path, story)


@pytest.mark.parametrize(
    ("method", "what"), [("GET", "cdata"), ("POST", "cdata"), ("GET", "getrequest"), ("POST", "devicecmd")]
)
@pytest.mark.parametrize("serial", ["", "x", "A" * 33, "../../etc", "CKUH%00", "STRANGER1"])
def test_a_made_up_serial_is_refused_and_counted_at_every_door(
    tmp_path: Path, method: str, what: str, serial: str
) -> None:
    async def story(office: Office) -> None:
        base = f"http://127.0.0.1:{office.door.port}/iclock/{what}?table=ATTLOG&SN={serial}"
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.request(method, base, content=LINES if method == "POST" else b"")
        assert answer.status_code == (403 if serial == "STRANGER1" else 400)
        assert answer.text.strip()
        assert sum(office.refusals.counts.values()) == 1
        assert office.punches() == []
        assert office.attendance.heard_ms == {}

    in_office(tmp_path, story)


def test_a_terminal_that_left_the_site_is_refused_by_the_rules(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        from hub.engine.requests import NotePunch

        entry = await office.pipeline.ask(NotePunch(at_ms=MORNING_MS, by="att-9", badge="1", punched_at_ms=MORNING_MS))
        assert entry.events == (RequestRefused(at_ms=MORNING_MS, code="terminal.unknown", by="att-9"),)

    in_office(tmp_path, story)


LINES = b"0042\t2026-11-22 08:30:00\t0\t15\t0\t0\t0\n0007\t2026-11-22 08:30:05\t1\t1\t0\n"


@settings(max_examples=200, deadline=None)
@given(st.integers())
def test_any_bytes_are_punches_or_malformed(seed: int) -> None:
    """200 times 500 bodies."""
    dice = random.Random(seed)
    for _ in range(500):
        body = bytearray(LINES)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(body) + 1)
            body[at : at + dice.randrange(3)] = dice.randbytes(dice.randrange(3))
        try:
            found, odd = protocol.punches(bytes(body), 480)
        except Malformed:
            continue
        assert all(punch.badge.isalnum() and len(punch.digest) == 16 for punch in found)
        assert all(wrong.startswith("line ") for wrong in odd)
