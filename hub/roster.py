"""Roster: which devices there are, changed while the hub runs: site.toml, with devices.toml laid over it.

Each change is checked against the whole site before anything happens; then devices.toml is written, the hub is told the
new plan, and the broker the new accounts. Nobody is disconnected but whose key changed or went. When the broker does
not answer, the change is made all the same, and is in force when it does: never half.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import structs

from hub import calendar_file, policy_file
from hub.calendar_file import Calendar
from hub.engine.plan import Device, Plan
from hub.engine.requests import NoteDevice, Request
from hub.engine.state import Site
from hub.engine.turns import Policy
from hub.leftovers import Leftovers
from hub.private_file import write_private
from hub.provision import Provision
from hub.provision.merge import Given, load_merged
from hub.provision.overlay import FILE, Overlay, Row, read_overlay, write_overlay
from hub.site_file import Checked, load


class UnknownDevice(LookupError):
    """No device of this id."""


class Forbidden(ValueError):
    """A rule said no; the text is a key of the catalogue without ``refused.``."""


class Running(Protocol):
    """The running hub, as far as the roster needs it."""

    plan: Plan
    site: Site
    provision: Provision
    leftovers: Leftovers

    def now_ms(self) -> int: ...

    async def ask(self, request: Request) -> Any: ...

    def take_plan(self, plan: Plan) -> None: ...

    async def take_accounts(self) -> None: ...

    def forget_boards(self, device: str) -> None: ...


class Roster:
    """``folder`` is the hub's, ``site_file`` the path of site.toml. Raises `SiteError`, `CalendarError` or
    `PolicyError` when one of the files is wrong."""

    def __init__(self, folder: Path, site_file: Path) -> None:
        self.file = folder / FILE
        self._site_file = site_file
        self._overlay, self._text = read_overlay(self.file)
        self._lock = asyncio.Lock()  # one change after the other
        self._folder = folder
        self.calendar = calendar_file.load(folder)
        self._policy = Policy()
        self._policy = policy_file.load(self.checked().plan, folder)

    def checked(self) -> Checked:
        """The site as it is now."""
        return self._merged(self._overlay)

    async def add(self, hub: Running, given: Sequence[Given], language: str = "zh") -> list[str]:
        """All of these devices or none; their ids. An id alone brings a retired device of the site file back.

        Raises `SiteError` with every fault, `BrokerFault` when the broker did not take the accounts.
        """
        async with self._lock:
            overlay, rows = self._overlay, []
            for item in given:
                id = item.row.get("id")
                if item.row.keys() == {"id"} and id in self._overlay.retired:
                    overlay = overlay.restored(id)
                else:
                    rows.append(item)
            checked = await asyncio.to_thread(self._merged, overlay, rows, language)
            self._keep(overlay.with_added([item.row for item in rows]))
            hub.take_plan(checked.plan)
            await hub.take_accounts()
            return [str(item.row["id"]) for item in given]

    async def new_key(self, hub: Running, device: str) -> None:
        """A new key and certificate: the old ones are refused from now on, and whoever came with them is sent away.

        What was known of its boards is forgotten, so that a new board in the place of the old one is the first one.
        """
        async with self._lock:
            _known(hub, device)
            hub.provision.forget(device)
            try:
                await hub.take_accounts()
            finally:
                hub.forget_boards(device)

    async def retire(self, hub: Running, device: str, language: str = "zh") -> None:
        """It is no device any more: sent away, its key void, what it showed and what it said of itself cleared.

        Raises `Forbidden` while its alarm is open, `SiteError` when the site cannot be without it.
        """
        async with self._lock:
            row = _known(hub, device)
            _has_no_alarm(hub, device)
            own = await asyncio.to_thread(load, self._site_file)
            overlay = self._overlay.without(device, device in own.device)
            checked = await asyncio.to_thread(self._merged, overlay, (), language)
            await hub.ask(NoteDevice(at_ms=hub.now_ms(), by="hub", device=device, is_online=False))
            _has_no_alarm(hub, device)  # from here to the new plan nothing else can happen
            self._keep(overlay)
            hub.take_plan(checked.plan)
            try:
                await hub.take_accounts()
            finally:
                hub.forget_boards(device)
                hub.leftovers.clear(row)  # its last will, too: it was sent away, or will be

    async def use_policy(self, hub: Running, text: str) -> Policy:
        """From now on calls go by these rules; kept in policy.toml. Raises `PolicyError` with every fault."""
        async with self._lock:
            policy = policy_file.read(hub.plan, text)
            await asyncio.to_thread(write_private, self._folder / policy_file.FILE, text.encode())
            self._policy = policy
            hub.take_plan(structs.replace(hub.plan, policy=policy))
            return policy

    async def use_calendar(self, hub: Running, change: Callable[[Calendar], Calendar]) -> Calendar:
        """From now on other days are closed or worked; kept in calendar.toml. Raises `CalendarError`."""
        async with self._lock:
            calendar = change(self.calendar)
            await asyncio.to_thread(calendar_file.save, self._folder, calendar)
            self.calendar = calendar
            checked = await asyncio.to_thread(self._merged, self._overlay)
            hub.take_plan(checked.plan)
            return calendar

    def _merged(self, overlay: Overlay, given: Sequence[Given] = (), language: str = "zh") -> Checked:
        checked = load_merged(self._site_file, self.file, overlay, self._text, given, language)
        plan = self.calendar.over(structs.replace(checked.plan, policy=self._policy))
        return structs.replace(checked, plan=plan)

    def _keep(self, overlay: Overlay) -> None:
        self._text = write_overlay(self.file, overlay)
        self._overlay = overlay


def _known(hub: Running, device: str) -> Device:
    if device not in hub.plan.device:
        raise UnknownDevice(device)
    return hub.plan.device[device]


def _has_no_alarm(hub: Running, device: str) -> None:
    """The journal still speaks of it until the alarm is closed."""
    if any(alarm.device == device and alarm.state != "closed" for alarm in hub.site.alarms.values()):
        raise Forbidden("device.alarm_open")


__all__ = ["Forbidden", "Given", "Roster", "Row", "UnknownDevice"]
