"""A screen that is tested: colours and a grid before all pages, a finger that touches no button, the page again."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from drivers.faults import PartFault
from firmware.screens import self_test
from firmware.screens.hall_display import PAGES
from firmware.screens.page_screen import PageScreen
from firmware.screens.touch import TouchPageScreen
from simulators.parts.screen import SimulatedGlass, SimulatedScreen

BELOW_CONTENT = {"title": "below"}


class Eye(SimulatedScreen):
    """Keeps the pages that were shown: their names, and the colour of a test's page."""

    def __init__(self, width_px: int, height_px: int) -> None:
        super().__init__(width_px, height_px)
        self.seen: list[str] = []

    def invalidate(self, frame: object) -> None:
        super().invalidate(frame)
        self.seen.append(str(self.content.get("colour") or "grid") if self.page == "self_test" else self.page)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_test, "COLOUR_S", 0.001)
    monkeypatch.setattr(self_test, "GRID_S", 0.001)
    monkeypatch.setattr(self_test, "TOUCH_S", 0.3)


def play(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(story(), 5))  # type: ignore[arg-type]


def test_colours_then_a_grid_then_the_page_of_before() -> None:
    async def story() -> None:
        eye = Eye(640, 480)
        screen = PageScreen(eye, PAGES)
        name = next(iter(PAGES))
        screen.display(name, BELOW_CONTENT)
        testing = asyncio.create_task(screen.self_test())
        await asyncio.sleep(0)
        screen.display(name, {"title": "newer"})  # waits beneath
        assert await testing == "640 x 480, colours and a grid were shown"
        assert eye.seen == [name, *self_test.PLAIN, "grid", name]
        assert eye.content == {"title": "newer"}

    play(story)


def test_a_finger_is_seen_and_touches_no_button() -> None:
    async def story() -> None:
        eye = Eye(640, 480)
        glass = SimulatedGlass(eye)
        screen = TouchPageScreen(eye, glass, PAGES, dead_ms=0)
        key = asyncio.create_task(screen.key())
        testing = asyncio.create_task(screen.self_test())
        assert await eye.changed.until(lambda: bool(eye.content.get("is_touch")), 2)
        await asyncio.sleep(0)
        glass.touch(12, 400)
        assert await testing == "640 x 480, colours and a grid were shown; touched at 12, 400"
        with pytest.raises(PartFault, match="touch the glass during the test"):
            await screen.self_test()
        assert not key.done()
        key.cancel()

    play(story)


@pytest.mark.parametrize("size_px", [(1080, 1920), (1024, 600), (320, 240)])
@pytest.mark.parametrize("is_touch", [False, True])
def test_the_grid_reaches_the_edges_and_its_corners_tell_how_it_hangs(size_px: tuple[int, int], is_touch: bool) -> None:
    picture = self_test.draw({"colour": "", "is_touch": is_touch}, *size_px)
    right, bottom = size_px[0] - 1, size_px[1] - 1
    assert picture.size == size_px
    assert [picture.getpixel(place) for place in ((1, 1), (right - 1, 1), (1, bottom - 1))] == [
        (255, 0, 0),
        (0, 255, 0),
        (0, 0, 255),
    ]
    assert {picture.getpixel((right, y)) for y in range(bottom * 2 // 3, bottom)} == {(255, 255, 255)}
    assert {picture.getpixel((x, bottom)) for x in range(right // 2, right)} == {(255, 255, 255)}


@pytest.mark.parametrize("colour", self_test.PLAIN)
def test_a_plain_colour_is_everywhere(colour: str) -> None:
    picture = self_test.draw({"colour": colour, "is_touch": False}, 160, 90)
    assert [f"#{r:02x}{g:02x}{b:02x}" for _, (r, g, b) in picture.getcolors()] == [colour]
