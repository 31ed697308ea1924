"""The kiosk's pages for rating: show your paper, which service, five faces, why, own words, thanks."""

from PIL import Image

from firmware.screens import evaluation, looks, notices, own_words, sheet
from firmware.screens.kiosk_visitor import foot, row, title
from firmware.screens.page_screen import Content, Page
from firmware.screens.qr import draw as draw_code
from firmware.screens.sheet import Box, Sheet, key
from firmware.words import words


def _paper_buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    back, paper = foot(width_px, height_px, 2)
    return {"dismiss": back, "paper": paper}


def _paper(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``code``: why the last try was none, or empty."""
    language = looks.language_of(content)
    page = looks.new_sheet(content, width_px, height_px)
    area = title(page, content, words("screen.rate.title", language))
    unit = min(width_px, height_px)
    buttons = _paper_buttons(content, width_px, height_px)
    left, top, right, bottom = area[0], area[1] + unit * 3 // 100, area[2], buttons["paper"][1] - unit * 3 // 100
    said = (left, top, right, top + unit * 24 // 100)
    trouble = (left, bottom - unit * 11 // 100, right, bottom)
    size_px = unit * (7 if content.get("is_large") else 6) // 100
    for key_, each in zip(("scan", "or_type"), sheet.rows(said, 2, 0), strict=True):
        page.lines(each, words("screen.rate." + key_, language), size_px, sheet.INK, "middle", 0.01)
    _ticket(page, (left, said[3] + unit * 2 // 100, right, trouble[1] - unit * 2 // 100))
    if content.get("code"):
        page.lines(trouble, words(content["code"], language), unit * 5 // 100, sheet.RED, "middle")
    key(page, buttons["dismiss"], words("screen.kiosk.back", language), False)
    key(page, buttons["paper"], words("screen.rate.type", language), True)
    return page.image


def _ticket(page: Sheet, box: Box) -> None:
    """What the paper looks like, and where its code and its letters are."""
    high = box[3] - box[1]
    middle, half = (box[0] + box[2]) // 2, high * 32 // 100
    left, right = middle - half, middle + half
    page.box((left, box[1], right, box[3]), sheet.CARD, high // 40, sheet.FAINT, max(2, high // 150))
    page.text(
        (left, box[1] + high * 4 // 100, right, box[1] + high * 20 // 100), "A001", high // 8, sheet.INK, "middle"
    )
    for at in (22, 27):
        line = (left + half // 4, box[1] + high * at // 100, right - half // 4, box[1] + high * at // 100 + high // 60)
        page.box(line, sheet.SOFT)
    draw_code(page, (left, box[1] + high * 32 // 100, right, box[1] + high * 78 // 100), "hallhub")
    typed = (left + high // 20, box[1] + high * 82 // 100, right - high // 20, box[3] - high * 4 // 100)
    page.box(typed, sheet.PAPER, high // 40, sheet.BLUE, max(3, high // 120))
    page.text(typed, "A001-7K3MQP", high * 7 // 100, sheet.BLUE, "middle", 0.015)


def _which_buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    unit = min(width_px, height_px)
    back = foot(width_px, height_px, 2)[0]
    area = (unit * 4 // 100, unit * 20 // 100, width_px - unit * 4 // 100, back[1] - unit * 3 // 100)
    cells = sheet.rows(area, 4, unit * 2 // 100)
    found = {"nth:%d" % one.nth: cell for one, cell in zip(content["services"], cells, strict=False)}
    return {**found, "dismiss": back}


def _which(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``services``: of a RatingFound."""
    language = looks.language_of(content)
    page = looks.new_sheet(content, width_px, height_px)
    title(page, content, words("screen.rate.which", language))
    boxes = _which_buttons(content, width_px, height_px)
    for one in content["services"]:
        where = words("screen.rate.window", language, window=one.window)
        row(page, boxes["nth:%d" % one.nth], label_of(one, language), where, True)
    key(page, boxes["dismiss"], words("screen.kiosk.back", language), False)
    return page.image


def label_of(service: object, language: str) -> str:
    """Its name in the visitor's language, as far as it has one."""
    label_en = str(getattr(service, "label_en", ""))
    return label_en if language == "en" and label_en else str(getattr(service, "label", ""))


def _asking_buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    found = evaluation.level_boxes(content, width_px, height_px)
    unit = min(width_px, height_px)
    edge, high = unit * 4 // 100, unit * 10 // 100
    tools = (edge, height_px - edge - high, width_px - edge, height_px - edge)
    names = ("dismiss", *looks.TOOLS)
    return {**found, **dict(zip(names, sheet.columns(tools, len(names), unit * 2 // 100), strict=True))}


def _asking(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``number`` of the ticket, ``service`` and ``window``: what is rated."""
    language = looks.language_of(content)
    page = evaluation.asking_sheet(content, width_px, height_px)
    boxes = _asking_buttons(content, width_px, height_px)
    key(page, boxes["dismiss"], words("screen.kiosk.back", language), False)
    looks.draw(page, boxes, content)
    return page.image


def _rated(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``level`` that was given."""
    language = looks.language_of(content)
    body = words("screen.evaluation.again" if content["level"] > 2 else "screen.evaluation.better", language)
    title, foot = words("screen.evaluation.thanks", language), words("screen.kiosk.touch", language)
    return notices.notice(width_px, height_px, title, body, foot, "#0B6B3A", "tick", looks=content)


PAGES = {
    "paper": Page(_paper, _paper_buttons),
    "rate_which": Page(_which, _which_buttons),
    "rate_asking": Page(_asking, _asking_buttons),
    "rate_why": evaluation.PAGES["why"],
    "rate_words": Page(own_words.draw, own_words.buttons),
    "rated": Page(_rated, notices.whole),
}
