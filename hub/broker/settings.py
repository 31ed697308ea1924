"""Where the broker listens, and with which certificate."""

import ipaddress
from pathlib import Path

import msgspec


class Tls(msgspec.Struct, frozen=True):
    """PEM files: the broker's certificate, its private key, and the CA that a client checks it against."""

    certificate: Path
    key: Path
    ca: Path


class BrokerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """``max_message_bytes`` bounds one PUBLISH; the largest declared message has 48 KiB.

    ``program`` is the path of the broker's binary; empty: looked for.
    Keys, tickets and alarms would cross the building readable for anyone, so an address that others can reach
    is refused (`ValueError`) without TLS.
    """

    host: str = "127.0.0.1"
    port: int = 1883
    tls: Tls | None = None
    max_message_bytes: int = 65536
    program: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.port <= 65535:
            raise ValueError(f"broker port {self.port}: 1 to 65535 expected")
        if self.tls is None and not is_loopback(self.host):
            raise ValueError(
                f"the broker may not listen on {self.host} without TLS: anyone on that network could read the keys; "
                "set tls = true, or listen on 127.0.0.1"
            )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``. A name other than localhost is taken to be reachable."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
