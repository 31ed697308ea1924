"""A kiosk alone: who comes gets a ticket with a lent number, no number comes twice, and the hub is told all of it."""

import asyncio

from drivers.ticket_printer import TicketPrinter
from firmware.clock import now_ms
from firmware.link.outbox import Outbox
from firmware.roles.kiosk_lease import KioskLease
from firmware.roles.ticket_kiosk import TicketKiosk
from firmware.wire.messages.device import Ack, Refused
from firmware.wire.messages.lease import ShowLease
from firmware.wire.messages.queue import ShowServices, TicketIssued, TicketTake
from tests.portable.bench import fresh_folder, play, stop, until
from tests.portable.test_roles_ticket_kiosk import PLAIN, Glass, Page, Roll

NOON_MS = 1795320000000
DAY, TOMORROW = "20261122", "20261123"
DAY_MS = 86400000


class Disk:
    """What stays of a kiosk between two lives of its program: its folder. ``life`` gives the agent's side of one."""

    def __init__(self):
        self.folder = fresh_folder()
        self.lives = 0

    def life(self, now=NOON_MS):
        self.lives += 1
        return Agent(self.folder, "life-" + str(self.lives), now)


class Agent:
    """The outlet, with a real outbox on the disk; ``minus`` is the hub's clock, None before the hub was heard."""

    def __init__(self, folder, boot, now):
        self.keep = (folder, False)
        self.outbox = Outbox(folder, 100, False, boot)
        self.boot = boot
        self.minus = None if now is None else now - now_ms()
        self.errors = []

    def ask(self, request):
        self.outbox.add(request)

    def note(self, where, error):
        self.errors.append((where, error))

    def report(self, message):
        pass

    def clock_ms(self):
        return None if self.minus is None else now_ms() + self.minus

    def waiting(self, name):
        return [entry for entry in self.outbox.entries if entry.name == name]

    def answer(self, role, name, answer_class, **facts):
        """The oldest request of this name is answered."""
        entry = self.waiting(name)[0]
        role.answered(entry.name, answer_class(boot=entry.boot, seq=entry.seq, **facts))
        self.outbox.drop(entry)


def lent(holder, first=701, count=3, rev=2, day=DAY, ends_at_ms=NOON_MS + 3600000, next_day=""):
    blocks = [{"service": "passport", "prefix": "HA", "first": first, "count": count}] if holder else []
    facts = {"holder": holder, "day": day, "ends_at_ms": ends_at_ms, "block": count, "after_s": 3, "leases": blocks}
    if next_day:
        facts.update({"next_day": next_day, "next_ends_at_ms": ends_at_ms + DAY_MS, "next_leases": blocks})
    return ShowLease(epoch=1, rev=rev, **facts)


def offers():
    rows = [{"service": "passport", "label": "护照", "waiting": 2}, {"service": "visa", "label": "签证", "waiting": 0}]
    return ShowServices(epoch=1, rev=1, hall="一厅", offers=rows)


def lease_of(agent):
    """A lease by itself, as after the first contact with the hub."""
    lease = KioskLease(lambda: None, lambda request: None)
    lease.open(agent)
    lease.connected(True)
    lease.take(lent(""))
    (asked,) = agent.waiting("lease/ask")
    holder = str(asked.payload, "utf-8").split('"holder":"')[1].split('"')[0]
    agent.outbox.drop(asked)
    lease.take(lent(holder))
    return lease, holder


def numbers(lease, count=9):
    made = [lease.issue(TicketTake(service="passport")) for _ in range(count)]
    return [ticket.number for ticket in made if ticket is not None]


def test_it_asks_for_numbers_once_and_gives_them_out_in_order():
    agent = Disk().life()
    lease, _ = lease_of(agent)
    lease.connected(True)
    assert agent.waiting("lease/ask") == []
    lease.connected(False)
    assert numbers(lease) == ["HA701", "HA702", "HA703"]
    assert len(agent.waiting("ticket/offline")) == 3
    agent.outbox.close()


def test_half_of_them_used_it_asks_again_when_the_hub_is_back():
    agent = Disk().life()
    lease, holder = lease_of(agent)
    lease.connected(False)
    numbers(lease, 2)
    lease.connected(True)
    assert [entry.name for entry in agent.outbox.entries] == ["ticket/offline"] * 2 + ["lease/ask"]
    lease.take(lent(holder, 704, rev=9))
    lease.connected(False)
    assert numbers(lease) == ["HA704", "HA705", "HA706"]
    agent.outbox.close()


