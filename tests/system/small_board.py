"""A device on a bounded heap: ``small_board.main(board.json, messages)``. MicroPython only.

Real drivers on ports that cost nothing. It prints the bytes of heap in use when it is welcome and nothing waits any
more, again when it has worked for a while, and again when it has handled all messages.
"""

import gc

from firmware.main import forget_start, read_board, role_class

# isort: split
import asyncio
import sys

from firmware import memory
from firmware.agent import Agent

SETTLED = 500  # messages after which nothing grows any more that may


class Finger:
    """A pin that is pressed and let go again and again, as often as there are answers."""

    presses = 1
    level = 1

    def value(self):
        return self.level

    async def changed(self):
        while not Finger.presses:
            await asyncio.sleep(0.02)
        Finger.presses -= self.level
        self.level ^= 1


class Light:
    def pattern(self, on_ms, off_ms):
        pass


class Ear:
    """Hears everything at once."""

    def volume(self, percent):
        pass

    async def write(self, pcm):
        await asyncio.sleep(0)

    async def drain(self):
        pass


class Glow:
    def row(self, x_px, y_px, rgb):
        pass

    def show(self):
        pass


class IdleKeys:
    async def key(self):
        while True:
            await asyncio.sleep(60)

    def display(self, *content):
        pass


class IdleLine:
    """A line of keypads on which nobody speaks."""

    async def write(self, data):
        pass

    async def read(self, timeout_s):
        await asyncio.sleep(timeout_s)
        return b""


def parts_of(board):
    """As a board profile would have them made; a kind loads its own drivers only."""
    kind = board["kind"]
    if kind == "window_terminal":
        from drivers.rs485.bus import KeypadBus

        return {"bus": KeypadBus(IdleLine(), [unit for unit, _ in board["settings"]["units"]])}
    if kind == "help_button" and board["settings"].get("loop"):
        from drivers.lamp import Lamp
        from drivers.supervised_loop import SupervisedLoop

        return {"button": SupervisedLoop(lambda: 500), "lamp": Lamp(Light())}
    if kind == "help_button":
        from drivers.button import Button
        from drivers.lamp import Lamp

        return {"button": Button(Finger(), debounce_ms=1), "lamp": Lamp(Light())}
    if kind == "amplifier":
        from drivers.speaker import Speaker

        return {"speaker": Speaker(Ear(), board["settings"]["clips"])}
    if kind == "window_strip":
        from drivers.panel import Panel

        return {"panel": Panel(Glow(), 1600, 128)}
    return {"keypad": IdleKeys(), "screen": IdleKeys()}


class CountingAgent(Agent):
    """Knows how many messages it has handled."""

    handled = 0

    def link_received(self, topic, payload):
        super().link_received(topic, payload)
        self.handled += 1
        if self.handled % 10 == 0 and Finger.presses < 2:
            Finger.presses += 1


def is_quiet(agent):
    return agent.clock_ms() is not None and not agent.outbox.entries


async def quiet_heap(agent, handled):
    """Bytes in use once ``handled`` messages are, and nothing is on its way."""
    while agent.handled < handled or not is_quiet(agent):
        if agent.errors:
            print("trouble", list(agent.log_lines()))
            sys.exit(1)
        await asyncio.sleep(0.02)
    gc.collect()
    return gc.mem_alloc()


async def work(path, messages):
    board = read_board(path)
    parts = parts_of(board)
    role = role_class(board["kind"])(board["settings"], parts)
    agent = CountingAgent(board, role)
    if [part for part in parts.values() if hasattr(part, "health")]:
        from firmware.part_watch import watch

        watch(agent, parts)
    del board
    forget_start()
    memory.settle()
    running = asyncio.create_task(agent.run())
    print("live", await quiet_heap(agent, 1))
    if messages:
        print("settled", await quiet_heap(agent, SETTLED))
        print("end", await quiet_heap(agent, messages))
    sys.exit(1 if running.done() else 0)


def main(path, messages):
    asyncio.run(work(path, messages))
