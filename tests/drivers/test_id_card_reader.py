"""The ID card reader at the end of a real serial line and on a USB bus, with cards laid on and taken away."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.id_card.framing import FIND, HEAD_BYTES, command
from drivers.id_card.identity import Identity
from drivers.id_card.reader import CardFault, IdCardReader
from drivers.linux.id_card_usb import IDS, IdCardUsb
from drivers.linux.serial_port import SerialPort
from simulators.parts.card_reader import CardReader, UsbCardReader
from simulators.parts.identity_cards import PEOPLE, Card
from simulators.parts.serial_line import PtyLine
from simulators.usb_bus import SimulatedUsb

Story = Callable[[CardReader, IdCardReader, PtyLine], Awaitable[None]]


def with_reader(folder: Path, story: Story, short_ms: int = 100, long_ms: int = 300) -> None:
    async def scene() -> None:
        far = CardReader()
        line = PtyLine(str(folder / "reader"), far.hear)
        far.say = line.say
        port = SerialPort(line.path, 115200)
        reader = IdCardReader(port, find_every_ms=10, status_every_ms=10, short_ms=short_ms, long_ms=long_ms)
        running = asyncio.create_task(reader.run())
        try:
            await story(far, reader, line)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            port.close()
            far.close()
            line.pull()

    asyncio.run(asyncio.wait_for(scene(), 8))  # type: ignore[arg-type]


async def health(reader: IdCardReader, fault: str) -> None:
    known = None
    while reader.health.fault != fault:
        known = await asyncio.wait_for(reader.health.changed(known), 4)


async def lifted(far: CardReader) -> None:
    """Takes the card away and waits until the reader has been asked for one that is not there."""
    far.withdraw_card()
    count = len(far.commands)
    while b"\x20\x01\x22" not in far.commands[count:-1]:
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("kind", PEOPLE)
@pytest.mark.parametrize("piece", [0, 1, 64])
def test_a_card_of_each_kind_in_pieces_of_any_size(kind: str, piece: int, tmp_path: Path) -> None:
    async def story(far: CardReader, reader: IdCardReader, line: PtyLine) -> None:
        far.piece_bytes = piece
        far.insert_card(Card(kind))
        identity = await reader.card()
        assert identity.kind == kind
        person = PEOPLE[kind]
        taken = identity.take()
        assert (taken["number"], taken["name"]) == (person["number"], person["name"])
        if "name_en" in person:
            assert taken["name_en"] == person["name_en"] + person.get("name_en_more", "")

    with_reader(tmp_path, story)


def test_a_card_is_found_again_only_after_it_has_left(tmp_path: Path) -> None:
    async def story(far: CardReader, reader: IdCardReader, line: PtyLine) -> None:
        far.insert_card(Card())
        await reader.card()
        again = asyncio.create_task(reader.card())
        count = len(far.commands)
        while len(far.commands) < count + 5:
            await asyncio.sleep(0.01)
        assert not again.done()
        far.insert_card(Card("foreigner_2017"))
        assert (await again).kind == "foreigner_2017"

    with_reader(tmp_path, story)


def test_a_card_taken_away_at_any_byte_is_told_and_can_be_laid_on_again(tmp_path: Path) -> None:
    async def story(far: CardReader, reader: IdCardReader, line: PtyLine) -> None:
        for count in (0, 1, 6, 12, 14, 141, 270, 900, 1294):
            far.withdraw_at_byte(count)
            far.insert_card(Card())
            with pytest.raises(CardFault) as told:
                await reader.card()
            assert told.value.code == "withdrawn", count
            await lifted(far)
        far.insert_card(Card())
        assert (await reader.card()).kind == "resident"

    with_reader(tmp_path, story, short_ms=40, long_ms=60)


def test_a_wrong_check_sum_is_a_card_to_be_laid_on_again(tmp_path: Path) -> None:
    async def story(far: CardReader, reader: IdCardReader, line: PtyLine) -> None:
        far.spoil_next_text()
        far.insert_card(Card())
        with pytest.raises(CardFault, match="check sum") as told:
            await reader.card()
        assert told.value.code == "unreadable"
        await lifted(far)
        far.insert_card(Card())
        assert (await reader.card()).kind == "resident"

    with_reader(tmp_path, story)


def test_a_number_that_does_not_add_up_is_no_identity(tmp_path: Path) -> None:
    async def story(far: CardReader, reader: IdCardReader, line: PtyLine) -> None:
        far.insert_card(Card(number="110105194912310021"))
        with pytest.raises(CardFault) as told:
            await reader.card()
        assert told.value.code == "wrong"
        assert "1101" not in str(told.value)

    with_reader(tmp_path, story)


def test_a_slow_reader_is_waited_for(tmp_path: Path) -> None:
    async def story(far: CardReader, reader: IdCardReader, line: PtyLine) -> None:
        far.delay_s = 0.05
        far.insert_card(Card())
        assert isinstance(await reader.card(), Identity)

    with_reader(tmp_path, story)


def test_a_reader_that_is_not_authorised_silent_or_pulled_says_so_and_recovers(tmp_path: Path) -> None:
    async def story(far: CardReader, reader: IdCardReader, line: PtyLine) -> None:
        far.is_authorised = False
        await health(reader, "unauthorised")
        far.is_authorised = True
        await health(reader, "")
        far.is_silent = True
        await health(reader, "no_answer")
        far.is_silent = False
        await health(reader, "")
        line.pull()
        await health(reader, "unplugged")
        line.plug_in()
        await health(reader, "")
        far.insert_card(Card())
        assert (await reader.card()).kind == "resident"

    with_reader(tmp_path, story)


def test_a_card_that_nobody_waits_for_any_more_is_forgotten(tmp_path: Path) -> None:
    async def story(far: CardReader, reader: IdCardReader, line: PtyLine) -> None:
        far.insert_card(Card())
        identity: Any = None
        waiting = asyncio.create_task(reader.card())
        while not len(reader._found):
            await asyncio.sleep(0)
        identity = reader._found._items[0]
        waiting.cancel()
        while len(reader._found):
            await asyncio.sleep(0.01)
        with pytest.raises(ValueError, match="once"):
            identity.take()

    with_reader(tmp_path, story)


def test_a_self_test_names_the_security_module(tmp_path: Path) -> None:
    async def story(far: CardReader, reader: IdCardReader, line: PtyLine) -> None:
        assert await reader.self_test() == "SAM 0503010081F034012A00000078563412"

    with_reader(tmp_path, story)


@pytest.mark.parametrize("is_split", [False, True])
def test_a_card_over_usb_with_one_pair_of_pipes_or_two(is_split: bool) -> None:
    async def scene() -> None:
        bus, far = SimulatedUsb(), UsbCardReader(is_split=is_split)
        plug = bus.plug_in(far.head, *IDS, 0xFF, far.pipes)
        port = IdCardUsb(*IDS, stall_s=0.2, backend=bus)
        reader = IdCardReader(port, find_every_ms=10, status_every_ms=10, short_ms=200, long_ms=400)
        running = asyncio.create_task(reader.run())
        for kind in PEOPLE:
            far.reader.insert_card(Card(kind))
            assert (await reader.card()).kind == kind
            await lifted(far.reader)
        bus.pull(plug)
        await health(reader, "unplugged")
        bus.plug_in(far.head, *IDS, 0xFF, far.pipes)
        await health(reader, "")
        far.reader.insert_card(Card())
        assert (await reader.card()).take()["number"] == PEOPLE["resident"]["number"]
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        port.close()

    asyncio.run(asyncio.wait_for(scene(), 8))


class Withheld:
    """The second pair of pipes of a reader that has sent a head, and no body yet."""

    def __init__(self, far: UsbCardReader) -> None:
        self._far = far
        self.asked = asyncio.Event()

    async def take(self, data: bytes, timeout_s: float) -> int:
        return await self._far.body.take(data, timeout_s)

    async def give(self, timeout_s: float) -> bytes:
        self.asked.set()
        await asyncio.sleep(timeout_s)
        return b""

    async def answer(self, request_type: int, request: int) -> bytes:
        return b""


@pytest.mark.parametrize("is_pulled", [True, False])
def test_between_head_and_body_a_pulled_reader_is_gone_and_a_silent_one_is_short(is_pulled: bool) -> None:
    async def scene() -> None:
        bus, far = SimulatedUsb(), UsbCardReader(is_split=True)
        body = Withheld(far)
        plug = bus.plug_in(far.head, *IDS, 0xFF, {**far.pipes, 0x06: body, 0x85: body})
        port = IdCardUsb(*IDS, stall_s=5 if is_pulled else 0.05, backend=bus)
        await port.write(command(FIND))
        reading = asyncio.create_task(port.read(5))
        await body.asked.wait()
        if is_pulled:
            bus.pull(plug)
            with pytest.raises(OSError, match="device"):
                await reading
        else:
            assert len(await reading) == HEAD_BYTES, "the frame reader waits for the rest, in vain"
        port.close()

    asyncio.run(asyncio.wait_for(scene(), 4))


def test_as_it_is_sold_a_card_is_read_and_a_pulled_cable_noticed_within_two_seconds(tmp_path: Path) -> None:
    async def scene() -> None:
        far = CardReader()
        line = PtyLine(str(tmp_path / "reader"), far.hear)
        far.say = line.say
        port = SerialPort(line.path, 115200)
        reader = IdCardReader(port)
        running = asyncio.create_task(reader.run())
        card = asyncio.create_task(reader.card())
        while not far.commands:  # it has just looked, so the next look is the latest that can be
            await asyncio.sleep(0.005)
        far.insert_card(Card())
        laid_s = time.monotonic()
        assert (await card).take()["number"] == PEOPLE["resident"]["number"]
        assert time.monotonic() - laid_s <= 2
        line.pull()
        pulled_s = time.monotonic()
        await health(reader, "unplugged")
        assert time.monotonic() - pulled_s <= 2
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        port.close()
        far.close()

    asyncio.run(asyncio.wait_for(scene(), 8))
