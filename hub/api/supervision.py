"""The routes by which a person looks after one device: its log, which of all it is, a test of its parts."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Protocol

import msgspec
from fastapi import FastAPI, HTTPException
from fastapi.responses import StreamingResponse
from pydantic import Field

from hub.api.document import LINES, tells
from hub.api.shapes.building import Located, LogView, PartLine
from hub.api.strictness import Body
from hub.engine.plan import Plan
from hub.part_tests import NeverBegan, PartResult
from hub.supervision import Silent, Supervision


class Locating(Body):
    """For how long."""

    seconds: Annotated[int, Field(ge=1, le=600)] = 30


class Testing(Body):
    """One part, such as printer; empty: all of them."""

    part: Annotated[str, Field(max_length=32)] = ""


class Running(Protocol):
    """The running hub, as far as these routes need it."""

    plan: Plan
    supervision: Supervision


def add_routes(app: FastAPI, hub: Running) -> None:
    """A device that does not answer is 409 ``device.silent``."""

    @app.get("/devices/{device_id}/log")
    @tells(LogView, 404, 409)
    async def log(device_id: str) -> dict[str, Any]:
        _known(hub, device_id)
        try:
            found = await hub.supervision.log(device_id)
        except Silent:
            raise HTTPException(409, "device.silent") from None
        return {"device": device_id, **msgspec.to_builtins(found)}

    @app.post("/devices/{device_id}/locate")
    @tells(Located, 404, 409)
    async def locate(device_id: str, how: Locating | None = None) -> dict[str, Any]:
        _known(hub, device_id)
        seconds = (how or Locating()).seconds
        try:
            is_shown = await hub.supervision.locate(device_id, seconds)
        except Silent:
            raise HTTPException(409, "device.silent") from None
        return {"device": device_id, "seconds": seconds, "is_shown": is_shown}

    @app.post("/devices/{device_id}/test")
    @tells(PartLine, 404, 409, media_type=LINES)
    async def test(device_id: str, what: Testing | None = None) -> StreamingResponse:
        _known(hub, device_id)
        told = hub.supervision.parts.test(device_id, (what or Testing()).part)
        try:
            first = await anext(told)
        except NeverBegan:
            raise HTTPException(409, "device.silent") from None
        return StreamingResponse(_lines(first, told), media_type="application/x-ndjson")


async def _lines(first: PartResult, rest: AsyncIterator[PartResult]) -> AsyncIterator[bytes]:
    """One JSON object a line, when it is known."""
    yield msgspec.json.encode(first) + b"\n"
    async for told in rest:
        yield msgspec.json.encode(told) + b"\n"


def _known(hub: Running, device_id: str) -> None:
    if device_id not in hub.plan.device:
        raise HTTPException(404, f"no device {device_id} in this site; GET /devices lists them")
