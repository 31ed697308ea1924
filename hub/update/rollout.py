"""A roll-out as a value: which devices should run which tree, in which order, and when it stops. No I/O, no clock.

Groups: one canary, then a tenth, then all. A group begins when every device of the ones before has finished or was away
all the time (a device that is switched off must not hold up the building; its offer waits for it), but never before the
canary is done. More failures than ``tolerate`` pause it all.
"""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from firmware.wire.messages.update import UpdateReport

WAITING, OFFERED, TRIAL, DONE, FAILED = "waiting", "offered", "trial", "done", "failed"
RUNNING, PAUSED, ABORTED, FINISHED = "running", "paused", "aborted", "finished"
SILENT_MS = 45 * 60 * 1000  # a device that was there, and says nothing of its update for so long, has failed


class Target(msgspec.Struct):
    """One device. ``rev`` of its newest offer; ``since_ms`` of the last news, hub's clock."""

    device: str
    digest: str
    state: str = WAITING
    rev: int = 0
    since_ms: int = 0
    done_bytes: int = 0
    total_bytes: int = 0
    is_begun: bool = False  # it has said something of this offer: when it is away now, it starts again, or is broken
    reason: str = ""
    detail: str = ""

    @property
    def is_finished(self) -> bool:
        return self.state in (DONE, FAILED)

    def holds_up(self, online: Collection[str]) -> bool:
        """Whether the next group has to wait for it."""
        return not self.is_finished and (self.is_begun or self.device in online)


class Rollout(msgspec.Struct):
    """``targets`` in the order of the groups. ``reason`` says why it paused."""

    version: str
    targets: list[Target]
    tolerate: int = 0  # failures
    is_forced: bool = False  # during opening hours too
    status: str = RUNNING
    reason: str = ""

    def target(self, device: str) -> Target | None:
        return next((target for target in self.targets if target.device == device), None)

    @property
    def failures(self) -> int:
        return sum(target.state == FAILED for target in self.targets)


def begin(version: str, trees: Iterable[tuple[str, str]], online: Collection[str], tolerate: int = 0) -> Rollout:
    """``trees``: (device, manifest digest). Those that are online come first: a canary must be there."""
    targets = [Target(device, digest) for device, digest in trees]
    targets.sort(key=lambda target: target.device not in online)
    return Rollout(version, targets, tolerate)


def group_ends(count: int) -> list[int]:
    """How many devices have been offered when the first, second and third group have: 30 → [1, 4, 30]."""
    return [min(count, 1), min(count, 1 + -(-count // 10)), count]


def due(rollout: Rollout, online: Collection[str]) -> list[Target]:
    """The devices that may be offered their tree now."""
    if rollout.status != RUNNING:
        return []
    begun = 0
    for end in group_ends(len(rollout.targets)):
        before = rollout.targets[:begun]
        if any(target.holds_up(online) for target in before):
            return []
        if before and not any(target.state == DONE for target in before):
            return []
        waiting = [target for target in rollout.targets[begun:end] if target.state == WAITING]
        if waiting:
            return waiting
        begun = end
    return []


def offer(target: Target, now_ms: int) -> None:
    """It is told now. The rev grows even when the clock went back."""
    target.state, target.reason, target.detail, target.is_begun = OFFERED, "", "", False
    target.rev = max(now_ms, target.rev + 1)
    target.since_ms = now_ms


def hear(target: Target, report: UpdateReport, now_ms: int) -> bool:
    """What the device says of its offer; whether that changes anything that must be kept."""
    if report.manifest != target.digest or target.state == WAITING:
        return False
    before = target.state, target.reason, target.is_begun
    target.is_begun = True
    target.since_ms = now_ms
    target.done_bytes, target.total_bytes = report.done_bytes, report.total_bytes
    target.reason, target.detail = report.reason, report.detail
    if report.stage == "running":
        target.state = DONE
    elif report.stage == "failed":
        target.state = FAILED
    else:
        target.state = TRIAL if report.stage == "trial" else OFFERED
    return before != (target.state, target.reason, target.is_begun)


def judge(rollout: Rollout, online: Collection[str], now_ms: int) -> bool:
    """Who has been silent too long, whether there are too many failures, whether all is done; whether that is news."""
    before = rollout.status, rollout.failures
    for target in rollout.targets:
        if target.state in (OFFERED, TRIAL):
            if target.device not in online and not target.is_begun:
                target.since_ms = now_ms
            elif now_ms - target.since_ms > SILENT_MS:
                target.state, target.reason = FAILED, "update.silent"
    if rollout.status == RUNNING:
        if rollout.failures > rollout.tolerate:
            rollout.status, rollout.reason = PAUSED, "update.failures"
        elif all(target.is_finished for target in rollout.targets):
            rollout.status = FINISHED
    return before != (rollout.status, rollout.failures)


def compare(rollout: Rollout, runs: Mapping[str, str]) -> bool:
    """A device that was done and runs something else now is not done; whether there is one. ``runs``: device → version,
    as far as known."""
    lapsed = [t for t in rollout.targets if t.state == DONE and runs.get(t.device, "") not in ("", rollout.version)]
    for target in lapsed:
        target.state = WAITING
    if lapsed and rollout.status == FINISHED:
        rollout.status = RUNNING
    return bool(lapsed)


def resume(rollout: Rollout, trees: Iterable[tuple[str, str]], tolerate: int) -> None:
    """Go on: what failed is tried again, devices that are new join at the end."""
    for target in rollout.targets:
        if target.state == FAILED:
            target.state = WAITING
    known = {target.device for target in rollout.targets}
    rollout.targets += [Target(device, digest) for device, digest in trees if device not in known]
    rollout.status, rollout.reason, rollout.tolerate = RUNNING, "", tolerate
