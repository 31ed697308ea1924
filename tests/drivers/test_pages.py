"""The pages of all screens: as approved, complete, and readable with whatever names a site has."""

from itertools import pairwise
from typing import Any

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from firmware.screens import call_terminal, evaluation, hall_display, info_screen, kiosk, sheet, ticket
from firmware.screens.fonts import ELLIPSIS, fit, fit_lines, font, width_px
from firmware.screens.page_screen import Frame
from firmware.screens.traditional import traditional
from firmware.wire.messages.figures import ShowFigures
from firmware.wire.messages.queue import WINDOW_STATES, ShowServices, ShowWindow, TicketIssued
from firmware.wire.messages.rating import RatingFound
from firmware.wire.messages.screen import ShowCalls
from firmware.wire.messages.visitor import VisitorFound
from firmware.words import WORDS
from hub.effects.initials import initials
from hub.site_file import load
from hub.sites import bundled, find
from tests.drivers import seldom_pages
from tests.drivers.picture import compare, compare_small

LABELS = (
    "户籍业务",
    "出入境证件（护照、港澳台通行证）受理",
    "不动产登记",
    "社保医保综合窗口",
    "企业开办一件事综合受理专区",
)
NOTICE = "尊敬的办事群众：本周六上午系统升级，期间暂停取号。出入境证件办理请携带本人有效身份证件原件，谢谢您的配合！"
CALLS = (("HA001", 3, False), ("HB012", 12, True), ("JC103", 1, False), ("HA1234", 126, True), ("A7", 26, False))
LANDSCAPE, PORTRAIT, TERMINAL = (1920, 1080), (1080, 1920), (1024, 600)
FONT_PX = 32


def calls(windows: int = 0, notice: str = "") -> dict[str, Any]:
    called = [{"number": number, "window": window, "recalled": recalled} for number, window, recalled in CALLS]
    waiting = [{"label": label, "waiting": count} for label, count in zip(LABELS, (12, 3, 0, 128, 22), strict=True)]
    states = [{"number": at + 1, "state": WINDOW_STATES[at * at % 3]} for at in range(windows)]
    facts = {"called": called, "waiting": waiting, "windows": states, "notice": notice}
    return {"show": ShowCalls(epoch=1, rev=1, hall="综合服务一厅", **facts), "is_connected": True}


def services(count: int, groups: int = 0) -> dict[str, Any]:
    offers = [
        {
            "service": f"s{at}",
            "label": LABELS[at % 5],
            "waiting": at * 3 % 16,
            "group": at % max(1, groups),
            "initials": initials(LABELS[at % 5]),
        }
        for at in range(count)
    ]
    halls = [{"label": f"出入境服务{at + 1}厅", "label_en": f"Exit-entry hall {at + 1}"} for at in range(groups)]
    show = ShowServices(epoch=1, rev=1, hall="出入境服务厅", offers=offers, groups=halls)
    return {"show": show, "language": "zh", "leaf": 0, "can": ["card", "code"]}


def group(count: int, **more: Any) -> dict[str, Any]:
    """A kiosk that gives a ticket to several, before four of them."""
    content = services(count)
    show = content["show"].to_plain()
    return {**content, "show": ShowServices.from_plain({**show, "group_max": 50}), "persons": 4, **more}


def window(**more: Any) -> dict[str, Any]:
    facts = {"ticket": "20261122-HA001", "number": "HA001", "ticket_state": "called", "service": LABELS[1]}
    held = ["20261122-HA000", "20261122-HB003"]
    queue = [{"number": "HA003", "mark": "priority"}, {"number": "HB012", "mark": "booked"}]
    queue += [{"number": f"HA{at:03}"} for at in range(4, 14)]
    known = {"staff": "0217", "persons": 3, "reason": "携带婴幼儿", "undo": "20261122-HA001"}
    show = ShowWindow(epoch=1, rev=1, state="open", waiting=12, held=held, next=queue, **facts, **known)
    return {"show": show, "is_connected": True, "code": "", "is_waiting": False, **more}


