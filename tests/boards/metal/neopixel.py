"""One addressable LED, written down."""

from machine import _note


class NeoPixel:
    def __init__(self, pin, count):
        _note("NeoPixel", (pin, count), {})

    def __setitem__(self, at, colour):
        self.colour = colour

    def write(self):
        _note("colour", (self.colour,), {})
