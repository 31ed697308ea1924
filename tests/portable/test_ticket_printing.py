"""A ticket survives whatever happens between its answer and the visitor's hand: printed, or again and marked."""

import asyncio

from firmware.print_log import REMEMBERED, PrintLog
from firmware.roles import ticket_printing
from firmware.roles.ticket_printing import DAY_MS, TicketPrinting
from firmware.wire.messages.queue import TicketIssued
from tests.portable.bench import Dice, fresh_folder, play, stop, until
from tests.portable.test_roles_ticket_kiosk import PAPER_OUT, PLAIN, Page, Roll, TicketPrinter

NOON_MS = 1795233600000


def issued(seq, at_ms=NOON_MS, boot="life-1"):
    number = f"HA{seq:03d}"
    return TicketIssued(
        boot=boot,
        seq=seq,
        ticket="20261122-" + number,
        number=number,
        service="passport",
        ahead=seq,
        issued_at_ms=at_ms,
    )


class Outlet:
    """What the kiosk's agent gives to it."""

    boot = "life-1"

    def __init__(self, folder):
        self.keep = (folder, True)
        self.notes = []
        self.now_ms = NOON_MS

    def clock_ms(self):
        return self.now_ms

    def note(self, what, error):
        self.notes.append(what)


def life(folder, story, roll=None, now_ms=NOON_MS):
    """One life of a kiosk's printing half; returns the printer's roll and the outlet."""
    roll, outlet = roll or Roll(), Outlet(folder)
    outlet.now_ms = now_ms

    async def whole():
        printer = TicketPrinter(roll, PLAIN, Page, look_every_ms=5, answer_ms=20)
        printing = TicketPrinting(
            printer, lambda t: {"hall": "", "service": t.service, "ticket": t}, lambda t: None, lambda: None
        )
        printing.open(outlet)
        task = asyncio.create_task(printing.run())
        try:
            await story(printing, roll, outlet)
        finally:
            await stop(task)

    play(whole)
    return roll, outlet


async def one(printing, roll, outlet):
    printing.take(issued(1))
    await until(lambda: roll.tickets == [" passport HA001 1"], "the ticket")
    await until(lambda: not printing.is_busy, "its end")


def test_answer_that_comes_again_prints_nothing_more():
    folder = fresh_folder()

    async def twice(printing, roll, outlet):
        await one(printing, roll, outlet)
        printing.take(issued(1))
        assert not printing.is_busy

    async def in_the_next_life(printing, roll, outlet):
        printing.take(issued(1))
        assert not printing.is_busy
        printing.take(issued(2))
        await until(lambda: roll.tickets, "the next ticket")
        assert roll.tickets == [" passport HA002 2"]

    life(folder, twice)
    life(folder, in_the_next_life)


def test_ticket_that_a_power_cut_interrupted_is_printed_again_and_marked():
    folder = fresh_folder()

    async def torn(printing, roll, outlet):
        roll.breaks_after = 0
        printing.take(issued(1))
        await until(lambda: printing.fault == "paper_out", "the end of the paper")

    async def again(printing, roll, outlet):
        await until(lambda: roll.tickets, "the ticket")
        assert roll.tickets == [" passport HA001 1 again"]

    async def nothing_more(printing, roll, outlet):
        await until(lambda: printing._printer.health.fault == "" and not printing._log.jobs, "rest")
        assert roll.tickets == []

    life(folder, torn)
    life(folder, again)
    life(folder, nothing_more)


def test_ticket_in_whose_middle_the_power_goes_is_marked_and_the_one_behind_it_is_not():
    folder = fresh_folder()

    async def cut_off(printing, roll, outlet):
        reached = []

        async def write(data, sent=roll.write):
            if data[:3] == b"\x1dv0":
                reached.append(data)
                await asyncio.Event().wait()
            await sent(data)

        roll.write = write
        printing.take(issued(1))
        await until(lambda: reached, "the first dots")
        printing.take(issued(2))

    async def next_life(printing, roll, outlet):
        await until(lambda: len(roll.tickets) == 2, "both tickets")
        assert roll.tickets == [" passport HA001 1 again", " passport HA002 2"]

    life(folder, cut_off)
    life(folder, next_life)


