"""The routes about the city platform: how far it is, what it would not have, receipts, reconciled days."""

from typing import Annotated, Any, Protocol

import msgspec
from fastapi import FastAPI, HTTPException, Query
from pydantic import Field

from hub.api.document import tells
from hub.api.shapes.building import PlatformView
from hub.api.shapes.queue import AsideView, Resent
from hub.api.strictness import DIGITS, Body
from hub.journal import JournalError, Receipt
from hub.platform.desk import Desk, DeskRefused
from hub.platform.reconcile import Reconciliation, Unanswered
from hub.platform.service import PlatformService
from hub.platform.services import Service

Limit = Annotated[int, Query(ge=1, le=10_000), DIGITS]
Fact = Annotated[str, Field(max_length=200)] | int
FactName = Annotated[str, Field(max_length=40)]


class Mending(Body):
    """What stands in the place of facts that the platform would not have."""

    facts: Annotated[dict[FactName, Fact], Field(min_length=1, max_length=20)]


class Again(Body):
    """Whose records; '' means all."""

    subject: Annotated[str, Field(max_length=160)] = ""


class Reconciling(Body):
    """Which day, and whether what is missing is sent again."""

    day: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    repair: bool = True


class Running(Protocol):
    """The running hub, as far as these routes need it."""

    platform: PlatformService | None

    def platform_status(self) -> dict[str, Any]: ...


def add_routes(app: FastAPI, hub: Running) -> None:
    """Without a platform all but ``GET /platform`` are 409 ``platform.none``."""

    @app.get("/platform")
    @tells(PlatformView)
    async def platform() -> dict[str, Any]:
        return hub.platform_status()

    @app.get("/platform/asides")
    @tells(list[AsideView], 409)
    def asides(limit: Limit = 200) -> list[dict[str, Any]]:
        return [aside_view(aside) for aside in _desk(hub).asides(limit)]

    @app.post("/platform/asides/{id_}/mend")
    @tells(AsideView, 409)
    def mend(id_: str, mending: Mending) -> dict[str, Any]:
        try:
            return aside_view(_desk(hub).mend(id_, mending.facts))
        except DeskRefused as refused:
            raise HTTPException(409, str(refused)) from None

    @app.post("/platform/resend")
    @tells(Resent, 409)
    def resend(again: Again | None = None) -> dict[str, Any]:
        try:
            return {"records": _desk(hub).send_again(again.subject if again else "")}
        except DeskRefused as refused:
            raise HTTPException(409, str(refused)) from None

    @app.get("/platform/receipts")
    @tells(list[Receipt], 409)
    def receipts(limit: Limit = 100) -> list[dict[str, Any]]:
        return [msgspec.to_builtins(receipt) for receipt in _desk(hub).receipts(limit)]

    @app.get("/platform/services")
    @tells(list[Service], 409)
    async def services() -> list[dict[str, Any]]:
        try:
            return [msgspec.to_builtins(service) for service in await _desk(hub).services()]
        except Unanswered as fault:
            raise HTTPException(409, str(fault)) from None

    @app.get("/platform/reconciliations")
    @tells(list[Reconciliation], 409)
    def reconciled() -> list[dict[str, Any]]:
        return [msgspec.to_builtins(day) for day in _desk(hub).reconciled()]

    @app.post("/platform/reconcile")
    @tells(Reconciliation, 409)
    async def reconcile(wanted: Reconciling) -> dict[str, Any]:
        try:
            found = await _desk(hub).reconcile(wanted.day, wanted.repair)
        except (Unanswered, DeskRefused, JournalError) as fault:
            raise HTTPException(409, str(fault)) from None
        plain: dict[str, Any] = msgspec.to_builtins(found)
        return plain


def aside_view(aside: Any) -> dict[str, Any]:
    """With its record as an object."""
    plain: dict[str, Any] = msgspec.to_builtins(aside)
    return {**plain, "record": msgspec.json.decode(aside.record)}


def _desk(hub: Running) -> Desk:
    if hub.platform is None:
        raise HTTPException(409, "platform.none")
    return hub.platform.desk
