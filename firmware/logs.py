"""The last lines of what a device noted of itself: a ring in memory of fixed size, gone with the power.

What goes in are the agent's own words on link, role and parts. Payloads do not: they may tell of a person.
"""

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

    def lines(self) -> "list[tuple[int, str]]":
        """(time, text), oldest first."""
        found = []
        for line in bytes(self._bytes[: self._end]).split(b"\n")[:-1]:
            at_ms, _, text = str(line, "utf-8").partition(" ")
            found.append((int(at_ms), text))
        return found
