"""The door: nobody without the hub's token is told anything, not even which paths there are."""

import hmac

from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

CALLBACKS = "/callbacks/"  # a platform has no token; each request there is signed
SCHEME = {"type": "http", "scheme": "bearer", "description": "The text of the file admin.token in the hub's folder."}
NO_TOKEN = "a bearer token is needed: it is in the file admin.token of the hub's folder"


class Door:
    """Answers 401 before anything of the body is read. Two tokens are none."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._wanted = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(CALLBACKS):
            given = [value for name, value in scope["headers"] if name == b"authorization"]
            if len(given) != 1 or not hmac.compare_digest(given[0], self._wanted):
                refusal = JSONResponse({"detail": NO_TOKEN}, 401, {"WWW-Authenticate": "Bearer"})
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)
