"""A ticket printer: its roll of paper, its knife, its tray, and the bytes by which it is spoken to.

It reads ESC/POS on its own (`escpos_reader`) and puts on paper what a printer would. Cables: `printer_cables`.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from simulators.pace import Change
from simulators.parts.escpos_reader import Command, EscposReader
from simulators.parts.escpos_typist import Typist
from simulators.parts.paper import Dots, Feed, Item, PrintedTicket

NEAR_END_ROWS = 8000  # one metre of paper
BUFFER_BYTES = 4096
CLEAR = bytes((0x10, 0x14, 0x08, 1, 3, 20, 1, 6, 2, 8))
CLEARED = bytes((0x37, 0x25, 0x00))
_LONGEST = len(CLEAR)


class SimulatedPrinter:
    """``tray`` holds the newest ``tray_holds`` tickets, the newest last; a hand may take them out.

    ``rows_per_s``: how fast it prints, 0 at once (8 rows a mm). ``scraps`` is paper that fell out uncut.
    """

    def __init__(
        self, tray_holds: int = 20, *, width_px: int = 576, has_chinese: bool = True, rows_per_s: int = 0
    ) -> None:
        self.tray: list[PrintedTicket] = []
        self.scraps: list[PrintedTicket] = []
        self.printed = Change()
        self.unknown: list[bytes] = []  # what it could not read, the newest 20
        self.rows_per_s = rows_per_s
        self.say: Callable[[bytes], None] = lambda data: None  # set by the cable
        self._width_px = width_px
        self._tray_holds = tray_holds
        self._reader = EscposReader()
        self._typist = Typist(has_chinese)
        self._queue: deque[tuple[Command, int]] = deque()  # and how many bytes it was
        self._queued_bytes = 0
        self._tail = b""  # of what was read, to find real-time commands across two pieces
        self._on_paper: list[Item] = []
        self._rows_left: int | None = None
        self._is_near_end = self._is_cover_open = self._is_knife_jammed = self._has_knife_error = False
        self._is_on = True
        self._is_deaf = False
        self._timer: asyncio.TimerHandle | None = None
        self.changed = Change()  # there is room for more bytes, or it is on or off

    # --- what an eye meets

    def paper(self) -> bytes:
        """The newest ticket as PNG. LookupError when the tray is empty."""
        if not self.tray:
            raise LookupError("the tray is empty: nothing was printed yet, or it was taken")
        return self.tray[-1].png()

    @property
    def rows_on_paper(self) -> int:
        """Of what is printed and not cut yet."""
        return sum(item.height_px for item in self._on_paper)

    # --- what hands do

    def run_out_of_paper(self, after_rows: int = 0) -> None:
        """The roll ends after so many more rows of dots."""
        self._rows_left = after_rows

    def come_near_the_end(self) -> None:
        """The sensor sees the core of the roll; it prints on."""
        self._is_near_end = True

    def put_paper_in(self) -> None:
        """A new roll; what was half printed on the old one falls out. It prints on what it still holds."""
        self._rows_left, self._is_near_end = None, False
        self._fall_out()
        self._work()

    def open_cover(self) -> None:
        """Nothing prints until it is closed."""
        self._is_cover_open = True

    def close_cover(self) -> None:
        """Ready again if there is paper."""
        self._is_cover_open = False
        self._work()

    def jam_knife(self) -> None:
        """The next cut fails."""
        self._is_knife_jammed = True

    def free_knife(self) -> None:
        """It can move; the printer believes so when it is told to go on, or switched off and on."""
        self._is_knife_jammed = False

    def fall_silent(self) -> None:
        """It does nothing and says nothing, as when its firmware hangs."""
        self._is_deaf = True

    def wake(self) -> None:
        """As it was."""
        self._is_deaf = False
        self._work()

    def cut_power(self) -> None:
        """It forgets what it holds; what is half printed stays in its mouth."""
        self._is_on = False
        self._forget()
        self._typist.reset()
        self.changed.notify()

    def restore_power(self) -> None:
        """It begins anew."""
        self._is_on, self._has_knife_error = True, False
        self.changed.notify()

    @property
    def is_on(self) -> bool:
        return self._is_on

    @property
    def trouble(self) -> str:
        """Why it stands still, empty when it does not."""
        if self._rows_left is not None and self._rows_left <= 0:
            return "paper out"
        if self._is_cover_open:
            return "cover open"
        return "knife jammed" if self._has_knife_error else ""

    # --- what a cable does

    def room(self) -> int:
        """How many bytes it takes now."""
        if not self._is_on or self._is_deaf:
            return 0
        return max(0, BUFFER_BYTES - self._queued_bytes)

    def take(self, data: bytes) -> int:
        """Bytes from the cable; returns how many went in."""
        data = data[: self.room()]
        if not data:
            return 0
        window = self._tail + data
        self._tail = window[1 - _LONGEST :]
        after = max(self._real_time(window, len(window) - len(data)), len(window) - len(data))
        for command in self._reader.read(window[after:]):
            size = len(command.code) + len(command.data)
            self._queue.append((command, size))
            self._queued_bytes += size
        self._work()
        return len(data)

    def port_status(self) -> int:
        """As a USB printer's port has it: paper empty, selected, no error."""
        is_out = self.trouble == "paper out"
        return is_out << 5 | (not self.trouble) << 4 | (not self._has_knife_error) << 3

    # --- inside

    def _real_time(self, window: bytes, new_from: int) -> int:
        """Does at once what is to be done at once, wherever it stands; returns up to where all was thrown away."""
        cleared_to = 0
        at = window.find(b"\x10")
        while at >= 0:
            for end in (at + 3, at + _LONGEST):
                if new_from < end <= len(window) and self._at_once(window[at:end]):
                    cleared_to = end
            at = window.find(b"\x10", at + 1)
        return cleared_to

    def _at_once(self, order: bytes) -> bool:
        """True when it threw away all that came so far."""
        if order == CLEAR:
            self._forget()
            self.say(CLEARED)
            return True
        if order[:2] == b"\x10\x04" and len(order) == 3 and 1 <= order[2] <= 4:
            self.say(bytes((self._status(order[2]),)))
        if order == b"\x10\x05\x02" and self._has_knife_error and not self._is_knife_jammed:
            self._has_knife_error = False
            self._forget()
            return True
        return False

    def _status(self, asked: int) -> int:
        is_out = self.trouble == "paper out"
        bits = {
            1: 0x08 * bool(self.trouble),
            2: 0x04 * self._is_cover_open | 0x20 * is_out | 0x40 * self._has_knife_error,
            3: 0x08 * self._has_knife_error,
            4: 0x0C * (self._is_near_end or is_out) | 0x60 * is_out,
        }
        return 0x12 | bits[asked]

    def _forget(self) -> None:
        self._queue.clear()
        self._queued_bytes = 0
        self._reader.forget()
        self._typist.forget()
        self._tail = b""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.changed.notify()

    def _fall_out(self) -> None:
        if self.rows_on_paper:
            self.scraps.append(PrintedTicket(self._on_paper, self._width_px))
            del self.scraps[: -self._tray_holds]
        self._on_paper = []

    def _work(self) -> None:
        """Does what it holds until something stands in the way, or the paper needs its time."""
        while self._timer is None and self._queue and self._is_on and not self._is_deaf and not self.trouble:
            command, size = self._queue.popleft()
            self._queued_bytes -= size
            rows = self._do(command)
            if rows and self.rows_per_s:
                self._timer = asyncio.get_running_loop().call_later(rows / self.rows_per_s, self._go_on)
        self.changed.notify()

    def _go_on(self) -> None:
        self._timer = None
        self._work()

    def _do(self, command: Command) -> int:
        """One command; returns how many rows went by."""
        if command.code == b"\x1dr":
            is_out = self.trouble == "paper out"
            self.say(bytes((0x03 * self._is_near_end | 0x0C * is_out,)))
        elif command.code in (b"\x1dV", b"\x1bi", b"\x1bm"):
            return self._cut(command)
        elif command.code == b"?":
            self.unknown = [*self.unknown[-19:], command.data]
        else:
            return sum([self._put(item) for item in self._typist.type(command)])
        return 0

    def _put(self, item: Item) -> int:
        """As much of the item as there is paper for; the rest stays at the head of the line."""
        rows = item.height_px
        if self._rows_left is not None:
            if rows > self._rows_left:
                if isinstance(item, Dots):
                    row_bytes = (item.width_px + 7) // 8
                    rest = item.rows[self._rows_left * row_bytes :]
                    item = item._replace(rows=item.rows[: self._rows_left * row_bytes])
                    head = b"0\0" + row_bytes.to_bytes(2, "little") + (len(rest) // row_bytes).to_bytes(2, "little")
                    self._queue.appendleft((Command(b"\x1dv", head + rest), len(rest)))
                    self._queued_bytes += len(rest)
                else:
                    item = Feed(self._rows_left)
                rows = self._rows_left
            self._rows_left -= rows
        if rows:
            self._on_paper.append(item)
        return rows

    def _cut(self, command: Command) -> int:
        """Feeds to the knife and cuts; the ticket falls into the tray."""
        if self._is_knife_jammed:
            self._has_knife_error = True
            return 0
        rows = self._put(Feed(command.data[1])) if len(command.data) > 1 else 0
        if self.trouble:
            return rows
        if self.rows_on_paper > rows:
            self.tray.append(PrintedTicket(self._on_paper, self._width_px))
            del self.tray[: -self._tray_holds]
        self._on_paper = []
        self.printed.notify()
        return rows

    def tear_off(self) -> None:
        """A hand tears at the bar what hangs out."""
        if self.rows_on_paper:
            self.tray.append(PrintedTicket(self._on_paper, self._width_px))
            del self.tray[: -self._tray_holds]
        self._on_paper = []
        self.printed.notify()
