"""The last lines of what a device noted of itself: a ring in memory of fixed size, gone with the power.

What goes in are the agent's own words on link, role and parts. Payloads do not: they may tell of a person.
"""

try:
    from collections.abc import Iterator
except ImportError:  # MicroPython
    pass

MAX_CHARACTERS = 120  # of a line


class Log:
    """``max_bytes`` are taken at once and never more; a new line pushes out the oldest ones."""

    def __init__(self, max_bytes: int) -> None:
        self._bytes = bytearray(max_bytes)
        self._end = 0

    def add(self, at_ms: int, text: str) -> None:
        """``at_ms`` on the clock of `firmware.clock`."""
        line = ("%d %s\n" % (at_ms, " ".join(text.split())[:MAX_CHARACTERS])).encode()
        if len(line) > len(self._bytes):
            return
        cut = 0
        while self._end - cut + len(line) > len(self._bytes):
            while self._bytes[cut] != 10:
                cut += 1
            cut += 1
        kept = self._end - cut
        self._bytes[:kept] = self._bytes[cut : self._end]
        self._end = kept + len(line)
        self._bytes[kept : self._end] = line

    def count(self) -> int:
        """How many lines there are."""
        return bytes(self._bytes[: self._end]).count(b"\n")

    def lines(self) -> "Iterator[tuple[int, str]]":
        """(time, text), oldest first; one after the other, as a small board has no room for all."""
        begin = 0
        while begin < self._end:
            end = self._bytes.find(b"\n", begin)
            at_ms, _, text = str(self._bytes[begin:end], "utf-8").partition(" ")
            yield int(at_ms), text
            begin = end + 1
