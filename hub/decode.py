"""Decode: bytes from a topic become typed values, or `Malformed`. The one place where devices' bytes are checked."""

from collections.abc import Callable
from typing import Any

import msgspec

from firmware.kinds import KINDS
from firmware.wire import topics
from firmware.wire.fields import Malformed, parse
from firmware.wire.messages import device as device_messages
from firmware.wire.messages import help as help_messages
from firmware.wire.messages import lease as lease_messages
from firmware.wire.messages import part as part_messages
from firmware.wire.messages import queue, rating
from firmware.wire.messages.base import Message, Report
from firmware.wire.messages.base import Request as WireRequest
from firmware.wire.messages.device import Ack
from firmware.wire.messages.registry import UP
from hub.engine import requests
from hub.engine.events import Origin
from hub.engine.plan import Device, Plan


class Reported(msgspec.Struct, frozen=True):
    """A report of a device: presence, not journal."""

    device: Device
    report: Report


class Asked(msgspec.Struct, frozen=True):
    """A request of a device, to be decided once."""

    request: requests.Request
    origin: Origin


def decode(plan: Plan, topic: str, payload: bytes, at_ms: int) -> Reported | Asked:
    """What a device says on ``topic``; raises `Malformed`, never anything else, whatever topic and bytes are."""
    site, device_id, name = topics.parse_up(topic)
    if site != plan.id:
        raise Malformed("topic", f"site {plan.id} expected")
    device = plan.device.get(device_id)
    if device is None:
        raise Malformed("device", "not in the site")
    declared = UP.get(name)
    if declared is None:
        raise Malformed("topic", "no such message")
    if name not in KINDS[device.kind].sends:
        raise Malformed("topic", f"a {device.kind} does not send this")
    message = _checked(declared, payload)
    if isinstance(message, Report):
        return Reported(device, message)
    try:
        made = _REQUESTS[type(message)](plan, device, message, at_ms)
    except Malformed as fault:
        fault.boot, fault.seq = message.boot, message.seq
        raise
    return Asked(made, Origin(device=device.id, boot=message.boot, seq=message.seq))


def _checked(declared: type[Message], payload: bytes) -> Any:
    """The message; a fault carries boot and seq when the payload tells them, so that the sender can be answered."""
    plain = parse(payload, declared.max_bytes)
    try:
        message = declared.from_plain(plain)
        if isinstance(message, WireRequest) and not (message.boot and message.seq):
            raise Malformed("seq", "boot and seq expected")
        return message
    except Malformed as fault:
        fault.boot, fault.seq = _sender(plain)
        raise


def _sender(plain: dict[str, Any]) -> tuple[str | None, int | None]:
    """(boot, seq) of a payload that is otherwise wrong, or (None, None)."""
    try:
        answer = Ack.from_plain(plain)
    except Malformed:
        return None, None
    return answer.boot, answer.seq


def _window(plan: Plan, device: Device, m: Message) -> str:
    """The window follows from the terminal, or from the address on its line; never from a name in the payload."""
    unit = getattr(m, "unit", 0)
    if device.kind == "window_terminal":
        window = plan.window_of_unit.get((device.id, unit))
        if window is None:
            raise Malformed("unit", "no window has this unit")
        return window.id
    window = plan.window_of_terminal.get(device.id)
    if window is None:
        raise Malformed("device", "no window has this terminal")
    return window.id


def _take(plan: Plan, device: Device, m: queue.TicketTake, at_ms: int) -> requests.Request:
    return requests.TakeTicket(
        at_ms=at_ms,
        by=device.id,
        service=m.service,
        language=m.language,
        priority=m.priority,
        reason=m.priority_reason,
        visitor=m.visitor,
        visit=m.visit,
        persons=m.persons,
    )


def _check_in(plan: Plan, device: Device, m: queue.TicketCheckIn, at_ms: int) -> requests.Request:
    return requests.CheckIn(
        at_ms=at_ms,
        by=device.id,
        visitor=m.visitor,
        appointment=m.appointment,
        language=m.language,
        priority=m.priority,
        reason=m.priority_reason,
    )


def _reprint(plan: Plan, device: Device, m: queue.TicketReprint, at_ms: int) -> requests.Request:
    return requests.ReprintTicket(at_ms=at_ms, by=device.id, number=m.number, visitor=m.visitor)


def _ask_lease(plan: Plan, device: Device, m: lease_messages.LeaseAsk, at_ms: int) -> requests.Request:
    return requests.AskLease(at_ms=at_ms, by=device.id, holder=m.holder)


def _admit(plan: Plan, device: Device, m: lease_messages.TicketOffline, at_ms: int) -> requests.Request:
    return requests.AdmitTicket(
        at_ms=at_ms,
        by=device.id,
        holder=m.holder,
        day=m.day,
        service=m.service,
        serial=m.serial,
        taken_at_ms=m.taken_at_ms,
        away_since_ms=m.away_since_ms,
        language=m.language,
        priority=m.priority,
        reason=m.priority_reason,
        persons=m.persons,
    )


