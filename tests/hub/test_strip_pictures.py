"""Strips as people see them: against golden pictures, and by what must hold for any of them."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from hub.effects.glyphs import missing, shortened, width_px, without_brackets
from hub.effects.strip_layout import MAIN, OFF, PLATE, Look, draw
from hub.site_file import load
from hub.sites import bundled, find
from tests.hub.strip_gallery import as_seen, stacked

GOLDEN = Path(__file__).parents[1] / "golden"
ACTUAL = Path("build/golden")
MOST_DIFFERENT = 0.004  # parts of the pixels: another FreeType may round an edge another way, not draw another picture

WIDTH_OF = {48: 213, 64: 285, 96: 427, 128: 570, 192: 855}  # 1.71 m of strip, as over each of 26 windows

LOOKS = (
    ("called", "3", "出入境证件办理", "HA001", ("请到", "本窗口")),
    ("serving", "12", "户籍业务综合受理", "B128", ("正在", "办理")),
    ("open", "4", "不动产登记（含抵押、查封、预告登记）", "请取号等候", ()),
    ("paused", "26", "社会保险关系转移接续综合服务", "暂停服务", ()),
    ("closed", "9", "公积金", "窗口未开放", ()),
    ("banner", "", "", "斗门区市民服务中心欢迎您", ()),
    ("banner", "", "", "请先取号，在休息区等候，留意大屏和语音叫号", ()),
)


def _looks(height: int) -> list[tuple[str, Look]]:
    return [(tone, Look(WIDTH_OF[height], height, *rest)) for tone, *rest in LOOKS]


@pytest.mark.parametrize("height", WIDTH_OF)
def test_every_state_of_a_window_looks_as_it_was_approved(height: int) -> None:
    _compare(f"strip_{height}.png", stacked([as_seen(look, tone) for tone, look in _looks(height)]))


def test_a_publicity_strip_looks_as_it_was_approved() -> None:
    _compare("strip_publicity.png", as_seen(Look(3200, 128, "", "", "欢迎光临斗门区市民服务中心"), "banner"))


@pytest.mark.parametrize("height", WIDTH_OF)
@pytest.mark.parametrize("parts", [1.0, 0.6, 0.4])
def test_nothing_touches_the_edge_of_a_region(height: int, parts: float) -> None:
    for _, look in _looks(height):
        picture = draw(look._replace(width=round(look.width * parts)))
        inside = picture.crop((1, 1, picture.width - 1, picture.height - 1))
        assert sum(picture.histogram()[1:]) == sum(inside.histogram()[1:]), look
        assert picture.getbbox() is not None, look


@pytest.mark.parametrize("height", WIDTH_OF)
def test_a_called_number_fills_half_the_height(height: int) -> None:
    left, top, right, bottom = _ink(draw(_looks(height)[0][1]), MAIN)
    assert bottom - top >= height * 0.5
    assert right - left >= height * 1.5


@pytest.mark.parametrize("height", WIDTH_OF)
@pytest.mark.parametrize("number", ["A001", "HA001", "HA1024", "ZZ99999"])
def test_no_digit_of_a_number_is_ever_lost(height: int, number: str) -> None:
    """Drawn on a region of its own the number must be the same picture as among title and side."""
    look = Look(WIDTH_OF[height], height, "88", "企业登记注册综合受理", number, ("请到", "本窗口"))
    with_title = _only(draw(look), MAIN)
    alone = _only(draw(look._replace(title="", side=())), MAIN)
    assert with_title.getbbox() == alone.getbbox()
    assert _columns(with_title) >= len(number), "each character leaves a gap to the next"


@settings(max_examples=150, deadline=None)
@given(
    width=st.integers(4, 700),
    height=st.integers(8, 192),
    plate=st.sampled_from(["", "1", "26", "999"]),
    title=st.text("办理业务综合（）ABC 、", max_size=40),
    main=st.text("HA0123456789请取号等候 ，", max_size=60),
    side=st.sampled_from([(), ("正在", "办理")]),
)
def test_any_region_can_be_drawn(
    width: int, height: int, plate: str, title: str, main: str, side: tuple[str, ...]
) -> None:
    picture = draw(Look(width, height, plate, title, main, side))
    assert picture.size == (width, height)
    assert set(picture.tobytes()) <= {0, 1, 2, 3}


def test_the_number_of_a_window_is_dark_on_its_plate() -> None:
    picture = draw(Look(570, 128, "8", "", ""))
    plate = picture.crop(_ink(picture, PLATE))
    dark = plate.point(lambda value: 255 if value == OFF else 0, "L").crop((8, 8, plate.width - 8, plate.height - 8))
    left, top, right, bottom = dark.getbbox() or (0, 0, 0, 0)
    assert bottom - top > 70
    assert right - left > 40


def test_the_font_has_every_character_of_gb_2312() -> None:
    assert missing(_gb_2312()) == set()


@pytest.mark.parametrize("name", bundled())
def test_the_font_has_every_character_of_a_site(name: str) -> None:
    assert missing(set(find(name).read_text("utf-8"))) == set()


def test_a_character_that_the_font_does_not_have_is_found() -> None:
    assert missing("中\U0010fff0") == {"\U0010fff0"}


@pytest.mark.parametrize("name", bundled())
def test_no_service_name_of_a_site_needs_an_ellipsis_on_its_strips(name: str) -> None:
    plan = load(find(name))
    for window in plan.windows:
        for strip, number in plan.regions_of_window.get(window.id, ()):
            room = strip.regions[number].width - round(strip.height_px * 1.15)
            for service in window.services:
                title = plan.service[service].name
                assert width_px(title, round(strip.height_px * 0.21)) <= room, (strip.id, title)


def test_a_remark_in_brackets_goes_before_a_letter_is_lost() -> None:
    assert without_brackets("不动产登记（含抵押）") == "不动产登记"
    assert without_brackets("（试行）") == "（试行）"
    assert shortened("不动产登记（含抵押、查封）", width_px("不动产登记", 32), 32) == "不动产登记"


def test_a_long_name_keeps_its_beginning_and_fits() -> None:
    room = width_px("社会保险关系、转", 32)
    short = shortened("社会保险关系、转移接续", room, 32)
    assert short == "社会保险关系…"
    assert width_px(short, 32) <= room


def _gb_2312() -> str:
    codes = (bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    return "".join(code.decode("gb2312", "ignore") for code in codes)


def _only(picture: Image.Image, value: int) -> Image.Image:
    return picture.point(lambda pixel: 255 if pixel == value else 0, "L")


def _ink(picture: Image.Image, value: int) -> tuple[int, int, int, int]:
    box = _only(picture, value).getbbox()
    assert box is not None
    return box


def _columns(mask: Image.Image) -> int:
    """How many runs of columns have ink: characters that stand apart."""
    lit = [mask.crop((x, 0, x + 1, mask.height)).getbbox() is not None for x in range(mask.width)]
    return sum(now and not before for before, now in zip([False, *lit], lit, strict=False))


def _compare(name: str, actual: Image.Image) -> None:
    """Against the golden picture. What was drawn is left in build/golden to be looked at, and copied if it is right."""
    ACTUAL.mkdir(parents=True, exist_ok=True)
    actual.save(ACTUAL / name)
    expected_path = GOLDEN / name
    assert expected_path.exists(), f"no {expected_path}: look at {ACTUAL / name} and copy it there if it is right"
    with Image.open(expected_path) as expected:
        assert actual.size == expected.size
        difference = ImageChops.difference(actual, expected.convert("RGB")).convert("L")
    wrong = 1 - difference.histogram()[0] / (actual.width * actual.height)
    assert wrong <= MOST_DIFFERENT, f"{wrong:.2%} of {name} differs: compare {ACTUAL / name} with {expected_path}"
