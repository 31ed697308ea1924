"""The one place where the hub is wired together: site, keys, broker, journal, pipeline, performers, platform, API."""

import asyncio
import contextlib
import socket
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec

from firmware.wire import topics
from hub import config, ports, ticking
from hub.api import server, views
from hub.attendance.service import Attendance
from hub.attendance.terminals import Terminals
from hub.audit import Audit, AuditFault, Deed
from hub.audit.journal_seals import JournalSeals
from hub.backup.first_start import leave_out_numbers
from hub.broker import brokers
from hub.broker.accounts import HUB_USER, accounts
from hub.broker.base import Broker
from hub.broker.programs import BrokerFault
from hub.broker.settings import is_loopback
from hub.clips import ClipService
from hub.code_link import CodeLinks
from hub.code_page import CodePage
from hub.effects.screens import Publish, Screens
from hub.effects.speech import Speech
from hub.engine.events import Entry
from hub.engine.plan import Plan
from hub.engine.requests import Request
from hub.inbox import Inbox
from hub.journal import Journal, JournalError
from hub.leftovers import Leftovers
from hub.link import Address, Link
from hub.media import MediaService
from hub.pipeline import Pipeline
from hub.platform.service import PlatformFault, PlatformService
from hub.presence import Presence
from hub.provision import Provision, ProvisionFault
from hub.rating_desk import RatingDesk
from hub.reception import Reception
from hub.refusals import Refusals
from hub.replay import Misfit, check_clock, replay
from hub.reports.clerks import ClerkWeeks
from hub.reports.service import Reports
from hub.roster import Roster
from hub.service import Service
from hub.site_file import SiteError
from hub.sites import find
from hub.supervision import Supervision
from hub.update.roll import Roll
from hub.update.shelf import ShelfFault
from hub.update.sign import KeyFault
from hub.vault import Vault, VaultFault, Words
from hub.vault.caretaker import Caretaker
from hub.web import OpenServer, WebServer

SWITCH_S = 0.0005  # the journal's thread, back from the disk, must not wait 5 ms for the interpreter


