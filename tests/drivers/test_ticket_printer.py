"""The ticket printer: its bytes beside published ones and another encoder's, its status bit by bit, its troubles."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, get_args

import pytest
from escpos.printer import Dummy
from PIL import Image, ImageChops

from board_profiles.key_types import extras
from board_profiles.linux_rows import EscposRow
from drivers import escpos
from drivers.escpos_status import NONE, answer_in, fault_of, fault_of_port, fault_of_word
from drivers.faults import PartFault
from drivers.printer_models import CLEAR, CUT_PARTIAL, MODELS, Model
from drivers.ticket_printer import NULS, TEAR_DOTS, TicketPrinter
from firmware.parts import make
from firmware.screens import ticket
from firmware.wire.messages.part import FAULTS
from firmware.wire.messages.queue import TicketIssued
from firmware.words import words
from simulators.parts.printer import SimulatedPrinter
from simulators.parts.printer_cables import MemoryCable
from tests.drivers.picture import compare


def content(**more: Any) -> dict[str, Any]:
    facts = {"ticket": "20261122-HA001", "number": "HA001", "service": "s", "ahead": 2, "issued_at_ms": 1795334400000}
    issued = TicketIssued(boot="b", seq=1, **(facts | more))
    return {"site": "珠海市", "hall": "一厅", "service": "护照", "ticket": issued, "utc_offset_min": 480}


# --- bytes


def test_text_is_gb_18030_and_the_look_goes_before() -> None:
    assert escpos.look(2, is_bold=True) == b"\x1ba\x01\x1bE\x01\x1d!\x11"
    assert escpos.line("取号A1") == b"\xc8\xa1\xba\xc5A1\n"
    assert escpos.line("𠮷") == b"\x95\x34\xb2\x35\n", "four bytes: GB 18030, not GBK"


def test_codes_dots_and_text_are_what_another_encoder_sends() -> None:
    other = Dummy()
    other.qr("20261122-HA001", ec=1, size=6, native=True)
    assert escpos.qr(b"20261122-HA001") in other.output
    other = Dummy()
    picture = Image.frombytes("1", (24, 3), bytes.fromhex("ff0001 80ff00 0000ff"), "raw", "1;I")
    other.image(picture, impl="bitImageRaster")
    assert other.output == escpos.dots(24, bytes.fromhex("ff0001 80ff00 0000ff"))
    other = Dummy()
    other.hw("INIT")
    assert escpos.INIT.startswith(other.output)


def test_a_ticket_as_bytes() -> None:
    """Written down once; the lines of the page are those of a hall's ticket."""
    made: list[bytes] = []

    class Line(MemoryCable):
        async def write(self, data: bytes) -> None:
            made.append(data)
            await super().write(data)

    model = MODELS["chinese_80"]
    asyncio.run(TicketPrinter(Line(SimulatedPrinter()), model, ticket).print_ticket(content(reprint=True)))
    sent = b"".join(piece for piece in made if piece[:2] != b"\x10\x04")
    middle, big, rule = b"\x1ba\x01\x1bE\x00\x1d!\x00", b"\x1ba\x01\x1bE\x01\x1d!", b"\x1bJ\x08\x1dv0\x00H\x00\x03\x00"
    expected = [
        b"\x1b@\x1da\x00\x1c&",
        middle + "珠海市\n".encode("gb18030"),
        middle + "一厅\n".encode("gb18030"),
        rule + b"\xff" * 216 + b"\x1bJ\x08",
        big + b"\x11" + "护照\n".encode("gb18030"),
        big + b"\x44HA001\n",
        big + b"\x11" + "【补打】\n".encode("gb18030"),
        big + b"\x11" + "前面还有 2 人等待\n".encode("gb18030"),
        rule + b"\xff" * 216 + b"\x1bJ\x08",
        middle + "请在休息区等候，注意呼叫及大屏显示信息。\n".encode("gb18030"),
        middle + "过号无效，请您重新取号。\n".encode("gb18030"),
        middle + b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1",
        b"\x1d(k\x11\x001P020261122-HA001\x1d(k\x03\x001Q0\n",
        middle + "取号时间 2026-11-22 16:00:00\n".encode("gb18030"),
        b"\x1dVB\x28",
        b"\x1dr\x01",
    ]
    assert sent == b"".join(expected)


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("", 10, [""]),
        ("请在休息区等候", 8, ["请在休息", "区等候"]),
        ("请在休息，区", 8, ["请在休", "息，区"]),
        ("Please wait here", 11, ["Please wait", "here"]),
        ("ABCDEFGHIJKL", 5, ["ABCDE", "FGHIJ", "KL"]),
        ("到3号窗口", 5, ["到3号", "窗口"]),
    ],
)
def test_lines_are_broken_where_people_would(text: str, room: int, lines: list[str]) -> None:
    assert escpos.wrapped(text, room) == lines
    assert all(escpos.cells(line) <= room for line in lines)


