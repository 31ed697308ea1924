"""A printer on each of its cables: a plug pulled at any time is told within two seconds, and nobody has to restart."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.faults import PartFault
from drivers.linux.serial_port import SerialPort
from drivers.linux.tcp_port import TcpPort
from drivers.linux.usb_port import PRINTER, UsbPort
from drivers.ports import BytePort
from drivers.printer_models import MODELS
from drivers.ticket_printer import TicketPrinter
from firmware.screens import ticket
from firmware.words import words
from simulators.parts.paper import PrintedTicket
from simulators.parts.printer import SimulatedPrinter
from simulators.parts.printer_cables import PRODUCT, VENDOR, SerialCable, TcpCable, UsbCable
from simulators.usb_bus import SimulatedUsb
from tests.drivers.test_ticket_printer import content

TOLD_S = 2.0
Cable = SerialCable | TcpCable | UsbCable
Story = Callable[[SimulatedPrinter, Cable, TicketPrinter], Awaitable[None]]
QUICK: dict[str, Any] = {"look_every_ms": 20, "answer_ms": 100}


async def connect(kind: str, folder: Path, printer: SimulatedPrinter) -> tuple[Cable, BytePort]:
    """A printer that is plugged in, and the port at the kiosk's end."""
    cable: Cable
    if kind == "serial":
        cable = SerialCable(printer, folder / "ttyPrinter")
        await cable.plug_in()
        return cable, SerialPort(str(cable.path), 115200, rtscts=False)
    if kind == "tcp":
        cable = TcpCable(printer)
        await cable.plug_in()
        return cable, TcpPort("127.0.0.1", cable.port)
    bus = SimulatedUsb()
    cable = UsbCable(printer, bus)
    await cable.plug_in()
    return cable, UsbPort(VENDOR, PRODUCT, interface_class=PRINTER, backend=bus)


def play(
    kind: str, folder: Path, story: Story, *, model: str = "chinese_80", rows_per_s: int = 0, **times: int
) -> None:
    async def whole() -> None:
        printer = SimulatedPrinter(has_chinese=MODELS[model].has_chinese, rows_per_s=rows_per_s)
        cable, port = await connect(kind, folder, printer)
        part = TicketPrinter(port, MODELS[model], ticket, **times)
        looking = asyncio.create_task(part.run())
        try:
            await story(printer, cable, part)
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
            port.close()
            await cable.pull()

    asyncio.run(asyncio.wait_for(whole(), 20))


every_cable = pytest.mark.parametrize("kind", ["serial", "tcp", "usb"])


async def fault(part: TicketPrinter, *wanted: str) -> None:
    while part.health.fault not in wanted:
        await asyncio.wait_for(part.health.changed(part.health.fault), 5)


def is_whole(paper: PrintedTicket) -> bool:
    return paper.number == "HA001" and len(paper.codes) == 1


def is_marked(paper: PrintedTicket) -> bool:
    return any(words("screen.ticket.reprint") in line for line in paper.lines)


@every_cable
def test_tickets_come_out_one_after_another(kind: str, tmp_path: Path) -> None:
    async def story(printer: SimulatedPrinter, cable: Cable, part: TicketPrinter) -> None:
        for _ in range(3):
            await part.print_ticket(content())
        assert [is_whole(paper) for paper in printer.tray] == [True] * 3
        assert printer.unknown == []

    play(kind, tmp_path, story, **QUICK)


@every_cable
def test_drawn_tickets_too_through_a_small_buffer(kind: str, tmp_path: Path) -> None:
    async def story(printer: SimulatedPrinter, cable: Cable, part: TicketPrinter) -> None:
        await part.print_ticket(content())
        drawn = ticket.draw(content())
        picture = printer.tray[0].image().crop((0, 0, drawn[0], drawn[1]))
        assert picture.tobytes() == bytes(255 - byte for byte in drawn[2])

    play(kind, tmp_path, story, model="latin_80", rows_per_s=20000, **QUICK)


@every_cable
def test_a_pulled_plug_is_told_in_time_while_nobody_prints(kind: str, tmp_path: Path) -> None:
    """With the times that a kiosk has."""

    async def story(printer: SimulatedPrinter, cable: Cable, part: TicketPrinter) -> None:
        await part.ready()
        began = time.monotonic()
        await cable.pull()
        await fault(part, "unplugged")
        assert time.monotonic() - began < TOLD_S
        await cable.plug_in()
        await fault(part, "")
        await part.print_ticket(content())
        assert is_whole(printer.tray[0])

    play(kind, tmp_path, story)


@every_cable
def test_a_printer_that_falls_silent_is_told_in_time(kind: str, tmp_path: Path) -> None:
    """As when a network cable is pulled: nobody hangs up."""

    async def story(printer: SimulatedPrinter, cable: Cable, part: TicketPrinter) -> None:
        await part.ready()
        began = time.monotonic()
        printer.fall_silent()
        await fault(part, "no_answer")
        assert time.monotonic() - began < TOLD_S
        printer.wake()
        await fault(part, "")

    play(kind, tmp_path, story)


@every_cable
@pytest.mark.parametrize("after_rows", [1, 150, 400, 620])
@pytest.mark.parametrize("is_power", [False, True])
def test_a_plug_pulled_within_a_ticket(kind: str, after_rows: int, is_power: bool, tmp_path: Path) -> None:
    """The cable alone, or the power with it: there is never a second valid paper without the mark."""

    async def story(printer: SimulatedPrinter, cable: Cable, part: TicketPrinter) -> None:
        printing = asyncio.create_task(part.print_ticket(content()))
        await printer.changed.until(lambda: printer.rows_on_paper >= after_rows)
        began = time.monotonic()
        await cable.pull()
        if is_power:
            printer.cut_power()
        with pytest.raises(PartFault):
            await printing
        assert time.monotonic() - began < TOLD_S
        assert part.has_begun
        await fault(part, "unplugged")
        if is_power:
            printer.restore_power()
        await cable.plug_in()
        await asyncio.wait_for(part.ready(), 5)
        await part.print_ticket(content(reprint=True))
        last = printer.tray[-1]
        assert is_whole(last), last.lines
        assert is_marked(last)
        assert sum(is_whole(paper) and not is_marked(paper) for paper in printer.tray) <= 1

    play(kind, tmp_path, story, rows_per_s=3000, **QUICK)


def test_a_printer_that_tells_its_status_by_usb_alone(tmp_path: Path) -> None:
    async def story(printer: SimulatedPrinter, cable: Cable, part: TicketPrinter) -> None:
        printer.run_out_of_paper()
        await fault(part, "paper_out")
        printer.put_paper_in()
        printer.open_cover()
        await fault(part, "offline")
        printer.close_cover()
        await fault(part, "")
        await part.print_ticket(content())
        assert is_whole(printer.tray[0])

    play("usb", tmp_path, story, model="port_80", **QUICK)