def test_no_number_is_given_out_by_two_lives():
    disk = Disk()
    agent = disk.life()
    lease, _ = lease_of(agent)
    lease.offered(offers())
    lease.connected(False)
    assert numbers(lease, 1) == ["HA701"]
    agent.outbox.close()
    agent = disk.life(now=None)
    again = KioskLease(lambda: None, lambda request: None)
    shown = again.open(agent)
    has_computer = again.clock_ms() is not None
    if has_computer:  # where the computer has a name for its run, the clock of the life before goes on
        assert abs(again.clock_ms() - NOON_MS) < 60000
        assert [offer.service for offer in again.services(shown).offers] == ["passport"]
        assert numbers(again) == ["HA702", "HA703"]
        assert again.unprinted().number == "HA701"
    else:
        assert (shown, numbers(again)) == (None, [])
    agent.outbox.close()


def test_a_new_disk_takes_no_numbers_of_the_old_one():
    agent = Disk().life()
    lease, _ = lease_of(agent)
    lease.connected(False)
    other_agent = Disk().life()
    other = KioskLease(lambda: None, lambda request: None)
    other.open(other_agent)
    other.connected(True)
    other.take(lent("somebody-else"))
    assert len(other_agent.waiting("lease/ask")) == 1
    other.connected(False)
    assert numbers(other) == []
    agent.outbox.close()
    other_agent.outbox.close()


def test_a_torn_memory_is_another_disk():
    disk = Disk()
    agent = disk.life()
    _, holder = lease_of(agent)
    agent.outbox.close()
    with open(disk.folder + "/lease.json", "w") as file:
        file.write('{"holder": "')
    agent = disk.life()
    lease = KioskLease(lambda: None, lambda request: None)
    lease.open(agent)
    lease.connected(True)
    lease.take(lent(holder))
    assert len(agent.waiting("lease/ask")) == 1
    lease.connected(False)
    assert numbers(lease) == []
    agent.outbox.close()


def test_after_the_day_nothing_is_given_out():
    agent = Disk().life()
    lease, _ = lease_of(agent)
    lease.connected(False)
    agent.minus += 3600000
    assert numbers(lease) == []
    assert lease.services(offers()) is None
    agent.outbox.close()


def evening(agent):
    """A kiosk that was lent numbers for today and tomorrow; one of today's was given out before the hub was gone."""
    lease, holder = lease_of(agent)
    lease.take(lent(holder, rev=3, next_day=TOMORROW))
    lease.connected(False)
    assert numbers(lease, 1) == ["HA701"]
    return lease, holder


def test_the_next_morning_without_the_hub_it_gives_out_what_was_lent_for_it():
    agent = Disk().life()
    lease, _ = evening(agent)
    agent.minus += 3600000 + 9 * 3600000
    assert [offer.service for offer in lease.services(offers()).offers] == ["passport"]
    assert numbers(lease, 2) == ["HA701", "HA702"]
    days = [str(entry.payload, "utf-8").split('"day":"')[1][:8] for entry in agent.waiting("ticket/offline")]
    assert days == [DAY, TOMORROW, TOMORROW]
    agent.minus += DAY_MS
    assert numbers(lease) == []
    agent.outbox.close()


def test_no_number_of_the_morning_comes_twice_whatever_the_hub_shows_first():
    """It may come back with the page of yesterday, which the broker kept, before it says that it is morning."""
    disk = Disk()
    agent = disk.life()
    lease, holder = evening(agent)
    agent.minus += 3600000 + 9 * 3600000
    assert numbers(lease, 1) == ["HA701"]
    lease.connected(True)
    lease.take(lent(holder, rev=3, next_day=TOMORROW))
    lease.connected(False)
    assert numbers(lease, 1) == ["HA702"]
    lease.connected(True)
    lease.take(lent(holder, rev=7, day=TOMORROW, ends_at_ms=NOON_MS + 3600000 + DAY_MS))
    lease.connected(False)
    assert numbers(lease) == ["HA703"]
    agent.outbox.close()


def test_on_a_day_between_nothing_is_given_out():
    agent = Disk().life()
    lease, holder = lease_of(agent)
    monday = lent(holder, rev=3, next_day=TOMORROW)
    monday.next_ends_at_ms += 2 * DAY_MS
    lease.take(monday)
    lease.connected(False)
    agent.minus += 3600000 + 9 * 3600000
    assert numbers(lease) == []
    agent.minus += 2 * DAY_MS
    assert numbers(lease, 1) == ["HA701"]
    agent.outbox.close()


