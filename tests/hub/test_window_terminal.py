"""One line of keypads for many windows: the site file says which address is whose; the hub believes nothing else."""

import json

import pytest

from firmware.wire import topics
from firmware.wire.fields import Malformed
from firmware.wire.messages.queue import ShowUnit
from hub.decode import Asked, decode
from hub.effects.pages import all_slots, content
from hub.engine import requests
from hub.engine.effects import Refresh
from hub.engine.plan import Plan
from hub.engine.reach import reach
from hub.provision.boards import board
from hub.site_file import SiteError, load
from tests.engine.hall_day import HallDay

SITE = """\
[site]
id = "lined"
name = "小厅"

[[halls]]
id = "east"
name = "东厅"
floor = 1
services = [
  { id = "east-tax", prefix = "A", name = "办税" },
  { id = "east-card", prefix = "B", name = "办证" },
]
windows = [
  { id = "east-w01", number = 1, services = ["east-tax"], window_terminal = "east-line", unit = 3 },
  { id = "east-w02", number = 2, services = ["east-card"], window_terminal = "east-line", unit = 4 },
]
devices = [
  { id = "east-kiosk-1", kind = "ticket_kiosk" },
  { id = "east-display-1", kind = "hall_display" },
  { id = "east-amp-1", kind = "amplifier" },
  { id = "east-line", kind = "window_terminal" },
  { id = "east-help", kind = "help_button" },
]

[broadcast]
channels = [ { id = "east", amplifier = "east-amp-1", halls = ["east"] } ]
"""
SLOT = Refresh(device="east-line", message="show/unit", slot=3)


@pytest.fixture
def plan(tmp_path) -> Plan:
    return load(written(tmp_path, SITE))


def written(folder, text):
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    return path


def asked(plan: Plan, name: str, **fields):
    topic = topics.up(plan.id, "east-line", name)
    decoded = decode(plan, topic, json.dumps({"boot": "b1", "seq": 1, **fields}).encode(), 1000)
    assert isinstance(decoded, Asked)
    return decoded.request


def test_the_window_follows_from_device_and_address(plan):
    by = {"at_ms": 1000, "by": "east-line"}
    assert asked(plan, "ticket/call", unit=4) == requests.CallNext(window="east-w02", **by)
    assert asked(plan, "window/open", unit=3, window="east-w02") == requests.OpenWindow(window="east-w01", **by)
    rated = asked(plan, "evaluation/rate", unit=3, ticket="20261122-A001", level=5)
    assert rated == requests.RateService(window="east-w01", ticket="20261122-A001", level=5, **by)


@pytest.mark.parametrize("fields", [{}, {"unit": 5}, {"unit": 255}, {"unit": "3"}])
def test_an_address_that_no_window_has_is_refused(plan, fields):
    with pytest.raises(Malformed) as fault:
        asked(plan, "ticket/call", **fields)
    assert (fault.value.where, fault.value.seq) == ("unit", 1)


def test_a_unit_may_be_reported_as_a_part(plan):
    assert asked(plan, "part/fault", part="unit-4", fault="no_answer").part == "unit-4"
    with pytest.raises(Malformed):
        asked(plan, "part/fault", part="printer", fault="jam")


def test_each_window_has_a_slot_of_its_own_and_what_happens_there_reaches_it(plan):
    assert [slot for slot in all_slots(plan) if slot.device == "east-line"] == [
        SLOT,
        Refresh(device="east-line", message="show/unit", slot=4),
    ]
    assert SLOT in reach(plan).place("east-w01")
    assert SLOT in reach(plan).evaluation["east-w01"]
    assert SLOT not in reach(plan).place("east-w02")
    assert any((one.device, one.slot) == ("east-line", 3) for one in reach(plan).queue["east-tax"])


def test_a_visitor_is_called_served_and_asked_for_a_rating(plan):
    day = HallDay(plan)
    ask = day.ask_for
    ask(requests.OpenWindow, "east-line", window="east-w01")
    ask(requests.TakeTicket, "east-kiosk-1", service="east-tax")
    assert shown(plan, day).waiting == 1
    ask(requests.CallNext, "east-line", window="east-w01")
    called = shown(plan, day)
    assert (called.number, called.ticket_state, called.rating) == ("A001", "called", "")
    ask(requests.FinishTicket, "east-line", window="east-w01", ticket=called.ticket)
    assert shown(plan, day).rating == called.ticket
    rate = {"window": "east-w01", "ticket": called.ticket, "level": 4}
    assert ask(requests.RateService, "east-kiosk-1", **rate) == "evaluation.paper", "a kiosk wants to see the ticket"
    assert ask(requests.RateService, "east-line", **rate) == "ServiceRated"
    assert shown(plan, day).rating == ""


def shown(plan: Plan, day: HallDay) -> ShowUnit:
    page = content(plan, day.site, 1, SLOT)
    assert isinstance(page, ShowUnit)
    return page


def test_the_terminal_is_told_its_units(plan):
    settings = board(plan, plan.device["east-line"], {}, "key", "/data", "1")["settings"]
    assert settings["units"] == [[3, 1], [4, 2]]
    assert settings["services"] == [["east-tax", "办税"], ["east-card", "办证"]]


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("unit = 4", "unit = 3", "unit", "are used before, at"),
        (", unit = 4 }", " }", "unit", "go together"),
        (', window_terminal = "east-line", unit = 4', ", unit = 4", "unit", "go together"),
        ('"east-line", unit = 4', '"east-lime", unit = 4', "window_terminal", "there is: east-line"),
        ('"east-line", unit = 4', '"east-amp-1", unit = 4', "window_terminal", "of kind window_terminal"),
        ("unit = 4", 'unit = 4, call_terminal = "east-call-2"', "call_terminal", "leave call_terminal"),
        ("unit = 4", "unit = 255", "unit", "1 to 254"),
        ("\n[[halls]]", "\n[settings]\nsign_in = true\n\n[[halls]]", "window_terminal", "east-w02 could never open"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(tmp_path, old, new, key, said):
    assert old in SITE
    with pytest.raises(SiteError) as told:
        load(written(tmp_path, SITE.replace(old, new, 1)), "en")
    lines = [line for line in str(told.value).split("\n") if said in line]
    assert lines, told.value
    assert any(f"[east-w02].{key}" in line for line in lines)
