"""A ticket printer that speaks ESC/POS: one page, one cut, one ticket; it looks after itself between two tickets.

A ticket counts as printed when the printer says that all of it is on the paper (`Model.has_barrier`). One that was
interrupted leaves its rest in the printer; the next job begins by throwing that away and cutting it off.
"""

import asyncio
import errno

from drivers import escpos, escpos_status
from drivers.escpos_status import ERROR, NONE, OFFLINE, PAPER, PRINTER, PRINTS
from drivers.faults import PartFault
from drivers.health import Health
from drivers.ticks import since_ms, ticks_ms

try:
    from typing import Any

    from drivers.ports import BytePort
    from drivers.printer_models import Model
except ImportError:  # MicroPython
    pass

LOOK_EVERY_MS = 500
ANSWER_MS = 400
PATIENCE = 2  # questions without an answer before it is a fault: a silent printer is known within 2 s
PRINTING_PATIENCE = 4  # while it prints
FINISH_MS = 15000  # for the last row to be on the paper
BAND_ROWS = 24
TEAR_DOTS = 80  # 10 mm, past the tear bar
NULS = bytes(BAND_ROWS * 72 + 8)  # as long as the longest piece: fills up one that was torn
PORT_STATUS = (0xA1, 1, 1)  # GET_PORT_STATUS of a USB printer, one byte
LATE_MS = 50  # an answer that was given up comes within this time after the next one


