"""Network interfaces that write down how they are asked for; each has a cable and gets an address."""

from machine import _note

PHY_W5500, PHY_LAN8720, PHY_LAN8710 = "W5500", "LAN8720", "LAN8710"


class _Nic:
    def __init__(self, *args, **keys):
        _note(
            type(self).__name__, [type(arg).__name__ if not hasattr(arg, "id") else arg for arg in args], _named(keys)
        )

    def active(self, is_active):
        _note("active", (is_active,), {})

    def ipconfig(self, *args, **keys):
        _note("ipconfig", args, keys)
        return ("10.0.0.7", "255.255.255.0")

    def isconnected(self):
        return True

    def config(self, key):
        return b"\x02\x00\x00\x00\x00\x07"


def _named(keys):
    return {key: type(keys[key]).__name__ if key == "spi" else keys[key] for key in keys}


class LAN(_Nic):
    pass


class WIZNET5K(_Nic):
    pass


def hostname(name):
    _note("hostname", (name,), {})


def ipconfig(**keys):
    _note("ipconfig", ("all",), keys)
