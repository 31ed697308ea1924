"""Whatever bytes come, from the printer or to it: no exception but those declared, no end to nothing."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers import escpos
from drivers.escpos_status import NONE, answer_in, fault_of, fault_of_port, fault_of_word
from drivers.faults import PartFault
from drivers.printer_models import CLEAR, MODELS
from drivers.ticket_printer import TicketPrinter
from firmware.wire.messages.part import FAULTS
from simulators.parts.escpos_reader import EscposReader
from simulators.parts.printer import SimulatedPrinter

PARTS = 2000  # small inputs in each example, at least: 50 examples are 100,000
MANY = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))

# What a printer may hear: commands with wrong ends, text, and anything.
ORDERS = [bytes((first, second)) for first in (0x10, 0x1B, 0x1C, 0x1D) for second in range(256)]
ORDERS += [escpos.INIT, escpos.qr(b"x"), CLEAR, b"\x1dv0\0\x01\0\x02\0", "取号".encode("gb18030"), b"\n", b"\0"] * 20


def pieces_of(dice: bytes) -> list[bytes]:
    """One draw made into many small inputs: an order out of the table, or up to three bytes of anything."""
    pieces = []
    for at in range(0, len(dice) - 4, 4):
        which = dice[at] << 8 | dice[at + 1]
        is_order = which % 5 < 3
        pieces.append(ORDERS[which % len(ORDERS)] if is_order else dice[at + 1 : at + 1 + which % 4])
    return pieces


_pieces = st.binary(min_size=4 * PARTS + 4, max_size=4 * PARTS + 64).map(pieces_of)


def test_status_parsers_take_every_byte_and_every_word() -> None:
    """All there are, not a sample."""
    known = {"", *FAULTS}
    answers = (NONE, 0, 0x12, 0x16, 0x1A, 0x1E, 0x32, 0x52, 0x5A, 0x72, 0x7E, 0xFF)
    count = 0
    for printer in answers:
        for offline in range(-1, 256):
            for error in answers:
                assert fault_of(printer, offline, error, answers[(printer + offline + error) % 12]) in known
                count += 1
    for word in range(65536):
        assert fault_of_word(word) in known
    for byte in range(256):
        assert fault_of_port(byte) in known
        assert answer_in(bytes((byte,))) in (NONE, byte)
    assert count + 65536 > 100_000


@MANY
@given(_pieces)
def test_the_reader_takes_whatever_comes_and_forgets_nothing(pieces: list[bytes]) -> None:
    reader, stream = EscposReader(), b"".join(pieces)
    one_by_one = [command for piece in pieces for command in reader.read(piece)]
    held = reader.waiting
    assert held <= len(stream)
    whole = EscposReader().read(stream)

    def without_seams(commands: list[object]) -> bytes:
        return b"".join(command.code + command.data for command in commands)  # type: ignore[attr-defined]

    assert without_seams(one_by_one) == without_seams(whole)  # type: ignore[arg-type]


@MANY
@given(_pieces)
def test_the_printer_takes_whatever_comes_and_still_prints(pieces: list[bytes]) -> None:
    printer = SimulatedPrinter()
    for piece in pieces:
        assert printer.take(piece) == len(piece)
    printer.free_knife()
    printer.take(CLEAR + bytes((0x10, 0x05, 0x02)) + escpos.INIT + b"HA001\n\x1dVB\0")
    assert "HA001" in printer.tray[-1].lines[-1]
    if len(printer.tray[-1].items) < 50:
        printer.tray[-1].image()


class Noise:
    """A port at whose far end somebody says anything."""

    name = "noise"

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    async def write(self, data: bytes) -> None:
        """Into the void."""

    async def read(self, timeout_s: float) -> bytes:
        if self._pieces:
            return self._pieces.pop()
        await asyncio.sleep(timeout_s)
        return b""

    def close(self) -> None:
        """Nothing to close."""


class Page:
    @staticmethod
    def elements(content: object) -> list[tuple[object, ...]]:
        return [("text", "取号 A001", 2, True), ("rule",), ("qr", "x")]


@MANY
@given(_pieces)
def test_the_driver_hears_whatever_comes_and_says_a_fault_or_nothing(pieces: list[bytes]) -> None:
    async def story() -> None:
        printer = TicketPrinter(Noise(pieces), MODELS["chinese_80"], Page, answer_ms=1)
        try:
            await printer.print_ticket({})
        except PartFault:
            assert printer.health.fault in FAULTS
        assert printer.health.fault in ("", *FAULTS)

    asyncio.run(asyncio.wait_for(story(), 2))
