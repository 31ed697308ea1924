"""A help button in its case at the end of a two-wire loop, and hands on all three. Runs on MicroPython too."""

OHMS = 1000  # each of the two resistors at the end of the line, and the one that feeds the loop
CUT = 10**9


class SimulatedLoop:
    """What an ADC measures over the loop, and the contact of the lid. The button's own contact opens when pressed."""

    def __init__(self, ohms: int = OHMS) -> None:
        self._ohms = ohms
        self._is_pressed = self._is_cut = self._is_bridged = False
        self._is_open = False

    def press(self) -> None:
        """Finger down: the contact that bridges the second resistor opens."""
        self._is_pressed = True
        self._changed()

    def release(self) -> None:
        """Finger up, or the latch unlocked with its key."""
        self._is_pressed = False
        self._changed()

    def cut_loop(self) -> None:
        """Pliers."""
        self._is_cut = True
        self._changed()

    def short_loop(self) -> None:
        """A paper clip over the terminals."""
        self._is_bridged = True
        self._changed()

    def mend_loop(self) -> None:
        """Neither cut nor bridged."""
        self._is_cut = self._is_bridged = False
        self._changed()

    def open_case(self) -> None:
        """The lid is off."""
        self._is_open = True
        self._changed()

    def close_case(self) -> None:
        """The lid is on."""
        self._is_open = False
        self._changed()

    def _changed(self) -> None:
        """For a loop that has to tell somebody."""

    def share(self) -> int:
        """Voltage over the loop, in permille of the supply that feeds it through ``ohms``."""
        if self._is_bridged:
            loop = 0
        elif self._is_cut:
            loop = CUT
        else:
            loop = 2 * self._ohms if self._is_pressed else self._ohms
        return 1000 * loop // (loop + self._ohms)

    def value(self) -> int:
        """The contact of the lid: 0 closed, 1 open (pull-up)."""
        return 1 if self._is_open else 0
