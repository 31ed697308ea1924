"""The routes of the reports: what a day or a month was like, in figures."""

from typing import Any, Protocol

from fastapi import FastAPI, HTTPException

from hub.journal import JournalError
from hub.reports.service import NoSuchTime, Reports, Span
from hub.reports.view import By


class Running(Protocol):
    """The running hub, as far as these routes need it."""

    reports: Reports


def add_routes(app: FastAPI, hub: Running) -> None:
    """No day and no month is 422; a journal that cannot be read 503. These are not `async`: they read the disk."""

    @app.get("/reports/{span}")
    def present(span: Span, by: By = "service") -> dict[str, Any]:
        return _report(hub, span, "", by)

    @app.get("/reports/{span}/{when}")
    def past(span: Span, when: str, by: By = "service") -> dict[str, Any]:
        return _report(hub, span, when, by)


def _report(hub: Running, span: Span, when: str, by: By) -> dict[str, Any]:
    try:
        return hub.reports.of(span, when, by)
    except NoSuchTime as fault:
        raise HTTPException(422, str(fault)) from None
    except JournalError as fault:
        raise HTTPException(503, str(fault)) from None
