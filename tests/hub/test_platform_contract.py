"""What a city platform is told of an entry."""

import msgspec
import pytest

from hub.engine import events as happened
from hub.engine.events import AnyEvent, Entry
from hub.engine.plan import Device, Hall, Plan, Service, Settings, Window
from hub.platform.contract import MAX_EVENTS, TYPES, records
from simulators.platform.check import FACTS, complaint

PLAN = Plan(
    id="doumen",
    name="斗门区政务服务中心",
    halls=(Hall(id="churujing", name="出入境", floor=1), Hall(id="huji", name="户籍", floor=1)),
    services=(
        Service(id="passport", hall="churujing", name="护照", prefix="H"),
        Service(id="residence", hall="huji", name="户口", prefix="HA"),
    ),
    windows=(Window(id="churujing-1", hall="churujing", number=1, services=("passport",)),),
    devices=(Device(id="help-2", kind="help_button", hall="huji"), Device(id="strip-1", kind="window_strip")),
    channels=(),
)

NOON_MS = 1_795_233_600_123  # 2026-11-21T04:00:00.123Z

SAMPLES: dict[type, dict[str, object]] = {
    happened.TicketTaken: {"number": "HA001", "serial": 1, "service": "residence", "kiosk": "kiosk-1", "ahead": 3},
    happened.OfflineTicketRefused: {
        "kiosk": "kiosk-1",
        "number": "HA701",
        "day": "20261120",
        "code": "lease.over",
        "service": "residence",
        "taken_at_ms": NOON_MS - 86_400_000,
    },
    happened.TicketTransferred: {"window": "churujing-1", "to_service": "residence"},
    happened.TicketExpired: {},
    happened.TicketBooked: {"appointment": "YY-1", "booked": True, "kiosk": "kiosk-1"},
    happened.TicketPrioritised: {"priority": "elderly", "was": "none", "reason": "李四走不动", "by": "张三"},
    happened.TicketReleased: {},
    happened.TicketReturned: {"window": "churujing-1", "to_service": "residence"},
    happened.ActUndone: {"window": "churujing-1", "act": "pass", "was_service": "residence"},
    happened.StaffSignedIn: {"window": "churujing-1", "staff": "c7"},
    happened.StaffSignedOut: {"window": "churujing-1", "staff": "c7"},
    happened.TicketRequeued: {"window": "churujing-1", "behind": 3},
    happened.ServiceRated: {"window": "churujing-1", "terminal": "rate-1", "level": 2, "reasons": (207, 213)},
    happened.CaseOpened: {
        "case": "20261121-HA001-1",
        "ticket": "20261121-HA001",
        "window": "churujing-1",
        "service": "residence",
        "level": 2,
        "deadline_ms": NOON_MS,
        "words": "w0",
        "visitor": "v1",
    },
    happened.CaseMoved: {
        "case": "20261121-HA001-1",
        "window": "churujing-1",
        "act": "accept",
        "state": "screened",
        "by": "boss",
        "note": "w1",
    },
    happened.CaseOverdue: {"case": "20261121-HA001-1", "window": "churujing-1"},
    happened.AppointmentBooked: {
        "appointment": "YY-1",
        "visitor": "v1",
        "service": "residence",
        "starts_at_ms": NOON_MS,
        "ends_at_ms": NOON_MS,
    },
    happened.AppointmentChanged: {
        "appointment": "YY-1",
        "service": "residence",
        "starts_at_ms": NOON_MS,
        "ends_at_ms": NOON_MS,
    },
    happened.AppointmentCancelled: {"appointment": "YY-1", "by": "admin"},
    happened.AppointmentCheckedIn: {"appointment": "YY-1", "kiosk": "kiosk-1", "ticket": "20261121-HA001"},
    happened.AppointmentMissed: {"appointment": "YY-1"},
    happened.WindowPaused: {"window": "churujing-1", "reason": "lunch"},
    happened.WindowOpened: {"window": "churujing-1"},
    happened.WindowClosed: {"window": "churujing-1"},
    happened.AlarmRaised: {"alarm": "alarm-7", "device": "help-2"},
    happened.AlarmPressedAgain: {"alarm": "alarm-7"},
    happened.AlarmAcknowledged: {"alarm": "alarm-7", "by": "张三"},
    happened.AlarmClosed: {"alarm": "alarm-7", "by": "张三", "note": "李四 13800000000"},
    happened.DeviceCame: {"device": "help-2"},
    happened.DeviceLeft: {"device": "strip-1"},
    happened.PartFailed: {"device": "help-2", "part": "button", "fault": "broken"},
    happened.PartRecovered: {"device": "help-2", "part": "button"},
}
UNTOLD = {
    happened.FiguresClosed,  # of clerks, for themselves
    happened.QueueWarned,
    happened.QueueCleared,
    happened.SectionEnded,
    happened.DayTurned,
    happened.TicketReprinted,
    happened.AnnouncementQueued,
    happened.AnnouncementWithdrawn,
    happened.AnnouncementEnded,
    happened.RequestRefused,
    happened.StaffPunched,
    happened.NumbersSkipped,
    happened.LeaseGranted,
    happened.StripsLit,
}


def sample(kind: type) -> AnyEvent:
    fields: dict[str, object] = {"at_ms": NOON_MS}
    if issubclass(kind, happened.TicketEvent):
        fields |= {"ticket": "20261121-HA001"} | ({} if kind in SAMPLES else {"window": "churujing-1"})
    return kind(**(fields | SAMPLES.get(kind, {})))  # type: ignore[no-any-return]


