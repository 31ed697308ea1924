"""Messages for amplifiers."""

from firmware.wire.fields import Int, ListOf, Text
from firmware.wire.messages.base import Act

EMERGENCY, SHOUT, PAGE, CALL, NOTICE, MUSIC = range(6)


class Play(Act):
    """Hub to amplifier: play these clips one after another without a gap. One at a time; the rest wait their turn.

    ``clips`` are names in the clip bank, ``{language}/{clip}``: ``cmn/qing``, ``cmn/digit-3``.
    ``priority`` is 0 emergency, 1 shout, 2 page, 3 call, 4 notice, 5 music: of those that wait, the lower number goes
    first, then the older.
    """

    name = "speech/play"
    max_bytes = 2048
    priority: int = Int(0, 5)
    clips: "list[str]" = ListOf(Text(32, 1), 64)
    text: str = Text(120)  # the same in words
