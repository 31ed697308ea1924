"""Alarms of help buttons: raised, acknowledged, closed; latched until a person closes them (GB 50394-2007, 5.2.3).

A press and tampering are two alarms: a zone of its own, watched around the clock (5.2.4).
"""

from hub.engine import moves, refused
from hub.engine.announcements import next_id
from hub.engine.events import AlarmAcknowledged, AlarmClosed, AlarmPressedAgain, AlarmRaised
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import AcknowledgeAlarm, CloseAlarm, NotePart, RaiseAlarm
from hub.engine.state import Alarm, Site

CLOSED_KEPT = 50  # in the state; the journal has them all
PRESS = "press"
TAMPERING = ("tampered", "loop_open", "loop_short")  # faults of a help button's part that are alarms


def open_alarm(site: Site, device: str, is_tampering: bool = False) -> Alarm | None:
    """The alarm of this button that nobody has closed yet: that somebody pressed it, or tampered with it."""
    for alarm in site.alarms.values():
        if alarm.device == device and alarm.state != "closed" and (alarm.cause != PRESS) == is_tampering:
            return alarm
    return None


def tampering(plan: Plan, site: Site, request: NotePart) -> tuple[AlarmRaised, ...]:
    """What a fault of a part means beyond itself: nothing, or that somebody is at a help button's case or wire."""
    is_watched = request.fault in TAMPERING and plan.device[request.by].kind == "help_button"
    if not is_watched or open_alarm(site, request.by, is_tampering=True):
        return ()
    return (AlarmRaised(at_ms=request.at_ms, alarm=next_id(site), device=request.by, cause=request.fault),)


def raise_(plan: Plan, site: Site, request: RaiseAlarm) -> tuple[AlarmRaised | AlarmPressedAgain] | Refused:
    """Never refused to a device of the site: no alarm may be missed (GB 50394-2007, 5.2.2)."""
    if request.by not in plan.device:
        return refused.DEVICE_UNKNOWN
    alarm = open_alarm(site, request.by)
    if alarm is not None:
        return (AlarmPressedAgain(at_ms=request.at_ms, alarm=alarm.id),)
    return (AlarmRaised(at_ms=request.at_ms, alarm=next_id(site), device=request.by, held_ms=request.held_ms),)


def acknowledge(plan: Plan, site: Site, request: AcknowledgeAlarm) -> tuple[AlarmAcknowledged] | Refused:
    no = _illegal(site, request.alarm, "acknowledge")
    return no or (AlarmAcknowledged(at_ms=request.at_ms, alarm=request.alarm, by=request.by),)


def close(plan: Plan, site: Site, request: CloseAlarm) -> tuple[AlarmClosed] | Refused:
    no = _illegal(site, request.alarm, "close") or _not_mended(site, site.alarms[request.alarm])
    return no or (AlarmClosed(at_ms=request.at_ms, alarm=request.alarm, by=request.by, note=request.note),)


_NO = {
    "raised": refused.ALARM_NOT_ACKNOWLEDGED,
    "acknowledged": refused.ALARM_ACKNOWLEDGED,
    "closed": refused.ALARM_CLOSED,
}


def _illegal(site: Site, alarm: str, act: str) -> Refused | None:
    found = site.alarms.get(alarm)
    if found is None:
        return refused.ALARM_UNKNOWN
    return None if (found.state, act) in moves.ALARM else _NO[found.state]


def _not_mended(site: Site, alarm: Alarm) -> Refused | None:
    faults = site.parts.get(alarm.device, {}).values()
    return refused.ALARM_TAMPERED if alarm.cause != PRESS and any(fault in TAMPERING for fault in faults) else None


def raised(plan: Plan, site: Site, event: AlarmRaised) -> None:
    site.serial += 1
    site.alarms[event.alarm] = Alarm(
        id=event.alarm,
        device=event.device,
        cause=event.cause,
        state=moves.ALARM["", "raise"],
        raised_at_ms=event.at_ms,
    )


def pressed_again(plan: Plan, site: Site, event: AlarmPressedAgain) -> None:
    alarm = site.alarms[event.alarm]
    alarm.state = moves.ALARM[alarm.state, "press"]
    alarm.presses += 1


def acknowledged(plan: Plan, site: Site, event: AlarmAcknowledged) -> None:
    alarm = site.alarms[event.alarm]
    alarm.state = moves.ALARM[alarm.state, "acknowledge"]
    alarm.acknowledged_at_ms = event.at_ms
    alarm.acknowledged_by = event.by


def closed(plan: Plan, site: Site, event: AlarmClosed) -> None:
    """Goes to the end, so that of the closed ones the first is always the one closed longest ago."""
    alarm = site.alarms[event.alarm] = site.alarms.pop(event.alarm)
    alarm.state = moves.ALARM[alarm.state, "close"]
    alarm.closed_at_ms = event.at_ms
    alarm.closed_by = event.by
    alarm.note = event.note
    done = [item.id for item in site.alarms.values() if item.state == "closed"]
    for old in done[:-CLOSED_KEPT]:
        del site.alarms[old]


DECIDES = {RaiseAlarm: raise_, AcknowledgeAlarm: acknowledge, CloseAlarm: close}
EVOLVES = {
    AlarmRaised: raised,
    AlarmPressedAgain: pressed_again,
    AlarmAcknowledged: acknowledged,
    AlarmClosed: closed,
}