def entry(*events: AnyEvent, position: int = 12) -> Entry:
    return Entry(position=position, at_ms=NOON_MS, origin=None, events=events)


def test_each_event_is_told_or_left_out_on_purpose() -> None:
    every = set(happened.AnyEvent.__args__)
    assert set(TYPES) | UNTOLD == every
    assert not set(TYPES) & UNTOLD


def test_the_simulated_platform_knows_the_same_types_and_facts() -> None:
    assert {told.type: set(told.facts) for told in TYPES.values()} == {
        name: set(facts) for name, facts in FACTS.items()
    }


@pytest.mark.parametrize("kind", sorted(TYPES, key=lambda kind: kind.__name__))
def test_each_record_is_to_the_platforms_taste(kind: type) -> None:
    (record,) = records(PLAN, 1_795_000_000, entry(sample(kind)))
    assert complaint(msgspec.json.decode(msgspec.json.encode(record))) == ""


def test_a_taken_ticket() -> None:
    (record,) = records(PLAN, 1_795_000_000, entry(sample(happened.TicketTaken)))
    assert msgspec.to_builtins(record) == {
        "id": "doumen-1795000000-12-0",
        "type": "ticket.taken",
        "at": "2026-11-21T12:00:00.123+08:00",
        "site": "doumen",
        "epoch": 1_795_000_000,
        "sequence": 12 * MAX_EVENTS,
        "hall": "huji",
        "subject": "ticket:20261121-HA001",
        "facts": {
            "number": "HA001",
            "service": "residence",
            "kiosk": "kiosk-1",
            "language": "zh",
            "priority": "none",
            "ahead": 3,
            "was_offline": False,
            "appointment": "",
            "booked": False,
            "persons": 1,
            "first_ticket": "",
            "taken_at": "2026-11-21T12:00:00.123+08:00",
        },
    }


def test_a_ticket_taken_while_the_kiosk_was_alone_has_the_time_of_its_paper() -> None:
    alone = msgspec.structs.replace(sample(happened.TicketTaken), was_offline=True, taken_at_ms=NOON_MS - 5_400_000)
    (record,) = records(PLAN, 1, entry(alone))
    assert (record.at, record.facts["taken_at"], record.facts["was_offline"]) == (
        "2026-11-21T12:00:00.123+08:00",
        "2026-11-21T10:30:00.123+08:00",
        True,
    )


def test_a_paper_that_came_after_its_day_is_told_as_one_that_did_not_join() -> None:
    (record,) = records(PLAN, 1, entry(sample(happened.OfflineTicketRefused)))
    assert (record.type, record.subject, record.hall) == ("ticket.refused", "device:kiosk-1", "huji")
    assert record.facts == {
        "number": "HA701",
        "day": "20261120",
        "service": "residence",
        "kiosk": "kiosk-1",
        "code": "lease.over",
        "taken_at": "2026-11-20T12:00:00.123+08:00",
    }


def test_an_appointment_goes_with_its_times() -> None:
    for kind in (happened.AppointmentBooked, happened.AppointmentChanged):
        (record,) = records(PLAN, 1, entry(sample(kind)))
        assert record.facts["starts_at"] == record.facts["ends_at"] == "2026-11-21T12:00:00.123+08:00"


def test_times_are_of_the_site() -> None:
    west = msgspec.structs.replace(PLAN, settings=Settings(utc_offset_min=-210))
    (record,) = records(west, 1, entry(happened.DeviceCame(at_ms=NOON_MS, device="x")))
    assert record.at == "2026-11-21T00:30:00.123-03:30"


def test_the_order_is_that_of_the_journal() -> None:
    expired = [happened.TicketExpired(at_ms=NOON_MS, ticket=f"20261121-H{n:03}") for n in range(3)]
    first = records(PLAN, 1, entry(happened.DayTurned(at_ms=1, day="20261122", ends_at_ms=2), *expired, position=4))
    later = records(PLAN, 1, entry(sample(happened.TicketCalled), position=5))
    sequences = [record.sequence for record in (*first, *later)]
    assert sequences == sorted(set(sequences))
    assert len({record.id for record in (*first, *later)}) == 4


def test_an_entry_gives_the_same_records_each_time() -> None:
    given = entry(sample(happened.TicketCalled), sample(happened.ServiceRated))
    assert records(PLAN, 9, given) == records(PLAN, 9, given)


@pytest.mark.parametrize(
    ("event", "hall"),
    [
        (sample(happened.TicketCalled), "churujing"),
        (sample(happened.TicketExpired), "huji"),
        (happened.TicketExpired(at_ms=1, ticket="20261121-H007"), "churujing"),
        (happened.TicketExpired(at_ms=1, ticket="20261121-Z007"), ""),
        (sample(happened.AlarmRaised), "huji"),
        (sample(happened.AlarmClosed), ""),
        (sample(happened.DeviceLeft), ""),
        (happened.WindowOpened(at_ms=1, window="taken-away"), ""),
    ],
)
def test_the_hall(event: AnyEvent, hall: str) -> None:
    (record,) = records(PLAN, 1, entry(event))
    assert record.hall == hall


def test_no_names_and_no_notes_leave_the_building() -> None:
    told = records(PLAN, 1, entry(sample(happened.AlarmAcknowledged), sample(happened.AlarmClosed)))
    text = msgspec.json.encode(told).decode()
    assert not [planted for planted in ("张三", "李四", "13800000000") if planted in text]
