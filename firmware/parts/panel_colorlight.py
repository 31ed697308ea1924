"""A long LED strip behind receiving cards."""

from functools import partial
from typing import Any

from drivers.linux.colorlight.chain import ANSWER, Chain
from drivers.linux.colorlight.frames import Dialect
from drivers.linux.colorlight.pixels import ColorlightPixels
from drivers.linux.colorlight.stretch import Stretch
from drivers.linux.long_panel import LongPanel
from drivers.linux.packet_socket import PacketSocket


def make(row: dict[str, Any], board: dict[str, Any]) -> LongPanel:
    """As large as the device's settings say. The adapters may be plugged in later; a board.json that was written
    before an option was there has its usual value.

    Raises ValueError when ``cuts``, the strip's column at which each further interface begins, do not fit.
    """
    width_px, height_px = board["settings"]["width_px"], board["settings"]["height_px"]
    dialect = Dialect(**{key: row[key] for key in Dialect._fields if key in row})
    names = [row["interface"], *row.get("more_interfaces", ())]
    edges = [0, *(row.get("cuts") or _even(width_px, len(names))), width_px]
    if len(edges) != len(names) + 1 or edges != sorted(set(edges)):
        raise ValueError(f"panel: cuts {row.get('cuts')}: rising columns inside {width_px}, one per further interface")
    chains = [
        Chain(
            partial(PacketSocket, name, ANSWER),
            Stretch(left, right - left, height_px, dialect),
            is_asked=row.get("is_asked", True),
        )
        for name, left, right in zip(names, edges[:-1], edges[1:], strict=True)
    ]
    pixels = ColorlightPixels(
        chains,
        height_px,
        dialect=dialect,
        brightness=row["brightness"],
        refresh_s=row.get("refresh_ms", 1000) / 1000,
        card_px=row.get("card_px", 512),
    )
    return LongPanel(pixels, width_px, height_px)


def _even(width_px: int, count: int) -> list[int]:
    """Where equal stretches begin, but for the first."""
    return [width_px * number // count for number in range(1, count)]
