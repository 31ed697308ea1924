"""Reception: a kiosk asks who a visitor is; the vault gives the random id, the state what of today is known of them.

Nothing of the question is kept outside the vault: it is no request, so neither the journal nor a log ever sees it.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from firmware.wire import topics
from firmware.wire.messages.base import Report
from firmware.wire.messages.visitor import Booking, OpenTicket, VisitorFound, VisitorIdentify
from hub.engine import appointments, visitors
from hub.engine.estimate import wait_min
from hub.engine.places import ahead_of
from hub.engine.plan import Plan
from hub.engine.state import Appointment, Site, Ticket
from hub.vault import Identity, Vault
from hub.vault.identity import TAIL, Reader

MOST = 8  # appointments and tickets told of one visitor
MAX_LABEL, MAX_LABEL_EN = 40, 60

Publish = Callable[[str, bytes], None]


class Reception:
    """``plan`` and ``site`` are asked for at each question: both change. One thread looks things up, in order."""

    def __init__(
        self,
        vault: Vault,
        plan: Callable[[], Plan],
        site: Callable[[], Site],
        publish: Publish,
        clock_ms: Callable[[], int],
    ) -> None:
        self._vault = vault
        self._plan = plan
        self._site = site
        self._publish = publish
        self._clock_ms = clock_ms
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="vault")
        self._asked: set[asyncio.Task[None]] = set()
        self._showed: dict[str, str] = {}  # device → who showed a card or a code there last

    def take(self, device: str, report: Report) -> None:
        """A listener of the inbox: answers the questions among the reports."""
        if isinstance(report, VisitorIdentify):
            task = asyncio.get_running_loop().create_task(self._answer(device, report))
            self._asked.add(task)
            task.add_done_callback(self._asked.discard)

    def showed(self, device: str, visitor: str) -> bool:
        """Whether this visitor was the last to say who they are there, by a card or a code: a phone number is known
        to others.
        """
        return visitor != "" and self._showed.get(device) == visitor

    async def _answer(self, device: str, asked: VisitorIdentify) -> None:
        loop = asyncio.get_running_loop()
        known = await loop.run_in_executor(self._thread, look_up, self._vault, asked)
        site, plan = self._site(), self._plan()
        if asked.kind != "card":
            known = [visitor for visitor in known if visitors.is_known_today(site, visitor)]
        shown = ""
        if len(known) == 1:
            reader = Reader(device, f"identify by {asked.kind}")
            (shown,) = await loop.run_in_executor(self._thread, self._vault.shown, known, reader)
        found = found_of(plan, site, asked, known, shown, self._clock_ms())
        self._showed[device] = found.visitor if asked.kind in ("card", "code") else ""
        self._publish(topics.down(plan.id, device, VisitorFound.name), found.encode())

    def close(self) -> None:
        """What was asked is looked up, then the vault is closed."""
        self._thread.shutdown()
        self._vault.close()


def look_up(vault: Vault, asked: VisitorIdentify) -> list[str]:
    """Visitor ids. Who shows a card is known from then on; by code or phone only who was known before is found."""
    if asked.kind == "card":
        return [vault.put(Identity(card=asked.value, name=asked.person))]
    if asked.kind == "phone":
        digits = sum(letter.isdigit() for letter in asked.value)
        return vault.find("tail" if digits == TAIL else "phone", asked.value)
    return vault.find(asked.kind, asked.value)


def found_of(plan: Plan, site: Site, asked: VisitorIdentify, known: list[str], shown: str, at_ms: int) -> VisitorFound:
    """The answer. Of several nobody is told anything: the one who asks may be none of them."""
    if len(known) != 1:
        return VisitorFound(boot=asked.boot, ask=asked.ask, result="several" if known else "unknown")
    visitor = known[0]
    expected, tickets = visitors.expected(site, visitor), visitors.open_tickets(site, visitor)
    return VisitorFound(
        boot=asked.boot,
        ask=asked.ask,
        result="found",
        visitor=visitor,
        shown=shown,
        appointments=[_booking(plan, one, at_ms) for one in expected if one.service in plan.service][:MOST],
        tickets=[_open_ticket(plan, site, one, at_ms) for one in tickets if one.service in plan.service][:MOST],
        is_new=not expected and not tickets,
    )


def _booking(plan: Plan, one: Appointment, at_ms: int) -> Booking:
    service = plan.service[one.service]
    return Booking(
        appointment=one.id,
        service=service.id,
        label=service.name[:MAX_LABEL],
        label_en=service.name_en[:MAX_LABEL_EN],
        starts_at_ms=one.starts_at_ms,
        ends_at_ms=one.ends_at_ms,
        arrival=appointments.arrival(plan, one, at_ms),
    )


def _open_ticket(plan: Plan, site: Site, one: Ticket, at_ms: int) -> OpenTicket:
    ahead = ahead_of(site, one)
    return OpenTicket(
        ticket=one.id,
        number=one.number,
        service=one.service,
        label=plan.service[one.service].name[:MAX_LABEL],
        state=one.state,
        ahead=ahead,
        wait_min=wait_min(plan, site, one.service, ahead, at_ms) if one.state == "waiting" else -1,
    )
