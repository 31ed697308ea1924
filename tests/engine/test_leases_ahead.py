"""Numbers for the next day that is open: a hub that dies in the evening does not close the hall in the morning."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from hub.effects.pages import content
from hub.engine.days import day_of
from hub.engine.effects import Refresh
from hub.engine.plan import Hours
from hub.engine.requests import SkipNumbers, TurnDay
from tests.engine.hall_day import HallDay
from tests.engine.small_site import DAY_MS, MORNING_MS, small_plan
from tests.engine.test_leases import KIOSKS, asks, brings, day_with, kill, lent, line


def test_numbers_for_the_next_day_are_lent_too_and_are_that_day_s():
    """Given a kiosk that was lent numbers for tomorrow, when the hub is away until then, then they are admitted, and
    what others are lent tomorrow are other numbers."""
    day = day_with()
    asks(day)
    asks(day, "kiosk-entrance")
    assert lent_next(day) == ("20261123", [701, 702, 703, 704])
    assert lent_next(day, "kiosk-entrance") == ("20261123", [705, 706, 707, 708])
    assert brings(day, 701, 0, day="20261123") == "OfflineTicketRefused"  # not today
    brings(day, 701, 0)
    day.at_ms = day.site.day_ends_at_ms + 9 * 3_600_000
    assert brings(day, 702, 5, day="20261123") == "TicketExpired DayTurned TicketTaken"
    assert (day.site.day, line(day), list(day.site.lent_ahead)) == ("20261123", ["A702"], [])
    assert lent(day)["invoices"] == [701, 702, 703, 704]
    assert day.site.leases["kiosk-tax"][0].used == 2
    assert brings(day, 705, 5, "kiosk-entrance", day="20261123") == "TicketTaken"
    asks(day, holder="new-disk")
    assert lent(day)["invoices"] == [709, 710, 711, 712]
    assert [day.takes("invoices"), day.takes("invoices")] == ["A001", "A002"]


def test_asked_in_the_morning_only_the_day_after_is_lent():
    day = day_with()
    asks(day)
    day.at_ms += DAY_MS
    assert asks(day) == "DayTurned LeaseGranted"
    assert (lent(day)["invoices"], lent_next(day)) == ([701, 702, 703, 704], ("20261124", [701, 702, 703, 704]))
    assert asks(day) == ""


def test_who_asks_first_in_the_morning_gets_none_of_those_that_another_was_lent_the_day_before():
    day = day_with()
    asks(day, "kiosk-entrance")
    day.at_ms += DAY_MS
    assert asks(day) == "DayTurned LeaseGranted LeaseGranted"
    assert lent(day)["invoices"] == [705, 706, 707, 708]


def test_over_a_weekend_it_is_the_next_day_that_is_open_and_a_day_between_leaves_it():
    week = ((((540, 720),),) * 5) + ((), ())
    plan = structs.replace(small_plan(offline_numbers=4), hours=Hours(week=week), holidays=(date(2026, 11, 30),))
    day = HallDay(plan, at_ms=MORNING_MS + 5 * DAY_MS)  # a Friday
    asks(day)
    assert lent_next(day) == ("20261201", [701, 702, 703, 704])
    day.at_ms += DAY_MS
    assert day.ask_for(TurnDay, "hub") == "DayTurned"
    assert lent_next(day) == ("20261201", [701, 702, 703, 704])
    day.at_ms += 3 * DAY_MS
    assert brings(day, 701, 0, day="20261201") == "DayTurned TicketTaken"


def test_what_was_lent_ahead_after_a_backup_is_left_out_too():
    day = day_with()
    asks(day)
    day.ask_for(SkipNumbers, "admin", count=200)
    asks(day, "kiosk-entrance")
    assert lent_next(day, "kiosk-entrance")[1][0] == 905
    assert lent(day, "kiosk-entrance")["invoices"][0] == 905


def lent_next(day: HallDay, kiosk: str = "kiosk-tax") -> tuple[str, list[int]]:
    """The day after, and the serials of invoices for it, as the page says."""
    page = content(day.plan, day.site, 1, Refresh(device=kiosk, message="show/lease"))
    found = [block for block in page.next_leases if block.service == "invoices"]
    return page.next_day, [serial for block in found for serial in range(block.first, block.first + block.count)]


class Nights:
    """A kiosk's disk over several days: the blocks of today and the next day as the hub showed them last."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.blocks: dict[str, list[int]] = {}  # day → serials of invoices
        self.last: dict[str, int] = {}
        self.outbox: list[tuple[str, int, int]] = []
        self.papers: list[tuple[str, int]] = []

    def hears(self, day: HallDay) -> None:
        asks(day, self.id)
        self.blocks = dict([(day.site.day, lent(day, self.id)["invoices"]), lent_next(day, self.id)])

    def gives_out(self, day: HallDay) -> None:
        today = day_of(day.plan, day.at_ms).day
        left = [serial for serial in self.blocks.get(today, ()) if serial > self.last.get(today, 0)]
        if left:
            self.last[today] = left[0]
            self.papers.append((today, left[0]))
            self.outbox.append((today, left[0], day.at_ms))

    def comes_back(self, hall: HallDay) -> None:
        """Papers of today are admitted, those of a day that is over are told as refused."""
        for day, serial, at_ms in self.outbox:
            ago_min = (hall.at_ms + 1000 - at_ms) / 60_000
            is_today = day == day_of(hall.plan, hall.at_ms + 1000).day
            became = brings(hall, serial, ago_min, self.id, day=day).split()[-1]
            assert became == ("TicketTaken" if is_today else "OfflineTicketRefused")
        self.outbox.clear()
        self.hears(hall)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=True), st.integers(10, 80))
def test_no_number_twice_on_one_day_whatever_is_away_over_which_night(chance, steps):
    day = day_with(chance.randint(1, 4))
    kiosks = [Nights(id) for id in KIOSKS]
    papers: list[tuple[str, str]] = []
    for kiosk in kiosks:
        kiosk.hears(day)
    for _ in range(steps):
        kiosk, what = chance.choice(kiosks), chance.random()
        if what < 0.4:
            kiosk.gives_out(day)
        elif what < 0.55:
            number = day.takes("invoices", kiosk.id)
            papers.append((day.site.day, number))
        elif what < 0.7:
            kiosk.comes_back(day)
        elif what < 0.8:
            kill(day)
        else:
            day.minutes_pass(chance.choice((5, 300, 900, 1500)))
    papers += [(today, f"A{serial}") for kiosk in kiosks for today, serial in kiosk.papers]
    assert len(set(papers)) == len(papers)
    for kiosk in kiosks:
        kiosk.comes_back(day)
