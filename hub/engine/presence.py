"""Presence: which devices are there. What a heartbeat means is decided at the edge; here only changes count."""

from hub.engine import refused
from hub.engine.events import DeviceCame, DeviceLeft
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import NoteDevice
from hub.engine.state import Site


def note(plan: Plan, site: Site, request: NoteDevice) -> tuple[DeviceCame | DeviceLeft, ...] | Refused:
    if request.device not in plan.device:
        return refused.DEVICE_UNKNOWN
    if site.online.get(request.device, False) == request.is_online:
        return ()
    event = DeviceCame if request.is_online else DeviceLeft
    return (event(at_ms=request.at_ms, device=request.device),)


def came(plan: Plan, site: Site, event: DeviceCame) -> None:
    site.online[event.device] = True


def left(plan: Plan, site: Site, event: DeviceLeft) -> None:
    site.online[event.device] = False


DECIDES = {NoteDevice: note}
EVOLVES = {DeviceCame: came, DeviceLeft: left}
