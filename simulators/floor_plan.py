"""What the signs in the building say: its halls, services, windows and devices, read from ``site.json``.

The hub writes the file beside the board files. It holds names and places only, no state and no secrets:

    {"site": "doumen",
     "halls":    [{"id": "justice", "name": "司法服务厅", "name_en": "Justice"}],
     "services": [{"id": "notary", "hall": "justice", "name": "公证", "prefix": "A"}],
     "windows":  [{"id": "justice-1", "hall": "justice", "number": 1, "services": ["notary"],
                   "call_terminal": "call-justice-1", "evaluation_terminal": "rate-justice-1"}],
     "devices":  [{"id": "strip-justice", "kind": "window_strip", "hall": "justice",
                   "regions": ["justice-1", ""]}],
     "channels": [{"id": "justice", "amplifier": "amp-justice", "halls": ["justice"]}]}
"""

from functools import cached_property
from pathlib import Path

import msgspec


class HallSign(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str = ""
    name_en: str = ""


class ServiceSign(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    hall: str
    name: str = ""


class WindowSign(msgspec.Struct, frozen=True, kw_only=True):
    """``number`` is what hangs over the counter; the terminals are empty where there are none."""

    id: str
    hall: str
    number: int
    services: tuple[str, ...]
    call_terminal: str = ""
    evaluation_terminal: str = ""


class DeviceSign(msgspec.Struct, frozen=True, kw_only=True):
    """``regions``: for a strip, the window under each of its regions; empty for one without a window."""

    id: str
    kind: str
    hall: str = ""
    regions: tuple[str, ...] = ()


class ChannelSign(msgspec.Struct, frozen=True, kw_only=True):
    """In which halls an amplifier is heard."""

    id: str
    amplifier: str
    halls: tuple[str, ...] = ()


class FloorPlan(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The whole building. Keys that are not declared here are ignored."""

    site: str = ""
    halls: tuple[HallSign, ...]
    services: tuple[ServiceSign, ...]
    windows: tuple[WindowSign, ...]
    devices: tuple[DeviceSign, ...]
    channels: tuple[ChannelSign, ...] = ()

    @cached_property
    def device(self) -> dict[str, DeviceSign]:
        return {device.id: device for device in self.devices}

    @cached_property
    def window(self) -> dict[str, WindowSign]:
        return {window.id: window for window in self.windows}

    def devices_in(self, hall: str, kind: str) -> list[DeviceSign]:
        """The devices of a kind in a hall, in the order of the file."""
        return [device for device in self.devices if device.hall == hall and device.kind == kind]

    def windows_in(self, hall: str) -> list[WindowSign]:
        """The windows of a hall, in the order of the file."""
        return [window for window in self.windows if window.hall == hall]

    def services_in(self, hall: str) -> list[ServiceSign]:
        """The services of a hall that somebody serves, in the order of the file."""
        served = {service for window in self.windows_in(hall) for service in window.services}
        return [service for service in self.services if service.hall == hall and service.id in served]

    def heard_in(self, halls: frozenset[str]) -> set[str]:
        """The amplifiers that are heard in any of ``halls``; one may hang in another hall."""
        return {channel.amplifier for channel in self.channels if halls.intersection(channel.halls)}

    def busy_halls(self) -> list[str]:
        """The halls that have a kiosk and a window with a call terminal: those where people queue."""
        return [
            hall.id
            for hall in self.halls
            if self.devices_in(hall.id, "ticket_kiosk") and any(w.call_terminal for w in self.windows_in(hall.id))
        ]


def read_floor_plan(path: Path) -> FloorPlan:
    """The plan in ``path``. Raises ValueError that names the file and the key when it does not say what it should."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=FloorPlan)
    except msgspec.DecodeError as error:
        raise ValueError(f"{path}: {error}; let the hub write it again (`hallhub up` does)") from error
