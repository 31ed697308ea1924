"""The kiosk's touch screen: a visitor's touches become whole choices."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from PIL import Image, ImageChops

from firmware.screens import sheet
from firmware.screens.kiosk import PAGES
from firmware.screens.kiosk_screen import KioskScreen
from firmware.wire.messages.queue import ShowServices
from firmware.wire.messages.visitor import VisitorFound
from simulators.parts.screen import SimulatedGlass, SimulatedScreen

Story = Callable[[KioskScreen, SimulatedGlass, SimulatedScreen], Awaitable[None]]


def services(count: int, hall: str = "综合服务一厅", groups: int = 0, group_max: int = 1) -> dict[str, Any]:
    offers = [
        {"service": f"service-{at}", "label": f"业务{at}", "waiting": at, "group": at % max(1, groups)}
        for at in range(count)
    ]
    for offer, initials in zip(offers, ("HZBL", "HKDJ", "HKQY", "ZMKJ"), strict=False):
        offer["initials"] = initials
    halls = [{"label": f"服务{at}厅"} for at in range(groups)]
    show = ShowServices(epoch=1, rev=1, hall=hall, offers=offers, groups=halls, group_max=group_max)
    return {"show": show, "can": ["card"]}


def before(
    story: Story,
    count: int = 6,
    idle_s: float = 30,
    size_px: tuple[int, int] = (1080, 1920),
    groups: int = 0,
    dead_ms: int = 0,
    group_max: int = 1,
) -> None:
    async def whole() -> None:
        screen = SimulatedScreen(*size_px)
        glass = SimulatedGlass(screen)
        kiosk = KioskScreen(screen, glass, idle_s=idle_s, dead_ms=dead_ms)
        kiosk.display("choose", services(count, groups=groups, group_max=group_max))
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
            kiosk.display("take", {"number": "HA001", "ahead": 0})
            kiosk.display("choose", services(count))
            assert screen.content["language"] == "zh"

    before(story, count, size_px=size_px)


@pytest.mark.parametrize("size_px", [(1080, 1920), (1920, 1080), (1024, 600)])
@pytest.mark.parametrize("count", [1, 5, 8, 40])
def test_buttons_lie_on_the_screen_and_none_covers_another(count: int, size_px: tuple[int, int]) -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        boxes = list(screen.buttons().values())
        assert min(bottom - top for _, top, _, bottom in boxes) >= min(size_px) * 5 // 100, "large enough for a finger"
        for left, top, right, bottom in boxes:
            assert 0 <= left < right <= size_px[0]
            assert 0 <= top < bottom <= size_px[1]
        for at, (left, top, right, bottom) in enumerate(boxes):
            for other in boxes[at + 1 :]:
                assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top

    before(story, count, size_px=size_px, group_max=50)


def test_lost_ticket_is_typed() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        hand = glass.ask_reprint("HA001")
        assert await kiosk.choice() == ("reprint", "HA001")
        await hand
        assert screen.page == "choose"

    before(story)


def test_typing_is_not_disturbed_by_new_waiting_counts_but_by_the_end_of_service() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        choice = asyncio.create_task(kiosk.choice())
        for button in ("reprint", "key:H", "key:A", "key:delete"):
            await glass.push(button)
            await asyncio.sleep(0)
        await screen.changed.until(lambda: screen.content.get("typed") == "H", 5)
        kiosk.display("choose", services(6))
        assert (screen.page, screen.content["typed"]) == ("type", "H")
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


@pytest.mark.parametrize("size_px", [(1080, 1920), (1920, 1080), (1024, 600)])
@pytest.mark.parametrize("page", ["card", "visitor", "reasons", "search", "phone", "reprint", "halls", "large"])
def test_no_button_of_the_other_pages_covers_another(page: str, size_px: tuple[int, int]) -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        choice = asyncio.create_task(kiosk.choice())
        if page == "card":
            kiosk.display("card", {"can": ["card"], "code": ""})
        elif page == "visitor":
            kiosk.display("visitor", {"found": visitor(4), "utc_offset_min": 480})
        elif page == "phone":
            kiosk.display("card", {"can": ["card"], "code": ""})
            await glass.push("phone")
            await screen.changed.until(lambda: screen.page == "type", 5)
        elif page != "halls":
            await glass.push("priority:other" if page == "reasons" else page)
            await asyncio.sleep(0)
            await screen.changed.until(lambda: screen.page != "choose" or screen.content["is_large"], 5)
        found = list(screen.buttons().items())
        assert len(found) > 1
        for at, (_, (left, top, right, bottom)) in enumerate(found):
            assert 0 <= left < right <= size_px[0]
            assert 0 <= top < bottom <= size_px[1]
            for other, box in found[at + 1 :]:
                apart = right <= box[0] or box[2] <= left or bottom <= box[1] or box[3] <= top
                assert apart, f"{found[at][0]} and {other}"
        choice.cancel()

    before(story, 40, size_px=size_px, groups=11 if page == "halls" else 0)


@pytest.mark.parametrize("size_px", [(1080, 1920), (1920, 1080), (1280, 800), (1024, 600), (800, 1280)])
@pytest.mark.parametrize("count", [4, 12, 40])
def test_how_many_wait_is_written_large_enough(count: int, size_px: tuple[int, int]) -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        image = screen.image()
        for name, box in screen.buttons().items():
            if name.startswith("service:"):
                cell = image.crop(box)
                plain = Image.new("RGB", cell.size, sheet.FAINT)
                inked = (
                    ImageChops.difference(cell, plain).convert("L").point(lambda level: 255 * (level == 0)).getbbox()
                )
                assert inked is not None
                high_px = inked[3] - inked[1]  # a Chinese character is nine tenths of its line
                assert high_px >= min(size_px) * 25 // 1000 * 85 // 100, name
                assert inked[3] < cell.height * 97 // 100, "below it the cell goes on"

    before(story, count, size_px=size_px)


def visitor(appointments: int) -> VisitorFound:
    booking = {"service": "s", "label": "业务", "starts_at_ms": 0, "ends_at_ms": 1, "arrival": "on_time"}
    ticket = {"ticket": "t1", "number": "HA012", "service": "s", "label": "业务", "state": "waiting", "ahead": 4}
    bookings = [{**booking, "appointment": f"a{at}"} for at in range(appointments)]
    return VisitorFound(boot="b", ask=1, result="found", shown="张*", appointments=bookings, tickets=[ticket])


@pytest.mark.parametrize("size_px", [(1080, 1920), (1280, 800)])
def test_over_a_hundred_services_are_reached_hall_by_hall(size_px: tuple[int, int]) -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        for at in (0, 64, 119):
            hand = glass.choose(f"service-{at}")
            assert await kiosk.choice() == (f"service-{at}", "zh", "none")
            await hand
            kiosk.display("take", {"number": "HA001", "ahead": 0})
            kiosk.display("choose", services(120, groups=5))

    before(story, 120, size_px=size_px, groups=5)


def test_a_service_is_found_by_its_initials_and_other_letters_are_no_use() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        choice = asyncio.create_task(kiosk.choice())
        await glass.push("search")
        await screen.changed.until(lambda: screen.page == "type", 5)
        shown = {name for name in screen.buttons() if name.startswith("service:")}
        assert len(shown) == 6
        for typed, left in (("H", 3), ("HK", 2), ("HKQ", 1)):
            await glass.push("key:" + typed[-1])
            await screen.changed.until(lambda so_far=typed: screen.content["typed"] == so_far, 5)
            assert len([name for name in screen.buttons() if name.startswith("service:")]) == left
        await glass.push("service:service-2")
        assert await choice == ("service-2", "zh", "none")

    before(story)


def test_the_green_lane_asks_why_and_tells_it() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        hand = glass.choose("service-1", "en", "other")
        assert await kiosk.choice() == ("service-1", "en", "other", "行动不便或急病")
        await hand

    before(story)


def test_a_group_is_counted_up_to_the_limit_and_forgotten_with_the_visitor() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        async def touched(button: str, persons: int) -> None:
            await glass.push(button)
            assert await screen.changed.until(lambda: screen.content.get("persons") == persons, 5), button

        choice = asyncio.create_task(kiosk.choice())
        for button, persons in (("persons:1", 2), ("persons:1", 3), ("persons:-1", 2), ("persons:1", 3)):
            await touched(button, persons)
        for button in ("persons", "key:9", "key:9"):
            await glass.push(button)
            await asyncio.sleep(0)
        assert screen.page == "type"
        await touched("key:ok", 40)
        assert screen.page == "choose"
        await glass.push("persons:1")
        await asyncio.sleep(0.01)
        assert screen.content["persons"] == 40
        await glass.push("service:service-1")
        assert await choice == ("service-1", "zh", "none", "", "40")
        kiosk.display("take", {"number": "HA001", "ahead": 0})
        kiosk.display("choose", services(6, group_max=40))
        assert screen.content["persons"] == 1
        hand = glass.choose("service-0", "zh", "other")
        assert await kiosk.choice() == ("service-0", "zh", "other", "行动不便或急病")
        await hand
        kiosk.display("choose", services(6))
        assert not [name for name in screen.buttons() if name.startswith("persons")]

    before(story, group_max=40)


def test_who_goes_on_keeps_their_looks_and_who_leaves_ends_the_visit() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        choice = asyncio.create_task(kiosk.choice())
        for button in ("language:en", "priority:elderly", "service:service-3"):
            await glass.push(button)
            await asyncio.sleep(0)
        assert await choice == ("service-3", "en", "elderly")
        kiosk.display("take", {"number": "HA001", "ahead": 0, "further": True})
        await glass.push("further")
        assert await kiosk.choice() == ("further",)
        kiosk.display("choose", {**services(6), "further": "HA001"})
        looks = (screen.content["language"], screen.content["priority"])
        assert looks == ("en", "elderly")
        assert {"dismiss", "search"} <= set(screen.buttons())
        assert "identify" not in screen.buttons()
        assert await kiosk.choice() == ("dismiss",), "nobody touched: they have gone"
        assert screen.content["language"] == "zh"

    before(story, idle_s=0.2)


def test_the_offer_to_go_on_lies_apart_from_the_rest_of_the_notice() -> None:
    for size_px in ((1080, 1920), (1920, 1080), (1024, 600)):
        found = PAGES["take"].buttons
        assert found is not None
        boxes = found({"number": "HA001", "ahead": 0, "further": True}, *size_px)
        assert boxes["dismiss"][3] < boxes["further"][1]
        assert boxes["further"][3] - boxes["further"][1] >= min(size_px) * 8 // 100
        assert list(found({"number": "HA001", "ahead": 0}, *size_px)) == ["dismiss"]


def test_large_letters_and_contrast_last_as_long_as_the_visitor() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        choice = asyncio.create_task(kiosk.choice())
        await glass.push("large")
        await glass.push("strong")
        await screen.changed.until(lambda: screen.content["is_large"] and screen.content["is_strong"], 5)
        kiosk.display("card", {"can": ["card"], "code": ""})
        assert screen.content["is_strong"]
        kiosk.display("choose", services(6))
        assert screen.content["is_large"]
        kiosk.display("take", {"number": "HA001", "ahead": 0})
        kiosk.display("choose", services(6))
        assert not screen.content["is_large"]
        assert not screen.content["is_strong"]
        choice.cancel()

    before(story)


def test_who_leaves_their_affairs_on_the_screen_is_forgotten() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        kiosk.display("visitor", {"found": visitor(1), "utc_offset_min": 480})
        assert await kiosk.choice() == ("dismiss",)

    before(story, idle_s=0.03)


def test_what_was_found_is_checked_in_or_printed_again_or_left() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        for button, made in (
            ("appointment:a0", ("appointment", "a0", "zh")),
            ("reprint:HA012", ("reprint", "HA012")),
            ("other", ("other",)),
        ):
            kiosk.display("visitor", {"found": visitor(1), "utc_offset_min": 480})
            await glass.push(button)
            assert await kiosk.choice() == made

    before(story)


def test_a_finger_that_is_still_there_when_the_page_changes_chooses_nothing() -> None:
    async def story(kiosk: KioskScreen, glass: SimulatedGlass, screen: SimulatedScreen) -> None:
        kiosk.display("take", {"number": "HA001", "ahead": 0})
        await asyncio.sleep(0.06)
        await glass.push("dismiss")
        assert await kiosk.choice() == ("dismiss",)
        kiosk.display("choose", services(6))
        choice = asyncio.create_task(kiosk.choice())
        await glass.push("service:service-0")  # the second tap of a double one
        await asyncio.sleep(0.02)
        assert not choice.done()
        await asyncio.sleep(0.04)
        await glass.push("service:service-1")
        assert await choice == ("service-1", "zh", "none")

    before(story, dead_ms=50)
