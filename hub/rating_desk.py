"""Rating desk: a kiosk shows what a paper says, and is told which services of its ticket may be rated.

Nothing changes by asking, and nothing of the question is kept. The rating itself comes as a request, with the code that
is given here: a ticket's number alone, which everybody heard, rates nothing.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from firmware.wire import topics
from firmware.wire.messages.base import Report
from firmware.wire.messages.rating import RatableService, RatingFind, RatingFound
from hub.code_link import CodeLinks, is_bare
from hub.effects.shorten import MAX_LABEL, shorten
from hub.engine import rendered
from hub.engine.plan import Plan
from hub.engine.state import Site
from hub.per_minute import PerMinute

PER_KIOSK = 20  # papers that are none, in a minute
MOST = 4  # services told at once; when they are rated the others follow
MAX_LABEL_EN = 60
TOO_LATE_DAYS = 31  # so long ago a number that was typed is known, to say that it is too late

Publish = Callable[[str, bytes], None]


class Running(Protocol):
    """The running hub, as far as the desk needs it; plan and site change."""

    plan: Plan
    site: Site

    def now_ms(self) -> int: ...


class RatingDesk:
    """``clock_s`` is monotonic."""

    def __init__(
        self, links: CodeLinks, hub: Running, publish: Publish, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._links = links
        self._hub = hub
        self._publish = publish
        self._wrong = PerMinute(clock_s)

    def take(self, device: str, report: Report) -> None:
        """A listener of the inbox: answers the questions among the reports."""
        if not isinstance(report, RatingFind):
            return
        if self._wrong.count_of(device) >= PER_KIOSK:
            found = RatingFound(boot=report.boot, ask=report.ask, result="often")
        else:
            found = found_of(self._hub.plan, self._hub.site, self._links, report, self._hub.now_ms())
            if found.result == "unknown":
                self._wrong.add(device)
        self._publish(topics.down(self._hub.plan.id, device, RatingFound.name), found.encode())


def found_of(plan: Plan, site: Site, links: CodeLinks, asked: RatingFind, at_ms: int) -> RatingFound:
    """The answer."""
    ticket = links.shown(asked.text, _days(plan, at_ms))
    if not ticket:
        return RatingFound(boot=asked.boot, ask=asked.ask, result="no_code" if is_bare(asked.text) else "unknown")
    known = rendered.find(site, ticket)
    services = [
        RatableService(
            nth=nth,
            label=shorten(plan.service[one.service].name, MAX_LABEL),
            label_en=shorten(plan.service[one.service].name_en, MAX_LABEL_EN),
            window=plan.window[one.window].number,
        )
        for nth, one in (rendered.unrated(known) if known else ())
        if one.service in plan.service and one.window in plan.window
    ][:MOST]
    return RatingFound(
        boot=asked.boot,
        ask=asked.ask,
        result="found" if services else rendered.why_none(known),
        number=ticket.partition("-")[2],
        code=links.token(ticket) if services else "",
        services=services,
    )


def _days(plan: Plan, at_ms: int) -> list[str]:
    """Today and the days before it, the newest first."""
    today = datetime.fromtimestamp(at_ms / 1000, UTC) + timedelta(minutes=plan.settings.utc_offset_min)
    return [(today - timedelta(days=ago)).strftime("%Y%m%d") for ago in range(TOO_LATE_DAYS + 1)]
