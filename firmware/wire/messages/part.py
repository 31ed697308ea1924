"""The message about a part of a device that does not work. What a test of parts says is in `part_test`."""

from firmware.wire.fields import OneOf, Text
from firmware.wire.messages.base import Request

# What can be wrong with a part; the words are ``fault.{code}``.
FAULTS = (
    "broken",  # anything that has no word of its own
    "unplugged",  # its port is not there
    "no_answer",  # the port is there, the part is silent
    "offline",  # it says that it does not work, and not why
    "paper_out",
    "paper_low",  # it still prints
    "cover_open",
    "cutter",  # the knife is jammed
    "jam",  # of paper
    "overheated",
    "unauthorised",  # a card reader whose security module may not work
    "tampered",  # somebody opened its case
    "loop_open",  # its wire is cut
    "loop_short",  # its wire is bridged
    "no_signal",  # of a LED wall: no picture comes in
)


class PartFault(Request):
    """A part began to fail, fails in another way, or (``fault`` empty) is well again."""

    name = "part/fault"
    part: str = Text(32, 1)  # as in the table of kinds
    fault: str = OneOf("", *FAULTS)
