"""Messages by which a person at the hub reads a device's log. Devices load them when asked, and forget them."""

from firmware.wire.fields import Int, ListOf, Slug, Struct, Text
from firmware.wire.messages.base import Act, Report

LINES = 4  # of a log in one piece


class SendLog(Act):
    """Hub to device: send the log that you keep in memory. Not repeated: the person asks again."""

    name = "device/logs"
    qos = 0


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
