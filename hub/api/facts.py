"""What a call may change, as it is just now: noted in the audit log before and after the call."""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from hub import policy_file
from hub.api.views import find_ticket
from hub.attendance.service import Attendance
from hub.engine.plan import Plan
from hub.engine.state import Site
from hub.platform.service import PlatformService
from hub.roster import Roster
from hub.update.roll import Roll


class Running(Protocol):
    """The running hub, as far as this needs it."""

    plan: Plan
    site: Site
    roster: Roster
    roll: Roll
    attendance: Attendance
    platform: PlatformService | None


def facts(hub: Running, path: str) -> Any:
    """JSON values; nothing for a path of which all is said by what was asked, or in the journal."""
    room, _, rest = path.lstrip("/").partition("/")
    look = ROOMS.get(room)
    return look(hub, rest) if look else None


def _alarm(hub: Running, rest: str) -> Any:
    alarm = hub.site.alarms.get(_thing(rest))
    return {"state": alarm.state} if alarm else None


def _announcement(hub: Running, rest: str) -> Any:
    waiting = list(hub.site.announcements)
    return {"waiting": _thing(rest) in waiting} if rest else {"waiting": len(waiting)}


def _appointment(hub: Running, rest: str) -> Any:
    appointment = hub.site.appointments.get(_thing(rest))
    return {"state": appointment.state} if appointment else {"appointments": len(hub.site.appointments)}


def _attendance(hub: Running, rest: str) -> Any:
    return {"serial": hub.attendance.terminals.serial(_thing(rest))}


def _calendar(hub: Running, rest: str) -> Any:
    return msgspec.to_builtins(hub.roster.calendar)


def _case(hub: Running, rest: str) -> Any:
    case = hub.site.cases.get(_thing(rest))
    return {"state": case.state, "assignee": case.assignee, "missed": case.missed} if case else None


def _device(hub: Running, rest: str) -> Any:
    device = hub.plan.device.get(_thing(rest)) if rest else None
    return msgspec.to_builtins(device) if device else {"devices": len(hub.plan.devices)}


def _platform(hub: Running, rest: str) -> Any:
    """A record that is mended; for whatever else is done there how many are set aside, and due to be sent again."""
    if hub.platform is None:
        return None
    aside = hub.platform.desk.aside(rest.split("/")[1]) if rest.startswith("asides/") else None
    if aside is not None:
        return {"record": aside.record, "state": aside.state}
    return hub.platform.desk.waiting()


def _policy(hub: Running, rest: str) -> Any:
    return policy_file.text_of(hub.plan.policy)


def _queue(hub: Running, rest: str) -> Any:
    return {"waiting": sum(ticket.state == "waiting" for ticket in hub.site.tickets.values())}


def _ticket(hub: Running, rest: str) -> Any:
    ticket = find_ticket(hub.site, _thing(rest))
    return {"priority": ticket.priority, "reason": ticket.reason} if ticket else None


def _update(hub: Running, rest: str) -> Any:
    view = hub.roll.view()
    return {name: view[name] for name in ("version", "status")}


def _window(hub: Running, rest: str) -> Any:
    window = hub.site.windows.get(_thing(rest))
    return {"state": window.state, "staff": window.staff} if window else None


def _thing(rest: str) -> str:
    return rest.partition("/")[0]


ROOMS: dict[str, Callable[[Running, str], Any]] = {
    "alarms": _alarm,
    "announcements": _announcement,
    "appointments": _appointment,
    "attendance": _attendance,
    "calendar": _calendar,
    "cases": _case,
    "devices": _device,
    "platform": _platform,
    "policy": _policy,
    "queue": _queue,
    "tickets": _ticket,
    "updates": _update,
    "windows": _window,
}
