"""Strips of Colorlight cards: what travels and what does not, faults, and a real interface."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any

import pytest

from drivers.faults import PartFault
from drivers.linux.colorlight import pixels as pixels_module
from drivers.linux.colorlight.chain import ANSWER, Chain
from drivers.linux.colorlight.frames import (
    FLAGS,
    ORDERS,
    SYNCS,
    Dialect,
)
from drivers.linux.colorlight.pixels import ColorlightPixels
from drivers.linux.colorlight.stretch import Stretch
from drivers.linux.long_panel import LongPanel
from drivers.linux.packet_socket import PacketSocket
from firmware.parts import make
from firmware.roles.window_strip import WindowStrip
from firmware.wire.messages.screen import ShowRegion
from hub.effects.region_look import palette_of
from hub.effects.strip_layout import Look
from hub.effects.strip_pixels import region_pixels
from simulators.parts.card_chain import SimulatedCable, SimulatedCards, listen, on_interface
from simulators.parts.strip import SimulatedStrip
from simulators.parts.strip_scale import measured
from tests.drivers.picture import compare
from tests.drivers.veth import FAR, NEAR, ip, on_veth
from tests.hub.strip_gallery import stacked

HIGH_PX = 32
RED, GREEN = 0xFF0000, 0x00FF00


# --- a strip at work


class Strip:
    """A driver, its cables and the LEDs at their ends; ``cuts`` as in a profile."""

    def __init__(self, width_px: int = 1200, cuts: tuple[int, ...] = (), height_px: int = HIGH_PX, **more: Any) -> None:
        dialect = Dialect(**more.pop("dialect", {}))
        self.leds = SimulatedStrip(width_px, height_px)
        edges = (0, *cuts, width_px)
        self.cards = []
        self.cables = []
        chains = []
        for left, right in pairwise(edges):
            self.cards.append(SimulatedCards(self.leds, left, right - left, order=dialect.order))
            self.cables.append(SimulatedCable(self.cards[-1]))
            stretch = Stretch(left, right - left, height_px, dialect)
            chains.append(Chain(self.cables[-1].open, stretch, is_asked=more.get("is_asked", True)))
        more.pop("is_asked", None)
        self.pixels = ColorlightPixels(
            chains, height_px, dialect=dialect, **{"brightness": 255, "refresh_s": 0, **more}
        )
        self.panel = LongPanel(self.pixels, width_px, height_px)

    def lit(self, x: int, width: int, colour: int = RED) -> None:
        self.panel.draw(x, width, HIGH_PX, [colour, 0, 0], b"\x55" * ((width + 3) // 4 * HIGH_PX))

    def at(self, x: int, y: int = 0) -> Any:
        return self.leds.image().getpixel((x, y))


async def until(is_so: Callable[[], bool], what: str, patience_s: float = 5.0) -> None:
    end = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < end, "not within time: " + what
        await asyncio.sleep(0.005)


def with_strip(story: Callable[[Strip], Coroutine[Any, Any, None]], **more: Any) -> None:
    async def whole() -> None:
        strip = Strip(**more)
        task = asyncio.create_task(strip.panel.run())
        try:
            await story(strip)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            for cable in strip.cables:
                cable.close()
            strip.pixels.close()
        assert [one for cards in strip.cards for one in cards.frames_misread] == []

    asyncio.run(asyncio.wait_for(whole(), 20))


async def dark_and_rested(strip: Strip) -> None:
    await until(lambda: all(cards.rows for cards in strip.cards), "the first picture")
    await rested(strip)


async def rested(strip: Strip) -> None:
    seen = -1
    while seen != (seen := sum(cards.rows for cards in strip.cards)):
        await asyncio.sleep(0.06)


@pytest.mark.parametrize("order", ORDERS)
def test_any_order_of_colours_lights_the_same(order: str) -> None:
    async def story(strip: Strip) -> None:
        strip.lit(0, 4, 0x102030)
        await until(lambda: strip.at(3, HIGH_PX - 1) == (0x10, 0x20, 0x30), "four pixels")

    with_strip(
        story, width_px=8, dialect={"order": order, "flags": FLAGS[1], "sync": SYNCS[order == "rgb"]}, is_asked=False
    )


def test_one_call_moves_one_region_only_its_rows_and_columns() -> None:
    """The strip of 44.45 m over 26 windows, on three interfaces."""
    width_px = 14817

    async def story(strip: Strip) -> None:
        await dark_and_rested(strip)
        before = [cards.pixels for cards in strip.cards]
        strip.lit(6000, 569)
        await until(lambda: strip.at(6568, HIGH_PX - 1) == (255, 0, 0), "the region")
        await rested(strip)
        moved = [cards.pixels - was for cards, was in zip(strip.cards, before, strict=True)]
        assert moved == [0, 569 * HIGH_PX, 0]
        assert strip.leds.image().getbbox() == (6000, 0, 6569, HIGH_PX)

    with_strip(story, width_px=width_px, cuts=(4939, 9878))


STATES = (("called", "HA001", ("请到", "本窗口")), ("serving", "B128", ("正在", "办理")))
PLAIN = (("open", "请取号等候"), ("paused", "暂停服务"), ("closed", "窗口未开放"))
NAMES = (
    "出入境证件办理",
    "户籍业务综合受理",
    "不动产登记（含抵押、查封、预告登记）",
    "社会保险关系转移接续综合服务",
    "公积金",
)


def window(number: int) -> tuple[Look, str]:
    """What the window of that number shows; all states and names come along the strip."""
    if number % 5 < 2:
        tone, main, side = STATES[number % 5]
    else:
        (tone, main), side = PLAIN[number % 5 - 2], ()
    return Look(569, 128, str(number + 1), NAMES[number % 4], main, side), tone


def test_the_longest_strip_with_all_its_windows_can_be_looked_at() -> None:
    """44.45 m over 26 windows, drawn by the hub's own hand, on three interfaces."""

    async def story(strip: Strip) -> None:
        role = WindowStrip({}, {"panel": strip.panel})
        for number in range(26):
            look, tone = window(number)
            pixels = region_pixels(look)
            facts = {"x": number * 569, "width": 569, "height": 128, "palette": palette_of(tone), "text": ""}
            role.shown(ShowRegion(epoch=1, rev=1, pixels=pixels, **facts), number)
        await until(lambda: strip.leds.image().crop((25 * 569, 0, 14817, 128)).getbbox() is not None, "the last window")
        await rested(strip)
        compare("strip_44m.png", measured(strip.leds, 569 * 4))
        assert role.fault == ""

    with_strip(story, width_px=14817, cuts=(4939, 9878), height_px=128)


