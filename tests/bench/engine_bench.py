"""The engine alone: decide, evolve and react, on a realistic mix of a building's requests. No network, no disk."""

import sys
from random import Random
from time import perf_counter

from hub.engine import requests
from hub.engine.decide import decide
from hub.engine.evolve import evolve
from hub.engine.plan import Channel, Device, Hall, Plan, Region, Service, Window
from hub.engine.react import react
from hub.engine.refused import Refused
from hub.engine.requests import Request
from hub.engine.state import Site

MORNING_MS = 1_795_309_200_000  # 2026-11-22 09:00 in Zhuhai
VISITORS = 20_000


def engine_ops_per_s(plan: Plan, visitors: int = VISITORS) -> float:
    """Requests a second, each decided, evolved and reacted to: visitors take tickets, every window of the plan works.

    Per visitor: take, call, serve, finish, a rating; of ten, one is recalled and passed, one held and resumed; the
    amplifier confirms each announcement.
    """
    return _Run(plan).mix(visitors)


def take_and_call_us(plan: Plan, waiting: int = 0) -> tuple[float, float]:
    """Microseconds of one take and of one call, while ``waiting`` others wait for each service that has a window."""
    run = _Run(plan)
    for service in sorted({service for window in plan.windows for service in window.services}):
        for _ in range(waiting):
            run.ask(requests.TakeTicket(at_ms=run.tick(), by="admin", service=service))
    count = 5000
    takes = [
        requests.TakeTicket(at_ms=run.tick(), by="admin", service=run.chance.choice(window.services))
        for window in run.chance.choices(plan.windows, k=count)
    ]
    started = perf_counter()
    for take in takes:
        run.ask(take)
    take_us = (perf_counter() - started) / count * 1e6
    spent = 0.0
    called = 0
    for window in run.chance.choices(plan.windows, k=count):
        call = requests.CallNext(at_ms=run.tick(), by=window.call_terminal, window=window.id)
        started = perf_counter()
        answer = run.ask(call)
        spent += perf_counter() - started
        if not answer:
            continue
        called += 1
        ticket = run.site.windows[window.id].ticket
        run.ask(requests.PassTicket(at_ms=run.tick(), by=window.call_terminal, window=window.id, ticket=ticket))
    return take_us, spent / called * 1e6


class _Run:
    """A site that lives through a morning as fast as it can; one request a tick of ``every_ms``."""

    def __init__(self, plan: Plan, every_ms: int = 50) -> None:
        self.plan = plan
        self.site = Site()
        self.chance = Random(7)
        self.at_ms = MORNING_MS
        self.every_ms = every_ms
        self.asked = 0
        for window in plan.windows:
            self.ask(requests.OpenWindow(at_ms=self.tick(), by=window.call_terminal, window=window.id))

    def tick(self) -> int:
        self.at_ms += self.every_ms
        if self.at_ms >= MORNING_MS + 12 * 3_600_000:
            self.at_ms = MORNING_MS  # one day, however long the run
        return self.at_ms

    def ask(self, request: Request) -> bool:
        """Whether it was done and not refused."""
        self.asked += 1
        decision = decide(self.plan, self.site, request)
        if isinstance(decision, Refused):
            return False
        for event in decision:
            evolve(self.plan, self.site, event)
            react(self.plan, self.site, event)
        return True

    def mix(self, visitors: int) -> float:
        services = sorted({service for window in self.plan.windows for service in window.services})
        for _ in range(20 * len(services)):  # a hall as it is in the morning
            self.ask(requests.TakeTicket(at_ms=self.tick(), by="admin", service=self.chance.choice(services)))
        self.asked = 0
        started = perf_counter()
        for _ in range(visitors):
            self._visitor(self.chance.choice(services))
        return self.asked / (perf_counter() - started)

    def _visitor(self, service: str) -> None:
        """One comes, and one of those who wait for that service is served."""
        chance = self.chance.random()
        priority = "elderly" if chance < 0.05 else "none"
        self.ask(requests.TakeTicket(at_ms=self.tick(), by="admin", service=service, priority=priority))
        window = self.chance.choice(self.plan.windows_of_service[service])
        if not self.ask(requests.CallNext(at_ms=self.tick(), by=window.call_terminal, window=window.id)):
            return
        ticket = self.site.windows[window.id].ticket
        about = {"by": window.call_terminal, "window": window.id, "ticket": ticket}
        for verb in self._story(chance):
            self.ask(verb(at_ms=self.tick(), **about))
        for act in list(self.site.announcements):
            self.ask(requests.ConfirmAct(at_ms=self.tick(), by="admin", act=act, result="done"))
        if self.site.tickets[ticket].state == "finished" and chance < 0.6 and window.evaluation_terminal:
            about["by"] = window.evaluation_terminal
            self.ask(requests.RateService(at_ms=self.tick(), level=5, reasons=(510,), **about))

    @staticmethod
    def _story(chance: float) -> tuple[type[requests.AboutTicket], ...]:
        if chance < 0.1:
            return (requests.RecallTicket, requests.RecallTicket, requests.PassTicket)
        if chance < 0.2:
            return (requests.HoldTicket, requests.ResumeTicket, requests.ServeTicket, requests.FinishTicket)
        return (requests.ServeTicket, requests.FinishTicket)


