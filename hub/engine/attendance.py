"""Attendance: who came and went, as the punch clocks say. The newest punches stay in the state, all in the journal."""

from hub.engine import refused
from hub.engine.events import StaffPunched
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import NotePunch
from hub.engine.state import Punch, Site

KEPT = 2_000


def note(plan: Plan, site: Site, request: NotePunch) -> tuple[StaffPunched] | Refused:
    """A clock sends again what was not acknowledged: its origin in the journal keeps that from counting twice."""
    if request.by not in plan.attendance_terminal:
        return refused.TERMINAL_UNKNOWN
    return (
        StaffPunched(
            at_ms=request.at_ms,
            terminal=request.by,
            badge=request.badge,
            punched_at_ms=request.punched_at_ms,
            state=request.state,
            verified_by=request.verified_by,
            drift_ms=request.drift_ms,
        ),
    )


def punched(plan: Plan, site: Site, event: StaffPunched) -> None:
    site.punches.append(
        Punch(
            terminal=event.terminal,
            badge=event.badge,
            punched_at_ms=event.punched_at_ms,
            state=event.state,
            drift_ms=event.drift_ms,
        )
    )
    del site.punches[:-KEPT]


DECIDES = {NotePunch: note}
EVOLVES = {StaffPunched: punched}