def test_ticket_that_waited_for_paper_over_a_restart_is_the_first_one():
    folder = fresh_folder()

    async def no_paper(printing, roll, outlet):
        roll.fault = PAPER_OUT
        printing.take(issued(1))
        await until(lambda: printing.fault == "paper_out" and not printing._log.jobs[0].is_begun, "no paper")
        printing.take(issued(2))

    async def both(printing, roll, outlet):
        await until(lambda: len(roll.tickets) == 2, "both tickets")
        assert roll.tickets == [" passport HA001 1", " passport HA002 2"]

    life(folder, no_paper)
    life(folder, both)


def test_ticket_of_another_day_is_void_and_not_printed():
    folder = fresh_folder()

    async def no_paper(printing, roll, outlet):
        roll.fault = PAPER_OUT
        printing.take(issued(1))
        await until(lambda: printing.fault == "paper_out", "no paper")

    async def next_day(printing, roll, outlet):
        assert printing._log.jobs, "kept while it is not known what day it is"
        outlet.now_ms = NOON_MS + DAY_MS
        printing.connected()
        await until(lambda: not printing._log.jobs, "the old ticket's end")
        assert roll.tickets == []

    life(folder, no_paper)
    life(folder, next_day, now_ms=None)


def test_disk_that_fails_keeps_nobody_from_their_ticket():
    async def story(printing, roll, outlet):
        await one(printing, roll, outlet)
        assert outlet.notes[0] == "print log"

    life(fresh_folder() + "/gone", story)


def test_torn_log_is_no_log():
    folder = fresh_folder()
    log = PrintLog(folder)
    log.add(issued(1).to_plain())
    with open(folder + "/printing.json", "w") as file:
        file.write('{"jobs": [[{"boot"')
    assert PrintLog(folder).jobs == []


def test_only_the_newest_are_remembered():
    folder = fresh_folder()
    log = PrintLog(folder, False)
    for seq in range(1, REMEMBERED + 3):
        assert log.add(issued(seq).to_plain())
        log.finish(log.jobs[0])
    again = PrintLog(folder)
    assert not again.add(issued(3).to_plain())
    assert again.add(issued(2).to_plain())


def test_printer_that_fails_again_and_again_does_not_fill_the_tray():
    async def story(printing, roll, outlet):
        began = 0

        async def write(data, sent=roll.write):
            nonlocal began
            await sent(data)
            if data[:3] == b"\x1dv0":
                began += 1
                raise OSError(5, "torn")

        roll.write = write
        printing.take(issued(1))
        await until(lambda: began == 2, "the second try")
        await asyncio.sleep(0.2)
        assert began == 2, "the third one waits"

    life(fresh_folder(), story)


class Misfortune:
    """A printer on which anything may go wrong at any byte: its plug, its paper; it comes back by itself."""

    def __init__(self, dice):
        self.roll = Roll()
        self._dice = dice
        self._write, self.roll.write = self.roll.write, self.write
        self.is_calm = False

    async def write(self, data):
        chance = 100 if self.is_calm else self._dice.below(25)
        if chance == 0:
            raise OSError(19, "unplugged")
        if chance == 1:
            self.roll.fault = PAPER_OUT
        await self._write(data)
        if self.roll.fault and data[:3] == b"\x10\x04\x04" and (self.is_calm or self._dice.below(2)):
            self.roll.new_roll()  # somebody read what the kiosk said
        if chance == 2:
            raise OSError(19, "unplugged, and the printer has it all the same")


def test_whatever_happens_each_ticket_comes_out_and_only_one_without_the_mark():
    rests, ticket_printing.RESTS_S = ticket_printing.RESTS_S, (0,)
    try:
        for seed in range(25):
            some_lives(Dice(seed))
    finally:
        ticket_printing.RESTS_S = rests


def some_lives(dice):
    folder, printer, count = fresh_folder(), Misfortune(dice), 3

    async def hard(printing, roll, outlet):
        for seq in range(1, count + 1):
            printing.take(issued(seq))  # the answers come again in each life
        for _ in range(dice.below(60)):
            await asyncio.sleep(0)

    async def calm(printing, roll, outlet):
        printer.is_calm = True
        for seq in range(1, count + 1):
            printing.take(issued(seq))
        await until(lambda: not printing._log.jobs, "all tickets")

    for _ in range(3):
        life(folder, hard, roll=printer.roll)
    life(folder, calm, roll=printer.roll)
    for seq in range(1, count + 1):
        words = f" passport HA{seq:03d} {seq}"
        papers = [text for text in printer.roll.tickets if text in (words, words + " again")]
        assert papers, "lost: " + words
        assert papers.count(words) <= 1, "twice without the mark: " + words
