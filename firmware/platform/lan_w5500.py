"""A W5500 on an ESP32's SPI (MicroPython, ESP32 quick reference, SPI Ethernet). The chip's own MAC address is used."""

import network
from machine import Pin

from drivers.micropython.buses import spi

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def make(row: "dict[str, Any]", buses: "dict[str, Any]") -> "Any":
    """The network interface, not active yet."""
    lan: "Any" = network.LAN  # its keys on this port are in no stub
    pins = {"cs": Pin(row["cs"]), "int": Pin(row["int"])}
    if row.get("reset") is not None:
        pins["reset"] = Pin(row["reset"])
    phy: "Any" = getattr(network, "PHY_W5500")  # noqa: B009  nor is this
    return lan(spi=spi(buses[row["bus"]]), phy_type=phy, phy_addr=0, **pins)
