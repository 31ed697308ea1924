"""Voltages at the board's pins; the far side says what is measured."""

# mypy: ignore-errors
import far
import layout


class ADC:
    """``ADC(Pin(3))`` or ``ADC(3)``."""

    ATTN_11DB = 3

    def __init__(self, id, *args, **more):
        pin = id if isinstance(id, int) else id._id
        if not 0 <= pin < layout.PIN_COUNT:
            raise ValueError("invalid pin")
        self._at = layout.ADC + 2 * pin

    def read_u16(self):
        return far.mem[self._at] | far.mem[self._at + 1] << 8

    def read_uv(self):
        return self.read_u16() * 3300000 // 65535
