"""Old rules against new on the same day: how long people waited, by service and by kind of visitor."""

import msgspec

from hub.engine.plan import Plan
from hub.engine.turns import Policy
from hub.trial.day import Day, Visitor
from hub.trial.simulate import live


class Row(msgspec.Struct, frozen=True):
    """Minutes waited, (p50, p90); None where nobody was called. ``recorded`` is what really happened."""

    service: str
    kind: str
    tickets: int
    recorded: tuple[float, float] | None
    old: tuple[float, float] | None
    new: tuple[float, float] | None
    old_called: int
    new_called: int


def compare(plan: Plan, day: Day, new: Policy) -> list[Row]:
    """A row per service and kind, then one per kind over all services (``service`` empty)."""
    recorded = {v.taken.ticket: v.recorded_ms for v in day.visitors if v.recorded_ms is not None}
    runs = recorded, live(plan, day), live(msgspec.structs.replace(plan, policy=new), day)
    groups: dict[tuple[str, str], list[Visitor]] = {}
    for visitor in day.visitors:
        groups.setdefault((visitor.taken.service, visitor.kind), []).append(visitor)
        groups.setdefault(("", visitor.kind), []).append(visitor)
    order = {service.id: place for place, service in enumerate(plan.services)}
    keys = sorted(groups, key=lambda key: (not key[0], order.get(key[0], 0), key[1]))
    return [_row(key, groups[key], runs) for key in keys]


def _row(key: tuple[str, str], visitors: list[Visitor], runs: tuple[dict[str, int], ...]) -> Row:
    waits = [[run[v.taken.ticket] for v in visitors if v.taken.ticket in run] for run in runs]
    recorded, old, new = (_quantiles(own) for own in waits)
    return Row(key[0], key[1], len(visitors), recorded, old, new, len(waits[1]), len(waits[2]))


def _quantiles(waits_ms: list[int]) -> tuple[float, float] | None:
    if not waits_ms:
        return None
    ordered = sorted(waits_ms)
    return tuple(round(ordered[int(part * (len(ordered) - 1))] / 60_000, 1) for part in (0.5, 0.9))  # type: ignore[return-value]