GUIDE = {
    "title": "居民身份证办理指南",
    "text": "携带：户口簿、原身份证\n在户籍服务厅取号机选择“身份证办理”\n办理时限：15 个工作日，可快递送达",
}
CHOICES = {
    "title": "screen.window.to.transfer",
    "number": "HA001",
    "leaf": 0,
    "choices": [*((f"transfer:{at}", LABELS[at % 5]) for at in range(12)), *((f"w{at}", at) for at in range(1, 9))],
}
TRANSFER = {**CHOICES, "comes_back": True, "after_min": 20}
WHY = {"number": "HA001", "staff": "0217", "level": 2, "reasons": [209, 212], "remark": ""}
BOOKING = {"appointment": "a1", "service": "s", "label": LABELS[1], "starts_at_ms": 1795136400000}
BOOKING |= {"ends_at_ms": 1795138200000, "arrival": "on_time"}
OPEN = {"ticket": "t", "number": "HA012", "service": "s", "label": LABELS[0], "state": "waiting", "ahead": 4}
FOUND = VisitorFound(
    boot="b",
    ask=1,
    result="found",
    visitor="v",
    shown="张*",
    appointments=[BOOKING, {**BOOKING, "appointment": "a2", "label": LABELS[2], "arrival": "early"}],
    tickets=[OPEN],
)
CARD_UNREAD = {"can": ["card"], "code": "screen.kiosk.unreadable", "is_strong": True, "language": "yue"}
LINK = "https://hall.example.gov.cn/e/20261122-HA001.abcdefghijklmnopqrstuvwxyz"
SERVED = {"service": LABELS[1], "window": 12, "number": "HA001"}
ENGLISH = {"language": "en", "service": "Entry and exit papers (passport, travel permit)"}
RATABLE = [
    {"nth": 1, "label": LABELS[1], "label_en": "Entry and exit papers", "window": 12},
    {"nth": 2, "label": LABELS[4], "label_en": "", "window": 3},
]
WHICH = RatingFound(boot="b", ask=1, result="found", number="HA001", code="c", services=RATABLE)
NO_PAPER = {"code": "screen.rate.no_code", "is_large": True, "is_strong": True, "language": "yue"}
LOOKS = {"is_large": True, "is_strong": True, "language": "yue"}
FACTS = {"epoch": 1, "rev": 1, "first": "2026-11-16", "last": "2026-11-22", "served": 187, "stay_s": 402}
WEEK, FEW = ShowFigures(**FACTS, share="at_least", percent=94), ShowFigures(**FACTS)
PAGES: dict[str, tuple[Any, dict[str, Any], tuple[int, int]]] = {
    "hall_landscape": (hall_display.PAGES["calls"], calls(26), LANDSCAPE),
    "hall_portrait": (hall_display.PAGES["calls"], calls(5, NOTICE), PORTRAIT),
    "hall_offline": (hall_display.PAGES["calls"], {"show": None, "is_connected": False}, LANDSCAPE),
    "info_guide": (info_screen.PAGES["guide"], GUIDE, PORTRAIT),
    "info_empty": (info_screen.PAGES["empty"], {"site": "斗门区市民服务中心", "is_loading": True}, LANDSCAPE),
    "kiosk_few": (kiosk.PAGES["choose"], {**services(4), "priority": "elderly"}, PORTRAIT),
    "kiosk_many": (kiosk.PAGES["choose"], {**services(20), "language": "en"}, PORTRAIT),
    "kiosk_landscape": (kiosk.PAGES["choose"], services(7), LANDSCAPE),
    "kiosk_halls": (kiosk.PAGES["choose"], services(52, 11), PORTRAIT),
    "kiosk_hall": (kiosk.PAGES["choose"], {**services(52, 5), "group": 2, "visitor": "张*"}, (1280, 800)),
    "kiosk_large": (kiosk.PAGES["choose"], {**services(12), "is_large": True, "language": "yue"}, PORTRAIT),
    "kiosk_strong": (kiosk.PAGES["choose"], {**services(12), "is_strong": True, "priority": "elderly"}, PORTRAIT),
    "kiosk_group": (kiosk.PAGES["choose"], group(7), PORTRAIT),
    "kiosk_group_landscape": (kiosk.PAGES["choose"], group(7, language="en", persons=1), (1024, 600)),
    "kiosk_group_strong": (kiosk.PAGES["choose"], group(4, offline=True, **LOOKS), PORTRAIT),
    "kiosk_group_typed": (kiosk.PAGES["type"], group(4, kind="persons", typed="38"), PORTRAIT),
    "kiosk_search": (kiosk.PAGES["type"], {**services(12), "kind": "search", "typed": "CR"}, PORTRAIT),
    "kiosk_search_landscape": (kiosk.PAGES["type"], {**services(12), "kind": "search", "typed": ""}, LANDSCAPE),
    "kiosk_reprint": (kiosk.PAGES["type"], {"kind": "reprint", "typed": "HA001"}, PORTRAIT),
    "kiosk_phone": (kiosk.PAGES["type"], {"kind": "phone", "typed": "1381"}, (1280, 800)),
    "kiosk_card": (kiosk.PAGES["card"], {"can": ["card", "code"]}, PORTRAIT),
    "kiosk_card_strong": (kiosk.PAGES["card"], CARD_UNREAD, (1280, 800)),
    "kiosk_visitor": (kiosk.PAGES["visitor"], {"found": FOUND, "utc_offset_min": 480}, PORTRAIT),
    "kiosk_reasons": (kiosk.PAGES["reasons"], {"language": "en"}, (1280, 800)),
    "kiosk_out_of_hours": (kiosk.PAGES["out_of_service"], {"reason": "hours", "opens": "11-23 08:30"}, LANDSCAPE),
    "kiosk_take": (kiosk.PAGES["take"], {"number": "HA001", "ahead": 3}, PORTRAIT),
    "kiosk_further": (kiosk.PAGES["take"], {"number": "HA001", "ahead": 3, "further": True}, PORTRAIT),
    "kiosk_further_landscape": (
        kiosk.PAGES["take"],
        {"number": "HA001", "ahead": 0, "further": True, "language": "en", "is_strong": True},
        (1280, 800),
    ),
    "kiosk_further_choose": (kiosk.PAGES["choose"], group(7, persons=1, further="HA001", **LOOKS), PORTRAIT),
    "kiosk_message": (kiosk.PAGES["message"], {"code": "refused.service.elsewhere"}, PORTRAIT),
    "kiosk_out_of_service": (kiosk.PAGES["out_of_service"], {"reason": "printer", "fault": "paper_out"}, PORTRAIT),
    "kiosk_rate_paper": (kiosk.PAGES["paper"], {"code": ""}, PORTRAIT),
    "kiosk_rate_paper_strong": (kiosk.PAGES["paper"], NO_PAPER, (1280, 800)),
    "kiosk_rate_type": (kiosk.PAGES["type"], {"kind": "paper", "typed": "HA0017K3"}, PORTRAIT),
    "kiosk_rate_which": (kiosk.PAGES["rate_which"], {"services": WHICH.services, "number": "HA001"}, PORTRAIT),
    "kiosk_rate": (kiosk.PAGES["rate_asking"], SERVED, PORTRAIT),
    "kiosk_rate_large": (kiosk.PAGES["rate_asking"], {**SERVED, **LOOKS}, PORTRAIT),
    "kiosk_rate_landscape": (kiosk.PAGES["rate_asking"], {**SERVED, **ENGLISH}, (1280, 800)),
    "kiosk_rate_why": (kiosk.PAGES["rate_why"], {**WHY, **SERVED, "remark": "等了很久"}, PORTRAIT),
    "kiosk_rate_why_large": (kiosk.PAGES["rate_why"], {**WHY, **SERVED, **LOOKS}, PORTRAIT),
    "kiosk_rate_why_english": (
        kiosk.PAGES["rate_why"],
        {**WHY, **SERVED, **ENGLISH, "level": 5, "reasons": []},
        PORTRAIT,
    ),
    "kiosk_rate_words": (kiosk.PAGES["rate_words"], {"text": "等了", "syllable": "hen", "page": 0, **LOOKS}, PORTRAIT),
    "kiosk_rated": (kiosk.PAGES["rated"], {"level": 2, "language": "yue"}, PORTRAIT),
    "kiosk_rate_no": (
        kiosk.PAGES["message"],
        {"code": "screen.rate.early", "title": "screen.rate.sorry", "language": "en"},
        PORTRAIT,
    ),
    "call_terminal": (call_terminal.PAGES["window"], window(is_waiting=True), TERMINAL),
    "call_terminal_no": (call_terminal.PAGES["window"], window(code="refused.ticket.called"), TERMINAL),
    "call_terminal_portrait": (call_terminal.PAGES["window"], window(), PORTRAIT),
    "call_terminal_transfer": (call_terminal.PAGES["choose"], TRANSFER, TERMINAL),
    "call_terminal_transfer_portrait": (call_terminal.PAGES["choose"], TRANSFER, PORTRAIT),
    "call_terminal_pause": (call_terminal.PAGES["pause"], {}, TERMINAL),
    "call_terminal_pause_portrait": (call_terminal.PAGES["pause"], {}, PORTRAIT),
    "call_terminal_sign_in": (call_terminal.PAGES["sign_in"], {"typed": "02A7"}, TERMINAL),
    "call_terminal_mine": (call_terminal.PAGES["mine"], {"staff": "0217", "figures": WEEK}, TERMINAL),
    "call_terminal_mine_portrait": (call_terminal.PAGES["mine"], {"staff": "0217", "figures": FEW}, PORTRAIT),
    "call_terminal_mine_none": (call_terminal.PAGES["mine"], {"staff": "0217", "figures": None}, TERMINAL),
    "evaluation": (evaluation.PAGES["asking"], {"number": "HA001", "staff": "0217", "staff_name": "李工"}, TERMINAL),
    "evaluation_phone": (evaluation.PAGES["asking"], {"number": "HA001", "staff": "0217", "link": LINK}, TERMINAL),
    "evaluation_phone_portrait": (evaluation.PAGES["asking"], {"number": "HA001", "link": LINK}, PORTRAIT),
    "evaluation_portrait": (evaluation.PAGES["asking"], {"number": "HA001"}, PORTRAIT),
    "evaluation_why": (evaluation.PAGES["why"], WHY, TERMINAL),
    "evaluation_why_portrait": (evaluation.PAGES["why"], {**WHY, "remark": "等了很久"}, PORTRAIT),
    "evaluation_words": (evaluation.PAGES["words"], {"text": "等了很久，", "syllable": "shi", "page": 1}, TERMINAL),
    "evaluation_thanks": (evaluation.PAGES["thanks"], {"level": 5}, TERMINAL),
    **seldom_pages.PAGES,
}
REGISTRIES = (kiosk, evaluation, call_terminal, info_screen, hall_display)


