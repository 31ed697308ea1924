"""Shapes of what is told of the building: status, devices, windows, alarms, sound, updates, punch clocks."""

from typing import Any

import msgspec

from hub.api.shapes.base import Shape
from hub.attendance.terminals import Knock
from hub.engine.state import Alarm
from hub.part_tests import PartResult
from hub.presence import Seen
from hub.supervision import Log
from hub.update.rollout import Rollout, Target


class DeviceView(Seen, kw_only=True, forbid_unknown_fields=True):
    """A device. ``parts``: those in trouble, with their fault."""

    id: str
    kind: str
    label: str
    hall: str
    place: str
    floor: int
    parts: dict[str, str]


class ProvisionedView(DeviceView, kw_only=True, forbid_unknown_fields=True):
    """``board``: where its board file lies on the hub's machine."""

    board: str


class Retired(Shape):
    id: str


class BoardFiles(Shape):
    """``files``: what board.json names, in Base64."""

    board: dict[str, Any]
    files: dict[str, str]


class LogView(Log, frozen=True, forbid_unknown_fields=True):
    """The newest lines of a device's log."""

    device: str


class Located(Shape):
    """``is_shown``: it says that it shows itself."""

    device: str
    seconds: int
    is_shown: bool


class AlarmView(Alarm, kw_only=True, forbid_unknown_fields=True):
    """An alarm, and where help is needed."""

    place: str
    hall: str
    floor: int


class DeviceSign(Shape):
    id: str
    kind: str
    hall: str
    place: str
    regions: list[str]


class HallSign(Shape):
    id: str
    name: str
    name_en: str


class ServiceSign(Shape):
    id: str
    hall: str
    name: str
    prefix: str


class WindowSign(Shape):
    id: str
    hall: str
    number: int
    services: list[str]
    call_terminal: str
    evaluation_terminal: str


class ChannelSign(Shape):
    id: str
    amplifier: str
    halls: list[str]


class SiteView(Shape):
    """Names and places: what a visitor could read off the walls."""

    site: str
    halls: list[HallSign]
    services: list[ServiceSign]
    windows: list[WindowSign]
    devices: list[DeviceSign]
    channels: list[ChannelSign]


class TargetView(Target, forbid_unknown_fields=True):
    """A device of a roll-out; ``runs`` is the version that it says it runs."""

    runs: str = ""


class OutsideView(Shape):
    """A device that is no part of the roll-out although it does not run its version. ``reason``, of the catalogue:
    not heard yet since the hub began (nothing else is known then), no signed tree for board and kind, newer by hand."""

    device: str
    profile: str
    runs: str
    reason: str


class RollView(Rollout, forbid_unknown_fields=True):
    """The roll-out; ``version`` is empty when nothing was ever rolled out. ``fault``: why no tree of it can be read."""

    targets: list[TargetView]  # type: ignore[assignment]
    others: list[OutsideView] = []
    fault: str = ""


class TerminalView(Shape):
    """A punch clock of the site; ``heard_ms`` 0: never. ``drift_ms``: how far its clock is ahead, if known."""

    id: str
    hall: str
    place: str
    serial: str
    heard_ms: int
    drift_ms: int | None


class AttendanceView(Shape):
    """``port`` 0: nobody listens. ``unknown``: those that asked and that nobody enrolled."""

    port: int
    terminals: list[TerminalView]
    unknown: list[Knock]


class Enrolled(Shape):
    id: str
    serial: str


class PartLine(PartResult, frozen=True, forbid_unknown_fields=True):
    """A line of the answer: one part's test began or ended."""


class Counted(Shape):
    """Since the hub began, by reason; and the newest."""

    counts: dict[str, int]
    newest: list[dict[str, Any]]


class Online(Shape):
    online: int
    all: int


class HallView(Shape):
    """``windows``: how many, ``open`` of them; ``tickets``: of today, by state."""

    id: str
    name: str
    windows: int
    open: int
    tickets: dict[str, int]


class Fault(Shape):
    device: str
    fault: str


class PartFault(Fault):
    part: str


class LongQueue(Shape):
    service: str
    waiting: int
    limit: int


class BrokerView(msgspec.Struct, kw_only=True):
    """And what else this kind of broker tells of itself."""

    kind: str
    connected: bool
    error: str
    restarts: int


class PlatformView(msgspec.Struct, kw_only=True):
    """``url`` is empty, and nothing else is told, when there is no platform."""

    url: str
