"""Draws how the parts of one device are wired to its board: docs/pictures/wiring_*.png, from the board profile.

A drawing is boxes and straight wires between their terminals. Terminals of one box with one name are one conductor.
"""

from pathlib import Path
from typing import NamedTuple

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

from board_profiles import load

PROFILE = "esp32_poe"
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDTH_PX, EDGE_PX = 1280, 30
LEFT_PX, RIGHT_PX = (EDGE_PX, 440), (830, WIDTH_PX - EDGE_PX)  # where board and parts begin and end
THIN_PX, THICK_PX = 5, 14
NAME_PX, TERMINAL_PX, NOTE_PX = 26, 24, 21  # heights of characters
RED, BLACK, BLUE, GREY = (190, 30, 30), (20, 20, 20), (20, 80, 170), (90, 90, 90)

Colour = tuple[int, int, int]
Area = tuple[int, int, int, int]  # left, top, right, bottom, in pixels


class Box(NamedTuple):
    """``name`` stands at its top, ``notes`` at its bottom, each line in Chinese or English."""

    area: Area
    name: tuple[str, ...]
    notes: tuple[str, ...] = ()


class End(NamedTuple):
    """Where a wire meets the edge of a box, by the box's and the terminal's name."""

    box: str
    terminal: str
    x: int
    y: int


class Wire(NamedTuple):
    """``is_thick``: it carries the amperes of the LEDs."""

    start: End
    end: End
    colour: Colour
    is_thick: bool = False


class Drawing(NamedTuple):
    """``boxes`` by their names in the wires."""

    height_px: int
    boxes: dict[str, Box]
    wires: tuple[Wire, ...]


def help_button() -> Drawing:
    """The button pulls its pin to ground; the lamp module takes a logic level."""
    parts = load(PROFILE).device_tree("help_button")["parts"]
    pins = {name: f"GPIO{part['pin']}" for name, part in parts.items() if name in ("button", "lamp")}
    contact = Box(
        (RIGHT_PX[0], 30, RIGHT_PX[1], 320),
        ("紧急求助按钮 · help button",),
        ("常开触点，接通即报警；板内上拉", "normally open; the board pulls up"),
    )
    lamp = Box(
        (RIGHT_PX[0], 350, RIGHT_PX[1], 690),
        ("指示灯模块 · lamp module",),
        ("3.3 V 电平驱动，高电平亮", "driven by 3.3 V logic, lit when high"),
    )
    wires = (
        *_rows("button", 150, ((pins["button"], "触点 contact 1", BLUE), ("GND", "触点 contact 2", BLACK))),
        *_rows("lamp", 440, ((pins["lamp"], "IN", BLUE), ("5 V", "VCC", RED), ("GND", "GND", BLACK))),
    )
    return Drawing(720, {"board": _board(690), "button": contact, "lamp": lamp}, wires)


def strip() -> Drawing:
    """Clocked LEDs: their amperes go from their supply to them and back, never through the board."""
    bus = load(PROFILE).device_tree("window_strip")["buses"]["pixels"]
    left, right, middle = LEFT_PX[1], 900, (530, 770)
    boxes = {
        "board": _board(730),
        "shifter": Box((middle[0], 30, middle[1], 330), ("电平转换 3.3→5 V", "level shifter")),
        "supply": Box((middle[0], 430, middle[1], 730), ("", "5 V 开关电源", "LED supply")),
        "strip": Box(
            (right, 30, WIDTH_PX - EDGE_PX, 730),
            ("窗口条屏 APA102", "window strip"),
            ("从左端输入；粗线按灯珠电流选", "input at its left end;", "thick wires for all LEDs' amperes"),
        ),
    }
    wires = []
    for y, pin, number, name in ((150, bus["sck"], 1, "CI 时钟 clock"), (220, bus["mosi"], 2, "DI 数据 data")):
        wires.append(Wire(End("board", f"GPIO{pin}", left, y), End("shifter", f"A{number}", middle[0], y), BLUE))
        wires.append(Wire(End("shifter", f"Y{number}", middle[1], y), End("strip", name, right, y), BLUE))
    wires += [
        Wire(End("shifter", "VCC", 590, 330), End("supply", "V+", 590, 430), RED),
        Wire(End("shifter", "GND", 710, 330), End("supply", "V−", 710, 430), BLACK),
        Wire(End("supply", "V+", middle[1], 560), End("strip", "5 V", right, 560), RED, is_thick=True),
        Wire(End("supply", "V−", middle[1], 605), End("strip", "GND", right, 605), BLACK, is_thick=True),
        Wire(End("board", "GND", left, 605), End("supply", "V−", middle[0], 605), BLACK),
    ]
    return Drawing(760, boxes, tuple(wires))


