"""Messages for amplifiers."""

from firmware.wire.fields import Int, ListOf, Text
from firmware.wire.messages.base import Act, Show

EMERGENCY, SHOUT, PAGE, CALL, NOTICE, MUSIC = range(6)


class Play(Act):
    """Hub to amplifier: play these clips one after another without a gap. One at a time; the rest wait their turn.

    ``clips`` are names in the clip bank, ``{folder}/{clip}``: ``cmn/qing``, ``cmn/digit-3``.
    ``priority`` is 0 emergency, 1 shout, 2 page, 3 call, 4 notice, 5 music: of those that wait, the lower number goes
    first, then the older. A lower number than that of what plays cuts it off; what was cut off is played again from
    its beginning when its turn comes, if it is still in time.
    """

    name = "speech/play"
    max_bytes = 2048
    priority: int = Int(0, 5)
    clips: "list[str]" = ListOf(Text(32, 1), 64)
    text: str = Text(120)  # the same in words
    volume: int = Int(0, 100, default=100)  # percent of the samples' height


class Withdraw(Act):
    """Hub to amplifier: the announcement with this ``id`` is no longer true.

    It is not said if it waits, or was cut off and would be said again. If it is being said, the sentence is ended and
    other languages are left out. The answer is the announcement's own ``act/done``: ``withdrawn`` when no sentence of
    it was ended.
    """

    name = "speech/withdraw"
    withdraws = True


class ShowClips(Show):
    """Hub to amplifier, retained: the clips to have, and the music to play while nobody speaks.

    ``manifest`` is the SHA-256 of a list of them, which is fetched by it like the clips themselves from ``url``. Each
    of its lines is ``{SHA-256} {bytes} {name}``, sorted by name. Without a manifest the amplifier keeps what it has.
    """

    name = "show/clips"
    max_bytes = 2048
    url: str = Text(160, default="")  # http://host:port/path
    manifest: str = Text(64, default="")
    music: "list[str]" = ListOf(Text(32, 1), 32, default=())  # names of clips, played round and round
    volume: int = Int(0, 100, default=100)  # of the music
