"""Frames of the keypad bus: FF 68, length twice, 68, address, function, data, check, 16. 9600 baud, 8N1.

The length counts from the address to the last byte of data; the check is the sum of the same bytes, modulo 256. As
spoken by the call keypads and four-key evaluators of a public hall system in Yangjiang, Guangdong.
"""

SHORTEST, LONGEST = 2, 32  # what a length may say
EVALUATOR = 0x11  # function of what an evaluator says
SET, SHOW, BEEP = 0x01, 0x02, 0x03  # functions of what the host says
BLANK = 0x0A
_OVERHEAD = 6  # 68, lengths, 68; check, 16


def frame(address: int, function: int, data: bytes = b"") -> bytes:
    """The bytes of one frame."""
    body = bytes((address, function)) + data
    return bytes((0xFF, 0x68, len(body), len(body), 0x68)) + body + bytes((sum(body) & 255, 0x16))


def digits(number: int) -> bytes:
    """Three digits as a keypad shows them, blanks before; at most 999."""
    number = min(max(number, 0), 999)
    return bytes((number // 100, number // 10 % 10, number % 10))


def counts(waiting: "int | None", number: "int | None") -> bytes:
    """The six places of a keypad: how many wait, and the ticket's number; None is dark."""
    dark = bytes((BLANK, BLANK, BLANK))
    return (dark if waiting is None else digits(waiting)) + (dark if number is None else digits(number))


class FrameReader:
    """Finds whole frames in what comes over the line; all else (noise, collisions) is passed over and counted."""

    def __init__(self) -> None:
        self._come = b""
        self.spoilt = 0  # beginnings of frames that turned out to be none

    def feed(self, data: bytes) -> "list[tuple[int, int, bytes]]":
        """The frames that are now whole: address, function, data."""
        self._come += bytes(data)
        found: "list[tuple[int, int, bytes]]" = []
        while True:
            start = self._come.find(b"\x68")
            if start < 0:
                self._come = b""
                return found
            if start:
                self._come = self._come[start:]
            length = self._length()
            if length == 0:
                return found  # its rest is still to come
            if length < 0:
                self.spoilt += 1
                self._come = self._come[1:]
                continue
            body = self._come[4 : 4 + length]
            self._come = self._come[length + _OVERHEAD :]
            found.append((body[0], body[1], body[2:]))

    def forget(self) -> None:
        """The line was silent: what was begun will not be ended."""
        if self._come:
            self.spoilt += 1
            self._come = b""

    def _length(self) -> int:
        """Of the body of the frame that begins here; 0 when more must come, -1 when it is none."""
        come = self._come
        if len(come) < 4:
            return 0 if len(come) < 3 or come[1] == come[2] else -1
        length = come[1]
        if length != come[2] or come[3] != 0x68 or not SHORTEST <= length <= LONGEST:
            return -1
        if len(come) < length + _OVERHEAD:
            return 0
        body = come[4 : 4 + length]
        if sum(body) & 255 != come[4 + length] or come[5 + length] != 0x16:
            return -1
        return length
