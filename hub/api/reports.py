"""The routes of the reports: what a day or a month was like, in figures; and what visitors thought."""

from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeVar

from fastapi import FastAPI, HTTPException

from hub.api.document import tells
from hub.api.shapes.queue import ReportView, SatisfactionRow
from hub.api.strictness import Day
from hub.journal import JournalError
from hub.reports.service import NoSuchTime, Reports, Span
from hub.reports.view import By

Told = TypeVar("Told")


class Running(Protocol):
    """The running hub, as far as these routes need it."""

    reports: Reports


def add_routes(app: FastAPI, hub: Running) -> None:
    """No day and no month is 422; a journal that cannot be read 503. These are not `async`: they read the disk."""

    @app.get("/reports/{span}")
    @tells(ReportView, 503)
    def present(span: Span, by: By = "service") -> dict[str, Any]:
        return _told(lambda: hub.reports.of(span, "", by))

    @app.get("/reports/{span}/{when}")
    @tells(ReportView, 503)
    def past(span: Span, when: str, by: By = "service") -> dict[str, Any]:
        return _told(lambda: hub.reports.of(span, when, by))

    @app.get("/satisfaction")
    @tells(list[SatisfactionRow], 503)
    def satisfaction(
        first: Day | None = None, last: Day | None = None, by: Literal["day", "window", "service"] = "day"
    ) -> list[dict[str, Any]]:
        """From day to day, the site's today without; poor ratings' cases as they stand now."""
        return _told(lambda: hub.reports.satisfaction(first, last, by))


def _told(look: Callable[[], Told]) -> Told:
    try:
        return look()
    except NoSuchTime as fault:
        raise HTTPException(422, str(fault)) from None
    except JournalError as fault:
        raise HTTPException(503, str(fault)) from None
