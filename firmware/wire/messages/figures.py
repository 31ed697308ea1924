"""Messages about a clerk's own work: what they may see of it, late and coarse."""

from firmware.wire.fields import Int, OneOf, Text
from firmware.wire.messages.base import Show

SHARES = ("few", "exact", "at_least", "at_most")


class ShowFigures(Show):
    """Hub to call terminal: the week that is over, of the clerk who is signed in there; ``first`` empty: none.

    ``first`` and ``last`` are days, ISO 8601. ``stay_s``: mean time for a visitor. ``share`` says how ``percent`` of
    satisfied ratings is meant; "few": too few ratings to tell.
    """

    name = "show/figures"
    max_bytes = 384
    first: str = Text(10, default="")
    last: str = Text(10, default="")
    served: int = Int(0, 100000, default=0)
    stay_s: int = Int(0, 86400, default=0)
    share: str = OneOf(*SHARES, default="few")
    percent: int = Int(0, 100, default=0)
