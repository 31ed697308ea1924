"""The module neopixel, which images of real boards have frozen in."""

# mypy: ignore-errors
import machine


class NeoPixel:
    """``n`` LEDs on one pin; indices give and take (red, green, blue)."""

    def __init__(self, pin, n, bpp=3, timing=1):
        self.pin, self.n, self.bpp = pin, n, bpp
        self.buf = bytearray(n * bpp)
        pin.init(pin.OUT)

    def __len__(self):
        return self.n

    def __setitem__(self, index, colour):
        at = index * self.bpp
        self.buf[at : at + 3] = bytes((colour[1], colour[0], colour[2]))

    def __getitem__(self, index):
        at = index * self.bpp
        return (self.buf[at + 1], self.buf[at], self.buf[at + 2])

    def fill(self, colour):
        for index in range(self.n):
            self[index] = colour

    def write(self):
        machine.bitstream(self.pin, 0, None, self.buf)
