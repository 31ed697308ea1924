"""The routes about punch clocks: which there are, who they are, who came and went."""

from typing import Annotated, Any, Protocol

import msgspec
from fastapi import FastAPI, HTTPException, Query
from pydantic import Field

from hub.api.document import tells
from hub.api.shapes.building import AttendanceView, Enrolled
from hub.api.strictness import DIGITS, Body
from hub.attendance.service import Attendance
from hub.engine.plan import Plan
from hub.engine.state import Punch, Site


class Enrolment(Body):
    """The serial number on the terminal's plate."""

    serial: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{4,32}$")]


class Running(Protocol):
    """The running hub, as far as these routes need it."""

    plan: Plan
    site: Site
    attendance: Attendance

    @property
    def attendance_port(self) -> int: ...


def add_routes(app: FastAPI, hub: Running) -> None:
    @app.get("/attendance")
    @tells(AttendanceView)
    async def terminals() -> dict[str, Any]:
        knocks = [msgspec.to_builtins(knock) for knock in hub.attendance.terminals.knocks]
        return {"port": hub.attendance_port, "terminals": hub.attendance.view(), "unknown": knocks}

    @app.get("/attendance/punches")
    @tells(list[Punch])
    async def punches(limit: Annotated[int, Query(ge=1, le=2_000), DIGITS] = 200) -> list[dict[str, Any]]:
        return [msgspec.to_builtins(punch) for punch in hub.site.punches[-limit:]]

    @app.post("/attendance/{terminal}/enrol")
    @tells(Enrolled, 404)
    def enrol(terminal: str, enrolment: Enrolment) -> dict[str, Any]:
        if terminal not in hub.plan.attendance_terminal:
            raise HTTPException(404, f"no attendance terminal {terminal} in this site; GET /attendance lists them")
        hub.attendance.terminals.enrol(terminal, enrolment.serial)
        return {"id": terminal, "serial": enrolment.serial}
