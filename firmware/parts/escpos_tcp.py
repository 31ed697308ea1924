"""The kiosk's ticket printer on the network."""

from typing import Any

from drivers.linux.tcp_port import TcpPort
from drivers.ticket_printer import TicketPrinter
from firmware.parts.escpos import printer


def make(row: dict[str, Any], board: dict[str, Any]) -> TicketPrinter:
    """The printer may be switched on later."""
    return printer(TcpPort(row["host"], row["port"]), row)
