"""The routes of the vault: one person in clear, for a reason; erased on request. Values are never in paths."""

import asyncio
from typing import Annotated, Any, Protocol

from fastapi import FastAPI, HTTPException
from pydantic import Field

from hub.api.document import tells
from hub.api.shapes.queue import Erased, PersonView, VaultView
from hub.api.strictness import Body
from hub.config import Config
from hub.engine import rendered
from hub.engine.state import Site
from hub.vault import Vault, Words
from hub.vault.identity import Reader

BY = "admin"
Why = Annotated[str, Field(min_length=4, max_length=200)]


class Showing(Body):
    """Whom, and what for."""

    visitor: Annotated[str, Field(max_length=40)]
    why: Why


class Erasing(Body):
    """Whom, by one of the four, and on whose request. ``ticket``: its id, or today's number on the paper."""

    visitor: Annotated[str, Field(max_length=40)] = ""
    card: Annotated[str, Field(max_length=20)] = ""
    phone: Annotated[str, Field(max_length=20)] = ""
    ticket: Annotated[str, Field(max_length=40)] = ""
    why: Why


class Running(Protocol):
    """The running hub, as far as these routes need it."""

    vault: Vault
    words: Words
    settings: Config
    site: Site


def add_routes(app: FastAPI, hub: Running) -> None:
    """Each reading and each act is in the audit log before anything is told or done; the vault sees to that."""

    @app.get("/vault")
    @tells(VaultView)
    async def look() -> dict[str, Any]:
        settings = hub.settings.vault
        return {
            "persons": await asyncio.to_thread(hub.vault.count),
            "keep_days": settings.keep_days,
            "words": await asyncio.to_thread(hub.words.count),
            "words_days": settings.words_days,
        }

    @app.post("/vault/show")
    @tells(PersonView, 404)
    async def show(whom: Showing) -> dict[str, Any]:
        identity = await asyncio.to_thread(hub.vault.whole, whom.visitor, Reader(BY, whom.why))
        plain: dict[str, Any] = {field: getattr(identity, field) for field in identity.__struct_fields__}
        if not any(plain.values()):
            raise HTTPException(404, "the vault knows nothing of this visitor; it may have been purged")
        return {"visitor": whom.visitor, **plain}

    @app.post("/vault/erase")
    @tells(Erased, 409)
    async def erase(whom: Erasing) -> dict[str, Any]:
        """The person, and what was written about them: forgotten together. Tells how much there was of each."""
        given = {kind: value for kind in ("visitor", "card", "phone", "ticket") if (value := getattr(whom, kind))}
        if len(given) != 1:
            raise HTTPException(422, "name the person by one of visitor, card, phone, ticket")
        ((kind, value),) = given.items()
        ticket = _ticket_id(hub.site, value) if kind == "ticket" else ""
        visitors = await asyncio.to_thread(_visitors, hub, kind, ticket or value)
        if len(visitors) > 1:
            raise HTTPException(409, f"several share this: {', '.join(visitors)}; look with show, erase by visitor")
        reader = Reader(BY, whom.why)
        words = await asyncio.to_thread(hub.words.erase, visitors, ticket, reader)
        persons = await asyncio.to_thread(hub.vault.erase, visitors, reader) if visitors else 0
        return {"erased": persons, "words": words}


def _ticket_id(site: Site, told: str) -> str:
    return told if told in site.tickets or "-" in told else f"{site.day}-{told.upper()}"


def _visitors(hub: Running, kind: str, value: str) -> list[str]:
    """Whom that names; nobody when nothing is known of them. Reads the disk."""
    if kind == "visitor":
        return [value]
    if kind == "ticket":
        known = rendered.find(hub.site, value)
        return [known.visitor] if known is not None and known.visitor else hub.words.visitors_of(value)
    return hub.vault.find(kind, value)
