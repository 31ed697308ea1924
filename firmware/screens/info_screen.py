"""The info screen's pages: a picture, a film, a guide in words, and a welcome while there is nothing else."""

from functools import lru_cache

from PIL import Image, ImageOps

from firmware.screens import sheet
from firmware.screens.film import Film
from firmware.screens.page_screen import Content, Page
from firmware.screens.sheet import Sheet
from firmware.words import words


@lru_cache(maxsize=2)
def _loaded(path: str, width_px: int, height_px: int) -> Image.Image | None:
    """The picture as large as it fits, upright as its camera meant it; None when it cannot be read."""
    try:
        with Image.open(path) as found:
            picture = ImageOps.exif_transpose(found).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return ImageOps.contain(picture, (width_px, height_px), Image.Resampling.LANCZOS)


def _picture(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``path`` of the file; ``title`` on a bar below, or empty."""
    page = Sheet(width_px, height_px, "#000000")
    picture = _loaded(content["path"], width_px, height_px)
    if picture is not None:
        page.image.paste(picture, ((width_px - picture.width) // 2, (height_px - picture.height) // 2))
    if content.get("title"):
        high = min(width_px, height_px) * 9 // 100
        box = (0, height_px - high, width_px, height_px)
        page.box(box, sheet.BAR)
        page.text(sheet.inset(box, high // 6), content["title"], high * 48 // 100, sheet.WHITE, "middle")
    return page.image


def _video(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``path``; ``progress`` of `Film`. Black: the film covers all of it."""
    return Image.new("RGB", (width_px, height_px))


def _film(content: Content, width_px: int, height_px: int) -> list[Film]:
    more = {"program": content["program"]} if content.get("program") else {}
    return [Film(content["path"], (0, 0, width_px, height_px), content["progress"], **more)]


def _guide(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``title`` and ``text``, whose lines are paragraphs; ``place`` of ``count`` in the list."""
    page = Sheet(width_px, height_px, sheet.PAPER)
    unit = min(width_px, height_px)
    head = (0, 0, width_px, unit * 18 // 100)
    page.box(head, sheet.BLUE)
    page.box((unit * 5 // 100, head[3] // 4, unit * 6 // 100, head[3] * 3 // 4), sheet.YELLOW)
    page.text(
        (unit * 9 // 100, 0, width_px - unit * 5 // 100, head[3]),
        content["title"],
        unit * 8 // 100,
        sheet.WHITE,
        bold=0.015,
    )
    paragraphs = [line for line in content["text"].split("\n") if line.strip()] or [""]
    area = (unit * 6 // 100, head[3] + unit * 5 // 100, width_px - unit * 6 // 100, height_px - unit * 8 // 100)
    size_px = min(unit * 7 // 100, (area[3] - area[1]) // (2 * len(paragraphs)))
    for line, box in zip(paragraphs, sheet.rows(area, max(3, len(paragraphs)), unit // 50), strict=False):
        page.box(box, sheet.CARD, unit // 50)
        page.box((box[0], box[1] + unit // 50, box[0] + unit // 100, box[3] - unit // 50), sheet.BLUE)
        inner = (box[0] + unit * 4 // 100, box[1] + 4, box[2] - unit * 3 // 100, box[3] - 4)
        page.lines(inner, line.strip(), size_px, sheet.INK)
    return page.image


def _empty(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``site`` is its name; ``is_loading``: there is something to show, and it is on its way."""
    page = Sheet(width_px, height_px, sheet.NIGHT)
    unit = min(width_px, height_px)
    middle = (unit // 20, height_px * 32 // 100, width_px - unit // 20, height_px * 52 // 100)
    page.lines(middle, content["site"] or words("screen.info.empty"), unit * 11 // 100, sheet.WHITE, "middle", 0.015)
    below = (unit // 20, middle[3], width_px - unit // 20, height_px * 62 // 100)
    key = "screen.info.loading" if content["is_loading"] else "screen.info.empty"
    page.text(below, words(key), unit * 5 // 100, sheet.SOFT, "middle")
    return page.image


PAGES = {"picture": Page(_picture), "video": Page(_video, moving=_film), "guide": Page(_guide), "empty": Page(_empty)}
