"""A hub's half of updates on a bench: shelf, key and count on disk, a clock to set, and what was published."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from firmware.wire.messages.update import SelfTest, ShowUpdate, UpdateReport
from hub.engine.plan import Plan
from hub.presence import Seen
from hub.update import rollout as rolls
from hub.update.build import Tree, canonical
from hub.update.roll import Roll
from hub.update.shelf import Shelf
from hub.update.sign import SigningKey
from tests.engine.small_site import small_plan

NIGHT_MS = 1795000000000 - 1795000000000 % 86_400_000 + 14 * 3_600_000  # 22:00 in the building
DAY_MS = NIGHT_MS - 10 * 3_600_000
HOUR_MS = 3_600_000


def report(target: rolls.Target, stage: str, **more: object) -> UpdateReport:
    return UpdateReport(boot="b", version="1.0.0", manifest=target.digest, stage=stage, **more)


class Bench:
    """A hub's half of updates, and what it published."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.plan: Plan = small_plan()
        self.now_ms = NIGHT_MS
        self.sent: list[tuple[str, bytes, bool]] = []  # what reached the broker
        self.is_linked = True  # else nothing does
        self.seen = {
            device.id: Seen(heard_ms=0, is_online=True, version="1.0.0", profile="virtual")
            for device in self.plan.devices
        }
        self.roll = self.restarted()

    def restarted(self) -> Roll:
        self.roll = Roll(
            self.folder,
            lambda: self.plan,
            lambda: self.seen,
            lambda topic, payload, qos, retain: self.is_linked and self.sent.append((topic, payload, retain)),
            lambda: self.now_ms,
            7,
            ("127.0.0.1", 0),
        )
        return self.roll

    def put(self, version: str = "1.1.0", profile: str = "virtual", is_signed: bool = True, **more: object) -> Tree:
        kinds = sorted({device.kind for device in self.plan.devices})
        data = b"x = 1\n"
        facts: dict[str, object] = {"version": version, "profile": profile, "kinds": kinds, "mpy": "", **more}
        facts["files"] = {"a.py": [len(data), hashlib.sha256(data).hexdigest()]}
        tree = Tree(canonical(facts), {"a.py": data})
        shelf = Shelf.of(self.folder)
        shelf.put(tree)
        if is_signed:
            shelf.sign(tree.digest, SigningKey.of(self.folder))
        return tree

    def leaves(self, *devices: str) -> None:
        for device in devices:
            self.seen[device].is_online = False

    def has_never_said_a_word(self, device: str) -> None:
        """As after a restart of the hub: whether a device is there, on which board and what it runs is not known."""
        self.seen[device] = Seen(heard_ms=0)

    def comes(self, device: str, version: str = "1.0.0", profile: str = "virtual") -> None:
        """It says hello, and the hub looks at it."""
        self.seen[device] = Seen(heard_ms=0, is_online=True, version=version, profile=profile)
        self.roll.tick()

    def at(self, now_ms: int) -> None:
        """Time has come to this."""
        self.now_ms = now_ms
        self.roll.tick()

    def finish(self) -> None:
        """Everybody who is there does what the offers say, until there are none."""
        while offered := [device for device in self.offers() if self.seen[device].is_online]:
            for device in offered:
                self.says(device, "running")

    def target(self, device: str) -> dict[str, Any]:
        """What the view says of it; empty when it is no part of the roll-out."""
        return next((row for row in self.roll.view()["targets"] if row["device"] == device), {})

    def others(self) -> dict[str, str]:
        """Who is no part of the roll-out, and why."""
        return {row["device"]: row["reason"] for row in self.roll.view()["others"]}

    def offers(self) -> dict[str, dict[str, Any]]:
        """Device → what its retained offer says now."""
        kept = {}
        for topic, payload, retain in self.sent:
            if topic.endswith(ShowUpdate.name) and retain:
                device = topic.split("/")[3]
                if payload:
                    kept[device] = json.loads(payload)
                else:
                    kept.pop(device, None)
        return kept

    def tests(self, device: str) -> int:
        return sum(topic.endswith(f"{device}/down/{SelfTest.name}") for topic, _, _ in self.sent)

    def says(self, device: str, stage: str, **more: object) -> None:
        target = self.roll.rollout and self.roll.rollout.target(device)
        assert target
        if stage in ("trial", "running"):
            self.seen[device].version = "1.1.0"
        self.roll.take(device, report(target, stage, **more))


def with_bench(folder: Path, story: Callable[[Bench], Awaitable[None]]) -> None:
    """Plays it with a bench, on whose shelf is 1.1.0 for its boards."""

    async def whole() -> None:
        bench = Bench(folder)
        bench.put()
        try:
            await story(bench)
        finally:
            await bench.roll.close()

    asyncio.run(whole())
