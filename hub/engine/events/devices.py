"""Devices and their parts: came, left, failed, recovered; the strips of all halls lit or dark."""

from hub.engine.events.event import Event


class DeviceCame(Event, frozen=True, kw_only=True):
    device: str


class DeviceLeft(Event, frozen=True, kw_only=True):
    device: str


class PartFailed(Event, frozen=True, kw_only=True):
    """``fault``: firmware.wire.messages.part.FAULTS. Also when it fails in another way than before."""

    device: str
    part: str
    fault: str


class PartRecovered(Event, frozen=True, kw_only=True):
    device: str
    part: str


class StripsLit(Event, frozen=True, kw_only=True):
    """The strips of a hall (empty: those of no hall) shine so bright from now on; 0 is black."""

    hall: str
    percent: int
