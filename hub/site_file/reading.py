"""Turns the TOML tree into checked rows: each value by itself, every fault of every row."""

from collections import Counter
from functools import cache
from typing import Any, TypeVar, get_type_hints

import msgspec

from hub.engine.plan import Settings
from hub.site_file.problems import Problems, Spot, header, nearest, shorten, shown, written
from hub.site_file.shape import (
    AttendanceRow,
    BroadcastRow,
    ChannelRow,
    Decision,
    DeviceRow,
    HallRow,
    HoursRow,
    Placed,
    PlacedStrip,
    PublicRow,
    RegionRow,
    ServiceRow,
    SettingsRow,
    SiteRow,
    SiteWritten,
    StaffRow,
    StripRow,
    TopRow,
    WeekRow,
    WindowRow,
)

Row = TypeVar("Row", bound=msgspec.Struct)

_ANY = "value"  # the words for what a good value looks like, where the shape names none


@cache
def rights(cls: type[msgspec.Struct]) -> dict[str, str]:
    """Key → which words (site.right.*) tell what a good value of it looks like."""
    hints = get_type_hints(cls, include_extras=True)
    metas = {key: getattr(hint, "__metadata__", ()) for key, hint in hints.items()}
    return {
        key: next((meta.extra["right"] for meta in meta_list if meta.extra), _ANY) for key, meta_list in metas.items()
    }


@cache
def _fields(cls: type[msgspec.Struct]) -> tuple[tuple[str, Any, bool], ...]:
    return tuple((field.name, field.type, field.required) for field in msgspec.structs.fields(cls))


def read_row(cls: type[Row], raw: Any, spot: Spot, problems: Problems) -> Row | None:
    """The row, or None with every fault of it reported."""
    if not isinstance(raw, dict):
        problems.error("not_a_table", spot, value=shown(raw))
        return None
    before = problems.count
    fields = _fields(cls)
    for key in raw:
        if all(key != name for name, _, _ in fields):
            known = ", ".join(name for name, _, _ in fields)
            problems.error("unknown_key", spot, key, guess=nearest(key, rights(cls)), known=known)
    values: dict[str, Any] = {}
    for name, kind, is_required in fields:
        if name in raw:
            try:
                values[name] = msgspec.convert(raw[name], kind)
            except msgspec.ValidationError:
                right = problems.right(rights(cls)[name])
                problems.error("wrong_value", spot, name, value=shown(raw[name]), right=right)
        elif is_required:
            problems.error("missing_key", spot, missing=name, right=problems.right(rights(cls)[name]))
    return cls(**values) if problems.count == before else None


def rows_of(raw: Any, key: str, spot: Spot, name_key: str = "id") -> list[tuple[Spot, Any]]:
    """The rows under ``key``, each with its spot. A row is named by its ``name_key``, or by its number, from 1.

    What is no list is reported where its table is read.
    """
    rows = raw.get(key) if isinstance(raw, dict) else None
    spot = spot.key(key)
    found = []
    seen: Counter[str] = Counter()
    for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
        name = row.get(name_key) if isinstance(row, dict) else None
        is_named = isinstance(name, str | int)
        step = written(name_key, name, seen[str(name)]) if is_named else header(spot.path, number - 1)
        seen[str(name)] += 1
        found.append((spot.row(shorten(name) if isinstance(name, str) and name else str(number), step), row))
    return found


def read_rows(cls: type[Row], rows: list[tuple[Spot, Any]], problems: Problems, hall: str = "") -> list[Placed[Row]]:
    """Those rows that are right."""
    read = [(spot, read_row(cls, raw, spot, problems)) for spot, raw in rows]
    return [Placed(spot, row, hall) for spot, row in read if row is not None]


def read_site(tree: dict[str, Any], problems: Problems) -> SiteWritten:
    """Everything in the file. Faults are in ``problems``; the rows that are right are in the result.

    What is in a table is read even when the table's own keys are wrong, so that all faults are found at once.
    """
    site = SiteWritten()
    read_row(TopRow, tree, Spot(), problems)
    row = read_row(SiteRow, tree.get("site", {}), _table("site"), problems) if "site" in tree else None
    site.site = Placed(_table("site"), row, "") if row else None
    settings = read_row(SettingsRow, tree.get("settings", {}), _table("settings"), problems)
    site.settings = Settings(**msgspec.structs.asdict(settings)) if settings else Settings()
    if tree.get("hours") is not None:
        hours = read_row(HoursRow, tree["hours"], _table("hours"), problems)
        site.hours = Placed(_table("hours"), hours, "") if hours else None
    site.decisions = read_rows(Decision, rows_of(tree, "decisions", Spot(), "about"), problems)
    for spot, raw in rows_of(tree, "halls", Spot()):
        _read_hall(raw, spot, site, problems)
    public = tree.get("public", {})
    read_row(PublicRow, public, _table("public"), problems)
    _read_devices(public, _table("public"), "", site, problems)
    broadcast = tree.get("broadcast", {})
    read_row(BroadcastRow, broadcast, _table("broadcast"), problems)
    site.channels = read_rows(ChannelRow, rows_of(broadcast, "channels", _table("broadcast")), problems)
    site.attendance = read_rows(AttendanceRow, rows_of(tree, "attendance", Spot()), problems)
    site.staff = read_rows(StaffRow, rows_of(tree, "staff", Spot()), problems)
    return site


def _table(name: str) -> Spot:
    return Spot(name, (header(name),))


def _read_hall(raw: Any, spot: Spot, site: SiteWritten, problems: Problems) -> None:
    row = read_row(HallRow, raw, spot, problems)
    hall = row.id if row else ""  # without a right hall the file is refused, so nobody misses the name
    if row:
        site.halls.append(Placed(spot, row, ""))
        _read_week(row.id, row.hours, spot, site.hours_of_hall, problems)
    services = read_rows(ServiceRow, rows_of(raw, "services", spot), problems, hall)
    for service_spot, service, _ in services:
        _read_week(service.id, service.hours, service_spot, site.hours_of_service, problems)
    site.services += services
    site.windows += read_rows(WindowRow, rows_of(raw, "windows", spot), problems, hall)
    _read_devices(raw, spot, hall, site, problems)


def _read_week(owner: str, raw: Any, spot: Spot, weeks: dict[str, Placed[WeekRow]], problems: Problems) -> None:
    """The hours of a hall or a service, when it has its own."""
    row = read_row(WeekRow, raw, spot.key("hours"), problems) if raw is not None else None
    if row:
        weeks[owner] = Placed(spot.key("hours"), row, "")


def _read_devices(raw: Any, spot: Spot, hall: str, site: SiteWritten, problems: Problems) -> None:
    site.devices += read_rows(DeviceRow, rows_of(raw, "devices", spot), problems, hall)
    for strip_spot, raw_strip in rows_of(raw, "strips", spot):
        strip = read_row(StripRow, raw_strip, strip_spot, problems)
        regions = read_rows(RegionRow, rows_of(raw_strip, "regions", strip_spot, "x"), problems, hall)
        if strip:
            site.strips.append(PlacedStrip(strip_spot, strip, hall, regions))