@pytest.mark.parametrize("name", PAGES)
def test_page_looks_as_it_was_approved(name: str) -> None:
    page, content, size_px = PAGES[name]
    compare_small(f"page_{name}.png", Frame(name, content, page, *size_px).image())


def test_every_page_has_a_golden() -> None:
    shown = [page for page, *_ in PAGES.values()]
    assert [name for room in REGISTRIES for name, page in room.PAGES.items() if page not in shown] == []


def paper(**more: Any) -> Image.Image:
    facts = {"number": "HA001", "ahead": 12, "issued_at_ms": 1795334400000, **more}
    issued = TicketIssued(boot="b", seq=1, ticket="20261122-HA001", service="s", **facts)
    content = {"site": "珠海市斗门区市民服务中心", "hall": "综合服务一厅", "service": LABELS[1], "ticket": issued}
    width, height, rows = ticket.draw({**content, "utc_offset_min": 480})
    return Image.frombytes("1", (width, height), rows, "raw", "1;I")


def test_ticket_looks_as_it_was_approved() -> None:
    compare("ticket.png", paper())
    compare("ticket_marks.png", paper(priority="elderly", booked=True, persons=3, reprint=True, ahead=0))
    compare("ticket_rate.png", paper(link=LINK, check="7K3MQP"))


