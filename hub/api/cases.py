"""The routes of cases. There is none by which anything could be rated."""

import asyncio
from typing import Annotated, Any, Literal, Protocol

import msgspec
from fastapi import FastAPI, HTTPException, Query
from pydantic import Field

from hub.api.document import tells
from hub.api.shapes.queue import CaseView, CaseWords
from hub.api.strictness import DIGITS, Body, Flag
from hub.engine.events import Entry, RequestRefused
from hub.engine.plan import Plan
from hub.engine.requests import MoveCase, Request
from hub.engine.state import Case, Site
from hub.vault import About, Words

Act = Literal[
    "accept",
    "mistaken",
    "malicious",
    "assign",
    "contact",
    "miss",
    "rectify",
    "reply",
    "review",
    "appeal",
    "uphold",
    "overturn",
    "close",
]
Id = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]


class Doing(Body):
    """Who does it, for ``assign`` to whom, and what they write about it: no names, and kept enciphered.

    For ``contact`` the codes of what the visitor says was the matter, where the rating said nothing.
    """

    by: Id
    to: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,32}$")] = ""
    words: Annotated[str, Field(max_length=400)] = ""
    reasons: Annotated[list[Annotated[int, Field(ge=100, le=599)]], Field(max_length=8)] = []


class Running(Protocol):
    """The running hub, as far as these routes need it."""

    plan: Plan
    site: Site
    words: Words

    def now_ms(self) -> int: ...

    async def ask(self, request: Request) -> Entry: ...


def add_routes(app: FastAPI, hub: Running) -> None:
    """A rule's no is 409 with its code."""

    @app.get("/cases")
    @tells(list[CaseView])
    async def found(
        state: str = "", overdue: Flag = False, limit: Annotated[int, Query(ge=1, le=10_000), DIGITS] = 200
    ) -> list[dict[str, Any]]:
        """Open ones, and the newest closed; without what anybody wrote."""
        rows = [one for one in hub.site.cases.values() if state in ("", one.state) and (one.is_overdue or not overdue)]
        return [view(hub.plan, one) for one in rows[-limit:]]

    @app.get("/cases/{case}")
    @tells(CaseView, 404)
    async def one(case: str) -> dict[str, Any]:
        return view(hub.plan, _case(hub, case))

    @app.post("/cases/{case}/words")
    @tells(CaseWords, 404)
    async def words(case: str) -> dict[str, Any]:
        """What the visitor and those at work wrote. Not a look: whoever reads it stands in the audit log."""
        known = _case(hub, case)
        refs = [known.words, *(step.note for step in known.steps)]
        texts = await asyncio.to_thread(lambda: [hub.words.read(ref) if ref else "" for ref in refs])
        return {"words": texts[0], "notes": texts[1:]}

    @app.post("/cases/{case}/{act}")
    @tells(CaseView, 404, 409)
    async def do(case: str, act: Act, doing: Doing) -> dict[str, Any]:
        known = _case(hub, case)
        about = About(known.ticket, known.visitor)
        note = await asyncio.to_thread(hub.words.keep, doing.words, "", about) if doing.words else ""
        request = MoveCase(
            at_ms=hub.now_ms(), by=doing.by, case=case, act=act, to=doing.to, note=note, reasons=tuple(doing.reasons)
        )
        entry = await hub.ask(request)
        for event in entry.events:
            if isinstance(event, RequestRefused):
                await asyncio.to_thread(hub.words.forget, note)
                raise HTTPException(409, event.code)
        return view(hub.plan, _case(hub, case))


def _case(hub: Running, id_: str) -> Case:
    case = hub.site.cases.get(id_)
    if case is None:
        raise HTTPException(404, f"no case {id_} is open or was closed of late; GET /cases lists them")
    return case


def view(plan: Plan, case: Case) -> dict[str, Any]:
    """A case without what anybody wrote, but whether they did."""
    plain: dict[str, Any] = msgspec.to_builtins(case)
    service, window = plan.service.get(case.service), plan.window.get(case.window)
    return {
        **plain,
        "words": bool(case.words),
        "steps": [{**step, "note": bool(step["note"])} for step in plain["steps"]],
        "service_name": service.name if service else case.service,
        "window_number": window.number if window else 0,
        "hall": window.hall if window else "",
    }
