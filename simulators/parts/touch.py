"""A touch panel and the fingers on it: as a single-touch panel tells of them, or as a multi-touch one (protocol B)."""

from simulators.parts.input_device import EV_ABS, EV_KEY, EV_SYN, InputFile

ABS_X, ABS_Y, BTN_TOUCH = 0x00, 0x01, 0x14A
SLOT, MT_X, MT_Y, TRACKING_ID = 0x2F, 0x35, 0x36, 0x39


class SimulatedTouch:
    """Places are in the panel's own units."""

    def __init__(self, file: InputFile, *, is_multi: bool) -> None:
        self.file = file
        self._is_multi = is_multi
        self._ids = 0
        self._slots: list[int] = []  # finger of each slot, -1 free

    def finger_down(self, finger: int, x: int, y: int) -> None:
        """One more finger."""
        if not self._is_multi:
            self._tell((EV_ABS, ABS_X, x), (EV_ABS, ABS_Y, y), (EV_KEY, BTN_TOUCH, 1))
            return
        if -1 not in self._slots:
            self._slots.append(-1)
        slot = self._slots.index(-1)
        self._slots[slot] = finger
        self._ids += 1
        old = [(EV_KEY, BTN_TOUCH, 1), (EV_ABS, ABS_X, x), (EV_ABS, ABS_Y, y)] if slot == 0 else []
        self._tell((EV_ABS, SLOT, slot), (EV_ABS, TRACKING_ID, self._ids), (EV_ABS, MT_X, x), (EV_ABS, MT_Y, y), *old)

    def move(self, finger: int, x: int, y: int) -> None:
        """A finger that is down goes elsewhere."""
        if self._is_multi:
            self._tell((EV_ABS, SLOT, self._slots.index(finger)), (EV_ABS, MT_X, x), (EV_ABS, MT_Y, y))
        else:
            self._tell((EV_ABS, ABS_X, x), (EV_ABS, ABS_Y, y))

    def finger_up(self, finger: int) -> None:
        """And up."""
        if not self._is_multi:
            self._tell((EV_KEY, BTN_TOUCH, 0))
            return
        slot = self._slots.index(finger)
        self._slots[slot] = -1
        old = [] if any(finger >= 0 for finger in self._slots) else [(EV_KEY, BTN_TOUCH, 0)]
        self._tell((EV_ABS, SLOT, slot), (EV_ABS, TRACKING_ID, -1), *old)

    def _tell(self, *events: tuple[int, int, int]) -> None:
        self.file.events(*events, (EV_SYN, 0, 0))