def amplifier() -> Drawing:
    """An I2S amplifier board and its speaker."""
    tree = load(PROFILE).device_tree("amplifier")
    bus, speaker = tree["buses"][tree["parts"]["speaker"]["bus"]], tree["parts"]["speaker"]
    rows = (
        (f"GPIO{bus['sck']}", "BCLK", BLUE),
        (f"GPIO{bus['ws']}", "LRC", BLUE),
        (f"GPIO{bus['sd']}", "DIN", BLUE),
        (f"GPIO{speaker['enable']}", "SD 使能 enable", BLUE),
        ("5 V", "VIN", RED),
        ("GND", "GND", BLACK),
    )
    box = Box(
        (RIGHT_PX[0], 30, RIGHT_PX[1], 670),
        ("I2S 功放板 · I2S amplifier",),
        ("喇叭接它的两个输出端，勿接地", "speaker to its two outputs, not to ground"),
    )
    return Drawing(700, {"board": _board(670), "amplifier": box}, _rows("amplifier", 150, rows))


PICTURES = {"wiring_help_button": help_button, "wiring_strip": strip, "wiring_amplifier": amplifier}


def _board(bottom: int) -> Box:
    """Its network cable is its only supply."""
    profile = load(PROFILE)
    notes = ("网口 ← PoE 交换机：数据与供电", "Ethernet ← PoE: data and power")
    name, _, network = profile.title_en.partition(" (")
    return Box((LEFT_PX[0], 30, LEFT_PX[1], bottom), (name, "(" + network), notes)


def _rows(part: str, top: int, rows: tuple[tuple[str, str, Colour], ...]) -> tuple[Wire, ...]:
    """One wire below the other: the board's terminal, the part's, the colour."""
    return tuple(
        Wire(End("board", ours, LEFT_PX[1], y), End(part, theirs, RIGHT_PX[0], y), colour)
        for y, (ours, theirs, colour) in zip(range(top, 720, 70), rows, strict=False)
    )


class Page:
    """What is drawn so far; ``texts``: each text with the box that it is of and the area that its ink takes."""

    def __init__(self, height_px: int) -> None:
        self.image = Image.new("RGB", (WIDTH_PX, height_px), "white")
        self.texts: list[tuple[str, str, Area]] = []
        self._pen = ImageDraw.Draw(self.image)

    def box(self, key: str, box: Box) -> None:
        """With its name and its notes."""
        left, top, right, bottom = box.area
        self._pen.rounded_rectangle(box.area, 14, outline=BLACK, width=3)
        for row, line in enumerate(box.name):
            if line:
                self._text(key, ((left + right) // 2, top + 42 + row * 32), line, (NAME_PX, BLACK), "ms")
        for row, line in enumerate(reversed(box.notes)):
            self._text(key, ((left + right) // 2, bottom - 16 - row * 29), line, (NOTE_PX, GREY), "ms")

    def wire(self, wire: Wire, boxes: dict[str, Box]) -> None:
        """Straight, with a dot and a name at each end."""
        line = (wire.start.x, wire.start.y, wire.end.x, wire.end.y)
        self._pen.line(line, fill=wire.colour, width=THICK_PX if wire.is_thick else THIN_PX)
        for end in (wire.start, wire.end):
            radius = THICK_PX if wire.is_thick else 9
            self._pen.ellipse((end.x - radius, end.y - radius, end.x + radius, end.y + radius), fill=wire.colour)
            left, top, right, _ = boxes[end.box].area
            dx, dy, anchor = {
                (True, False, False): (20, 0, "lm"),
                (False, True, False): (-20, 0, "rm"),
                (False, False, True): (0, 16, "ma"),
            }.get((end.x == left, end.x == right, end.y == top), (0, -16, "md"))
            self._text(end.box, (end.x + dx, end.y + dy), end.terminal, (TERMINAL_PX, BLACK), anchor)

    def _text(self, box: str, at: tuple[int, int], text: str, look: tuple[int, Colour], anchor: str) -> None:
        font = ImageFont.truetype(str(pylopdf_fonts_zh_cn.sans_path()), look[0])
        self._pen.text(at, text, fill=look[1], font=font, anchor=anchor)
        left, top, right, bottom = self._pen.textbbox(at, text, font=font, anchor=anchor)
        self.texts.append((box, text, (int(left), int(top), int(right), int(bottom))))


def draw(drawing: Drawing) -> Page:
    """All of it."""
    page = Page(drawing.height_px)
    for key, box in drawing.boxes.items():
        page.box(key, box)
    for wire in drawing.wires:
        page.wire(wire, drawing.boxes)
    return page


def main() -> None:
    """Draw all."""
    for name, drawing in PICTURES.items():
        draw(drawing()).image.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
