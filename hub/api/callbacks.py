"""What a platform may call: no token opens these, but a signature over each request."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from hub.platform.doorbell import Doorbell, Refused


def make(doorbell: Doorbell | None) -> Starlette:
    """``POST /appointments``: there is news of appointments. 202 when it was the platform, 401 with the reason else."""
    routes = [Route("/appointments", _ring(doorbell), methods=["POST"])] if doorbell is not None else []
    return Starlette(routes=routes)


def _ring(doorbell: Doorbell) -> Callable[[Request], Awaitable[JSONResponse]]:
    async def ring(request: Request) -> JSONResponse:
        try:
            doorbell.press(request.headers, await request.body())
        except Refused as refused:
            return JSONResponse({"detail": str(refused)}, 401)
        return JSONResponse({}, 202)

    return ring