def test_it_asks_when_none_are_lent_for_the_next_day_and_once():
    agent = Disk().life()
    lease, holder = lease_of(agent)
    page = lent(holder, rev=3, next_day=TOMORROW)
    lease.take(page)
    assert agent.waiting("lease/ask") == []
    page.rev, page.next_leases = 4, []
    lease.take(page)
    lease.take(page)
    assert len(agent.waiting("lease/ask")) == 1
    agent.outbox.close()


def with_kiosk(story):
    async def whole():
        glass, roll, agent = Glass(), Roll(), Disk().life()
        printer = TicketPrinter(roll, PLAIN, Page, look_every_ms=5, answer_ms=20)
        role = TicketKiosk({"notice_ms": 30}, {"screen": glass, "printer": printer})
        role.outlet = agent
        task = asyncio.create_task(role.run())
        await until(lambda: glass.pages, "the role at work")
        role.shown(offers(), 0)
        role.connected(True)
        role.shown(lent(""), 0)
        holder = role._lease._kept["holder"]
        agent.answer(role, "lease/ask", Ack)
        role.shown(lent(holder), 0)
        role._lease._after_ms = lambda: 60  # felt: seconds
        try:
            await story(role, glass, roll, agent)
        finally:
            await stop(task)
            agent.outbox.close()

    play(whole)


def test_without_the_hub_it_goes_on_with_what_it_was_lent():
    async def story(role, glass, roll, agent):
        role.connected(False)
        assert (glass.page, glass.content["reason"]) == ("out_of_service", "link")
        await until(lambda: glass.page == "choose", "tickets without the hub")
        assert glass.content["offline"]
        assert [offer.service for offer in glass.content["show"].offers] == ["passport"]
        glass.choose("reprint", "HA001")
        await until(lambda: glass.page == "message", "that this needs the hub")
        for number in ("HA701", "HA702", "HA703"):
            await until(lambda: glass.page == "choose", "the next visitor")
            glass.choose("passport", "zh", "elderly")
            await until(lambda n=number: roll.tickets and n in roll.tickets[-1], number)
        await until(lambda: glass.page == "out_of_service", "no number left")
        assert len(roll.tickets) == 3
        role.connected(True)
        await until(lambda: glass.page == "choose", "the hub again")
        assert not glass.content["offline"]
        agent.answer(role, "ticket/offline", Refused, code="lease.used")
        assert glass.page == "choose", "nobody here asked for it"

    with_kiosk(story)


def test_a_hub_that_dies_in_the_evening_leaves_papers_for_the_morning():
    async def story(role, glass, roll, agent):
        role.shown(lent(role._lease._kept["holder"], rev=3, next_day=TOMORROW), 0)
        role.connected(False)
        for hours, number in ((0, "HA701"), (10, "HA701"), (0, "HA702")):
            agent.minus += hours * 3600000
            await until(lambda: glass.page == "choose", "tickets without the hub")
            before = len(roll.tickets)
            glass.choose("passport", "zh", "none")
            await until(lambda n=before: len(roll.tickets) > n, "a paper")
            assert number in roll.tickets[-1]
        told = [str(entry.payload, "utf-8") for entry in agent.waiting("ticket/offline")]
        assert [TOMORROW in one for one in told] == [False, True, True]

    with_kiosk(story)


def test_who_waits_for_a_hub_that_does_not_answer_gets_one_ticket_and_not_two():
    async def story(role, glass, roll, agent):
        glass.choose("passport", "en", "none")
        await until(lambda: roll.tickets, "a ticket without an answer")
        assert "HA701" in roll.tickets[0]
        facts = {"ticket": DAY + "-HA009", "number": "HA009", "service": "passport"}
        agent.answer(role, "ticket/take", TicketIssued, ahead=1, issued_at_ms=NOON_MS, **facts)
        assert [entry.name for entry in agent.outbox.entries] == ["ticket/offline", "ticket/unprinted"]
        await until(lambda: glass.page == "choose" and not glass.content["offline"], "the hub again")
        assert len(roll.tickets) == 1

    with_kiosk(story)


def test_a_hub_that_answers_in_time_is_never_away():
    async def story(role, glass, roll, agent):
        glass.choose("passport", "zh", "none")
        await until(lambda: agent.waiting("ticket/take"), "the request")
        facts = {"ticket": DAY + "-HA009", "number": "HA009", "service": "passport"}
        agent.answer(role, "ticket/take", TicketIssued, ahead=1, issued_at_ms=NOON_MS, **facts)
        await until(lambda: roll.tickets, "the ticket")
        await asyncio.sleep(0.1)
        assert (role._lease.is_away, agent.outbox.entries) == (False, [])

    with_kiosk(story)
