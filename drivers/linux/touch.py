"""A touch panel through /dev/input: one finger counts, its place in the pixels of a screen that may hang turned.

Single-touch panels, and multi-touch ones by protocol B (kernel: Documentation/input/multi-touch-protocol): a contact
has a slot and, from its first to its last report, a tracking id.
"""

from drivers.linux.input_events import ABS_X, ABS_Y, EV_ABS, EV_KEY, EV_SYN, Event, InputDevice

BTN_TOUCH = 0x14A
SYN_DROPPED = 3
SLOTS = 64  # more fingers than any panel tells of
ABS_MT_SLOT, ABS_MT_X, ABS_MT_Y, ABS_MT_ID = 0x2F, 0x35, 0x36, 0x39
STRAIGHT = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)

Matrix = tuple[float, float, float, float, float, float]
Place = tuple[float, float]


class Touch:
    """A `TouchPort` over the whole of a screen that is turned by ``rotate`` degrees clockwise.

    ``ranges``: least and greatest value of x and y; asked of the device when not given. ``calibration``: a, b, c, d, e,
    f of x' = a x + b y + c and y' = d x + e y + f, on shares of the glass, before it is turned; see `calibration`.
    ``health``: unplugged.
    """

    def __init__(
        self,
        device: InputDevice,
        width_px: int,
        height_px: int,
        *,
        rotate: int = 0,
        ranges: tuple[tuple[int, int], tuple[int, int]] | None = None,
        calibration: Matrix = STRAIGHT,
    ) -> None:
        self.health = device.health
        self._device = device
        self._size = (width_px, height_px)
        self._rotate = rotate
        self._ranges = ranges
        self._calibration = calibration
        self._finger = Finger()

    async def tap(self) -> tuple[int, int]:
        """Where the next finger goes down; further fingers, while it is down, do not count."""
        while True:
            if self._finger.take(await self._device.event()):
                return self._place(self._finger.x, self._finger.y)

    def _place(self, x: int, y: int) -> tuple[int, int]:
        if self._ranges is None:
            axes = (ABS_MT_X, ABS_MT_Y) if self._finger.is_multi else (ABS_X, ABS_Y)
            self._ranges = self._device.axis(axes[0]), self._device.axis(axes[1])
        shares = [
            (value - least) / max(greatest - least, 1)
            for value, (least, greatest) in zip((x, y), self._ranges, strict=True)
        ]
        a, b, c, d, e, f = self._calibration
        across = min(max(a * shares[0] + b * shares[1] + c, 0.0), 1.0)
        down = min(max(d * shares[0] + e * shares[1] + f, 0.0), 1.0)
        for _ in range(self._rotate // 90):  # the glass is turned with the screen: back, a quarter at a time
            across, down = down, 1 - across
        width_px, height_px = self._size
        return min(int(across * width_px), width_px - 1), min(int(down * height_px), height_px - 1)


class Finger:
    """What the events of a panel say of the first finger on it. `take` is true once for each time it goes down."""

    def __init__(self) -> None:
        self.x = self.y = 0
        self._slot = 0
        self._contacts: set[int] = set()  # slots with a finger on them, of a multi-touch panel
        self._first = -1  # the slot that counts
        self.is_multi = False
        self._is_down = self._has_begun = False
        self._is_lost = False  # the kernel dropped events: until it has said all that it dropped

    def take(self, event: Event) -> bool:
        """One event. True at the end of the report in which the finger went down."""
        if event.type == EV_SYN:
            return self._end(event.code)
        if not self._is_lost:
            if event.type == EV_ABS:
                self._take_axis(event.code, event.value)
            elif event.type == EV_KEY and event.code == BTN_TOUCH and not self.is_multi:
                self._touched(event.value == 1)
        return False

    def _end(self, code: int) -> bool:
        if code == SYN_DROPPED:
            self._is_lost = True
            self._contacts.clear()
            self._first = -1
            self._is_down = self._has_begun = False
            return False
        has_begun, self._has_begun = self._has_begun, False
        was_lost, self._is_lost = self._is_lost, False
        return has_begun and not was_lost

    def _take_axis(self, code: int, value: int) -> None:
        if code == ABS_MT_SLOT:
            self._slot = value
        elif code == ABS_MT_ID and 0 <= self._slot < SLOTS:
            self._contact(value >= 0)
        elif code in (ABS_MT_X, ABS_X):
            self._moved(code == ABS_MT_X, 0, value)
        elif code in (ABS_MT_Y, ABS_Y):
            self._moved(code == ABS_MT_Y, 1, value)

    def _contact(self, is_on: bool) -> None:
        self.is_multi = True
        if not is_on:
            self._contacts.discard(self._slot)
        elif self._slot not in self._contacts:
            if not self._contacts:
                self._first = self._slot
                self._touched(True)
            self._contacts.add(self._slot)
        if not self._contacts:
            self._first = -1
            self._touched(False)

    def _touched(self, is_down: bool) -> None:
        if is_down and not self._is_down:
            self._has_begun = True
        self._is_down = is_down

    def _moved(self, is_multi: bool, axis: int, value: int) -> None:
        """Of a multi-touch panel only the first finger's slot counts, and not what it says for old programs."""
        if self.is_multi and (not is_multi or self._slot != self._first):
            return
        if axis:
            self.y = value
        else:
            self.x = value


def matrix(numbers: list[float] | None) -> Matrix:
    """A calibration as a profile gives it; `STRAIGHT` for none. ValueError when it is not six numbers."""
    if not numbers:
        return STRAIGHT
    if len(numbers) != 6:
        raise ValueError("calibration of the touch panel: six numbers, not %d; see the profile" % len(numbers))
    a, b, c, d, e, f = (float(number) for number in numbers)
    return (a, b, c, d, e, f)


def calibration(touched: tuple[Place, Place, Place], shown: tuple[Place, Place, Place]) -> Matrix:
    """What turns the three places where people touched into the three that were shown; both in shares of the glass.

    ValueError when the three lie on a line.
    """
    (x1, y1), (x2, y2), (x3, y3) = touched
    area = (x1 - x3) * (y2 - y3) - (x2 - x3) * (y1 - y3)
    if abs(area) < 0.01:
        raise ValueError("three places on a line; touch three that span the glass")
    rows: list[float] = []
    for axis in (0, 1):
        u1, u2, u3 = (place[axis] for place in shown)
        a = ((u1 - u3) * (y2 - y3) - (u2 - u3) * (y1 - y3)) / area
        b = ((x1 - x3) * (u2 - u3) - (x2 - x3) * (u1 - u3)) / area
        rows += [a, b, u3 - a * x3 - b * y3]
    return (rows[0], rows[1], rows[2], rows[3], rows[4], rows[5])
