"""Messages by which a person at the hub looks after a device. Devices load them when the first one comes."""

from firmware.wire.fields import Bool, Int, ListOf, Slug, Struct, Text
from firmware.wire.messages.base import Act, Report

LINES = 4  # of a log in one piece


class SendLog(Act):
    """Hub to device: send the log that you keep in memory. Not repeated: the person asks again."""

    name = "device/logs"
    qos = 0


class Locate(Act):
    """Hub to device: show a person in the hall which of all the devices you are. Not repeated."""

    name = "device/locate"
    qos = 0
    seconds: int = Int(1, 600, default=30)


class LogLine(Struct):
    """What the device noted of itself, and when by the hub's clock. Never what a visitor said or did."""

    at_ms: int = Int(0, 2**53)
    text: str = Text(120)


class LogPiece(Report):
    """A part of the log, oldest lines first. The log has arrived when every piece of ``pieces`` has, in any order."""

    name = "device/log"
    max_bytes = 2560  # 4 lines of the longest text
    boot: str = Slug(16)
    act: str = Text(40, 1)  # id of the SendLog
    piece: int = Int(0, 65535)
    pieces: int = Int(1, 65536)
    lines: "list[LogLine]" = ListOf(LogLine, LINES)


class Locating(Report):
    """The device shows where it is, or (``is_shown`` false) has nothing to show it with."""

    name = "device/locating"
    boot: str = Slug(16)
    act: str = Text(40, 1)  # id of the Locate
    is_shown: bool = Bool()