def building(halls: int = 12, services: int = 5, windows: int = 14) -> Plan:
    """A building like Doumen's, by code: in each hall ``services`` and ``windows``; a window serves three services."""
    return Plan(
        id="bench",
        name="bench",
        halls=tuple(Hall(id=f"h{h}", name=f"hall {h}", floor=h, channel=f"pa{h}") for h in range(halls)),
        services=tuple(
            Service(id=f"h{h}-s{s}", hall=f"h{h}", name=f"service {s}", prefix=chr(65 + h) + chr(65 + s))
            for h in range(halls)
            for s in range(services)
        ),
        windows=tuple(_window(h, w, services) for h in range(halls) for w in range(windows)),
        devices=tuple(device for h in range(halls) for device in _devices(h, windows)),
        channels=tuple(Channel(id=f"pa{h}", amplifier=f"h{h}-amplifier", halls=(f"h{h}",)) for h in range(halls)),
    )


def _window(h: int, w: int, services: int) -> Window:
    return Window(
        id=f"h{h}-w{w}",
        hall=f"h{h}",
        number=w + 1,
        services=tuple(f"h{h}-s{(w + n) % services}" for n in range(3)),
        call_terminal=f"h{h}-call{w}",
        evaluation_terminal=f"h{h}-rate{w}",
    )


def _devices(h: int, windows: int) -> list[Device]:
    hall = f"h{h}"
    one_each = ("ticket_kiosk", "hall_display", "hall_display", "amplifier", "help_button")
    devices = [Device(id=f"{hall}-{kind}{n}", kind=kind, hall=hall) for n, kind in enumerate(one_each)]
    devices.append(Device(id=f"{hall}-amplifier", kind="amplifier", hall=hall))
    devices += [Device(id=f"{hall}-call{w}", kind="call_terminal", hall=hall) for w in range(windows)]
    devices += [Device(id=f"{hall}-rate{w}", kind="evaluation_terminal", hall=hall) for w in range(windows)]
    regions = tuple(Region(x=192 * w, width=192, window=f"{hall}-w{w}") for w in range(windows))
    devices.append(Device(id=f"{hall}-strip", kind="window_strip", hall=hall, regions=regions))
    return devices


def main() -> None:
    """What one request costs, in an empty hall and in one where a hundred thousand wait."""
    plan = building()
    print(f"engine_ops_per_s {engine_ops_per_s(plan):,.0f}")
    for waiting in (0, 100_000 // len(plan.services)):
        take_us, call_us = take_and_call_us(plan, waiting)
        print(f"{waiting * len(plan.services):>7,} waiting: take {take_us:.1f} µs, call {call_us:.1f} µs")


if __name__ == "__main__":
    sys.exit(main())
