"""Draws how the parts of one device are wired to its board: docs/pictures/wiring_*.png, from the board profile."""

from pathlib import Path
from typing import NamedTuple

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

from board_profiles import load

PROFILE = "esp32_poe"
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDTH_PX, ROW_PX, EDGE_PX = 1100, 64, 40
BOARD_PX, PART_PX = 400, 340  # widths of the two boxes
RED, BLACK, BLUE, GREY = (190, 30, 30), (20, 20, 20), (20, 80, 170), (120, 120, 120)


class Lead(NamedTuple):
    """One wire: from the board's terminal to the part's."""

    board: str
    part: str
    colour: tuple[int, int, int]


class Part(NamedTuple):
    """A box on the right; ``note`` stands below its name."""

    name: str
    note: str
    leads: tuple[Lead, ...]


def help_button() -> list[Part]:
    """The button pulls its pin to ground; the lamp module takes a logic level."""
    parts = load(PROFILE).device_tree("help_button")["parts"]
    return [
        Part(
            "紧急求助按钮",
            "常开触点，接通即报警；板内上拉",
            (Lead(f"GPIO{parts['button']['pin']}", "触点 1", BLUE), Lead("GND", "触点 2", BLACK)),
        ),
        Part(
            "指示灯模块",
            "3.3 V 电平驱动，高电平亮",
            (
                Lead(f"GPIO{parts['lamp']['pin']}", "IN", BLUE),
                Lead("5 V", "VCC", RED),
                Lead("GND", "GND", BLACK),
            ),
        ),
    ]


def strip() -> list[Part]:
    """Clocked LEDs; they get their power from their own supply, with one common ground."""
    bus = load(PROFILE).device_tree("window_strip")["buses"]["pixels"]
    leads = (Lead(f"GPIO{bus['sck']}", "CI 时钟", BLUE), Lead(f"GPIO{bus['mosi']}", "DI 数据", BLUE))
    return [
        Part("窗口条屏（APA102）", "从左端输入；信号转 5 V 电平", (*leads, Lead("GND", "GND", BLACK))),
        Part("5 V 开关电源", "V+ 直接供条屏；功率按灯珠数", (Lead("GND", "V−，与条屏、板共地", BLACK),)),
    ]


def amplifier() -> list[Part]:
    """An I2S amplifier board and its speaker."""
    tree = load(PROFILE).device_tree("amplifier")
    bus, speaker = tree["buses"][tree["parts"]["speaker"]["bus"]], tree["parts"]["speaker"]
    return [
        Part(
            "I2S 功放板 + 喇叭",
            "喇叭接功放板输出端，勿接地",
            (
                Lead(f"GPIO{bus['sck']}", "BCLK", BLUE),
                Lead(f"GPIO{bus['ws']}", "LRC", BLUE),
                Lead(f"GPIO{bus['sd']}", "DIN", BLUE),
                Lead(f"GPIO{speaker['enable']}", "SD 使能", BLUE),
                Lead("5 V", "VIN", RED),
                Lead("GND", "GND", BLACK),
            ),
        )
    ]


PICTURES = {"wiring_help_button": help_button, "wiring_strip": strip, "wiring_amplifier": amplifier}


def draw(parts: list[Part]) -> Image.Image:
    """The board on the left with its network cable, the parts on the right, a wire for each lead."""
    rows = sum(len(part.leads) + 1 for part in parts)
    page = Image.new("RGB", (WIDTH_PX, rows * ROW_PX + 2 * EDGE_PX + 40), "white")
    pen = ImageDraw.Draw(page)
    profile = load(PROFILE)
    bottom = page.height - EDGE_PX
    pen.rounded_rectangle((EDGE_PX, EDGE_PX, EDGE_PX + BOARD_PX, bottom), 14, outline=BLACK, width=3)
    _text(pen, (EDGE_PX + 20, EDGE_PX + 34), profile.title, 20)
    _text(pen, (EDGE_PX + 20, bottom - 20), "网口 ← PoE 交换机（数据与供电）", 20, GREY)
    top = EDGE_PX + 60
    for part in parts:
        _part(pen, part, top)
        top += (len(part.leads) + 1) * ROW_PX
    return page


def _part(pen: ImageDraw.ImageDraw, part: Part, top: int) -> None:
    left = WIDTH_PX - EDGE_PX - PART_PX
    bottom = top + len(part.leads) * ROW_PX + ROW_PX // 3
    pen.rounded_rectangle((left, top - 30, WIDTH_PX - EDGE_PX, bottom), 14, outline=BLACK, width=3)
    _text(pen, (left + 96, top + 4), part.name, 22)
    _text(pen, (left + 16, bottom - 12), part.note, 17, GREY)
    for row, lead in enumerate(part.leads):
        y = top + 30 + row * (ROW_PX - 8)
        pen.line((EDGE_PX + BOARD_PX, y, left, y), fill=lead.colour, width=5)
        for x in (EDGE_PX + BOARD_PX, left):
            pen.ellipse((x - 8, y - 8, x + 8, y + 8), fill=lead.colour)
        _text(pen, (EDGE_PX + BOARD_PX - 16, y + 8), lead.board, 22, anchor="rs")
        _text(pen, (left + 18, y + 8), lead.part, 20)


def _text(
    pen: ImageDraw.ImageDraw,
    at: tuple[int, int],
    text: str,
    size_px: int,
    colour: tuple[int, int, int] = BLACK,
    anchor: str = "ls",
) -> None:
    font = ImageFont.truetype(str(pylopdf_fonts_zh_cn.sans_path()), size_px)
    pen.text(at, text, fill=colour, font=font, anchor=anchor)


def main() -> None:
    """Draw all."""
    for name, parts in PICTURES.items():
        draw(parts()).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
