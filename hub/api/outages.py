"""The route that tells when kiosks were alone, and which tickets they gave out then."""

from typing import Any

import msgspec
from fastapi import FastAPI

from hub.api.document import tells
from hub.api.shapes.queue import OutageView
from hub.engine.days import DAY_MS
from hub.engine.plan import Plan
from hub.engine.state import Outage, Site


def add_routes(app: FastAPI, hub: Any) -> None:
    @app.get("/outages")
    @tells(list[OutageView])
    async def outages() -> list[dict[str, Any]]:
        return [_view(hub.plan, outage) for outage in reversed(hub.site.outages)]


def today(plan: Plan, site: Site) -> list[dict[str, Any]]:
    """For the status: those whose tickets came today."""
    newest = (one for one in reversed(site.outages) if one.until_ms >= site.day_ends_at_ms - DAY_MS)
    return [_view(plan, one) for one in newest]


def _view(plan: Plan, outage: Outage) -> dict[str, Any]:
    device = plan.device.get(outage.kiosk)
    view: dict[str, Any] = msgspec.to_builtins(outage)
    view["place"] = device.place if device else ""
    view["refused"] = [{"number": number, "code": code} for number, code in outage.refused]
    return view
