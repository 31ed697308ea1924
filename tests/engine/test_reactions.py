"""Which screens follow which event: all that show what changed, and no others."""

from hub.engine.requests import TurnDay
from tests.engine.hall_day import HallDay
from tests.engine.small_site import DAY_MS


def shown(day):
    """``device slot`` of each refresh of the last act, ``!`` where it flashes."""
    slots = [effect for effect in day.effects if hasattr(effect, "device")]
    assert len(set(slots)) == len(slots), "a slot twice"
    return {f"{slot.device}/{slot.slot}{'!' if slot.flash else ''}" for slot in slots}


QUEUE_OF_CERTIFICATES = {"kiosk-tax/0", "kiosk-entrance/0", "display-tax/0", "call-tax-1/0", "call-tax-2/0"}


def day_with_two_certificates():
    day = HallDay()
    day.opens("tax-1", "tax-2")
    day.takes("certificates")
    day.takes("certificates")
    return day


def test_a_ticket_taken_shows_where_the_queue_is_counted():
    day = day_with_two_certificates()
    assert shown(day) == QUEUE_OF_CERTIFICATES


def test_a_call_flashes_on_its_region_only():
    day = day_with_two_certificates()
    day.calls("tax-2")
    assert shown(day) == QUEUE_OF_CERTIFICATES | {"strip-tax/1!"}
    day.recalls("tax-2", "B001")
    assert shown(day) == {"strip-tax/1!", "call-tax-2/0", "display-tax/0"}


def test_serving_and_finishing_show_at_the_window_and_on_its_evaluation_terminal():
    day = day_with_two_certificates()
    day.calls("tax-1")
    for act in (day.serves, day.finishes):
        act("tax-1", "B001")
        assert shown(day) == {"strip-tax/0", "call-tax-1/0", "display-tax/0", "rate-tax-1/0"}
    day.rates("tax-1", "B001", 5)
    assert shown(day) == {"rate-tax-1/0"}


def test_holding_and_passing_show_at_the_window():
    day = day_with_two_certificates()
    day.calls("tax-1")
    day.holds("tax-1", "B001")
    assert shown(day) == {"strip-tax/0", "call-tax-1/0", "display-tax/0"}
    day.resumes("tax-1", "B001")
    assert shown(day) == {"strip-tax/0!", "call-tax-1/0", "display-tax/0"}
    day.passes("tax-1", "B001")
    assert shown(day) == {"strip-tax/0", "call-tax-1/0", "display-tax/0"}


def test_a_transfer_shows_at_both_ends():
    day = day_with_two_certificates()
    day.opens("law-1")
    day.calls("tax-2")
    day.transfers("tax-2", "B001", to_service="notary", to_window="law-1")
    here = {"strip-tax/1", "call-tax-2/0", "display-tax/0"}
    there = {"kiosk-law/0", "kiosk-entrance/0", "display-law/0", "call-law-1/0"}
    assert shown(day) == here | there


def test_opening_pausing_and_closing_show_at_the_window():
    day = HallDay()
    day.takes("notary")
    for act in (day.opens, day.pauses, day.closes):
        act("law-1")
        kiosks = {"kiosk-entrance/0", "kiosk-law/0"}  # how long one has to wait
        assert shown(day) == {"strip-law/0", "call-law-1/0", "display-law/0"} | kiosks


def test_a_new_day_shows_everywhere():
    day = day_with_two_certificates()
    day.ask(TurnDay(at_ms=day.at_ms + DAY_MS, by="hub"))
    silent = {"amplifier", "help-tax", "help-law"}
    assert {slot.split("/")[0] for slot in shown_once(day)} == {device.id for device in day.plan.devices} - silent


def shown_once(day):
    """A turn may name a slot of a closed window twice."""
    day.effects = list(dict.fromkeys(day.effects))
    return shown(day)


def test_what_nobody_sees_shows_nowhere():
    day = day_with_two_certificates()
    assert (day.reprints("B001"), day.effects) == ("TicketReprinted", [])
