"""A stage for the agent: a role that notes, a hub that is told what to do, a real loopback socket, a real file."""

import asyncio
import json

from firmware.agent import Agent
from firmware.wire import packets
from firmware.wire.messages.device import ActDone
from firmware.wire.messages.help import ShowAlarm
from firmware.wire.messages.queue import TicketIssued
from firmware.wire.messages.screen import ShowRegion
from firmware.wire.messages.speech import Play, Withdraw
from tests.portable.bench import fresh_folder, play, stop, until
from tests.portable.far_broker import FarBroker

DOWN = "hall/v1/doumen/dev-1/down/"
UP = "hall/v1/doumen/dev-1/up/"
NOW_MS = 1795000000000


class QuickAgent(Agent):
    beat_s = 0.02
    answer_ms, answer_max_ms = 100, 200
    hello_ms, hello_max_ms = 100, 200
    restart_s = restart_max_s = 0.02


class Role:
    """Speaks a bit of everything and notes what the agent tells."""

    ACCEPTS = (ShowAlarm, ShowRegion, Play, Withdraw, TicketIssued)
    outlet = None

    def __init__(self):
        self.fault = ""
        self.runs = 0
        self.told = []
        self.crash = None  # raised by the next call or run

    def _note(self, *facts):
        self.told.append(facts)
        if self.crash:
            error, self.crash = self.crash, None
            raise error

    async def run(self):
        self.runs += 1
        if self.crash:
            error, self.crash = self.crash, None
            raise error
        while True:
            await asyncio.sleep(60)

    def shown(self, show, slot):
        self._note("shown", slot, show.rev)

    def act(self, act):
        self._note("act", act.id)

    def withdrawn(self, act):
        self._note("withdrawn", act)

    def answered(self, request_name, answer):
        self._note("answered", request_name, answer.name)

    def connected(self, is_connected):
        self._note("connected", is_connected)

    def of(self, what):
        return [facts[1:] for facts in self.told if facts[0] == what]


class Hub:
    """The far side: a broker on which a hub answers, when it is told to."""

    def __init__(self, broker):
        self.broker = broker
        self.welcomes = True
        self.answers = True
        self.rev = 0
        broker.on_publish = self._published
        self._replies = []

    def _published(self, topic, payload):
        self._replies.append(asyncio.create_task(self._reply(topic[len(UP) :], json.loads(payload))))

    async def _reply(self, name, plain):
        if name == "hello" and self.welcomes:
            await self.down("welcome", {"boot": plain["boot"], "at_ms": NOW_MS})
        elif "seq" in plain and self.answers:
            await self.down("ack", {"boot": plain["boot"], "seq": plain["seq"]})

    async def down(self, name, plain):
        await self.broker.send(packets.publish(DOWN + name, json.dumps(plain).encode()))

    async def clear(self, name):
        await self.broker.send(packets.publish(DOWN + name, b""))

    async def play(self, act, expires_at_ms=NOW_MS + 60000):
        await self.down(
            "speech/play",
            {"id": act, "expires_at_ms": expires_at_ms, "priority": 3, "clips": ["cmn/qing"], "text": "x"},
        )

    async def withdraw(self, act, expires_at_ms=NOW_MS + 60000):
        await self.down("speech/withdraw", {"id": act, "expires_at_ms": expires_at_ms})

    def sent(self, message):
        """The messages of one kind that arrived."""
        return [
            message.decode(payload) for topic, payload, _, _ in self.broker.published() if topic == UP + message.name
        ]

    def results(self):
        return [(done.act, done.result) for done in self.sent(ActDone)]


def board_for(broker, folder, **more):
    board = {
        "site": "doumen",
        "device": "dev-1",
        "kind": "help_button",
        "version": "0.1.0",
        "broker": {"host": "127.0.0.1", "port": broker.port, "tls": False, "ca": ""},
        "user": "dev-1",
        "password": "geheim",
        "data": folder,
    }
    board.update(more)
    return board


def with_agent(story, welcomes=True, answers=True, before=None, **more):
    """Plays ``story(hub, agent, role)`` with an agent that runs."""

    async def whole():
        broker = await FarBroker().open()
        hub = Hub(broker)
        hub.welcomes, hub.answers = welcomes, answers
        folder = fresh_folder()
        role = Role()
        if before:
            before(folder, role)
        agent = QuickAgent(board_for(broker, folder, **more), role)
        task = asyncio.create_task(agent.run())
        try:
            await until(lambda: agent.client.is_up, "link up")
            await story(hub, agent, role)
        finally:
            await stop(task)
            await broker.close()

    play(whole)
