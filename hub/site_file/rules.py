"""What must hold between the parts of a site: every id once, every reference to something that is there."""

import itertools
from collections.abc import Callable, Iterable
from typing import NamedTuple

from firmware.kinds import KINDS
from hub.site_file.assemble import DAYS, minutes
from hub.site_file.problems import Problems, Spot, nearest, shown
from hub.site_file.shape import PlacedStrip, SiteWritten, WeekRow

TERMINALS = ("call_terminal", "evaluation_terminal")
STRIPS = tuple(name for name, kind in KINDS.items() if "show/region" in kind.accepts)
IN_HALLS = ("ticket_kiosk", "hall_display")  # kinds that show what happens in their hall
RESERVED = ("hub",)  # broker users of the hub itself
MAX_SERVICES = 24  # waiting counts of one hall display


class Named(NamedTuple):
    """A device id and where the file says it: the row, and the key in it."""

    id: str
    kind: str
    spot: Spot
    key: str


def check(site: SiteWritten, problems: Problems) -> None:
    """Reports everything that does not fit together."""
    for rule in _RULES:
        rule(site, problems)


def devices(site: SiteWritten) -> Iterable[Named]:
    """Every device of the file, terminals and strips included."""
    for spot, device, _ in site.devices:
        yield Named(device.id, device.kind, spot, "id")
    for spot, strip, _, _ in site.strips:
        yield Named(strip.id, strip.kind, spot, "id")
    for spot, window, _ in site.windows:
        for key in TERMINALS:
            if terminal := getattr(window, key):
                yield Named(terminal, key, spot, key)


def _once(problems: Problems, code: str, found: Iterable[tuple[object, Spot, str]]) -> None:
    """Each value at most once; the second place is the wrong one, the first is named."""
    first: dict[object, Spot] = {}
    for value, spot, key in found:
        if value in first:
            problems.error(code, spot, key, value=shown(value), first=first[value].path)
        first.setdefault(value, spot)


def _ids(site: SiteWritten, problems: Problems) -> None:
    for rows in (site.halls, site.services, site.windows, site.channels):
        _once(problems, "twice", ((placed.row.id, placed.spot, "id") for placed in rows))
    _once(problems, "twice", ((device.id, device.spot, device.key) for device in devices(site)))
    for device in devices(site):
        if device.id in RESERVED:
            problems.error("reserved", device.spot, device.key, value=device.id)


def _numbers(site: SiteWritten, problems: Problems) -> None:
    _once(problems, "prefix_twice", ((row.prefix, spot, "prefix") for spot, row, _ in site.services))
    for hall in site.halls:
        own = ((row.number, spot, "number") for spot, row, name in site.windows if name == hall.row.id)
        _once(problems, "number_twice", own)


def _halls(site: SiteWritten, problems: Problems) -> None:
    if not site.halls:
        problems.error("no_halls")
    on_air = {hall for _, channel, _ in site.channels for hall in channel.halls}
    for spot, hall, _ in site.halls:
        if hall.windows and hall.id not in on_air:
            problems.error("silent_hall", spot, value=hall.id)
        if len(hall.services) > MAX_SERVICES:
            problems.error("many_services", spot, "services", count=len(hall.services), limit=MAX_SERVICES)
        kinds = [device.kind for _, device, name in site.devices if name == hall.id]
        if hall.services and "ticket_kiosk" not in kinds:
            problems.warning("no_kiosk", spot, value=hall.id)
        if hall.windows and "hall_display" not in kinds:
            problems.warning("no_display", spot, value=hall.id)


def _services(site: SiteWritten, problems: Problems) -> None:
    served = {service for _, window, _ in site.windows for service in window.services}
    for spot, service, _ in site.services:
        if service.id not in served:
            problems.error("unserved", spot, value=service.id)


def _windows(site: SiteWritten, problems: Problems) -> None:
    hall_of = {row.id: hall for _, row, hall in site.services}
    lit = {region.window for strip in site.strips for _, region, _ in strip.regions}
    for spot, window, hall in site.windows:
        for service in window.services:
            if service not in hall_of:
                problems.error("no_service", spot, "services", value=service, known=nearest(service, hall_of))
            elif hall_of[service] != hall:
                problems.warning("far_service", spot, "services", value=service, hall=hall_of[service])
        _once(problems, "service_twice", ((service, spot, "services") for service in window.services))
        if window.id not in lit:
            problems.warning("no_region", spot, value=window.id)
        for key in TERMINALS:
            if not getattr(window, key) and not window.window_terminal:
                problems.warning("no_terminal", spot, value=window.id, missing=key)


def _units(site: SiteWritten, problems: Problems) -> None:
    """Windows whose keypad and evaluator are units on the line of a window terminal."""
    lines = {device.id: device for device in devices(site) if device.kind == "window_terminal"}
    for spot, window, _ in site.windows:
        if bool(window.window_terminal) != bool(window.unit):
            problems.error("unit_alone", spot, "unit")
        if not window.window_terminal:
            continue
        if site.settings.sign_in:
            problems.error("line_sign_in", spot, "window_terminal", value=window.id)
        if window.window_terminal not in lines:
            near = nearest(window.window_terminal, sorted(lines))
            problems.error("no_line", spot, "window_terminal", value=window.window_terminal, known=near)
        for key in TERMINALS:
            if getattr(window, key):
                problems.error("two_terminals", spot, key)
    named = [(spot, window) for spot, window, _ in site.windows if window.window_terminal]
    _once(problems, "unit_twice", (((w.window_terminal, w.unit), spot, "unit") for spot, w in named))
    used = {window.window_terminal for _, window in named}
    for device in lines.values():
        if device.id not in used:
            problems.warning("no_units", device.spot, value=device.id)