def test_a_call_flashes_alone_and_a_second_one_in_that_time_is_shown() -> None:
    """Three windows: phases of one that flashes, and of the call that comes before the flash is over."""
    phases = []

    async def story(strip: Strip) -> None:
        role = WindowStrip({"half_flash_ms": 60}, {"panel": strip.panel})
        rhythm = asyncio.create_task(role._rhythm())
        pictures = {}
        for slot, number in enumerate(("HA001", "B128", "HA002")):
            pictures[slot] = region_pixels(Look(400, 128, str(slot + 1), "户籍业务综合受理", number))

        def show(slot: int, pixels: str, flash_ms: int = 0) -> None:
            facts = {"x": slot * 400, "width": 400, "height": 128, "palette": palette_of("called"), "text": ""}
            role.shown(ShowRegion(epoch=1, rev=1, pixels=pixels, flash_ms=flash_ms, **facts), slot)

        def is_lit() -> bool:
            return strip.leds.image().crop((400, 0, 800, 128)).getbbox() is not None

        for slot in range(3):
            show(slot, pictures[slot], 10000 if slot == 1 else 0)
        for state in (True, False, True):
            await until(lambda state=state: is_lit() == state, f"lit {state}")
            await until(lambda: strip.leds.image().crop((800, 0, 1200, 128)).getbbox() is not None, "the neighbour")
            phases.append(strip.leds.image())
        show(1, region_pixels(Look(400, 128, "2", "户籍业务综合受理", "B129")), 200)
        await until(lambda: not role._flashing, "the end of the flash")
        await rested(strip)
        phases.append(strip.leds.image())
        rhythm.cancel()

    with_strip(story, height_px=128)
    compare("strip_flash.png", stacked(phases))


