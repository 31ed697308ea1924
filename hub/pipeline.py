"""The pipeline: requests in, decided one at a time, made durable together, then told. Laws 2 and 3 live here.

One task works in rounds. A round takes everything that waits, decides and evolves it, commits it to the journal in one
transaction (group commit), and only then tells: answers, then effects. While the commit is on its way to the disk the
round's screens are drawn, and requests of the next round gather.

If the journal cannot commit, the state in memory is ahead of the disk, so the pipeline stops with the error and the hub
must end; the next start replays the journal and the devices send again what was never answered.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec

from hub.engine.decide import decide
from hub.engine.effects import Effect
from hub.engine.events import Entry, Origin, RequestRefused
from hub.engine.evolve import apply
from hub.engine.plan import Plan
from hub.engine.react import react
from hub.engine.refused import Refused
from hub.engine.requests import Request
from hub.engine.state import Site
from hub.journal import Journal

ROUND = 256  # requests decided before the loop gets a turn
SNAPSHOT_EVERY = 20_000  # entries

Told = Callable[[Entry], None]


class Performer:
    """What the pipeline needs of those who tell the world: prepare while the disk works, tell when it is done."""

    def prepare(self, effects: list[Effect]) -> None:
        """Works out what will be said from the state as it is now, all of this round's events included."""

    def tell(self) -> None:
        """Says what was prepared: it is durable now."""


class _Waiting(msgspec.Struct, frozen=True):
    request: Request
    origin: Origin | None
    told: Told


class Pipeline:
    """The only writer of the site's state and of its journal."""

    def __init__(self, plan: Plan, site: Site, journal: Journal, performers: list[Performer]) -> None:
        self.plan = plan
        self.site = site
        self._journal = journal
        self._performers = performers
        self._waiting: list[_Waiting] = []
        self._wake = asyncio.Event()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._snapshot_at = site.position
        self.committed: list[Callable[[], None]] = []  # called after each commit

    def offer(self, request: Request, origin: Origin | None, told: Told) -> None:
        """Queues a request. ``told(entry)`` is called once, after the entry is durable; never if the hub dies before.

        A request whose origin is in the journal already is not decided again: it is told the entry of the first time.
        """
        self._waiting.append(_Waiting(request, origin, told))
        self._wake.set()

    async def ask(self, request: Request, origin: Origin | None = None) -> Entry:
        """The same for the hub's own requests, awaiting the durable entry."""
        done: asyncio.Future[Entry] = asyncio.get_running_loop().create_future()
        self.offer(request, origin, lambda entry: None if done.done() else done.set_result(entry))
        return await done

    def poke(self) -> None:
        """Lets the performers have a round even if nobody asks: something held back may be due."""
        self._wake.set()

    async def run(self) -> None:
        """Rounds, for ever. Raises what the journal raises: the hub must then end."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.round()
            if self._waiting:
                self._wake.set()

    async def round(self) -> None:
        """One round: decide, commit while drawing, tell."""
        taken, self._waiting = self._waiting[:ROUND], self._waiting[ROUND:]
        entries: list[Entry] = []
        told: list[tuple[Told, Entry]] = []
        again: list[_Waiting] = []
        effects: list[Effect] = []
        for item in taken:
            if item.origin is not None and self._is_done(item.origin):
                again.append(item)
                continue
            entry = self._decide(item, effects)
            if entry.events or item.origin is not None:
                entries.append(entry)
            told.append((item.told, entry))
        loop = asyncio.get_running_loop()
        commit = loop.run_in_executor(self._writer, self._journal.append, entries) if entries else None
        for performer in self._performers:
            performer.prepare(effects)
        if commit is not None:
            await commit
        for tell, entry in told:
            tell(entry)
        for performer in self._performers:
            performer.tell()
        if again:
            await self._tell_again(again)
        if entries:
            for call in self.committed:
                call()
            await self._snapshot_when_due()

    def _decide(self, item: _Waiting, effects: list[Effect]) -> Entry:
        """Decides against the present state and applies the outcome to it."""
        request = item.request
        outcome = decide(self.plan, self.site, request)
        if isinstance(outcome, Refused):
            outcome = (RequestRefused(at_ms=request.at_ms, code=outcome.code, by=request.by),)
        position = self.site.position + 1 if outcome or item.origin is not None else self.site.position
        entry = Entry(position=position, at_ms=request.at_ms, origin=item.origin, events=outcome)
        if position > self.site.position:
            apply(self.plan, self.site, entry)
        for event in outcome:
            effects.extend(react(self.plan, self.site, event))
        return entry

    def _is_done(self, origin: Origin) -> bool:
        return origin.seq <= self.site.heard.get(origin.device, {}).get(origin.boot, 0)

    async def _tell_again(self, items: list[_Waiting]) -> None:
        """Repeats the first outcome. A number that was skipped (never seen, though later ones were) is decided now."""
        for item in items:
            assert item.origin is not None
            entry = await asyncio.to_thread(self._journal.find, item.origin)
            if entry is None:
                effects: list[Effect] = []
                entry = self._decide(item, effects)
                await asyncio.get_running_loop().run_in_executor(self._writer, self._journal.append, [entry])
                for performer in self._performers:
                    performer.prepare(effects)
                    performer.tell()
            item.told(entry)

    async def _snapshot_when_due(self) -> None:
        if self.site.position - self._snapshot_at >= SNAPSHOT_EVERY:
            await self.save_snapshot()

    def close(self) -> None:
        """Waits for what is being written; after this nothing is."""
        self._writer.shutdown()

    async def save_snapshot(self) -> None:
        """Writes the state as it is after a round; a start then replays only what came later."""
        position, body = self.site.position, msgspec.json.encode(self.site)
        self._snapshot_at = position
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._writer, self._journal.save_snapshot, position, body)
