"""Reads ESC/POS the way a printer does: bytes as they come become commands, text and what it does not know.

Source: Epson's ESC/POS command reference; written apart from `drivers.escpos`, which writes what is read here.
"""

import re
from typing import NamedTuple

NUL, EOT, ENQ, HT, LF, FF, CR, DLE, DC4, CAN, ESC, FS, GS = 0, 4, 5, 9, 10, 12, 13, 16, 20, 24, 27, 28, 29
LONGEST = 255  # of what ends with a NUL
_CONTROLS = bytes((HT, LF, FF, CR, CAN))
_STARTS = (DLE, ESC, FS, GS)
_TEXT = re.compile(rb"[^\x00-\x1f]+")
_NULS = re.compile(rb"\x00+")

# After the two bytes of a command: how many parameters, where their number is fixed.
_FIXED: dict[bytes, int] = {
    **{bytes((ESC, letter)): 0 for letter in b"@2SLimv\x0c"},
    **{bytes((ESC, letter)): 1 for letter in b"aEdJ3!tRM-G{V =TeKur"},
    **{bytes((ESC, letter)): 2 for letter in b"$\\c"},
    bytes((ESC, ord("p"))): 3,
    bytes((ESC, ord("W"))): 8,
    **{bytes((GS, letter)): 0 for letter in b":c"},
    **{bytes((GS, letter)): 1 for letter in b"!BarIhwHfb/E"},
    **{bytes((GS, letter)): 2 for letter in b"LWP$\\"},
    **{bytes((FS, letter)): 0 for letter in b"&."},
    **{bytes((FS, letter)): 1 for letter in b"!-WC"},
    **{bytes((FS, letter)): 2 for letter in b"Sp"},
    bytes((FS, ord("2"))): 74,
    bytes((DLE, ENQ)): 1,
}
_CUT_TO = b"ABabgh"  # GS V with a second parameter: how far to feed first
_DC4 = {1: 2, 2: 2, 3: 5, 7: 1, 8: 7}  # DLE DC4: parameters after the function


class Command(NamedTuple):
    """``code``: the first two bytes, or the control character; b"" for text and b"?" for what is not known."""

    code: bytes
    data: bytes = b""


class EscposReader:
    """``waiting`` bytes belong to a command that has not come to its end."""

    def __init__(self) -> None:
        self._held = b""

    @property
    def waiting(self) -> int:
        return len(self._held)

    def forget(self) -> None:
        """What was begun is thrown away."""
        self._held = b""

    def read(self, data: bytes) -> list[Command]:
        """The commands that are complete now."""
        stream = self._held + data
        commands, at = [], 0
        while at < len(stream):
            length = _length(stream, at)
            if not length or at + length > len(stream):
                break
            if (command := _command(stream[at : at + length])) is not None:
                commands.append(command)
            at += length
        self._held = stream[at:]
        return commands


def _command(piece: bytes) -> Command | None:
    first = piece[0]
    if first in _STARTS:
        if len(piece) == 1 or _shape(piece[:2]) is None:
            return Command(b"?", piece)
        return Command(piece[:2], piece[2:])
    if first in _CONTROLS:
        return Command(piece)
    if first == NUL:
        return None
    return Command(b"", piece) if first >= 0x20 else Command(b"?", piece)


def _length(stream: bytes, at: int) -> int:
    """Of the command that begins at ``at``; 0 when that is not known yet."""
    first = stream[at]
    if first >= 0x20:
        text = _TEXT.match(stream, at)
        assert text is not None
        return text.end() - at
    if first == NUL:
        nuls = _NULS.match(stream, at)
        assert nuls is not None
        return nuls.end() - at
    if first not in _STARTS:
        return 1
    if at + 2 > len(stream):
        return 0
    shape = _shape(stream[at : at + 2])
    if shape is None:
        return 1 if stream[at + 1] in _STARTS else 2
    if shape >= 0:
        return 2 + shape
    return _long(stream, at)


def _shape(code: bytes) -> int | None:
    """How many parameters; -1 when they say so themselves; None when there is no such command."""
    if code in _FIXED:
        return _FIXED[code]
    return -1 if code in _LONG else None


def _long(stream: bytes, at: int) -> int:
    head = stream[at : at + 10]
    size = _LONG[bytes(head[:2])](head)
    if size >= 0:
        return size
    end = stream.find(b"\0", at + 2, at + 2 + LONGEST)  # ends with a NUL
    if end < 0:
        return 0 if len(stream) - at < 2 + LONGEST else 2
    return end + 1 - at


def _known(head: bytes, at: int) -> int:
    """A byte of the head, or -1."""
    return head[at] if at < len(head) else -1


def _word(head: bytes, at: int) -> int:
    return head[at] | head[at + 1] << 8 if at + 1 < len(head) else -1


def _status(head: bytes) -> int:
    return 4 if _known(head, 2) in (7, 8) else 3


def _dc4(head: bytes) -> int:
    function = _known(head, 2)
    return 0 if function < 0 else 3 + _DC4.get(function, 0)


def _bit_image(head: bytes) -> int:
    """ESC *: mode, columns."""
    columns = _word(head, 3)
    return 0 if columns < 0 else 5 + columns * (3 if head[2] in (32, 33) else 1)


def _raster(head: bytes) -> int:
    """GS v 0 m xL xH yL yH."""
    if len(head) < 3 or head[2] not in b"0\0":
        return 0 if len(head) < 3 else 3
    wide, high = _word(head, 4), _word(head, 6)
    return 0 if high < 0 else 8 + wide * high


def _function(head: bytes) -> int:
    """GS ( fn pL pH."""
    count = _word(head, 3)
    return 0 if count < 0 else 5 + count


def _graphics(head: bytes) -> int:
    """GS 8 L p1 p2 p3 p4."""
    return 7 + int.from_bytes(head[3:7], "little") if len(head) >= 7 else 0


def _defined(head: bytes) -> int:
    """GS *: x y, and x times y times 8 bytes."""
    return 4 + head[2] * head[3] * 8 if len(head) >= 4 else 0


def _cut(head: bytes) -> int:
    how = _known(head, 2)
    return 0 if how < 0 else 4 if how in _CUT_TO else 3


def _barcode(head: bytes) -> int:
    kind = _known(head, 2)
    if kind < 0 or (kind > 64 and len(head) < 4):
        return 0
    return 4 + head[3] if kind > 64 else -1


_LONG = {
    bytes((DLE, EOT)): _status,
    bytes((DLE, DC4)): _dc4,
    bytes((ESC, ord("*"))): _bit_image,
    bytes((ESC, ord("D"))): lambda head: -1,
    bytes((GS, ord("v"))): _raster,
    bytes((GS, ord("("))): _function,
    bytes((FS, ord("("))): _function,
    bytes((GS, ord("8"))): _graphics,
    bytes((GS, ord("*"))): _defined,
    bytes((GS, ord("V"))): _cut,
    bytes((GS, ord("k"))): _barcode,
}
