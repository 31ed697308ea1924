"""The API's routes: check the token, look or ask, answer in JSON. Errors say what was wrong and what would be right."""

from importlib import metadata
from typing import Annotated, Any, Protocol

from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi import Request as HttpRequest
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.exceptions import HTTPException as StarletteHTTPException

from hub.api import (
    attendance,
    calendar,
    callbacks,
    cases,
    outages,
    platform,
    provisioning,
    queue,
    reports,
    speech,
    supervision,
    updates,
    vault,
    views,
)
from hub.api.board_files import add_board_files
from hub.api.bodies import Bodies
from hub.api.document import document, routes, tells
from hub.api.door import Door
from hub.api.facts import facts
from hub.api.provisioning import add_routes
from hub.api.shapes.base import Done
from hub.api.shapes.building import AlarmView, DeviceView, SiteView
from hub.api.shapes.queue import StatusView, TicketView, WindowView
from hub.api.strictness import DIGITS, Body, Flag, known_query
from hub.api.witness import Witness
from hub.audit import Audit
from hub.engine.events import Entry, RequestRefused
from hub.engine.plan import Plan
from hub.engine.requests import AcknowledgeAlarm, CloseAlarm, Request
from hub.engine.state import Site
from hub.presence import Presence
from hub.provision.boards import signs
from hub.refusals import Refusals

BY = "admin"

Limit = Annotated[int, Query(ge=1, le=100_000), DIGITS]


class Closing(Body):
    """What a person says who closes an alarm."""

    note: Annotated[str, Field(max_length=500)] = ""


class Running(
    attendance.Running,
    calendar.Running,
    cases.Running,
    platform.Running,
    provisioning.Running,
    reports.Running,
    speech.Running,
    supervision.Running,
    updates.Running,
    vault.Running,
    Protocol,
):
    """The running hub, as far as the API needs it."""

    plan: Plan
    site: Site
    presence: Presence
    audit: Audit
    refusals: Refusals

    def status(self) -> dict[str, Any]: ...

    async def ask(self, request: Request) -> Entry: ...


def make(hub: Running, token: str) -> FastAPI:
    """The application. Every route but the callbacks wants ``Authorization: Bearer`` with the token of the folder."""
    app = described(hub)
    app.add_middleware(Bodies)
    app.add_middleware(Door, token=token)
    app.add_middleware(
        Witness, audit=hub.audit, refusals=hub.refusals, who=BY, facts=lambda path: facts(hub, path), now_ms=hub.now_ms
    )
    app.add_exception_handler(RequestValidationError, _wrong)
    app.add_exception_handler(StarletteHTTPException, _no)
    app.add_exception_handler(Exception, _failed)
    return app


def described(hub: Running) -> FastAPI:
    """All routes, without what stands before them; ``hub`` is not looked at before one is asked."""
    # FastAPI's own page of the schema would stand beside the middleware's rules; ours is a route like the others.
    app = FastAPI(
        title="hallhub",
        version=metadata.version("hallhub"),
        dependencies=[Depends(known_query)],
        openapi_url=None,
        redirect_slashes=False,
    )
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    _looking(app, hub)
    _looking_at_people(app, hub)
    _asking(app, hub)
    add_routes(app, hub)
    add_board_files(app, hub)
    speech.add_routes(app, hub)
    supervision.add_routes(app, hub)
    updates.add_routes(app, hub)
    platform.add_routes(app, hub)
    attendance.add_routes(app, hub)
    queue.add_routes(app, hub)
    outages.add_routes(app, hub)
    reports.add_routes(app, hub)
    calendar.add_routes(app, hub)
    cases.add_routes(app, hub)
    vault.add_routes(app, hub)
    callbacks.add_routes(app, hub)

    @app.get("/openapi.json")
    @tells(dict[str, Any])
    async def schema() -> dict[str, Any]:
        return app.openapi()

    return app


async def _wrong(request: HttpRequest, fault: Exception) -> JSONResponse:
    """What the caller sent does not fit; says where and what would, and repeats nothing of it."""
    assert isinstance(fault, RequestValidationError)
    said = [f"{'.'.join(map(str, error['loc'][1:])) or 'body'}: {error['msg']}" for error in fault.errors()]
    return JSONResponse({"detail": "; ".join(said)}, 422)


