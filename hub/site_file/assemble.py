"""Makes the flat `Plan` of a site file that passed every check: terminals and strips become devices like the others."""

from typing import Any

import msgspec

from hub.engine.plan import AttendanceTerminal, Channel, Device, Hall, Hours, Plan, Region, Service, Staff, Window
from hub.engine.plan import Sections as Minutes
from hub.site_file.shape import Placed, PlacedStrip, Sections, SiteWritten, WeekRow

_WORKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
DAYS = (*_WORKDAYS, "saturday", "sunday")


def assemble(site: SiteWritten) -> Plan:
    """The plan, everything in the order of the file."""
    assert site.site is not None  # its absence is an error, found before
    top = site.site.row
    return Plan(
        id=top.id,
        name=top.name,
        name_en=top.name_en,
        city=top.city,
        settings=site.settings,
        hours=_hours(site.hours),
        holidays=site.hours.row.holidays if site.hours else (),
        extra_days=site.hours.row.extra_days if site.hours else (),
        halls=_halls(site),
        services=_services(site),
        windows=_windows(site),
        devices=(*_plain_devices(site), *_terminals(site), *(_strip(strip, site) for strip in site.strips)),
        channels=tuple(Channel(**msgspec.structs.asdict(row)) for _, row, _ in site.channels),
        staff=tuple(Staff(id=row.id, name=row.name) for _, row, _ in site.staff),
        attendance=tuple(AttendanceTerminal(**msgspec.structs.asdict(row)) for _, row, _ in site.attendance),
    )


def _halls(site: SiteWritten) -> tuple[Hall, ...]:
    channel_of = {hall: row.id for _, row, _ in site.channels for hall in row.halls}
    return tuple(
        Hall(
            id=row.id,
            name=row.name,
            name_en=row.name_en,
            floor=row.floor,
            department=row.department,
            channel=channel_of.get(row.id, ""),
            notice=row.notice,
            hours=_hours(site.hours_of_hall.get(row.id)),
        )
        for _, row, _ in site.halls
    )


def minutes(sections: Sections) -> Minutes:
    """``("09:00-12:00",)`` → ``((540, 720),)``."""

    def minute(text: str) -> int:
        return int(text[:2]) * 60 + int(text[3:])

    return tuple((minute(section[:5]), minute(section[6:])) for section in sections)


def _hours(placed: Placed[Any] | None) -> Hours | None:
    if placed is None:
        return None
    row: WeekRow = placed.row
    week = []
    for day in DAYS:
        own: Sections | None = getattr(row, day)
        week.append(minutes(own if own is not None else row.workdays if day in _WORKDAYS else ()))
    return Hours(week=tuple(week), extra_day=minutes(row.workdays) or week[0])


def _floor(own: int | None, hall: str, site: SiteWritten) -> int:
    """A device's floor: its own, or that of its hall."""
    return own if own is not None else next((row.floor for _, row, _ in site.halls if row.id == hall), 0)


def _services(site: SiteWritten) -> tuple[Service, ...]:
    return tuple(
        Service(
            id=row.id,
            hall=hall,
            name=row.name,
            name_en=row.name_en,
            prefix=row.prefix,
            hours=_hours(site.hours_of_service.get(row.id)),
            quota=row.quota,
            warn_waiting=row.warn_waiting,
            max_waiting=row.max_waiting,
        )
        for _, row, hall in site.services
    )


def _windows(site: SiteWritten) -> tuple[Window, ...]:
    return tuple(
        Window(
            id=row.id,
            hall=hall,
            number=row.number,
            services=row.services,
            call_terminal=row.call_terminal,
            evaluation_terminal=row.evaluation_terminal,
            window_terminal=row.window_terminal,
            unit=row.unit,
            staff=row.staff,
            staff_name=row.staff_name,
        )
        for _, row, hall in site.windows
    )


def _plain_devices(site: SiteWritten) -> tuple[Device, ...]:
    return tuple(
        Device(id=row.id, kind=row.kind, hall=hall, place=row.place, floor=_floor(row.floor, hall, site))
        for _, row, hall in site.devices
    )


def _terminals(site: SiteWritten) -> tuple[Device, ...]:
    """The terminals that the windows name, those of a window beside each other."""
    return tuple(
        Device(id=terminal, kind=kind, hall=hall, place=f"{row.number} 号窗口", floor=_floor(None, hall, site))
        for _, row, hall in site.windows
        for terminal, kind in (
            (row.call_terminal, "call_terminal"),
            (row.evaluation_terminal, "evaluation_terminal"),
        )
        if terminal
    )


def _strip(strip: PlacedStrip, site: SiteWritten) -> Device:
    row = strip.row
    return Device(
        id=row.id,
        kind=row.kind,
        hall=strip.hall,
        place=row.place,
        floor=_floor(row.floor, strip.hall, site),
        length_m=row.length_m,
        width_px=row.width_px,
        height_px=row.height_px,
        regions=tuple(
            Region(x=region.x, width=region.width, window=region.window, text=region.text)
            for _, region, _ in strip.regions
        ),
    )
