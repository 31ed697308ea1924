"""Views: what the API tells of plan, state and presence, as plain JSON values. Pure functions."""

from typing import Any

import msgspec

from firmware.kinds import KINDS
from hub.api.outages import today
from hub.engine.places import waiting_at, waiting_for
from hub.engine.plan import Device, Plan
from hub.engine.state import Alarm, Site, Ticket
from hub.presence import Presence

View = dict[str, Any]


def device(plan: Plan, site: Site, presence: Presence, item: Device) -> View:
    """One device: what it is, and how it and its parts do."""
    seen = presence.seen[item.id]
    return {
        "id": item.id,
        "kind": item.kind,
        "label": KINDS[item.kind].label,
        "hall": item.hall,
        "place": item.place,
        "floor": _floor(plan, item),
        **msgspec.to_builtins(seen),
        "parts": dict(site.parts.get(item.id, {})),
    }


def windows(plan: Plan, site: Site) -> list[View]:
    """Every window with its state, who is there, and how many wait for what it serves."""
    made = []
    for window in plan.windows:
        state = site.windows.get(window.id)
        ticket = site.tickets.get(state.ticket) if state and state.ticket else None
        made.append(
            {
                "id": window.id,
                "hall": window.hall,
                "number": window.number,
                "services": list(window.services),
                "state": state.state if state else "closed",
                "ticket": ticket.number if ticket else "",
                "ticket_state": ticket.state if ticket else "",
                "held": [site.tickets[t].number for t in state.held] if state else [],
                "waiting": waiting_at(plan, site, window.id),
                "staff": state.staff if state else "",
            }
        )
    return made


def find_ticket(site: Site, number: str) -> Ticket | None:
    """Of today, by its number as people read it or by its id."""
    return site.tickets.get(number) or site.tickets.get(f"{site.day}-{number}")


def ticket(plan: Plan, item: Ticket) -> View:
    """One ticket of today."""
    service = plan.service.get(item.service)  # none: the site file lost it since
    window = plan.window.get(item.window)
    made: View = msgspec.to_builtins(item)
    made.update(
        service_name=service.name if service else item.service,
        hall=service.hall if service else "",
        window_number=window.number if window else 0,
    )
    return made


def alarm(plan: Plan, item: Alarm) -> View:
    """One alarm, with the place where help is needed."""
    device = plan.device.get(item.device)  # none: the site file lost it since
    made: View = msgspec.to_builtins(item)
    made.update(
        place=device.place if device else "",
        hall=device.hall if device else "",
        floor=_floor(plan, device) if device else 0,
    )
    return made


def _floor(plan: Plan, item: Device) -> int:
    return item.floor or (plan.hall[item.hall].floor if item.hall else 0)


def counts(plan: Plan, site: Site, presence: Presence) -> View:
    """The building at a glance, per hall."""
    by_state: dict[str, dict[str, int]] = {hall.id: {} for hall in plan.halls}
    for item in site.tickets.values():
        service = plan.service.get(item.service)
        if service is not None:
            states = by_state[service.hall]
            states[item.state] = states.get(item.state, 0) + 1
    return {
        "site": plan.id,
        "name": plan.name,
        "day": site.day,
        "position": site.position,
        "devices": {"online": sum(s.is_online for s in presence.seen.values()), "all": len(plan.devices)},
        "faults": [{"device": id, "fault": s.fault} for id, s in presence.seen.items() if s.fault],
        "safe_mode": [id for id, s in presence.seen.items() if s.is_online and s.reset_cause == "safe"],
        "parts": [
            {"device": item.id, "part": part, "fault": fault}
            for item in plan.devices
            for part, fault in site.parts.get(item.id, {}).items()
        ],
        "alarms": sum(item.state != "closed" for item in site.alarms.values()),
        "announcements": len(site.announcements),
        "appointments": sum(one.state == "booked" for one in site.appointments.values()),
        "outages": today(plan, site),
        "long_queues": [
            {"service": service.id, "waiting": waiting_for(site, service.id), "limit": service.warn_waiting}
            for service in plan.services
            if service.warn_waiting and waiting_for(site, service.id) >= service.warn_waiting
        ],
        "halls": [
            {
                "id": hall.id,
                "name": hall.name,
                "windows": sum(w.hall == hall.id for w in plan.windows),
                "open": sum(
                    (state := site.windows.get(w.id)) is not None and state.state == "open"
                    for w in plan.windows
                    if w.hall == hall.id
                ),
                "tickets": by_state[hall.id],
            }
            for hall in plan.halls
        ],
    }
