"""Appointments fetched from the simulated platform: booked, changed, cancelled, in order, whatever the line does."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from hub.engine.events import AppointmentEvent
from hub.engine.state import Appointment, Site
from hub.journal import Deliveries, Journal
from hub.pipeline import Pipeline
from hub.platform.appointments import CURSOR, Appointments, Unanswered
from hub.platform.backoff import Backoff
from hub.platform.delivery import Delivery
from hub.platform.desk import Desk, DeskRefused
from hub.platform.doorbell import Doorbell, Refused
from hub.platform.inbound import Inbound, Misfit, read
from hub.platform.line import Heard, Line
from hub.platform.mapping import Mapping
from hub.platform.signers.bearer import Bearer
from hub.replay import replay
from hub.vault import Vault
from simulators.platform import Fault, SimulatedPlatform
from tests.engine.small_site import MORNING_MS, small_plan

PLAN = small_plan()
TOKEN = "a-long-token-for-the-platform"
SERVICE = PLAN.services[0].id
NINE, TEN, ELEVEN = (f"2026-11-22T{hour}:00:00+08:00" for hour in ("09", "10", "11"))
CARD = "11010519491231002X"


class Hall:
    """A hub's pipeline and vault, and the fetching of appointments from a platform."""

    def __init__(self, folder: Path, url: str, mapping: Inbound | None = None) -> None:
        self.journal = Journal(f"sqlite:///{folder}/journal.db", PLAN.id)
        self.journal.open()
        self.vault = Vault(folder / "vault", lambda: MORNING_MS)
        self.line = Line(url, Bearer(TOKEN))
        self.pipeline = Pipeline(PLAN, replay(PLAN, self.journal), self.journal, [])
        self.fetching = Appointments(
            self.journal,
            self.line,
            self.vault,
            lambda: PLAN,
            self.pipeline.ask,
            lambda: MORNING_MS,
            every_s=3600,
            waits=Backoff(first_s=0.01, longest_s=0.02),
        )

    @property
    def site(self) -> Site:
        return self.pipeline.site

    def appointments(self) -> dict[str, tuple[str, str]]:
        """Id → state and visitor."""
        return {id_: (one.state, one.visitor) for id_, one in self.site.appointments.items()}

    async def until(self, is_so: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not is_so():
                await asyncio.sleep(0.005)

    async def close(self) -> None:
        await self.line.close()
        self.pipeline.close()
        self.vault.close()
        self.journal.close()


Story = Callable[[SimulatedPlatform, Hall], Coroutine[Any, Any, None]]


def with_hall(folder: Path, story: Story) -> None:
    async def play() -> None:
        platform = SimulatedPlatform(TOKEN)
        await platform.start()
        hall = Hall(folder, platform.url)
        tasks = [asyncio.create_task(hall.pipeline.run())]
        try:
            await story(platform, hall)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await hall.close()
            await platform.stop()
            platform.close()

    asyncio.run(play())


def test_what_was_booked_changed_and_cancelled_there_is_so_here(tmp_path: Path) -> None:
    async def story(platform: SimulatedPlatform, hall: Hall) -> None:
        platform.booking.book("a-1", SERVICE, NINE, TEN, name="张三", card=CARD, phone="13800138000")
        platform.booking.book("a-2", SERVICE, NINE, TEN, name="李四", phone="13900139000")
        await hall.fetching.fetch()
        visitor = hall.appointments()["a-1"][1]
        assert hall.vault.find("card", CARD) == [visitor]
        assert hall.vault.find("tail", "9000") == [hall.appointments()["a-2"][1]]

        platform.booking.book("a-1", SERVICE, TEN, ELEVEN, name="张三", card=CARD)
        platform.booking.cancel("a-2")
        await hall.fetching.fetch()
        one: Appointment = hall.site.appointments["a-1"]
        assert (one.visitor, one.ends_at_ms - one.starts_at_ms) == (visitor, 3_600_000)
        assert {id_: state for id_, (state, _) in hall.appointments().items()} == {"a-1": "booked", "a-2": "cancelled"}

        before = hall.journal.position
        await hall.fetching.fetch()
        assert (hall.journal.position, hall.fetching.fetched) == (before, 4), "each once"

    with_hall(tmp_path, story)


def test_nothing_of_a_person_is_in_the_journal_or_set_aside(tmp_path: Path) -> None:
    async def story(platform: SimulatedPlatform, hall: Hall) -> None:
        platform.booking.book("a-1", SERVICE, NINE, TEN, name="张三丰", card=CARD, phone="13800138000")
        platform.booking.book("a-2", "no-such-service", NINE, TEN, name="张三丰", card=CARD, phone="13800138000")
        platform.booking.book("a-3", SERVICE, "soon", TEN, name="张三丰", card=CARD)
        await hall.fetching.fetch()

    with_hall(tmp_path, story)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            body = path.read_bytes()
            assert all(word.encode() not in body for word in ("张三丰", CARD, "13800138000")), path


def test_what_cannot_be_used_is_set_aside_and_the_rest_goes_on(tmp_path: Path) -> None:
    async def story(platform: SimulatedPlatform, hall: Hall) -> None:
        platform.booking.book("a-1", "no-such-service", NINE, TEN)
        platform.booking.book("a-2", SERVICE, "at nine", TEN)
        platform.booking.book("a-3", SERVICE, TEN, NINE)
        platform.booking.book("a-4", SERVICE, NINE, TEN)
        await hall.fetching.fetch()
        assert list(hall.appointments()) == ["a-4"]
        assert [(aside.subject, aside.reason) for aside in Deliveries(hall.journal, CURSOR).asides()] == [
            ("appointment:a-1", "service.unknown"),
            ("appointment:a-2", "'at nine' is no ISO 8601 time"),
            ("appointment:a-3", "appointment.times"),
        ]
        assert hall.fetching.status() == {"fetched": 1, "set_aside": 3, "error": ""}

    with_hall(tmp_path, story)


def asides(hall: Hall) -> list[tuple[str, str]]:
    return [(aside.subject, aside.reason) for aside in Deliveries(hall.journal, CURSOR).asides()]


def test_what_could_not_be_used_is_looked_at_again_when_somebody_wants_it(tmp_path: Path) -> None:
    async def story(platform: SimulatedPlatform, hall: Hall) -> None:
        platform.booking.book("a-1", "no-such-service", NINE, TEN)
        platform.booking.book("a-2", "no-such-service", NINE, TEN)
        for number in range(250):  # more than a page came since
            platform.booking.book(f"b-{number}", SERVICE, NINE, TEN)
        platform.booking.book("a-1", SERVICE, TEN, ELEVEN)  # the citizen mended it, by changing something else
        platform.booking.cancel("b-7")
        await hall.fetching.fetch()
        assert asides(hall) == [("appointment:a-1", "service.unknown"), ("appointment:a-2", "service.unknown")]
        before = hall.journal.position

        desk = Desk(
            hall.journal, Delivery(hall.journal, PLAN, hall.line), hall.line, lambda: PLAN, tmp_path, lambda: MORNING_MS
        )
        assert [aside.subject for aside in desk.asides()] == ["appointment:a-1", "appointment:a-2"]
        with pytest.raises(DeskRefused, match="a-2-2 was told by the platform: mend it there"):
            desk.mend("a-2-2", {"service": SERVICE})
        assert desk.send_again() == 2
        await hall.fetching.fetch()
        assert asides(hall) == [("appointment:a-2", "service.unknown")]
        assert hall.site.appointments["a-1"].state == "booked"
        changed = [event for entry in hall.journal.entries(before, 100) for event in entry.events]
        assert {type(event).__name__ for event in changed} == {"RequestRefused"}, "nothing is changed by it"

    with_hall(tmp_path, story)


def test_once_the_service_is_known_here_the_appointment_is_taken_in(tmp_path: Path) -> None:
    async def story(platform: SimulatedPlatform, hall: Hall) -> None:
        platform.booking.book("a-1", "0012", NINE, TEN)
        await hall.fetching.fetch()
        assert asides(hall) == [("appointment:a-1", "service.unknown")]
        Deliveries(hall.journal, CURSOR).send_again("appointment:a-1")
        hall.fetching._line = Line(
            platform.url, Bearer(TOKEN), Mapping(appointments=Inbound(services={"0012": SERVICE}))
        )
        await hall.fetching.fetch()
        assert (asides(hall), hall.site.appointments["a-1"].service) == ([], SERVICE)
        await hall.fetching._line.close()

    with_hall(tmp_path, story)


@pytest.mark.parametrize("fault", ["down", "500", "lost_reply"])
def test_a_bad_line_loses_and_doubles_nothing(tmp_path: Path, fault: str) -> None:
    """Booked, changed and cancelled, over two pages; and a page that comes again changes nothing."""

    async def story(platform: SimulatedPlatform, hall: Hall) -> None:
        for number in range(220):
            platform.booking.book(f"a-{number}", SERVICE, NINE, TEN, code=f"c{number}")
        for number in range(20):
            platform.booking.book(f"a-{number}", SERVICE, TEN, ELEVEN, code=f"c{number}")
            platform.booking.cancel(f"a-{number + 20}")
        platform.fault = Fault(fault, share=0.5)
        running = asyncio.create_task(hall.fetching.run())
        try:
            await hall.until(lambda: Deliveries(hall.journal, CURSOR).position == 260)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        events = [event for entry in hall.journal.entries(0, 10_000) for event in entry.events]
        assert Counter(type(event).__name__ for event in events if isinstance(event, AppointmentEvent)) == {
            "AppointmentBooked": 220, "AppointmentChanged": 20, "AppointmentCancelled": 20
        }  # fmt: skip
        found = [hall.site.appointments[f"a-{number}"] for number in range(220)]
        assert [one.state for one in found] == ["booked"] * 20 + ["cancelled"] * 20 + ["booked"] * 180
        changed, others = ({one.starts_at_ms for one in part} for part in (found[:20], found[20:]))
        assert (len(changed), len(others), changed & others) == (1, 1, set())

        before = hall.journal.position
        hall.fetching._line = Told([platform.booking.since(60)])  # type: ignore[assignment]
        await hall.fetching.fetch()
        assert (hall.journal.position, asides(hall)) == (before, [])

    with_hall(tmp_path, story)


def test_a_bell_brings_the_news_at_once(tmp_path: Path) -> None:
    async def story(platform: SimulatedPlatform, hall: Hall) -> None:
        running = asyncio.create_task(hall.fetching.run())
        try:
            await hall.until(lambda: platform.requests == 1)
            platform.booking.book("a-1", SERVICE, NINE, TEN)
            hall.fetching.ring()
            await hall.until(lambda: "a-1" in hall.site.appointments)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    with_hall(tmp_path, story)


def test_a_platform_that_forbids_it_says_so_in_the_status(tmp_path: Path) -> None:
    async def story(platform: SimulatedPlatform, hall: Hall) -> None:
        hall.fetching._line = Line(platform.url, Bearer("old"))
        running = asyncio.create_task(hall.fetching.run())
        try:
            await hall.until(lambda: "token" in hall.fetching.trouble)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await hall.fetching._line.close()

    with_hall(tmp_path, story)


def test_a_mapping_reads_other_names_and_codes() -> None:
    inbound = Inbound(
        fields={"id": "reserveSeq", "card": "idCard", "starts": "reserveStartTime", "ends": "reserveEndTime"},
        services={"12": SERVICE},
        states={"0": "booked"},
    )
    plain = {
        "sequence": 3, "reserveSeq": 77, "service": 12, "state": 0, "idCard": CARD,
        "reserveStartTime": "2026-11-22 09:00:00", "reserveEndTime": "2026-11-22 10:00:00",
    }  # fmt: skip
    told = read(inbound, PLAN, plain)
    assert (told.id, told.service, told.card, told.is_cancelled) == ("77", SERVICE, CARD, False)
    assert told.ends_at_ms - told.starts_at_ms == 3_600_000
    assert CARD not in repr(told)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"sequence": 0}, "sequence must be a whole number from 1"),
        ({"sequence": True}, "sequence must be a whole number"),
        ({"id": ""}, "id must not be empty"),
        ({"id": None}, "id must be text"),
        ({"state": "perhaps"}, "state 'perhaps' is none of booked, cancelled"),
        ({"starts": "9"}, "'9' is no ISO 8601 time"),
        ({"person": {"card": "x" * 101}}, "card must be text of at most 100 letters"),
        ({"person": {"card": ["x"]}}, "card must be text"),
    ],
)
def test_what_is_wrong_with_an_appointment_is_said(change: dict[str, Any], says: str) -> None:
    plain = {"sequence": 1, "id": "a", "service": "s", "starts": NINE, "ends": TEN, "state": "booked"} | change
    with pytest.raises(Misfit) as misfit:
        read(Inbound(), PLAN, plain)
    assert says in str(misfit.value)


