"""The account of a demo: what people hold in their hands, what the hub knows and what the platform got must agree."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from simulators.help_calls import HelpCalls
from simulators.record import Result

FINAL = ("ticket.finished", "ticket.passed", "ticket.expired")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing counted in three places."""

    spot: int  # by those who were there
    hub: int
    platform: int

    @property
    def agrees(self) -> bool:
        return self.spot == self.hub == self.platform


@dataclass(frozen=True, kw_only=True)
class Account:
    """``troubles``: what does not agree, in words for people who mend it; empty when all is well."""

    visitors: int
    unserved: int
    tickets: Row
    finished: Row
    passed: Row
    rated: Row
    alarms: Row
    announcements: Row
    records: int
    doubles: int
    lost: int
    is_complete: bool
    took_s: float
    troubles: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return not self.troubles

    def to_json(self, **more: Any) -> str:
        """One JSON object."""
        return json.dumps({"agrees": self.agrees, **asdict(self), **more}, ensure_ascii=False)


@dataclass(frozen=True, kw_only=True)
class Books:
    """What was found when everything had come to rest.

    ``papers``: every number that a printer let fall. ``tickets`` and ``alarms``: the hub's lists.
    ``waiting_announcements``: those that the hub still wants played; ``withdrawn_announcements``: those that were no
    longer true before they were heard. ``received``: the platform's whole record.
    ``may_end_early``: whoever was still there at the time limit was meant to be sent home.
    """

    people: Result
    papers: tuple[str, ...]
    help_calls: HelpCalls
    played: int
    tickets: tuple[dict[str, Any], ...]
    alarms: tuple[dict[str, Any], ...]
    waiting_announcements: int
    withdrawn_announcements: int
    received: dict[str, Any]
    may_end_early: bool


def settle(books: Books) -> Account:
    """Compare."""
    people, types = books.people, Counter[str](books.received["types"])
    states = Counter(ticket["state"] for ticket in books.tickets)
    rows = {
        "tickets": Row(spot=len(set(books.papers)), hub=len(books.tickets), platform=types["ticket.taken"]),
        "finished": Row(spot=people.finished, hub=states["finished"], platform=types["ticket.finished"]),
        "passed": Row(spot=people.passed + people.gave_up, hub=states["passed"], platform=types["ticket.passed"]),
        "rated": Row(
            spot=people.rated,
            hub=sum(service["level"] > 0 for ticket in books.tickets for service in ticket["rendered"]),
            platform=types["service.rated"],
        ),
        "alarms": Row(
            spot=books.help_calls.closed,
            hub=sum(alarm["state"] == "closed" for alarm in books.alarms),
            platform=types["alarm.closed"],
        ),
        "announcements": _announcements(books, types),
    }
    doubled, lost = tuple(_doubled(books)), tuple(_lost(books))
    troubles = [*doubled, *lost, *books.help_calls.troubles, *_platform_troubles(books.received)]
    troubles += _unserved(books)
    troubles += [f"{name}: {_told(row)}" for name, row in rows.items() if not _may_be(name, row, people.is_complete)]
    return Account(
        visitors=people.visitors,
        unserved=people.unserved,
        **rows,
        records=books.received["records"],
        doubles=len(doubled),
        lost=len(lost),
        is_complete=people.is_complete,
        took_s=people.took_s,
        troubles=tuple(troubles),
    )


def _announcements(books: Books, types: "Counter[str]") -> Row:
    """Each call, recall and resume is announced once, unless it was withdrawn; one that waits is not yet heard."""
    asked = types["ticket.called"] + types["ticket.recalled"] + types["ticket.resumed"] - books.withdrawn_announcements
    return Row(spot=books.played, hub=asked - books.waiting_announcements, platform=asked)


def _may_be(name: str, row: Row, is_complete: bool) -> bool:
    """A rating is sometimes thanked for when its visitor has turned away. People who are sent home early do not see how
    their errand ends, and who left without being called is not passed yet."""
    if name == "rated" or (name == "finished" and not is_complete):
        return row.spot <= row.hub == row.platform
    if name == "passed" and not is_complete:
        return row.hub == row.platform
    return row.agrees


def _told(row: Row) -> str:
    return f"{row.spot} on the spot, {row.hub} in the hub, {row.platform} at the platform"


def _doubled(books: Books) -> Iterable[str]:
    yield from books.people.doubles
    yield from (f"{number} was printed for two" for number, times in Counter(books.people.tickets).items() if times > 1)
    for ticket, types in books.received["tickets"].items():
        if sum(type in FINAL for type in types) > 1 or types.count("ticket.taken") > 1:
            yield f"{ticket} ended twice at the platform: " + ", ".join(types)


def _lost(books: Books) -> Iterable[str]:
    in_hub = {ticket["number"]: ticket["id"] for ticket in books.tickets}
    yield from (f"{number} is on paper, the hub does not know it" for number in set(books.papers) - set(in_hub))
    yield from (f"{number} is in the hub, no paper fell" for number in set(in_hub) - set(books.papers))
    at_platform = books.received["tickets"]
    yield from (f"{id} is in the hub, not at the platform" for id in in_hub.values() if id not in at_platform)


def _unserved(books: Books) -> Iterable[str]:
    people = books.people
    if people.no_ticket:
        yield f"{people.no_ticket} visitors got no ticket"
    if people.unserved and not books.may_end_early:
        yield f"{people.unserved} visitors were still there when the time was up"


def _platform_troubles(received: dict[str, Any]) -> Iterable[str]:
    for name in ("duplicates", "out_of_order", "rejected"):
        if received[name]:
            yield f"{received[name]} records {name.replace('_', ' ')} at the platform"
