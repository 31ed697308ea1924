"""A bus of call keypads and evaluators: one line, an address for each window, everyone may speak at any time."""

import asyncio

from drivers.faults import PartFault
from drivers.handover import Handover
from drivers.health import Health
from drivers.rs485 import frames, keys
from drivers.ticks import since_ms, ticks_ms

try:
    from typing import Any, Protocol
except ImportError:  # MicroPython
    Protocol = object  # type: ignore[assignment]

QUIET_S = 0.02  # nobody has spoken for so long: we may
SILENT_MS = 100  # a frame that has not gone on for so long will not
ECHO_MS = 150  # a unit that echoes has done so by then
TRIES = 3
ALIVE_MS, REFRESH_MS, DEAD_MS = 1000, 10000, 2000  # how often told anew: one that echoes, that does not, that is gone
SHARE_MS = 95  # for each unit: so telling and echo, 30 ms, leave the line to the keypads two thirds of the time
REPEAT_MS, REPEATS = 400, 4  # the same press within this time is one whose acknowledgement was lost
REOPEN_S = 0.5
TEST_MS = 3000  # a self-test waits so long for the tries of one unit, and the time of an echo more for each unit


class Line(Protocol):
    """Half-duplex bytes; both raise OSError when the line is not there."""

    async def write(self, data: bytes) -> None:
        """Returns when the last byte is on the line."""
        ...

    async def read(self, timeout_s: float) -> bytes:
        """What has come; empty when nothing came in time."""
        ...


class Unit:
    """The keypad and the evaluator of one window. ``health`` is its own: the others on the line go on without it."""

    def __init__(self, address: int) -> None:
        self.address = address
        self.health = Health()
        self.face = frames.frame(address, frames.SHOW, frames.counts(None, None))
        self.due: "list[bytes]" = [self.face]  # to be sent, oldest first
        self.has_echoed = False  # so that its silence means something
        self.tries = 0  # of the first one
        self.not_before = (ticks_ms(), 0)  # sent again so many ms after that moment
        self.heard: "tuple[bytes, Any, int]" = (b"", ticks_ms(), 0)  # last press: frame, when, acknowledgements

    def show(self, waiting: "int | None", number: "int | None") -> None:
        """How many wait, and the ticket's number; None is dark. The newest counts."""
        face = frames.frame(self.address, frames.SHOW, frames.counts(waiting, number))
        if face != self.face:
            if self.face in self.due:
                self.due.remove(self.face)
            self.face = face
            self._send(face)

    def beep(self) -> None:
        """To be heard at the window."""
        self._send(frames.frame(self.address, frames.BEEP))

    def is_beep_over(self) -> bool:
        """Whether the last beep was sent, and echoed by a unit that echoes; or there is nobody to hear it."""
        return bool(self.health.fault) or frames.frame(self.address, frames.BEEP) not in self.due

    async def self_test(self) -> str:
        """Beeps. Raises PartFault when the unit does not answer, or the line takes nothing."""
        self.beep()
        await _beeps_over([self])
        if self.health.fault or not self.is_beep_over():
            raise PartFault("unit", "unit %d does not answer; check its power, wires and address" % self.address)
        return "beeped and answered" if self.has_echoed else "told to beep; whether it is there cannot be noticed"

    def ask(self) -> None:
        """The evaluator lights up and asks for a rating."""
        self._send(frames.frame(self.address, frames.SET, b"\x0b"))
        self._send(frames.frame(self.address, frames.SHOW, b"\x05"))

    def _send(self, frame: bytes) -> None:
        if frame not in self.due:
            self.due.append(frame)
        if not self.health.fault:
            self.wait(0)

    def wait(self, ms: int) -> None:
        """Nothing to this unit for so long."""
        self.not_before = (ticks_ms(), ms)

    def is_due(self) -> bool:
        return since_ms(self.not_before[0]) >= self.not_before[1]


async def _beeps_over(units: "list[Unit]") -> None:
    """Returns when each was heard or has turned out to be silent, in a bounded time."""
    start_ms, limit_ms = ticks_ms(), TEST_MS + ECHO_MS * len(units)
    while since_ms(start_ms) < limit_ms and [unit for unit in units if not unit.is_beep_over()]:
        await asyncio.sleep(QUIET_S)


