"""The kiosk's ID card reader on a serial line."""

from typing import Any

from drivers.id_card.reader import IdCardReader
from drivers.linux.serial_port import SerialPort


def make(row: dict[str, Any], board: dict[str, Any]) -> IdCardReader:
    """The reader may be plugged in later."""
    return IdCardReader(SerialPort(row["device"], row["baud"]))
