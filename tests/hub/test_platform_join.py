"""What the platform needs to put together: an appointment and its ticket, the tickets of one visit, how many came."""

from collections.abc import Iterator
from typing import Any

import msgspec

from hub.platform import mapping
from hub.platform.contract import Record, records
from simulators.platform.check import complaint
from simulators.platform.interface import Interface
from tests.engine.hall_day import HallDay


def a_morning() -> HallDay:
    """Li booked, and has a second matter; a family of four has three; Wu came early and waited in line."""
    day = HallDay()
    day.books("li", "invoices", starts_in_min=5)
    day.books("wu", "invoices", starts_in_min=120)
    assert day.checks_in("li", "li-invoices") == "A001"
    assert day.takes("certificates", visitor="li", visit=day.id_of("A001")) == "B001"
    assert day.takes("certificates", persons=4) == "B002"
    assert day.takes("notary", visit=day.id_of("B002")) == "HC001"
    assert day.takes("archive", visit=day.id_of("HC001")) == "D001"
    assert day.takes("invoices", visitor="wu") == "A002"
    day.minutes_pass(119)
    day.checks_in("wu", "wu-invoices")
    return day


def test_no_record_has_the_visitor_not_even_as_the_random_id_of_the_vault() -> None:
    day = a_morning()
    happened = (event for entry in day.journal for event in entry.events)
    assert {"li", "wu"} <= {event.visitor for event in happened if hasattr(event, "visitor")}
    words = {str(value) for record in told(day) for value in (record.subject, *record.facts.values())}
    assert not words & {"li", "wu", "ticket:li", "ticket:wu"}


def told(day: HallDay) -> list[Record]:
    return [record for entry in day.journal for record in records(day.plan, 1, entry)]


def of(type_: str, day: HallDay) -> Iterator[Record]:
    return (record for record in told(day) if record.type == type_)


def test_a_ticket_says_which_appointment_and_which_visit_it_is_of_and_for_how_many() -> None:
    day = a_morning()
    facts = {str(one.facts["number"]): one.facts for one in of("ticket.taken", day)}
    keys = ("appointment", "booked", "persons", "first_ticket")
    assert {number: tuple(one[key] for key in keys) for number, one in facts.items()} == {
        "A001": ("li-invoices", True, 1, ""),
        "B001": ("", False, 1, day.id_of("A001")),
        "B002": ("", False, 4, ""),
        "HC001": ("", False, 1, day.id_of("B002")),
        "D001": ("", False, 1, day.id_of("B002")),
        "A002": ("", False, 1, ""),
    }


def test_each_key_leads_to_a_subject_that_was_told() -> None:
    day = a_morning()
    subjects = {record.subject for record in told(day)}
    came = {one.subject: f"ticket:{one.facts['ticket']}" for one in of("appointment.checked_in", day)}
    assert came == {
        "appointment:li-invoices": f"ticket:{day.id_of('A001')}",
        "appointment:wu-invoices": f"ticket:{day.id_of('A002')}",
    }
    (late,) = of("ticket.booked", day)
    assert (late.subject, late.facts) == (
        f"ticket:{day.id_of('A002')}",
        {"appointment": "wu-invoices", "booked": True},
    )
    wanted = {*came.values()}
    for record in told(day):
        wanted |= {f"appointment:{record.facts['appointment']}"} if record.facts.get("appointment") else set()
        wanted |= {f"ticket:{record.facts['first_ticket']}"} if record.facts.get("first_ticket") else set()
    assert len(wanted) == 5
    assert wanted <= subjects


def test_the_sample_platform_has_them_in_its_own_words() -> None:
    day, sample, document = a_morning(), mapping.load("sample"), Interface("sample")
    plains = [sample.put(record) for record in told(day)]
    assert [document.complaint(plain) for plain in plains] == [""] * len(plains)
    taken = {plain["queueNo"]: plain for plain in plains if plain["eventType"] == "0"}
    keys = ("reserveSeq", "isReserve", "peopleCount", "firstTicket")
    assert [taken["A001"][key] for key in keys] == ["li-invoices", "1", 1, ""]
    assert [taken["B001"][key] for key in keys] == ["", "0", 1, day.id_of("A001")]
    assert taken["B002"]["peopleCount"] == 4
    checked_in = [plain["ticketId"] for plain in plains if plain["eventType"] == "63"]
    assert checked_in == [day.id_of("A001"), day.id_of("A002")]


def test_the_neutral_platform_refuses_keys_that_lead_nowhere() -> None:
    day = a_morning()
    first = next(of("ticket.taken", day))
    plain: dict[str, Any] = msgspec.to_builtins(first)
    for wrong, says in (
        ({"persons": 0}, "facts.persons must be 1 or more"),
        ({"appointment": ""}, "facts.booked is true without facts.appointment"),
        ({"first_ticket": day.id_of("A001")}, "facts.first_ticket must be another ticket"),
        ({"booked": 1}, "facts.booked must be bool, not int"),
    ):
        assert says in complaint({**plain, "facts": {**plain["facts"], **wrong}})
    assert [complaint(msgspec.to_builtins(record)) for record in told(day)] == [""] * len(told(day))
