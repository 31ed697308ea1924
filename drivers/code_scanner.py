"""A scanner of QR and bar codes: short texts for whoever waits for one; what nobody waits for is dropped."""

import asyncio

from drivers.faults import PartFault
from drivers.handover import Handover
from drivers.health import Health

try:
    from typing import Protocol

    from drivers.ports import BytePort
except ImportError:  # MicroPython
    Protocol = object  # type: ignore[assignment]

LONGEST = 128  # characters; a longer code is none of ours
GAP_S = 0.2  # the characters of one code come faster than this
TEST_S = 15  # in which an installer holds a code before it
AGAIN_S = 0.5  # after a fault of the port


class CodeSource(Protocol):
    """Where codes come from: `SerialCodes`, `drivers.linux.keyboard_wedge.KeyboardWedge`."""

    health: Health

    async def code(self) -> str:
        """The next code: 1 to `LONGEST` printable ASCII characters. Never raises because of the device."""
        ...


class CodeScanner:
    """Run `run` beside whatever waits for `code`: so the scanner is ours alone even when no page asks for a code."""

    def __init__(self, source: "CodeSource") -> None:
        self.health = source.health
        self._source = source
        self._waiting = 0
        self._codes = Handover(1)

    async def code(self) -> str:
        """The next code that is scanned from now on."""
        self._waiting += 1
        try:
            found: str = await self._codes.take()
            return found
        finally:
            self._waiting -= 1

    async def self_test(self) -> str:
        """Waits for a code to be held before it; says how long it was, not what. Raises PartFault when none comes."""
        if self.health.fault:
            raise PartFault("scanner", self.health.fault + "; check its cable and power")
        try:
            code: str = await asyncio.wait_for(self.code(), TEST_S)
        except asyncio.TimeoutError:
            raise PartFault("scanner", "no code within %d s; hold one before it during the test" % TEST_S)
        return "a code of %d characters" % len(code)

    async def run(self) -> None:
        """For ever."""
        while True:
            code = await self._source.code()
            while len(self._codes) and not self._waiting:
                await self._codes.take()  # for somebody who has gone
            if self._waiting:
                self._codes.give(code)


class Letters:
    """Gathers the characters of a code. One that is too long, or has a character that none of ours has, is dropped."""

    def __init__(self) -> None:
        self._text = ""
        self._is_spoilt = False

    def add(self, letter: str) -> None:
        """One character; an empty one is a key without a character."""
        if not letter or not " " <= letter <= "~" or len(self._text) >= LONGEST:
            self._is_spoilt = True
            self._text = ""
        elif not self._is_spoilt:
            self._text += letter

    def end(self) -> str:
        """The code, or empty when there is none; then the next one begins."""
        text, self._text = self._text, ""
        is_spoilt, self._is_spoilt = self._is_spoilt, False
        return "" if is_spoilt else text.strip()

    @property
    def has_begun(self) -> bool:
        """Whether something has come since the last end."""
        return bool(self._text) or self._is_spoilt


class SerialCodes:
    """A scanner on a serial line: characters, then CR, LF, or silence."""

    def __init__(self, port: "BytePort", gap_s: float = GAP_S) -> None:
        self.health = Health()
        self._port = port
        self._gap_s = gap_s
        self._letters = Letters()
        self._come = b""

    async def code(self) -> str:
        """See `CodeSource`."""
        while True:
            while self._come:
                byte, self._come = self._come[0], self._come[1:]
                if byte not in (13, 10, 0):
                    self._letters.add(chr(byte))
                elif self._letters.has_begun and (text := self._letters.end()):
                    return text
            if not await self._more() and (text := self._letters.end()):
                return text

    async def _more(self) -> bool:
        """Waits for bytes; False when a code that has begun does not go on."""
        try:
            while not self._come:
                has_begun = self._letters.has_begun
                self._come = bytes(await self._port.read(self._gap_s if has_begun else 1.0))
                self.health.set("")
                if has_begun and not self._come:
                    return False
        except OSError:
            self.health.set("unplugged")
            self._letters.end()
            await asyncio.sleep(AGAIN_S)
        return True
