"""The kiosk's ID card reader on USB."""

from typing import Any

from drivers.id_card.reader import IdCardReader
from drivers.linux.id_card_usb import IdCardUsb


def make(row: dict[str, Any], board: dict[str, Any]) -> IdCardReader:
    """The reader may be plugged in later."""
    vendor, product = row["ids"].split(":")
    return IdCardReader(IdCardUsb(int(vendor, 16), int(product, 16)))
