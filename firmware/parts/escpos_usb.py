"""The kiosk's ticket printer on USB, whatever port it is plugged into."""

from typing import Any

from drivers.linux.usb_port import PRINTER, UsbPort
from drivers.ticket_printer import TicketPrinter
from firmware.parts.escpos import printer


def make(row: dict[str, Any], board: dict[str, Any]) -> TicketPrinter:
    """The printer may be plugged in later."""
    vendor, product = [int(number, 16) for number in row["id"].split(":")]
    return printer(UsbPort(vendor, product, interface_class=PRINTER), row)
