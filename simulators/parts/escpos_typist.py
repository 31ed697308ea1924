"""What a printer makes of commands: the look of its letters, its lines, pictures and codes."""

from collections.abc import Callable

from simulators.parts.escpos_reader import Command
from simulators.parts.paper import LINE_PX, Code, Dots, Feed, Item, Line, Run

MOST_ROWS = 4096  # of one picture
_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}


class Typist:
    """``has_chinese``: two bytes may make one letter (GB 18030)."""

    def __init__(self, has_chinese: bool) -> None:
        self._has_chinese = has_chinese
        self.reset()

    def reset(self) -> None:
        """As after ESC @."""
        self._align, self._is_bold, self._is_inverse, self._wide, self._high = 0, False, False, 1, 1
        self._pitch_px = LINE_PX
        self._is_chinese = self._has_chinese
        self._runs: list[Run] = []
        self._bytes = b""  # of the run that is being typed
        self._code, self._module_px, self._level = b"", 3, "L"

    def forget(self) -> None:
        """The line that was begun is thrown away."""
        self._runs, self._bytes = [], b""

    def type(self, command: Command) -> list[Item]:
        """What comes onto the paper by this command."""
        if not command.code:
            self._bytes += command.data
            return []
        self._end_run()
        if command.code == b"\n":
            return [self._line()]
        if command.code == b"\x1d(":
            return self._function(command.data)
        maker = _PAPER.get(command.code)
        if maker is not None:
            return ([self._line()] if self._runs else []) + maker(self, command.data)
        setter = _SET.get(command.code)
        if setter is not None:
            setter(self, command.data[0] if command.data else 0)
        return []

    def _end_run(self) -> None:
        if self._bytes:
            text = self._bytes.decode("gb18030" if self._is_chinese else "cp437", "replace")
            self._runs.append(Run(text, self._wide, self._high, self._is_bold, self._is_inverse))
            self._bytes = b""

    def _line(self) -> Line:
        runs, self._runs = tuple(self._runs), []
        return Line(runs, self._align, self._pitch_px)

    def _function(self, data: bytes) -> list[Item]:
        """GS ( k: a QR code, piece by piece."""
        if data[:1] != b"k" or len(data) < 5 or data[3] != 49:
            return []
        function, rest = data[4], data[5:]
        if function == 67 and rest:
            self._module_px = min(16, max(1, rest[0]))
        elif function == 69 and rest:
            self._level = _LEVELS.get(rest[0], "L")
        elif function == 80:
            self._code = rest[1:]
        elif function == 81 and self._code:
            code = Code(self._code, self._module_px, self._level, self._align)
            return [code] if code.matrix() else []
        return []

    # Setters take the first parameter.

    def _set_align(self, value: int) -> None:
        self._align = value % 48 if value % 48 < 3 else 0

    def _set_bold(self, value: int) -> None:
        self._is_bold = bool(value & 1)

    def _set_inverse(self, value: int) -> None:
        self._is_inverse = bool(value & 1)

    def _set_size(self, value: int) -> None:
        self._wide, self._high = (value >> 4 & 7) + 1, (value & 7) + 1

    def _set_print_mode(self, value: int) -> None:
        self._is_bold = bool(value & 8)
        self._high, self._wide = 2 if value & 16 else 1, 2 if value & 32 else 1

    def _set_pitch(self, value: int) -> None:
        self._pitch_px = value

    def _set_usual_pitch(self, value: int) -> None:
        self._pitch_px = LINE_PX

    def _set_chinese(self, value: int) -> None:
        self._is_chinese = self._has_chinese

    def _set_latin(self, value: int) -> None:
        self._is_chinese = False

    def _set_anew(self, value: int) -> None:
        self.reset()

    # Makers of paper.

    def _raster(self, data: bytes) -> list[Item]:
        if len(data) < 6:
            return []
        row_bytes = data[2] | data[3] << 8
        rows = data[6:][: row_bytes * MOST_ROWS]
        return [Dots(row_bytes * 8, rows, self._align)] if row_bytes and rows else []

    def _feed(self, data: bytes) -> list[Item]:
        return [Feed(data[0])] if data[0] else []

    def _feed_lines(self, data: bytes) -> list[Item]:
        return [Feed(data[0] * self._pitch_px)] if data[0] * self._pitch_px else []


_SET: dict[bytes, Callable[[Typist, int], None]] = {
    b"\x1b@": Typist._set_anew,
    b"\x1ba": Typist._set_align,
    b"\x1bE": Typist._set_bold,
    b"\x1dB": Typist._set_inverse,
    b"\x1d!": Typist._set_size,
    b"\x1b!": Typist._set_print_mode,
    b"\x1b3": Typist._set_pitch,
    b"\x1b2": Typist._set_usual_pitch,
    b"\x1c&": Typist._set_chinese,
    b"\x1c.": Typist._set_latin,
}
_PAPER: dict[bytes, Callable[[Typist, bytes], list[Item]]] = {
    b"\x1dv": Typist._raster,
    b"\x1bJ": Typist._feed,
    b"\x1bd": Typist._feed_lines,
}
