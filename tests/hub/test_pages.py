"""What each screen shows, as a day in the small building goes on; and that the limits of the messages always hold."""

import msgspec
import pytest

from firmware.wire.messages.help import ShowAlarm
from firmware.wire.messages.queue import ShowEvaluation, ShowServices, ShowWindow
from firmware.wire.messages.registry import DOWN
from firmware.wire.messages.screen import ShowCalls, ShowRegion
from hub.effects.pages import all_slots, content
from hub.effects.region_look import PALETTES
from hub.engine.effects import Refresh
from hub.engine.plan import Device, Hours, Plan, Region
from hub.engine.state import Alarm, Call, Site
from hub.site_file import load
from hub.sites import bundled, find
from tests.engine.hall_day import HallDay
from tests.engine.small_site import small_plan

EPOCH = 1_795_000_000


@pytest.fixture
def day() -> HallDay:
    return HallDay()


def region(day: HallDay, strip: str = "strip-tax", slot: int = 0, flash: bool = False) -> ShowRegion:
    show = content(day.plan, day.site, EPOCH, Refresh(strip, ShowRegion.name, slot, flash))
    assert isinstance(show, ShowRegion)
    return show


def window(day: HallDay, terminal: str = "call-tax-1") -> ShowWindow:
    show = content(day.plan, day.site, EPOCH, Refresh(terminal, ShowWindow.name))
    assert isinstance(show, ShowWindow)
    return show


def display(day: HallDay, device: str = "display-tax") -> ShowCalls:
    show = content(day.plan, day.site, EPOCH, Refresh(device, ShowCalls.name))
    assert isinstance(show, ShowCalls)
    return show


def kiosk(day: HallDay, device: str = "kiosk-tax") -> ShowServices:
    show = content(day.plan, day.site, EPOCH, Refresh(device, ShowServices.name))
    assert isinstance(show, ShowServices)
    return show


def rating(day: HallDay, terminal: str = "rate-tax-1") -> ShowEvaluation:
    show = content(day.plan, day.site, EPOCH, Refresh(terminal, ShowEvaluation.name))
    assert isinstance(show, ShowEvaluation)
    return show


def lamp(plan: Plan, site: Site, button: str = "help-tax") -> ShowAlarm:
    show = content(plan, site, EPOCH, Refresh(button, ShowAlarm.name))
    assert isinstance(show, ShowAlarm)
    return show


# Strips.


def test_a_strip_follows_its_window_through_the_day(day: HallDay) -> None:
    said = [_said(day)]
    day.opens("tax-1")
    said.append(_said(day))
    day.takes("invoices")
    day.calls("tax-1")
    said.append(_said(day))
    day.serves("tax-1", "A001")
    said.append(_said(day))
    day.finishes("tax-1", "A001")
    said.append(_said(day))
    day.pauses("tax-1")
    said.append(_said(day))
    assert said == [
        ("closed", "1号窗口 发票 窗口未开放"),
        ("open", "1号窗口 发票 请取号等候"),
        ("called", "1号窗口 发票 A001 请到本窗口"),
        ("serving", "1号窗口 发票 A001 正在办理"),
        ("open", "1号窗口 发票 请取号等候"),
        ("paused", "1号窗口 发票 暂停服务"),
    ]


def test_a_strip_names_the_service_of_the_called_ticket(day: HallDay) -> None:
    day.opens("tax-1")
    day.takes("certificates")
    day.calls("tax-1")
    assert region(day).text == "1号窗口 证明 B001 请到本窗口"


def test_one_call_changes_one_region(day: HallDay) -> None:
    day.opens("tax-1", "tax-2")
    before = [region(day, slot=slot).pixels for slot in (0, 1)]
    day.takes("invoices")
    day.calls("tax-1")
    after = [region(day, slot=slot).pixels for slot in (0, 1)]
    assert (before[0] == after[0], before[1] == after[1]) == (False, True)


def test_a_region_knows_its_place_on_the_strip(day: HallDay) -> None:
    second = region(day, slot=1)
    assert (second.x, second.width, second.height) == (192, 192, 32)
    assert second.text.startswith("2号窗口")


def test_only_a_call_flashes(day: HallDay) -> None:
    assert region(day, flash=True).flash_ms == day.plan.settings.strip_flash_ms == 3000
    assert region(day, flash=False).flash_ms == 0


