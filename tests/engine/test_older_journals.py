"""What an earlier program wrote, entries and snapshot, is read by this one, and the day goes on."""

import json
from pathlib import Path

import msgspec

from hub.engine.events import Entry
from hub.engine.evolve import apply
from hub.engine.state import Site
from tests.engine.hall_day import PLAIN, HallDay, picture

OLD = json.loads((Path(__file__).parent.parent / "golden" / "day_of_0_1.json").read_text(encoding="utf-8"))


def replayed() -> HallDay:
    """The morning out of the old entries."""
    day = HallDay()
    for entry in msgspec.convert(OLD["journal"], list[Entry]):
        apply(day.plan, day.site, entry)
        day.journal.append(entry)
        day.at_ms = entry.at_ms
    return day


def from_snapshot() -> HallDay:
    day = replayed()
    day.site = msgspec.convert(OLD["snapshot"], Site)
    return day


def test_entries_and_snapshot_tell_the_same() -> None:
    a, b = (seen(picture(day)) for day in (replayed(), from_snapshot()))
    assert a == b


def seen(told: dict) -> dict:
    """Without what an older snapshot does not know: service times, and since when somebody waited who waits no more."""
    del told["learned"]
    told["tickets"] = {n: facts if facts[0] == "waiting" else facts[:-1] for n, facts in told["tickets"].items()}
    return told


def test_the_day_goes_on_from_an_old_snapshot_as_from_the_entries() -> None:
    told = []
    for day in (replayed(), from_snapshot()):
        said = [
            day.takes("invoices"),
            day.takes("certificates", visitor="li"),
            day.finishes("tax-1", day.at("tax-1")),
            *[step for _ in range(5) for step in (day.calls("tax-1"), day.finishes("tax-1", day.at("tax-1")))],
            day.resumes("tax-2", day.site.tickets[day.site.windows["tax-2"].held[0]].number),
            day.undoes("tax-2", day.at("tax-2")),
            day.transfers("tax-2", day.site.tickets[day.site.windows["tax-2"].held[0]].number, to_service="invoices"),
            day.books("wu", "notary", starts_in_min=5),
            day.checks_in("wu", "wu-notary"),
        ]
        told.append((said, {t.number: t.state for t in day.site.tickets.values()}))
    assert told[0] == told[1]
    assert "B003" in told[0][0]


def test_what_this_program_writes_it_reads() -> None:
    day = replayed()
    day.takes("invoices", visitor="li")
    again = msgspec.json.decode(PLAIN.encode(day.site), type=Site)
    assert PLAIN.encode(again) == PLAIN.encode(day.site)
