"""The module network of a virtual board: a wired interface whose cable the supervisor plugs and pulls."""

# mypy: ignore-errors
import far
import layout

PHY_LAN8710, PHY_LAN8720, PHY_IP101, PHY_RTL8201, PHY_DP83848, PHY_KSZ8041, PHY_W5500 = range(7)
ETH_INITIALIZED, ETH_STARTED, ETH_STOPPED, ETH_CONNECTED, ETH_DISCONNECTED, ETH_GOT_IP = range(6)
_NO_ADDRESS = ("0.0.0.0", "0.0.0.0")
_facts = {"hostname": "virtual", "dns": "0.0.0.0"}


def hostname(name=None):
    if name is None:
        return _facts["hostname"]
    if len(name) > 32:
        raise ValueError("hostname too long")
    _facts["hostname"] = name


def ipconfig(what=None, **more):
    if what is not None:
        return _facts[what]
    _facts.update(more)


class LAN:
    """Ethernet by the chip's own MAC, or by a W5500 on SPI."""

    def __init__(self, *args, **more):
        self._is_active = False
        self._address = None  # None: by DHCP

    def active(self, is_active=None):
        if is_active is not None:
            self._is_active = bool(is_active)
        return self._is_active

    def isconnected(self):
        return self._is_active and bool(far.mem[layout.NETWORK])

    def status(self, what=None):
        if not self._is_active:
            return ETH_STOPPED
        return ETH_GOT_IP if self.isconnected() else ETH_DISCONNECTED

    def config(self, what=None, **more):
        if what == "mac":
            return (far.UNIQUE_ID + bytes(6))[:6]
        if what is not None:
            raise ValueError("unknown config param")

    def ipconfig(self, what=None, **more):
        if what == "addr4":
            return (self._address or ("127.0.0.1", "255.0.0.0")) if self.isconnected() else _NO_ADDRESS
        if what == "gw4":
            return "127.0.0.1" if self.isconnected() else "0.0.0.0"
        if what == "dhcp4":
            return self._address is None
        if what is not None:
            raise ValueError("unknown config param")
        if "addr4" in more:
            address, _, bits = more["addr4"].partition("/")
            mask = 0xFFFFFFFF << 32 - int(bits or 32) & 0xFFFFFFFF
            self._address = (address, ".".join(str(mask >> shift & 255) for shift in (24, 16, 8, 0)))
        elif more.get("dhcp4"):
            self._address = None

    def ifconfig(self, *args):
        address, mask = self.ipconfig("addr4")
        return (address, mask, self.ipconfig("gw4"), _facts["dns"])


class WIZNET5K(LAN):
    """As images for boards with a W5500 have it."""
