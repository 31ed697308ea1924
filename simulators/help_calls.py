"""People who press help buttons, and the person at the management console who takes each alarm and closes it."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from simulators.board_process import BoardProcess
from simulators.pace import Pace

RAISED, ACKNOWLEDGED, QUIET = "steady", "slow", "off"  # what the button's lamp tells
PATIENCE_REAL_S = 20.0  # with a lamp that does not do what it should


class Console(Protocol):
    """The hub's API, as the management console uses it."""

    def get(self, path: str) -> Any: ...

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class HelpManners:
    """Felt seconds: between two people who need help, until somebody takes the alarm, until it is closed."""

    apart_s: float = 900.0
    taken_after_s: tuple[float, float] = (120.0, 240.0)
    closed_after_s: tuple[float, float] = (240.0, 480.0)


class HelpCalls:
    """``run()`` once: each of ``buttons`` is pressed, one a while after another."""

    def __init__(
        self, buttons: Sequence[BoardProcess], console: Console, pace: Pace, manners: HelpManners, chance: random.Random
    ) -> None:
        self.pressed = 0
        self.closed = 0
        self.troubles: list[str] = []
        self._buttons = buttons
        self._console = console
        self._pace = pace
        self._manners = manners
        self._chance = chance

    async def run(self) -> None:
        """Until the last alarm is closed. What did not go as it should is in ``troubles``."""
        async with asyncio.TaskGroup() as group:
            for turn, button in enumerate(self._buttons):
                group.create_task(self._help(button, (turn + 0.5) * self._manners.apart_s))

    async def _help(self, button: BoardProcess, after_s: float) -> None:
        await self._pace.spend(after_s)
        button.press()
        self.pressed += 1
        if not await self._lamp(button, RAISED):
            return
        alarm = await asyncio.to_thread(self._alarm_of, button.id)
        for between_s, act, lamp in (
            (self._manners.taken_after_s, "acknowledge", ACKNOWLEDGED),
            (self._manners.closed_after_s, "close", QUIET),
        ):
            await self._pace.spend(self._chance.uniform(*between_s))
            await asyncio.to_thread(self._console.post, f"/alarms/{alarm}/{act}")
            if not await self._lamp(button, lamp):
                return
        self.closed += 1

    def _alarm_of(self, device: str) -> str:
        """The open alarm of a button. LookupError when the console shows none."""
        for alarm in self._console.get("/alarms"):
            if alarm["device"] == device and alarm["state"] != "closed":
                return str(alarm["id"])
        raise LookupError(f"the lamp of {device} says raised, but the console shows no open alarm of it")

    async def _lamp(self, button: BoardProcess, word: str) -> bool:
        if await button.changed.until(lambda: button.lamp == word, PATIENCE_REAL_S):
            return True
        self.troubles.append(f"{button.id}: its lamp is {button.lamp} after {PATIENCE_REAL_S:.0f} s, not {word}")
        return False
