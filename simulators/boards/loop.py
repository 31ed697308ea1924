"""The two-wire loop of a help button at a virtual board, with the case around it: what hands do reaches its pins."""

from collections.abc import Callable

from simulators.parts.loop_button import SimulatedLoop


class BoardLoop(SimulatedLoop):
    """``put_voltage(pin, permille)`` and ``drive(pin, level)`` are the board's. At rest and closed to begin with."""

    def __init__(
        self, put_voltage: Callable[[int, int], None], drive: Callable[[int, int], None], pin: int, case: int | None
    ) -> None:
        super().__init__()
        self._put_voltage, self._drive = put_voltage, drive
        self._pin, self._case = pin, case
        self._changed()

    def _changed(self) -> None:
        self._put_voltage(self._pin, self.share())
        if self._case is not None:
            self._drive(self._case, self.value())
