"""Lays added and retired devices over a site, so that the whole passes the same checks as a site file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec

from firmware.kinds import KINDS
from hub.provision.overlay import Overlay, Row
from hub.site_file import Checked, read, rules, settle
from hub.site_file.problems import Problems, Spot, nearest
from hub.site_file.reading import read_row, read_rows, rows_of
from hub.site_file.shape import (
    DeviceRow,
    Height,
    Kind,
    Metres,
    OwnFloor,
    Pixels,
    Placed,
    PlacedStrip,
    RegionRow,
    SiteWritten,
    Slug,
    SlugOrNone,
    StripRow,
    Words,
)

Regions = Annotated[list[Any], msgspec.Meta(max_length=200, extra={"right": "regions"})]

GIVEN = "@"  # begins the path of a row that is in no file of ours: what follows is where it came from


class AddedRow(msgspec.Struct, frozen=True, kw_only=True):
    """[[added]]: a device. ``window``: whose terminal it is; ``channel``: that it plays from now on."""

    id: Slug
    kind: Kind
    hall: SlugOrNone = ""
    place: Words = ""
    floor: OwnFloor = None
    window: SlugOrNone = ""
    channel: SlugOrNone = ""
    length_m: Metres = 1.0
    width_px: Pixels = 1
    height_px: Height = 1
    regions: Regions = []


_PLAIN = ("id", "kind", "hall", "place", "floor")
_STRIP = (*_PLAIN, "length_m", "width_px", "height_px", "regions")
_TERMINAL = ("id", "kind", "hall", "window")
_AMPLIFIER = (*_PLAIN, "channel")


def faults_of(row: Row, language: str = "zh") -> list[str]:
    """What is wrong with the values of a row by themselves, one line each; whether it is whole is seen when merged."""
    problems = Problems("", language)
    read_row(AddedRow, {"id": "-", "kind": "-", **row}, Spot(), problems)
    read_rows(RegionRow, rows_of(row, "regions", Spot(), "x"), problems)
    return [line.removeprefix(": ") for line in problems.errors]


class Given(NamedTuple):
    """A row that somebody wants to add, and where it stands: ``crate.csv:7``, or nothing."""

    where: str
    row: Row


class _Problems(Problems):
    """Faults of three sources: the site file, devices.toml, and what somebody wants to add."""

    def __init__(self, site_file: str, overlay_file: str, overlay_text: str, language: str) -> None:
        super().__init__(site_file, language)
        self._overlay = Problems(overlay_file, language)
        self._overlay.text = overlay_text

    def warning(self, code: str, spot: Spot, key: str = "", **facts: object) -> None:
        """Kept by nobody: `hallhub site check` tells them. To find the line of each would search the file each time."""

    def _file_of(self, spot: Spot) -> str:
        if spot.path.startswith(GIVEN):
            return spot.path.removeprefix(GIVEN).rpartition(":")[0]
        return self._overlay.file if spot.path.startswith("added") else super()._file_of(spot)

    def _line(self, code: str, spot: Spot, key: str, facts: dict[str, object]) -> str:
        facts = {name: str(fact).removeprefix(GIVEN) for name, fact in facts.items()}
        if spot.path.startswith(GIVEN):
            there = Problems(spot.path.removeprefix(GIVEN).lstrip("."), self.language)
            return there._line(code, Spot(key), "", facts)
        if spot.path.startswith("added"):
            return self._overlay._line(code, spot, key, facts)
        return super()._line(code, spot, key, facts)


def load_merged(
    site_file: Path, overlay_file: Path, overlay: Overlay, text: str, given: Sequence[Given] = (), language: str = "zh"
) -> Checked:
    """The site with the overlay and the ``given`` rows. Raises `SiteError` with every fault of all of them."""
    problems = _Problems(str(site_file), str(overlay_file), text, language)
    site = read(site_file, problems)
    _retire(site, frozenset(overlay.retired))
    taken = {device.id: device.spot for device in rules.devices(site)}
    rows = rows_of({"added": list(overlay.added)}, "added", Spot())
    rows += [(Spot(GIVEN + item.where), item.row) for item in given]
    for spot, raw in rows:
        row = read_row(AddedRow, raw, spot, problems)
        if row is None:
            continue
        if row.id in taken:
            problems.error("twice", spot, "id", value=row.id, first=taken[row.id].path)
            continue
        taken[row.id] = spot
        _add(site, row, raw, spot, problems)
    if problems.count:  # of the merged rows: what does not fit together may follow from them, so it is looked for too
        rules.check(site, problems)
        problems.raise_errors()
    return settle(site, problems)


def _retire(site: SiteWritten, ids: frozenset[str]) -> None:
    site.devices = [placed for placed in site.devices if placed.row.id not in ids]
    site.strips = [strip for strip in site.strips if strip.row.id not in ids]
    for at, (spot, row, hall) in enumerate(site.windows):
        emptied = {key: "" for key in rules.TERMINALS if getattr(row, key) in ids}
        if emptied:
            site.windows[at] = Placed(spot, msgspec.structs.replace(row, **emptied), hall)


def _add(site: SiteWritten, row: AddedRow, raw: Row, spot: Spot, problems: Problems) -> None:
    if row.kind not in KINDS:
        problems.error("no_kind", spot, "kind", value=row.kind, known=nearest(row.kind, KINDS))
        return
    fitting = _fitting(row.kind)
    for key in raw:
        if key not in fitting:
            problems.error("not_for_kind", spot, key, kind=row.kind, known=", ".join(fitting))
    halls = [placed.row.id for placed in site.halls]
    if row.hall and row.hall not in halls:
        problems.error("no_hall", spot, "hall", value=row.hall, known=nearest(row.hall, halls))
    elif row.kind in rules.TERMINALS:
        _add_terminal(site, row, spot, problems)
    elif row.kind in rules.STRIPS:
        _add_strip(site, row, raw, spot, problems)
    else:
        if row.kind in rules.IN_HALLS and not row.hall:
            right = problems.right("slug")
            problems.error("missing_key", spot, missing="hall", right=right)
            return
        if row.kind == "help_button" and not (row.hall or row.place) and spot.path.startswith(GIVEN):
            problems.error("nowhere", spot)  # one that is in devices.toml goes on: the hub must start
            return
        device = DeviceRow(id=row.id, kind=row.kind, place=row.place, floor=row.floor)
        site.devices.append(Placed(spot, device, row.hall))
        if row.channel:
            _take_channel(site, row, spot, problems)


def _fitting(kind: str) -> tuple[str, ...]:
    """The keys that a row of this kind may have."""
    if kind in rules.TERMINALS:
        return _TERMINAL
    if kind in rules.STRIPS:
        return _STRIP
    return _AMPLIFIER if kind == "amplifier" else _PLAIN


def _add_terminal(site: SiteWritten, row: AddedRow, spot: Spot, problems: Problems) -> None:
    """A terminal is its window's."""
    if not row.window:
        problems.error("missing_key", spot, missing="window", right=problems.right("slug"))
        return
    at = next((at for at, placed in enumerate(site.windows) if placed.row.id == row.window), -1)
    if at < 0:
        known = nearest(row.window, [placed.row.id for placed in site.windows])
        problems.error("no_window", spot, "window", value=row.window, known=known)
        return
    window_spot, window, hall = site.windows[at]
    other = getattr(window, row.kind)
    if other:
        problems.error("has_terminal", spot, "window", value=row.window, other=other)
    elif row.hall and row.hall != hall:
        problems.error("other_hall", spot, "hall", value=row.window, hall=hall)
    else:
        changed: dict[str, Any] = {row.kind: row.id}
        site.windows[at] = Placed(window_spot, msgspec.structs.replace(window, **changed), hall)


def _add_strip(site: SiteWritten, row: AddedRow, raw: Row, spot: Spot, problems: Problems) -> None:
    """The same rows as [[halls.strips]]."""
    written = {key: value for key, value in raw.items() if key in _STRIP and key != "hall"}
    strip = read_row(StripRow, written, spot, problems)
    regions = read_rows(RegionRow, rows_of(raw, "regions", spot, "x"), problems, row.hall)
    if strip:
        site.strips.append(PlacedStrip(spot, strip, row.hall, regions))


def _take_channel(site: SiteWritten, row: AddedRow, spot: Spot, problems: Problems) -> None:
    """From now on the channel plays here; the amplifier that it had is one without a channel."""
    for at, (channel_spot, channel, hall) in enumerate(site.channels):
        if channel.id == row.channel:
            site.channels[at] = Placed(channel_spot, msgspec.structs.replace(channel, amplifier=row.id), hall)
            return
    known = nearest(row.channel, [placed.row.id for placed in site.channels])
    problems.error("no_such_channel", spot, "channel", value=row.channel, known=known)