async def _no(request: HttpRequest, fault: Exception) -> JSONResponse:
    """A refusal in one shape. What the router itself refuses says what would be right."""
    assert isinstance(fault, StarletteHTTPException)
    detail, headers = fault.detail, fault.headers
    if detail == "Not Found":
        detail = "there is no such path; GET /openapi.json lists all"
    elif fault.status_code == 405:
        path = request.url.path
        there = sorted(
            {m for route in routes(request.app) if route.path_regex.match(path) for m in route.methods or ()}
        )
        detail, headers = f"this path takes {', '.join(there)} only", {"Allow": ", ".join(there)}
    return JSONResponse({"detail": detail}, fault.status_code, headers)


async def _failed(request: HttpRequest, fault: Exception) -> JSONResponse:
    """A fault of ours: its traceback is for the hub's log only."""
    return JSONResponse({"detail": "the hub made an error, and wrote it into its log; please report it"}, 500)


def _looking(app: FastAPI, hub: Running) -> None:
    @app.get("/status")
    @tells(StatusView)
    async def status() -> dict[str, Any]:
        return hub.status()

    @app.get("/site")
    @tells(SiteView)
    async def site() -> dict[str, Any]:
        return signs(hub.plan)

    @app.get("/devices")
    @tells(list[DeviceView])
    async def devices(kind: str = "", hall: str = "", offline: Flag = False) -> list[dict[str, Any]]:
        return [
            views.device(hub.plan, hub.site, hub.presence, d)
            for d in hub.plan.devices
            if (not kind or d.kind == kind)
            and (not hall or d.hall == hall)
            and not (offline and hub.presence.seen[d.id].is_online)
        ]

    @app.get("/devices/{device_id}")
    @tells(DeviceView, 404)
    async def device(device_id: str) -> dict[str, Any]:
        item = hub.plan.device.get(device_id)
        if item is None:
            raise HTTPException(404, f"no device {device_id} in this site; GET /devices lists them")
        return views.device(hub.plan, hub.site, hub.presence, item)

    @app.get("/windows")
    @tells(list[WindowView])
    async def windows(hall: str = "") -> list[dict[str, Any]]:
        return [view for view in views.windows(hub.plan, hub.site) if not hall or view["hall"] == hall]


def _looking_at_people(app: FastAPI, hub: Running) -> None:
    """Those who came with tickets, and those who pressed for help."""

    @app.get("/tickets")
    @tells(list[TicketView])
    async def tickets(state: str = "", service: str = "", limit: Limit = 200) -> list[dict[str, Any]]:
        found = [t for t in hub.site.tickets.values() if state in ("", t.state) and service in ("", t.service)]
        return [views.ticket(hub.plan, t) for t in found[-limit:]]

    @app.get("/tickets/{number}")
    @tells(TicketView, 404)
    async def ticket(number: str) -> dict[str, Any]:
        item = views.find_ticket(hub.site, number)
        if item is None:
            raise HTTPException(404, f"no ticket {number} today; GET /tickets lists them")
        return views.ticket(hub.plan, item)

    @app.get("/alarms")
    @tells(list[AlarmView])
    async def alarms() -> list[dict[str, Any]]:
        return [views.alarm(hub.plan, a) for a in hub.site.alarms.values()]


def _asking(app: FastAPI, hub: Running) -> None:
    @app.post("/alarms/{alarm}/acknowledge")
    @tells(Done, 409)
    async def acknowledge(alarm: str) -> dict[str, Any]:
        return await _ask(hub, AcknowledgeAlarm(at_ms=hub.now_ms(), by=BY, alarm=alarm))

    @app.post("/alarms/{alarm}/close")
    @tells(Done, 409)
    async def close(alarm: str, closing: Closing | None = None) -> dict[str, Any]:
        note = closing.note if closing else ""
        return await _ask(hub, CloseAlarm(at_ms=hub.now_ms(), by=BY, alarm=alarm, note=note))

    @app.post("/announcements")
    @tells(Done, 409)
    async def announce(said: speech.Announcement) -> dict[str, Any]:
        asked = await speech.announce(hub, said, hub.now_ms(), BY)
        return [await _ask(hub, request) for request in asked][-1]


async def _ask(hub: Running, request: Request) -> dict[str, Any]:
    """Durable when it answers. A rule's no is 409 with its code."""
    entry = await hub.ask(request)
    for event in entry.events:
        if isinstance(event, RequestRefused):
            raise HTTPException(409, event.code)
    return {"position": entry.position}
