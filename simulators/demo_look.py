"""What is to be seen of a running demo: in the building itself, at the hub's API and at the city platform."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

from simulators.building import Building
from simulators.floor_plan import HallSign
from simulators.hub_process import HubProcess
from simulators.platform_process import PlatformProcess
from simulators.record import Record
from simulators.sight import Sighting
from simulators.spoken import Spoken

STATES = ("waiting", "called", "serving", "finished", "passed")


@dataclass(frozen=True, kw_only=True)
class HallLook:
    """One hall. ``newest``: the call that its displays showed last; ``heard``: the words heard last."""

    name: str
    tickets: dict[str, int]  # state → how many, `STATES`
    newest: Sighting | None
    heard: str


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at everything. ``alarms``: place and state, the newest first."""

    site: str
    visitors: int
    gone: int  # visitors who went home
    online: int
    devices: int
    halls: tuple[HallLook, ...]
    alarms: tuple[tuple[str, str], ...]
    delivered: int
    behind: int
    takes: int
    calls: int
    finished: int
    played: int

    @property
    def open_alarms(self) -> int:
        return sum(state != "closed" for _, state in self.alarms)


class Observer:
    """Looks, again and again."""

    def __init__(
        self,
        hub: HubProcess,
        platform: PlatformProcess,
        building: Building,
        spoken: Spoken,
        record: Record,
        visitors: int,
        language: str,
    ) -> None:
        self._hub = hub
        self._platform = platform
        self._building = building
        self._spoken = spoken
        self._record = record
        self._visitors = visitors
        self._language = language
        self._halls = [hall for hall in building.floor_plan.halls if self._is_here(hall)]

    async def look(self) -> Look:
        """OSError when hub or platform do not answer."""
        status, alarms, counts = await asyncio.gather(
            asyncio.to_thread(self._hub.get, "/status"),
            asyncio.to_thread(self._hub.get, "/alarms"),
            asyncio.to_thread(self._platform.get, "/received/counts"),
        )
        here = self._building.status()
        tickets = {hall["id"]: hall["tickets"] for hall in status["halls"]}
        types: Counter[str] = Counter(counts["types"])
        return Look(
            site=status["name"],
            visitors=self._visitors,
            gone=self._record.outcomes.total(),
            online=here["online"],
            devices=here["devices"],
            halls=tuple(self._hall(hall, tickets[hall.id]) for hall in self._halls),
            alarms=tuple((_place(alarm), alarm["state"]) for alarm in reversed(alarms)),
            delivered=counts["records"],
            behind=status["platform"]["behind"],
            takes=types["ticket.taken"],
            calls=types["ticket.called"] + types["ticket.recalled"],
            finished=types["ticket.finished"],
            played=self._spoken.count,
        )

    def _hall(self, sign: HallSign, tickets: dict[str, int]) -> HallLook:
        hall = self._building.halls.get(sign.id)
        return HallLook(
            name=sign.name_en if self._language == "en" and sign.name_en else sign.name,
            tickets={state: tickets.get(state, 0) for state in STATES},
            newest=hall.sight.latest if hall else None,
            heard=self._spoken.in_hall(sign.id),
        )

    def _is_here(self, hall: HallSign) -> bool:
        return any(self._building.floor_plan.device[id].hall == hall.id for id in self._building.devices)


def _place(alarm: dict[str, Any]) -> str:
    return f"{alarm['floor']}F {alarm['place'] or alarm['device']}"
