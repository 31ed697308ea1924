"""Noto Sans SC at any size, and text that fits the room it is given."""

from functools import lru_cache
from importlib.resources import files

from PIL import ImageFont

_PACKAGE, _FILE = "pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf"
ELLIPSIS = "…"
_MARKS = "，。；！？,;!?"  # good places to end a line
# Where a line may not begin (GB/T 15834: closing marks stay with what they close).
NO_START = "，。、；：？！）》」』”’…,.;:?!)%"


@lru_cache(maxsize=1)
def _path() -> str:
    return str(files(_PACKAGE) / _FILE)


@lru_cache(maxsize=64)
def font(size_px: int) -> ImageFont.FreeTypeFont:
    """The font with an em of ``size_px``."""
    return ImageFont.truetype(_path(), size_px)


@lru_cache(maxsize=4096)
def width_px(text: str, size_px: int) -> int:
    """How wide one line of text is."""
    return -(-int(font(size_px).getlength(text) * 64) // 64)


def fit(text: str, size_px: int, room_px: int, smallest_px: int = 0) -> tuple[str, int]:
    """The text and the size that fit ``room_px``: as it is; smaller; without what is in brackets; cut with ``…``.

    ``smallest_px`` is the least size, three quarters of ``size_px`` when not given.
    """
    if not text:
        return text, size_px
    smallest_px = smallest_px or size_px * 3 // 4
    for candidate in (text, text.split("（")[0].split("(")[0].strip()):
        if not candidate:
            continue
        needed_px = width_px(candidate, size_px)
        if needed_px <= room_px:
            return candidate, size_px
        smaller_px = size_px * room_px // needed_px
        if smaller_px >= smallest_px:
            return candidate, smaller_px
        text = candidate
    while text and width_px(text + ELLIPSIS, smallest_px) > room_px:
        text = text[:-1]
    return text + ELLIPSIS, smallest_px


def lines(text: str, size_px: int, room_px: int) -> list[str]:
    """Broken into lines of at most ``room_px``: Chinese anywhere but before a closing mark, Latin between words."""
    broken: list[str] = []
    line = ""
    for piece in _pieces(text):
        if not line or width_px((line + piece).rstrip(), size_px) <= room_px:
            line += piece
            continue
        if piece in NO_START and len(line) > 1:
            line, piece = line[:-1], line[-1] + piece
        broken.append(line.strip())
        line = piece.lstrip()
    return [*broken, line.strip()] if line.strip() else broken


def fit_lines(text: str, size_px: int, room_px: int, room_high_px: int, leading: float = 1.35) -> tuple[list[str], int]:
    """The lines and the size, at most ``size_px``, in which all of the text fits the room."""
    while True:
        broken = lines(text, size_px, room_px)
        if size_px <= 8 or (
            len(broken) * size_px * leading <= room_high_px
            and all(width_px(line, size_px) <= room_px for line in broken)
        ):
            return _balanced(broken, text, size_px, room_px), size_px
        size_px -= max(1, size_px // 16)


def _balanced(broken: list[str], text: str, size_px: int, room_px: int) -> list[str]:
    """As many lines, broken after a mark when there is one in the middle, else of about the same length."""
    if len(broken) == 2:
        for at in sorted(range(1, len(text)), key=lambda at: abs(2 * at - len(text))):
            halves = [text[:at].strip(), text[at:].strip()]
            is_good = text[at - 1] in _MARKS and text[at] not in NO_START and abs(2 * at - len(text)) <= len(text) // 3
            if is_good and all(width_px(half, size_px) <= room_px for half in halves):
                return halves
    while len(broken) > 1:
        room_px = max(width_px(line, size_px) for line in broken) - max(1, size_px // 4)
        narrower = lines(text, size_px, room_px)
        if len(narrower) > len(broken) or any(width_px(line, size_px) > room_px for line in narrower):
            break
        broken = narrower
    return broken


def _pieces(text: str) -> list[str]:
    """Words of Latin letters with their blank, single characters of anything else."""
    pieces: list[str] = []
    for letter in text:
        if pieces and letter.isascii() and pieces[-1].isascii() and not pieces[-1].endswith(" "):
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces
