"""What the keys of a driver may be, and what a row of them says about pins, buses and device files.

In a key's type, ``pin`` says which way the pin works, ``bus`` which sort of bus the value names, ``node`` that it is a
device file or interface which only one part can have.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

# "right" names the words that say what a good value is (profile.right.*).
InPin = Annotated[int, Meta(extra={"pin": "in", "right": "pin"})]
OutPin = Annotated[int, Meta(extra={"pin": "out", "right": "pin"})]
BothPin = Annotated[int, Meta(extra={"pin": "both", "right": "pin"})]
MaybeOutPin = Annotated[int | None, Meta(extra={"pin": "out", "right": "pin"})]
MaybeInPin = Annotated[int | None, Meta(extra={"pin": "in", "right": "pin"})]
MaybeBothPin = Annotated[int | None, Meta(extra={"pin": "both", "right": "pin"})]
AdcPin = Annotated[int, Meta(extra={"pin": "in", "adc": True, "right": "pin"})]
Permille = Annotated[int, Meta(ge=1, le=999, extra={"right": "permille"})]
Number = Annotated[int, Meta(ge=0, le=31, extra={"right": "number"})]
StateMachine = Annotated[int, Meta(ge=0, le=11, extra={"right": "state_machine"})]  # four in each of three PIO blocks
Flag = Annotated[bool, Meta(extra={"right": "flag"})]
HoldMs = Annotated[int, Meta(ge=0, le=10000, extra={"right": "hold_ms"})]
DebounceMs = Annotated[int, Meta(ge=1, le=500, extra={"right": "debounce_ms"})]
Pull = Annotated[Literal["up", "down", "none"], Meta(extra={"right": "pull", "pull": True})]
Hz = Annotated[int, Meta(ge=100_000, le=80_000_000, extra={"right": "hz"})]
Baud = Annotated[int, Meta(ge=300, le=3_000_000, extra={"right": "baud"})]
BufferBytes = Annotated[int, Meta(ge=2048, le=64000, extra={"right": "buffer_bytes"})]
Level = Annotated[int, Meta(ge=1, le=31, extra={"right": "brightness"})]
Node = Annotated[str, Meta(pattern="^/dev/.+", extra={"right": "node", "node": True})]
MaybeNode = Annotated[str, Meta(pattern="^(/dev/.+)?$", extra={"right": "node", "node": True})]
_INTERFACE = "^[a-z][a-z0-9]{0,14}$"
Interface = Annotated[str, Meta(pattern=_INTERFACE, extra={"right": "interface", "node": True})]
Interfaces = Annotated[
    list[Annotated[str, Meta(pattern=_INTERFACE)]], Meta(max_length=15, extra={"right": "interfaces", "node": True})
]
Sound = Annotated[str, Meta(min_length=1, extra={"right": "sound", "node": True})]
_BYTE = r"(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"  # of an IPv4 address
Group = Annotated[str, Meta(pattern=rf"^(22[4-9]|23\d)(\.{_BYTE}){{3}}$", extra={"right": "group"})]
UdpPort = Annotated[int, Meta(ge=1024, le=65534, extra={"right": "udp_port"})]
Ttl = Annotated[int, Meta(ge=1, le=255, extra={"right": "ttl"})]
CardAddress = Annotated[str, Meta(pattern=rf"^({_BYTE}(\.{_BYTE}){{3}})?$", extra={"right": "card_address"})]
UsbIds = Annotated[str, Meta(pattern="^[0-9a-f]{4}:[0-9a-f]{4}$", extra={"right": "usb_ids"})]
Matrix = Annotated[list[float], Meta(max_length=6, extra={"right": "matrix"})]
Folder = Annotated[str, Meta(pattern="^/[a-z0-9/_-]+$", extra={"right": "folder"})]
Codes = Annotated[list[int], Meta(min_length=1, max_length=64, extra={"right": "codes"})]
Degrees = Annotated[Literal[0, 90, 180, 270], Meta(extra={"right": "degrees"})]
Host = Annotated[str, Meta(pattern="^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$", extra={"right": "host"})]
TcpPort = Annotated[int, Meta(ge=1, le=65535, extra={"right": "tcp_port"})]
UsbId = Annotated[str, Meta(pattern="^[0-9a-f]{4}:[0-9a-f]{4}$", extra={"right": "usb_id", "node": True})]
HexBytes = Annotated[str, Meta(pattern="^([0-9a-f]{2}){0,16}$", extra={"right": "hex_bytes"})]
PrinterModel = Annotated[  # rows of drivers/printer_models.py
    Literal["chinese_80", "chinese_58", "latin_80", "dots_80", "dots_58", "port_80", "silent_80"],
    Meta(extra={"right": "printer_model"}),
]
Spi = Annotated[str, Meta(extra={"bus": "spi", "right": "bus"})]
Uart = Annotated[str, Meta(extra={"bus": "uart", "right": "bus"})]
I2s = Annotated[str, Meta(extra={"bus": "i2s", "right": "bus"})]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One driver's table in a profile."""


def marked(row: type[msgspec.Struct], mark: str) -> dict[str, Any]:
    """Key → what its type says under ``mark``, for the keys that say something."""
    found = {}
    for field in msgspec.structs.fields(row):
        extra = extras(field.type)
        if mark in extra:
            found[field.name] = extra[mark]
    return found


def extras(kind: Any) -> dict[str, Any]:
    """What a key's type says beyond its values."""
    metas = [meta for meta in getattr(kind, "__metadata__", ()) if meta.extra]
    return {name: value for meta in metas for name, value in meta.extra.items()}
