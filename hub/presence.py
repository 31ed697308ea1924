"""Presence: which devices are there, judged by heartbeats and last wills together. Kept in memory; time is an argument.

A last will is believed at once, but wills die with a broker, so silence is believed too: after `MISSES` heartbeats
that did not come the device is away, whatever its retained state says. Any word from the device brings it back.
"""

import msgspec

from firmware.kinds import KINDS
from firmware.wire.messages.base import Report
from firmware.wire.messages.device import Heartbeat, Hello, State
from hub.engine.plan import Device, Plan
from hub.engine.requests import NoteDevice

MISSES = 3


class Seen(msgspec.Struct):
    """What a device last said of itself."""

    heard_ms: int  # hub's clock; when anything was last heard
    is_online: bool = False
    boot: str = ""
    version: str = ""
    profile: str = ""
    uptime_s: int = 0
    heap_free: int = 0
    waiting: int = 0
    errors: int = 0
    fault: str = ""
    reset_cause: str = ""
    reconnects: int = 0
    drop: str = ""
    answer_ms: int = 0
    signal_dbm: int = 0


class Presence:
    """The devices of one site. At the start each has the benefit of the doubt for as long as it may be silent."""

    def __init__(self, plan: Plan, online: dict[str, bool], now_ms: int) -> None:
        self._patience_ms = _patience_ms(plan)
        self.seen = {
            device.id: Seen(heard_ms=now_ms, is_online=online.get(device.id, False)) for device in plan.devices
        }

    def take_plan(self, plan: Plan, now_ms: int) -> None:
        """The devices changed: those that are gone are forgotten, new ones have not come yet."""
        self._patience_ms = _patience_ms(plan)
        self.seen = {device.id: self.seen.get(device.id) or Seen(heard_ms=now_ms) for device in plan.devices}

    def take(self, device: Device, report: Report, now_ms: int) -> NoteDevice | None:
        """Notes a report; gives the request to make when the device thereby came or left."""
        seen = self.seen[device.id]
        if isinstance(report, State):
            if not report.online and report.boot == seen.boot:
                return self._turn(device.id, False, now_ms)
            return None  # retained "online" may be old: a hello or heartbeat proves it
        if isinstance(report, Hello):
            seen.boot, seen.version, seen.uptime_s = report.boot, report.version, 0
            seen.reset_cause, seen.profile = report.reset_cause, report.profile
        elif isinstance(report, Heartbeat):
            seen.boot, seen.version, seen.profile = report.boot, report.version, report.profile
            seen.uptime_s, seen.heap_free = report.uptime_s, report.heap_free
            seen.waiting, seen.errors, seen.fault = report.waiting, report.errors, report.fault
            seen.reset_cause, seen.reconnects, seen.drop = report.reset_cause, report.reconnects, report.drop
            seen.answer_ms, seen.signal_dbm = report.answer_ms, report.signal_dbm
        return self.heard(device.id, now_ms)

    def heard(self, device: str, now_ms: int) -> NoteDevice | None:
        """Anything from a device proves that it lives."""
        self.seen[device].heard_ms = now_ms
        return self._turn(device, True, now_ms)

    def overdue(self, now_ms: int) -> list[NoteDevice]:
        """The devices whose silence has lasted too long, as requests to note that they left."""
        late = [
            id for id, seen in self.seen.items() if seen.is_online and now_ms - seen.heard_ms > self._patience_ms[id]
        ]
        return [note for id in late if (note := self._turn(id, False, now_ms))]

    def clock_was_set(self, by_ms: int) -> None:
        """The hub's clock jumped: each silence is still as long as it was."""
        for seen in self.seen.values():
            seen.heard_ms += by_ms

    def _turn(self, device: str, is_online: bool, now_ms: int) -> NoteDevice | None:
        seen = self.seen[device]
        if seen.is_online == is_online:
            return None
        seen.is_online = is_online
        return NoteDevice(at_ms=now_ms, by="hub", device=device, is_online=is_online)


def patience_ms(device: Device) -> int:
    """For how long a device may be silent."""
    return MISSES * KINDS[device.kind].heartbeat_s * 1000


def _patience_ms(plan: Plan) -> dict[str, int]:
    return {device.id: patience_ms(device) for device in plan.devices}
