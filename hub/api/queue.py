"""The routes of the queue: whose turn it is by which rules, appointments, queues that a person clears, periods."""

import asyncio
from typing import Annotated, Any, Protocol

import msgspec
from fastapi import FastAPI, HTTPException
from pydantic import Field

from firmware.wire.messages.queue import PRIORITIES
from hub import policy_file
from hub.api.document import tells
from hub.api.shapes.base import Done
from hub.api.shapes.queue import AppointmentView, BookedView, Cleared, PolicyView
from hub.api.strictness import Body, Day
from hub.api.views import find_ticket
from hub.booking import MOST_ROWS, Booked, BookingFault, request_of
from hub.engine.events import Entry, RequestRefused, TicketExpired
from hub.engine.periods import Period, periods
from hub.engine.plan import Plan
from hub.engine.requests import CancelAppointment, ClearQueue, GivePriority, Request, SignOut
from hub.engine.state import Appointment, Site, Ticket
from hub.engine.turns import Policy
from hub.journal import Journal
from hub.policy_file import PolicyError
from hub.roster import Roster
from hub.vault import Vault
from hub.vault.identity import Reader

BY = "admin"


class Rules(Body):
    """A policy file's text, and on which recorded day it was tried, if it was; the audit log has both."""

    text: Annotated[str, Field(max_length=16000)]
    tried: Day | None = None


class Precedence(Body):
    """``none`` takes a priority away. Why, in words without names: it is kept, and told to nobody outside."""

    priority: Annotated[str, Field(pattern=f"^({'|'.join(PRIORITIES)})$")]
    reason: Annotated[str, Field(min_length=1, max_length=40)]


class Clearing(Body):
    """Which hall; empty: all."""

    hall: Annotated[str, Field(max_length=48)] = ""


class Row(Body):
    """One appointment, and whose."""

    appointment: Annotated[str, Field(max_length=40)]
    service: Annotated[str, Field(max_length=48)]
    starts: Annotated[str, Field(max_length=16)]
    ends: Annotated[str, Field(max_length=16)]
    name: Annotated[str, Field(max_length=40)] = ""
    card: Annotated[str, Field(max_length=20)] = ""
    phone: Annotated[str, Field(max_length=20)] = ""
    code: Annotated[str, Field(max_length=40)] = ""


class Bookings(Body):
    """Appointments to book, or to change when they are known."""

    rows: Annotated[list[Row], Field(max_length=MOST_ROWS)]


class Running(Protocol):
    """The running hub, as far as these routes need it."""

    plan: Plan
    site: Site
    roster: Roster
    vault: Vault
    journal: Journal

    def now_ms(self) -> int: ...

    async def ask(self, request: Request) -> Entry: ...


def add_routes(app: FastAPI, hub: Any) -> None:
    """A rule's no is 409 with its code, a wrong policy 422 with every fault of it."""
    _policy(app, hub)
    _appointments(app, hub)

    @app.post("/queue/clear")
    @tells(Cleared, 409)
    async def clear(which: Clearing | None = None) -> dict[str, Any]:
        entry = await hub.ask(ClearQueue(at_ms=hub.now_ms(), by=BY, hall=which.hall if which else ""))
        _raise_refused(entry)
        return {"position": entry.position, "expired": sum(isinstance(event, TicketExpired) for event in entry.events)}

    @app.post("/tickets/{number}/priority")
    @tells(Done, 404, 409)
    async def give_priority(number: str, which: Precedence) -> dict[str, Any]:
        ticket = _ticket(hub, number)
        asked = GivePriority(at_ms=hub.now_ms(), by=BY, ticket=ticket.id, priority=which.priority, reason=which.reason)
        entry = await hub.ask(asked)
        _raise_refused(entry)
        return {"position": entry.position}

    @app.post("/windows/{window}/sign_out")
    @tells(Done, 409)
    async def sign_out(window: str) -> dict[str, Any]:
        """For a clerk who left without; otherwise nobody could sign in there, nor that clerk anywhere else."""
        entry = await hub.ask(SignOut(at_ms=hub.now_ms(), by=BY, window=window))
        _raise_refused(entry)
        return {"position": entry.position}

    @app.get("/tickets/{number}/periods")
    @tells(list[Period], 404)
    async def ticket_periods(number: str) -> list[dict[str, Any]]:
        ticket = _ticket(hub, number)
        entries = await asyncio.to_thread(hub.journal.entries_about, ticket.id, ticket.taken_at_ms)
        told = (event for entry in entries for event in entry.events)
        return [msgspec.to_builtins(period) for period in periods(ticket.id, told)]


