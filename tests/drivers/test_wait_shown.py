"""The estimated wait stands on paper, kiosk and hall display; where nobody can tell, nothing stands there."""

from typing import Any

from PIL import ImageChops

from firmware.screens import hall_display, kiosk
from firmware.screens.ticket import elements
from firmware.wire.messages.queue import ServiceOffer, ShowServices, TicketIssued
from firmware.wire.messages.screen import ShowCalls, WaitingRow


def printed(wait_min: int) -> str:
    ticket = TicketIssued(
        boot="b", seq=1, ticket="20261122-A001", number="A001", service="s", ahead=3, issued_at_ms=1, wait_min=wait_min
    )
    content = {"site": "斗门", "hall": "税务厅", "service": "发票", "ticket": ticket, "utc_offset_min": 480}
    return str(elements(content))


def kiosk_page(wait_min: int) -> Any:
    offer = ServiceOffer(service="s", label="发票", waiting=3, wait_min=wait_min)
    show = ShowServices(epoch=1, rev=1, hall="税务厅", offers=[offer])
    return kiosk.draw({"show": show, "language": "zh"}, 960, 540)


def hall_page(wait_min: int) -> Any:
    row = WaitingRow(label="发票", waiting=3, wait_min=wait_min)
    show = ShowCalls(epoch=1, rev=1, hall="税务厅", called=[], waiting=[row])
    return hall_display.draw({"show": show, "is_connected": True, "at_ms": 0, "clock": ""}, 960, 540)


def test_the_minutes_are_printed() -> None:
    assert "预计等候约 12 分钟" in printed(12)
    assert "预计" not in printed(-1)
    assert "预计" not in printed(0)


def test_the_minutes_are_shown() -> None:
    for page in (kiosk_page, hall_page):
        told, other, unknown, none = (page(minutes) for minutes in (12, 34, -1, 0))
        assert ImageChops.difference(told, unknown).getbbox()
        assert ImageChops.difference(told, other).getbbox()
        assert not ImageChops.difference(unknown, none).getbbox()