def test_a_region_across_two_interfaces_is_whole() -> None:
    async def story(strip: Strip) -> None:
        strip.lit(480, 300)
        await until(lambda: strip.leds.image().getbbox() == (480, 0, 780, HIGH_PX), "both parts")
        assert strip.at(599) == strip.at(600) == (255, 0, 0)

    with_strip(story, cuts=(600,))


def test_what_is_shown_already_does_not_travel() -> None:
    async def story(strip: Strip) -> None:
        strip.lit(0, 100)
        await until(lambda: strip.at(99) == (255, 0, 0), "the region")
        await rested(strip)
        rows = strip.cards[0].rows
        strip.lit(0, 100)
        shows = strip.cards[0].shows
        await until(lambda: strip.cards[0].shows > shows, "one more show")
        assert strip.cards[0].rows == rows

    with_strip(story)


def test_every_row_travels_again_and_again_slowly() -> None:
    async def story(strip: Strip) -> None:
        strip.lit(0, 100)
        await until(lambda: strip.at(99) == (255, 0, 0), "the region")
        strip.leds.row(0, 0, bytes(300 * 3))  # a card forgets
        strip.leds.show()
        assert strip.at(99) == (0, 0, 0)
        await until(lambda: strip.at(99) == (255, 0, 0), "the row once more", 2.0)

    with_strip(story, refresh_s=0.2)


def test_rows_settle_before_the_show_and_shows_keep_their_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(strip: Strip) -> None:
        await dark_and_rested(strip)
        took: list[tuple[float, int]] = []
        take = strip.cards[0].take
        monkeypatch.setattr(
            strip.cards[0],
            "take",
            lambda data: (took.append((time.monotonic(), data[12] if data else 0)), take(data))[1],
        )
        for number in range(12):
            strip.lit(0, 40 + number)
            await asyncio.sleep(0.01)
        await rested(strip)
        shows = [at for at, sort in took if sort == 1]
        assert len(shows) >= 3
        # What is measured here is when a busy loop reads, so it only shows that they do not come at once.
        assert (shows[-1] - shows[0]) / (len(shows) - 1) >= pixels_module.SHOW_S * 0.9
        last_row = max(at for at, sort in took if sort == 0x55)
        assert shows[-1] > last_row

    with_strip(story, is_asked=False)


def test_light_dims_everything_and_zero_is_dark() -> None:
    async def story(strip: Strip) -> None:
        strip.lit(0, 40)
        strip.panel.light(50)
        await until(lambda: 120 < strip.at(0)[0] < 136, "half the light")
        strip.panel.light(0)
        await until(lambda: strip.leds.image().getbbox() is None, "black")
        strip.panel.light(100)
        await until(lambda: strip.at(0) == (255, 0, 0), "full light")

    with_strip(story, dialect={"sync": "0101"})


