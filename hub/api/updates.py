"""The routes of roll-outs: begin or go on, look, pause, abort."""

from typing import Annotated, Any, Protocol

import msgspec
from fastapi import FastAPI, HTTPException
from pydantic import Field

from hub.api.document import tells
from hub.api.shapes.building import RollView
from hub.api.strictness import Body
from hub.update.roll import Roll, RollRefused
from hub.update.shelf import Release


class Wanted(Body):
    """What to roll out, and how boldly."""

    version: Annotated[str, Field(max_length=64)]  # or the beginning of a tree's digest
    tolerate: Annotated[int, Field(ge=0, le=10_000)] = 0
    force: bool = False


class Running(Protocol):
    """The running hub, as far as these routes need it."""

    roll: Roll


def add_routes(app: FastAPI, hub: Running) -> None:
    @app.get("/updates")
    @tells(RollView)
    async def look() -> dict[str, Any]:
        return hub.roll.view()

    @app.get("/updates/trees")
    @tells(list[Release])
    async def trees() -> list[dict[str, Any]]:
        return [msgspec.to_builtins(release) for release in hub.roll.shelf.releases()]

    @app.post("/updates")
    @tells(RollView, 409)
    async def begin(wanted: Wanted) -> dict[str, Any]:
        try:
            await hub.roll.begin(wanted.version, wanted.tolerate, wanted.force)
        except RollRefused as refused:
            raise HTTPException(409, str(refused)) from None
        except OSError as fault:
            raise HTTPException(409, f"updates cannot be served: {fault.strerror}; see [updates] in hub.toml") from None
        return hub.roll.view()

    @app.post("/updates/pause")
    @tells(RollView, 409)
    async def pause() -> dict[str, Any]:
        return _stopped(hub.roll.pause, hub)

    @app.post("/updates/abort")
    @tells(RollView, 409)
    async def abort() -> dict[str, Any]:
        return _stopped(hub.roll.abort, hub)


def _stopped(stop: Any, hub: Running) -> dict[str, Any]:
    try:
        stop()
    except RollRefused as refused:
        raise HTTPException(409, str(refused)) from None
    return hub.roll.view()
