"""The routes of the vault: one person in clear, for a reason; erased on request. Values are never in paths."""

import asyncio
from typing import Annotated, Any, Protocol

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

from hub.config import Config
from hub.vault import Vault
from hub.vault.identity import Reader

BY = "admin"
Why = Annotated[str, Field(min_length=4, max_length=200)]


class Showing(BaseModel, extra="forbid"):
    """Whom, and what for."""

    visitor: Annotated[str, Field(max_length=40)]
    why: Why


class Erasing(BaseModel, extra="forbid"):
    """Whom, by one of the three, and on whose request."""

    visitor: Annotated[str, Field(max_length=40)] = ""
    card: Annotated[str, Field(max_length=20)] = ""
    phone: Annotated[str, Field(max_length=20)] = ""
    why: Why


class Running(Protocol):
    """The running hub, as far as these routes need it."""

    vault: Vault
    settings: Config


def add_routes(app: FastAPI, hub: Running) -> None:
    """Each reading and each act is in the audit log before anything is told or done; the vault sees to that."""

    @app.get("/vault")
    async def look() -> dict[str, Any]:
        return {"persons": await asyncio.to_thread(hub.vault.count), "keep_days": hub.settings.vault.keep_days}

    @app.post("/vault/show")
    async def show(whom: Showing) -> dict[str, Any]:
        identity = await asyncio.to_thread(hub.vault.whole, whom.visitor, Reader(BY, whom.why))
        plain: dict[str, Any] = {field: getattr(identity, field) for field in identity.__struct_fields__}
        if not any(plain.values()):
            raise HTTPException(404, "the vault knows nothing of this visitor; it may have been purged")
        return {"visitor": whom.visitor, **plain}

    @app.post("/vault/erase")
    async def erase(whom: Erasing) -> dict[str, Any]:
        given = [(kind, value) for kind in ("card", "phone") if (value := getattr(whom, kind))]
        if len(given) + bool(whom.visitor) != 1:
            raise HTTPException(422, "name the person by one of visitor, card, phone")
        visitors = [whom.visitor] if whom.visitor else await asyncio.to_thread(hub.vault.find, *given[0])
        if len(visitors) > 1:
            raise HTTPException(409, f"several share this: {', '.join(visitors)}; look with show, erase by visitor")
        return {"erased": await asyncio.to_thread(hub.vault.erase, visitors, Reader(BY, whom.why))}