# --- models


def test_profiles_may_name_every_model_and_no_other() -> None:
    field = EscposRow.__annotations__["model"]
    assert set(get_args(get_args(field)[0])) == set(MODELS)
    assert extras(field) == {"right": "printer_model"}


@pytest.mark.parametrize(
    ("driver", "row", "name"),
    [
        ("escpos", {"device": "/dev/usb/lp0"}, "/dev/usb/lp0"),
        ("escpos_serial", {"device": "/dev/ttyS1", "baud": 9600, "is_rtscts": True}, "/dev/ttyS1"),
        ("escpos_usb", {"id": "0483:5743", "model": "port_80"}, "USB 0483:5743"),
        ("escpos_tcp", {"host": "10.0.0.9", "port": 9100, "model": "dots_58"}, "10.0.0.9:9100"),
    ],
)
def test_a_printer_is_made_from_its_row(driver: str, row: dict[str, Any], name: str) -> None:
    made = make({"driver": driver, **row}, {})
    assert made._port.name == name
    assert made.model is MODELS[row.get("model", "chinese_80")]


def with_printer(
    story: Callable[[SimulatedPrinter, TicketPrinter], Awaitable[None]], model: Model | None = None, rows_per_s: int = 0
) -> None:
    async def scene() -> None:
        made = model or MODELS["chinese_80"]
        paper = SimulatedPrinter(width_px=made.width_px, has_chinese=made.has_chinese, rows_per_s=rows_per_s)
        cable = MemoryCable(paper, stall_s=0.1)
        await story(paper, TicketPrinter(cable, made, ticket, look_every_ms=5, answer_ms=20))

    asyncio.run(asyncio.wait_for(scene(), 8))


def white_px(picture: Image.Image) -> int:
    """Paper below the last dot."""
    black = ImageChops.invert(picture.convert("L")).getbbox()
    assert black is not None
    return picture.height - black[3]


@pytest.mark.parametrize("name", [name for name in MODELS if MODELS[name].status != "port"])
def test_every_model_gives_a_ticket_that_can_be_read(name: str) -> None:
    async def story(paper: SimulatedPrinter, printer: TicketPrinter) -> None:
        await printer.print_ticket(content())
        if not MODELS[name].cut:
            paper.tear_off()
        assert paper.unknown == []
        (printed,) = paper.tray
        picture = printed.image()
        if not MODELS[name].cut:
            assert white_px(picture) >= TEAR_DOTS, "the last line is past the tear bar"
        assert picture.width == MODELS[name].width_px
        if MODELS[name].has_chinese:
            assert printed.number == "HA001"
            assert printed.codes == ["20261122-HA001"]
            assert words("screen.ticket.once") in printed.lines
        else:
            drawn = ticket.draw(content(), MODELS[name].width_px)
            assert picture.crop((0, 0, drawn[0], drawn[1])).tobytes() == bytes(255 - byte for byte in drawn[2])

    with_printer(story, MODELS[name])


