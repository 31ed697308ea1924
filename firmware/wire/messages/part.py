"""Messages about the parts of a device: what does not work, and what a test of them saw."""

from firmware.wire.fields import Int, OneOf, Slug, Text
from firmware.wire.messages.base import Act, Report, Request

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


class PartTest(Act):
    """Hub to device: test this part, or (``part`` empty) one after another all you have. Not repeated."""

    name = "part/test"
    qos = 0
    part: str = Text(32)


class PartTested(Report):
    """A part's test began, or is over.

    Failed: ``said`` is the reason. None: there is no such part, or it cannot test itself. The last one is over when
    ``number`` is ``parts``.
    """

    name = "part/tested"
    boot: str = Slug(16)
    act: str = Text(40, 1)  # id of the PartTest
    part: str = Text(32, 1)
    result: str = OneOf("began", "passed", "failed", "none")
    said: str = Text(120)
    number: int = Int(1, 32)
    parts: int = Int(1, 32)