def codes_in(picture: Image.Image) -> list[str]:
    """What a phone's camera, or a kiosk's scanner, reads there: a decoder of others."""
    return [code.text for code in zxingcpp.read_barcodes(picture.convert("L"))]


def test_what_a_scanner_reads_on_a_paper_is_what_rates() -> None:
    assert codes_in(paper(link=LINK, check="7K3MQP")) == [LINK]
    assert codes_in(paper(check="7K3MQP")) == ["20261122-HA001.7K3MQP"]
    assert codes_in(paper()) == ["20261122-HA001"]


@pytest.mark.parametrize("size_px", [TERMINAL, (800, 480), (1280, 800), (1920, 1080), PORTRAIT, (800, 1280)])
@pytest.mark.parametrize("link", [LINK, "https://h.cn/e/20261122-A001.x", "https://" + "h" * 125 + "?nth=12&level=0"])
def test_a_phone_reads_the_code_on_the_evaluation_terminal(link: str, size_px: tuple[int, int]) -> None:
    page = evaluation.PAGES["asking"]
    shown = {"number": "HA001", "staff": "0217", "link": link}
    assert codes_in(page.draw(shown, *size_px)) == [link]
    assert page.buttons is not None
    assert set(page.buttons(shown, *size_px)) == {"1", "2", "3", "4", "5"}
    assert codes_in(page.draw({**shown, "link": ""}, *size_px)) == []


