"""A LED wall behind a Novastar sending card: how bright it is, black when it shall be, and whether it still shows."""

import asyncio
import time

from drivers.faults import PartFault
from drivers.health import Health
from drivers.linux.novastar.frames import (
    CARD_SILENT,
    DONE,
    FIRST_CARD,
    THE_SENDER,
    Reader,
    Reply,
    Target,
    read_request,
    write_request,
)
from drivers.ports import BytePort

# Registers, as the programs named in `frames` use them. Of the sender:
MODEL = 0x0000_0002  # 2 bytes
SIGNAL = 0x0200_0017  # 0: no picture comes in
# Of the cards behind it:
BRIGHTNESS = 0x0200_0001
BLACK = 0x0200_0100  # FF: black, 0: as ever
PATTERN = 0x0200_0101
RED, GREEN, BLUE, WHITE = 2, 3, 4, 5
NO_PATTERN = (1, 0)  # programs differ in which of them ends a test picture; the last one that a card knows stays

LOOK_S = 0.5  # how often sender and wall are looked at
ANSWER_S = 0.3
TRIES = 3
REST_S = 0.4  # before it is tried again after a fault


class _Silent(Exception):
    """No answer in time."""


class NovastarSender:
    """``brightness`` 1 to 255 is that of full light. ``is_wall_asked``: a card of the wall tells how it is, too."""

    def __init__(
        self,
        port: BytePort,
        *,
        brightness: int = 255,
        brightness_register: int = BRIGHTNESS,
        black_register: int = BLACK,
        is_wall_asked: bool = True,
    ) -> None:
        self.health = Health()
        self._port = port
        self._full = brightness
        self._brightness_register = brightness_register
        self._black_register = black_register
        self._is_wall_asked = is_wall_asked
        self._percent = 100
        self._pattern = 0
        self._told: tuple[int, int] | None = None  # light and pattern that the wall was told
        self._tells_signal = True  # until it leaves the question without an answer
        self._model = 0
        self._serial = 0
        self._reader = Reader()
        self._news = asyncio.Event()

    def light(self, percent: int) -> None:
        """How bright from now on: 0 is black, 100 the full light of this installation."""
        self._percent = percent
        self._news.set()

    async def run(self) -> None:
        """Until cancelled: keep the wall as it shall be, and look how it is."""
        try:
            while True:
                self._told, self._tells_signal = None, True
                try:
                    await self._work()
                except _Silent:
                    self.health.set("no_answer")
                except OSError:
                    self.health.set("unplugged")
                    self._port.close()
                await asyncio.sleep(REST_S)
        finally:
            self._port.close()

    async def self_test(self, seconds: float = 1.0) -> str:
        """Red, green, blue, white on the whole wall; returns how the sender is. PartFault if it fails."""
        try:
            for pattern in (RED, GREEN, BLUE, WHITE):
                self._pattern = pattern
                self._news.set()
                await asyncio.sleep(seconds)
        finally:
            self._pattern = 0
            self._news.set()
        fault = self.health.fault
        if fault == "no_signal":
            raise PartFault("sender", f"{self._port.name}: no picture comes in; check the HDMI or DVI cable")
        if fault:
            raise PartFault(
                "sender", f"{self._port.name}: {fault}; check the sender's cable, its speed, the wall's power"
            )
        return f"{self._port.name}: model {self._model:04x}, picture comes in, light {self._percent} %"

    async def _work(self) -> None:
        while True:
            self._news.clear()
            await self._make_so()
            self.health.set(await self._look())
            try:
                await asyncio.wait_for(self._news.wait(), LOOK_S)
            except TimeoutError:
                pass

    async def _make_so(self) -> None:
        """Tell every card. There may be no answer, so what they made of it is looked at later."""
        wanted = (100 if self._pattern else self._percent, self._pattern)
        if self._told == wanted:
            return
        percent, pattern = wanted
        for register, value in self._registers(percent).items():
            await self._write(register, value)
        if pattern:
            await self._write(PATTERN, pattern)
        elif self._told is not None and self._told[1]:
            for value in NO_PATTERN:
                await self._write(PATTERN, value)
        self._told = wanted

    async def _look(self) -> str:
        """The fault. A sender that cannot say something is not asked to be broken for it."""
        model = await self._ask(MODEL, 2)
        if model.ack == DONE:
            self._model = int.from_bytes(model.data, "little")
        if self._is_wall_asked and await self._is_wall_silent():
            return "no_answer"
        return "no_signal" if self._tells_signal and await self._is_dark_inside() else ""

    async def _is_dark_inside(self) -> bool:
        try:
            signal = await self._ask(SIGNAL, 1)
        except _Silent:  # it does not know; or it went this moment, which the next look finds out
            self._tells_signal = False
            return False
        return signal.ack == DONE and signal.data == b"\0"

    async def _is_wall_silent(self) -> bool:
        """Asks the first card. One that was switched off and on shines as it did when it was made: it is told again."""
        for register, value in self._registers(100 if self._pattern else self._percent).items():
            found = await self._ask(register, 1, FIRST_CARD)
            if found.ack == CARD_SILENT:
                self._told = None
                return True
            if found.ack == DONE and found.data != bytes((value,)):
                self._told = None
        return False

    def _registers(self, percent: int) -> dict[int, int]:
        """What the cards hold at this light. Black is said twice: not every card knows the register for it."""
        return {
            self._brightness_register: -(-self._full * percent // 100),
            self._black_register: 0 if percent else 0xFF,
        }

    async def _write(self, register: int, value: int) -> None:
        self._serial += 1
        await self._port.write(write_request(self._serial, register, bytes((value,))))

    async def _ask(self, register: int, size: int, target: Target = THE_SENDER) -> Reply:
        for _ in range(TRIES):
            self._serial += 1
            await self._port.write(read_request(self._serial, register, size, target))
            reply = await self._answer(self._serial & 0xFF, register)
            if reply is not None and (reply.ack or len(reply.data) == size):
                return reply
        raise _Silent

    async def _answer(self, serial: int, register: int) -> Reply | None:
        """That to this request; those that writing brought are left."""
        end = time.monotonic() + ANSWER_S
        while (left := end - time.monotonic()) > 0:
            for reply in self._reader.feed(await self._port.read(left)):
                if (reply.serial, reply.register) == (serial, register):
                    return reply
        return None
