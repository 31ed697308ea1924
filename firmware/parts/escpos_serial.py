"""The kiosk's ticket printer on a serial line."""

from typing import Any

from drivers.linux.serial_port import SerialPort
from drivers.ticket_printer import TicketPrinter
from firmware.parts.escpos import printer


def make(row: dict[str, Any], board: dict[str, Any]) -> TicketPrinter:
    """The printer may be switched on later."""
    return printer(SerialPort(row["device"], row["baud"], rtscts=row["is_rtscts"]), row)
