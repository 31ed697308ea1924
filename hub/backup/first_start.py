"""The first start on a restored folder: numbers that may be on paper since the backup are left out, once."""

from pathlib import Path

import msgspec

from hub.backup.restore import SKIP_FILE
from hub.engine.requests import SkipNumbers
from hub.pipeline import Pipeline


class _Skip(msgspec.Struct):
    skip: int


async def leave_out_numbers(folder: Path, pipeline: Pipeline, at_ms: int) -> None:
    """Before any kiosk can ask: durable on return. Raises what the journal raises.

    A hub that is killed between the journal and the file leaves out twice as many.
    """
    file = folder / SKIP_FILE
    if file.exists():
        count = msgspec.json.decode(file.read_bytes(), type=_Skip).skip
        if count:
            pipeline.offer(SkipNumbers(at_ms=at_ms, by="hub", count=count), None, lambda entry: None)
            await pipeline.round()
        file.unlink()
