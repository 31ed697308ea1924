"""The kiosk's ticket printer."""

from typing import Any

from drivers.escpos_paper import EscposPaper
from drivers.linux.device_file import DeviceFile
from drivers.ticket_printer import TicketPrinter
from firmware.screens import ticket


def make(row: dict[str, Any], board: dict[str, Any]) -> TicketPrinter:
    """The printer may be switched on later."""
    return TicketPrinter(EscposPaper(DeviceFile(row["device"])), ticket.draw)
