"""Entries to rows and back."""

from collections.abc import Sequence
from typing import Any

import msgspec

from hub.engine.events import AnyEvent, Entry, Origin
from hub.journal.errors import JournalCorrupt

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(tuple[AnyEvent, ...]).decode


def row_of(entry: Entry) -> dict[str, object]:
    """The columns of the table `journal`."""
    origin = entry.origin
    return {
        "position": entry.position,
        "at_ms": entry.at_ms,
        "device": origin.device if origin else None,
        "boot": origin.boot if origin else None,
        "seq": origin.seq if origin else None,
        "events": _encode(entry.events).decode(),
    }


def entry_of(row: Sequence[Any], where: str) -> Entry:
    """Raises `JournalCorrupt` for events that this program cannot read."""
    position, at_ms, device, boot, seq, events = row
    try:
        decoded = _decode(events)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise JournalCorrupt(
            f"{where}: the events at position {position} cannot be read ({error}). "
            "Run the program that wrote them, or restore the last backup."
        ) from error
    origin = None if device is None else Origin(device=device, boot=boot, seq=seq)
    return Entry(position=position, at_ms=at_ms, origin=origin, events=decoded)