class KeypadBus:
    """``addresses`` of the units, 1 to 254. ``health`` is that of the line.

    ``echoes``: the units answer what they are told with the same frame, so that one that is gone can be noticed. When
    it is not said, the first unit that does so shows it. ``hears_itself``: the line gives back what is written to it.
    """

    def __init__(
        self, line: "Line", addresses: "list[int]", *, echoes: bool = False, hears_itself: bool = False
    ) -> None:
        self.health = Health()
        self.units = {address: Unit(address) for address in addresses}
        self._line = line
        self._echoes = echoes
        self._hears_itself = hears_itself
        self._own: "list[bytes]" = []
        self._reader = frames.FrameReader()
        self._heard_ms = ticks_ms()
        self._said = Handover(32)
        self._turn = 0
        self.step = 0  # counts its turns, as long as the driver of the line comes back

    async def said(self) -> "tuple[int, str]":
        """(address, word) of the next key: as `keys.word` says, or ``level:1`` to ``level:5``."""
        found: "tuple[int, str]" = await self._said.take()
        return found

    async def run(self) -> None:
        """For ever: hear, acknowledge, tell."""
        while True:
            self.step = (self.step + 1) % 10000
            try:
                await self._listen()
                self.health.set("")
            except OSError:
                self.health.set("unplugged")
                self._reader.forget()
                await asyncio.sleep(REOPEN_S)

    async def self_test(self) -> str:
        """Beeps at every window. Raises PartFault when the line is not there or units that echo are silent."""
        units = list(self.units.values())
        for unit in units:
            unit.beep()
        if not self.health.fault:
            await _beeps_over(units)
        if self.health.fault:
            raise PartFault("bus", "line " + self.health.fault + "; check the adapter and its cable")
        silent = [str(unit.address) for unit in units if unit.health.fault or not unit.is_beep_over()]
        if silent:
            raise PartFault("bus", "silent: " + ", ".join(silent) + "; check their power, wires and addresses")
        if self._echoes:
            return "%d units beeped and answered" % len(units)
        return "%d units told to beep; silent ones cannot be noticed" % len(units)

    async def _listen(self) -> None:
        """Until the line is quiet; then one frame to whoever is next."""
        data = await self._line.read(QUIET_S)
        if data:
            self._heard_ms = ticks_ms()
            for address, function, body in self._reader.feed(data):
                await self._heard(address, function, body)
            return
        if since_ms(self._heard_ms) > SILENT_MS:
            self._reader.forget()
        unit = self._next()
        if unit:
            await self._tell(unit)

    def _next(self) -> "Unit | None":
        """One that did not answer comes first; else round and round, so that none has to wait for a talkative one."""
        units = list(self.units.values())
        for unit in units:
            if unit.tries and not unit.health.fault and unit.is_due():
                return unit
        for step in range(len(units)):
            unit = units[(self._turn + step) % len(units)]
            if unit.is_due():
                self._turn = (self._turn + step + 1) % len(units)
                return unit
        return None

    async def _tell(self, unit: Unit) -> None:
        if self._echoes and unit.tries >= TRIES:
            unit.health.set("no_answer")
            unit.due = []  # what it was told is old when it is back
        if not unit.due:
            unit.due.append(unit.face)
        await self._write(unit.due[0])
        if self._echoes:
            unit.tries = min(unit.tries + 1, TRIES)
            # Another time for each, so that two that disturb one another do not do it for ever.
            unit.wait(DEAD_MS if unit.health.fault else ECHO_MS + unit.address % 7 * 10)
        else:
            unit.due.pop(0)
            unit.tries = 0
            unit.wait(0 if unit.due else REFRESH_MS)

    async def _heard(self, address: int, function: int, body: bytes) -> None:
        frame = frames.frame(address, function, body)
        if frame in self._own:
            self._own.remove(frame)
            return
        unit = self.units.get(address)
        if unit is None:
            return
        if function in (frames.SHOW, frames.BEEP) or (unit.tries and frame == unit.due[0]):
            self._echoed(unit, frame)
            return
        unit.health.set("")
        unit.tries = 0
        last, at_ms, times = unit.heard
        is_new = frame != last or since_ms(at_ms) > REPEAT_MS
        times = 1 if is_new else times + 1
        unit.heard = (frame, ticks_ms(), times)
        if times > REPEATS:
            return  # our own acknowledgement comes back to us
        await self._write(frames.frame(address, frames.SET, body) if function == frames.EVALUATOR else frame)
        if is_new:
            self._tell_word(address, function, body)

    def _echoed(self, unit: Unit, frame: bytes) -> None:
        self._echoes = unit.has_echoed = True
        unit.health.set("")
        unit.tries = 0
        if unit.due and frame == unit.due[0]:
            unit.due.pop(0)
        unit.wait(0 if unit.due else max(ALIVE_MS, SHARE_MS * len(self.units)))

    def _tell_word(self, address: int, function: int, body: bytes) -> None:
        if function == frames.EVALUATOR:
            level = keys.LEVELS.get(body[0]) if body else None
            word = "level:%d" % level if level else ""
        else:
            word = keys.word(body)
        if word:
            self._said.give((address, word))

    async def _write(self, frame: bytes) -> None:
        if self._hears_itself:
            self._own = self._own[-3:] + [frame]  # noqa: RUF005
        await self._line.write(frame)
