"""Brings the wire up: the network interface that the device tree names (``profile.network``).

The address comes by DHCP unless board.json has ``network``: ``address`` ("10.20.3.7/24"), ``gateway``, ``dns``.
"""

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


class HostNetwork:
    """The operating system's network, which is up before we are."""

    mac = ""

    def is_up(self) -> bool:
        return True

    def address(self) -> str:
        """Unknown: the operating system may have many."""
        return ""


class WiredNetwork:
    """``nic`` is MicroPython's network interface."""

    def __init__(self, nic: "Any") -> None:
        self._nic = nic
        self.mac = ":".join(["%02x" % byte for byte in nic.config("mac")])

    def is_up(self) -> bool:
        """Whether the cable leads somewhere and there is an address."""
        return bool(self._nic.isconnected()) and self.address() != "0.0.0.0"

    def address(self) -> str:
        """IPv4, 0.0.0.0 while there is none."""
        return str(self._nic.ipconfig("addr4")[0])


def bring_up(board: "dict[str, Any]") -> "HostNetwork | WiredNetwork":
    """Switches the interface on and returns at once: with no cable in, the device must work all the same.

    Raises ValueError for a board.json without profile or a driver that this board has not, OSError when the chip does
    not answer.
    """
    tree = board.get("profile") or {}
    row = tree.get("network")
    if not row:
        raise ValueError("board.json: profile missing; flash this board again")
    if row["driver"] == "host":
        return HostNetwork()
    try:
        module = __import__("firmware.platform." + row["driver"], None, None, ("make",))
    except ImportError as error:
        raise ValueError("no network driver %s on this board (%s); flash it again" % (row["driver"], error))
    _name_host(board["device"])
    try:
        nic = module.make(row, tree.get("buses", {}))
        nic.active(True)
    except OSError as error:
        raise OSError("%s does not answer (%s); check the board and its profile" % (row["driver"], error))
    _give_address(nic, board.get("network", {}))
    return WiredNetwork(nic)


def _name_host(device: str) -> None:
    """The name that the building's DHCP server lists; MicroPython takes 32 characters."""
    import network

    network.hostname(device[:32])


def _give_address(nic: "Any", fixed: "dict[str, Any]") -> None:
    if fixed.get("address"):
        nic.ipconfig(addr4=fixed["address"], gw4=fixed.get("gateway", "0.0.0.0"))
        if fixed.get("dns"):
            import network

            network.ipconfig(dns=fixed["dns"])
    else:
        nic.ipconfig(dhcp4=True)