def test_self_test_shows_colours_then_numbers_then_what_was_there() -> None:
    async def story(strip: Strip) -> None:
        strip.lit(0, 1200, 0x123456)
        await until(lambda: strip.at(1199) == (0x12, 0x34, 0x56), "the picture")
        await until(lambda: all(chain.cards for chain in strip.pixels._chains), "cards that answer")
        test = asyncio.create_task(strip.panel.self_test(0.15))
        for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)):
            await until(lambda colour=colour: strip.at(400, 9) == colour, f"plain {colour}")
        await until(lambda: strip.at(400, 9) == (0, 0, 0), "the border and the numbers")
        compare("strip_self_test.png", strip.leds.image())
        strip.lit(0, 600, 0x654321)  # a call meanwhile
        assert await test == "interface 1: 5A 13.14, 600 x 32 px; interface 2: 5A 13.14, 600 x 32 px"
        await until(lambda: strip.at(1199) == (0x12, 0x34, 0x56), "what was there")
        await until(lambda: strip.at(0) == (0x65, 0x43, 0x21), "what came meanwhile")

    with_strip(story, cuts=(600,), card_px=256)


# --- faults


def test_pulled_cable_is_told_within_two_seconds_and_heals_by_itself() -> None:
    async def story(strip: Strip) -> None:
        strip.lit(0, 1200)
        await until(lambda: strip.at(1199) == (255, 0, 0), "the picture")
        strip.cables[1].unplug()
        began = time.monotonic()
        await until(lambda: strip.panel.health.fault == "unplugged", "the fault")
        assert time.monotonic() - began < 2
        strip.lit(0, 1200, GREEN)
        await until(lambda: strip.at(0) == (0, 255, 0), "what can be done is done")
        assert strip.at(1199) == (255, 0, 0)
        with pytest.raises(PartFault, match="interface 2: unplugged"):
            await strip.panel.self_test(0.01)
        strip.cables[1].plug_in()
        began = time.monotonic()
        await until(lambda: strip.panel.health.fault == "", "health")
        await until(lambda: strip.at(1199) == (0, 255, 0), "what was missed")
        assert time.monotonic() - began < 2

    with_strip(story, cuts=(600,))


class Stuck:
    """An interface without a carrier whose queue is full: it takes nothing, and says so for ever."""

    def send(self, data: bytes, /) -> int:
        raise BlockingIOError

    def receive(self) -> bytes:
        return b""

    def is_up(self) -> bool:
        return False

    def close(self) -> None:
        """There is nothing to close."""


def test_an_interface_that_takes_nothing_holds_up_no_other() -> None:
    async def story(strip: Strip) -> None:
        strip.pixels._chains[1]._open_port = Stuck
        strip.lit(0, 1200)
        await until(lambda: strip.at(0) == (255, 0, 0), "the first stretch")
        strip.lit(0, 1200, GREEN)
        await until(lambda: strip.at(0) == (0, 255, 0), "the first stretch again")
        assert strip.at(1199) == (0, 0, 0)
        assert strip.panel.health.fault == "unplugged"

    with_strip(story, cuts=(600,))


def test_card_without_power_is_told_and_gets_everything_when_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(strip: Strip) -> None:
        strip.lit(0, 100)
        await until(lambda: bool(strip.pixels._chains[0].cards), "a card that answers")
        strip.cards[0].is_mute = True
        began = time.monotonic()
        await until(lambda: strip.panel.health.fault == "no_answer", "the fault")
        assert time.monotonic() - began < 2
        strip.leds.row(0, 0, bytes(300))
        strip.leds.show()
        strip.cards[0].is_mute = False
        await until(lambda: strip.panel.health.fault == "", "health")
        await until(lambda: strip.at(0) == (255, 0, 0), "the picture")

    with_strip(story)


def test_cards_that_never_answer_need_not_be_asked() -> None:
    async def story(strip: Strip) -> None:
        strip.cards[0].is_mute = True
        strip.lit(0, 100)
        await until(lambda: strip.at(0) == (255, 0, 0), "the picture")
        assert strip.panel.health.fault == ""
        assert await strip.panel.self_test(0.01) == "interface 1: cards are not asked"

    with_strip(story, is_asked=False)


