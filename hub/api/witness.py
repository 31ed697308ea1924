"""The witness: API calls that would change something stand in the audit log before their answer; noes are counted."""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import msgspec
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.api.door import CALLBACKS
from hub.audit import Audit, AuditFault, Caller, Deed, caller
from hub.refusals import Refusals, printable

USER_HEADER = b"x-hallhub-user"
LOOKS = ("GET", "HEAD", "OPTIONS")
VAULT = "/vault"  # notes itself what it gives out, before it does
PERSONAL = ("name", "card", "phone", "code", "person", "value", "words")
LONG = 400  # characters of one text that are kept
MOST = 8  # of a list
STRANGERS_S = 60.0  # of wrong tokens from one place one row in this time is enough
UNPROVEN = Caller("unknown")
BELL = "platform callback refused"
MALFORMED = "API request malformed"
REASONS = {  # keys of the catalogue below refusal.
    400: MALFORMED,
    401: "API token missing or wrong",
    404: "API request for what is not there",
    405: MALFORMED,
    409: "API request against a rule",
    413: "API request too long",
    415: MALFORMED,
    422: MALFORMED,
}

Facts = Callable[[str], Any]


class Witness:
    """``facts(path)`` is what a call to that path may change, as JSON values: noted before and after it.

    A call whose row cannot be written is answered 503; then it is not known to have been noted, and the hub says so.
    """

    def __init__(
        self, app: ASGIApp, audit: Audit, refusals: Refusals, who: str, facts: Facts, now_ms: Callable[[], int]
    ) -> None:
        self._app = app
        self._audit = audit
        self._refusals = refusals
        self._who = who
        self._facts = facts
        self._now_ms = now_ms
        self._strangers: dict[str, tuple[float, int]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        now = _caller(scope, self._who)
        token = caller.set(now)
        try:
            await self._heard(scope, receive, send, now)
        finally:
            caller.reset(token)

    async def _heard(self, scope: Scope, receive: Receive, send: Send, now: Caller) -> None:
        path: str = scope["path"]
        before = _text(self._facts(path)) if scope["method"] not in LOOKS else ""
        asked, answer = bytearray(), _Answer()

        async def listened() -> Message:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        try:
            await self._app(scope, listened, answer.take)
        finally:
            self._count(scope, answer)
            fault = await self._note(self._deed(scope, bytes(asked), before, answer, now))
        if fault:
            await JSONResponse({"detail": f"done or not, it could not be noted: {fault}"}, 503)(scope, receive, send)
            return
        for message in answer.messages:
            await send(message)

    def _count(self, scope: Scope, answer: "_Answer") -> None:
        """What was refused, by its reason; not what it carried."""
        if answer.status not in REASONS:
            return
        is_bell = scope["path"].startswith(CALLBACKS)
        host, _ = scope.get("client") or ("", 0)
        detail = f"{scope['method']} {scope['path'][:60]}: {answer.detail()}"
        self._refusals.count(self._now_ms(), host, BELL if is_bell else REASONS[answer.status], detail)

    async def _note(self, deed: Deed | None) -> str:
        """Why it could not; empty when it is durable."""
        if deed is not None:
            try:
                await asyncio.to_thread(self._audit.append, deed)
            except AuditFault as fault:
                print(f"audit: {fault}", flush=True)
                return str(fault)
        return ""

    def _deed(self, scope: Scope, asked: bytes, before: str, answer: "_Answer", now: Caller) -> Deed | None:
        path = scope["path"]
        if path.startswith(CALLBACKS):
            return None
        if answer.status == 401:
            return self._stranger(scope, now)
        if scope["method"] in LOOKS or path.startswith(VAULT):
            return None
        after = _text(self._facts(path))
        return Deed(
            who=now.who,
            told=now.told,
            address=now.address,
            what=printable(f"{scope['method']} {path}"),
            asked=_asked(asked),
            outcome="done" if answer.status < 300 else f"{answer.status} {answer.detail()}"[:LONG],
            before=before if before != after else "",
            after=after if before != after else "",
        )

    def _stranger(self, scope: Scope, now: Caller) -> Deed | None:
        """A wrong token: whoever tries a thousand does not fill the disk with it."""
        at_s, host = time.monotonic(), now.address.rpartition(":")[0]
        since_s, count = self._strangers.get(host, (at_s - STRANGERS_S, 0))
        if at_s - since_s < STRANGERS_S:
            self._strangers[host] = since_s, count + 1
            return None
        self._strangers[host] = at_s, 0
        more = f'{{"unnoted":{count}}}' if count else ""
        what = printable(f"{scope['method']} {scope['path']}")
        return Deed(who=UNPROVEN.who, told=now.told, address=now.address, what=what, asked=more, outcome="401 no token")


class _Answer:
    """What the application says, held back until it is noted."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.status = 500

    async def take(self, message: Message) -> None:
        self.messages.append(message)
        if message["type"] == "http.response.start":
            self.status = message["status"]

    def detail(self) -> str:
        """Why not, in the API's words, which repeat nothing of what was sent."""
        try:
            value = msgspec.json.decode(b"".join(message.get("body", b"") for message in self.messages))
        except msgspec.DecodeError:
            return ""
        return str(value.get("detail", "")) if isinstance(value, dict) else ""


def _caller(scope: Scope, who: str) -> Caller:
    host, port = scope.get("client") or ("", 0)
    told = next((value for name, value in scope["headers"] if name == USER_HEADER), b"")
    return Caller(who, printable(unquote(told.decode("latin-1")))[:80], f"{host}:{port}" if host else "")


def _asked(body: bytes) -> str:
    """The body without anything personal, and not longer than a person would read."""
    if not body:
        return ""
    try:
        return _text(_plain(msgspec.json.decode(body)))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return f'{{"unreadable_bytes":{len(body)}}}'


def _plain(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {str(name)[:LONG]: _plain(item, str(name)) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value[:MOST]] + ([f"… {len(value)}"] if len(value) > MOST else [])
    if key in PERSONAL and value:
        return "*"
    if isinstance(value, str) and len(value) > LONG:
        return value[:LONG] + f"… {len(value)}"
    return value


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode() if value else ""
