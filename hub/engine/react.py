"""React: whom an event concerns outside: slots that must show something new, acts that wait to be done."""

from collections.abc import Callable
from typing import Any

from hub.engine import events
from hub.engine.effects import Effect, Play, Refresh, Withdraw
from hub.engine.places import look_at_window
from hub.engine.plan import Plan
from hub.engine.reach import reach
from hub.engine.state import Site

Effects = tuple[Effect, ...]


def react(plan: Plan, site: Site, event: events.Event) -> Effects:
    """The effects of an event just evolved into ``site``. Costs the same however many tickets there are."""
    reaction = _REACTS.get(type(event))
    return reaction(plan, site, event) if reaction is not None else ()


def _day_turned(plan: Plan, site: Site, event: events.DayTurned) -> Effects:
    return reach(plan).everything


def _taken(plan: Plan, site: Site, event: events.TicketTaken) -> Effects:
    return reach(plan).queue[event.service]


def _lent(plan: Plan, site: Site, event: events.LeaseGranted) -> Effects:
    return (Refresh(device=event.kiosk, message="show/lease"),)


def _reordered(plan: Plan, site: Site, event: events.TicketBooked | events.TicketPrioritised) -> Effects:
    """The order of a line changed, not how many stand there."""
    ticket = site.tickets[event.ticket]
    slots = reach(plan)
    heads = tuple(refresh for refresh in slots.queue[ticket.service] if refresh.message == "show/window")
    return heads + (slots.terminal[ticket.window] if ticket.window in plan.window else ())


def _called(plan: Plan, site: Site, event: events.TicketCalled) -> Effects:
    return reach(plan).call(event.window, site.tickets[event.ticket].service)


def _called_again(plan: Plan, site: Site, event: events.TicketRecalled | events.TicketResumed) -> Effects:
    slots = reach(plan)
    return slots.flashing[event.window] + slots.terminal[event.window] + slots.displays[plan.window[event.window].hall]


def _left(plan: Plan, site: Site, event: events.TicketPassed | events.TicketHeld) -> Effects:
    return reach(plan).place(event.window)


def _served(plan: Plan, site: Site, event: events.TicketServed | events.TicketFinished) -> Effects:
    slots = reach(plan)
    return slots.place(event.window) + slots.evaluation[event.window]


def _back_in_line(plan: Plan, site: Site, event: events.TicketRequeued) -> Effects:
    slots = reach(plan)
    return tuple(dict.fromkeys(slots.place(event.window) + slots.queue[site.tickets[event.ticket].service]))


def _expired(plan: Plan, site: Site, event: events.TicketExpired) -> Effects:
    """While the day goes on; at its end everything is shown anew."""
    ticket = site.tickets.get(event.ticket)
    if ticket is None:
        return ()
    slots = reach(plan)
    place = slots.place(ticket.window) if ticket.window in plan.window else ()
    return tuple(dict.fromkeys(slots.queue[ticket.service] + place))


def _transferred(plan: Plan, site: Site, event: events.TicketTransferred | events.TicketReturned) -> Effects:
    slots = reach(plan)
    shown = slots.place(event.window) + slots.queue[event.to_service]
    if look_at_window(site, event.window).rating == event.ticket:
        shown += slots.evaluation[event.window]  # the work had begun: it may be rated
    return tuple(dict.fromkeys(shown + (slots.terminal[event.to_window] if event.to_window else ())))


def _released(plan: Plan, site: Site, event: events.TicketReleased) -> Effects:
    ticket = site.tickets.get(event.ticket)
    if ticket is None:
        return ()
    slots = reach(plan)
    return slots.queue[ticket.service] + (slots.terminal[ticket.window] if ticket.window else ())


def _undone(plan: Plan, site: Site, event: events.ActUndone) -> Effects:
    """The window, and every line in which the ticket may have stood."""
    slots = reach(plan)
    ticket = site.tickets[event.ticket]
    shown = slots.place(event.window) + slots.evaluation[event.window] + slots.queue[ticket.service]
    shown += slots.queue[event.was_service]
    return tuple(dict.fromkeys(shown + (slots.terminal[event.was_window] if event.was_window else ())))


def _signed(plan: Plan, site: Site, event: events.StaffSignedIn | events.StaffSignedOut) -> Effects:
    slots = reach(plan)
    return slots.terminal[event.window] + slots.evaluation[event.window] + slots.figures[event.window]


def _week(plan: Plan, site: Site, event: events.FiguresClosed) -> Effects:
    """The terminals at which somebody may see them."""
    return tuple(slot for window in site.staff.values() for slot in reach(plan).figures.get(window, ()))


def _rated(plan: Plan, site: Site, event: events.ServiceRated) -> Effects:
    return reach(plan).evaluation[event.window]


def _window_changed(
    plan: Plan, site: Site, event: events.WindowOpened | events.WindowPaused | events.WindowClosed
) -> Effects:
    """The window, and for how long people will wait for what it serves."""
    slots = reach(plan)
    shown = slots.place(event.window)
    for service in plan.window[event.window].services:
        shown += slots.queue[service]
    return tuple(dict.fromkeys(shown))


def _alarm_raised(plan: Plan, site: Site, event: events.AlarmRaised) -> Effects:
    return (Refresh(device=event.device, message="show/alarm"),)


def _alarm_changed(
    plan: Plan, site: Site, event: events.AlarmPressedAgain | events.AlarmAcknowledged | events.AlarmClosed
) -> Effects:
    return (Refresh(device=site.alarms[event.alarm].device, message="show/alarm"),)


def _lit(plan: Plan, site: Site, event: events.StripsLit) -> Effects:
    return reach(plan).lights.get(event.hall, ())


def _queued(plan: Plan, site: Site, event: events.AnnouncementQueued) -> Effects:
    return (Play(act=event.act),)


def _withdrawn(plan: Plan, site: Site, event: events.AnnouncementWithdrawn) -> Effects:
    return (Withdraw(act=event.act),)


_REACTS: dict[type[events.Event], Callable[[Plan, Site, Any], Effects]] = {
    events.DayTurned: _day_turned,
    events.TicketTaken: _taken,
    events.LeaseGranted: _lent,
    events.TicketBooked: _reordered,
    events.TicketPrioritised: _reordered,
    events.TicketCalled: _called,
    events.TicketRecalled: _called_again,
    events.TicketResumed: _called_again,
    events.TicketPassed: _left,
    events.TicketHeld: _left,
    events.TicketRequeued: _back_in_line,
    events.TicketExpired: _expired,
    events.TicketServed: _served,
    events.TicketFinished: _served,
    events.TicketTransferred: _transferred,
    events.TicketReturned: _transferred,
    events.TicketReleased: _released,
    events.ActUndone: _undone,
    events.StaffSignedIn: _signed,
    events.StaffSignedOut: _signed,
    events.ServiceRated: _rated,
    events.FiguresClosed: _week,
    events.WindowOpened: _window_changed,
    events.WindowPaused: _window_changed,
    events.WindowClosed: _window_changed,
    events.AlarmRaised: _alarm_raised,
    events.AlarmPressedAgain: _alarm_changed,
    events.AlarmAcknowledged: _alarm_changed,
    events.AlarmClosed: _alarm_changed,
    events.AnnouncementQueued: _queued,
    events.AnnouncementWithdrawn: _withdrawn,
    events.StripsLit: _lit,
}
