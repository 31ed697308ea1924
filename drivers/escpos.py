"""ESC/POS as bytes: what a ticket needs. Pure. Source: Epson's ESC/POS command reference; GB 18030 for the letters."""

INIT = b"\x1b@\x1da\x00"  # ESC @: as switched on; GS a 0: say nothing unasked
CHINESE_ON = b"\x1c&"  # FS &: two and four bytes make one letter
FEED = b"\x1bJ"  # and how many dots
BARRIER = b"\x1dr\x01"  # GS r 1: answered in turn, so when all before it is on the paper
BARRIER_MASK, BARRIER_BITS = 0x90, 0x00
CELL_PX = 12  # width of a Latin letter; a Chinese one has two cells and is as high as wide
ALIGN = {"left": 0, "middle": 1, "right": 2}
_QR = {"L": 48, "M": 49, "Q": 50, "H": 51}


def look(scale: int = 1, *, is_bold: bool = False, align: str = "middle") -> bytes:
    """How the lines from here on look. ``scale`` 1 to 8 times as wide and as high."""
    return bytes((0x1B, 0x61, ALIGN[align], 0x1B, 0x45, is_bold, 0x1D, 0x21, (scale - 1) << 4 | scale - 1))


def line(text: str) -> bytes:
    """One line of text; letters that GB 18030 lacks do not exist."""
    return text.encode("gb18030", "replace") + b"\n"


def cells(text: str) -> int:
    """How wide it is."""
    return sum([1 if ord(letter) < 128 else 2 for letter in text])


def wrapped(text: str, room: int) -> "list[str]":
    """Lines of at most ``room`` cells: Latin words whole where they fit, no closing mark at a line's beginning."""
    lines, now = [], ""
    for piece in _pieces(text):
        while cells(piece) > room:  # a word longer than a line
            at = room - cells(now)
            now, piece = now + piece[:at], piece[at:]
            lines.append(now)
            now = ""
        if cells(now + piece.rstrip()) > room:
            if piece in "，。；：！？）" and len(now) > 1:
                now, piece = now[:-1], now[-1] + piece
            lines.append(now.rstrip())
            now, piece = "", piece.lstrip()
        now += piece
    if now.strip() or not lines:
        lines.append(now.rstrip())
    return lines


def _pieces(text: str) -> "list[str]":
    """Latin words with the blank behind them; every other letter alone."""
    pieces: "list[str]" = []
    for letter in text:
        if pieces and ord(letter) < 128 and ord(pieces[-1][-1]) < 128 and pieces[-1][-1] != " ":
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


def feed(dots: int) -> bytes:
    """Paper forward, at most 255 dots."""
    return FEED + bytes((dots,))


def dots(width_px: int, rows: bytes) -> bytes:
    """GS v 0: rows of dots, 1 is black, the leftmost in the highest bit, each row padded to whole bytes."""
    row_bytes = (width_px + 7) // 8
    count = len(rows) // row_bytes
    return bytes((0x1D, 0x76, 0x30, 0, row_bytes & 255, row_bytes >> 8, count & 255, count >> 8)) + rows


def bands(width_px: int, rows: bytes, band_rows: int) -> "list[bytes]":
    """The same in pieces that a small buffer holds."""
    step = (width_px + 7) // 8 * band_rows
    return [dots(width_px, rows[at : at + step]) for at in range(0, len(rows), step)]


def qr(data: bytes, module_px: int = 6, correction: str = "M") -> bytes:
    """GS ( k: the printer draws a QR code, model 2."""
    store = b"1P0" + data
    return b"".join(
        [
            b"\x1d(k\x04\x001A2\x00",  # function 165: model 2
            b"\x1d(k\x03\x001C" + bytes((module_px,)),  # 167: size of a module in dots
            b"\x1d(k\x03\x001E" + bytes((_QR[correction],)),  # 169: error correction
            b"\x1d(k" + bytes((len(store) & 255, len(store) >> 8)) + store,  # 180: the data
            b"\x1d(k\x03\x001Q0",  # 181: print it
        ]
    )