def test_a_region_without_window_shows_its_text() -> None:
    strip = Device(
        id="welcome",
        kind="publicity_strip",
        width_px=640,
        height_px=64,
        regions=(Region(x=0, width=640, text="欢迎光临"),),
    )
    plan = msgspec.structs.replace(small_plan(), devices=(strip,))
    slot, light = all_slots(plan)
    assert light.message == "show/light"
    show = content(plan, Site(), EPOCH, slot)
    assert isinstance(show, ShowRegion)
    assert show.text == "欢迎光临"


# Terminals.


def test_a_call_terminal_shows_who_is_there_and_how_many_wait(day: HallDay) -> None:
    day.opens("tax-1")
    for service in ("invoices", "invoices", "certificates", "notary"):
        day.takes(service)
    assert window(day).waiting == 3
    day.calls("tax-1")
    shown = window(day)
    assert (shown.state, shown.number, shown.ticket_state, shown.service) == ("open", "A001", "called", "发票")
    assert shown.ticket == day.id_of("A001")
    assert shown.waiting == 2


def test_a_call_terminal_lists_what_is_parked(day: HallDay) -> None:
    day.opens("tax-1")
    day.takes("invoices")
    day.calls("tax-1")
    day.serves("tax-1", "A001")
    day.holds("tax-1", "A001")
    shown = window(day)
    assert shown.held == [day.id_of("A001")]
    assert (shown.ticket, shown.number, shown.ticket_state) == ("", "", "")


def test_an_evaluation_terminal_asks_after_the_work_and_rests_after_the_rating(day: HallDay) -> None:
    assert rating(day).ticket == ""
    day.opens("tax-1")
    day.takes("invoices")
    day.calls("tax-1")
    day.serves("tax-1", "A001")
    day.finishes("tax-1", "A001")
    assert (rating(day).ticket, rating(day).number) == (day.id_of("A001"), "A001")
    day.rates("tax-1", "A001", 5)
    assert rating(day).ticket == ""


# The hall.


def test_a_hall_display_shows_calls_newest_first_and_who_waits(day: HallDay) -> None:
    day.opens("tax-1", "tax-2")
    for service in ("invoices", "certificates", "certificates"):
        day.takes(service)
    day.calls("tax-1")
    day.calls("tax-2")
    shown = display(day)
    assert shown.hall == "税务厅"
    assert [(row.number, row.window) for row in shown.called] == [("B001", 2), ("A001", 1)]
    assert [(row.label, row.waiting) for row in shown.waiting] == [("发票", 0), ("证明", 1)]
    assert display(day, "display-law").called == []


def test_a_recall_is_marked(day: HallDay) -> None:
    day.opens("tax-1")
    day.takes("invoices")
    day.calls("tax-1")
    day.recalls("tax-1", "A001")
    assert [(row.number, row.recalled) for row in display(day).called] == [("A001", True)]


def test_a_display_outside_the_halls_shows_how_many_wait_in_each(day: HallDay) -> None:
    lobby = Device(id="lobby", kind="hall_display")
    day.plan = msgspec.structs.replace(day.plan, devices=(*day.plan.devices, lobby))
    day.takes("invoices")
    day.takes("certificates")
    shown = display(day, "lobby")
    assert (shown.hall, shown.called) == ("小厅", [])
    assert [(row.label, row.waiting) for row in shown.waiting] == [("税务厅", 2), ("司法厅", 0)]


def test_a_kiosk_offers_the_services_of_its_hall(day: HallDay) -> None:
    day.takes("certificates", priority="elderly")
    day.takes("certificates")
    assert [(o.service, o.label, o.waiting) for o in kiosk(day).offers] == [
        ("invoices", "发票", 0),
        ("certificates", "证明", 2),
    ]
    assert len(kiosk(day, "kiosk-entrance").offers) == 4


def test_a_help_button_shows_its_own_alarm(day: HallDay) -> None:
    assert lamp(day.plan, day.site).state == "closed"
    day.presses("help-tax")
    (alarm,) = day.site.alarms
    assert (lamp(day.plan, day.site).alarm, lamp(day.plan, day.site).state) == (alarm, "raised")
    assert lamp(day.plan, day.site, "help-law").state == "closed"


