"""The routes of the calendar: which days are closed, which worked, whatever the site file says."""

from typing import Annotated, Any, Literal, Protocol

import msgspec
from fastapi import FastAPI, HTTPException
from pydantic import Field

from hub import roster
from hub.api.document import tells
from hub.api.shapes.queue import CalendarView
from hub.api.strictness import Body, Day
from hub.calendar_file import Calendar, CalendarError
from hub.roster import Roster

MOST_DAYS = 100  # of one call
Change = Literal["close", "work", "clear"]
_CHANGES = {"close": Calendar.closed, "work": Calendar.worked, "clear": Calendar.without}


class Days(Body):
    """Local days."""

    days: Annotated[list[Day], Field(min_length=1, max_length=MOST_DAYS)]


class Running(roster.Running, Protocol):
    """The running hub, as far as these routes need it."""

    roster: Roster


def add_routes(app: FastAPI, hub: Running) -> None:
    """Too many days are 422."""

    @app.get("/calendar")
    @tells(CalendarView)
    async def calendar() -> dict[str, Any]:
        return _view(hub)

    @app.post("/calendar/{change}")
    @tells(CalendarView)
    async def change_days(change: Change, given: Days) -> dict[str, Any]:
        try:
            await hub.roster.use_calendar(hub, lambda calendar: _CHANGES[change](calendar, given.days))
        except CalendarError as fault:
            raise HTTPException(422, str(fault)) from None
        return _view(hub)


def _view(hub: Running) -> dict[str, Any]:
    """What was changed here, and all that holds."""
    holds = {"holidays": hub.plan.holidays, "extra_days": hub.plan.extra_days}
    return {"changed": msgspec.to_builtins(hub.roster.calendar), **msgspec.to_builtins(holds)}
