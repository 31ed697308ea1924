"""Messages about a test of the parts of a device: what to test, and what was seen."""

from firmware.wire.fields import Int, OneOf, Slug, Text
from firmware.wire.messages.base import Act, Report


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
