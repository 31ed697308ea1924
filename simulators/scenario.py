"""Scenarios: so many people, in these halls, at this pace; and how it ended."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from simulators.clerks import Clerk, ClerkManners, Shift
from simulators.furniture import Hall
from simulators.pace import Pace
from simulators.record import Record, Result
from simulators.visitors import Visitor, VisitorManners


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Everything that makes one run what it is; the same seed makes the same people.

    ``arrivals_s``: felt seconds in which they all arrive, at random (a Poisson process with its count given).
    ``service_mix``: service id → weight; a service that is not named weighs 1.
    """

    name: str
    visitors: int
    speed: float
    arrivals_s: float
    halls: tuple[str, ...] = ()  # none: every hall where people queue
    seed: int = 20261122
    service_mix: dict[str, float] = field(default_factory=dict)
    visitor_manners: VisitorManners = field(default_factory=VisitorManners)
    clerk_manners: ClerkManners = field(default_factory=ClerkManners)
    limit_real_s: float = 600.0  # whoever is still there then is unserved


def three_halls(halls: Sequence[str], seed: int = 20261122) -> Scenario:
    """200 visitors through three halls in less than a minute of real time."""
    return Scenario(
        name="three halls",
        visitors=200,
        speed=150.0,
        arrivals_s=1800.0,
        halls=tuple(halls),
        seed=seed,
        clerk_manners=ClerkManners(serving_s=120.0),
        limit_real_s=120.0,
    )


def busy_morning(visitors: int = 600, speed: float = 75.0, seed: int = 20261122) -> Scenario:
    """The demo: the whole building on a morning when somebody comes every five seconds."""
    return Scenario(
        name="busy morning",
        visitors=visitors,
        speed=speed,
        arrivals_s=5.0 * visitors,
        seed=seed,
        clerk_manners=ClerkManners(serving_s=420.0),
        limit_real_s=max(600.0, 20000.0 / speed),
    )


class Crowd:
    """The people of one scenario in the halls of a building. ``run()`` once."""

    def __init__(self, scenario: Scenario, halls: Sequence[Hall]) -> None:
        if not halls:
            raise ValueError("no hall with a kiosk and a staffed window; check the halls of scenario " + scenario.name)
        self.scenario = scenario
        self.record = Record()
        self._halls = halls
        self._pace = Pace(scenario.speed)
        self._chance = random.Random(scenario.seed)
        self._shift = Shift()

    async def run(self) -> Result:
        """Everybody comes, and goes home; whoever is still there at the time limit is unserved."""
        started = time.monotonic()
        is_complete = True
        try:
            async with asyncio.timeout(self.scenario.limit_real_s), asyncio.TaskGroup() as group:
                staff = [group.create_task(clerk.work()) for clerk in self._staff()]
                public = [group.create_task(self._arrive(at_s, person)) for at_s, person in self._public()]
                await asyncio.gather(*public)
                self._shift.end()
                await asyncio.gather(*staff)
        except TimeoutError:
            is_complete = False
        took_s = time.monotonic() - started
        return self.record.result(self.scenario.name, self.scenario.visitors, is_complete, took_s)

    def _staff(self) -> list[Clerk]:
        return [
            Clerk(window, self._shift, self._pace, self.scenario.clerk_manners, self.record, self._someone())
            for hall in self._halls
            for window in hall.windows.values()
        ]

    def _public(self) -> list[tuple[float, Visitor]]:
        """When each comes, and who it is. Halls with more windows draw more people."""
        arrivals_s = sorted(self._chance.uniform(0, self.scenario.arrivals_s) for _ in range(self.scenario.visitors))
        weights = [len(hall.windows) for hall in self._halls]
        people = []
        for id, at_s in enumerate(arrivals_s):
            hall = self._chance.choices(self._halls, weights)[0]
            mix = [self.scenario.service_mix.get(service, 1.0) for service in hall.services]
            service = self._chance.choices(hall.services, mix)[0]
            manners = self.scenario.visitor_manners
            person = Visitor(id, hall, service, self._pace, manners, self.record, self._someone())
            people.append((at_s, person))
        return people

    def _someone(self) -> random.Random:
        """A temper of one's own, so that nobody's choices hang on who happened to be quicker."""
        return random.Random(self._chance.getrandbits(64))

    async def _arrive(self, at_s: float, person: Visitor) -> None:
        await self._pace.spend(at_s)
        await person.visit()