@pytest.mark.parametrize("number", [2**53, 2**63, 2**70, -(2**70)])
def test_a_number_beyond_all_measure_moves_no_cursor(tmp_path: Path, number: int) -> None:
    """Neither as a sequence, which is set aside, nor as the next page, which is refused."""

    async def story(platform: SimulatedPlatform, hall: Hall) -> None:
        good = {"id": "a-1", "service": SERVICE, "starts": NINE, "ends": TEN, "state": "booked"}
        pages = [{"appointments": [{**good, "sequence": number}, {**good, "sequence": 1}], "next": 1}]
        pages += [{"appointments": [], "next": 1}, {"appointments": [], "next": number}]
        hall.fetching._line = Told(pages)  # type: ignore[assignment]
        await hall.fetching.fetch()
        assert (list(hall.appointments()), hall.fetching.set_aside) == (["a-1"], 1)
        with pytest.raises(Unanswered, match="not to the contract"):
            await hall.fetching.fetch()
        assert Deliveries(hall.journal, CURSOR).position == 1

    with_hall(tmp_path, story)


def test_what_is_told_out_of_order_ends_as_the_newest_word_says(tmp_path: Path) -> None:
    async def story(platform: SimulatedPlatform, hall: Hall) -> None:
        good = {"id": "a-1", "service": SERVICE, "starts": NINE, "ends": TEN, "state": "booked"}
        cancelled = {**good, "sequence": 9, "state": "cancelled"}
        pages = [{"appointments": [cancelled, {**good, "sequence": 3}], "next": 9}]
        pages += [{"appointments": [{**good, "sequence": 4}, cancelled], "next": 9}]
        hall.fetching._line = Told(pages)  # type: ignore[assignment]
        await hall.fetching.fetch()
        assert hall.appointments()["a-1"][0] == "cancelled"
        assert hall.fetching.fetched == 2, "older than the cursor, or told again: passed over"

    with_hall(tmp_path, story)