def _ticket(hub: Running, number: str) -> Ticket:
    """Of today, by number or id."""
    ticket = find_ticket(hub.site, number)
    if ticket is None:
        raise HTTPException(404, f"no ticket {number} today; GET /tickets lists them")
    return ticket


def _policy(app: FastAPI, hub: Running) -> None:
    @app.get("/policy")
    @tells(PolicyView)
    async def policy() -> dict[str, Any]:
        return _policy_view(hub.plan.policy)

    @app.put("/policy")
    @tells(PolicyView)
    async def use_policy(rules: Rules) -> dict[str, Any]:
        try:
            return _policy_view(await hub.roster.use_policy(hub, rules.text))  # type: ignore[arg-type]
        except PolicyError as fault:
            raise HTTPException(422, str(fault)) from None


def _policy_view(policy: Policy) -> dict[str, Any]:
    return {
        "name": policy.name,
        "rules": [turn.text for turn in policy.turns],
        "weights": policy.weights,
        "text": policy_file.text_of(policy),
    }


def _appointments(app: FastAPI, hub: Running) -> None:
    @app.get("/appointments")
    @tells(list[AppointmentView])
    async def appointments(service: str = "", state: str = "") -> list[dict[str, Any]]:
        found = [one for one in hub.site.appointments.values() if service in ("", one.service)]
        found = sorted((one for one in found if state in ("", one.state)), key=lambda one: one.starts_at_ms)
        shown = await asyncio.to_thread(hub.vault.shown, [one.visitor for one in found], Reader(BY, "appointments"))
        return [_view(hub.plan, one, name) for one, name in zip(found, shown, strict=True)]

    @app.post("/appointments")
    @tells(BookedView)
    async def book(given: Bookings) -> dict[str, Any]:
        """All that are right are booked; of the others it says why not."""
        refusals = []
        for row in given.rows:
            booked = Booked(**row.model_dump())
            try:
                request = await asyncio.to_thread(request_of, hub.plan, hub.vault, booked, BY, hub.now_ms())
            except BookingFault as fault:
                refusals.append({"appointment": row.appointment, "why": str(fault)})
                continue
            entry = await hub.ask(request)
            code = _refused(entry)
            if code:
                refusals.append({"appointment": row.appointment, "why": code})
        return {"booked": len(given.rows) - len(refusals), "refused": refusals}

    @app.post("/appointments/{appointment}/cancel")
    @tells(Done, 409)
    async def cancel(appointment: str) -> dict[str, Any]:
        entry = await hub.ask(CancelAppointment(at_ms=hub.now_ms(), by=BY, appointment=appointment))
        _raise_refused(entry)
        return {"position": entry.position}


def _view(plan: Plan, one: Appointment, shown: str) -> dict[str, Any]:
    service = plan.service.get(one.service)
    return {**msgspec.to_builtins(one), "shown": shown, "service_name": service.name if service else one.service}


def _refused(entry: Entry) -> str:
    return next((event.code for event in entry.events if isinstance(event, RequestRefused)), "")


def _raise_refused(entry: Entry) -> None:
    code = _refused(entry)
    if code:
        raise HTTPException(409, code)
