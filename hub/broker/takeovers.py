"""Take-overs: a client that connected while another of the same id was connected, as the broker's log tells."""

import msgspec

KEPT = 200


class Takeover(msgspec.Struct, frozen=True):
    """``old`` and ``new``: address and port of the connection that was ended, and of the one that ended it; empty when
    the log does not tell."""

    client: str
    old: str
    new: str
    at_ms: int = 0
