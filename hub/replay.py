"""Replay: the state that the journal tells, at a start; and whether site file and clock still fit it."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from hub.engine.evolve import apply
from hub.engine.plan import Plan
from hub.engine.state import Site
from hub.journal import Journal

AT_ONCE = 5000  # entries


CLOCK_SLACK_MS = 10 * 60_000


class Misfit(Exception):
    """Site file or clock do not fit what the journal tells; says what, and what to do."""


def replay(plan: Plan, journal: Journal) -> Site:
    """The newest snapshot, then every later entry through `evolve`. Raises `Misfit`, `JournalError`."""
    saved = journal.snapshot()
    site = msgspec.json.decode(saved[1], type=Site) if saved else Site()
    while entries := journal.entries(site.position, AT_ONCE):
        for entry in entries:
            try:
                apply(plan, site, entry)
            except KeyError as missing:
                raise Misfit(
                    f"journal entry {entry.position} speaks of {missing}, which the site file lacks; "
                    "put it back into the site file until the day has turned"
                ) from None
    missing_ids = sorted(set(_missing(plan, site)))
    if missing_ids:
        raise Misfit(
            f"the site file lacks {', '.join(missing_ids)}, of which today's journal still speaks; "
            "put it back into the site file until the day has turned and its alarms are closed"
        )
    return site


def check_clock(journal: Journal, now_ms: int) -> None:
    """A machine whose clock has gone back would number tickets in days that are over. Raises `Misfit`."""
    newest = journal.entries(journal.position - 1, 1)
    if newest and newest[0].at_ms > now_ms + CLOCK_SLACK_MS:
        then, now = (datetime.fromtimestamp(ms / 1000).isoformat(" ", "minutes") for ms in (newest[0].at_ms, now_ms))
        raise Misfit(
            f"this machine's clock says {now}, but the journal's newest entry is of {then}; "
            "set the clock (a time server keeps it right), then start again"
        )


def _missing(plan: Plan, site: Site) -> Iterator[str]:
    """Ids that the open day uses and the plan does not have."""
    for ticket in site.tickets.values():
        if ticket.service not in plan.service:
            yield f"service {ticket.service}"
        if ticket.window and ticket.window not in plan.window:
            yield f"window {ticket.window}"
    for id, window in site.windows.items():
        if id not in plan.window and window.state != "closed":
            yield f"window {id}"
    for alarm in site.alarms.values():
        if alarm.state != "closed" and alarm.device not in plan.device:
            yield f"help button {alarm.device}"
    for announcement in site.announcements.values():
        if announcement.channel not in plan.channel:
            yield f"channel {announcement.channel}"