def _kinds(site: SiteWritten, problems: Problems) -> None:
    listed = [name for name in KINDS if name not in STRIPS and name not in TERMINALS]
    for spot, device, hall in site.devices:
        if device.kind in TERMINALS:
            problems.error("terminal_here", spot, "kind", value=device.kind)
        elif device.kind in STRIPS:
            problems.error("strip_here", spot, "kind", value=device.kind)
        elif device.kind not in KINDS:
            problems.error("no_kind", spot, "kind", value=device.kind, known=nearest(device.kind, listed))
        elif device.kind in IN_HALLS and not hall:
            problems.error("needs_hall", spot, "kind", value=device.kind)
        if not hall and device.floor is None:
            problems.warning("no_floor", spot, value=device.id)
    for strip_spot, strip, _, _ in site.strips:
        if strip.kind not in STRIPS:
            problems.error("no_kind", strip_spot, "kind", value=strip.kind, known=", ".join(STRIPS))


def _strips(site: SiteWritten, problems: Problems) -> None:
    windows = {row.id for _, row, _ in site.windows}
    for strip in site.strips:
        if not strip.regions:
            problems.error("no_regions", strip.spot, "regions", width=strip.row.width_px)
        for spot, region, _ in strip.regions:
            if region.x + region.width > strip.row.width_px:
                end, width = region.x + region.width, strip.row.width_px
                problems.error("outside", spot, "width", end=end, width=width, most=max(width - region.x, 0))
            if bool(region.window) == bool(region.text):
                problems.error("window_or_text", spot)
            elif region.window and region.window not in windows:
                near = nearest(region.window, windows)
                problems.error("no_window", spot, "window", value=region.window, known=near)
        _overlaps(strip, problems)


def _overlaps(strip: PlacedStrip, problems: Problems) -> None:
    """Left to right, a region begins where the one before has ended, or later."""
    end, last = 0, ""
    for spot, region, _ in sorted(strip.regions, key=lambda placed: placed.row.x):
        if region.x < end:
            problems.error("overlap", spot, "x", other=last, end=end)
        if region.x + region.width > end:
            end, last = region.x + region.width, region.window or region.text


def _channels(site: SiteWritten, problems: Problems) -> None:
    halls = {row.id for _, row, _ in site.halls}
    amplifiers = {device.id for device in devices(site) if device.kind == "amplifier"}
    _once(problems, "amplifier_twice", ((row.amplifier, spot, "amplifier") for spot, row, _ in site.channels))
    heard = ((hall, spot, "halls") for spot, row, _ in site.channels for hall in row.halls)
    _once(problems, "two_channels", heard)
    for spot, channel, _ in site.channels:
        if channel.amplifier not in amplifiers:
            near = nearest(channel.amplifier, sorted(amplifiers))
            problems.error("no_amplifier", spot, "amplifier", value=channel.amplifier, known=near)
        for hall in channel.halls:
            if hall not in halls:
                problems.error("no_hall", spot, "halls", value=hall, known=nearest(hall, sorted(halls)))
    used = {channel.amplifier for _, channel, _ in site.channels}
    for device in devices(site):
        if device.kind == "amplifier" and device.id not in used:
            problems.warning("no_channel", device.spot, value=device.id)


def _attendance(site: SiteWritten, problems: Problems) -> None:
    halls = {row.id for _, row, _ in site.halls}
    known = {device.id for device in devices(site)}
    _once(problems, "twice", ((row.id, spot, "id") for spot, row, _ in site.attendance))
    _once(problems, "twice", ((row.id, spot, "id") for spot, row, _ in site.staff))
    for spot, row, _ in site.attendance:
        if row.hall not in halls:
            problems.error("no_hall", spot, "hall", value=row.hall, known=nearest(row.hall, sorted(halls)))
        if row.id in known:
            problems.error("twice", spot, "id", value=row.id, first="devices")


def _hours(site: SiteWritten, problems: Problems) -> None:
    own = [*site.hours_of_hall.values(), *site.hours_of_service.values()]
    if site.hours is None:
        for spot, _, _ in own:
            problems.error("hours_alone", spot)
    else:
        spot, row, _ = site.hours
        for day in sorted(set(row.holidays) & set(row.extra_days)):
            problems.error("day_twice", spot, "extra_days", value=day)
        _week(spot, row, problems)
    for spot, week, _ in own:
        _week(spot, week, problems)


def _week(spot: Spot, row: WeekRow, problems: Problems) -> None:
    """Sections of a day are in order and apart."""
    for key in ("workdays", *DAYS):
        edges = [edge for section in minutes(getattr(row, key) or ()) for edge in section]
        if any(later <= earlier for earlier, later in itertools.pairwise(edges)):
            problems.error("sections_order", spot, key, value=shown(getattr(row, key)))


_RULES: tuple[Callable[[SiteWritten, Problems], None], ...] = (
    _ids,
    _numbers,
    _halls,
    _services,
    _windows,
    _units,
    _kinds,
    _strips,
    _channels,
    _attendance,
    _hours,
)
