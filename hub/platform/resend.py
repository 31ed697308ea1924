"""Sends again what was set aside: in order, in batches, and nothing of a subject behind one that still may not."""

from collections.abc import Awaitable, Callable

import msgspec

from hub.journal import Aside
from hub.platform.contract import Record
from hub.platform.line import Line
from hub.platform.mapping import Plain, Unmapped
from hub.platform.outbox import BEHIND
from hub.platform.reply import Again, Settled, TooMuch

Post = Callable[[list[Plain], list[str]], Awaitable[Settled | TooMuch | Again]]
Due = tuple[Aside, Plain]

_decode = msgspec.json.Decoder(Record).decode


class Resend:
    """One batch of what is due. ``is_open``: only one record at a time may be tried."""

    def __init__(self, line: Line, post: Post, is_open: Callable[[], bool]) -> None:
        self._line = line
        self._post = post
        self._is_open = is_open
        self._stuck: set[str] = set()  # subjects of which one was refused

    async def send(self, due: list[Aside]) -> dict[str, str]:
        """Id → why it still may not; all others have arrived."""
        refused: dict[str, str] = {}
        parts = [self._put(due, refused)]
        while parts:
            part = self._unstuck(parts.pop(), refused)
            if not part:
                continue
            outcome = await self._post([plain for _, plain in part], [aside.id for aside, _ in part])
            if isinstance(outcome, Again):
                parts += [part[1:], part[:1]] if self._is_open() else [part]
            elif isinstance(outcome, TooMuch) and len(part) > 1:
                middle = len(part) // 2
                parts += [part[middle:], part[:middle]]
            else:
                rejected = {part[0][0].id: outcome.reason} if isinstance(outcome, TooMuch) else outcome.rejected
                for aside, _ in part:
                    if aside.id in rejected:
                        self._refuse(aside, rejected[aside.id], refused)
        return refused

    def _put(self, due: list[Aside], refused: dict[str, str]) -> list[Due]:
        part = []
        for aside in due:
            try:
                part.append((aside, self._line.put(_decode(aside.record))))
            except (Unmapped, msgspec.MsgspecError) as fault:
                self._refuse(aside, str(fault), refused)
        return part

    def _unstuck(self, part: list[Due], refused: dict[str, str]) -> list[Due]:
        for aside, _ in part:
            if aside.subject in self._stuck:
                self._refuse(aside, BEHIND, refused)
        return [(aside, plain) for aside, plain in part if aside.id not in refused]

    def _refuse(self, aside: Aside, reason: str, refused: dict[str, str]) -> None:
        refused[aside.id] = BEHIND if aside.subject in self._stuck else reason
        self._stuck.add(aside.subject)
