"""Pages: what each slot of each screen shows, worked out from the state. Pure: the same state gives the same Show."""

from collections.abc import Callable

from firmware.kinds import KINDS
from firmware.wire.messages.base import Show
from firmware.wire.messages.figures import ShowFigures
from firmware.wire.messages.help import ShowAlarm
from firmware.wire.messages.lease import ShowLease
from firmware.wire.messages.queue import ShowEvaluation, ShowServices, ShowUnit, ShowWindow
from firmware.wire.messages.screen import CalledRow, ShowCalls, ShowLight, ShowRegion, WaitingRow, WindowRow
from hub.effects.kiosk_page import lease, services
from hub.effects.region_look import look_of, palette_of, text_of
from hub.effects.shorten import MAX_LABEL, MAX_NOTICE, MAX_REGION_TEXT, shorten
from hub.effects.strip_pixels import region_pixels
from hub.effects.terminal_pages import evaluation, figures, unit, window
from hub.engine.alarms import PRESS
from hub.engine.effects import Refresh
from hub.engine.lights import percent_of
from hub.engine.places import look_at_service, look_at_window, waiting_for
from hub.engine.plan import Device, Plan
from hub.engine.state import Site

# What the declarations of the messages hold; further rows are left out.
MAX_WAITING_ROWS, MAX_CALLED_ROWS, MAX_WINDOW_ROWS = 24, 16, 64
MAX_FLASH_MS = 10000
_OF_A_WINDOW = (ShowWindow.name, ShowEvaluation.name, ShowFigures.name)


def all_slots(plan: Plan) -> list[Refresh]:
    """Every slot of every device of the site, in the order of the plan."""
    return [slot for device in plan.devices for slot in _slots(plan, device)]


def content(plan: Plan, site: Site, epoch: int, refresh: Refresh) -> Show:
    """What the slot shows now. ``epoch`` names the journal; the revision is the state's position in it."""
    return _PAGES[refresh.message](plan, site, epoch, refresh)


def _slots(plan: Plan, device: Device) -> list[Refresh]:
    slots = []
    for message in KINDS[device.kind].accepts:
        if message in _OF_A_WINDOW and device.id not in plan.window_of_terminal:
            continue  # a terminal that stands at no window has nothing to show
        if message == ShowUnit.name:
            slots += [Refresh(device.id, message, unit) for line, unit in plan.window_of_unit if line == device.id]
        elif message in _PAGES:
            count = len(device.regions) if message == ShowRegion.name else 1
            slots += [Refresh(device.id, message, slot) for slot in range(count)]
    return slots


def _region(plan: Plan, site: Site, epoch: int, refresh: Refresh) -> ShowRegion:
    """A window over its counter, or a line of text. A new call flashes, then stands still."""
    strip = plan.device[refresh.device]
    region = strip.regions[refresh.slot]
    look, tone = look_of(plan, site, strip, region)
    return ShowRegion(
        epoch=epoch,
        rev=site.position,
        x=region.x,
        width=region.width,
        height=strip.height_px,
        palette=palette_of(tone),
        pixels=region_pixels(look),
        text=shorten(text_of(look), MAX_REGION_TEXT),
        flash_ms=min(plan.settings.strip_flash_ms, MAX_FLASH_MS) if refresh.flash else 0,
    )


def _light(plan: Plan, site: Site, epoch: int, refresh: Refresh) -> ShowLight:
    """How bright the strips of its hall shine."""
    percent = percent_of(site, plan.device[refresh.device].hall)
    return ShowLight(epoch=epoch, rev=site.position, percent=percent)


def _wait(site: Site, service: str) -> tuple[int, int]:
    """How many wait for a service, and the minutes that one who comes now will."""
    return waiting_for(site, service), look_at_service(site, service).wait_min


def _calls(plan: Plan, site: Site, epoch: int, refresh: Refresh) -> ShowCalls:
    """The newest calls of the display's hall. A display outside the halls shows how many wait in each."""
    hall = plan.hall.get(plan.device[refresh.device].hall)
    if hall is None:
        rows = [(h.name, sum(waiting_for(site, s.id) for s in plan.services_of_hall[h.id]), -1) for h in plan.halls]
    else:
        rows = [(service.name, *_wait(site, service.id)) for service in plan.services_of_hall[hall.id]]
    calls = site.calls.get(hall.id, []) if hall else []
    return ShowCalls(
        epoch=epoch,
        rev=site.position,
        hall=shorten(hall.name if hall else plan.name, MAX_LABEL),
        called=[
            CalledRow(number=call.number, window=call.window, recalled=call.recalled)
            for call in calls[: min(plan.settings.displayed_calls, MAX_CALLED_ROWS)]
        ],
        waiting=[
            WaitingRow(label=shorten(name, MAX_LABEL), waiting=count, wait_min=minutes)
            for name, count, minutes in rows[:MAX_WAITING_ROWS]
        ],
        windows=[
            WindowRow(number=window.number, state=look_at_window(site, window.id).state)
            for window in plan.windows
            if hall and window.hall == hall.id
        ][:MAX_WINDOW_ROWS],
        notice=shorten(hall.notice if hall else "", MAX_NOTICE),
    )


def _alarm(plan: Plan, site: Site, epoch: int, refresh: Refresh) -> ShowAlarm:
    """The button's open alarm, or else its newest; a button that was never pressed counts as closed.

    That somebody is at its case or wire is not for the lamp: it tells who pressed that help is on the way.
    """
    own = [alarm for alarm in site.alarms.values() if alarm.device == refresh.device and alarm.cause == PRESS]
    alarm = max(own, key=lambda a: (a.state != "closed", a.raised_at_ms), default=None)
    return ShowAlarm(
        epoch=epoch,
        rev=site.position,
        alarm=alarm.id if alarm else "",
        state=alarm.state if alarm else "closed",
    )


_PAGES: dict[str, Callable[[Plan, Site, int, Refresh], Show]] = {
    ShowRegion.name: _region,
    ShowLight.name: _light,
    ShowCalls.name: _calls,
    ShowWindow.name: window,
    ShowUnit.name: unit,
    ShowFigures.name: figures,
    ShowEvaluation.name: evaluation,
    ShowServices.name: services,
    ShowLease.name: lease,
    ShowAlarm.name: _alarm,
}