def test_the_lamp_of_a_button_does_not_tell_of_tampering() -> None:
    site = Site()
    site.alarms["cut"] = Alarm(id="cut", device="help-tax", cause="loop_open", state="raised", raised_at_ms=1000)
    assert lamp(small_plan(), site).alarm == ""


def test_an_open_alarm_counts_more_than_a_newer_closed_one() -> None:
    site = Site()
    site.alarms["old"] = Alarm(id="old", device="help-tax", state="acknowledged", raised_at_ms=1000)
    site.alarms["new"] = Alarm(id="new", device="help-tax", state="closed", raised_at_ms=2000)
    assert lamp(small_plan(), site).alarm == "old"


# All of them.


def test_a_show_says_which_state_it_is_of(day: HallDay) -> None:
    day.opens("tax-1")
    for slot in all_slots(day.plan):
        show = content(day.plan, day.site, EPOCH, slot)
        assert (show.epoch, show.rev) == (EPOCH, day.site.position)


def test_looking_changes_nothing(day: HallDay) -> None:
    day.opens("tax-1")
    day.takes("invoices")
    before = msgspec.json.encode(day.site)
    first = [content(day.plan, day.site, EPOCH, slot).encode() for slot in all_slots(day.plan)]
    again = [content(day.plan, day.site, EPOCH, slot).encode() for slot in all_slots(day.plan)]
    assert msgspec.json.encode(day.site) == before
    assert first == again


def test_a_terminal_without_a_window_has_no_slot() -> None:
    spare = Device(id="spare", kind="call_terminal", hall="tax")
    plan = msgspec.structs.replace(small_plan(), devices=(spare,))
    assert all_slots(plan) == []


@pytest.mark.parametrize("name", bundled())
def test_every_slot_of_a_site_fits_its_message(name: str) -> None:
    plan = load(find(name))
    slots = all_slots(plan)
    assert len(set(slots)) == len(slots) > 100
    for slot in slots:
        show = content(plan, Site(), EPOCH, slot)
        message = DOWN[slot.message]
        payload = show.encode()
        assert len(payload) <= message.max_bytes
        assert message.decode(payload) == show


def test_the_longest_names_and_the_fullest_hall_fit_their_messages() -> None:
    plan, site = _crowded()
    for slot in all_slots(plan):
        message = DOWN[slot.message]
        payload = content(plan, site, EPOCH, slot).encode()
        assert len(payload) <= message.max_bytes, (slot, len(payload))
        message.decode(payload)


def _crowded() -> tuple[Plan, Site]:
    """More and longer of everything than the messages hold."""
    plan = small_plan(displayed_calls=99, strip_flash_ms=99_000)
    long_zh, long_en = "办理业务综合受理（含代办）" * 6, "Comprehensive acceptance of applications " * 4
    first = plan.services[0]
    services = [msgspec.structs.replace(s, name=long_zh, name_en=long_en) for s in plan.services]
    services += [
        msgspec.structs.replace(first, id=f"s{n}", prefix=f"Z{n}", name=long_zh, name_en=long_en) for n in range(60)
    ]
    halls = [msgspec.structs.replace(hall, name=long_zh, notice=long_zh * 4) for hall in plan.halls]
    plan = msgspec.structs.replace(plan, name=long_zh, services=tuple(services), halls=tuple(halls))
    site = Site()
    site.calls["tax"] = [Call(number="ZZ9999999999", window=999, recalled=True) for _ in range(40)]
    day = HallDay(plan)
    day.site = site
    day.opens("tax-1")
    for serial in range(1, 31):
        day.takes("invoices")
        day.calls("tax-1")
        number = f"A{serial:03}"
        day.serves("tax-1", number)
        day.holds("tax-1", number)
    day.takes("invoices")
    day.calls("tax-1")
    assert len(site.windows["tax-1"].held) > 20
    return plan, site


def _said(day: HallDay) -> tuple[str, str]:
    """Tone and words of window 1 of the tax hall."""
    show = region(day)
    tone = next(tone for tone, palette in PALETTES.items() if list(palette) == show.palette)
    return tone, show.text


# What kiosks and terminals know beyond that.


