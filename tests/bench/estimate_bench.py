"""How wrong the estimated waiting time is: simulated days of the whole building, what was told against what came."""

from math import exp, log
from random import Random
from statistics import fmean

from hub.engine import estimate, places
from hub.engine.events import DayTurned, TicketTaken
from hub.engine.plan import Plan, Service
from hub.engine.state import Site
from hub.trial.day import Day, Leg, Shift, Visitor
from hub.trial.simulate import live

MORNING_MS = 1_795_309_200_000  # 2026-11-22 09:00 in Zhuhai
MINUTE_MS = 60_000
SECTIONS = ((0, 180), (300, 480))  # minutes after 09:00
SPREAD = 0.6  # of the logarithm of service times
DAYS = 3


def estimate_error_min(plan: Plan, days: int = DAYS) -> tuple[float, float]:
    """(mean error, mean wait) in minutes over all who were called, on days with different loads and clerks."""
    errors, waits = [], []
    for seed in range(days):
        told: dict[str, int] = {}
        waited = live(plan, simulated_day(plan, Random(seed)), _teller(plan, told))
        called = [ticket for ticket in told if ticket in waited]
        errors += [abs(told[ticket] * 1000 - waited[ticket]) / MINUTE_MS for ticket in called]
        waits += [waited[ticket] / MINUTE_MS for ticket in called]
    return fmean(errors), fmean(waits)


def _teller(plan: Plan, told: dict[str, int]):
    def joined(site: Site, ticket: str, at_ms: int) -> None:
        found = site.tickets[ticket]
        wait_s = estimate.wait_s(plan, site, found.service, places.ahead_of(site, found), at_ms)
        if wait_s is not None:
            told[ticket] = wait_s

    return joined


def simulated_day(plan: Plan, chance: Random) -> Day:
    """Two sections; four of five windows staffed, with breaks; services at 60 to 95 % of what their windows can do."""
    shifts = [shift for window in plan.windows for shift in _shifts(window.id, chance)]
    staffed = {shift.window for shift in shifts}
    visitors = []
    for service in plan.services:
        windows = [window for window in plan.windows_of_service[service.id] if window.id in staffed]
        share = sum(1 / len(window.services) for window in windows)
        if share:
            visitors += _visitors(service, share * chance.uniform(0.6, 0.95), chance)
    visitors.sort(key=lambda visitor: visitor.taken.at_ms)
    turned = DayTurned(at_ms=MORNING_MS - 9 * 60 * MINUTE_MS, day="20261122", ends_at_ms=MORNING_MS + 900 * MINUTE_MS)
    return Day(turned, visitors, shifts)


def _shifts(window: str, chance: Random) -> list[Shift]:
    if chance.random() < 0.2:
        return []
    found = []
    for start, end in SECTIONS:
        pause = chance.uniform(start + 30, end - 40)
        cuts = ((start, pause), (pause + chance.uniform(5, 20), end + 60))  # who waits at the end is still served
        for a, b in cuts:
            found.append(Shift(window, MORNING_MS + int(a * MINUTE_MS), MORNING_MS + int(b * MINUTE_MS)))
    return found


def _visitors(service: Service, load: float, chance: Random) -> list[Visitor]:
    """Most come early in each section."""
    mean_min = chance.uniform(3, 12)
    found: list[Visitor] = []
    for start, end in SECTIONS:
        minute = start + chance.expovariate(1.0) * 2
        while minute < end - 15:
            at_ms = MORNING_MS + int(minute * MINUTE_MS)
            serial = len(found) + 1
            number = f"{service.prefix}{serial:03d}"
            priority = "elderly" if chance.random() < 0.08 else "none"
            taken = TicketTaken(
                at_ms=at_ms,
                ticket=f"20261122-{service.id}-{number}",
                number=number,
                serial=serial,
                service=service.id,
                kiosk="bench",
                priority=priority,
            )
            took_min = exp(chance.gauss(log(mean_min) - SPREAD**2 / 2, SPREAD))
            found.append(Visitor(taken, [Leg(service.id, int(took_min * MINUTE_MS))]))
            rush = 1.4 if minute - start < (end - start) / 3 else 0.8
            minute += chance.expovariate(load * rush / mean_min)
    return found
