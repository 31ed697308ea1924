"""Bodies are read once, whole and bounded, and are JSON without tricks before any route sees them (RFC 8259, RFC 7493).

Readers differ in what they make of a key told twice, of NaN, of half a surrogate pair: what is read in two ways is
refused. So is what would steer a terminal: control characters other than tab and line ends.
"""

import json
import re
from typing import Any, NoReturn

from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.api.door import CALLBACKS

MAX_BODY_BYTES = 16384
MAX_BYTES = {"/devices/import": 500_000, "/appointments": 100_000, "/policy": 100_000}  # paths that may take more
MAX_DEPTH = 16
MOST_NUMBER = 2**53 - 1  # beyond it JSON readers round
JSON = "application/json"
# ECMA 262. Half a surrogate pair is no text at all, so it needs no mention.
TEXT_PATTERN = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class _Wrong(Exception):
    """Status and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Bodies:
    """Answers 413 to a longer body, whether its length was told or not, 415 to another type, 400 to what is no JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await _read(scope, receive)
            if body is None:
                return  # the caller has gone
            if body and not scope["path"].startswith(CALLBACKS):
                _check_type(scope)
                check(body)
        except _Wrong as wrong:
            await JSONResponse({"detail": str(wrong)}, wrong.status)(scope, receive, send)
            return
        is_told = False

        async def again() -> Message:
            nonlocal is_told
            if is_told:
                return await receive()
            is_told = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)


async def _read(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body. None when it does not come to its end. Raises `_Wrong`."""
    limit = MAX_BYTES.get(scope["path"], MAX_BODY_BYTES)
    if _told_length(scope) > limit:
        raise _Wrong(413, f"the body is too long: at most {limit} bytes")
    taken = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        taken += message.get("body", b"")
        if len(taken) > limit:
            raise _Wrong(413, f"the body is too long: at most {limit} bytes")
        if not message.get("more_body"):
            return bytes(taken)


def _told_length(scope: Scope) -> int:
    """What the header says; 0 when it says nothing that is a number, for then the bytes are counted."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


def _check_type(scope: Scope) -> None:
    types = [value.decode("latin-1") for name, value in scope["headers"] if name == b"content-type"]
    main, _, rest = (types[0] if len(types) == 1 else "").lower().partition(";")
    if main.strip() != JSON or rest.strip() not in ("", "charset=utf-8", 'charset="utf-8"'):
        raise _Wrong(415, f"the body must be JSON in UTF-8; send it with the header Content-Type: {JSON}")


def check(body: bytes) -> None:
    """Raises `_Wrong`, and repeats nothing of what was sent."""
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=lambda name: _raise(f"{name} is no number of JSON"),
            parse_int=_whole,
            parse_float=_float,
        )
    except UnicodeDecodeError as fault:
        raise _Wrong(400, f"the body is not UTF-8 at byte {fault.start}") from None
    except json.JSONDecodeError as fault:
        raise _Wrong(400, f"the body is not JSON: {fault.msg} at line {fault.lineno}, column {fault.colno}") from None
    except RecursionError:
        raise _Wrong(400, f"the body is nested deeper than {MAX_DEPTH}") from None
    _look_into(value)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        _raise("an object of the body has the same key twice")
    return made


def _whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MOST_NUMBER:
        _raise(f"the body has a number beyond {MOST_NUMBER}")
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if abs(number) > MOST_NUMBER:
        _raise(f"the body has a number beyond {MOST_NUMBER}")
    return number


def _raise(why: str) -> NoReturn:
    raise _Wrong(400, why)


def _look_into(value: Any) -> None:
    """Level by level, so that depth costs no stack."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below += item.keys()
                below += item.values()
            elif isinstance(item, list):
                below += item
            elif isinstance(item, str) and (found := _FORBIDDEN.search(item)):
                _raise(f"a text of the body holds the control character U+{ord(found[0]):04X}; leave it out")
        if not below:
            return
        level = below
    _raise(f"the body is nested deeper than {MAX_DEPTH}")
