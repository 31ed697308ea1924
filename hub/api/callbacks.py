"""What a platform may call: no token opens these, but a signature over each request."""

from typing import Any, Protocol

from fastapi import FastAPI, HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.api.document import tells
from hub.api.door import CALLBACKS
from hub.platform.doorbell import HEADERS, Refused
from hub.platform.service import PlatformService


class Running(Protocol):
    """The running hub, as far as these routes need it."""

    platform: PlatformService | None


_SIGNED = [
    {"name": name, "in": "header", "required": True, "description": header.about, "schema": header.schema}
    for name, header in HEADERS.items()
]
_CARRIES_NOTHING = {"description": "Counts for the signature only.", "required": False, "content": {"*/*": {}}}


def add_routes(app: FastAPI, hub: Running) -> None:
    """202 when it was the platform, 401 with the reason else."""

    @app.post(
        f"{CALLBACKS}appointments",
        status_code=202,
        openapi_extra={"parameters": _SIGNED, "requestBody": _CARRIES_NOTHING},
    )
    @tells(dict[str, str], 404, status=202)
    async def ring(request: Request) -> Any:
        """There is news of appointments: the hub fetches them."""
        doorbell = hub.platform.doorbell if hub.platform is not None else None
        if doorbell is None:
            raise HTTPException(404, "this hub takes no callbacks; see [platform] in hub.toml")
        try:
            doorbell.press(_once(request), await request.body())
        except Refused as refused:
            return JSONResponse({"detail": str(refused)}, 401)
        return JSONResponse({}, 202)


def _once(request: Request) -> dict[str, str]:
    """The headers; one that came twice is as good as missing."""
    return {name: value for name, value in request.headers.items() if len(request.headers.getlist(name)) == 1}