class Told(Line):
    """A line on which a platform says these pages, one after the other."""

    def __init__(self, pages: list[dict[str, Any]]) -> None:
        super().__init__("http://127.0.0.1:9", Bearer(TOKEN))
        self._pages = [json.dumps(page).encode() for page in pages]

    async def get(self, path: str, query: Any = None) -> Heard:
        return Heard(200, self._pages.pop(0))


SECRET = b"sixteen bytes and more"


class Bell:
    """A doorbell whose far side signs as the platform does."""

    def __init__(self) -> None:
        self.rung = 0
        self.now_ms = MORNING_MS
        self.door = Doorbell(SECRET, self._ring, lambda: self.now_ms)

    def _ring(self) -> None:
        self.rung += 1

    def press(self, nonce: str, *, late_ms: int = 0, secret: bytes = SECRET, sent: bytes = b"{}") -> None:
        """Signs an empty object; ``sent`` is what really goes over the line."""
        at = str(self.now_ms - late_ms)
        text = at + nonce + hashlib.sha256(b"{}").hexdigest()
        signature = base64.b64encode(hmac.new(secret, text.encode(), hashlib.sha256).digest()).decode()
        self.door.press({"x-timestamp": at, "x-nonce": nonce, "x-signature": signature}, sent)


def test_only_the_platform_rings() -> None:
    bell = Bell()
    bell.press("n" * 16)
    assert bell.rung == 1
    for options, says in (
        ({"nonce": "n" * 16}, "used before"),
        ({"nonce": "short"}, "X-Nonce is missing, told twice or malformed: 16 to 64"),
        ({"nonce": "m" * 16, "late_ms": 300_001}, "five minutes off"),
        ({"nonce": "m" * 16, "late_ms": -300_001}, "five minutes off"),
        ({"nonce": "m" * 16, "secret": b"another secret of theirs"}, "signature is wrong"),
        ({"nonce": "m" * 16, "sent": b"{} "}, "signature is wrong"),
    ):
        with pytest.raises(Refused, match=says):
            bell.press(**options)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="X-Timestamp is missing"):
        bell.door.press({}, b"")
    assert (bell.rung, sum(bell.door.refused.values())) == (1, 7)


def test_a_flood_of_true_calls_does_not_fill_the_memory() -> None:
    bell = Bell()
    for number in range(10_000):
        bell.now_ms += 1
        bell.press(f"{number:016}")
    for number in (0, 9_999):
        with pytest.raises(Refused, match="used before"):
            bell.press(f"{number:016}")
    with pytest.raises(Refused, match="wait"):
        bell.press("n" * 16)
    assert (len(bell.door._nonces), bell.rung) == (10_000, 10_000)
    bell.now_ms += 600_001
    bell.press("n" * 16)
    assert (len(bell.door._nonces), bell.rung) == (1, 10_001)
