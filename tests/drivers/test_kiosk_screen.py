"""The kiosk's touch screen: a visitor's touches become whole choices."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from firmware.screens.kiosk_screen import KioskScreen
from firmware.wire.messages.queue import ShowServices
from simulators.parts.screen import SimulatedGlass, SimulatedScreen

Story = Callable[[KioskScreen, SimulatedGlass, SimulatedScreen], Awaitable[None]]


def services(count: int, hall: str = "综合服务一厅") -> dict[str, Any]:
    offers = [{"service": f"service-{at}", "label": f"业务{at}", "waiting": at} for at in range(count)]
    return {"show": ShowServices(epoch=1, rev=1, hall=hall, offers=offers)}


def before(story: Story, count: int = 6, idle_s: float = 30, size_px: tuple[int, int] = (1080, 1920)) -> None:
    async def whole() -> None:
        screen = SimulatedScreen(*size_px)
        glass = SimulatedGlass(screen)
        kiosk = KioskScreen(screen, glass, idle_s=idle_s)
        kiosk.display("choose", services(count))
        await asyncio.wait_for(story(kiosk, glass, screen), 10)

    asyncio.run(whole())


@pytest.mark.parametrize("size_px", [(1080, 1920), (1920, 1080), (1280, 800), (800, 1280)])
@pytest.mark.parametrize("count", [1, 6, 7, 14, 40])
def test_every_service_can_be_chosen_in_every_language(count: int, size_px: tuple[int, int]) -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        for at, language in ((0, "zh"), (count - 1, "en"), (count // 2, "yue")):
            hand = glass.choose(f"service-{at}", language, "elderly")
            assert await kiosk.choice() == (f"service-{at}", language, "elderly")
            await hand
            kiosk.display("wait", {})
            assert screen.content["language"] == language
            kiosk.display("choose", services(count))
            assert screen.content["language"] == "zh"

    before(story, count, size_px=size_px)


@pytest.mark.parametrize("size_px", [(1080, 1920), (1920, 1080), (1024, 600)])
@pytest.mark.parametrize("count", [1, 5, 8, 40])
def test_buttons_lie_on_the_screen_and_none_covers_another(count: int, size_px: tuple[int, int]) -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        boxes = list(screen.buttons().values())
        for left, top, right, bottom in boxes:
            assert 0 <= left < right <= size_px[0]
            assert 0 <= top < bottom <= size_px[1]
        for at, (left, top, right, bottom) in enumerate(boxes):
            for other in boxes[at + 1 :]:
                assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top

    before(story, count, size_px=size_px)


def test_lost_ticket_is_typed() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        hand = glass.ask_reprint("HA001")
        assert await kiosk.choice() == ("reprint", "HA001")
        await hand
        assert screen.page == "reprint" or screen.page == "choose"

    before(story)


def test_typing_is_not_disturbed_by_new_waiting_counts_but_by_the_end_of_service() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        choice = asyncio.create_task(kiosk.choice())
        for button in ("reprint", "key:H", "key:A", "key:delete"):
            await glass.push(button)
            await asyncio.sleep(0)
        await screen.changed.until(lambda: screen.content.get("typed") == "H", 5)
        kiosk.display("choose", services(6))
        assert (screen.page, screen.content["typed"]) == ("reprint", "H")
        kiosk.display("out_of_service", {"reason": "link"})
        assert screen.page == "out_of_service"
        kiosk.display("choose", services(6))
        assert screen.page == "choose"
        choice.cancel()

    before(story)


def test_half_made_choice_is_forgotten_when_nobody_touches() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        choice = asyncio.create_task(kiosk.choice())
        await glass.push("priority:pregnant")
        assert await screen.changed.until(lambda: screen.content["priority"] == "pregnant", 5)
        assert await screen.changed.until(lambda: screen.content["priority"] == "none", 5)
        choice.cancel()

    before(story, idle_s=0.05)


def test_touch_on_a_notice_brings_the_choice_back_and_elsewhere_does_nothing() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        glass.touch(0, 0)
        kiosk.display("take", {"number": "HA001", "ahead": 0})
        glass.touch(5, 5)
        assert await kiosk.choice() == ("dismiss",)

    before(story)


def test_hand_says_which_button_it_misses() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        kiosk.display("out_of_service", {"reason": "link"})
        with pytest.raises(LookupError, match="no button reprint on page 'out_of_service'"):
            await glass.push("reprint", patience_s=0.01)

    before(story)
