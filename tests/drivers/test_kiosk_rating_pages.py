"""A visitor rates on a kiosk's glass: touches become one whole rating, or nothing when they walk away."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from firmware.screens import kiosk
from firmware.screens.kiosk_screen import KioskScreen
from firmware.wire.messages.rating import RatingFound
from simulators.parts.screen import SimulatedGlass, SimulatedScreen
from tests.drivers.test_kiosk_screen import before as before_choosing

Story = Callable[[KioskScreen, SimulatedGlass, SimulatedScreen], Awaitable[None]]
SERVICES = [
    {"nth": 1, "label": "发票", "label_en": "Invoices", "window": 1},
    {"nth": 3, "label": "证明", "window": 12},
]


def served(count: int) -> dict[str, Any]:
    found = RatingFound(boot="b", ask=1, result="found", number="A001", code="c", services=SERVICES[:count])
    return {"number": "A001", "services": found.services}


def before(story: Story, services: int = 1, idle_s: float = 30, size_px: tuple[int, int] = (1080, 1920)) -> None:
    async def whole(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        kiosk.display("wait", {})
        kiosk.display("rate", served(services))
        await story(kiosk, glass, screen)

    before_choosing(whole, idle_s=idle_s, size_px=size_px)


async def push(glass: SimulatedGlass, screen: SimulatedScreen, button: str, page: str) -> None:
    await glass.push(button)
    assert await screen.changed.until(lambda: screen.page == page, 5), f"{page} after {button}, not {screen.page}"


def test_five_faces_reasons_and_words_become_one_rating() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        choice = asyncio.create_task(kiosk.choice())
        assert (screen.page, screen.content["service"], screen.content["window"]) == ("rate_asking", "发票", 1)
        await push(glass, screen, "4", "rate_why")
        await push(glass, screen, "back", "rate_asking")
        await push(glass, screen, "2", "rate_why")
        await glass.push("submit")
        await glass.push("reason:214")
        await glass.push("reason:207")
        await push(glass, screen, "write", "rate_words")
        for letter in "DENG":
            await glass.push("key:" + letter)
        await screen.changed.until(lambda: screen.content["syllable"] == "deng", 5)
        await glass.push("take:等")
        await push(glass, screen, "key:ok", "rate_why")
        assert not choice.done(), "a poor rating says why first"
        await glass.push("submit")
        assert await choice == ("rated", "1", "2", "214 207", "等")

    before(story)


def test_a_good_rating_needs_two_touches() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        choice = asyncio.create_task(kiosk.choice())
        await push(glass, screen, "5", "rate_why")
        await glass.push("submit")
        assert await choice == ("rated", "1", "5", "", "")

    before(story)


def test_of_several_services_one_is_chosen_first() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        choice = asyncio.create_task(kiosk.choice())
        assert screen.page == "rate_which"
        await push(glass, screen, "nth:3", "rate_asking")
        assert (screen.content["service"], screen.content["window"]) == ("证明", 12)
        await push(glass, screen, "3", "rate_why")
        await glass.push("submit")
        assert await choice == ("rated", "3", "3", "", "")

    before(story, services=2)


def test_language_and_looks_can_be_chosen_while_rating_and_go_with_the_visitor() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        choice = asyncio.create_task(kiosk.choice())
        for button in ("language:en", "large", "strong"):
            await glass.push(button)
        await screen.changed.until(lambda: screen.content["is_strong"], 5)
        looks = {"language": "en", "is_large": True, "is_strong": True, "service": "Invoices"}
        assert {name: screen.content[name] for name in looks} == looks
        await push(glass, screen, "5", "rate_why")
        assert screen.content["language"] == "en"
        await glass.push("submit")
        await choice
        kiosk.display("rated", {"level": 5})
        assert screen.content["language"] == "en"
        kiosk.display("choose", {})
        kiosk.display("rate", served(1))
        assert (screen.content["language"], screen.content["is_large"]) == ("zh", False)

    before(story)


def test_who_walks_away_has_rated_nothing_and_the_next_sees_nothing_of_it() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        choice = asyncio.create_task(kiosk.choice())
        await push(glass, screen, "1", "rate_why")
        await glass.push("reason:115")
        assert await choice == ("dismiss",)
        kiosk.display("choose", {})
        kiosk.display("rate", served(1))
        assert screen.page == "rate_asking"

    before(story, idle_s=0.1)


def test_back_leaves_without_a_rating() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        choice = asyncio.create_task(kiosk.choice())
        await glass.push("dismiss")
        assert await choice == ("dismiss",)

    before(story)


def test_the_code_is_typed_where_nothing_is_scanned() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        await glass.push("rate")
        assert await kiosk.choice() == ("rate",)
        kiosk.display("paper", {"code": ""})
        choice = asyncio.create_task(kiosk.choice())
        await push(glass, screen, "paper", "type")
        for letter in "HA1234567K3MQPX":
            await glass.push("key:" + letter)
        await push(glass, screen, "key:ok", "paper")
        assert await choice == ("paper", "HA1234567K3MQPX")
        assert await kiosk.choice() == ("dismiss",), "nobody touched it any more"

    before_choosing(story, idle_s=0.2)


@pytest.mark.parametrize("size_px", [(1080, 1920), (1920, 1080), (1024, 600), (800, 1280)])
@pytest.mark.parametrize("page", ["paper", "rate_which", "rate_asking", "rate_why", "rate_words"])
def test_buttons_are_large_enough_and_none_covers_another(page: str, size_px: tuple[int, int]) -> None:
    content = {**served(2), "code": "", "service": "发票", "window": 1, "level": 1, "reasons": [], "remark": ""}
    content |= {"text": "", "syllable": "shi", "page": 1}
    if page == "rate_asking":
        del content["level"]
    buttons = kiosk.PAGES[page].buttons
    assert buttons is not None
    found = list(buttons(content, *size_px).items())
    for at, (name, (left, top, right, bottom)) in enumerate(found):
        assert 0 <= left < right <= size_px[0]
        assert 0 <= top < bottom <= size_px[1]
        assert min(right - left, bottom - top) >= min(size_px) * 8 // 100, f"{name} is too small for a finger"
        for other, box in found[at + 1 :]:
            apart = right <= box[0] or box[2] <= left or bottom <= box[1] or box[3] <= top
            assert apart, f"{name} and {other}"
