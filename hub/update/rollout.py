"""A roll-out as a value: which devices should run which tree, in which order, and when it stops. No I/O, no clock.

The devices are no list made once: `want` is told again and again who runs something else, and takes in who came later.

Groups: one canary, then a tenth, then all. A group begins when every device of the ones before has finished or was away
all the time (a device that is switched off must not hold up the building; its offer waits for it), but never before a
canary is done. More failures than ``tolerate`` pause it all.
"""

from collections.abc import Collection, Mapping

import msgspec

from firmware.wire.messages.update import SelfTested, UpdateReport

WAITING, OFFERED, TRIAL, DONE, FAILED = "waiting", "offered", "trial", "done", "failed"
RUNNING, PAUSED, ABORTED, FINISHED = "running", "paused", "aborted", "finished"
BY_SELF_TEST = "update.self-test"
GOES_BACK = 2  # returns from a kept tree: the first may be a flash by hand, from the second on it does not hold here
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
    failed_ms: int = 0  # when it last failed or refused, hub's clock; 0: never
    last_reason: str = ""  # of that failure; kept when it is tried again
    last_detail: str = ""
    went_back: int = 0  # so often it was done with this tree, and came to run something else

    @property
    def is_finished(self) -> bool:
        return self.state in (DONE, FAILED)

    def holds_up(self, online: Collection[str]) -> bool:
        """Whether the next group has to wait for it."""
        return not self.is_finished and (self.is_begun or self.device in online)

    def fail(self, reason: str, detail: str, now_ms: int) -> None:
        """It did not come to run the tree; why is kept for good."""
        self.state, self.reason, self.detail = FAILED, reason, detail
        self.failed_ms, self.last_reason, self.last_detail = now_ms, reason, detail


class Rollout(msgspec.Struct):
    """``targets`` in the order of the groups. ``reason`` says why it paused."""

    version: str
    targets: list[Target]
    tolerate: int = 0  # failures
    is_forced: bool = False  # during opening hours too
    status: str = RUNNING
    reason: str = ""
    name: str = ""  # what was asked for, when that was not the version but the beginning of a tree's digest

    @property
    def asked(self) -> str:
        """The name under which its trees are found on the shelf."""
        return self.name or self.version

    def target(self, device: str) -> Target | None:
        return next((target for target in self.targets if target.device == device), None)

    @property
    def failures(self) -> int:
        return sum(target.state == FAILED for target in self.targets)


def begin(version: str, trees: Mapping[str, str], tolerate: int = 0) -> Rollout:
    """``trees``: device → manifest digest."""
    return Rollout(version, [Target(device, digest) for device, digest in trees.items()], tolerate)


def want(rollout: Rollout, behind: Mapping[str, str], now_ms: int) -> bool:
    """Who runs something else joins, or waits again although it was done; whether there is anyone. ``behind``: device →
    digest of the tree for it. What is done with is running again then."""
    joining = dict(behind)
    is_news = False
    for target in rollout.targets:
        digest = joining.pop(target.device, "")
        if digest and (target.state == DONE or (target.state == WAITING and target.digest != digest)):
            _wait_again(target, digest, now_ms)
            is_news = True
    rollout.targets += [Target(device, digest) for device, digest in joining.items()]
    is_news = is_news or bool(joining)
    if is_news and rollout.status == FINISHED:
        rollout.status = RUNNING
    return is_news


def _wait_again(target: Target, digest: str, now_ms: int) -> None:
    """For the tree of ``digest``; has failed instead when it kept that one and went back from it too often."""
    if target.digest != digest:
        target.went_back = 0
    elif target.state == DONE:
        target.went_back += 1
    target.state, target.digest = WAITING, digest
    if target.went_back >= GOES_BACK:
        target.fail("update.went-back", "", now_ms)


def leave_out(rollout: Rollout, gone: Collection[str]) -> list[Target]:
    """These devices are no part of it any more, unless they are done or on trial: those that were."""
    left = [target for target in rollout.targets if target.device in gone and target.state in (WAITING, OFFERED)]
    away = {target.device for target in left}
    rollout.targets = [target for target in rollout.targets if target.device not in away]
    return left


def hold(rollout: Rollout) -> list[Target]:
    """People are in the building: who has an offer, begun or not, waits again; those that had one. Who is on trial has
    the new tree, and is judged."""
    held = [target for target in rollout.targets if target.state == OFFERED]
    for target in held:
        target.state, target.is_begun = WAITING, False
    return held


def group_ends(count: int) -> list[int]:
    """How many devices have been offered when the first, second and third group have: 30 → [1, 4, 30]."""
    return [min(count, 1), min(count, 1 + -(-count // 10)), count]


def due(rollout: Rollout, online: Collection[str]) -> list[Target]:
    """The devices that may be offered their tree now. As long as nobody has begun, who is online comes first: a canary
    must be there. One that failed, and is tolerated, gives way to another."""
    if rollout.status != RUNNING:
        return []
    if all(target.state in (WAITING, FAILED) for target in rollout.targets):
        rollout.targets.sort(key=lambda target: (target.state == FAILED, target.device not in online))
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
    has_started = report.stage in ("trial", "running")  # just as its offer was taken back
    if report.manifest != target.digest or (target.state == WAITING and not has_started):
        return False
    before = target.state, target.reason, target.is_begun
    target.is_begun = True
    target.since_ms = now_ms
    target.done_bytes, target.total_bytes = report.done_bytes, report.total_bytes
    if report.detail or report.reason != BY_SELF_TEST:  # else what it said of its self-test stands
        target.detail = report.detail
    target.reason = report.reason
    if report.stage == "running":
        target.state = DONE
    elif report.stage == "failed":
        target.fail(report.reason, target.detail, now_ms)
    else:
        target.state = TRIAL if report.stage == "trial" else OFFERED
    return before != (target.state, target.reason, target.is_begun)


def hear_test(target: Target, tested: SelfTested) -> bool:
    """What a self-test on trial said; whether that must be kept. The tree that comes back only knows that it failed."""
    if target.state != TRIAL or target.detail == tested.fault:
        return False
    target.detail = tested.fault
    return True


def miss(rollout: Rollout, online: Collection[str], now_ms: int) -> list[Target]:
    """Who has an offer or is on trial and has been silent too long has failed: those."""
    missed = []
    for target in rollout.targets:
        if target.state in (OFFERED, TRIAL):
            if target.device not in online and not target.is_begun:
                target.since_ms = now_ms
            elif now_ms - target.since_ms > SILENT_MS:
                target.fail("update.silent", "", now_ms)
                missed.append(target)
    return missed


def judge(rollout: Rollout) -> bool:
    """Whether there are too many failures, whether all is done; whether that is news."""
    before = rollout.status
    if rollout.status == RUNNING:
        if rollout.failures > rollout.tolerate:
            rollout.status, rollout.reason = PAUSED, "update.failures"
        elif rollout.targets and all(target.is_finished for target in rollout.targets):
            rollout.status = FINISHED
    return before != rollout.status


def resume(rollout: Rollout, tolerate: int) -> None:
    """Go on: what failed is tried again."""
    for target in rollout.targets:
        if target.state == FAILED:
            target.state, target.went_back = WAITING, 0
    rollout.status, rollout.reason, rollout.tolerate = RUNNING, "", tolerate