def test_a_terminal_says_who_waits_for_it_the_first_first(day: HallDay) -> None:
    day.takes("invoices")
    day.takes("invoices", priority="elderly")
    day.takes("invoices")
    shown = [(ticket.number, ticket.mark) for ticket in window(day).next]
    assert shown == [("A002", "priority"), ("A001", ""), ("A003", "")]
    day.opens("tax-1")
    day.calls("tax-1")
    assert len(window(day).next) == 2


def test_a_long_line_costs_a_terminal_no_more_than_its_head(day: HallDay) -> None:
    for _ in range(40):
        day.takes("invoices")
    assert [ticket.number for ticket in window(day).next] == [f"A{at:03}" for at in range(1, 13)]
    assert len(window(day).encode()) <= ShowWindow.max_bytes


def test_a_kiosk_of_the_whole_site_offers_by_hall_and_by_initials() -> None:
    plan = load(find("doumen"))
    lobby = Device(id="kiosk-lobby", kind="ticket_kiosk")
    plan = msgspec.structs.replace(plan, devices=(*plan.devices, lobby))
    show = content(plan, Site(day="20261120"), EPOCH, Refresh("kiosk-lobby", ShowServices.name))
    assert isinstance(show, ShowServices)
    assert len(show.offers) == len(plan.services) > 40
    assert [group.label for group in show.groups] == [
        hall.name for hall in plan.halls if plan.services_of_hall[hall.id]
    ]
    for offer in show.offers:
        assert show.groups[offer.group].label == plan.hall[plan.service[offer.service].hall].name
        assert offer.initials
    assert not show.has_hours


def test_a_kiosk_knows_the_opening_hours_of_the_days_to_come() -> None:
    plan = load(find("doumen"))
    weekday = ((540, 720), (810, 1020))
    plan = msgspec.structs.replace(plan, hours=Hours(week=(weekday,) * 5 + ((), ())))
    kiosk_id = next(device.id for device in plan.devices if device.kind == "ticket_kiosk" and device.hall)
    show = content(plan, Site(day="20261120"), EPOCH, Refresh(kiosk_id, ShowServices.name))  # a Friday
    assert isinstance(show, ShowServices)
    assert show.has_hours
    friday_9 = 1_795_136_400_000  # 2026-11-20 09:00 in Zhuhai
    spans = [(span.starts_at_ms - friday_9, span.ends_at_ms - friday_9) for span in show.opens]
    hour_ms = 3_600_000
    assert spans[:2] == [(0, 3 * hour_ms), (int(4.5 * hour_ms), 8 * hour_ms)]
    assert spans[2][0] == 72 * hour_ms, "closed at the weekend"


def test_an_evaluation_terminal_says_who_works_there(day: HallDay) -> None:
    windows = tuple(
        msgspec.structs.replace(each, staff="0217", staff_name="李工") if each.id == "tax-1" else each
        for each in day.plan.windows
    )
    plan = msgspec.structs.replace(day.plan, windows=windows)
    show = content(plan, day.site, EPOCH, Refresh("rate-tax-1", ShowEvaluation.name))
    assert isinstance(show, ShowEvaluation)
    assert (show.staff, show.staff_name) == ("0217", "李工")


def test_a_display_shows_the_state_of_each_window_of_its_hall(day: HallDay) -> None:
    day.opens("tax-1")
    states = {row.number: row.state for row in display(day).windows}
    assert states[1] == "open"
    assert set(states) == {each.number for each in day.plan.windows if each.hall == day.plan.device["display-tax"].hall}


def test_a_kiosks_offers_fit_the_message_when_everything_is_at_its_longest() -> None:
    offer = {"service": "s" * 48, "label": "证" * 40, "label_en": "E" * 60, "waiting": 100000}
    offers = [{**offer, "group": 23, "initials": "Z" * 40}] * 140
    groups = [{"label": "厅" * 40, "label_en": "E" * 60}] * 24
    spans = [{"starts_at_ms": 2**53, "ends_at_ms": 2**53}] * 24
    facts = {"offers": offers, "groups": groups, "opens": spans, "has_hours": True}
    show = ShowServices(epoch=2**40, rev=2**53, hall="厅" * 40, **facts)
    assert len(show.encode()) <= ShowServices.max_bytes
    assert ShowServices.decode(show.encode()).offers[139].group == 23
