"""The ESP32's own Ethernet with a PHY on RMII (MicroPython, ESP32 quick reference, LAN)."""

import network
from machine import Pin

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def make(row: "dict[str, Any]", buses: "dict[str, Any]") -> "Any":
    """The network interface, not active yet."""
    lan: "Any" = network.LAN  # its keys on this port are in no stub
    pins = {"mdc": Pin(row["mdc"]), "mdio": Pin(row["mdio"])}
    if row.get("power") is not None:
        pins["power"] = Pin(row["power"])
    return lan(
        phy_type=getattr(network, "PHY_" + row["phy"].upper()),
        phy_addr=row["address"],
        ref_clk=Pin(row["clock"]),
        ref_clk_mode=Pin.OUT if row["is_clock_out"] else Pin.IN,
        **pins,
    )
