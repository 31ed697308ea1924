"""A W5500 on an RP2350's SPI (MicroPython, network.WIZNET5K), with the board's own TCP/IP stack."""

import network
from machine import Pin

from drivers.micropython.buses import spi

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def make(row: "dict[str, Any]", buses: "dict[str, Any]") -> "Any":
    """The network interface, not active yet."""
    wiznet: "Any" = getattr(network, "WIZNET5K")  # noqa: B009  images for boards with this chip have it, stubs do not
    pins = [Pin(row["cs"], Pin.OUT), Pin(row["reset"], Pin.OUT)]
    if row.get("int") is not None:
        pins.append(Pin(row["int"], Pin.IN))
    return wiznet(spi(buses[row["bus"]]), *pins)