def test_nothing_piles_up_for_a_strip_that_is_not_there() -> None:
    stretch = Stretch(0, 100, 2, Dialect())
    for number in range(1000):
        stretch.put(10, number % 2, bytes([number % 256]) * 30)
    frames = 0
    while stretch.is_due:
        frames += len(list(stretch.take()))
    assert frames == 4


# --- as a profile builds it


def row(**more: Any) -> dict[str, Any]:
    return {"driver": "panel_colorlight", "interface": NEAR, "brightness": 255, **more}


def test_a_profile_says_which_columns_hang_where() -> None:
    board = {"settings": {"width_px": 1000, "height_px": 8}}
    even = make(row(more_interfaces=["leds1", "leds2"]), board)
    assert [(c.stretch.x_px, c.stretch.width_px) for c in even.run.__self__._chains] == [
        (0, 333),
        (333, 333),
        (666, 334),
    ]
    told = make(row(more_interfaces=["leds1"], cuts=[600]), board)
    assert [(c.stretch.x_px, c.stretch.width_px) for c in told.run.__self__._chains] == [(0, 600), (600, 400)]
    for cuts in ([0], [1000], [600, 700]):
        with pytest.raises(ValueError, match="rising columns inside 1000"):
            make(row(more_interfaces=["leds1"], cuts=cuts), board)


def test_without_permission_the_role_ends_and_says_what_to_do() -> None:
    def refuse() -> Any:
        raise PermissionError("panel: frames on leds0 need CAP_NET_RAW")

    pixels = ColorlightPixels([Chain(refuse, Stretch(0, 8, 1, Dialect()))], 1)
    with pytest.raises(PermissionError, match="need CAP_NET_RAW"):
        asyncio.run(pixels.run())


def test_on_a_real_interface_between_two_ends_of_a_cable() -> None:
    """AF_PACKET and a veth pair: link down is noticed, link up heals, an interface that vanishes may come back."""

    async def story() -> None:
        leds = SimulatedStrip(600, HIGH_PX)
        cards = SimulatedCards(leds)
        far = on_interface(FAR)
        listen(far, cards)
        panel = make(row(), {"settings": {"width_px": 600, "height_px": HIGH_PX}})
        task = asyncio.create_task(panel.run())
        try:
            panel.draw(0, 600, HIGH_PX, [RED, 0, 0], b"\x55" * (150 * HIGH_PX))
            await until(lambda: leds.image().getbbox() == (0, 0, 600, HIGH_PX), "the picture")
            await until(lambda: bool(panel.run.__self__._chains[0].cards), "a card that answers")
            for fault, down, up in (
                ("unplugged", ("set", FAR, "down"), ("set", FAR, "up")),
                ("unplugged", ("set", NEAR, "down"), ("set", NEAR, "up")),
            ):
                ip(*down)
                await until(lambda fault=fault: panel.health.fault == fault, fault, 2.0)
                ip(*up)
                await until(lambda: panel.health.fault == "", "health", 2.0)
            ip("del", NEAR)
            await until(lambda: panel.health.fault == "unplugged", "no interface", 2.0)
            ip("add", NEAR, "type", "veth", "peer", "name", FAR)
            ip("set", NEAR, "up")
            ip("set", FAR, "up")
            asyncio.get_running_loop().remove_reader(far.fileno())
            far.close()
            far = on_interface(FAR)
            listen(far, cards)
            panel.clear(0, 600, HIGH_PX)
            await until(lambda: panel.health.fault == "", "health", 2.0)
            await until(lambda: leds.image().getbbox() is None, "what came meanwhile")
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            panel.run.__self__.close()
            asyncio.get_running_loop().remove_reader(far.fileno())
            far.close()
        assert cards.frames_misread == []

    on_veth(story)


def test_missing_interface_says_what_to_do() -> None:
    async def story() -> None:
        with pytest.raises(OSError, match=r"interface nonesuch0: .*plugged in and named so\?"):
            PacketSocket("nonesuch0", ANSWER)

    on_veth(story)