def _withdraw(plan: Plan, device: Device, m: lease_messages.TicketUnprinted, at_ms: int) -> requests.Request:
    return requests.WithdrawTicket(at_ms=at_ms, by=device.id, ticket=m.ticket)


def _pause(plan: Plan, device: Device, m: queue.WindowPause, at_ms: int) -> requests.Request:
    return requests.PauseWindow(at_ms=at_ms, by=device.id, window=_window(plan, device, m), reason=m.reason)


def _transfer(plan: Plan, device: Device, m: queue.TicketTransfer, at_ms: int) -> requests.Request:
    return requests.TransferTicket(
        at_ms=at_ms,
        by=device.id,
        window=_window(plan, device, m),
        ticket=m.ticket,
        to_service=m.service,
        to_window=m.window,
        comes_back=m.comes_back,
        after_min=m.after_min,
    )


def _sign_in(plan: Plan, device: Device, m: queue.StaffSignIn, at_ms: int) -> requests.Request:
    return requests.SignIn(at_ms=at_ms, by=device.id, window=_window(plan, device, m), staff=m.staff)


def _rate(plan: Plan, device: Device, m: queue.Evaluate, at_ms: int) -> requests.Request:
    return requests.RateService(
        at_ms=at_ms,
        by=device.id,
        window=_window(plan, device, m),
        ticket=m.ticket,
        level=m.level,
        reasons=tuple(m.reasons),
        words=m.remark,
    )


def _rate_by_paper(plan: Plan, device: Device, m: rating.RateByPaper, at_ms: int) -> requests.Request:
    """Ticket and window follow from the paper's code, which the inbox proves; never from names in the payload."""
    return requests.RateService(
        at_ms=at_ms,
        by=device.id,
        window="",
        ticket="",
        code=m.code,
        nth=m.nth,
        level=m.level,
        reasons=tuple(m.reasons),
        words=m.remark,
    )


def _press(plan: Plan, device: Device, m: help_messages.HelpPressed, at_ms: int) -> requests.Request:
    return requests.RaiseAlarm(at_ms=at_ms, by=device.id, held_ms=m.held_ms)


def _done(plan: Plan, device: Device, m: device_messages.ActDone, at_ms: int) -> requests.Request:
    return requests.ConfirmAct(at_ms=at_ms, by=device.id, act=m.act, result=m.result)


def _part(plan: Plan, device: Device, m: part_messages.PartFault, at_ms: int) -> requests.Request:
    kind = KINDS[device.kind]
    if m.part.partition("-")[0] not in kind.parts + kind.options:  # unit-3: of several alike
        raise Malformed("part", f"a {device.kind} has no such part")
    return requests.NotePart(at_ms=at_ms, by=device.id, part=m.part, fault=m.fault)


def _of_window(verb: Callable[..., requests.Request]) -> Callable[..., requests.Request]:
    """Messages of a call terminal that say nothing but the verb."""
    return lambda plan, device, m, at_ms: verb(at_ms=at_ms, by=device.id, window=_window(plan, device, m))


def _of_ticket(verb: Callable[..., requests.Request]) -> Callable[..., requests.Request]:
    """Messages of a call terminal about one ticket."""
    return lambda plan, device, m, at_ms: verb(
        at_ms=at_ms, by=device.id, window=_window(plan, device, m), ticket=m.ticket
    )


_REQUESTS: dict[type[Message], Callable[..., requests.Request]] = {
    queue.TicketTake: _take,
    queue.TicketCheckIn: _check_in,
    queue.TicketReprint: _reprint,
    lease_messages.LeaseAsk: _ask_lease,
    lease_messages.TicketOffline: _admit,
    lease_messages.TicketUnprinted: _withdraw,
    queue.WindowOpen: _of_window(requests.OpenWindow),
    queue.WindowPause: _pause,
    queue.WindowClose: _of_window(requests.CloseWindow),
    queue.TicketCall: _of_window(requests.CallNext),
    queue.TicketRecall: _of_ticket(requests.RecallTicket),
    queue.TicketPass: _of_ticket(requests.PassTicket),
    queue.TicketServe: _of_ticket(requests.ServeTicket),
    queue.TicketFinish: _of_ticket(requests.FinishTicket),
    queue.TicketHold: _of_ticket(requests.HoldTicket),
    queue.TicketResume: _of_ticket(requests.ResumeTicket),
    queue.TicketTransfer: _transfer,
    queue.TicketUndo: _of_ticket(requests.UndoAct),
    queue.StaffSignIn: _sign_in,
    queue.StaffSignOut: _of_window(requests.SignOut),
    queue.Evaluate: _rate,
    rating.RateByPaper: _rate_by_paper,
    help_messages.HelpPressed: _press,
    device_messages.ActDone: _done,
    part_messages.PartFault: _part,
}
