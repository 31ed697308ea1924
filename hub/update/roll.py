"""Rolls a version out: offers trees, asks for self-tests, keeps count on disk, and takes offers back when it stops."""

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec

from firmware.wire import topics
from firmware.wire.messages.base import Report
from firmware.wire.messages.update import SelfTest, ShowUpdate, UpdateReport
from hub.engine import hours
from hub.engine.plan import Plan
from hub.private_file import write_private
from hub.service import Service
from hub.update import rollout as rolls
from hub.update.rollout import Rollout, Target
from hub.update.server import ShelfServer
from hub.update.shelf import Release, Shelf, ShelfFault
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
        self._public = SigningKey.of(folder).public
        self._plan, self._seen, self._publish, self._clock_ms = plan, seen, publish, clock_ms
        self._epoch = epoch
        self._address = address
        self._server: ShelfServer | None = None
        self._tested_ms: dict[str, int] = {}
        self.rollout = self._load()

    # --- what a person wants

    async def begin(self, version: str, tolerate: int = 0, is_forced: bool = False) -> Rollout:
        """Begin, or go on with what is paused. Raises `RollRefused`, OSError."""
        trees = self._trees(version)
        current = self.rollout
        if current and current.status == rolls.RUNNING and current.version != version:
            raise RollRefused(f"{current.version} is being rolled out; pause or abort it first")
        if current and current.version == version and current.status != rolls.ABORTED:
            rolls.resume(current, trees, tolerate)
        else:
            if not trees:
                raise RollRefused(
                    f"no device needs {version}: each runs it, or is of a board or kind for which no signed tree of "
                    "this version is on the shelf; see hallhub update list"
                )
            current = rolls.begin(version, trees, self._online(), tolerate)
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
        for target in current.targets:
            if target.state == rolls.OFFERED:
                target.state = rolls.WAITING
                self._take_back(target)
        self._save()
        return current

    # --- what happens

    async def start(self) -> None:
        """Serve the shelf when there is something to roll out. Raises OSError."""
        if self.rollout and self.rollout.status != rolls.ABORTED and self._server is None:
            self._server = await ShelfServer(self.shelf.folder).open(*self._address)
            for target in self._open_targets():
                target.rev += 1  # it may be another port: devices must look at the offer again
            self._save()
            self.repeat()

    async def close(self) -> None:
        if self._server is not None:
            await self._server.close()
            self._server = None

    def repeat(self) -> None:
        """The broker may have forgotten what was retained, and the server may be at another port."""
        for target in self._open_targets():
            self._offer(target)

    def take(self, device: str, report: Report) -> None:
        """A report of a device."""
        target = self.rollout.target(device) if self.rollout else None
        if target is None or not isinstance(report, UpdateReport):
            return
        is_news = rolls.hear(target, report, self._clock_ms())
        if target.state == rolls.TRIAL:
            self._test(target)
        if is_news:
            if target.is_finished:
                self._take_back(target)
            self._save()
            self.tick()

    def tick(self) -> None:
        """What time brings: the next offers, further self-tests, a stop."""
        if self.rollout is None or self.rollout.status == rolls.ABORTED:
            return
        now_ms, online = self._clock_ms(), self._online()
        known = self._plan().device
        if any(target.device not in known for target in self.rollout.targets):  # retired: its topics are cleared
            self.rollout.targets = [target for target in self.rollout.targets if target.device in known]
            self._save()
        is_news = rolls.compare(self.rollout, {device: seen.version for device, seen in self._seen().items()})
        is_news = rolls.judge(self.rollout, online, now_ms) or is_news
        for target in self._open_targets():
            if target.state == rolls.TRIAL and now_ms - self._tested_ms.get(target.device, 0) >= TEST_AGAIN_MS:
                self._test(target)
        if self._server is not None and (self.rollout.is_forced or self._is_quiet(now_ms)):
            for target in rolls.due(self.rollout, online):
                rolls.offer(target, now_ms)
                self._offer(target)
                is_news = True
        if is_news:
            self._save()

    def view(self) -> dict[str, Any]:
        """For API and CLI; ``version`` is empty when nothing was ever rolled out."""
        if self.rollout is None:
            return {"version": "", "status": "", "reason": "", "targets": []}
        seen = self._seen()
        view: dict[str, Any] = msgspec.to_builtins(self.rollout)
        for target in view["targets"]:
            target["runs"] = seen[target["device"]].version if target["device"] in seen else ""
        return view

    # --- inside

    def _trees(self, version: str) -> list[tuple[str, str]]:
        """(device, digest) of those that should change, as far as they are known and there is a tree for them."""
        try:
            releases = [release for release in self.shelf.find(version) if self._is_ours(release)]
        except ShelfFault as fault:
            raise RollRefused(str(fault)) from None
        if not releases:
            raise RollRefused(f"{version} is not signed; run hallhub update sign {version}")
        seen = self._seen()
        found = []
        for device in self._plan().devices:
            known = seen.get(device.id)
            fitting = [r for r in releases if known and r.profile == known.profile and device.kind in r.kinds]
            if fitting and known and known.version != version:
                found.append((device.id, fitting[-1].digest))
        return found

    def _is_ours(self, release: Release) -> bool:
        return self.shelf.release(release.digest, self._public).is_signed

    def _current(self) -> Rollout:
        if self.rollout is None:
            raise RollRefused("nothing is being rolled out; begin with hallhub update roll")
        return self.rollout

    def _online(self) -> set[str]:
        return {device for device, seen in self._seen().items() if seen.is_online}

    def _open_targets(self) -> list[Target]:
        targets = self.rollout.targets if self.rollout else []
        return [target for target in targets if target.state in (rolls.OFFERED, rolls.TRIAL)]

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

    def _take_back(self, target: Target) -> None:
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
