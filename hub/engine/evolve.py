"""Evolve: what an event makes of the site. The only code that changes it; replaying the journal is this alone."""

from collections.abc import Callable
from typing import Any

from hub.engine.events import Entry, Event, Origin, RequestRefused
from hub.engine.plan import Plan
from hub.engine.state import Site
from hub.engine.subjects import SUBJECTS

BOOTS_KEPT = 8  # lives of a device whose requests may still arrive again


def _nothing(plan: Plan, site: Site, event: RequestRefused) -> None:
    """Remembered by the journal and by `Site.heard`, so that it is not reconsidered."""


_EVOLVES: dict[type[Event], Callable[[Plan, Site, Any], None]] = {
    RequestRefused: _nothing,
    **{event: rule for subject in SUBJECTS for event, rule in subject.EVOLVES.items()},
}


def evolve(plan: Plan, site: Site, event: Event) -> None:
    """Change ``site`` as the event says. KeyError when the event cannot have happened here."""
    _EVOLVES[type(event)](plan, site, event)


def apply(plan: Plan, site: Site, entry: Entry) -> None:
    """One line of the journal: its events, whose request it was, and its position."""
    for event in entry.events:
        _EVOLVES[type(event)](plan, site, event)
    if entry.origin is not None:
        hear(site, entry.origin)
    site.position = entry.position


def hear(site: Site, origin: Origin) -> None:
    """Remember that this request is done, for the newest lives of its device."""
    boots = site.heard.setdefault(origin.device, {})
    if origin.seq > boots.get(origin.boot, 0):
        boots[origin.boot] = origin.seq
    while len(boots) > BOOTS_KEPT:
        del boots[next(iter(boots))]
