"""A line with call keypads and evaluators on it, and the hands on their keys. Runs on MicroPython too.

Its units are written from the published frames, not from the driver.
"""

import asyncio

try:
    from collections.abc import Callable
    from typing import Any
except ImportError:  # MicroPython
    pass

AGAIN_S = 0.25  # a keypad that nobody acknowledged says it again
TIMES = 5

KEYS = {"call": 0x0C, "recall": 0x0D, "finish": 0x0B, "pause": 0x12, "transfer": 0x13, "confirm": 0x0F}


def packet(address: int, function: int, data: "list[int]") -> bytes:
    """One frame as it stands on the line."""
    body = [address, function] + list(data)  # noqa: RUF005
    return bytes([0xFF, 0x68, len(body), len(body), 0x68] + body + [sum(body) % 256, 0x16])  # noqa: RUF005


class SimulatedUnit:
    """The keypad with six places and the evaluator with four keys of one window.

    ``waiting`` and ``number`` are what its places show, as text, dark ones as blanks.
    """

    def __init__(self, bus: "SimulatedBus", address: int) -> None:
        self.address = address
        self.waiting = self.number = "   "
        self.beeps = 0
        self.asks = 0
        self.is_plugged = True
        self._bus = bus
        self._wants = b""
        self._repeats: Any = None

    def press(self, key: str, *digits: int) -> None:
        """``call``, ``recall``, ``finish``, ``pause``, ``transfer`` or ``confirm``; digits typed before it."""
        self._say(packet(self.address, 0x01, list(digits) + [KEYS[key]]), None)  # noqa: RUF005

    def rate(self, key: int) -> None:
        """One of the evaluator's keys, 0 to 3."""
        self._say(packet(self.address, 0x11, [key]), packet(self.address, 0x01, [key]))

    def unplug(self) -> None:
        """Off the line."""
        self.is_plugged = False
        self._wants = b""

    def plug_in(self) -> None:
        """Power is back: its places are dark."""
        self.is_plugged = True
        self.waiting = self.number = "   "

    @property
    def is_waiting(self) -> bool:
        """It said something that the host has not acknowledged."""
        return bool(self._wants)

    def _say(self, data: bytes, answer: "bytes | None") -> None:
        self._wants = answer or data
        self._bus.put(data)
        if self._repeats:
            self._repeats.cancel()
        self._repeats = asyncio.create_task(self._again(data))

    async def _again(self, data: bytes) -> None:
        for _ in range(TIMES - 1):
            await asyncio.sleep(AGAIN_S + self.address * 0.01)
            if not self._wants or not self.is_plugged:
                return
            self._bus.put(data)

    def hear(self, data: bytes) -> None:
        """A whole frame of the host to this address."""
        if data == self._wants:
            self._wants = b""
            return
        function, body = data[6], data[7:-2]
        if function == 0x02 and len(body) == 6:
            shown = "".join([" " if digit == 0x0A else str(digit) for digit in body])
            self.waiting, self.number = shown[:3], shown[3:]
        elif function == 0x02 and body == b"\x05":
            self.asks += 1
        elif function == 0x03:
            self.beeps += 1
        if self._bus.echoes:
            self._bus.put(data)


class SimulatedBus:
    """``units`` by address. The host's end: ``write`` and ``read``, as `drivers.rs485.bus.Line`.

    ``echoes``: its units confirm what they are told. ``ears``: also told of every byte for the host, for a far end
    that is a real line.
    """

    def __init__(
        self, addresses: "list[int]", echoes: bool = True, ears: "Callable[[bytes], None] | None" = None
    ) -> None:
        self.echoes = echoes
        self.units: dict[int, SimulatedUnit] = {}
        for address in addresses:
            self.units[address] = SimulatedUnit(self, address)
        self.is_plugged = True
        self.written: list[bytes] = []  # by the host
        self._ears = ears
        self._come = self._heard = b""
        self._news = asyncio.Event()
        self._collision: list[bytes] | None = None

    def noise(self, data: bytes) -> None:
        """A motor starts beside the cable."""
        self.put(data)

    def collide(self, first: "Callable[[], None]", second: "Callable[[], None]") -> None:
        """Two speak at the same time: ``first`` and ``second`` are called, what comes of it is neither."""
        said: list[bytes] = []
        self._collision = said
        first()
        second()
        self._collision = None
        longest = max([len(data) for data in said])
        mixed = bytearray(longest)
        for at in range(longest):
            mixed[at] = 0xFF
            for data in said:
                mixed[at] &= data[at] if at < len(data) else 0xFF
        self.put(bytes(mixed))

    def unplug(self) -> None:
        """The adapter is pulled out of the host."""
        self.is_plugged = False
        self._news.set()

    def plug_in(self) -> None:
        """And back."""
        self.is_plugged = True

    def put(self, data: bytes) -> None:
        """Bytes on the line towards the host."""
        if self._collision is not None:
            self._collision.append(data)
            return
        if self._ears:
            self._ears(data)
            return
        self._come += data
        self._news.set()

    def hear(self, data: bytes) -> None:
        """Bytes of the host, in whatever pieces a line makes of its frames."""
        self._heard += data
        while True:
            start = self._heard.find(b"\xff\x68")
            if start < 0 or len(self._heard) < start + 4:
                return
            end = start + self._heard[start + 2] + 7
            if len(self._heard) < end:
                return
            whole, self._heard = self._heard[start:end], self._heard[end:]
            self.written.append(whole)
            if whole[2] == whole[3] and sum(whole[5:-2]) % 256 == whole[-2]:
                unit = self.units.get(whole[5])
                if unit and unit.is_plugged:
                    unit.hear(whole)

    # what the driver sees

    async def write(self, data: bytes) -> None:
        """See `drivers.rs485.bus.Line`."""
        if not self.is_plugged:
            raise OSError("no such device")
        self.hear(bytes(data))

    async def read(self, timeout_s: float) -> bytes:
        """See `drivers.rs485.bus.Line`."""
        if not self.is_plugged:
            raise OSError("no such device")
        if not self._come:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), timeout_s)
            except asyncio.TimeoutError:  # noqa: UP041
                return b""
            if not self.is_plugged:
                raise OSError("no such device")
        data, self._come = self._come[:16], self._come[16:]
        return data
