"""A HUB75 panel at the ends of its wires: what is clocked in, latched and lit becomes a picture. For boards, too."""

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


class Wire:
    """A pin of the panel; a driver sees an output pin. ``told(level)`` is called for each edge."""

    def __init__(self, told: "Any" = None) -> None:
        self.level = 0
        self._told = told

    def value(self, level: int) -> None:
        """Drive it."""
        if level != self.level:
            self.level = level
            if self._told:
                self._told(level)


class SimulatedHub75:
    """``data``: R1 G1 B1 R2 G2 B2; ``address``: A first. ``lit``: (x, y) → weight per colour of the last picture.

    Light counts in lightings: each time OE goes low while a line is latched, its LEDs get `weight` more, which whoever
    plays the panel sets to how long that was.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        self.width_px = width_px
        self.lines = height_px // 2
        self.data = [Wire() for _ in range(6)]
        self.address = [Wire() for _ in range(5)]
        self.clk = Wire(self._clocked)
        self.lat = Wire(self._latched)
        self.oe = Wire(self._enabled)
        self.weight = 1
        self.lit: dict[tuple[int, int], list[int]] = {}
        self.lightings = 0
        self.clocks = 0
        self._shifted: list[int] = []
        self._held: list[int] = []

    def picture(self) -> "list[list[tuple[int, int, int]]]":
        """Rows of (red, green, blue) light since `forget`."""
        dark = [0, 0, 0]
        rows = []
        for y in range(self.lines * 2):
            rows.append([tuple(self.lit.get((x, y), dark)) for x in range(self.width_px)])
        return rows  # type: ignore[return-value]

    def forget(self) -> None:
        """A new picture begins."""
        self.lit = {}
        self.lightings = 0
        self.clocks = 0

    def _clocked(self, level: int) -> None:
        if level:
            self.clocks += 1
            self._shifted.append(sum([wire.level << at for at, wire in enumerate(self.data)]))
            self._shifted = self._shifted[-self.width_px :]

    def _latched(self, level: int) -> None:
        if level:
            self._held = self._shifted

    def _enabled(self, level: int) -> None:
        if level:
            return
        self.lightings += 1
        line = sum([wire.level << at for at, wire in enumerate(self.address)]) % self.lines
        for x, bits in enumerate(self._held):
            for y, half in ((line, bits & 7), (line + self.lines, bits >> 3)):
                if half:
                    light = self.lit.setdefault((x, y), [0, 0, 0])
                    for colour in range(3):
                        light[colour] += self.weight if half >> colour & 1 else 0
