"""A kiosk alone: the numbers it was lent are nobody else's, and who took one meanwhile stands where they would have."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.cli.kiosks import spans
from hub.effects.pages import content
from hub.engine.effects import Refresh
from hub.engine.evolve import apply
from hub.engine.numbers import FIRST_LENT
from hub.engine.periods import periods
from hub.engine.requests import AdmitTicket, AskLease, TurnDay, WithdrawTicket
from hub.engine.state import Site
from hub.reports.fold import Fold
from tests.engine.hall_day import PLAIN, HallDay
from tests.engine.small_site import DAY_MS, small_plan

KIOSKS = {"kiosk-tax": ("invoices", "certificates"), "kiosk-entrance": ("invoices", "certificates", "notary")}


def day_with(count: int = 4) -> HallDay:
    return HallDay(small_plan(offline_numbers=count))


def asks(day: HallDay, kiosk: str = "kiosk-tax", holder: str = "") -> str:
    return day.ask_for(AskLease, kiosk, holder=holder or "disk-of-" + kiosk[6:])


def lent(day: HallDay, kiosk: str = "kiosk-tax") -> dict[str, list[int]]:
    """What its page says: service → serials."""
    page = content(day.plan, day.site, 1, Refresh(device=kiosk, message="show/lease"))
    return {block.service: list(range(block.first, block.first + block.count)) for block in page.leases}


def brings(hall: HallDay, serial: int, taken_min_ago: float, kiosk: str = "kiosk-tax", **other: object) -> str:
    """A ticket that the kiosk gave out alone."""
    what = {"holder": "disk-of-" + kiosk[6:], "day": hall.site.day, "service": "invoices", "away_since_ms": 7, **other}
    return hall.ask_for(
        AdmitTicket, kiosk, serial=serial, taken_at_ms=hall.at_ms + 1000 - int(taken_min_ago * 60_000), **what
    )


def line(day: HallDay, service: str = "invoices") -> list[str]:
    state = day.site.services[service]
    return [day.site.tickets[id].number for queue in (state.priority, state.booked, state.waiting) for id in queue]


def test_each_kiosk_is_lent_other_numbers_for_what_it_offers():
    day = day_with()
    assert asks(day) == "DayTurned LeaseGranted LeaseGranted"
    assert asks(day, "kiosk-entrance") == "LeaseGranted LeaseGranted"
    assert lent(day) == {"invoices": [701, 702, 703, 704], "certificates": [701, 702, 703, 704]}
    assert lent(day, "kiosk-entrance")["invoices"] == [705, 706, 707, 708]
    assert set(lent(day, "kiosk-entrance")) == {"invoices", "certificates", "notary", "archive"}
    assert day.takes("invoices") == "A001"


def test_asked_again_nothing_more_is_lent_until_half_is_used():
    day = day_with()
    asks(day)
    assert asks(day) == ""
    brings(day, 701, 0)
    assert asks(day) == ""
    brings(day, 702, 0)
    assert asks(day) == "LeaseGranted"
    assert lent(day)["invoices"] == [705, 706, 707, 708]
    assert lent(day)["certificates"] == [701, 702, 703, 704]
    assert brings(day, 704, 0) == "TicketTaken"  # of the block before


def test_another_disk_never_gets_the_same_numbers():
    day = day_with()
    asks(day)
    assert asks(day, holder="new-disk") == "LeaseGranted LeaseGranted"
    assert lent(day)["invoices"] == [705, 706, 707, 708]
    assert brings(day, 705, 0) == "OfflineTicketRefused"
    assert brings(day, 701, 0) == "TicketTaken"


def test_a_site_that_lends_nothing_and_a_device_that_is_no_kiosk():
    assert asks(day_with(0)) == "lease.none"
    assert asks(day_with(), "call-tax-1") == "device.unknown"


def test_who_took_a_ticket_meanwhile_stands_where_they_would_have():
    day = day_with()
    asks(day)
    day.minutes_pass(30)
    first = day.takes("invoices")
    day.minutes_pass(20)
    last = day.takes("invoices")
    assert brings(day, 701, 10) == "TicketTaken"
    assert brings(day, 702, 5, priority="elderly") == "TicketTaken"
    assert line(day) == ["A702", first, "A701", last]
    assert [day.ticket(number).taken_at_ms for number in line(day)[1:]] == sorted(
        day.ticket(number).taken_at_ms for number in line(day)[1:]
    )
    ahead = {e.number: e.ahead for entry in day.journal for e in entry.events if type(e).__name__ == "TicketTaken"}
    assert (ahead["A701"], ahead["A702"]) == (1, 0)


def test_waiting_is_counted_from_the_time_on_the_paper():
    day = day_with()
    asks(day)
    day.minutes_pass(30)
    brings(day, 701, 20)
    events = [event for entry in day.journal for event in entry.events]
    (waits,) = periods(day.id_of("A701"), events)
    assert (waits.state, waits.began_at_ms) == ("waiting", day.at_ms - 20 * 60_000)
    fold = Fold()
    day.opens("tax-1")
    day.calls("tax-1")
    for entry in day.journal:
        fold.read(entry)
    waited_ms = sum(sum(cell.hour_waits_ms.values()) for cell in fold.day.cells.values())
    assert waited_ms == day.at_ms - waits.began_at_ms


def test_who_was_called_meanwhile_stays_called():
    day = day_with()
    asks(day)
    day.minutes_pass(10)
    day.opens("tax-1")
    number = day.takes("invoices")
    assert day.calls("tax-1") == number
    brings(day, 701, 8)
    assert (day.at("tax-1"), day.state(number)) == (number, "called")
    day.serves("tax-1", number)
    day.finishes("tax-1", number)
    assert day.calls("tax-1") == "A701"


@pytest.mark.parametrize("ago_min", [-60, 600], ids=["of the future", "before the lending"])
def test_a_clock_that_is_wrong_gives_nobody_a_better_place_than_the_lease_allows(ago_min):
    day = day_with()
    asks(day)
    granted_ms = day.at_ms
    day.minutes_pass(10)
    brings(day, 701, ago_min)
    assert day.ticket("A701").taken_at_ms == (day.at_ms if ago_min < 0 else granted_ms)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"serial": 705}, "lease.unknown"),
        ({"serial": 1}, "lease.unknown"),
        ({"serial": 701, "kiosk": "kiosk-law"}, "lease.unknown"),
        ({"serial": 701, "holder": "forged"}, "lease.unknown"),
        ({"serial": 701, "service": "notary"}, "lease.unknown"),
        ({"serial": 701, "service": "nothing"}, "lease.unknown"),
        ({"serial": 701, "day": "20261121"}, "lease.over"),
        ({"serial": 703}, "lease.used"),
    ],
)
def test_forged_and_late_numbers_are_refused_and_told(facts, code):
    day = day_with()
    asks(day)
    brings(day, 703, 0)
    before = len(day.site.tickets)
    assert brings(day, taken_min_ago=0, **facts) == "OfflineTicketRefused"
    assert len(day.site.tickets) == before
    assert [told for _, told in day.site.outages[-1].refused] == [code]


def test_a_paper_of_yesterday_is_refused_with_its_service_and_time():
    day = day_with()
    asks(day)
    brings(day, 701, 30, day="20261121")
    (refused,) = day.journal[-1].events
    assert (refused.day, refused.number, refused.service) == ("20261121", "A701", "invoices")
    assert refused.taken_at_ms == day.at_ms - 30 * 60_000


def test_the_report_says_from_when_to_when_how_many_which_and_how_late():
    day = day_with()
    asks(day)
    day.minutes_pass(90)
    for serial, ago in ((701, 60), (702, 20)):
        brings(day, serial, ago, away_since_ms=day.at_ms - 3_700_000)
        day.at_ms -= 1000
    brings(day, 799, 20, away_since_ms=day.at_ms - 3_700_000)
    (report,) = day.site.outages
    assert (report.kiosk, report.taken, report.numbers) == ("kiosk-tax", 2, ["A701", "A702"])
    assert (report.turned_away, report.refused) == (1, [("A799", "lease.unknown")])
    assert (report.late_ms, report.until_ms) == (60 * 60_000, day.at_ms)
    assert report.since_ms == day.at_ms - 1000 - 3_700_000


def test_a_ticket_that_nobody_holds_is_taken_out_of_the_line():
    day = day_with()
    number = day.takes("invoices", "kiosk-tax")
    assert day.ask_for(WithdrawTicket, "kiosk-law", ticket=day.id_of(number)) == "ticket.not_here"
    assert day.ask_for(WithdrawTicket, "kiosk-tax", ticket=day.id_of(number)) == "TicketExpired"
    assert day.ask_for(WithdrawTicket, "kiosk-tax", ticket=day.id_of(number)) == "ticket.over"
    assert (day.state(number), line(day)) == ("expired", [])


def test_a_hub_that_comes_so_far_goes_round_what_is_lent():
    day = HallDay(small_plan(offline_numbers=2))
    asks(day)
    for _ in range(FIRST_LENT - 1):
        number = day.takes("invoices")
    assert number == "A700"
    assert day.takes("invoices") == "A703"
    asks(day, "kiosk-entrance")
    assert lent(day, "kiosk-entrance")["invoices"] == [704, 705]
    assert day.takes("invoices") == "A706"


def test_quota_of_the_section_that_runs_is_not_lost_to_tickets_of_an_earlier_one():
    day = day_with()
    asks(day)
    taken = [brings(day, serial, 0) for serial in (701, 702)]
    assert taken == ["TicketTaken"] * 2
    assert day.site.services["invoices"].section_issued == 2


def test_a_new_day_lends_anew_and_leaves_the_reports():
    day = day_with()
    asks(day)
    brings(day, 701, 0)
    old = day.site.day
    day.at_ms += DAY_MS
    assert day.ask_for(TurnDay, "hub").endswith("DayTurned")
    assert (lent(day)["invoices"][0], len(day.site.outages)) == (FIRST_LENT, 1)  # lent the day before
    assert brings(day, 702, 0, day=old) == "OfflineTicketRefused"
    asks(day)
    assert lent(day)["invoices"][0] == FIRST_LENT


class Alone:
    """A kiosk as it is far from the hub: what its disk holds, and what waits in its outbox, in order."""

    def __init__(self) -> None:
        self.blocks: dict[str, list[int]] = {}
        self.outbox: list[tuple[str, int, int]] = []
        self.paper: list[tuple[str, str, int]] = []
        self.last: dict[str, int] = {}

    def gives_out(self, day: str, service: str, at_ms: int) -> None:
        left = [serial for serial in self.blocks.get(service, ()) if serial > self.last.get(service, 0)]
        if left:
            self.last[service] = left[0]
            self.paper.append((day, service, left[0]))
            self.outbox.append((service, left[0], at_ms))


@settings(max_examples=80, deadline=None)
@given(st.randoms(use_true_random=True), st.integers(10, 120))
def test_no_number_twice_and_none_lost_whatever_is_cut_off_when(chance, steps):
    """Kiosks come and go, the hub is killed and lives on from its journal; at the end all are back."""
    day = day_with(chance.randint(1, 4))
    kiosks = {id: Alone() for id in KIOSKS}
    online: list[str] = []
    for id in KIOSKS:
        asks(day, id)
        kiosks[id].blocks = lent(day, id)
    for _ in range(steps):
        id = chance.choice(sorted(KIOSKS))
        kiosk, what = kiosks[id], chance.random()
        service = chance.choice(KIOSKS[id])
        if what < 0.35:
            kiosk.gives_out(day.site.day, service, day.at_ms)
        elif what < 0.6:
            online.append(day.takes(service, id))
        elif what < 0.8:
            back(day, id, kiosk, chance.randint(1, 5))
        elif what < 0.9:
            kill(day)
        else:
            day.minutes_pass(chance.choice((-5, 1, 10)))
    for id, kiosk in kiosks.items():
        back(day, id, kiosk, len(kiosk.outbox))
    prefix = {service.id: service.prefix for service in day.plan.services}
    papers = online + [f"{prefix[service]}{serial:03d}" for k in kiosks.values() for _, service, serial in k.paper]
    assert Counter(papers) == Counter(ticket.number for ticket in day.site.tickets.values())
    assert len(set(papers)) == len(papers)
    for queue in day.site.services.values():
        since = [day.site.tickets[id].since_ms for id in queue.waiting]
        assert since == sorted(since)
    assert sum(outage.taken for outage in day.site.outages) == sum(len(kiosk.paper) for kiosk in kiosks.values())


def back(day: HallDay, id: str, kiosk: Alone, count: int) -> None:
    """It reaches the hub for so many requests, then asks for more numbers."""
    sent, kiosk.outbox = kiosk.outbox[:count], kiosk.outbox[count:]
    for service, serial, at_ms in sent:
        facts = {"holder": "disk-of-" + id[6:], "day": day.site.day, "service": service, "away_since_ms": 1}
        assert day.ask_for(AdmitTicket, id, serial=serial, taken_at_ms=at_ms, **facts) == "TicketTaken"
    if not kiosk.outbox:
        asks(day, id)
        kiosk.blocks = lent(day, id)


def kill(day: HallDay) -> None:
    """What a new life of the hub knows is what the journal's bytes say."""
    site = Site()
    for entry in day.journal:
        apply(day.plan, site, msgspec.json.decode(PLAIN.encode(entry), type=type(entry)))
    assert PLAIN.encode(site) == PLAIN.encode(day.site)
    day.site = site


def test_numbers_are_told_in_spans():
    assert spans(["A703", "B701", "A701", "A702", "A999", "A1000"]) == "A701-A703 A999-A1000 B701"
