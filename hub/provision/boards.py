"""What a device is told about itself: its board.json, worked out from the site."""

from collections.abc import Callable
from typing import Any

from firmware.kinds import KINDS
from firmware.wire.messages.queue import LANGUAGES
from hub.engine.plan import Device, Plan, Window

Settings = dict[str, Any]


def board(plan: Plan, device: Device, broker: dict[str, Any], key: str, data: str, version: str) -> dict[str, Any]:
    """Everything in board.json. ``broker``: host, port, tls, ca as the device reaches and checks it; ``data``: the
    folder of its outbox, on the device."""
    return {
        "site": plan.id,
        "device": device.id,
        "kind": device.kind,
        "version": version,
        "broker": broker,
        "user": device.id,
        "password": key,
        "data": data,
        "heartbeat_s": KINDS[device.kind].heartbeat_s,  # so that a small board need not load the table of kinds
        "settings": {**_where(plan, device), **_SETTINGS[device.kind](plan, device)},
    }


def signs(plan: Plan) -> dict[str, Any]:
    """The building's names and places, without secrets: what a visitor could read off the walls."""
    return {
        "site": plan.id,
        "halls": [{"id": hall.id, "name": hall.name, "name_en": hall.name_en} for hall in plan.halls],
        "services": [{"id": s.id, "hall": s.hall, "name": s.name, "prefix": s.prefix} for s in plan.services],
        "windows": [_window_sign(window) for window in plan.windows],
        "devices": [
            {
                "id": device.id,
                "kind": device.kind,
                "hall": device.hall,
                "place": device.place,
                "regions": [region.window for region in device.regions],
            }
            for device in plan.devices
        ],
        "channels": [
            {"id": channel.id, "amplifier": channel.amplifier, "halls": channel.halls} for channel in plan.channels
        ],
    }


def _window_sign(window: Window) -> Settings:
    return {
        "id": window.id,
        "hall": window.hall,
        "number": window.number,
        "services": window.services,
        "call_terminal": window.call_terminal,
        "evaluation_terminal": window.evaluation_terminal,
    }


def _where(plan: Plan, device: Device) -> Settings:
    """For every kind: the names of the site and the hall, empty for a device that belongs to no hall, and its place."""
    hall = plan.hall.get(device.hall)
    return {
        "site_name": plan.name,
        "site_name_en": plan.name_en,
        "hall": hall.name if hall else "",
        "hall_en": hall.name_en if hall else "",
        "place": device.place,
    }


def _nothing(plan: Plan, device: Device) -> Settings:
    return {}


def _kiosk(plan: Plan, device: Device) -> Settings:
    """What it can offer comes by ShowServices; here is what a printed ticket and the first page need."""
    return {"languages": list(LANGUAGES), "utc_offset_min": plan.settings.utc_offset_min}


def _terminal(plan: Plan, device: Device) -> Settings:
    """``window``: its number, 0 for a terminal that no window has."""
    window = plan.window_of_terminal.get(device.id)
    return {"window": window.number if window else 0}


def _call_terminal(plan: Plan, device: Device) -> Settings:
    """``services`` and ``windows``: [id, name or number] of those to which a ticket of this hall can be transferred."""
    targets = [[service.id, service.name] for service in plan.services_of_hall.get(device.hall, ())]
    windows = [[window.id, window.number] for window in plan.windows if window.hall == device.hall]
    return {**_terminal(plan, device), "services": targets, "windows": windows}


def _units(plan: Plan, device: Device) -> Settings:
    """``units``: address and number of each window on its line; ``services`` as of a call terminal."""
    units = [[unit, window.number] for (line, unit), window in plan.window_of_unit.items() if line == device.id]
    return {"units": units, "services": _targets(plan, device)}


def _targets(plan: Plan, device: Device) -> list[list[str]]:
    return [[service.id, service.name] for service in plan.services_of_hall.get(device.hall, ())]


def _strip(plan: Plan, device: Device) -> Settings:
    """Pixels; ``regions`` is [x, width] of each, by slot number."""
    return {
        "width_px": device.width_px,
        "height_px": device.height_px,
        "regions": [[region.x, region.width] for region in device.regions],
    }


def _display(plan: Plan, device: Device) -> Settings:
    """``width_px`` and ``height_px`` are 0 where the site does not say."""
    return {"width_px": device.width_px, "height_px": device.height_px}


def _amplifier(plan: Plan, device: Device) -> Settings:
    """``languages``: of the clips that it must have; ``multicast``: address:port of the terminals that it feeds."""
    groups = [channel.multicast for channel in plan.channels if channel.amplifier == device.id and channel.multicast]
    fed = {"multicast": groups[0]} if groups else {}
    return {"languages": list(plan.settings.call_languages), **fed}


_SETTINGS: dict[str, Callable[[Plan, Device], Settings]] = {
    "ticket_kiosk": _kiosk,
    "call_terminal": _call_terminal,
    "evaluation_terminal": _terminal,
    "window_terminal": _units,
    "window_strip": _strip,
    "publicity_strip": _strip,
    "hall_display": _display,
    "info_screen": _display,
    "amplifier": _amplifier,
    "help_button": _nothing,
}
if _SETTINGS.keys() != KINDS.keys():
    raise ValueError("hub.provision.boards must say what each kind of firmware.kinds is told: the two tables differ")
