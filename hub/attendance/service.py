"""Answers punch clocks: each punch goes through the pipeline, and only what is durable is acknowledged.

A punch is known by its terminal and its content, so what is sent again is found in the journal. A line that is no punch
is counted and acknowledged with the others: the terminal would send it again for ever. Whether the clock is right is
judged by a punch that comes from a terminal that has been there without a gap: it was made a moment ago.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from hub.attendance import protocol
from hub.attendance.protocol import Malformed, PunchLine
from hub.attendance.terminals import Knock, Terminals
from hub.engine.events import Entry, Origin
from hub.engine.plan import Plan
from hub.engine.requests import NotePunch, Request
from hub.journal import Journal
from hub.refusals import Refusals

PRESENT_MS = 60_000  # who asks at least so often is there; who has been there so long keeps nothing back any more
MAX_BODY = 256 * 1024
UNKNOWN, WRONG = "attendance terminal not enrolled", "attendance message malformed"
Offer = Callable[[Request, Origin | None], Awaitable[Entry]]


class Attendance:
    """``offer`` puts a request through the pipeline; durable when it returns."""

    def __init__(
        self,
        plan: Callable[[], Plan],
        terminals: Terminals,
        journal: Journal,
        offer: Offer,
        refusals: Refusals,
        now_ms: Callable[[], int],
    ) -> None:
        self._plan = plan
        self.terminals = terminals
        self._journal = journal
        self._offer = offer
        self._refusals = refusals
        self._now_ms = now_ms
        self._taking: dict[str, asyncio.Lock] = {}
        self.heard_ms: dict[str, int] = {}  # terminal → when it last asked
        self._since_ms: dict[str, int] = {}  # terminal → since when it is there without a gap
        self.drift_ms: dict[str, int] = {}  # terminal → how far its clock is ahead, as last seen

    def app(self) -> Starlette:
        """What listens for terminals. Who is not enrolled gets 403 and is remembered."""
        return Starlette(
            routes=[
                Route("/iclock/cdata", self._cdata, methods=["GET", "POST"]),
                Route("/iclock/getrequest", self._nothing_to_do, methods=["GET"]),
                Route("/iclock/devicecmd", self._nothing_to_do, methods=["POST"]),
            ]
        )

    def view(self) -> list[dict[str, Any]]:
        """Each terminal of the site: enrolled, heard of, its clock."""
        return [
            {
                "id": terminal.id,
                "hall": terminal.hall,
                "place": terminal.place,
                "serial": self.terminals.serial(terminal.id),
                "heard_ms": self.heard_ms.get(terminal.id, 0),
                "drift_ms": self.drift_ms.get(terminal.id),
            }
            for terminal in self._plan().attendance
        ]

    async def _cdata(self, http: HttpRequest) -> PlainTextResponse:
        """Options at its start; tables of what happened."""
        try:
            serial = protocol.serial_of(dict(http.query_params))
            terminal = self._known(serial, http)
            if not terminal:
                return PlainTextResponse("not enrolled\n", 403)
            self._hear(terminal)
            if http.method == "GET":
                return PlainTextResponse(protocol.options(serial, self._plan().settings.utc_offset_min))
            body = await _body(http)
            if http.query_params.get("table") != "ATTLOG":
                return PlainTextResponse("OK\n")  # logs of its own operation, photos: not ours to keep
            lines, odd = protocol.punches(body, self._plan().settings.utc_offset_min)
        except Malformed as wrong:
            self._refusals.count(self._now_ms(), _address(http), WRONG, str(wrong))
            return PlainTextResponse(f"{wrong}\n", 400)
        for wrong_line in odd:
            self._refusals.count(self._now_ms(), terminal, WRONG, wrong_line)
        is_there = not odd and self._now_ms() - self._since_ms[terminal] >= PRESENT_MS
        async with self._taking.setdefault(terminal, asyncio.Lock()):
            for line in lines:
                await self._take(terminal, line, is_there and line is lines[-1])
        return PlainTextResponse(f"OK: {len(lines) + len(odd)}\n")

    async def _take(self, terminal: str, line: PunchLine, is_fresh: bool) -> None:
        """One punch; again is no harm. ``is_fresh``: it was made just now."""
        origin = Origin(device=terminal, boot=line.digest, seq=1)
        if await asyncio.to_thread(self._journal.find, origin) is not None:
            return
        now = self._now_ms()
        drift_ms = line.at_ms - now if is_fresh else None
        if drift_ms is not None:
            self.drift_ms[terminal] = drift_ms
        request = NotePunch(
            at_ms=now,
            by=terminal,
            badge=line.badge,
            punched_at_ms=line.at_ms,
            state=line.state,
            verified_by=line.verified_by,
            drift_ms=drift_ms,
        )
        await self._offer(request, origin)

    async def _nothing_to_do(self, http: HttpRequest) -> PlainTextResponse:
        """Commands, and what became of them: we have none. The Date header sets the clock of those that heed it."""
        try:
            terminal = self._known(protocol.serial_of(dict(http.query_params)), http)
        except Malformed as wrong:
            self._refusals.count(self._now_ms(), _address(http), WRONG, str(wrong))
            return PlainTextResponse(f"{wrong}\n", 400)
        if not terminal:
            return PlainTextResponse("not enrolled\n", 403)
        self._hear(terminal)
        return PlainTextResponse("OK\n")

    def _hear(self, terminal: str) -> None:
        """It asked for something just now."""
        now = self._now_ms()
        if now - self.heard_ms.get(terminal, now - PRESENT_MS - 1) > PRESENT_MS:
            self._since_ms[terminal] = now
        self.heard_ms[terminal] = now

    def _known(self, serial: str, http: HttpRequest) -> str:
        """The terminal's id; '' for one that nobody enrolled, or whose place is no longer in the site."""
        terminal = self.terminals.of(serial)
        if terminal in self._plan().attendance_terminal:
            return terminal
        self.terminals.knocked(Knock(serial, _address(http), self._now_ms()))
        self._refusals.count(self._now_ms(), _address(http), UNKNOWN, serial)
        return ""


async def _body(http: HttpRequest) -> bytes:
    """Raises `Malformed` when it is too long."""
    taken = bytearray()
    async for chunk in http.stream():
        taken += chunk
        if len(taken) > MAX_BODY:
            raise Malformed(f"more than {MAX_BODY} bytes at once")
    return bytes(taken)


def _address(http: HttpRequest) -> str:
    return http.client.host if http.client else ""
