"""What clerks are told of their own work."""

import msgspec

from hub.engine.events.event import Event


class ClerkWeek(msgspec.Struct, frozen=True, kw_only=True):
    """``stay_s``: mean time for a visitor. ``share`` and ``percent``: as in `ShowFigures`; no count of ratings."""

    staff: str
    served: int
    stay_s: int
    share: str = "few"
    percent: int = 0


class FiguresClosed(Event, frozen=True, kw_only=True):
    """A week is over and stays as it is told here. ``first`` and ``last``: YYYYMMDD."""

    first: str
    last: str
    rows: tuple[ClerkWeek, ...] = ()
