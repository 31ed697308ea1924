"""The routes by which devices are added, given new keys, retired. Answers name board files; keys are only in these."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Literal, Protocol

from fastapi import FastAPI, HTTPException
from pydantic import Field

from firmware.words import words
from hub.api import views
from hub.api.document import tells
from hub.api.shapes.building import ProvisionedView, Retired
from hub.api.strictness import Body
from hub.broker.programs import BrokerFault
from hub.csv_table import CsvFault
from hub.engine.plan import Plan
from hub.presence import Presence
from hub.provision import Provision, ProvisionFault
from hub.provision.devices_csv import read_csv
from hub.roster import Forbidden, Given, Roster, UnknownDevice
from hub.roster import Running as RosterHub
from hub.site_file import SiteError

Language = Literal["zh", "en"]
Id = Annotated[str, Field(max_length=48)]


class NewRegion(Body):
    """A part of a strip, px from its beginning: what a window shows, or a fixed text."""

    x: int
    width: int
    window: Id | None = None
    text: Annotated[str, Field(max_length=40)] | None = None


class NewDevice(Body):
    """A row of devices.toml; what is not told is left out. Values are checked with the whole site."""

    id: Id
    kind: Annotated[str, Field(max_length=40)] | None = None
    hall: Id | None = None
    place: Annotated[str, Field(max_length=200)] | None = None
    floor: int | None = None
    window: Id | None = None
    channel: Id | None = None
    length_m: float | None = None
    width_px: int | None = None
    height_px: int | None = None
    regions: Annotated[list[NewRegion], Field(max_length=200)] | None = None


class Crate(Body):
    """A CSV file, and what it is called in messages about it."""

    name: Annotated[str, Field(max_length=200)]
    text: str


class Running(RosterHub, Protocol):
    """The running hub, as far as these routes need it."""

    roster: Roster
    presence: Presence
    provision: Provision
    plan: Plan


def add_routes(app: FastAPI, hub: Running) -> None:
    """Each answers when the broker has the new accounts."""

    @app.post("/devices")
    @tells(ProvisionedView, 409)
    async def add(device: NewDevice, language: Language = "zh") -> dict[str, Any]:
        row = device.model_dump(exclude_none=True)
        return _provisioned(hub, await _do(lambda: hub.roster.add(hub, [Given("", row)], language), language))[0]

    @app.post("/devices/import")
    @tells(list[ProvisionedView], 409)
    async def add_many(crate: Crate, language: Language = "zh") -> list[dict[str, Any]]:
        try:
            given = read_csv(crate.name, crate.text)
        except CsvFault as fault:
            raise HTTPException(422, fault.at(crate.name, language)) from None
        return _provisioned(hub, await _do(lambda: hub.roster.add(hub, given, language), language))

    @app.post("/devices/{device_id}/key")
    @tells(ProvisionedView, 404)
    async def key(device_id: str, language: Language = "zh") -> dict[str, Any]:
        await _do(lambda: hub.roster.new_key(hub, device_id), language)
        return _provisioned(hub, [device_id])[0]

    @app.post("/devices/{device_id}/retire")
    @tells(Retired, 404, 409, 422)
    async def retire(device_id: str, language: Language = "zh") -> dict[str, Any]:
        await _do(lambda: hub.roster.retire(hub, device_id, language), language)
        return {"id": device_id}


async def _do(act: Callable[[], Awaitable[Any]], language: Language) -> Any:
    """The act; its noes as HTTP says them."""
    try:
        return await act()
    except UnknownDevice as fault:
        raise HTTPException(404, f"no device {fault} in this site; GET /devices lists them") from None
    except Forbidden as fault:
        raise HTTPException(409, str(fault)) from None
    except SiteError as fault:
        raise HTTPException(422, str(fault)) from None
    except BrokerFault:
        raise HTTPException(503, words("devices.written", language)) from None
    except (ProvisionFault, OSError) as fault:
        raise HTTPException(503, f"{fault}; do it again when that is mended") from None


def _provisioned(hub: Running, ids: Sequence[str]) -> list[dict[str, Any]]:
    """What each device is, and where its board file lies on the hub's machine."""
    return [
        {
            **views.device(hub.plan, hub.site, hub.presence, hub.plan.device[id]),
            "board": str(hub.provision.board_path(id)),
        }
        for id in ids
    ]
