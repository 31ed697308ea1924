"""A printer on a real USB bus, through libusb and through usblp's device file: tickets, status, a pulled plug."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from drivers.faults import PartFault
from drivers.linux.device_file import DeviceFile
from drivers.linux.usb_port import PRINTER, UsbPort
from drivers.printer_models import MODELS
from drivers.ticket_printer import TicketPrinter
from firmware.screens import ticket
from simulators.parts.printer import SimulatedPrinter
from tests.drivers.test_ticket_printer import content
from tests.lab.gadget import PRODUCT, VENDOR, Gadget, GadgetCable, appeared
from tests.lab.scenes import TOLD_S, beside, play, pulled_and_plugged_in_again

FAR_SIDE = Path("/dev/g_printer0")
Story = Callable[[SimulatedPrinter, GadgetCable, TicketPrinter], Awaitable[None]]


@pytest.fixture
def gadget() -> Iterator[Gadget]:
    made = Gadget("printer.0", {"pnp_string": "MFG:lab;MDL:lab;CLS:PRINTER;", "q_len": "10"})
    yield made
    made.scrap()


def play_printer(gadget: Gadget, kind: str, model: str, story: Story) -> None:
    """A printer that is plugged in and well. Linux has given it to usblp; libusb takes it away from there."""

    async def whole() -> None:
        printer = SimulatedPrinter()
        cable = GadgetCable(printer, gadget, FAR_SIDE)
        cable.plug_in()
        path = str(appeared("/dev/usb/lp*"))
        port = UsbPort(VENDOR, PRODUCT, interface_class=PRINTER) if kind == "libusb" else DeviceFile(path)
        part = TicketPrinter(port, MODELS[model], ticket)
        try:
            async with beside(cable.run(), part.run()):
                await well(part)
                await story(printer, cable, part)
        finally:
            port.close()
            cable.pull()

    play(whole())


async def well(part: TicketPrinter) -> None:
    await part.ready()
    assert part.health.fault == ""


@pytest.mark.parametrize("kind", ["libusb", "usblp"])
def test_a_ticket_comes_out_whole(kind: str, gadget: Gadget) -> None:
    async def story(printer: SimulatedPrinter, cable: GadgetCable, part: TicketPrinter) -> None:
        await part.print_ticket(content())
        assert [paper.number for paper in printer.tray] == ["HA001"]
        printer.open_cover()
        assert await asyncio.wait_for(part.health.changed(""), TOLD_S) == "cover_open"
        printer.close_cover()
        await well(part)

    play_printer(gadget, kind, "chinese_80", story)


@pytest.mark.parametrize("kind", ["libusb", "usblp"])
def test_a_plug_that_is_pulled_and_put_back(kind: str, gadget: Gadget) -> None:
    async def story(printer: SimulatedPrinter, cable: GadgetCable, part: TicketPrinter) -> None:
        await pulled_and_plugged_in_again(part.health, cable.pull, cable.plug_in)
        printer.rows_per_s = 300
        printing = asyncio.create_task(part.print_ticket(content()))
        while not printer.rows_on_paper:
            await asyncio.sleep(0.01)
        cable.pull()
        with pytest.raises(PartFault, match="unplugged"):
            await asyncio.wait_for(printing, TOLD_S)
        assert part.has_begun
        printer.rows_per_s = 0
        cable.plug_in()
        await well(part)
        await part.print_ticket(content(number="HA002"))
        assert printer.tray[-1].number == "HA002"

    play_printer(gadget, kind, "chinese_80", story)


def test_the_status_that_usb_itself_carries(gadget: Gadget) -> None:
    async def story(printer: SimulatedPrinter, cable: GadgetCable, part: TicketPrinter) -> None:
        printer.run_out_of_paper()
        cable.tell_port_status()
        assert await asyncio.wait_for(part.health.changed(""), TOLD_S) == "paper_out"
        printer.put_paper_in()
        cable.tell_port_status()
        await well(part)

    play_printer(gadget, "libusb", "port_80", story)
