"""Messages for screens over the windows and in the waiting area."""

from firmware.wire.fields import Bool, Int, ListOf, OneOf, Struct, Text
from firmware.wire.messages.base import Show


class ShowRegion(Show):
    """Hub to window strip: the pixels of one region; the slot is the region's number on that strip.

    ``pixels`` is base64 of a zlib stream of the rows, top to bottom: 2 bits a pixel, four pixels a byte, the leftmost
    in the lowest bits (MicroPython's ``framebuf.GS2_HMSB``), rows padded to whole bytes. Pixel value 0 is off, 1 to 3
    are ``palette[0..2]``.
    """

    name = "show/region"
    slotted = True
    max_bytes = 16384
    x: int = Int(0, 65535)  # pixels from the strip's left edge
    width: int = Int(1, 65535)
    height: int = Int(1, 1024)
    palette: "list[int]" = ListOf(Int(0, 0xFFFFFF), 3)  # 0xRRGGBB
    pixels: str = Text(16000)
    text: str = Text(80)  # the same in words, for logs and for those who cannot see it
    flash_ms: int = Int(0, 10000, default=0)  # flash this long, then stay


class ShowLight(Show):
    """Hub to strip, and to screens that may be LED walls: how bright it shines now, by the time of day; 0 is black."""

    name = "show/light"
    percent: int = Int(0, 100)  # of the full light of this installation


class CalledRow(Struct):
    """One line of a hall display: please, HA001, to window 3."""

    number: str = Text(12, 1)
    window: int = Int(1, 999)
    recalled: bool = Bool(default=False)


class WaitingRow(Struct):
    """How many wait for one service."""

    label: str = Text(40, 1)
    waiting: int = Int(0, 100000)
    wait_min: int = Int(-1, 1440, default=-1)  # estimated, for one who comes now; -1: nobody can tell


class WindowRow(Struct):
    """Whether a window of the hall is open. The states are those of `queue.WINDOW_STATES`."""

    number: int = Int(1, 999)
    state: str = OneOf("closed", "open", "paused")


class ShowCalls(Show):
    """Hub to hall display: the newest calls first, the waiting counts, the windows' states, and a notice."""

    name = "show/calls"
    max_bytes = 8192
    hall: str = Text(40)
    called: "list[CalledRow]" = ListOf(CalledRow, 16)
    waiting: "list[WaitingRow]" = ListOf(WaitingRow, 24)
    windows: "list[WindowRow]" = ListOf(WindowRow, 64, default=())
    notice: str = Text(120, default="")


class PlaylistItem(Struct):
    """One page of an info screen. ``file``: SHA-256 of a picture or film; a guide has words instead.

    ``seconds``: how long it stays; a film at most so long, 0 to its end.
    """

    kind: str = OneOf("picture", "video", "guide")
    file: str = Text(64, default="")
    seconds: int = Int(0, 7200, default=10)
    title: str = Text(40, default="")
    text: str = Text(400, default="")


class ShowPlaylist(Show):
    """Hub to info screen: what it shows, over and over. Files are at ``url`` over HTTP, by digest, and are kept."""

    name = "show/playlist"
    max_bytes = 49152
    url: str = Text(160, default="")
    items: "list[PlaylistItem]" = ListOf(PlaylistItem, 60)