def test_a_printer_with_letters_and_without_codes_gets_the_code_as_dots() -> None:
    async def story(paper: SimulatedPrinter, printer: TicketPrinter) -> None:
        await printer.print_ticket(content())
        wide, high, _ = ticket.qr("20261122-HA001")
        dots = [item for item in paper.tray[0].items if getattr(item, "width_px", 0) == (wide + 7) // 8 * 8]
        assert sum(item.height_px for item in dots) == high

    with_printer(story, Model("no codes", has_qr=False))


def test_the_self_test_prints_and_says_what_it_saw() -> None:
    async def story(paper: SimulatedPrinter, printer: TicketPrinter) -> None:
        assert await printer.self_test() == "80 mm, Chinese letters, knife; status good"
        assert words("screen.ticket.test") in paper.tray[0].lines
        paper.come_near_the_end()
        assert (await printer.self_test()).endswith("; paper near its end")
        paper.open_cover()
        with pytest.raises(PartFault, match="cover open"):
            await printer.self_test()

    with_printer(story)


# --- status


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ((0x12, 0x12, NONE, 0x12), ""),
        ((0x16, 0x12, NONE, 0x12), ""),  # the drawer's pin
        ((0x12, 0x12, NONE, 0x1E), "paper_low"),
        ((0x1A, 0x12, NONE, 0x7E), "paper_out"),
        ((0x1A, 0x32, NONE, 0x12), "paper_out"),
        ((0x1A, 0x16, NONE, 0x1E), "cover_open"),
        ((0x1A, 0x36, NONE, 0x72), "paper_out"),
        ((0x1A, 0x52, 0x1A, 0x12), "cutter"),
        ((0x1A, 0x52, 0x32, 0x12), "broken"),
        ((0x1A, 0x52, 0x52, 0x12), "overheated"),
        ((0x1A, 0x52, NONE, 0x12), "offline"),
        ((0x1A, 0x12, NONE, 0x12), "offline"),
        ((NONE, NONE, NONE, NONE), "no_answer"),
        ((NONE, 0x12, NONE, 0x12), ""),
    ],
)
def test_the_answers_of_dle_eot(answers: tuple[int, int, int, int], fault: str) -> None:
    assert fault_of(*answers) == fault


@pytest.mark.parametrize(
    ("word", "fault"),
    [
        (0x0018, ""),  # no error, online
        (0x0098, ""),  # busy
        (0x8018, "paper_low"),
        (0x8038, "paper_out"),
        (0x0210, "cover_open"),
        (0x1C10, "cutter"),
        (0x4410, "overheated"),
        (0x0C10, "broken"),
        (0x2010, "broken"),
        (0x0008, "offline"),
        (0x0000, "offline"),
    ],
)
def test_the_status_word_of_kiosk_printers(word: int, fault: str) -> None:
    assert fault_of_word(word) == fault


def test_the_status_byte_of_a_usb_port() -> None:
    assert [fault_of_port(byte) for byte in (0x18, 0x38, 0x10, 0x08)] == ["", "paper_out", "offline", "offline"]


def test_every_fault_of_a_printer_is_declared() -> None:
    faults = {
        fault_of(*(a, b, c, d)) for a in range(256) for b in (0x12, 0x16, 0x52) for c in (0, 8, 32, 64) for d in (0, 96)
    }
    faults |= {fault_of_word(word) for word in range(65536)} | {fault_of_port(byte) for byte in range(256)}
    assert faults - {""} <= set(FAULTS)


def test_flow_control_and_other_answers_are_no_status() -> None:
    assert answer_in(b"\x11\x13\x00\x0f\x7f\x37\x25\x16\x12") == 0x16
    assert answer_in(b"\x11\x13\x00") == NONE


class Words(MemoryCable):
    """A printer that answers with a status word."""

    def __init__(self) -> None:
        super().__init__(SimulatedPrinter())
        self.word = b"\x18\x00"

    async def write(self, data: bytes) -> None:
        if data == b"\x1b?":
            self._check()._hear(self.word)
        else:
            await super().write(data)


def test_a_printer_with_a_status_word() -> None:
    async def story() -> None:
        port, model = Words(), Model("word", status="word", ask_word=b"\x1b?", has_barrier=False)
        printer = TicketPrinter(port, model, ticket, look_every_ms=5, answer_ms=20)
        await printer.print_ticket(content())
        for word, fault in ((b"\x18\x80", "paper_low"), (b"\x10\x02", "cover_open"), (b"", "no_answer")):
            port.word = word
            looking = asyncio.create_task(printer.run())
            assert await printer.health.changed(printer.health.fault) == fault
            looking.cancel()

    asyncio.run(asyncio.wait_for(story(), 5))


def test_a_profile_may_say_how_to_ask_for_the_status_word() -> None:
    made = make({"driver": "escpos", "device": "/dev/usb/lp0", "model": "dots_80", "ask_word": "1b3f"}, {})
    assert (made.model.status, made.model.ask_word, made.model.has_chinese) == ("word", b"\x1b?", False)


# --- troubles


async def seen(printer: TicketPrinter, fault: str) -> None:
    while printer.health.fault != fault:
        await asyncio.wait_for(printer.health.changed(printer.health.fault), 2)


