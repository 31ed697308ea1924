"""Closed days and extra working days, changed while the hall is open: they hold at once, and after a restart."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec import structs

from firmware.wire.messages.queue import ShowServices
from hub.api import calendar as routes
from hub.calendar_file import FILE, MOST, Calendar, CalendarError, load, save
from hub.cli.main import main
from hub.effects import kiosk_page
from hub.engine.effects import Refresh
from hub.engine.requests import TakeTicket
from simulators.hub_process import HubProcess
from tests.engine.small_site import small_plan
from tests.hub.test_api import KIOSK, Api

MONDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 28)


def test_a_day_is_what_was_said_of_it_last() -> None:
    changed = Calendar().closed([SATURDAY, MONDAY]).worked([SATURDAY])
    assert (changed.holidays, changed.extra_days) == ((MONDAY,), (SATURDAY,))
    plan = structs.replace(small_plan(), holidays=(SATURDAY,), extra_days=(MONDAY,))
    over = changed.over(plan)
    assert (over.holidays, over.extra_days) == ((MONDAY,), (SATURDAY,))
    back = changed.without([MONDAY, SATURDAY]).over(plan)
    assert (back.holidays, back.extra_days) == ((SATURDAY,), (MONDAY,))


def test_it_is_kept_in_a_file_that_people_can_read(tmp_path: Path) -> None:
    assert load(tmp_path) == Calendar()
    made = Calendar().closed([MONDAY]).worked([SATURDAY])
    save(tmp_path, made)
    assert load(tmp_path) == made
    assert 'holidays = ["2026-11-23"]' in (tmp_path / FILE).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("holidays = [", r"calendar\.toml: .*days are written as holidays ="),
        ('holidays = ["tomorrow"]', "days are written as"),
        ('feast = ["2026-11-23"]', "unknown field `feast`"),
        ('holidays = ["2026-11-23"]\nextra_days = ["2026-11-23"]', "2026-11-23 is in both lists"),
        (f"holidays = {[str(MONDAY + timedelta(n)) for n in range(MOST + 1)]}", f"more than {MOST} days"),
    ],
)
def test_a_wrong_file_is_refused_with_what_would_be_right(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(CalendarError, match=told):
        load(tmp_path)


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    api = Api(tmp_path / "hub")
    yield api
    api.close()


def shown(api: Api) -> ShowServices:
    refresh = Refresh(device=KIOSK, slot=0, message=ShowServices.name)
    return kiosk_page.services(api.hub.plan, api.hub.site, 1, refresh)


def test_a_typhoon_closes_the_hall_at_once_and_it_stays_closed_after_a_restart(api: Api, tmp_path: Path) -> None:
    today = str((datetime.now(UTC) + timedelta(hours=8)).date())
    service = next(s.id for s in api.hub.plan.services if s.hall == "gongjijin")
    api.ask(TakeTicket, service=service)
    answer = api.post("/calendar/close", {"days": [today]})
    assert answer.json() == {
        "changed": {"holidays": [today], "extra_days": []},
        "holidays": [today],
        "extra_days": [],
    }
    api.ask(TakeTicket, service=service)
    assert len(api.hub.site.tickets) == 1
    page = shown(api)
    assert page.has_hours
    assert not any(span.starts_at_ms <= api.hub.now_ms() < span.ends_at_ms for span in page.opens)
    row = api.hub.audit.find()[-1]
    assert (row.what, json.loads(row.before)["holidays"], json.loads(row.after)["holidays"]) == (
        "POST /calendar/close",
        [],
        [today],
    )
    api.close()
    again = Api(tmp_path / "hub")
    try:
        assert again.get("/calendar")["holidays"] == [today]
        again.ask(TakeTicket, service=service)
        assert len(again.hub.site.tickets) == 1
        assert again.post("/calendar/clear", {"days": [today]}).status_code == 200
        again.ask(TakeTicket, service=service)
        assert len(again.hub.site.tickets) == 2
    finally:
        again.close()


def test_too_many_days_and_days_that_are_none_are_refused(api: Api) -> None:
    assert api.post("/calendar/close", {"days": []}).status_code == 422
    assert api.post("/calendar/close", {"days": ["2026-02-30"]}).status_code == 422
    assert api.post("/calendar/burn", {"days": [str(MONDAY)]}).status_code == 422
    for first in range(0, MOST, routes.MOST_DAYS):
        days = [str(MONDAY + timedelta(first + n)) for n in range(routes.MOST_DAYS)]
        assert api.post("/calendar/work", {"days": days}).status_code == 200
    refused = api.post("/calendar/close", {"days": ["2031-01-01"]})
    assert (refused.status_code, "hallhub calendar clear" in refused.text) == (422, True)
    assert len(api.get("/calendar")["changed"]["extra_days"]) == MOST


def test_the_commands(tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "hub")
    hub.start()
    try:

        def run(*words: str) -> str:
            done = CliRunner().invoke(main, ["--folder", str(hub.folder), *words])
            assert done.exit_code == 0, done.output
            return done.output

        assert run("calendar", "show") == "停办日：无\n加班日：无\n"
        assert run("calendar", "close", "2026-12-24", "2026-12-25").startswith("停办日：2026-12-24*, 2026-12-25*\n")
        assert "加班日：2026-12-26*" in run("calendar", "work", "2026-12-26")
        assert json.loads(run("calendar", "clear", "2026-12-24", "--json"))["holidays"] == ["2026-12-25"]
    finally:
        hub.stop()
