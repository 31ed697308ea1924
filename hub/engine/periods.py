"""Periods: how long a ticket was in which state, and where; a fold over its events. Every state is a timed period."""

from collections.abc import Iterable

import msgspec

from hub.engine import events as happened


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """``ended_at_ms`` 0: it still is. ``window`` where it is called, served or held, or may only be called."""

    state: str
    window: str
    service: str
    began_at_ms: int
    ended_at_ms: int = 0


_STATES: dict[type[happened.Event], str] = {
    happened.TicketTaken: "waiting",
    happened.TicketCalled: "called",
    happened.TicketResumed: "called",
    happened.TicketServed: "serving",
    happened.TicketHeld: "held",
    happened.TicketTransferred: "waiting",
    happened.TicketReturned: "waiting",
    happened.TicketRequeued: "waiting",
    happened.TicketFinished: "finished",
    happened.TicketPassed: "passed",
    happened.TicketExpired: "expired",
}
_OVER = ("finished", "passed", "expired")


def periods(ticket: str, told: Iterable[happened.Event]) -> list[Period]:
    """Of one ticket, out of events in order; the last one has not ended unless the ticket is over.

    An act that was taken back has not been: the period before it goes on.
    """
    found: list[Period] = []
    acts: list[list[Period]] = []  # what there was before each act that a window can take back
    for event in told:
        if not isinstance(event, happened.TicketEvent) or event.ticket != ticket:
            continue
        if isinstance(event, happened.ActUndone):
            found = acts.pop() if acts else found
            continue
        state = _STATES.get(type(event))
        if state is None:
            continue
        is_one_press = bool(found) and found[-1].began_at_ms == event.at_ms and found[-1].state == "serving"
        if not is_one_press:
            acts.append(found)
        found = [*_ended(found, event.at_ms), _begun(found, event, state)]
    if found and found[-1].state in _OVER:
        return found[:-1]
    return found


def _ended(found: list[Period], at_ms: int) -> list[Period]:
    if not found:
        return []
    return [*found[:-1], msgspec.structs.replace(found[-1], ended_at_ms=at_ms)]


def _begun(found: list[Period], event: happened.TicketEvent, state: str) -> Period:
    service = found[-1].service if found else ""
    if isinstance(event, happened.TicketTaken):
        return Period(state=state, window="", service=event.service, began_at_ms=event.taken_at_ms or event.at_ms)
    if isinstance(event, happened.TicketTransferred | happened.TicketReturned):
        return Period(state=state, window=event.to_window, service=event.to_service, began_at_ms=event.at_ms)
    window = "" if isinstance(event, happened.TicketRequeued) else getattr(event, "window", "")
    return Period(state=state, window=window, service=service, began_at_ms=event.at_ms)
