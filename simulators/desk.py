"""The counter of one window, where a clerk and a visitor meet: spoken words, no device."""

import asyncio

from simulators.pace import Change

FINISHED, PASSED, MOVED, HELD, NOT_YOU = "finished", "passed", "moved", "held", "not you"
WORDS = (FINISHED, PASSED, MOVED, HELD, NOT_YOU)


class Desk:
    """Who stands at a window. A visitor shows a number and waits for what the clerk says: one of `WORDS`."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.changed = Change()
        self._standing: dict[str, asyncio.Future[str]] = {}

    async def stand(self, number: str) -> str:
        """Walk up with the ticket ``number``; what the clerk says in the end."""
        said: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._standing[number] = said
        self.changed.notify()
        return await said

    def leave(self, number: str) -> None:
        """Walk away, so that the counter is free for the next."""
        self._standing.pop(number, None)
        self.changed.notify()

    def say(self, number: str, word: str) -> None:
        """The clerk speaks to the visitor with ``number``; nothing happens when nobody with it is there."""
        said = self._standing.get(number)
        if said is not None and not said.done():
            said.set_result(word)

    def has(self, number: str) -> bool:
        """Whether the visitor with ``number`` stands here and waits for the clerk."""
        said = self._standing.get(number)
        return said is not None and not said.done()

    @property
    def is_free(self) -> bool:
        """Nobody stands here."""
        return not self._standing

    def standing(self) -> list[str]:
        """The numbers of those who wait for a word, in the order in which they came."""
        return [number for number, said in self._standing.items() if not said.done()]
