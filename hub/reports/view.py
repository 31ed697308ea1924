"""View: the figures of some days as the API tells them, in all and by service, window, clerk or hall."""

from typing import Any, Literal

from hub.engine.plan import Plan
from hub.reports.figures import COUNTS, AlarmFigures, Day, Figures, Key
from hub.reports.sketch import Sketch

By = Literal["service", "window", "staff", "hall"]
BUSIEST = 3  # hours
_CHARTED = ("name", "name_en", "taken")


def report(plan: Plan, days: list[Day], by: By) -> dict[str, Any]:
    """``days`` in order. Durations are told in s, shares in percent; null where nothing was there to measure."""
    whole = Day()
    for day in days:
        whole.merge(day)
    total = whole.total()
    return {
        "by": by,
        "days": [{"day": _dashed(day.day), **_row(day.total())} for day in days],
        "total": _row(total),
        "rows": _rows(plan, whole, by),
        "services": [{name: row[name] for name in _CHARTED} for row in _rows(plan, whole, "service")],
        "hours": _hours(total),
        "busiest": sorted(sorted(total.hours, key=lambda hour: -total.hours[hour])[:BUSIEST]),
        "alarms": [_alarm(plan, device, figures) for device, figures in sorted(whole.alarms.items())],
    }


def _rows(plan: Plan, day: Day, by: By) -> list[dict[str, Any]]:
    """In the order of the site file; what it does not know any more follows, by its id."""
    groups: dict[str, Figures] = {}
    for key, figures in day.cells.items():
        groups.setdefault(_group(plan, key, by), Figures()).merge(figures)
    known: dict[By, list[str]] = {
        "service": list(plan.service),
        "window": list(plan.window),
        "hall": list(plan.hall),
        "staff": list(plan.member),
    }
    order = {id: at for at, id in enumerate(known[by])}
    ids = sorted((id for id in groups if id), key=lambda id: (order.get(id, len(order)), id))
    rows = [{"id": id, **_names(plan, id, by), **_row(groups[id])} for id in ids]
    return [*rows, {"id": "", "name": "", "name_en": "", **_row(groups[""])}] if "" in groups else rows


def _group(plan: Plan, key: Key, by: By) -> str:
    service, window, staff = key
    if by == "hall":
        known = plan.service.get(service)
        return known.hall if known else ""
    return {"service": service, "window": window, "staff": staff}[by]


def _names(plan: Plan, id: str, by: By) -> dict[str, str]:
    if by == "window":
        window = plan.window.get(id)
        hall = plan.hall[window.hall] if window else None
        if window is None or hall is None:
            return {"name": id, "name_en": id}
        return {"name": f"{hall.name} {window.number}", "name_en": f"{hall.name_en or hall.name} {window.number}"}
    if by == "staff":
        member = plan.member.get(id)
        name = f"{id} {member.name}".strip() if member else id
        return {"name": name, "name_en": name}
    known = plan.service.get(id) if by == "service" else plan.hall.get(id)
    return {"name": known.name, "name_en": known.name_en or known.name} if known else {"name": id, "name_en": id}


def _row(figures: Figures) -> dict[str, Any]:
    return {
        **{name: getattr(figures, name) for name in COUNTS},
        "wait": _times(figures.waits),
        "stay": _times(figures.stays),
        "levels": figures.levels,
        "rated": figures.rated,
        **figures.rates(),
    }


def _times(sketch: Sketch) -> dict[str, Any]:
    """Mean exact, percentiles within 2 %."""
    figures = {"mean_s": sketch.mean_s(), "p50_s": sketch.quantile_s(0.5), "p90_s": sketch.quantile_s(0.9)}
    return {"count": sketch.count, **{name: _rounded(value) for name, value in figures.items()}}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _hours(total: Figures) -> list[dict[str, Any]]:
    """From the first to the last hour in which somebody took a ticket."""
    if not total.hours:
        return []
    return [
        {
            "hour": hour,
            "taken": total.hours.get(hour, 0),
            "wait_mean_s": _mean_s(total.hour_waits_ms.get(hour, 0), total.hour_waits.get(hour, 0)),
        }
        for hour in range(min(total.hours), max(total.hours) + 1)
    ]


def _mean_s(sum_ms: int, count: int) -> float | None:
    return round(sum_ms / count / 1000, 1) if count else None


def _alarm(plan: Plan, id: str, figures: AlarmFigures) -> dict[str, Any]:
    device = plan.device.get(id)
    return {
        "device": id,
        "place": device.place if device else "",
        "raised": figures.raised,
        "tampered": figures.tampered,
        "answered": _times(figures.answers),
        "closed": _times(figures.ends),
    }


def satisfaction(days: list[Day], by: Literal["day", "window", "service"]) -> list[dict[str, Any]]:
    """The same figures, as far as they are about ratings; a row where something was rendered or rated."""
    groups: dict[str, Figures] = {}
    for day in days:
        for key, figures in day.cells.items():
            service, window, _ = key
            name = {"day": _dashed(day.day), "window": window, "service": service}[by]
            groups.setdefault(name, Figures()).merge(figures)
    rows = ((name, groups[name]) for name in sorted(groups))
    return [_rated(name, figures) for name, figures in rows if figures.rendered or figures.rated or figures.defaults]


def _rated(name: str, figures: Figures) -> dict[str, Any]:
    counts = ("rendered", "rated", "poor", "levels", "defaults", "known", "contacted", "replied", "overdue")
    return {
        "name": name,
        **{count: getattr(figures, count) for count in counts},
        "invalid": figures.voided,
        **figures.rates(),
    }


def _dashed(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"
