"""SPI, and the one-wire line of WS2812 LEDs: every byte goes to what the supervisor has put on the bus."""

# mypy: ignore-errors
import far
import layout

_MOST = 32768  # bytes a message


class SPI:
    """Controller only."""

    MSB, LSB = 0, 1

    def __init__(self, id=-1, baudrate=1000000, **more):
        self._id = id & 255

    def init(self, baudrate=1000000, **more):
        pass

    def deinit(self):
        pass

    def write(self, data):
        data = memoryview(data)
        for begin in range(0, len(data), _MOST):
            far.tell(layout.SPI_WRITE, self._id, data[begin : begin + _MOST])

    def read(self, count, write=0):
        return self._transfer(bytes((write,)) * count)

    def readinto(self, buffer, write=0):
        self.write_readinto(bytes((write,)) * len(buffer), buffer)

    def write_readinto(self, data, buffer):
        if len(data) != len(buffer):
            raise ValueError("buffers must be the same length")
        buffer[:] = self._transfer(bytes(data))

    def _transfer(self, data):
        come = b""
        for begin in range(0, len(data), _MOST):
            come += far.ask(layout.SPI_TRANSFER, self._id, data[begin : begin + _MOST])
        return come


class SoftSPI(SPI):
    """The same on any pins; its bus has the number 255."""

    def __init__(self, baudrate=500000, **more):
        super().__init__(255, baudrate)


def bitstream(pin, encoding, timing, data):
    """As `neopixel` uses it."""
    far.tell(layout.BITSTREAM, pin._id, bytes(data))
