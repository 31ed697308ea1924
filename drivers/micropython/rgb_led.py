"""The one WS2812 LED that some boards have, as if it were an LED on a pin."""

from machine import Pin
from neopixel import NeoPixel

LIT = (0, 24, 0)  # green, and not so bright that it blinds the person at the desk


class RgbLed:
    """An `OutputPin`."""

    def __init__(self, pin: int) -> None:
        self._led = NeoPixel(Pin(pin, Pin.OUT), 1)
        self.value(0)

    def value(self, level: int) -> None:
        """1 is lit."""
        self._led[0] = LIT if level else (0, 0, 0)
        self._led.write()
