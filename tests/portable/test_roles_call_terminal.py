"""Call terminal: keys become requests about the ticket on the screen, or a reason on the screen."""

import gc

from drivers.keypad import Keypad
from firmware.roles.call_terminal import CallTerminal
from firmware.wire.messages.device import Ack, Refused
from firmware.wire.messages.queue import ShowWindow
from tests.portable.bench import play
from tests.portable.outlet import Outlet, Pages


class Keys:
    """A key port that gives its codes and then is silent."""

    def __init__(self, *codes):
        self._codes = list(codes)

    async def code(self):
        if not self._codes:
            raise EOFError
        return self._codes.pop(0)


def terminal(max_entries=100, **window):
    """A connected terminal that shows this window."""
    role = CallTerminal({}, {"keypad": None, "screen": Pages()})
    role.outlet = Outlet(max_entries)
    role.connected(True)
    show(role, **window)
    return role


def show(role, **window):
    facts = {"epoch": 1, "rev": 1, "waiting": 3, "state": "open"}
    facts.update(window)
    role.shown(ShowWindow(**facts), 0)


def called(**more):
    facts = {"ticket": "20261122-HA001", "number": "HA001", "ticket_state": "called"}
    facts.update(more)
    return terminal(**facts)


def code(role):
    return role._screen.content["code"]


def test_each_key_asks_for_its_own_thing_about_the_shown_ticket():
    for key, name in (
        ("recall", "ticket/recall"),
        ("pass", "ticket/pass"),
        ("serve", "ticket/serve"),
        ("finish", "ticket/finish"),
        ("hold", "ticket/hold"),
    ):
        role = called()
        role.press(key)
        assert [(r.name, r.ticket) for r in role.outlet.asked] == [(name, "20261122-HA001")]
        assert role._screen.content["is_waiting"]


def test_call_open_pause_close_need_no_ticket():
    for key, state in (("call", "open"), ("open", "closed"), ("open", "paused"), ("pause", "open"), ("close", "open")):
        role = terminal(state=state)
        role.press(key)
        assert [r.name for r in role.outlet.asked] == ["ticket/call" if key == "call" else "window/" + key]


def test_transfer_names_the_service():
    role = called(ticket_state="serving")
    role.press("transfer:passport")
    assert [(r.name, r.ticket, r.service) for r in role.outlet.asked] == [
        ("ticket/transfer", "20261122-HA001", "passport")
    ]


def test_switches_of_a_transfer_are_told_and_last_for_one_transfer():
    role = called(ticket_state="serving")
    role._services = [["passport", "x"]]
    role.touch("transfer")
    assert (role._screen.content["comes_back"], role._screen.content["after_min"]) == (False, 0)
    for button in ("back_here", "later:60", "later:30"):
        role.touch(button)
    assert (role._screen.content["comes_back"], role._screen.content["after_min"]) == (True, 30)
    role.touch("transfer:passport")
    asked = role.outlet.asked[0]
    assert (asked.service, asked.window, asked.comes_back, asked.after_min) == ("passport", "", True, 30)
    assert role._screen.page == "window"
    role.outlet.answer(role, Ack)
    role.touch("transfer")
    role.touch("transfer:@w2")
    asked = role.outlet.asked[1]
    assert (asked.service, asked.window, asked.comes_back, asked.after_min) == ("", "w2", False, 0)


def test_a_key_of_the_keypad_has_no_switches_even_after_a_choice_was_given_up():
    role = called(ticket_state="serving")
    for button in ("transfer", "back_here", "later:60", "back"):
        role.touch(button)
    role.press("transfer:passport")
    assert (role.outlet.asked[0].comes_back, role.outlet.asked[0].after_min) == (False, 0)


def test_on_the_glass_pause_asks_why_on_the_keypad_it_pauses():
    role = terminal(state="open")
    role.touch("pause")
    assert (role._screen.page, role.outlet.asked) == ("pause", [])
    role.touch("pause:lunch")
    assert [(r.name, r.reason) for r in role.outlet.asked] == [("window/pause", "lunch")]
    assert role._screen.page == "window"
    role = terminal(state="open")
    role.press("pause")
    assert [(r.name, r.reason) for r in role.outlet.asked] == [("window/pause", "")]
    role = terminal(state="closed")
    role.touch("pause")
    assert (role._screen.page, role.outlet.asked, code(role)) == ("window", [], "refused.window.closed")


def test_resume_takes_the_first_that_is_held():
    role = terminal(held=["20261122-HA003", "20261122-HA001"])
    role.press("resume")
    assert [(r.name, r.ticket) for r in role.outlet.asked] == [("ticket/resume", "20261122-HA003")]


def test_key_that_can_do_nothing_is_answered_in_words_and_not_sent():
    for role, key, why in (
        (terminal(), "recall", "terminal.no_ticket"),
        (terminal(), "resume", "terminal.none_held"),
        (terminal(state="closed"), "call", "refused.window.closed"),
        (terminal(state="paused"), "call", "refused.window.paused"),
        (terminal(state="open"), "open", "refused.window.open"),
        (called(), "call", "refused.window.busy"),
        (called(), "close", "refused.window.busy"),
        (called(held=["20261122-HA003"]), "resume", "refused.window.busy"),
        (called(ticket_state="serving"), "recall", "refused.ticket.serving"),
    ):
        role.press(key)
        assert (role.outlet.asked, code(role)) == ([], why), key
        if not hasattr(gc, "mem_free"):  # the catalogue alone is larger than the heap of these tests
            from firmware.words import WORDS

            assert why in WORDS


def test_double_press_is_one_request_until_the_answer():
    role = terminal(state="open")
    role.press("call")
    role.press("call")
    assert len(role.outlet.asked) == 1
    role.outlet.answer(role, Ack)
    role.press("call")
    assert len(role.outlet.asked) == 2


def test_answer_to_an_earlier_life_does_not_free_the_key():
    role = terminal(state="open")
    role.press("call")
    role.answered("ticket/call", Ack(boot="life-0", seq=4))
    role.press("call")
    assert len(role.outlet.asked) == 1


def test_refusal_is_shown_until_the_ticket_changes():
    role = called()
    role.press("recall")
    role.outlet.answer(role, Refused, code="recall.limit")
    assert code(role) == "refused.recall.limit"
    show(role, ticket="20261122-HA001", number="HA001", ticket_state="called", waiting=9)
    assert code(role) == "refused.recall.limit"
    show(role)
    assert code(role) == ""


def test_without_the_hub_no_key_is_sent():
    role = called()
    role.connected(False)
    role.press("finish")
    assert (role.outlet.asked, code(role)) == ([], "terminal.offline")
    role.connected(True)
    assert code(role) == ""


def test_before_the_hub_has_shown_the_window_no_key_is_sent():
    role = CallTerminal({}, {"keypad": None, "screen": Pages()})
    role.outlet = Outlet()
    role.connected(True)
    role.press("call")
    assert (role.outlet.asked, code(role)) == ([], "terminal.offline")


def test_full_outbox_is_said_on_the_screen():
    role = called(max_entries=1)
    role.press("recall")
    role.press("finish")
    assert (len(role.outlet.asked), code(role), role.fault) == (1, "terminal.full", "outbox full")


def test_keypad_gives_words_and_ignores_keys_without_one():
    async def story():
        role = terminal(state="open")
        role._keypad = Keypad(Keys(99, 3, 0), ("call", "recall", "pass", ""))
        try:
            await role.run()
        except EOFError:
            pass
        assert [r.name for r in role.outlet.asked] == ["ticket/call"]

    play(story)
