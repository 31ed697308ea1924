"""The label of a device: a picture to print and stick on, with a QR code of what an installer wants to know later."""

import json
import re
from pathlib import Path

import pylopdf_fonts_zh_cn
import segno
from PIL import Image, ImageDraw, ImageFont

from firmware.kinds import KINDS
from firmware.words import words
from tools.flashing.faults import FlashFault
from tools.flashing.outcome import Outcome

WIDTH_PX, HEIGHT_PX = 720, 320  # 61 × 27 mm at 300 dpi, as label printers have
QR_PX = 264
EDGE_PX = 28
ID_PX, TEXT_PX, SMALL_PX = 46, 34, 28


def qr_text(outcome: Outcome) -> str:
    """Compact JSON: id, kind, hall, mac (or the board's own number)."""
    facts = {"id": outcome.device, "kind": outcome.kind, "hall": outcome.hall, "mac": outcome.mac or outcome.unique_id}
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def draw(outcome: Outcome, hall: str, language: str = "zh") -> Image.Image:
    """``hall``: its name in that language; empty for a device of no hall."""
    page = Image.new("L", (WIDTH_PX, HEIGHT_PX), 255)
    code = _qr(qr_text(outcome))
    page.paste(code, (WIDTH_PX - EDGE_PX - code.width, (HEIGHT_PX - code.height) // 2))
    pen, room = ImageDraw.Draw(page), WIDTH_PX - 3 * EDGE_PX - code.width
    kind = KINDS[outcome.kind].label if language == "zh" else words("kind." + outcome.kind, language)
    number = outcome.mac or (words("flash.label.board", language, id=outcome.unique_id) if outcome.unique_id else "")
    top = EDGE_PX
    for text, size_px in (
        (outcome.device, ID_PX),
        (kind, TEXT_PX),
        (hall, TEXT_PX),
        (outcome.place, SMALL_PX),
        (number, SMALL_PX),
        (words("flash.label.version", language, version=outcome.version), SMALL_PX),
    ):
        if text:
            _write(pen, text, top, size_px, room)
            top += size_px + 10
    return page


def save(outcome: Outcome, hall: str, folder: Path, language: str = "zh") -> Path:
    """``{id}.png`` in ``folder``, which is made. Raises FlashFault when it cannot be written."""
    page = draw(outcome, hall, language)
    path = folder / (re.sub(r"[^a-z0-9._-]", "_", outcome.device) + ".png")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        page.save(path, dpi=(300, 300))
    except OSError as error:
        raise FlashFault("label", folder=folder, reason=error.strerror or error) from error
    return path


def _qr(text: str) -> Image.Image:
    """Whole pixels a module, as large as fits."""
    code = segno.make(text, error="m", micro=False)
    rows = list(code.matrix_iter(border=2))
    small = Image.new("L", (len(rows), len(rows)))
    small.putdata([0 if dark else 255 for row in rows for dark in row])
    scale = max(1, QR_PX // len(rows))
    return small.resize((len(rows) * scale, len(rows) * scale), Image.Resampling.NEAREST)


def _write(pen: ImageDraw.ImageDraw, text: str, top: int, size_px: int, room: int) -> None:
    """As large as it fits, down to two thirds; then its end is left out."""
    font = _font(size_px)
    while font.getlength(text) > room and font.size > size_px * 2 // 3:
        font = _font(int(font.size) - 1)
    whole = text
    while font.getlength(text) > room:
        whole = whole[:-1]
        text = whole + "…"
    pen.text((EDGE_PX, top + size_px), text, fill=0, font=font, anchor="ls")


def _font(size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(pylopdf_fonts_zh_cn.sans_path()), size_px)
