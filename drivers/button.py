"""A push button on a digital input: debounce and hold time."""

import asyncio

from drivers.ticks import since_ms, ticks_ms

try:
    from drivers.ports import InputPin
except ImportError:  # a board may leave the protocols out
    pass

SAMPLE_MS = 5
LOOKS = 10  # in a debounce time: a contact that bounces cannot look still to all of them


class Button:
    """Pressed when its level has been stable for ``debounce_ms`` and held for ``hold_ms`` more.

    ``active_low``: the contact pulls the pin to ground. ``hold_ms`` above 0 guards against an elbow.
    """

    def __init__(self, pin: "InputPin", *, debounce_ms: int = 30, hold_ms: int = 0, active_low: bool = True) -> None:
        self._pin = pin
        self._debounce_ms = debounce_ms
        self._hold_ms = hold_ms
        self._down_level = 0 if active_low else 1
        self._was_down = False

    async def pressed(self) -> int:
        """Waits for the next press; returns how long it was held so far, in ms. One press is told once.

        It returns while the finger is still down: help must not wait for the release. A button that is down at the
        start counts as pressed: one that latches may have been pushed while the power was off.
        """
        while True:
            if self._was_down:
                await self._stable(False)
                self._was_down = False
            await self._stable(True)
            self._was_down = True
            began_ms = ticks_ms()
            if await self._kept_down():
                return self._debounce_ms + since_ms(began_ms)

    def is_down(self) -> bool:
        """Whether the contact is at its pressed level now, bouncing or not."""
        return self._pin.value() == self._down_level

    async def _stable(self, is_down: bool) -> None:
        """Waits until the level is the asked one, and has been at every look for the debounce time.

        Looks instead of waiting for an edge with a time limit, which would load 1 kB of asyncio on a board.
        """
        began_ms = None
        while True:
            if self.is_down() != is_down:
                began_ms = None
                await self._pin.changed()
                continue
            if began_ms is None:
                began_ms = ticks_ms()
            left_ms = self._debounce_ms - since_ms(began_ms)
            if left_ms <= 0:
                return
            await asyncio.sleep(self._debounce_ms / 1000 / LOOKS)

    async def _kept_down(self) -> bool:
        began_ms = ticks_ms()
        while since_ms(began_ms) < self._hold_ms:
            if not self.is_down():
                return False
            await asyncio.sleep(SAMPLE_MS / 1000)
        return True
