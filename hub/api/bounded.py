"""A bound on what a caller may send: bodies are read before the token is looked at."""

from fastapi import HTTPException
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 16384
MAX_BYTES = {"/devices/import": 500_000, "/appointments": 100_000, "/policy": 100_000}  # paths that may take more
TOO_LONG = "the body is too long: at most {limit} bytes"


class Bounded:
    """Answers 413 to a longer body, whether its length was told or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = MAX_BYTES.get(scope.get("path", ""), MAX_BODY_BYTES)
        too_long = TOO_LONG.format(limit=limit)
        if _told_length(scope) > limit:
            await JSONResponse({"detail": too_long}, 413)(scope, receive, send)
            return
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(413, too_long)
            return message

        await self._app(scope, bounded, send)


def _told_length(scope: Scope) -> int:
    """What the header says; 0 when it says nothing that is a number, for then the bytes are counted."""
    for name, value in scope.get("headers", ()):
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0
