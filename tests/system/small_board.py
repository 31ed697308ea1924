"""A device with idle parts on a bounded heap: ``small_board.py board.json``. MicroPython only.

When its link is up and nothing waits any more it prints the bytes of heap that are in use.
"""

import asyncio
import gc
import sys

from firmware.agent import Agent
from firmware.main import read_board, role_class


class IdlePart:
    """Nobody touches it; a button is pressed once."""

    def __init__(self):
        self._presses = 1

    async def pressed(self):
        if self._presses:
            self._presses = 0
            return 700
        await self.key()

    async def key(self):
        while True:
            await asyncio.sleep(60)

    choice = play = print_ticket = key

    def set(self, mode):
        pass

    def display(self, *content):
        pass

    draw = display


async def main(path):
    board = read_board(path)
    part = IdlePart()
    role = role_class(board["kind"])(
        board["settings"], {name: part for name in ("button", "lamp", "keypad", "screen", "panel", "speaker")}
    )
    agent = Agent(board, role)
    task = asyncio.create_task(agent.run())
    while agent.clock_ms() is None or agent.outbox.entries or agent.errors or task.done():
        await asyncio.sleep(0.02)
    gc.collect()
    print("live", gc.mem_alloc())
    sys.exit(0)


asyncio.run(main(sys.argv[1]))