class TicketPrinter:
    """``page`` knows what is on a ticket:

    ``elements(content)`` for printers with letters, a list of ("text", text, scale, is_bold), ("rule",), ("qr", text),
    ("feed", dots); ``draw(content, width_px)`` for all others, and ``qr(text)`` for those that draw no codes:
    ``(width_px, height_px, rows)``, 1 bit a dot, 1 is black, rows padded to whole bytes.
    """

    def __init__(
        self,
        port: "BytePort",
        model: "Model",
        page: "Any",
        *,
        look_every_ms: int = LOOK_EVERY_MS,
        answer_ms: int = ANSWER_MS,
        finish_ms: int = FINISH_MS,
    ) -> None:
        self.health = Health()
        self.model = model
        self._port = port
        self._page = page
        self._look_every_ms = look_every_ms
        self._answer_ms = answer_ms
        self._finish_ms = finish_ms
        self._has_barrier = model.has_barrier
        self._turn = asyncio.Lock()
        self._is_late = False  # an answer may still come
        self._is_done = False  # the printer says that all is on the paper
        self._is_printing = False
        self.is_torn = False  # a job was interrupted, in this life or before: its rest goes first
        self.has_begun = False  # whether some of the newest job may be on paper

    async def run(self) -> None:
        """For ever: look how it is while nobody prints."""
        while True:
            if not self._turn.locked():
                async with self._turn:
                    await self._look()
            await asyncio.sleep(self._look_every_ms / 1000)

    async def ready(self) -> None:
        """Returns when it can print: somebody put paper in, closed the cover, switched it on."""
        while True:
            async with self._turn:
                if await self._look() in PRINTS:
                    return
            await asyncio.sleep(self._look_every_ms / 1000)

    async def print_ticket(self, content: "dict[str, Any]") -> None:
        """Returns when the ticket is cut. Raises PartFault when it may not be with the visitor.

        ``has_begun`` then says whether some of it, or all, may be: the next try must be marked as a second one.
        """
        await self._print(self._encoded(content))

    async def self_test(self) -> str:
        """Prints a slip with letters, dots and a code; says what to look at. Raises PartFault."""
        await self._print(self._encoded({}))
        return self.model.title + ("; paper near its end" if self.health.fault == "paper_low" else "; status good")

    # --- what goes out

    def _encoded(self, content: "dict[str, Any]") -> "list[bytes]":
        """The page in pieces that a small buffer holds."""
        if not self.model.has_chinese:
            width_px, _, rows = self._page.draw(content, self.model.width_px)
            return escpos.bands(width_px, rows, BAND_ROWS)
        pieces = [escpos.CHINESE_ON]
        for element in self._page.elements(content):
            pieces += self._element(element)
        return pieces

    def _element(self, element: "tuple[Any, ...]") -> "list[bytes]":
        if element[0] == "rule":
            width_px = self.model.width_px
            row = b"\xff" * (width_px // 8)
            return [escpos.feed(8), escpos.dots(width_px, row * 3), escpos.feed(8)]
        if element[0] == "feed":
            return [escpos.feed(element[1])]
        if element[0] == "qr":
            return self._code(element[1])
        _, text, scale, is_bold = element
        room = self.model.width_px // escpos.CELL_PX
        while scale > 1 and escpos.cells(text) * scale > room:
            scale -= 1
        lines = [escpos.line(line) for line in escpos.wrapped(text, room // scale)]
        return [escpos.look(scale, is_bold=is_bold) + b"".join(lines)]

    def _code(self, text: str) -> "list[bytes]":
        if self.model.has_qr:
            return [escpos.look() + escpos.qr(text.encode()) + b"\n"]
        width_px, _, rows = self._page.qr(text)
        bands = escpos.bands(width_px, rows, BAND_ROWS)
        bands[0] = escpos.look() + bands[0]
        return bands

    async def _print(self, pieces: "list[bytes]") -> None:
        async with self._turn:
            self.has_begun = False
            if await self._look() not in PRINTS:
                raise self._fault("cannot print")
            self._is_printing = True
            try:
                await self._begin()
                for piece in pieces:
                    await self._port.write(piece)
                    if await self._look(PRINTING_PATIENCE, is_quick=True) not in PRINTS:
                        raise self._fault("stopped while printing")
                await self._port.write(self.model.cut or escpos.feed(TEAR_DOTS))
                await self._finish()
                self.is_torn = False
            except OSError as error:
                self._lost(error)
                raise self._fault("stopped while printing")
            finally:
                self._is_printing = False

    async def _begin(self) -> None:
        start = escpos.INIT
        if self.is_torn:
            start = NULS + self.model.clear + escpos.INIT + self.model.cut + escpos.INIT
        self.is_torn = self.has_begun = True
        await self._port.write(start)

    async def _finish(self) -> None:
        """Returns when the last row is on the paper, as far as this printer lets anybody know."""
        began_ms = ticks_ms()
        self._is_done = not self._has_barrier
        if self._has_barrier:
            await self._port.write(escpos.BARRIER)
        while await self._look(PRINTING_PATIENCE) in PRINTS:
            if not self._is_done:
                await self._hear(self._answer_ms)
            if self._is_done:
                return
            if since_ms(began_ms) > self._finish_ms:
                # Well all the time, so the paper is out: it only does not know this question. Printing the ticket again
                # would go on for ever.
                self._has_barrier = False
                return
        raise self._fault("stopped before the cut")

    # --- what comes back

    async def _look(self, patience: int = PATIENCE, *, is_quick: bool = False) -> str:
        """Ask how it is, and say so in ``health``."""
        try:
            fault = await self._status(patience, is_quick=is_quick)
        except OSError as error:
            return self._lost(error)
        if fault == "no_answer":
            self._port.close()  # a connection may be dead without knowing it
        if fault == "cutter" and self.model.recover and not self._is_printing:
            await self._recover()
        self.health.set(fault)
        return fault

    async def _status(self, patience: int, *, is_quick: bool) -> str:
        model = self.model
        if model.status == "port":
            answer = await self._port.control_in(*PORT_STATUS)  # type: ignore[attr-defined]
            return escpos_status.fault_of_port(answer[0])
        if model.status == "word":
            return await self._word(patience)
        if model.status == "none":
            await self._port.write(b"\0")  # ignored, but it must go somewhere
            return ""
        paper = await self._ask(PAPER, patience)
        if paper == NONE:
            return "no_answer"
        offline = await self._ask(OFFLINE, patience)
        error = await self._ask(ERROR, patience) if offline != NONE and offline & 0x40 else NONE
        printer = NONE if is_quick else await self._ask(PRINTER, patience)
        return escpos_status.fault_of(printer, offline, error, paper)

    async def _ask(self, what: int, patience: int) -> int:
        """One answer to DLE EOT."""
        for _ in range(patience):
            await self._port.write(escpos_status.ask(what))
            began_ms = ticks_ms()
            while since_ms(began_ms) < self._answer_ms:
                answer = escpos_status.answer_in(await self._hear(self._answer_ms - since_ms(began_ms)))
                if answer == NONE:
                    continue
                if self._is_late:  # or the next question would get the answer to this one
                    self._is_late = False
                    await self._hear(LATE_MS)
                return answer
            self._is_late = True
        return NONE

    async def _word(self, patience: int) -> str:
        """Of a printer with a status word: two bytes, the low one first."""
        for _ in range(patience):
            await self._port.write(self.model.ask_word)
            began_ms, data = ticks_ms(), b""
            while len(data) < 2 and since_ms(began_ms) < self._answer_ms:
                data += await self._hear(self._answer_ms - since_ms(began_ms))
            if len(data) >= 2:
                return escpos_status.fault_of_word(data[-2] | data[-1] << 8)
        return "no_answer"

    async def _hear(self, for_ms: int) -> bytes:
        """What comes; the answer to the barrier is noticed wherever it comes."""
        data = await self._port.read(for_ms / 1000)
        for byte in data:
            if byte & escpos.BARRIER_MASK == escpos.BARRIER_BITS:
                self._is_done = True
        return data

    async def _recover(self) -> None:
        """A knife that somebody freed stays in trouble until it is told to go on."""
        try:
            await self._port.write(self.model.recover)
        except OSError as error:
            self._lost(error)

    def _lost(self, error: OSError) -> str:
        """The port failed: it is opened anew when next used."""
        self._port.close()
        fault = "no_answer" if error.errno == errno.ETIMEDOUT else "unplugged"
        self.health.set(fault)
        return fault

    def _fault(self, what: str) -> PartFault:
        return PartFault("printer", "%s: %s" % (what, self.health.fault.replace("_", " ") or "no answer"))
