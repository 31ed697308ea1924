"""The routes of cases and of satisfaction. There is none by which anything could be rated."""

import asyncio
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any, Literal, Protocol

import msgspec
from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, Field

from hub.engine import hours
from hub.engine.events import Entry, RequestRefused
from hub.engine.plan import Plan
from hub.engine.requests import MoveCase, Request
from hub.engine.satisfaction import Counts, Key, Satisfaction
from hub.engine.state import Case, Site
from hub.journal import Journal
from hub.vault import Words

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
By = Literal["day", "window", "service"]
Id = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
MOST_DAYS = 100
PAGE = 2_000  # entries read at once


class Doing(BaseModel, extra="forbid"):
    """Who does it, for ``assign`` to whom, and what they write about it: no names, and kept enciphered."""

    by: Id
    to: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,32}$")] = ""
    words: Annotated[str, Field(max_length=400)] = ""


class Running(Protocol):
    """The running hub, as far as these routes need it."""

    plan: Plan
    site: Site
    journal: Journal
    words: Words

    def now_ms(self) -> int: ...

    async def ask(self, request: Request) -> Entry: ...


def add_routes(app: FastAPI, hub: Running) -> None:
    """A rule's no is 409 with its code."""

    @app.get("/cases")
    async def found(
        state: str = "", overdue: bool = False, limit: Annotated[int, Query(ge=1, le=10_000)] = 200
    ) -> list[dict[str, Any]]:
        """Open ones, and the newest closed; without what anybody wrote."""
        rows = [one for one in hub.site.cases.values() if state in ("", one.state) and (one.is_overdue or not overdue)]
        return [view(hub.plan, one) for one in rows[-limit:]]

    @app.get("/cases/{case}")
    async def one(case: str) -> dict[str, Any]:
        return view(hub.plan, _case(hub, case))

    @app.post("/cases/{case}/words")
    async def words(case: str) -> dict[str, Any]:
        """What the visitor and those at work wrote. Not a look: whoever reads it stands in the audit log."""
        known = _case(hub, case)
        refs = [known.words, *(step.note for step in known.steps)]
        texts = await asyncio.to_thread(lambda: [hub.words.read(ref) if ref else "" for ref in refs])
        return {"words": texts[0], "notes": texts[1:]}

    @app.post("/cases/{case}/{act}")
    async def do(case: str, act: Act, doing: Doing) -> dict[str, Any]:
        _case(hub, case)
        note = await asyncio.to_thread(hub.words.keep, doing.words) if doing.words else ""
        request = MoveCase(at_ms=hub.now_ms(), by=doing.by, case=case, act=act, to=doing.to, note=note)
        entry = await hub.ask(request)
        for event in entry.events:
            if isinstance(event, RequestRefused):
                await asyncio.to_thread(hub.words.forget, note)
                raise HTTPException(409, event.code)
        return view(hub.plan, _case(hub, case))

    @app.get("/satisfaction")
    async def satisfaction(first: date | None = None, last: date | None = None, by: By = "day") -> list[dict[str, Any]]:
        """From day to day, the site's today without; poor ratings' cases as they stand now."""
        first = first or last or _today(hub)
        last = last or first
        if not 0 <= (last - first).days < MOST_DAYS:
            raise HTTPException(422, f"last must be first or one of the {MOST_DAYS - 1} days after it")
        return await asyncio.to_thread(satisfied, hub.plan, hub.journal, first, last, by)


def _today(hub: Running) -> date:
    """By the site's clock, which need not be the machine's."""
    zone = timezone(timedelta(minutes=hub.plan.settings.utc_offset_min))
    return datetime.fromtimestamp(hub.now_ms() / 1000, zone).date()


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


def satisfied(plan: Plan, journal: Journal, first: date, last: date, by: By) -> list[dict[str, Any]]:
    """Rows by day, window or service. Reads the journal from the first day to its end."""
    day = first.toordinal() - hours.EPOCH_ORDINAL
    until = last.toordinal() - hours.EPOCH_ORDINAL
    fold = Satisfaction(plan)
    begin_ms = (day * hours.DAY_MIN - plan.settings.utc_offset_min) * hours.MINUTE_MS
    after = journal.position_before(begin_ms)
    while entries := journal.entries(after, PAGE):
        for entry in entries:
            for event in entry.events:
                fold.take(event)
        after = entries[-1].position
    wanted = Satisfaction(plan)
    wanted.cells = {key: counts for key, counts in fold.cells.items() if day <= key.day <= until}

    def name(key: Key) -> str:
        return _dashed(key.day) if by == "day" else str(getattr(key, by))

    return [_row(name, counts) for name, counts in sorted(wanted.by(name).items())]


def _row(name: str, counts: Counts) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(counts)
    return {"name": name, **plain, "rated": counts.rated, "poor": counts.poor, **counts.rates()}


def _dashed(day: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()
