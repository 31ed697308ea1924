"""Rolls a version out: offers trees, asks for self-tests, keeps count on disk, and takes offers back when it stops."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec

from firmware.wire import topics
from firmware.wire.messages.base import Report
from firmware.wire.messages.update import SelfTest, SelfTested, ShowUpdate, UpdateReport
from hub.engine import hours
from hub.engine.plan import Plan
from hub.private_file import write_private
from hub.service import Service
from hub.update import fitting
from hub.update import rollout as rolls
from hub.update.fitting import Fitting
from hub.update.rollout import Rollout, Target
from hub.update.server import ShelfServer
from hub.update.shelf import Shelf
from hub.update.sign import SigningKey

TEST_AGAIN_MS = 20_000
QUIET_FROM_H, QUIET_TO_H = 19, 7  # by the building's clock, where the site tells no opening hours
BEFORE_OPENING_MS = 60 * 60_000  # nothing is begun so shortly before visitors come


class RollRefused(Exception):
    """A roll-out cannot begin; the words say what to do."""


class Seen(Protocol):
    """What presence knows of a device."""

    is_online: bool
    version: str
    profile: str


class Roll(Service):
    """One roll-out at a time. ``plan`` and ``seen`` are asked when needed; ``publish`` is the link's."""

    def __init__(
        self,
        folder: Path,
        plan: Callable[[], Plan],
        seen: Callable[[], Mapping[str, Seen]],
        publish: Callable[[str, bytes, int, bool], None],
        clock_ms: Callable[[], int],
        epoch: int,
        address: tuple[str, int],
    ) -> None:
        self._file = folder / "updates" / "rollout.json"
        self.shelf = Shelf.of(folder)
        self._fitting = Fitting(self.shelf, SigningKey.of(folder).public)
        self._plan, self._seen, self._publish, self._clock_ms = plan, seen, publish, clock_ms
        self._epoch = epoch
        self._address = address
        self._server: ShelfServer | None = None
        self._tested_ms: dict[str, int] = {}
        self.rollout = self._load()

    # --- what a person wants

    async def begin(self, name: str, tolerate: int = 0, is_forced: bool = False) -> Rollout:
        """Begin, or go on with what is paused. ``name``: a version, or the beginning of a tree's digest. Raises
        `RollRefused`, OSError."""
        current = self.rollout
        if current and current.status == rolls.RUNNING and current.asked != name:
            raise RollRefused(f"{current.asked} is being rolled out; pause or abort it first")
        self._fitting.look(name, is_fresh=True)
        if self._fitting.fault:
            raise RollRefused(self._fitting.fault)
        version = self._fitting.releases[-1].version
        if current and current.asked == name and current.status != rolls.ABORTED:
            rolls.resume(current, tolerate)
        else:
            if current:
                self._take_back(rolls.hold(current))
            current = rolls.begin(version, self._first_trees(name, version), tolerate)
            current.name = name if name != version else ""
        current.is_forced = is_forced
        self.rollout = current
        self._save()
        await self.start()
        self.tick()
        return current

    def pause(self) -> Rollout:
        """No further offers; who has one finishes. Raises `RollRefused`."""
        current = self._current()
        if current.status == rolls.RUNNING:
            current.status, current.reason = rolls.PAUSED, "update.by-hand"
            self._save()
        return current

    def abort(self) -> Rollout:
        """Take back every offer that is not done. Devices on trial finish as their self-test decides."""
        current = self._current()
        current.status = rolls.ABORTED
        self._take_back(rolls.hold(current))
        self._save()
        return current

    # --- what happens

    async def start(self) -> None:
        """Serve the shelf when there is something to roll out. Raises OSError."""
        if self.rollout and self.rollout.status != rolls.ABORTED and self._server is None:
            self._server = await ShelfServer(self.shelf.folder).open(*self._address)
            for target in self._targets(rolls.OFFERED, rolls.TRIAL):
                target.since_ms = self._clock_ms()  # before that nobody listened
                if target.state == rolls.OFFERED:  # who is on trial has fetched it all
                    target.rev += 1  # it may be another port: devices must look at the offer again
            self._save()
            self.repeat()

    async def close(self) -> None:
        if self._server is not None:
            await self._server.close()
            self._server = None

    def repeat(self) -> None:
        """The broker may have forgotten what was retained, or still have what was taken back while it was away."""
        if self.rollout is None:
            return
        if self._hold(self._clock_ms()):
            self._save()
        for target in self.rollout.targets:
            if target.state in (rolls.OFFERED, rolls.TRIAL):
                self._offer(target)
            elif target.rev:
                self._take_back([target])

    def take(self, device: str, report: Report) -> None:
        """A report of a device."""
        target = self.rollout.target(device) if self.rollout else None
        if target is not None and isinstance(report, SelfTested) and rolls.hear_test(target, report):
            self._save()
        if target is None or not isinstance(report, UpdateReport):
            return
        is_news = rolls.hear(target, report, self._clock_ms())
        if target.state == rolls.TRIAL:
            self._test(target)
        if is_news:
            if target.is_finished:
                self._take_back([target])
            self._save()
            self.tick()

    def tick(self) -> None:
        """What time brings: who joins, the next offers, further self-tests, a stop. Costs a look at each device."""
        if self.rollout is None or self.rollout.status == rolls.ABORTED:
            return
        now_ms, online = self._clock_ms(), self._online()
        is_news = self._compare()
        is_news = self._hold(now_ms) or is_news
        missed = rolls.miss(self.rollout, online, now_ms)
        self._take_back(missed)
        is_news = rolls.judge(self.rollout) or bool(missed) or is_news
        for target in self._targets(rolls.TRIAL):
            if now_ms - self._tested_ms.get(target.device, 0) >= TEST_AGAIN_MS:
                self._test(target)
        due = rolls.due(self.rollout, online) if self._server is not None else []
        if due and self._may_begin(now_ms):
            for target in due:
                rolls.offer(target, now_ms)
                self._offer(target)
            is_news = True
        if is_news:
            self._save()

    def view(self) -> dict[str, Any]:
        """For API and CLI; ``version`` is empty when nothing was ever rolled out."""
        if self.rollout is None:
            return {"version": "", "status": "", "reason": "", "targets": [], "others": [], "fault": ""}
        seen = self._seen()
        view: dict[str, Any] = msgspec.to_builtins(self.rollout)
        for target in view["targets"]:
            target["runs"] = seen[target["device"]].version if target["device"] in seen else ""
        view["others"] = self._others(self.rollout) if self.rollout.status != rolls.ABORTED else []
        view["fault"] = self._fitting.fault
        return view

    # --- inside

    def _first_trees(self, name: str, version: str) -> dict[str, str]:
        """Device → digest of those that should change; a digest names a tree: who runs another one of its version
        should, too. Raises `RollRefused` when nobody will."""
        standings = self._standings(name, version)
        behind = (fitting.BEHIND,) if name == version else (fitting.BEHIND, fitting.RIGHT)
        trees = self._trees([device for device, standing in standings.items() if standing in behind])
        if not trees and fitting.UNHEARD not in standings.values():
            raise RollRefused(
                f"no device needs {version}: each runs it, or a newer one (update build --downgrade-from allows to go "
                "back), or is of a board or kind for which no signed tree of this version is on the shelf; see "
                "hallhub update list"
            )
        return trees

    def _standings(self, name: str, version: str) -> dict[str, str]:
        """Device → how it stands to ``version``, whose trees go by ``name``."""
        self._fitting.look(name)
        seen = self._seen()
        return {
            device.id: self._fitting.standing(seen[device.id].profile, device.kind, seen[device.id].version, version)
            for device in self._plan().devices
            if device.id in seen
        }

    def _others(self, rollout: Rollout) -> list[dict[str, str]]:
        """Who does not run the version and is no part of it, and why."""
        seen = self._seen()
        targets = {target.device for target in rollout.targets}
        return [
            {"device": device, "profile": seen[device].profile, "runs": seen[device].version, "reason": standing}
            for device, standing in self._standings(rollout.asked, rollout.version).items()
            if device not in targets and standing not in (fitting.RIGHT, fitting.BEHIND)
        ]

    def _trees(self, devices: Iterable[str]) -> dict[str, str]:
        """Device → digest of the tree for it, where there is one."""
        seen, plan = self._seen(), self._plan()
        found = {device: self._fitting.tree(seen[device].profile, plan.device[device].kind) for device in devices}
        return {device: tree.digest for device, tree in found.items() if tree}

    def _compare(self) -> bool:
        """What each device reports against what it should run; whether that changed anything."""
        assert self.rollout
        known = self._plan().device
        retired = {target.device for target in self.rollout.targets} - known.keys()  # its topics are cleared
        self.rollout.targets = [target for target in self.rollout.targets if target.device in known]
        if self.rollout.status == rolls.PAUSED:
            return bool(retired)
        standings = self._standings(self.rollout.asked, self.rollout.version)
        newer = rolls.leave_out(self.rollout, {id for id, standing in standings.items() if standing == fitting.NEWER})
        self._take_back(newer)
        behind = self._trees([device for device, standing in standings.items() if standing == fitting.BEHIND])
        return rolls.want(self.rollout, behind, self._clock_ms()) or bool(newer or retired)

    def _hold(self, now_ms: int) -> bool:
        """In opening hours nobody has an offer, unless forced; whether anybody had."""
        if not self._targets(rolls.OFFERED) or self._may_begin(now_ms):
            return False
        assert self.rollout
        self._take_back(rolls.hold(self.rollout))
        return True

    def _may_begin(self, now_ms: int) -> bool:
        return self.rollout is not None and (self.rollout.is_forced or self._is_quiet(now_ms))

    def _current(self) -> Rollout:
        if self.rollout is None:
            raise RollRefused("nothing is being rolled out; begin with hallhub update roll")
        return self.rollout

    def _online(self) -> set[str]:
        return {device for device, seen in self._seen().items() if seen.is_online}

    def _targets(self, *states: str) -> list[Target]:
        return [target for target in self.rollout.targets if target.state in states] if self.rollout else []

    def _is_quiet(self, now_ms: int) -> bool:
        plan = self._plan()
        if hours.is_known(plan):
            opens_ms = hours.next_change_ms(plan, now_ms)
            return not hours.is_open(plan, now_ms) and (opens_ms is None or opens_ms - now_ms > BEFORE_OPENING_MS)
        hour = (now_ms // 60_000 + plan.settings.utc_offset_min) // 60 % 24
        return hour >= QUIET_FROM_H or hour < QUIET_TO_H

    def _offer(self, target: Target) -> None:
        if self._server is None or self.rollout is None:
            return
        show = ShowUpdate(
            epoch=self._epoch,
            rev=target.rev,
            version=self.rollout.version,
            url=self._server.url(self._address[0]),
            manifest=target.digest,
        )
        self._publish(self._topic(target, ShowUpdate.name), show.encode(), 1, True)

    def _take_back(self, targets: Iterable[Target]) -> None:
        for target in targets:
            self._publish(self._topic(target, ShowUpdate.name), b"", 1, True)

    def _test(self, target: Target) -> None:
        self._tested_ms[target.device] = self._clock_ms()
        test = SelfTest(id=secrets.token_hex(8))
        self._publish(self._topic(target, SelfTest.name), test.encode(), 1, False)

    def _topic(self, target: Target, name: str) -> str:
        return topics.down(self._plan().id, target.device, name)

    def _load(self) -> Rollout | None:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Rollout)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError as fault:
            raise ValueError(f"{self._file}: {fault}; delete it and begin the roll-out again") from None

    def _save(self) -> None:
        write_private(self._file, msgspec.json.encode(self.rollout))
