"""Registers of a virtual board: they hold what was written; there is no metal behind them."""

# mypy: ignore-errors
_bytes = {}


class _Registers:
    def __init__(self, size):
        self._size = size

    def _place(self, address):
        if address % self._size:
            raise ValueError(f"address {address:08x} is not aligned to {self._size} bytes")
        return range(address, address + self._size)

    def __getitem__(self, address):
        value = 0
        for place in reversed(self._place(address)):
            value = value << 8 | _bytes.get(place, 0)
        return value

    def __setitem__(self, address, value):
        for place in self._place(address):
            _bytes[place] = value & 255
            value >>= 8


mem8, mem16, mem32 = _Registers(1), _Registers(2), _Registers(4)
