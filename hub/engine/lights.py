"""Lights: how bright strips and LED walls of a hall shine, by the time of day; black when nobody is there to read."""

from firmware.kinds import KINDS
from firmware.wire.messages.screen import ShowLight
from hub.engine import hours
from hub.engine.events import StripsLit
from hub.engine.plan import Device, Plan
from hub.engine.requests import LightStrips
from hub.engine.state import Site

FULL = 100
MINUTE_MS = 60_000
DAY_MIN = 1440


def shines(device: Device) -> bool:
    """It has, or as a screen may have, LEDs whose light can be set."""
    return ShowLight.name in KINDS[device.kind].accepts


def percent_of(site: Site, hall: str) -> int:
    """What the hall's strips were told last."""
    return site.lights.get(hall, FULL)


def percent_at(plan: Plan, at_ms: int, hall: str) -> int:
    """What the hall's strips shall shine with at a moment; an empty ``hall`` stands for the building."""
    margin = plan.settings.strip_black_min
    if margin >= 0 and hours.is_known(plan):
        near = (at_ms - margin * MINUTE_MS, at_ms, at_ms + margin * MINUTE_MS)
        if not any(hours.is_open(plan, moment, hall) for moment in near):
            return 0
    return _by_the_clock(plan, at_ms)


def due(plan: Plan, site: Site, at_ms: int) -> list[tuple[str, int]]:
    """(hall, percent) of every hall whose strips shine otherwise than they shall."""
    halls = dict.fromkeys(device.hall for device in plan.devices if shines(device))
    wanted = ((hall, percent_at(plan, at_ms, hall)) for hall in halls)
    return [(hall, percent) for hall, percent in wanted if percent != percent_of(site, hall)]


def _by_the_clock(plan: Plan, at_ms: int) -> int:
    """The newest line of the schedule; before the first of a day that is the last of the day before."""
    lines = sorted((int(line[:2]) * 60 + int(line[3:5]), int(line[6:])) for line in plan.settings.strip_light)
    if not lines:
        return FULL
    minute = (at_ms // MINUTE_MS + plan.settings.utc_offset_min) % DAY_MIN
    begun = [percent for begins, percent in lines if begins <= minute]
    return begun[-1] if begun else lines[-1][1]


def light(plan: Plan, site: Site, request: LightStrips) -> tuple[StripsLit, ...]:
    """One event for each hall that changes."""
    return tuple(
        StripsLit(at_ms=request.at_ms, hall=hall, percent=percent) for hall, percent in due(plan, site, request.at_ms)
    )


def lit(plan: Plan, site: Site, event: StripsLit) -> None:
    site.lights[event.hall] = event.percent


DECIDES = {LightStrips: light}
EVOLVES = {StripsLit: lit}
