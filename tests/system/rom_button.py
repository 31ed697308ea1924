"""A help button's parts on ports that cost nothing; MicroPython only, lies beside the firmware in the ROM."""

import asyncio


class Finger:
    """Pressed and let go three times a second."""

    level = 1

    def value(self):
        return self.level

    async def changed(self):
        await asyncio.sleep(0.3)
        self.level ^= 1


class Light:
    def pattern(self, on_ms, off_ms):
        pass


def parts(board):
    from drivers.button import Button
    from drivers.lamp import Lamp

    return {"button": Button(Finger(), debounce_ms=1), "lamp": Lamp(Light())}
