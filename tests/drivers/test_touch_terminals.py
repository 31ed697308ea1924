"""Terminals on the glass: what a clerk and a visitor touch, and what comes of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from firmware.roles.call_terminal import CallTerminal
from firmware.roles.evaluation_terminal import EvaluationTerminal
from firmware.screens import call_terminal, evaluation
from firmware.screens.own_words import Typing
from firmware.screens.syllables import characters, next_letters, table
from firmware.screens.touch import TouchPageScreen
from firmware.wire.messages.figures import ShowFigures
from firmware.wire.messages.queue import ShowEvaluation, ShowWindow
from simulators.parts.screen import SimulatedGlass, SimulatedScreen
from tests.portable.outlet import Outlet

Story = Callable[[Any, SimulatedGlass, SimulatedScreen], Awaitable[None]]
SIZES = [(1024, 600), (1280, 800), (1080, 1920), (800, 1280)]


def before(
    kind: str, story: Story, settings: dict[str, Any] | None = None, size_px: tuple[int, int] = (1024, 600)
) -> None:
    async def whole() -> None:
        screen = SimulatedScreen(*size_px)
        glass = SimulatedGlass(screen)
        pages, role_class = (
            (call_terminal.PAGES, CallTerminal) if kind == "call" else (evaluation.PAGES, EvaluationTerminal)
        )
        role: Any = role_class(settings or {}, {"screen": TouchPageScreen(screen, glass, pages, dead_ms=0)})
        role.outlet = Outlet()
        task = asyncio.create_task(role.run())
        try:
            role.connected(True)
            await asyncio.wait_for(story(role, glass, screen), 10)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            role.outlet.close()

    asyncio.run(whole())


async def until(is_so: Callable[[], Any]) -> None:
    while not is_so():
        await asyncio.sleep(0.001)


def at_window(**more: Any) -> ShowWindow:
    facts: dict[str, Any] = {"ticket": "20261122-HA001", "number": "HA001", "ticket_state": "called", **more}
    return ShowWindow(epoch=1, rev=1, state="open", waiting=2, **facts)


@pytest.mark.parametrize("size_px", SIZES)
@pytest.mark.parametrize("kind", ["call", "rate"])
def test_no_button_of_any_page_covers_another_or_leaves_the_screen(kind: str, size_px: tuple[int, int]) -> None:
    choices = [(f"transfer:s{at}", "业务") for at in range(40)]
    transfer = {"title": "screen.window.to.transfer", "choices": choices, "leaf": 1, "number": "HA001"}
    contents: dict[str, dict[str, Any]] = {
        "window": {"show": at_window(), "is_connected": True, "code": "", "is_waiting": False},
        "choose": {**transfer, "comes_back": False, "after_min": 0},
        "pause": {},
        "sign_in": {"typed": "1"},
        "mine": {"staff": "027", "figures": None},
        "asking": {"number": "HA001"},
        "why": {"number": "HA001", "level": 2, "reasons": [], "remark": ""},
        "words": {"text": "", "syllable": "shi", "page": 1},
    }
    pages = call_terminal.PAGES if kind == "call" else evaluation.PAGES
    for name, page in pages.items():
        if page.buttons is None:
            continue
        found = list(page.buttons(contents[name], *size_px).items())
        for at, (_, (left, top, right, bottom)) in enumerate(found):
            assert 0 <= left < right <= size_px[0]
            assert 0 <= top < bottom <= size_px[1]
            assert min(right - left, bottom - top) >= min(size_px) * 8 // 100, "large enough for a finger"
            for other, box in found[at + 1 :]:
                apart = right <= box[0] or box[2] <= left or bottom <= box[1] or box[3] <= top
                assert apart, f"{found[at][0]} and {other} of {name}"


def test_every_key_of_the_glass_reaches_the_role() -> None:
    async def story(role: Any, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        role.shown(at_window(), 0)
        await glass.push("recall")
        await until(lambda: role.outlet.asked)
        assert (role.outlet.asked[0].name, role.outlet.asked[0].ticket) == ("ticket/recall", "20261122-HA001")
        await glass.push("call")
        await until(lambda: screen.content["code"])
        assert screen.content["code"] == "refused.window.busy"

    before("call", story)


def test_a_transfer_is_chosen_from_services_and_windows_over_several_leaves() -> None:
    async def story(role: Any, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        role.shown(at_window(), 0)
        await glass.push("transfer")
        await until(lambda: screen.page == "choose")
        await glass.push("back")
        await until(lambda: screen.page == "window")
        await glass.push("transfer")
        await until(lambda: screen.page == "choose")
        await glass.push("leaf:1")
        await until(lambda: screen.content["leaf"] == 1)
        await glass.push("transfer:@w7")
        await until(lambda: role.outlet.asked)
        asked = role.outlet.asked[0]
        assert (asked.name, asked.service, asked.window) == ("ticket/transfer", "", "w7")
        await until(lambda: screen.page == "window")

    services = [[f"s{at}", f"业务{at}"] for at in range(18)]
    before("call", story, {"services": services, "windows": [["w7", 7]]})


def test_a_transfer_comes_back_later_when_the_clerk_says_so() -> None:
    async def story(role: Any, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        role.shown(at_window(), 0)
        await glass.push("transfer")
        await glass.push("later:60")
        await until(lambda: screen.content["after_min"] == 60)
        await glass.push("later:20")
        await glass.push("back_here")
        await until(lambda: screen.content["comes_back"] and screen.content["after_min"] == 20)
        await glass.push("transfer:s")
        await until(lambda: role.outlet.asked)
        asked = role.outlet.asked[0]
        assert (asked.service, asked.comes_back, asked.after_min) == ("s", True, 20)

    before("call", story, {"services": [["s", "业务"]]})


def test_a_window_says_why_it_pauses() -> None:
    async def story(role: Any, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        role.shown(ShowWindow(epoch=1, rev=1, state="open", waiting=2), 0)
        await glass.push("pause")
        await until(lambda: screen.page == "pause")
        await glass.push("pause:午餐")
        await until(lambda: role.outlet.asked)
        assert (role.outlet.asked[0].name, role.outlet.asked[0].reason) == ("window/pause", "午餐")
        await until(lambda: screen.page == "window")

    before("call", story)


def test_a_choice_ends_when_the_ticket_it_was_about_is_gone() -> None:
    async def story(role: Any, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        role.shown(at_window(), 0)
        await glass.push("transfer")
        await until(lambda: screen.page == "choose")
        role.shown(ShowWindow(epoch=1, rev=2, state="open", waiting=2), 0)
        await until(lambda: screen.page == "window")

    before("call", story, {"services": [["s", "业务"]]})


def test_of_several_held_tickets_one_is_chosen() -> None:
    async def story(role: Any, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        held = ["20261122-HA001", "20261122-HA005"]
        role.shown(ShowWindow(epoch=1, rev=1, state="open", waiting=2, held=held), 0)
        await glass.push("resume")
        await glass.push("resume:20261122-HA005")
        await until(lambda: role.outlet.asked)
        assert role.outlet.asked[0].ticket == "20261122-HA005"

    before("call", story)


def test_a_clerk_signs_in_by_typing_and_out_by_a_touch() -> None:
    async def story(role: Any, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        role.shown(ShowWindow(epoch=1, rev=1, state="closed", waiting=0), 0)
        await glass.push("sign")
        for letter in ("key:0", "key:2", "key:A", "key:delete", "key:7", "key:ok"):
            await glass.push(letter)
        await until(lambda: role.outlet.asked)
        assert (role.outlet.asked[0].name, role.outlet.asked[0].staff) == ("staff/sign_in", "027")
        role.shown(ShowWindow(epoch=1, rev=2, state="closed", waiting=0, staff="027"), 0)
        await glass.push("sign")  # who sits here, and what they may see of their own work
        await until(lambda: screen.page == "mine")
        await glass.push("back")
        await until(lambda: screen.page == "window")
        await glass.push("sign")
        await glass.push("sign_out")
        await until(lambda: len(role.outlet.asked) == 2)
        assert role.outlet.asked[1].name == "staff/sign_out"
        role.shown(ShowFigures(epoch=1, rev=3), 0)
        await until(lambda: screen.page == "window")

    before("call", story)


def ask(role: Any, ticket: str = "20261122-HA001") -> None:
    role.shown(ShowEvaluation(epoch=1, rev=1, ticket=ticket, number=ticket[-5:], staff="0217"), 0)


def test_a_bad_level_wants_a_reason_and_takes_several_and_words() -> None:
    async def story(role: Any, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        ask(role)
        assert (screen.page, screen.content["staff"]) == ("asking", "0217")
        await glass.push("2")
        await until(lambda: screen.page == "why")
        await glass.push("submit")
        for reason in ("reason:209", "reason:214", "reason:207", "reason:214"):
            await glass.push(reason)
        await until(lambda: screen.content["reasons"] == [209, 207])
        assert role.outlet.asked == [], "nothing was sent without a reason"
        await glass.push("write")
        await until(lambda: screen.page == "words")
        for button in ("key:D", "key:E", "key:N", "key:G", "take:等", "key:ok"):
            await glass.push(button)
        await until(lambda: screen.page == "why" and screen.content["remark"] == "等")
        await glass.push("submit")
        await until(lambda: screen.page == "thanks")
        (rating,) = role.outlet.asked
        assert (rating.ticket, rating.level, list(rating.reasons)) == ("20261122-HA001", 2, [207, 209])
        assert rating.remark == "等"

    before("rate", story)


def test_who_walks_away_has_rated_with_what_was_touched() -> None:
    async def story(role: Any, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        ask(role)
        await glass.push("1")
        await until(lambda: role.outlet.asked)
        assert (role.outlet.asked[0].level, list(role.outlet.asked[0].reasons)) == (1, [])
        await until(lambda: screen.page == "resting")

    before("rate", story, {"why_ms": 30, "notice_ms": 10})


def test_the_next_visitor_does_not_see_the_reasons_of_the_one_before() -> None:
    async def story(role: Any, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        ask(role)
        await glass.push("5")
        await until(lambda: screen.page == "why")
        ask(role, "20261122-HA002")
        assert screen.page == "asking"
        assert [(rating.ticket, rating.level) for rating in role.outlet.asked] == [("20261122-HA001", 5)]

    before("rate", story)


def rated_elsewhere(role: Any, ticket: str = "20261122-HA001") -> None:
    """What the hub shows when that ticket was rated on a phone, or at a kiosk."""
    role.shown(ShowEvaluation(epoch=1, rev=2, staff="0217", rated=ticket), 0)


def test_who_rates_on_the_phone_is_thanked_here_and_nothing_is_rated_twice() -> None:
    async def story(role: Any, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        role.shown(ShowEvaluation(epoch=1, rev=1, ticket="20261122-HA001", number="HA001", link="https://h.cn/e/x"), 0)
        assert (screen.page, screen.content["link"]) == ("asking", "https://h.cn/e/x")
        await glass.push("1")  # and then took the phone out
        await until(lambda: screen.page == "why")
        rated_elsewhere(role)
        assert (screen.page, screen.content["level"]) == ("thanks", 0)
        await until(lambda: screen.page == "resting")
        assert role.outlet.asked == [], "what was half touched here is not sent as well"

    before("rate", story, {"notice_ms": 20, "why_ms": 60})


def test_the_thanks_for_a_rating_here_are_said_once() -> None:
    async def story(role: Any, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        ask(role)
        await glass.push("5")
        await glass.push("submit")
        await until(lambda: screen.page == "thanks")
        rated_elsewhere(role)  # the hub's word for what was just rated here
        assert (screen.page, screen.content["level"]) == ("thanks", 5)
        await until(lambda: screen.page == "resting")
        assert len(role.outlet.asked) == 1

    before("rate", story, {"notice_ms": 20})


def test_a_terminal_that_starts_after_a_rating_thanks_nobody() -> None:
    async def story(role: Any, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        rated_elsewhere(role)
        assert screen.page == "resting"
        ask(role, "20261122-HA002")
        assert screen.page == "asking"

    before("rate", story)


def test_a_touch_right_after_a_page_change_does_not_count() -> None:
    async def story() -> None:
        screen = SimulatedScreen(1024, 600)
        glass = SimulatedGlass(screen)
        touch = TouchPageScreen(screen, glass, evaluation.PAGES, dead_ms=60)
        touch.display("asking", {"number": "HA001"})
        key = asyncio.create_task(touch.key())
        await glass.push("5")
        assert await key == "5"
        touch.display("why", {"number": "HA001", "level": 5, "reasons": [], "remark": ""})
        key = asyncio.create_task(touch.key())
        await glass.push("submit")  # the finger is still there
        await asyncio.sleep(0.02)
        assert not key.done()
        await asyncio.sleep(0.05)
        await glass.push("submit")
        assert await key == "submit"

    asyncio.run(asyncio.wait_for(story(), 5))


# Writing Chinese.


def test_every_common_character_can_be_written_by_one_syllable() -> None:
    assert len(table()) == 396
    assert sum(len(own) for own in table().values()) == 3755
    written = {
        "deng": "等", "hen": "很", "jiu": "久", "tai": "态", "du": "度", "cha": "差", "hao": "好",
        "lv": "律", "lve": "略", "nv": "女", "xing": "行", "zuo": "座", "a": "阿", "shi": "事",
    }  # fmt: skip
    for syllable, letter in written.items():
        assert letter in characters(syllable), syllable
    assert next_letters("zh") == "aeiou"
    assert characters("xyz") == ""


def test_writing_can_be_corrected_and_given_up() -> None:
    typing = Typing("旧", 4)
    for letter in "ZHG":  # no syllable begins zhg
        typing.push("key:" + letter)
    assert typing.syllable == "zh"
    typing.push("key:delete")
    typing.push("key:delete")
    typing.push("key:delete")
    assert (typing.syllable, typing.text) == ("", "")
    for digit in "12345":
        typing.push("key:" + digit)
    assert typing.text == "1234"
    assert typing.push("key:back")
    assert typing.text == "旧"
