"""How many numbers a restored hub leaves out: as many as may be on paper since the backup."""

from pathlib import Path

from hub.backup.restore import most_in_a_day
from hub.engine import requests
from hub.journal import Journal
from tests.engine.hall_day import HallDay
from tests.engine.small_site import DAY_MS


def test_as_many_as_the_busiest_service_took_on_a_day(tmp_path: Path) -> None:
    day = HallDay()
    began_ms = day.at_ms
    for takes in (9, 350, 20):
        for _ in range(takes):
            day.takes("invoices")
        day.takes("notary")
        day.at_ms = began_ms = began_ms + DAY_MS
        day.ask(requests.TurnDay(at_ms=day.at_ms, by="hub"))
    journal = Journal(f"sqlite:///{tmp_path / 'journal.db'}", day.plan.id)
    journal.open()
    assert most_in_a_day(journal, 0) == 0
    journal.append(day.journal)
    assert most_in_a_day(journal, 0) == 350
    assert most_in_a_day(journal, began_ms - DAY_MS) == 20, "only what is not too long ago"
    journal.close()
