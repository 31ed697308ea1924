"""What a device does about updates: takes offers, proves a new tree or takes it back, leaves safe mode.

Loaded when the hub offers an update or asks for a self-test, and on a start that is not a usual one; never else.
"""

import asyncio
import gc

from firmware.clock import now_ms
from firmware.memory import forget
from firmware.update import boot
from firmware.update import manifest as manifests
from firmware.update.manifest import UpdateRefused
from firmware.wire import topics
from firmware.wire.fields import Malformed
from firmware.wire.messages.update import SelfTest, SelfTested, ShowUpdate, UpdateReport

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def restart() -> None:
    """Start the board again; where there is no board, end the program: who started it starts it again."""
    try:
        __import__("machine").reset()
    except (ImportError, AttributeError):
        pass
    raise SystemExit(0)


class TakenBack(Exception):
    """The offer that is being followed does not stand any more. What was fetched of it stays."""


class Updater:
    """``agent`` has boot, client, role, parts, trouble, note() and see_again(); ``start``: what `boot.choose` said."""

    trial_s = 600  # a tree on trial that nobody called good by then is taken back
    safe_s = 600  # safe mode lasts so long before a normal start is tried again
    retry_s, retry_max_s = 5, 300  # the hub could not be reached, the flash did not take it
    progress_ms = 5000  # between two reports of how far it is
    goodbye_s = 1  # for the last report to leave

    def __init__(self, agent: "Any", board: "dict[str, Any]", slots: "Any", start: str) -> None:
        self.restart = restart
        self._agent = agent
        self._board = board
        self._slots = slots
        self._start = start
        self._offer: "Any" = None  # the newest ShowUpdate
        self._is_new = asyncio.Event()
        self._standing: "dict[str, Any]" = {}  # of the last report, to say it again
        self._asked = ""  # id of the newest self-test
        self._testing: "Any" = None  # the task that does it
        self._last_fault = ""
        self._reported_ms = 0

    # --- from the agent

    def received(self, name: str, payload: bytes) -> None:
        """An offer or a self-test. Raises Malformed."""
        if name == SelfTest.name:
            self._test(SelfTest.decode(payload))
        elif name == ShowUpdate.name:
            offer = ShowUpdate.decode(payload)
            if not manifests.is_digest(offer.manifest):
                raise Malformed("manifest", "SHA-256 expected")
            known = self._offer
            if not known or (offer.epoch, offer.rev) > (known.epoch, known.rev):
                self._offer = offer
                self._is_new.set()

    def let_go(self) -> None:
        """The hub took its offer back, or the line is gone: when the offer stands, it comes again with the line."""
        self._offer = None
        self._is_new.set()

    def welcomed(self) -> None:
        """Say where we stand."""
        if self._slots.state["trying"]:
            self._standing = {"stage": "trial", "manifest": self._slots.state["offer"][0]}
        if self._standing:
            self._say()

    async def run(self) -> None:
        """For ever, or until the board starts again."""
        if self._slots.state["trying"]:
            await self._trial()
        waiting = None
        if self._start == boot.SAFE:
            waiting = asyncio.create_task(self._leave_safe_mode())
        try:
            while True:
                await self._is_new.wait()
                self._is_new.clear()
                if self._offer:
                    await self._take(self._offer)
        finally:
            if waiting:
                waiting.cancel()

    # --- a tree on trial

    async def _trial(self) -> None:
        """Until it is kept; else it is taken back in time."""
        until_ms = now_ms() + self.trial_s * 1000
        while self._slots.state["trying"]:
            if now_ms() >= until_ms:
                self._slots.take_back("update.self-test" if self._last_fault else "update.unconfirmed")
                return await self._leave("taken back: " + (self._last_fault or "no self-test passed in time"))
            await asyncio.sleep(min(1, self.trial_s / 10))

    def _test(self, test: SelfTest) -> None:
        """One at a time: who asks meanwhile gets the answer to the newest question."""
        self._asked = test.id
        if not self._testing or self._testing.done():
            self._testing = asyncio.create_task(self._judge())

    async def _judge(self) -> None:
        """Role and parts say whether they can work. On trial, this is what decides."""
        try:
            from firmware.update.self_test import self_test

            fault = await self_test(self._agent)
        except Exception as error:
            fault = "self-test: %s" % (str(error) or type(error).__name__)
        if hasattr(gc, "mem_free"):
            forget("firmware.update.self_test", "drivers.probes")
        self._last_fault = (fault or self._role_trouble())[:64]
        state = self._slots.state
        if not self._last_fault and state["trying"]:
            digest = state["offer"][0]
            self._slots.keep()
            self._report("running", digest)
        tested = SelfTested(
            id=self._asked, boot=self._agent.boot, version=self._board["version"], fault=self._last_fault
        )
        self._agent.client.deliver("tested", self._topic(SelfTested), tested.encode())

    def _role_trouble(self) -> str:
        """Why the role failed lately; empty when it did not."""
        trouble, since_ms = self._agent.trouble
        is_fresh = now_ms() - since_ms < self._agent.trouble_ms
        return str(trouble) if is_fresh and trouble.startswith("role") else ""

    async def _leave_safe_mode(self) -> None:
        await asyncio.sleep(self.safe_s)
        self._slots.leave_safe_mode(boot.TRIES)
        await self._leave("one more normal start")

    # --- an offer

    async def _take(self, offer: ShowUpdate) -> None:
        """Follow it until it is installed, refused, taken back, or replaced by a newer one."""
        key = [offer.manifest, offer.epoch, offer.rev]
        wait_s = self.retry_s
        while self._offer is offer:
            state = self._slots.state
            running = self._slots.path(self._slots.running) + "/" + boot.MANIFEST
            if boot.digest_of(self._slots.disk, running) == offer.manifest.encode():
                return self._report("running", offer.manifest)
            if state["failed"][:3] == key:
                return self._report("failed", offer.manifest, reason=state["failed"][3])
            try:
                await self._install(offer)
                self._check_stands(offer)
                self._slots.begin_trial(key)
                self._report("ready", offer.manifest)
                return await self._leave("update to " + offer.version)
            except TakenBack:
                return None
            except UpdateRefused as error:
                self._slots.note_failure(key, error.code)
                self._agent.note("update " + offer.version, error.code + ": " + error.detail)
                return self._report("failed", offer.manifest, reason=error.code, detail=error.detail)
            except Exception as error:  # no hub, no space, no memory: it may be otherwise later
                detail = str(error) or type(error).__name__
                self._agent.note("update " + offer.version, detail)
                self._report("waiting", offer.manifest, reason="update.later", detail=detail)
            await self._rest(wait_s)
            wait_s = min(wait_s * 2, self.retry_max_s)

    def _check_stands(self, offer: ShowUpdate) -> None:
        if self._offer is not offer:
            raise TakenBack()

    async def _rest(self, seconds: float) -> None:
        """So long, or until there is another offer."""
        try:
            await asyncio.wait_for(self._is_new.wait(), seconds)
        except asyncio.TimeoutError:
            pass

    async def _install(self, offer: ShowUpdate) -> None:
        from firmware.update.fetch import HttpSource

        try:
            source = HttpSource(offer.url)
        except ValueError as error:
            raise UpdateRefused("update.url", str(error))
        self._report("fetching", offer.manifest)
        gc.collect()
        data = await source.small(offer.manifest, manifests.MAX_BYTES)
        signature = await source.small(offer.manifest + ".sig", 64)
        if manifests.digest(data) != offer.manifest:
            raise UpdateRefused("update.manifest", "the manifest is not the one that was offered")
        await manifests.check_signature(data, bytes(signature), self._board.get("update_key", ""))
        if hasattr(gc, "mem_free"):
            forget("firmware.update.ed25519", "firmware.update.sha512")
        manifest = manifests.read(data)
        manifests.check(manifest, self._board, self._board["version"])
        del manifest
        gc.collect()  # before it is read again, for good

        def progress(done: int, total: int) -> None:
            self._check_stands(offer)
            if now_ms() - self._reported_ms >= self.progress_ms:
                self._report("fetching", offer.manifest, done_bytes=done, total_bytes=total)

        from firmware.update.install import install  # now: the manifest needs room in one piece

        await install(self._slots, data, source, progress)

    # --- towards the hub

    def _report(self, stage: str, manifest: str, **more: "Any") -> None:
        self._standing = {"stage": stage, "manifest": manifest}
        self._standing.update(more)
        self._say()

    def _say(self) -> None:
        standing = dict(self._standing)
        standing["detail"] = standing.get("detail", "")[:160]
        report = UpdateReport(boot=self._agent.boot, version=self._board["version"], **standing)
        self._reported_ms = now_ms()
        self._agent.client.deliver("update/" + report.stage, self._topic(UpdateReport), report.encode())

    def _topic(self, message: "Any") -> str:
        return topics.up(self._board["site"], self._board["device"], message.name)

    async def _leave(self, why: str) -> None:
        """Start again, once the hub was told."""
        self._agent.note("update", why)
        await asyncio.sleep(self.goodbye_s)
        self.restart()