def test_between_tickets_it_is_noticed_what_hands_do() -> None:
    async def story(paper: SimulatedPrinter, printer: TicketPrinter) -> None:
        looking = asyncio.create_task(printer.run())
        for wrong, right, fault in (
            (paper.come_near_the_end, paper.put_paper_in, "paper_low"),
            (paper.run_out_of_paper, paper.put_paper_in, "paper_out"),
            (paper.open_cover, paper.close_cover, "cover_open"),
            (paper.fall_silent, paper.wake, "no_answer"),
            (paper.cut_power, paper.restore_power, "unplugged"),
        ):
            wrong()
            await seen(printer, fault)
            right()
            await seen(printer, "")
        looking.cancel()

    with_printer(story)


def test_one_answer_missed_is_no_fault() -> None:
    async def story(paper: SimulatedPrinter, printer: TicketPrinter) -> None:
        write, lost = printer._port.write, 1

        async def losing(data: bytes) -> None:
            nonlocal lost
            lost -= 1
            if lost < 0:
                await write(data)

        printer._port.write = losing  # type: ignore[method-assign]
        paper.come_near_the_end()
        assert await printer._look() == "paper_low"
        lost = 2
        assert await printer._look() == "no_answer"

    with_printer(story)


def test_a_jammed_knife_goes_on_when_it_was_freed_and_told_so() -> None:
    async def story(paper: SimulatedPrinter, printer: TicketPrinter) -> None:
        paper.jam_knife()
        with pytest.raises(PartFault, match="stopped before the cut: cutter"):
            await printer.print_ticket(content())
        ready = asyncio.create_task(printer.ready())
        await asyncio.sleep(0.03)
        assert not ready.done()
        paper.free_knife()
        await asyncio.wait_for(ready, 5)
        await printer.print_ticket(content(reprint=True))
        assert [words("screen.ticket.reprint") in "".join(printed.lines) for printed in paper.tray] == [False, True]
        assert len(paper.tray[-1].codes) == 1, "what was stuck was cut off first"

    with_printer(story)


def test_a_slow_printer_is_waited_for_and_paper_that_ends_at_its_end_is_noticed() -> None:
    async def story(paper: SimulatedPrinter, printer: TicketPrinter) -> None:
        paper.run_out_of_paper(after_rows=500)
        printing = asyncio.create_task(printer.print_ticket(content()))
        await paper.changed.until(lambda: paper.rows_on_paper > 100)
        assert not printing.done()
        with pytest.raises(PartFault, match="paper out"):
            await printing
        paper.put_paper_in()
        await printer.ready()
        await printer.print_ticket(content(reprint=True))
        whole = [printed for printed in paper.tray + paper.scraps if printed.number and printed.codes]
        assert whole == [paper.tray[-1]], "what the first left is a piece without number or code"

    with_printer(story, rows_per_s=8000)


def test_a_printer_that_does_not_know_the_barrier_is_learned_not_fed_for_ever() -> None:
    async def story() -> None:
        paper = SimulatedPrinter()
        cable = MemoryCable(paper)
        say = cable._check()._hear
        paper.say = lambda data: say(data) if data[0] & 0x10 else None
        printer = TicketPrinter(cable, MODELS["chinese_80"], ticket, answer_ms=10, finish_ms=300)
        await printer.print_ticket(content())
        began = time.monotonic()
        await printer.print_ticket(content())
        assert time.monotonic() - began < 0.3, "the second one does not wait"
        assert [printed.number for printed in paper.tray] == ["HA001"] * 2

    asyncio.run(asyncio.wait_for(story(), 5))


def test_the_paper_looks_as_it_was_approved() -> None:
    async def story(paper: SimulatedPrinter, printer: TicketPrinter) -> None:
        await printer.print_ticket(content(priority="elderly", reprint=True))
        compare("ticket_letters.png", paper.tray[0].image())

    with_printer(story)


def test_after_a_torn_ticket_the_next_begins_on_clean_paper() -> None:
    sent: list[bytes] = []

    async def story(paper: SimulatedPrinter, printer: TicketPrinter) -> None:
        paper.run_out_of_paper(after_rows=300)
        with pytest.raises(PartFault):
            await printer.print_ticket(content())
        paper.put_paper_in()
        write = printer._port.write

        async def heard(data: bytes) -> None:
            sent.append(data)
            await write(data)

        printer._port.write = heard  # type: ignore[method-assign]
        await printer.print_ticket(content(reprint=True))

    with_printer(story, MODELS["latin_80"])
    begin = next(data for data in sent if data[:2] != b"\x10\x04")
    assert begin == NULS + CLEAR + escpos.INIT + CUT_PARTIAL + escpos.INIT