class Hub:
    """One site's hub. ``folder`` holds its settings, keys, journal and the broker's files; `run` does everything."""

    def __init__(self, settings: config.Config, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self.started_at_ms = self.now_ms()
        if not is_loopback(settings.api.host):
            raise config.SetupError(
                f"the API may not listen on {settings.api.host}: it speaks no TLS, so anyone on that network could "
                'read its token; set host = "127.0.0.1" under [api] in hub.toml'
            )
        try:
            self.roster = Roster(folder, find(settings.site))
            self.plan = self.roster.checked().plan
            self.provision = Provision(folder, self.plan, settings.broker)
            self.journal = Journal(f"sqlite:///{folder.resolve() / 'journal.db'}", self.plan.id)
            self.journal.open()
            check_clock(self.journal, self.now_ms())
            self.site = replay(self.plan, self.journal)
            self.audit = Audit(folder, self.now_ms)
            self.vault = Vault(folder, self.now_ms, self.audit.append)
            self.words = Words(folder, self.now_ms, self.audit.append)
            self.code_links = CodeLinks(folder, settings.evaluation.url)
            terminals = Terminals(folder)
            self.provision.write_boards()
            self.broker: Broker = brokers.make(settings.broker, folder / "broker", self.provision.tls())
        except (
            SiteError,
            JournalError,
            AuditFault,
            VaultFault,
            Misfit,
            ProvisionFault,
            BrokerFault,
            ValueError,
            OSError,
        ) as fault:
            raise config.SetupError(str(fault)) from fault
        self.refusals = Refusals()
        self.presence = Presence(self.plan, self.site.online, self.now_ms())
        self._wire(terminals)

    def _wire(self, terminals: Terminals) -> None:
        loop_later = self._later
        self.link = Link(self._address(), topics.all_up(self.plan.id), self._on_message, self._on_up)
        publish = self.link.publish
        self.screens = Screens(self.plan, self.site, self.journal.epoch, publish, ticking.monotonic_ms, loop_later)
        self.speech = Speech(self.plan, self.site, publish, self.now_ms)
        self.clips = ClipService(
            self.plan,
            self.folder,
            self.settings.speech,
            self.settings.broker.host,
            publish,
            self.journal.epoch,
            self.now_ms,
        )
        self.media = MediaService(
            self.plan,
            self.folder,
            self.settings.media,
            self.settings.broker.host,
            publish,
            self.journal.epoch,
            self.now_ms,
        )
        self.screens.photo, self.screens.link = self.media.photo, self.code_links.link
        self.pipeline = Pipeline(self.plan, self.site, self.journal, [self.screens, self.speech])
        self.inbox = Inbox(
            self.plan, self.pipeline, self.presence, self.refusals, self.link, self.now_ms, self._on_hello
        )
        self.inbox.keep_words, self.inbox.forget_words = self.words.keep_of, self.words.forget
        self.inbox.links = self.code_links
        self.supervision = Supervision(self.plan.id, publish, self.now_ms)
        self.reception = Reception(self.vault, lambda: self.plan, lambda: self.site, publish, self.now_ms)
        self.inbox.showed = self.reception.showed
        rating = RatingDesk(self.code_links, self, publish)
        caretaker = Caretaker(self.vault, self.words, self.settings.vault, lambda: self.site, self._told_platform)
        self.attendance = Attendance(
            lambda: self.plan, terminals, self.journal, self.pipeline.ask, self.refusals, self.now_ms
        )
        self._punch_clocks = OpenServer(self.attendance.app())
        self.code_page = OpenServer(CodePage(self.code_links, self.words, self).app())
        self.reports = Reports(self.journal, lambda: self.plan, self.now_ms)
        self.roll = self._make_roll(publish)
        self.inbox.listeners += [self.supervision.take, self.reception.take, rating.take, self.roll.take]
        self.platform = self._make_platform()
        weeks = ClerkWeeks(self.reports.keeper, lambda: self.site, self.now_ms, self.ask)
        self.services: list[Service] = [self.screens, self.speech, self.roll, self.clips, self.media, caretaker, weeks]
        self.leftovers = Leftovers(self.plan, self.link, self.broker.is_in_force)
        self.services += [JournalSeals(self.audit, self.journal, self.now_ms), self.leftovers]
        if self.platform is not None:
            self.services.append(self.platform)
            self.pipeline.committed.append(self.platform.delivery.wake)

    async def run(self, stop: asyncio.Event, on_start: Callable[[], None] = lambda: None) -> None:
        """Until ``stop`` is set, or something that must not fail failed: then that is raised.

        ``on_start`` is called once the broker runs and the API's port is the hub's.
        """
        sys.setswitchinterval(SWITCH_S)
        with ports.listen(self.settings.api) as listening:
            await self._work(stop, on_start, listening)

    async def _work(self, stop: asyncio.Event, on_start: Callable[[], None], listening: socket.socket) -> None:
        await self._open()
        on_start()
        api = self._api()
        await leave_out_numbers(self.folder, self.pipeline, self.now_ms())
        work: list[Coroutine[Any, Any, Any]] = [
            self.pipeline.run(),
            self.link.run(),
            self.media.run(),
            self.reports.run(),
            ticking.tick(self.pipeline, self.presence, self.services, self.now_ms),
            stop.wait(),
        ]
        if self.platform is not None:
            work.append(self.platform.run())
        tasks = [asyncio.create_task(item) for item in work]
        # Not among those that are cancelled: it would leave its socket open.
        serving = asyncio.create_task(api.serve(sockets=[listening]))
        try:
            done, _ = await asyncio.wait([*tasks, serving], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            api.should_exit = True
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, serving, return_exceptions=True)
            await self._close()

    async def _open(self) -> None:
        """The broker, and all that listens beside it."""
        try:
            self.broker.set_accounts(accounts(self.plan, self.provision.password))
            await asyncio.to_thread(self.broker.start)
        except BrokerFault as fault:
            raise config.SetupError(str(fault)) from fault
        await ports.open_or_say("updates", self.settings.updates.port, self.roll.start)
        await ports.open_or_say("speech", self.settings.speech.port, self.clips.open)
        if self.settings.evaluation.url:
            await ports.open_or_say("evaluation", self.settings.evaluation.port, self.open_code_page)
        if self.plan.attendance:
            await ports.open_or_say("attendance", self.settings.attendance.port, self._open_punch_clocks)

    async def _close(self) -> None:
        """Nobody asks any more: the state is kept, then everything let go of, the broker last."""
        with contextlib.suppress(JournalError):
            await self.pipeline.save_snapshot()
        for service in self.services:
            await service.close()
        await self._punch_clocks.close()
        await self.code_page.close()
        self.pipeline.close()
        self.journal.close()
        self.words.close()
        self.reception.close()
        with contextlib.suppress(AuditFault):
            self.audit.append(Deed(who="hub", what="hub/stop"))
        self.audit.close()
        await asyncio.to_thread(self.broker.stop)

    # What the API and the inbox need

    def now_ms(self) -> int:
        """Unix time; the hub's clock is the building's."""
        return int(time.time() * 1000)

    async def ask(self, request: Request) -> Entry:
        """A request of a person at the hub; durable when it returns."""
        return await self.pipeline.ask(request)

    def status(self) -> dict[str, Any]:
        """The building at a glance."""
        broker = self.broker.health()
        counts = {**self.refusals.counts, **broker.pop("refusals")}
        newest = [*map(msgspec.to_builtins, self.refusals.newest), *map(msgspec.to_builtins, self.broker.last_refusals)]
        return {
            **views.counts(self.plan, self.site, self.presence),
            "uptime_s": (self.now_ms() - self.started_at_ms) // 1000,
            "broker": {**broker, "connected": self.link.is_up, "error": self.link.last_error},
            "platform": self.platform_status(),
            "doubles": self.inbox.doubles.views(self.broker.takeovers),
            "refusals": {"counts": counts, "newest": sorted(newest, key=lambda refusal: refusal["at_ms"])},
        }

    @property
    def attendance_port(self) -> int:
        """Where punch clocks report; 0 when nobody listens."""
        return self._punch_clocks.port

    def platform_status(self) -> dict[str, Any]:
        """How far the city platform has been told; ``url`` is empty when there is none."""
        return self.platform.status() if self.platform is not None else {"url": ""}

    # What the roster needs

    def take_plan(self, plan: Plan) -> None:
        """The devices changed: everything that knows them is told; their screens follow with the next round."""
        self.plan = self.pipeline.plan = plan
        self.presence.take_plan(plan, self.now_ms())
        self.inbox.take_plan(plan)
        for service in self.services:
            service.take_plan(plan)
        self.pipeline.poke()

    async def take_accounts(self) -> None:
        """Keys and board files follow the plan, and the broker's accounts follow them."""
        await asyncio.to_thread(self.provision.take_plan, self.plan)
        await asyncio.to_thread(self.broker.set_accounts, accounts(self.plan, self.provision.password))

    def forget_boards(self, device: str) -> None:
        """Whichever board says hello as ``device`` next is the first one."""
        self.inbox.doubles.forget(device)

    # Wiring

    def _on_message(self, topic: str, payload: bytes, receipt: Any) -> None:
        self.inbox.take(topic, payload, receipt)

    def _on_up(self) -> None:
        """The broker may have forgotten everything: show and say all of it anew."""
        for service in self.services:
            service.repeat()
        self.pipeline.poke()

    def _on_hello(self, device: str) -> None:
        self.speech.repeat(device)
        self.pipeline.poke()

    def _later(self, ms: int) -> None:
        asyncio.get_running_loop().call_later(ms / 1000, self.pipeline.poke)

    def _address(self) -> Address:
        broker = self.settings.broker
        tls, certificate = self.provision.tls(), self.provision.hub_certificate()
        return Address(
            host=broker.host,
            port=broker.port,
            user=HUB_USER,
            password=self.provision.password(HUB_USER),
            ca=str(tls.ca) if tls else "",
            certificate=str(certificate.certificate) if certificate else "",
            key=str(certificate.key) if certificate else "",
        )

    async def open_code_page(self) -> None:
        """On loopback, for the hall's gateway to reach."""
        await self.code_page.open("127.0.0.1", self.settings.evaluation.port)

    async def _open_punch_clocks(self) -> None:
        await self._punch_clocks.open(self.settings.broker.host, self.settings.attendance.port)

    def _api(self) -> WebServer:
        return WebServer(server.make(self, self.provision.admin_token()))

    def _make_roll(self, publish: Publish) -> Roll:
        address = self.settings.broker.host, self.settings.updates.port
        try:
            return Roll(
                self.folder,
                lambda: self.plan,
                lambda: self.presence.seen,
                publish,
                self.now_ms,
                self.journal.epoch,
                address,
            )
        except (KeyFault, ShelfFault, ValueError, OSError) as fault:
            raise config.SetupError(str(fault)) from fault

    def _told_platform(self) -> int:
        """Up to which position the platform has been told; all, when there is none."""
        return self.platform.delivery.position if self.platform is not None else self.site.position

    def _make_platform(self) -> PlatformService | None:
        settings = self.settings.platform
        if not settings.url:
            return None
        try:
            return PlatformService(
                settings, self.folder, self.journal, self.vault, lambda: self.plan, self.ask, self.now_ms
            )
        except PlatformFault as fault:
            raise config.SetupError(str(fault)) from fault
