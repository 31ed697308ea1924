"""The simulated platform's HTTP server, on loopback only.

``POST /events``, ``POST /repairs``, ``GET /reconciliation``, ``GET /appointments`` and ``GET /services`` as the hub's
contract with a platform says, each request signed or with the token; ``POST /bookings`` is a citizen who books,
``POST /offers`` says which services there are, ``POST /fault`` switches a fault on; ``GET /received`` everything,
``GET /received/counts`` only the counts, ``GET /`` a page for people.
"""

import asyncio
import json
import math
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

from simulators.platform.booking import Booking
from simulators.platform.fault import Fault
from simulators.platform.gate import BearerGate, Forged, Gate
from simulators.platform.http import BadRequest, Request, answer, answer_json, read_request
from simulators.platform.page import page
from simulators.platform.reading import Reading
from simulators.platform.received import Received

MAX_RECORDS = 500  # in one request
TOLD = ("/events", "/repairs")
ASKED = ("/reconciliation", "/reconciliation/records", "/appointments", "/services")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class SimulatedPlatform:
    """``port`` 0 takes a free one; `url` says which. ``clock_s`` is steady, ``seed`` decides whom faults hit.

    ``gate`` checks who asks; without one the bearer token is asked for. ``reading``: the words it understands.
    """

    def __init__(
        self,
        token: str,
        store: Path | None = None,
        port: int = 0,
        *,
        seed: int = 1,
        gate: Gate | None = None,
        reading: Reading | None = None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.received = Received(store, reading)
        self.booking = Booking()
        self.fault = Fault()
        self.requests = 0
        self.receipts: list[str] = []  # one for each batch that it answered
        self.port = port
        self._gate = gate or BearerGate(token)
        self.forged = 0  # requests that the gate turned away
        self._dice = random.Random(seed)
        self._clock_s = clock_s
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Raises OSError when the port is taken."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=64 * 1024)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Hangs up on everybody. `received` stays readable; `start` again opens the same port."""
        if self._server is None:
            return
        self._server.close()
        for writer in list(self._open):
            writer.close()
        await self._server.wait_closed()
        self._server = None

    def close(self) -> None:
        """After `stop`, for good: closes the store."""
        self.received.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while (request := await read_request(reader)) is not None:
                reply = await self._answer(request)
                if reply is None:
                    break
                writer.write(reply)
                await writer.drain()
        except BadRequest as error:
            writer.write(answer_json(error.status, {"error": str(error)}))
        except ConnectionError:
            pass  # the other side is gone; it will come again
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, request: Request) -> bytes | None:
        """None: hang up without a word."""
        route = (request.method, request.path)
        how = "POST" if request.path in TOLD or self._gate.seals else "GET"
        if request.path in (*TOLD, *ASKED) and request.method == how:
            return await self._signed(request)
        if route == ("POST", "/bookings"):
            return self._booked(request)
        if route == ("POST", "/offers"):
            return self._offered(request)
        if route == ("POST", "/fault"):
            return self._switch(request)
        if route == ("GET", "/received"):
            everything = self.counts() | {
                "tickets": self.received.tickets(),
                "subjects": self.received.subjects,
                "troubles": list(self.received.troubles),
            }
            return answer_json(200, everything)
        if route == ("GET", "/received/counts"):
            return answer_json(200, self.counts())
        if route == ("GET", "/"):
            return answer(200, page(self.received, self.counts()).encode(), "text/html")
        return answer_json(404, {"error": f"{request.method} {request.path} is not served here"})

    def counts(self) -> dict[str, object]:
        """What ``GET /received/counts`` says."""
        return self.received.counts() | {
            "requests": self.requests,
            "forged": self.forged,
            "fault": self.fault.to_plain(),
        }

    async def _signed(self, request: Request) -> bytes | None:
        """What only the hub may ask."""
        self.requests += 1
        fault = self.fault.strikes(self._clock_s(), self._dice)
        if fault == "down":
            return None
        if fault == "500":
            return answer_json(500, {"error": "the platform is out of order"})
        if fault == "busy":
            body = b'{"error": "too many requests"}'
            return answer(429, body, more=f"Retry-After: {math.ceil(self.fault.delay_s)}\r\n")
        if fault == "silent":
            await asyncio.sleep(self.fault.delay_s)
            return None
        if fault == "slow":
            await asyncio.sleep(self.fault.delay_s)
        try:
            body = self._gate.open(request.headers, request.body)
        except Forged as forged:
            self.forged += 1
            return answer_json(401, {"error": str(forged)})
        if request.path in TOLD:
            return self._records(request, body, fault)
        if request.path == "/services":
            reading, offered = self.received.reading, self.booking.services.items()
            return answer_json(200, {"services": [reading.service(id_, name) for id_, name in offered]})
        query = _query_in(body) if self._gate.seals else request.query
        return self._appointments(query) if request.path == "/appointments" else self._reconciliation(request, query)

    def _appointments(self, query: dict[str, str]) -> bytes:
        """Those behind a number."""
        after = query.get("after", "")
        if not after.isdigit() or len(after) > 18:
            return answer_json(400, {"error": "after must be a whole number"})
        told = self.booking.since(int(after))
        words = [self.received.reading.appointment(plain) for plain in told["appointments"]]
        return answer_json(200, told | {"appointments": words})

    def _booked(self, request: Request) -> bytes:
        """A citizen books, changes or cancels; no signature: the citizen is not the hub."""
        try:
            plain = json.loads(request.body)
            if plain.get("state") == "cancelled":
                self.booking.cancel(plain["id"])
            else:
                self.booking.book(
                    plain["id"], plain["service"], plain["starts"], plain["ends"], **plain.get("person", {})
                )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return answer_json(400, {"error": f"write id, service, starts, ends, person: {error}"})
        return answer_json(200, {})

    def _offered(self, request: Request) -> bytes:
        """The platform's own people say which services there are."""
        try:
            services = json.loads(request.body)["services"]
            self.booking.services = {str(id_): str(name) for id_, name in services.items()}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            return answer_json(400, {"error": f'write {{"services": {{id: name}}}}: {error}'})
        return answer_json(200, {})

    def _reconciliation(self, request: Request, query: dict[str, str]) -> bytes:
        """Sums of a day; with a type, its ids and digests."""
        day, type_ = query.get("day", ""), query.get("type", "")
        if not _DAY.fullmatch(day):
            return answer_json(400, {"error": "day must be written 2026-11-22"})
        if request.path == "/reconciliation":
            return answer_json(200, {"types": self.received.sums(day)})
        return answer_json(200, {"records": self.received.day(day).get(type_, {})})

    def _records(self, request: Request, body: bytes, fault: str) -> bytes | None:
        if "idempotency-key" not in request.headers:
            return answer_json(400, {"error": "the header Idempotency-Key is missing"})
        try:
            records = json.loads(body)["records"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return answer_json(400, {"error": 'the body must be {"records": […]}'})
        if not isinstance(records, list) or not 1 <= len(records) <= MAX_RECORDS:
            return answer_json(413, {"error": f"records must be a list of 1 to {MAX_RECORDS}"})
        word = self.fault.word if fault == "picky" else ""
        take = self.received.repair if request.path == "/repairs" else self.received.take
        results = take(records, word)
        if fault == "lost_reply":
            return None
        if fault == "duplicate_reply":
            results = [twice for one in results for twice in (one, one | {"verdict": "duplicate"})]
        self.receipts.append(f"R{len(self.receipts) + 1:06}")
        return answer_json(200, {"receipt": self.receipts[-1], "results": results})

    def _switch(self, request: Request) -> bytes:
        try:
            self.fault = Fault.from_plain(json.loads(request.body))
        except ValueError as error:
            return answer_json(400, {"error": str(error)})
        self.fault.strikes(self._clock_s(), self._dice)  # its time runs from now
        return answer_json(200, self.fault.to_plain())


def _query_in(body: bytes) -> dict[str, str]:
    """Where questions are sealed: their words as a JSON object."""
    try:
        plain = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return {str(key): str(value) for key, value in plain.items()} if isinstance(plain, dict) else {}
