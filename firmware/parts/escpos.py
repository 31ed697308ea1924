"""The kiosk's ticket printer at a device file of the kernel's own driver (usblp)."""

from typing import Any

from drivers.linux.device_file import DeviceFile
from drivers.ports import BytePort
from drivers.printer_models import MODELS
from drivers.ticket_printer import TicketPrinter
from firmware.screens import ticket


def make(row: dict[str, Any], board: dict[str, Any]) -> TicketPrinter:
    """The printer may be switched on later."""
    return printer(DeviceFile(row["device"]), row)


def printer(port: BytePort, row: dict[str, Any]) -> TicketPrinter:
    """The same printer at any port; ``model`` is a row of drivers/printer_models.py.

    ``ask_word``: hexadecimal digits of what asks for the status word, for makers whose printers have one.
    """
    model = MODELS[row.get("model", "chinese_80")]
    if row.get("ask_word"):
        model = model.with_word(bytes.fromhex(row["ask_word"]))
    return TicketPrinter(port, model, ticket)
