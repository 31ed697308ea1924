"""The columns of a strip that hang on one interface: what they shall show, and what of it must travel."""

from collections.abc import Iterator

from drivers.linux.colorlight.frames import MOST_PX, Dialect, row_frame

Piece = tuple[int, int, int]  # row, first column, column after the last; in the stretch's own columns


class Stretch:
    """``width_px`` columns from the strip's column ``x_px`` on.

    The cards count their columns from where the interface's cable begins, so offsets on the wire begin at 0.
    """

    def __init__(self, x_px: int, width_px: int, height_px: int, dialect: Dialect) -> None:
        self.x_px = x_px
        self.width_px = width_px
        self.height_px = height_px
        self._dialect = dialect
        self._rows = [bytearray(width_px * 3) for _ in range(height_px)]
        self._instead: list[bytes] | None = None  # of a test
        self._due: dict[Piece, None] = {}  # in order, each once, however long nothing can be sent
        self._next_row = 0  # of the slow refresh
        self.send_all()

    def put(self, x_px: int, y_px: int, pixels: bytes) -> None:
        """Pixels of the strip in the order of the wire; those of other stretches are left out, equal ones stay."""
        left = max(x_px, self.x_px)
        right = min(x_px + len(pixels) // 3, self.x_px + self.width_px)
        if left >= right:
            return
        part = pixels[(left - x_px) * 3 : (right - x_px) * 3]
        row, at = self._rows[y_px], (left - self.x_px) * 3
        if row[at : at + len(part)] != part:
            row[at : at + len(part)] = part
            self._due[y_px, left - self.x_px, right - self.x_px] = None

    def show_instead(self, rows: list[bytes] | None) -> None:
        """Show these whole rows and keep what was put for later; None: show that again."""
        self._instead = rows
        self.send_all()

    def send_all(self) -> None:
        """Nothing is known any more of what the cards hold."""
        self._due = {(y, 0, self.width_px): None for y in range(self.height_px)}

    def refresh(self, rows: int) -> None:
        """The next so many rows shall travel once more, whether they changed or not."""
        for _ in range(rows):
            self._due[self._next_row, 0, self.width_px] = None
            self._next_row = (self._next_row + 1) % self.height_px

    @property
    def is_due(self) -> bool:
        """Something must travel."""
        return bool(self._due)

    def take(self) -> Iterator[bytes]:
        """The frames of the next piece of a row that must travel. Give it back with `missed` when they could not."""
        self._taken = y, left, right = next(iter(self._due))
        del self._due[self._taken]
        row = self._instead[y] if self._instead else self._rows[y]
        for at in range(left, right, MOST_PX):
            yield row_frame(self._dialect, at, y, row[at * 3 : min(at + MOST_PX, right) * 3])

    def missed(self) -> None:
        """What was taken last is due again."""
        self._due[self._taken] = None
