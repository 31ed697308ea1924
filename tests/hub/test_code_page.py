"""The page of a ticket's code, over HTTP from a running hub: who holds the ticket rates, once, and nobody else does."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from firmware.wire.messages.queue import TicketIssued
from hub.api import server
from hub.app import Hub
from hub.code_link import CodeLinks
from hub.code_page import MAX_BODY, PER_TICKET, REFUSED, read
from hub.config import Config, EvaluationSettings
from hub.engine.events import ServiceRated
from hub.engine.requests import CallNext, FinishTicket, OpenWindow, TakeTicket
from tests.hub.test_api import KIOSK, TOKEN, Api

PLANTED = "李某 13700000000 很不耐烦"
URL = "https://hall.example"


class Hall(Api):
    """A hub whose code page is open on a port."""

    def __init__(self, folder: Path) -> None:
        self.hub = Hub(Config(evaluation=EvaluationSettings(url=URL, port=0)), folder)
        self.app = server.make(self.hub, TOKEN)
        self._runner = asyncio.Runner()
        self._runner.run(self._begin())
        self._runner.run(self.hub.open_code_page())
        self.port = self.hub.code_page.port

    def close(self) -> None:
        self._runner.run(self.hub.code_page.close())
        super().close()

    def phone(self, path: str, form: dict[str, Any] | str | None = None, language: str = "zh-CN") -> httpx.Response:
        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", trust_env=False) as client:
                headers = {"Accept-Language": language}
                if form is None:
                    return await client.get(path, headers=headers)
                if isinstance(form, str):
                    return await client.post(path, content=form, headers=headers)
                return await client.post(path, data=form, headers=headers)

        return self._runner.run(asked())

    def served(self) -> tuple[str, str]:
        """A visitor was just served; the ticket, and the path that stands on it."""
        window = next(one for one in self.hub.plan.windows if one.evaluation_terminal and one.hall == "gongjijin")
        self.ask(OpenWindow, by=window.call_terminal, window=window.id)
        self.ask(TakeTicket, by=KIOSK, service=window.services[0])
        self.ask(CallNext, by=window.call_terminal, window=window.id)
        ticket = self.hub.site.windows[window.id].ticket
        self.ask(FinishTicket, by=window.call_terminal, window=window.id, ticket=ticket)
        return ticket, self.hub.code_links.link(ticket).removeprefix(URL)

    def ratings(self, ticket: str) -> list[ServiceRated]:
        told = (event for entry in self.hub.journal.entries(0, 100_000) for event in entry.events)
        return [event for event in told if isinstance(event, ServiceRated) and event.ticket == ticket]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    hall = Hall(tmp_path_factory.mktemp("code") / "hub")
    yield hall
    hall.close()


def test_from_the_paper_to_the_journal(hall: Hall) -> None:
    ticket, path = hall.served()
    levels = hall.phone(path)
    assert levels.status_code == 200
    assert "非常满意" in levels.text
    assert len(re.findall(r"level=[1-5]", levels.text)) == 5
    why = hall.phone(path + "?nth=1&level=2")
    assert "窗口人员业务不熟练" in why.text
    assert len(re.findall('type="checkbox"', why.text)) == 8
    assert hall.ratings(ticket) == [], "looking rates nothing"
    thanks = hall.phone(path, {"nth": 1, "level": 2, "reason": ["213", "214"], "text": PLANTED})
    assert "感谢" in thanks.text
    (rating,) = hall.ratings(ticket)
    assert (rating.level, rating.reasons, rating.nth, rating.terminal) == (2, (213, 214), 1, "code/page")
    assert hall.hub.words.read(rating.words) == PLANTED
    assert hall.hub.site.cases[f"{ticket}-1"].state == "received"


def test_the_link_is_good_once(hall: Hall) -> None:
    ticket, path = hall.served()
    assert hall.phone(path, {"nth": 1, "level": 5}).status_code == 200
    again = hall.phone(path, {"nth": 1, "level": 1, "reason": "115"})
    assert (again.status_code, "已评价" in again.text) == (409, True)
    assert "已评价" in hall.phone(path).text
    assert [rating.level for rating in hall.ratings(ticket)] == [5]


def test_the_terminal_s_code_is_of_the_service_just_done(hall: Hall) -> None:
    ticket, _ = hall.served()
    found = hall.hub.site.tickets[ticket]
    first = found.rendered[0]
    found.rendered = (first, msgspec.structs.replace(first, service=hall.hub.plan.services[0].id))
    page = hall.phone(hall.hub.code_links.link(ticket, 2).removeprefix(URL))
    assert hall.hub.plan.services[0].name in page.text
    assert re.findall(r"nth=(\d)&amp;level=(\d)", page.text) == [("2", level) for level in "54321"]
    found.rendered = (first,)


def test_a_poor_rating_says_why(hall: Hall) -> None:
    ticket, path = hall.served()
    bare = hall.phone(path, {"nth": 1, "level": 1})
    assert (bare.status_code, "原因" in bare.text) == (409, True)
    assert hall.ratings(ticket) == []
    assert hall.phone(path, {"nth": 1, "level": 1, "text": "太慢"}).status_code == 200


def test_nobody_makes_up_a_link(hall: Hall) -> None:
    ticket, path = hall.served()
    other = CodeLinks(hall.hub.folder.parent, URL).token(ticket)
    forged = (f"/e/{ticket}", f"/e/{ticket}.", path[:-1] + ("a" if path[-1] != "a" else "b"), f"/e/{other}")
    refused = hall.hub.refusals.counts[REFUSED]
    for wrong in forged:
        assert hall.phone(wrong).status_code == 404
        assert hall.phone(wrong, {"nth": 1, "level": 5}).status_code == 404
    assert hall.ratings(ticket) == []
    assert hall.hub.refusals.counts[REFUSED] == refused + 8
    assert not any(path[3:] in refusal.detail for refusal in hall.hub.refusals.newest), "who has the token can rate"
    assert hall.phone("/status").status_code == 404, "nothing else of the hub is there"


@pytest.mark.parametrize(
    "form",
    ["", "nth=1", "level=5", "nth=x&level=5", "nth=1&level=5" + "&reason=1" * 40, "a" * (MAX_BODY + 1), "\x00%ff"],
)
def test_what_cannot_be_read_rates_nothing(hall: Hall, form: str) -> None:
    ticket, path = hall.served()
    refused = hall.hub.refusals.counts[REFUSED]
    assert hall.phone(path, form).status_code == 400
    assert hall.ratings(ticket) == []
    assert hall.hub.refusals.counts[REFUSED] == refused + 1


@pytest.mark.parametrize(
    "form", [{"nth": 2, "level": 5}, {"nth": 1, "level": 6}, {"nth": 1, "level": 5, "reason": 101}]
)
def test_what_breaks_a_rule_rates_nothing(hall: Hall, form: dict[str, int]) -> None:
    ticket, path = hall.served()
    assert hall.phone(path, form).status_code == 409
    assert hall.ratings(ticket) == []


def test_before_the_service_and_after_its_day(hall: Hall) -> None:
    hall.ask(TakeTicket, by=KIOSK, service=hall.hub.plan.services_of_hall["gongjijin"][0].id)
    waiting = list(hall.hub.site.tickets)[-1]
    assert "办完后" in hall.phone("/e/" + hall.hub.code_links.token(waiting)).text
    assert "已过" in hall.phone("/e/" + hall.hub.code_links.token("20200101-GA001")).text


def test_who_asks_too_often_waits(hall: Hall) -> None:
    hall.served()  # whoever another test left waiting
    _, path = hall.served()
    found = [hall.phone(path).status_code for _ in range(PER_TICKET + 2)]
    assert found == [200] * PER_TICKET + [429] * 2
    assert hall.phone(hall.served()[1]).status_code == 200, "others do not wait"


def test_the_page_asks_for_nothing_personal_and_is_not_kept(hall: Hall) -> None:
    _, path = hall.served()
    page = hall.phone(path + "?nth=1&level=5", language="en-GB")
    assert "one window, done in one go" in page.text
    assert set(re.findall(r'name="(\w+)"', page.text)) == {"viewport", "nth", "level", "reason", "text"}
    assert "<script" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "set-cookie" not in page.headers


def test_letters_that_steer_are_dropped() -> None:
    form = read(b"nth=1&level=3&text=a%00b%1b%0ac&reason=307&reason=307")
    assert form is not None
    assert (form.text, form.reasons) == ("abc", (307,))
    assert read(b"\xff") is None


def test_a_key_file_that_is_none_is_said(tmp_path: Path) -> None:
    token = CodeLinks(tmp_path, URL).token("20261122-A001")
    assert CodeLinks(tmp_path, URL).ticket(token) == "20261122-A001"
    assert CodeLinks(tmp_path, "").link("20261122-A001") == ""
    (tmp_path / "evaluation.key").write_bytes(b"short")
    with pytest.raises(ValueError, match="5 bytes"):
        CodeLinks(tmp_path, URL)


def test_the_longest_address_fits_the_ticket_s_message(tmp_path: Path) -> None:
    longest = "https://" + "h" * 60 + "/" + "p" * 20
    assert msgspec.convert({"url": longest}, EvaluationSettings).url == longest
    number = "ZZ999999"
    link = CodeLinks(tmp_path, longest).link("20261122-" + number)
    issued = TicketIssued(
        boot="b" * 16,
        seq=2**31 - 1,
        ticket="20261122-" + number,
        number=number,
        service="s" * 48,
        ahead=100_000,
        issued_at_ms=2**53,
        priority="pregnant",
        reprint=True,
        booked=True,
        persons=500,
        wait_min=1440,
        link=link,
        check="7K3MQP",
    )
    assert len(issued.encode()) <= TicketIssued.max_bytes
