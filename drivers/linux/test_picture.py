"""What a strip shows while an installer looks at it: plain colours, then a border with corners and numbers."""

RED, GREEN, BLUE, WHITE = b"\xff\0\0", b"\0\xff\0", b"\0\0\xff", b"\xff\xff\xff"
PLAIN = (RED, GREEN, BLUE, WHITE)  # one after the other: swapped colours and dead LEDs
YELLOW = b"\xff\xff\0"
CORNERS = (RED, GREEN, BLUE, YELLOW)  # top left, top right, bottom left, bottom right
DARK = b"\0\0\0"
# 3 x 5 dots a digit, a row an octal figure
DIGITS = ("75557", "26227", "71747", "71717", "55711", "74717", "74757", "71111", "75757", "75717")


def plain(width: int, height: int, colour: bytes) -> list[bytes]:
    """Rows of one colour."""
    return [colour * width] * height


def numbered(width: int, height: int, card_px: int, first: int = 1) -> list[bytes]:
    """Rows of RGB: a white border around everything, coloured corners, and for every ``card_px`` columns a line and
    its number, counted from ``first``."""
    dot = max(1, min(height // 8, card_px // 16))
    rows = []
    for y in range(height):
        row = b""
        for number, x in enumerate(range(0, width, card_px)):
            row += _card_row(min(card_px, width - x), y, height, dot, first + number)
        rows.append(_framed(row, y, width, height, dot))
    return rows


def _card_row(width: int, y: int, height: int, dot: int, number: int) -> bytes:
    """One row of one card: a line at its left edge, and the number in the middle of its height."""
    line = (y - (height - 5 * dot) // 2) // dot
    row = BLUE + DARK * dot
    if 0 <= line < 5:
        for digit in str(number):
            bits = int(DIGITS[int(digit)][line])
            for mask in (4, 2, 1):
                row += (WHITE if bits & mask else DARK) * dot
            row += DARK * dot
    row = row[: width * 3]
    return row + DARK * (width - len(row) // 3)


def _framed(row: bytes, y: int, width: int, height: int, dot: int) -> bytes:
    row = WHITE * width if y in (0, height - 1) else WHITE + row[3:-3] + WHITE
    if dot <= y < height - dot:
        return row
    left, right = CORNERS[:2] if y < dot else CORNERS[2:]
    return left * dot + row[3 * dot : -3 * dot] + right * dot
