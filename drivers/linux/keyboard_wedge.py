"""A scanner that Linux sees as a keyboard: what it types reaches us alone, and ends with Enter.

Key codes: linux/input-event-codes.h; layout of a US keyboard, to which scanners are set.
"""

import asyncio

from drivers.code_scanner import GAP_S, Letters
from drivers.linux.input_events import EV_KEY, EV_SYN, Event, InputDevice

SYN_DROPPED = 3
ENTERS = (28, 96)  # Enter, and that of the number block
SHIFTS = (42, 54)
DOWN, UP = 1, 0

_ROWS = (  # first key code, characters, with shift
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (55, "*", "*"),
    (57, " ", " "),
    (71, "789-456+1230.", "789-456+1230."),
)
LETTERS = {
    first + at: (plain[at], shifted[at]) for first, plain, shifted in _ROWS for at in range(len(plain))
}  # key code → character, with shift
LETTERS[98] = ("/", "/")


class KeyboardWedge:
    """A `drivers.code_scanner.CodeSource`. ``gap_s``: keys that come slower are a person's, and no code.

    The device is grabbed as long as this reads (`InputDevice`), so that no key of it reaches a console or another page.
    """

    def __init__(self, device: InputDevice, gap_s: float = GAP_S) -> None:
        self.health = device.health
        self._device = device
        self._gap_s = gap_s
        self._letters = Letters()
        self._shifts: set[int] = set()
        self._life = 0
        self._is_lost = False  # the kernel dropped events: until it has said all that it dropped

    async def code(self) -> str:
        """See `CodeSource`."""
        while True:
            try:
                gap_s = self._gap_s if self._letters.has_begun else None
                event = self._device.come()
                if event is None:
                    event = await asyncio.wait_for(self._device.event(), gap_s)
            except TimeoutError:
                self._letters.end()  # whoever typed this is no scanner
                continue
            if self._life != self._device.lives:  # plugged in anew
                self._life = self._device.lives
                self._letters.end()
                self._shifts.clear()
            if text := self._take(event):
                return text

    def _take(self, event: Event) -> str:
        """The code that ends with this event, or empty."""
        if event.type == EV_SYN:
            self._synchronised(event.code)
        elif event.type == EV_KEY and not self._is_lost:
            if event.code in SHIFTS:
                (self._shifts.discard if event.value == UP else self._shifts.add)(event.code)
            elif event.value == DOWN:
                if event.code in ENTERS:
                    return self._letters.end()
                self._letters.add(LETTERS.get(event.code, ("", ""))[1 if self._shifts else 0])
        return ""

    def _synchronised(self, code: int) -> None:
        if code == SYN_DROPPED:
            self._is_lost = True
            self._shifts.clear()
            self._letters.add("")  # the rest of this code is none
        else:
            self._is_lost = False
