"""An ID card reader (SAM_V): finds, selects and reads a card, and gives what the vault takes; recovers by itself."""

import asyncio

from drivers.faults import PartFault
from drivers.handover import Handover
from drivers.health import Health
from drivers.id_card import framing
from drivers.id_card.framing import PART, FrameReader, Reply, command, said
from drivers.id_card.identity import Identity
from drivers.ticks import since_ms, ticks_ms

try:
    from typing import Any

    from drivers.ports import BytePort
except ImportError:  # MicroPython
    pass

FIND_EVERY_MS = 1000
STATUS_EVERY_MS = 1000  # while nobody wants a card
AGAIN_MS = 500  # after a fault of the port
SHORT_MS, LONG_MS = 800, 5000  # until a status or a search is answered; until a card is read
LATE_S, LATE_READS = 0.02, 50
SPOILT = 3  # so many frames that cannot be are a broken line

_HEALTH = {framing.NOT_AUTHORISED: "unauthorised", framing.SELF_TEST: "broken"}
_WITHDRAWN = (0x80, 0x81, 0x41, 0x47)


class CardFault(PartFault):
    """The card on the reader cannot be read; it must be lifted and laid on again. ``code`` has words ``card.{code}``.

    ``withdrawn`` too early, ``unreadable``, or ``wrong``: no identity card, or one that does not add up.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(PART, reason)
        self.code = code


class IdCardReader:
    """Run `run` beside whatever waits for `card`. A card that was read must leave the reader before it is found again.

    ``health``: unplugged, no_answer, unauthorised (its security module), broken (its self-test).
    """

    def __init__(
        self,
        port: "BytePort",
        *,
        find_every_ms: int = FIND_EVERY_MS,
        status_every_ms: int = STATUS_EVERY_MS,
        short_ms: int = SHORT_MS,
        long_ms: int = LONG_MS,
    ) -> None:
        self.health = Health()
        self._port = port
        self._find_every_ms, self._status_every_ms = find_every_ms, status_every_ms
        self._short_ms, self._long_ms = short_ms, long_ms
        self._waiting = 0  # tasks in `card`
        self._wanted = asyncio.Event()
        self._found = Handover(1)
        self._lies = False  # the card that was read, or could not be
        self._is_late = False  # a reply may still come
        self._spoilt = 0  # frames one after the other that could not be
        self._line = asyncio.Lock()

    async def card(self) -> Identity:
        """The next card. Raises `CardFault` when the one that was laid on cannot be read."""
        self._waiting += 1
        self._wanted.set()
        try:
            found: "Any" = await self._found.take()
        finally:
            self._waiting -= 1
        if isinstance(found, CardFault):
            raise found
        identity: Identity = found
        return identity

    async def run(self) -> None:
        """For ever: look for a card while somebody wants one, else whether the reader is there."""
        while True:
            await self._drop_unwanted()
            is_wanted = self._waiting > 0
            try:
                if is_wanted or self._lies:  # whether it has been lifted must be seen in any case
                    await self._look()
                else:
                    await self._ask(framing.STATUS, self._short_ms)
            except OSError:
                self.health.set("unplugged")
                self._is_late = True
                await asyncio.sleep(AGAIN_MS / 1000)
                continue
            except PartFault:  # a frame that cannot be: the next one may
                self._is_late = True
                self._spoilt += 1
                if self._spoilt >= SPOILT:
                    self.health.set("broken")
            await self._rest(self._find_every_ms if is_wanted else self._status_every_ms, is_wanted)

    async def self_test(self) -> str:
        """The number of its security module. Raises PartFault when it does not tell it."""
        try:
            reply = await self._ask(framing.SAM_ID, self._short_ms)
        except OSError as error:
            raise PartFault(PART, "not there (%s); check its cable" % error)
        if reply is None or reply.status != framing.OK:
            raise PartFault(PART, "no answer; check its power" if reply is None else said(reply.status))
        return "SAM " + "".join(["%02X" % byte for byte in reply.data])

    async def _rest(self, wait_ms: int, is_wanted: bool) -> None:
        """Until the next look is due; at once when somebody begins to want a card."""
        self._wanted.clear()
        if self._waiting and not is_wanted:
            return
        try:
            await asyncio.wait_for(self._wanted.wait(), wait_ms / 1000)
        except asyncio.TimeoutError:
            pass

    async def _drop_unwanted(self) -> None:
        """A card that was read for somebody who has gone."""
        while not self._waiting and len(self._found):
            found = await self._found.take()
            if isinstance(found, Identity):
                found.forget()

    async def _look(self) -> None:
        reply = await self._ask(framing.FIND, self._short_ms)
        if reply is None:
            return
        if reply.status != framing.FOUND:
            self._lies = False
        elif not self._lies:
            self._lies = True
            try:
                self._found.give(await self._read())
            except CardFault as fault:
                self._found.give(fault)

    async def _read(self) -> Identity:
        for what in (framing.SELECT, framing.READ):
            try:
                reply = await self._ask(what, self._long_ms)
            except PartFault as fault:
                self._is_late = True
                raise CardFault("unreadable", fault.reason)
            if reply is None:
                raise CardFault("withdrawn", "the card was taken away while it was read; lay it on again")
            if reply.status != framing.OK:
                raise CardFault("withdrawn" if reply.status in _WITHDRAWN else "unreadable", said(reply.status))
        assert reply is not None
        try:
            return Identity(reply.data)
        except PartFault as fault:
            raise CardFault("wrong", fault.reason)

    async def _ask(self, what: "tuple[int, int, int]", within_ms: int) -> "Reply | None":
        """The reply; None when none came in time. Raises OSError of the port, PartFault for a frame that cannot be."""
        async with self._line:
            await self._drop_late()
            await self._port.write(command(what))
            reader, since, left_ms = FrameReader(what), ticks_ms(), within_ms
            while left_ms > 0:
                data = await self._port.read(left_ms / 1000)
                reply = reader.feed(bytearray(data))
                if reply is not None:
                    self._spoilt = 0
                    self.health.set(_HEALTH.get(reply.status, ""))
                    return reply
                if data:  # a reply that has begun goes on
                    since, within_ms = ticks_ms(), self._short_ms
                left_ms = within_ms - since_ms(since)
        self._is_late = True
        if what in (framing.STATUS, framing.FIND):
            self.health.set("no_answer")
        return None

    async def _drop_late(self) -> None:
        """What comes of an earlier command, as far as it comes in reasonable time."""
        for _ in range(LATE_READS):
            if not self._is_late:
                return
            self._is_late = bool(await self._port.read(LATE_S))
