"""Which addresses are this machine's: a broker can listen on no others."""

import fcntl
import socket
import struct

from firmware.words import words
from hub.broker.programs import BrokerFault

_SIOCGIFADDR = 0x8915  # Linux, netdevice(7)


class NoSuchAddress(BrokerFault):
    """The broker was to listen on an address that this machine does not have."""

    def __init__(self, host: str, own: list[str]) -> None:
        super().__init__(host)
        self._facts = {"host": host, "addresses": ", ".join(own) or "-"}

    def __str__(self) -> str:
        return self.say("en")

    def say(self, language: str = "zh") -> str:
        """Which there are, and what to do."""
        return words("cli.up.address", language, **self._facts)


def must_be_ours(host: str) -> None:
    """Raises `NoSuchAddress` when nobody could listen on ``host`` here, whatever the port."""
    try:
        for family, kind, _, _, address in socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM):
            with socket.socket(family, kind) as tried:
                tried.bind(address)
    except OSError:
        raise NoSuchAddress(host, own_addresses()) from None


def own_addresses() -> list[str]:
    """The IPv4 address of each interface that has one, the loopback's too."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            try:
                told = fcntl.ioctl(asking.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()))
            except OSError:  # it has none
                continue
            found.append(socket.inet_ntoa(told[20:24]))
    return found
