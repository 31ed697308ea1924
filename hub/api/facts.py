"""What a call may change, as it is just now: noted in the audit log before and after the call."""

from typing import Any, Protocol

import msgspec

from hub import policy_file
from hub.attendance.service import Attendance
from hub.engine.plan import Plan
from hub.engine.state import Site
from hub.update.roll import Roll


class Running(Protocol):
    """The running hub, as far as this needs it."""

    plan: Plan
    site: Site
    roll: Roll
    attendance: Attendance


def facts(hub: Running, path: str) -> Any:
    """JSON values; nothing for a path of which all is said by what was asked."""
    room, _, rest = path.lstrip("/").partition("/")
    thing = rest.partition("/")[0]
    if room == "policy":
        return policy_file.text_of(hub.plan.policy)
    if room == "devices" and rest:
        device = hub.plan.device.get(thing)
        return msgspec.to_builtins(device) if device else {"devices": len(hub.plan.devices)}
    if room == "devices":
        return {"devices": len(hub.plan.devices)}
    if room == "alarms":
        alarm = hub.site.alarms.get(thing)
        return {"state": alarm.state} if alarm else None
    if room == "cases":
        case = hub.site.cases.get(thing)
        return {"state": case.state} if case else None
    if room == "appointments":
        appointment = hub.site.appointments.get(thing)
        return {"state": appointment.state} if appointment else {"appointments": len(hub.site.appointments)}
    if room == "queue":
        return {"waiting": sum(ticket.state == "waiting" for ticket in hub.site.tickets.values())}
    if room == "attendance":
        return {"serial": hub.attendance.terminals.serial(thing)}
    if room == "updates":
        view = hub.roll.view()
        return {name: view[name] for name in ("version", "status")}
    return None
