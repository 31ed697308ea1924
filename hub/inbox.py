"""Inbox: what arrives over MQTT goes to presence or the pipeline; it is acknowledged when it is durable, not before."""

from collections.abc import Callable
from typing import Protocol

from msgspec import structs

from firmware.wire import topics
from firmware.wire.fields import Malformed
from firmware.wire.messages.base import Answer, Report
from firmware.wire.messages.device import Hello, Refused, State, Welcome
from firmware.wire.messages.queue import TicketIssued
from hub.answers import answer
from hub.code_link import CodeLinks
from hub.decode import Asked, Reported, decode
from hub.doubles import Doubles
from hub.engine import rendered
from hub.engine.events import Entry, Origin, RequestRefused
from hub.engine.plan import Plan
from hub.engine.requests import NoteDevice, RateService, Request
from hub.link import Receipt
from hub.pipeline import Pipeline
from hub.presence import Presence, patience_ms
from hub.refusals import Refusals
from hub.vault import About, VaultFault


class Sender(Protocol):
    """The link, as far as the inbox needs it."""

    def publish(self, topic: str, payload: bytes, qos: int = 0, retain: bool = False) -> None: ...

    def ack(self, receipt: Receipt) -> None: ...


class Inbox:
    """``clock_ms`` is the hub's unix time; ``on_hello(device id)`` is told of each device that connects."""

    def __init__(
        self,
        plan: Plan,
        pipeline: Pipeline,
        presence: Presence,
        refusals: Refusals,
        link: Sender,
        clock_ms: Callable[[], int],
        on_hello: Callable[[str], None],
    ) -> None:
        self._plan = plan
        self._pipeline = pipeline
        self._presence = presence
        self._refusals = refusals
        self._link = link
        self._clock_ms = clock_ms
        self._on_hello = on_hello
        self.doubles = Doubles()
        self.links: CodeLinks | None = None  # with which a paper says that it may rate
        self.showed: Callable[[str, str], bool] = lambda device, visitor: False  # that they are this visitor
        self.keep_words: Callable[[Origin, str, About], str] = lambda origin, text, about: ""  # where nobody does
        self.forget_words: Callable[[str], None] = lambda ref: None
        self.listeners: list[Callable[[str, Report], None]] = []  # told (device id, report) of all but hellos

    def take_plan(self, plan: Plan) -> None:
        """The devices changed."""
        self._plan = plan

    def take(self, topic: str, payload: bytes, receipt: Receipt) -> None:
        """One message. Whatever it is, it disturbs nothing else."""
        now = self._clock_ms()
        try:
            decoded = decode(self._plan, topic, payload, now)
        except Malformed as fault:
            if fault.where == "device" and topic.endswith("/" + State.name):
                self._clear(topic, payload)
            else:
                self._turn_away(topic, fault, now)
            self._link.ack(receipt)
            return
        if isinstance(decoded, Asked):
            self._ask(decoded, receipt, now)
        else:
            self._report(decoded, receipt.connection, now)
            self._link.ack(receipt)

    def _ask(self, asked: Asked, receipt: Receipt, now: int) -> None:
        self._note(self._presence.heard(asked.origin.device, now))
        request = self._proven(asked.request)
        if isinstance(request, RateService) and request.words:
            try:
                words = self.keep_words(asked.origin, request.words, self._about(request.ticket))
            except VaultFault as fault:
                print(f"{asked.origin.device}: a rating is not taken yet, what was written cannot be kept: {fault}")
                return  # neither acknowledged nor answered: it comes again
            request = structs.replace(request, words=words)

        def told(entry: Entry) -> None:
            if isinstance(request, RateService) and request.words:
                self._forget_refused(request.words, entry)
            self._link.ack(receipt)
            made = answer(self._plan, self._pipeline.site, entry, asked.origin)
            if (
                isinstance(made, TicketIssued)
                and self.links is not None
                and self._is_holders(asked.origin.device, request, made)
            ):
                made.link, made.check = self.links.link(made.ticket), self.links.check(made.ticket)
            self._answer(asked.origin.device, made)

        self._pipeline.offer(request, asked.origin, told)

    def _about(self, ticket: str) -> About:
        known = rendered.find(self._pipeline.site, ticket)
        return About(ticket, known.visitor if known is not None else "")

    def _forget_refused(self, ref: str, entry: Entry) -> None:
        """Nothing in the journal leads to words that came with a rating that was not taken."""
        if any(isinstance(event, RequestRefused) for event in entry.events):
            try:
                self.forget_words(ref)
            except VaultFault as fault:
                print(f"words of a refused rating stay until they are old: {fault}", flush=True)

    def _proven(self, request: Request) -> Request:
        """A rating at a kiosk is of the ticket that its paper's code proves, of no other."""
        if not isinstance(request, RateService) or not request.code:
            return request
        ticket = self.links.ticket(request.code) if self.links is not None else ""
        words = request.words if ticket else ""  # what nobody proved is not kept either
        return structs.replace(request, code="", ticket=ticket, is_proven=bool(ticket), words=words)

    def _is_holders(self, device: str, request: Request, made: TicketIssued) -> bool:
        """Whether a paper may prove itself: not one that is printed again for a number that everybody may type."""
        if not made.reprint:
            return True
        ticket, visitor = self._pipeline.site.tickets.get(made.ticket), getattr(request, "visitor", "")
        return ticket is not None and ticket.visitor == visitor and self.showed(device, visitor)

    def _report(self, reported: Reported, connection: int, now: int) -> None:
        device, report = reported.device, reported.report
        if not isinstance(report, Hello):
            if self.doubles.heard(device.id, getattr(report, "boot", ""), now):
                self._note(self._presence.take(device, report, now))
                for listener in self.listeners:
                    listener(device.id, report)
            return
        is_second = self.doubles.hello(device.id, report.boot, connection, now, patience_ms(device))
        welcome = Welcome(boot=report.boot, at_ms=now, stand_by=is_second)
        if not is_second:
            self._note(self._presence.take(device, report, now))
        self._link.publish(topics.down(self._plan.id, device.id, Welcome.name), welcome.encode())
        if not is_second:
            self._on_hello(device.id)

    def _note(self, request: NoteDevice | None) -> None:
        if request is not None:
            self._pipeline.offer(request, None, lambda entry: None)

    def _answer(self, device: str, message: Answer) -> None:
        self._link.publish(topics.down(self._plan.id, device, message.name), message.encode())

    def _clear(self, topic: str, payload: bytes) -> None:
        """The retained state, or the last will, of a device that is none any more."""
        if payload:
            self._link.publish(topic, b"", 1, True)

    def _turn_away(self, topic: str, fault: Malformed, now: int) -> None:
        """Counts it, and answers a sender that can be told, so that it does not send the same for ever."""
        parts = topic.split("/", 5)
        device, name = (parts[3], parts[5]) if len(parts) > 5 else ("?", topic)
        self._refusals.count(now, device, reason(fault), f"{name}: {fault}")
        if device in self._plan.device and fault.boot is not None and fault.seq is not None:
            self._answer(device, Refused(boot=fault.boot, seq=fault.seq, code="malformed"))


def reason(fault: Malformed) -> str:
    """The fixed set of reasons that are counted; the fault's own words may hold anything."""
    if fault.where == "device":
        return "unknown device"
    if fault.where == "topic":
        return "message not allowed"
    if fault.reason.endswith("expected") and fault.reason[:1].isdigit() and fault.where == "":
        return "oversize"
    return "malformed"