def test_paper_is_as_wide_as_the_roll_and_rows_are_whole_bytes() -> None:
    picture = paper(number="HA0012345678")
    assert picture.width == 576
    black = ImageChops.invert(picture.convert("L")).getbbox()
    assert black is not None
    assert black[0] >= 8
    assert black[2] <= 568


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("size_px", [(640, 480), (1280, 800), (800, 1280), (3840, 2160)])
def test_every_page_can_be_drawn_at_any_size(name: str, size_px: tuple[int, int]) -> None:
    page, content, _ = PAGES[name]
    assert page.draw(content, *size_px).size == size_px


def columns_of(picture: Image.Image, colour: str, rows: tuple[int, int]) -> list[int]:
    """The columns, within these rows, that hold exactly this colour."""
    strip = picture.crop((0, rows[0], picture.width, rows[1])).convert("RGB")
    wanted = Image.new("RGB", strip.size, colour)
    same = ImageChops.difference(strip, wanted).convert("L").point(lambda level: 255 * (level == 0))
    return [x for x in range(strip.width) if same.crop((x, 0, x + 1, strip.height)).getbbox()]


@settings(max_examples=30, deadline=None)
@given(
    st.text("ABCHW0123456789", min_size=1, max_size=12),
    st.integers(1, 999),
    st.booleans(),
    st.sampled_from([LANDSCAPE, PORTRAIT, (1280, 720)]),
)
def test_in_a_row_number_window_and_mark_never_touch(
    number: str, window: int, recalled: bool, size_px: tuple[int, int]
) -> None:
    called = [{"number": "A1", "window": 1}, {"number": number, "window": window, "recalled": recalled}]
    show = ShowCalls(epoch=1, rev=1, hall="", called=called, waiting=[])
    picture = hall_display.draw({"show": show, "is_connected": True}, *size_px)
    unit = min(size_px)
    top = unit * 14 // 100  # below the head; the newest row is half as high again as the second
    ground = [y for y in range(top, size_px[1]) if picture.getpixel((size_px[0] // 2, y)) != (0x07, 0x1A, 0x33)]
    second = next(y for y, after in pairwise(ground) if after > y + 1)
    below = [y for y in ground if y > second]
    end = next((y for y, after in pairwise(below) if after > y + 1), below[-1])
    rows = (below[0], end)
    green = columns_of(picture, sheet.GREEN, rows)
    yellow = columns_of(picture, sheet.YELLOW, rows)
    plain = columns_of(picture, sheet.SOFT, rows)
    left = [x for x in yellow if x < green[0]]
    right = [x for x in yellow if x > green[-1]]
    assert len(left) + len(right) == len(yellow)
    assert left
    assert bool(right) == recalled
    assert not set(plain) & set(left)
    assert not set(plain) & set(green)
    if right:
        assert plain[-1] < right[0]
        assert right[-1] < size_px[0] - unit * 2 // 100


@settings(max_examples=60, deadline=None)
@given(st.text("综合服务一厅（护照）ABC 1。，", min_size=1, max_size=40), st.integers(20, 900), st.integers(12, 60))
def test_fitted_line_fits_and_says_how_it_begins(text: str, room_px: int, size_px: int) -> None:
    fitted, used_px = fit(text, size_px, room_px)
    assert width_px(fitted, used_px) <= room_px or fitted == ELLIPSIS
    assert used_px <= size_px
    assert text.strip().startswith(fitted.rstrip(ELLIPSIS).strip())


@settings(max_examples=60, deadline=None)
@given(st.text("综合服务一厅（护照）ABC 1。，", min_size=1, max_size=60), st.integers(60, 900), st.integers(40, 300))
def test_broken_lines_hold_the_whole_text_in_their_room(text: str, room_px: int, high_px: int) -> None:
    broken, size_px = fit_lines(text, 40, room_px, high_px)
    assert "".join(broken).replace(" ", "") == text.replace(" ", "")
    if size_px > 8:
        assert all(width_px(line, size_px) <= room_px for line in broken)
        assert len(broken) * size_px * 1.35 <= high_px


def test_no_line_begins_with_a_closing_mark() -> None:
    broken, _ = fit_lines("打印机需要处理，请联系工作人员。取号后请在休息区等候。", 40, 330, 400)
    assert len(broken) > 2
    assert not [line for line in broken if line[0] in "，。）"]


def test_the_font_has_every_character_that_people_are_shown() -> None:
    plan = load(find(bundled()[0]))
    texts = [text for both in WORDS.values() for text in both]
    texts += [service.name for service in plan.services] + [hall.name for hall in plan.halls] + [plan.name]
    texts += [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF)]
    texts += [bytes((high, low)).decode("gb2312") for high in range(0xD8, 0xF8) for low in range(0xA1, 0xFF)]
    texts += [traditional(text) for text in texts]
    face = font(FONT_PX)
    missing = face.getmask("\U0010fffe")
    box, dots = missing.getbbox(), bytes(missing)
    wanted = sorted({letter for text in texts for letter in text if not letter.isspace()})
    assert len(wanted) > 6600
    lost = []
    for letter in wanted:
        mask = face.getmask(letter)
        if mask.getbbox() == box and bytes(mask) == dots:
            lost.append(letter)
    assert lost == []


def test_service_names_of_the_bundled_site_are_never_cut_on_a_kiosk() -> None:
    plan = load(find(bundled()[0]))
    for hall in plan.halls:
        names = plan.services_of_hall[hall.id]
        offers = [{"service": s.id, "label": s.name, "waiting": 3} for s in names]
        if not offers:
            continue
        content = {"show": ShowServices(epoch=1, rev=1, hall=hall.name, offers=offers), "leaf": 0}
        for name, (left, top, right, bottom) in kiosk.PAGES["choose"].buttons(content, *PORTRAIT).items():
            if name.startswith("service:"):
                label = plan.service[name.partition(":")[2]].name
                _, size_px = fit_lines(label, 60, (right - left) * 85 // 100, (bottom - top) * 55 // 100)
                assert size_px >= 26, label


@pytest.mark.parametrize("size_px", [PORTRAIT, LANDSCAPE, (1280, 800), (1024, 600)])
@pytest.mark.parametrize("looks", [{}, {"is_large": True}, {"language": "en"}])
def test_names_on_a_kiosk_are_whole_and_large_enough_to_read(looks: dict[str, Any], size_px: tuple[int, int]) -> None:
    plan = load(find(bundled()[0]))
    for hall in plan.halls:
        offers = [
            {"service": s.id, "label": s.name, "label_en": s.name_en, "waiting": 3}
            for s in plan.services_of_hall[hall.id]
        ]
        content = {"show": ShowServices(epoch=1, rev=1, hall=hall.name, offers=offers), "leaf": 0, **looks}
        for name, (left, top, right, bottom) in kiosk.PAGES["choose"].buttons(content, *size_px).items():
            if name.startswith("service:"):
                service = plan.service[name.partition(":")[2]]
                label = service.name_en if looks.get("language") == "en" else service.name
                room = (right - left) * 80 // 100, (bottom - top) * 55 // 100
                _, used_px = fit_lines(label, min(size_px) * 5 // 100, *room)
                assert used_px >= min(size_px) * 2 // 100, label
