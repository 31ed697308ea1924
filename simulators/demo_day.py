"""One demo from switching on to the account: servers, building, people, and everything put away again."""

import asyncio
import random
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from simulators.building import Building
from simulators.demo_account import Account, Books, settle
from simulators.demo_keepsakes import Photographer, keep_sounds
from simulators.demo_look import Observer
from simulators.demo_view import View
from simulators.floor_plan import FloorPlan, read_floor_plan
from simulators.help_calls import HelpCalls, HelpManners
from simulators.hub_process import HubProcess
from simulators.pace import Pace
from simulators.platform_process import PlatformProcess
from simulators.record import Result
from simulators.scenario import Crowd, Scenario, busy_morning
from simulators.spoken import Spoken

LOOK_EVERY_S = 0.5
ONLINE_S = 60.0
REST_S = 20.0  # for what is still on its way when the people have gone
HELP_BUTTONS = 4
MOST_TICKETS = 100_000  # that the hub's API lists at once
A_DAY_MIN = 1440
PUBLIC = ""  # the hall of devices that belong to none
BUSY_AT = 0.45  # of the visitors have gone: when the pictures of a busy hall are taken


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the command line asks for. ``seconds``: after so many whoever is still there is sent home; 0 for never."""

    folder: Path
    clips: Path
    visitors: int
    speed: float
    seed: int
    broker: str
    halls: tuple[str, ...]
    seconds: float
    language: str

    @property
    def hub_folder(self) -> Path:
        return self.folder / "hub"

    @property
    def pictures(self) -> Path:
        return self.folder / "pictures"

    @property
    def sound(self) -> Path:
        return self.folder / "sound"

    def scenario(self) -> Scenario:
        """Who comes."""
        morning = busy_morning(self.visitors, self.speed, self.seed)
        limit_s = self.seconds or morning.limit_real_s
        return replace(morning, halls=self.halls, limit_real_s=limit_s)


class DemoFault(Exception):
    """The demo cannot run; the words say why and what to do."""


def build_clips(folder: Path, output: IO[str]) -> None:
    """The clip bank, with a progress bar; quick when it is there already. Raises `DemoFault`."""
    command = [sys.executable, "-m", "hub.speech.clip_bank", str(folder)]
    if subprocess.run(command, stdout=output).returncode:
        raise DemoFault(f"the clip bank in {folder} could not be built; delete it and try again")


class DemoDay:
    """Use it as an async context: what was started is stopped at its end, whatever happens."""

    def __init__(self, wishes: Wishes, view: View) -> None:
        self._wishes = wishes
        self._view = view
        self._platform = PlatformProcess(wishes.folder / "platform")
        self._hub = HubProcess(
            wishes.hub_folder,
            broker=wishes.broker,
            platform=self._platform.url,
            platform_token_file=self._platform.token_file,
        )
        self._building: Building | None = None

    async def __aenter__(self) -> "DemoDay":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._building is not None:
            await self._building.stop()
        await asyncio.to_thread(self._hub.stop)
        await asyncio.to_thread(self._platform.stop)

    async def run(self) -> Account:
        """The whole day. Raises `DemoFault`."""
        await self._start_servers()
        building = await self._switch_on(read_floor_plan(self._wishes.hub_folder / "site.json"))
        scenario = self._wishes.scenario()
        crowd = Crowd(scenario, list(building.halls.values()))
        spoken = Spoken(building, self._wishes.clips)
        observer = Observer(
            self._hub, self._platform, building, spoken, crowd.record, scenario.visitors, self._wishes.language
        )
        photographer = Photographer(building, self._wishes.pictures)
        help_calls = self._help_calls(building)
        self._view.say("demo.people", count=scenario.visitors)
        watching = asyncio.create_task(self._watch(observer, photographer))
        try:
            people, _ = await asyncio.gather(crowd.run(), help_calls.run())
            self._view.say("demo.rest")
            account = await self._settle(building, people, spoken, help_calls)
        finally:
            await _end(watching)
        self._view.show(await observer.look())
        await photographer.all("evening")
        await asyncio.to_thread(keep_sounds, spoken, self._wishes.sound, self._wishes.language)
        return account

    async def _start_servers(self) -> None:
        self._view.say("demo.servers")
        try:
            await asyncio.to_thread(self._platform.start)
            await asyncio.to_thread(self._hub.start)
        except (RuntimeError, TimeoutError, OSError) as fault:
            raise DemoFault(str(fault)) from fault

    async def _switch_on(self, plan: FloorPlan) -> Building:
        known = plan.busy_halls()
        if unknown := [hall for hall in self._wishes.halls if hall not in known]:
            raise DemoFault(f"nobody queues in a hall called {unknown[0]}; choose among " + ", ".join(known))
        building = Building(
            self._hub.boards,
            self._wishes.folder / "building",
            plan,
            only=(*self._wishes.halls, PUBLIC) if self._wishes.halls else (),
            speed=self._wishes.speed,
            clips=self._wishes.clips,
        )
        self._building = building
        self._view.say("demo.building", count=len(building.devices))
        await building.start()
        try:
            await building.all_online(ONLINE_S)
        except TimeoutError as fault:
            raise DemoFault(str(fault)) from fault
        return building

    def _help_calls(self, building: Building) -> HelpCalls:
        wishes = self._wishes
        chance = random.Random(wishes.seed)
        ids = sorted(id for id, device in building.devices.items() if device.kind == "help_button")
        pressed = chance.sample(ids, min(HELP_BUTTONS, len(ids)))
        buttons = [building.button(id) for id in pressed]
        manners = HelpManners(apart_s=wishes.scenario().arrivals_s / HELP_BUTTONS)
        return HelpCalls(buttons, self._hub, Pace(wishes.speed), manners, chance)

    async def _watch(self, observer: Observer, photographer: Photographer) -> None:
        """Look, and show what was seen; take the pictures of the rush when there is one."""
        pictures: asyncio.Task[None] | None = None
        try:
            while True:
                look = await observer.look()
                self._view.show(look)
                photographer.watch()
                if pictures is None and look.gone >= BUSY_AT * look.visitors:
                    pictures = asyncio.create_task(photographer.all("busy"))
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            if pictures is not None:
                await pictures

    async def _settle(self, building: Building, people: Result, spoken: Spoken, help_calls: HelpCalls) -> Account:
        """Until what was on its way has arrived, or it is plain that it will not."""
        deadline_s = asyncio.get_running_loop().time() + REST_S
        while True:
            account = settle(await self._books(building, people, spoken, help_calls))
            if account.agrees or asyncio.get_running_loop().time() > deadline_s:
                return account
            await asyncio.sleep(LOOK_EVERY_S)

    async def _books(self, building: Building, people: Result, spoken: Spoken, help_calls: HelpCalls) -> Books:
        left = [paper.number for hall in building.halls.values() for kiosk in hall.kiosks for paper in kiosk.left()]
        tickets: list[dict[str, Any]] = await asyncio.to_thread(self._hub.get, f"/tickets?limit={MOST_TICKETS}")
        status = await asyncio.to_thread(self._hub.get, "/status")
        alarms: list[dict[str, Any]] = await asyncio.to_thread(self._hub.get, "/alarms")
        said: list[dict[str, Any]] = await asyncio.to_thread(self._hub.get, f"/announcements?minutes={A_DAY_MIN}")
        received: dict[str, Any] = await asyncio.to_thread(self._platform.get, "/received")
        return Books(
            people=people,
            papers=(*people.tickets, *people.strays, *left),
            help_calls=help_calls,
            played=spoken.count,
            tickets=tuple(tickets),
            alarms=tuple(alarms),
            waiting_announcements=status["announcements"],
            withdrawn_announcements=sum(one["became"] == "withdrawn" for one in said),
            received=received,
            may_end_early=self._wishes.seconds > 0,
        )


async def _end(task: asyncio.Task[None]) -> None:
    """Raises what the task failed with, if it did."""
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
