"""Parts: what of a device does not work. A device says it again at each start; here only changes count."""

from hub.engine import alarms, refused
from hub.engine.events import AlarmRaised, PartFailed, PartRecovered
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import NotePart
from hub.engine.state import Site


def fault_of(site: Site, device: str, part: str) -> str:
    """A code, or empty."""
    return site.parts.get(device, {}).get(part, "")


def note(plan: Plan, site: Site, request: NotePart) -> tuple[PartFailed | PartRecovered | AlarmRaised, ...] | Refused:
    if request.by not in plan.device:
        return refused.DEVICE_UNKNOWN
    if fault_of(site, request.by, request.part) == request.fault:
        return ()
    if request.fault:
        failed = PartFailed(at_ms=request.at_ms, device=request.by, part=request.part, fault=request.fault)
        return (failed, *alarms.tampering(plan, site, request))
    return (PartRecovered(at_ms=request.at_ms, device=request.by, part=request.part),)


def failed(plan: Plan, site: Site, event: PartFailed) -> None:
    site.parts.setdefault(event.device, {})[event.part] = event.fault


def recovered(plan: Plan, site: Site, event: PartRecovered) -> None:
    faults = site.parts[event.device]
    del faults[event.part]
    if not faults:
        del site.parts[event.device]


DECIDES = {NotePart: note}
EVOLVES = {PartFailed: failed, PartRecovered: recovered}
