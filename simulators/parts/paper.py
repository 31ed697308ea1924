"""A piece of paper from a ticket printer: what its holder reads on it, and its picture."""

import io
import re
from functools import lru_cache
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw

from firmware.screens.fonts import font

CELL_PX = 24  # a Chinese letter at scale 1: as high as wide
LINE_PX = 30  # from line to line, at least
QUIET = 4  # modules around a QR code
_NUMBER = re.compile(r"[A-Z]{1,4}\d{2,5}")


class Run(NamedTuple):
    """Letters that look alike; ``wide`` and ``high`` times as large."""

    text: str
    wide: int = 1
    high: int = 1
    is_bold: bool = False
    is_inverse: bool = False

    @property
    def width_px(self) -> int:
        return sum(CELL_PX // 2 if ord(letter) < 128 else CELL_PX for letter in self.text) * self.wide


class Line(NamedTuple):
    """One line of letters; ``align`` 0 left, 1 middle, 2 right."""

    runs: tuple[Run, ...]
    align: int = 0
    pitch_px: int = LINE_PX

    @property
    def height_px(self) -> int:
        return max([self.pitch_px, *(run.high * CELL_PX + 6 for run in self.runs)])


class Dots(NamedTuple):
    """A picture; rows as `GS v 0` has them."""

    width_px: int
    rows: bytes
    align: int = 0

    @property
    def height_px(self) -> int:
        row_bytes = (self.width_px + 7) // 8
        return len(self.rows) // row_bytes if row_bytes else 0


class Code(NamedTuple):
    """A QR code that the printer draws."""

    data: bytes
    module_px: int
    correction: str
    align: int = 0

    @property
    def height_px(self) -> int:
        return (len(self.matrix()) + 2 * QUIET) * self.module_px

    def matrix(self) -> tuple[bytearray, ...]:
        """Rows of modules; none when the data is too much for a code."""
        return _matrix(self.data, self.correction)


class Feed(NamedTuple):
    """White."""

    height_px: int


Item = Line | Dots | Code | Feed


@lru_cache(maxsize=64)
def _matrix(data: bytes, correction: str) -> tuple[bytearray, ...]:
    import segno  # only who prints codes needs it

    try:
        return tuple(segno.make(data, error=correction, micro=False, boost_error=False).matrix)
    except segno.DataOverflowError:
        return ()


@lru_cache(maxsize=2048)
def _letter(letter: str, is_bold: bool) -> Image.Image:
    """As the printer's own font has it: Latin letters half as wide as Chinese ones."""
    full = Image.new("L", (CELL_PX, CELL_PX), 255)
    face = font(CELL_PX - 2)
    left_px = (CELL_PX - face.getlength(letter)) / 2
    ImageDraw.Draw(full).text((left_px, CELL_PX - 4), letter, 0, face, "ls", stroke_width=0.5 * is_bold)
    if ord(letter) < 128:
        side_px = max(0, int(left_px))
        full = full.crop((side_px, 0, CELL_PX - side_px, CELL_PX)).resize((CELL_PX // 2, CELL_PX))
    return full.point(lambda level: 255 * (level > 127), "1")


class PrintedTicket:
    """One piece of paper. ``number`` is what its holder reads on it, empty where there is none in letters or code."""

    def __init__(self, items: list[Item], width_px: int) -> None:
        self.items = items
        self._width_px = width_px

    @property
    def lines(self) -> list[str]:
        """What stands there in letters, without empty lines."""
        texts = ["".join(run.text for run in item.runs) for item in self.items if isinstance(item, Line)]
        return [text for text in texts if text.strip()]

    @property
    def codes(self) -> list[str]:
        """What the QR codes say."""
        return [item.data.decode("utf-8", "replace") for item in self.items if isinstance(item, Code)]

    @property
    def number(self) -> str:
        found = [text.strip() for text in self.lines if _NUMBER.fullmatch(text.strip())]
        found += [match[0] for code in self.codes if (match := _NUMBER.search(code))]
        return found[0] if found else ""

    @property
    def height_px(self) -> int:
        return sum(item.height_px for item in self.items)

    def image(self) -> Image.Image:
        """The paper: white, with black dots."""
        image = Image.new("1", (self._width_px, max(1, self.height_px)), 1)
        y_px = 0
        for item in self.items:
            if isinstance(item, Line):
                self._line(image, y_px, item)
            elif isinstance(item, Dots) and item.rows:
                size = item.width_px, item.height_px
                dots = Image.frombytes("1", size, item.rows[: (item.width_px + 7) // 8 * size[1]], "raw", "1;I")
                image.paste(dots, (self._left(item.align, item.width_px), y_px))
            elif isinstance(item, Code):
                self._code(image, y_px, item)
            y_px += item.height_px
        return image

    def png(self) -> bytes:
        """The same as PNG."""
        png = io.BytesIO()
        self.image().save(png, "PNG")
        return png.getvalue()

    def _left(self, align: int, width_px: int) -> int:
        return max(0, (self._width_px - width_px) * align // 2)

    def _line(self, image: Image.Image, y_px: int, line: Line) -> None:
        x_px = self._left(line.align, sum(run.width_px for run in line.runs))
        for run in line.runs:
            cells = Image.new("1", (max(1, run.width_px // run.wide), CELL_PX), 1)
            at_px = 0
            for letter in run.text:
                cells.paste(_letter(letter, run.is_bold), (at_px, 0))
                at_px += CELL_PX // 2 if ord(letter) < 128 else CELL_PX
            if run.is_inverse:
                cells = ImageChops.invert(cells)
            large = cells.resize((cells.width * run.wide, CELL_PX * run.high))
            image.paste(large, (x_px, y_px + line.height_px - 6 - large.height))
            x_px += run.width_px

    def _code(self, image: Image.Image, y_px: int, code: Code) -> None:
        matrix = code.matrix()
        if not matrix:
            return
        modules = Image.new("1", (len(matrix),) * 2, 1)
        modules.putdata([1 - bit for row in matrix for bit in row])
        large = modules.resize((len(matrix) * code.module_px,) * 2)
        image.paste(large, (self._left(code.align, large.width), y_px + QUIET * code.module_px))
