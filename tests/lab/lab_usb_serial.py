"""A serial adapter on a real USB bus (CDC ACM): a scanner and a printer on the line, and the adapter pulled out."""

import asyncio
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.code_scanner import CodeScanner, SerialCodes
from drivers.linux.serial_port import SerialPort
from drivers.printer_models import MODELS
from drivers.ticket_printer import TicketPrinter
from firmware.screens import ticket
from simulators.parts.printer import SimulatedPrinter
from simulators.parts.scanner import SerialScanner
from tests.drivers.test_ticket_printer import content
from tests.lab.gadget import Gadget, GadgetCable, appeared
from tests.lab.scenes import beside, play, pulled_and_plugged_in_again

BY_ID = "/dev/serial/by-id/usb-*lab*"  # as udev names it
FAR_SIDE = Path("/dev/ttyGS0")


@pytest.fixture
def gadget() -> Iterator[Gadget]:
    made = Gadget("acm.0")
    yield made
    made.scrap()


def test_a_scanner_on_the_line(gadget: Gadget) -> None:
    async def story() -> None:
        gadget.plug_in()
        port = SerialPort(str(appeared(BY_ID)), 9600)
        scanner = CodeScanner(SerialCodes(port))
        with FAR_SIDE.open("r+b", buffering=0) as far:
            tty.setraw(far)
            hand = SerialScanner(lambda data: print(far.write(data)))
            async with beside(scanner.run()):
                while not port.is_open:
                    await asyncio.sleep(0.01)
                waiting = asyncio.create_task(scanner.code())
                await asyncio.sleep(0)
                hand.scan("HA20261122001")
                assert await waiting == "HA20261122001"
        async with beside(scanner.run()):
            await pulled_and_plugged_in_again(scanner.health, gadget.pull, gadget.plug_in)
        port.close()

    play(story())


def test_a_printer_on_the_line(gadget: Gadget) -> None:
    async def story() -> None:
        printer = SimulatedPrinter()
        cable = GadgetCable(printer, gadget, FAR_SIDE)
        cable.plug_in()
        port = SerialPort(str(appeared(BY_ID)), 115200)
        part = TicketPrinter(port, MODELS["chinese_80"], ticket)
        try:
            async with beside(cable.run(), part.run()):
                await part.ready()
                await part.print_ticket(content())
                assert [paper.number for paper in printer.tray] == ["HA001"]
                await pulled_and_plugged_in_again(part.health, cable.pull, cable.plug_in)
        finally:
            port.close()
            cable.pull()

    play(story())
