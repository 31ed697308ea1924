"""The agent between a role and a hub that is told what to do, over a real loopback socket and a real file."""

import asyncio
import json

from firmware.agent import Agent
from firmware.link.outbox import Full
from firmware.wire import packets
from firmware.wire.messages.device import Ack, ActDone, Heartbeat, Hello, Refused, State
from firmware.wire.messages.help import HelpPressed, ShowAlarm
from firmware.wire.messages.queue import TicketIssued, TicketTake
from firmware.wire.messages.screen import ShowRegion
from firmware.wire.messages.speech import Play
from tests.portable.bench import error_of, fresh_folder, play, stop, until
from tests.portable.far_broker import FarBroker, read_filters

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

    ACCEPTS = (ShowAlarm, ShowRegion, Play, TicketIssued)
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

    async def play(self, act, expires_at_ms=NOW_MS + 60000):
        await self.down(
            "speech/play",
            {"id": act, "expires_at_ms": expires_at_ms, "priority": 3, "clips": ["cmn/qing"], "text": "x"},
        )

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


def test_at_each_connection_it_says_that_it_is_there_and_who_it_is():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected") == [(True,)], "welcome")
        await hub.broker.cut()
        await until(lambda: role.of("connected") == [(True,), (False,), (True,)], "welcome again")
        assert hub.sent(State) == [State(online=True, boot=agent.boot)] * 2
        assert hub.sent(Hello) == [Hello(boot=agent.boot, kind="help_button", version="0.1.0")] * 2
        assert [flags & 1 for flags, body in hub.broker.of(packets.PUBLISH) if b"up/state" in body] == [1, 1]
        assert agent.clock_ms() >= NOW_MS

    with_agent(story)


def test_it_subscribes_to_its_own_topics_exactly():
    async def story(hub, agent, role):
        filters = read_filters(hub.broker.of(packets.SUBSCRIBE)[0][1])
        assert sorted(filters) == sorted(
            [
                (DOWN + "welcome", 0),
                (DOWN + "ack", 0),
                (DOWN + "refused", 0),
                (DOWN + "ticket/issued", 0),
                (DOWN + "show/alarm", 1),
                (DOWN + "show/region/+", 1),
                (DOWN + "speech/play", 1),
            ]
        )

    with_agent(story)


def test_hello_is_repeated_until_the_hub_is_there():
    async def story(hub, agent, role):
        await until(lambda: len(hub.sent(Hello)) == 3, "third hello")
        assert agent.clock_ms() is None
        hub.welcomes = True
        await until(lambda: role.of("connected"), "welcome")

    with_agent(story, welcomes=False)


def test_heartbeats_tell_how_it_is():
    async def story(hub, agent, role):
        agent.ask(HelpPressed())
        await until(lambda: len(hub.sent(Heartbeat)) > 1, "heartbeats")
        beat = hub.sent(Heartbeat)[-1]
        assert (beat.boot, beat.version, beat.waiting, beat.errors, beat.fault) == (agent.boot, "0.1.0", 1, 0, "")
        role.fault = "printer: no paper"
        await until(lambda: hub.sent(Heartbeat)[-1].fault == "printer: no paper", "the fault")

    with_agent(story, answers=False, heartbeat_s=0.05)


def test_without_a_word_in_board_json_the_table_of_kinds_says_how_often():
    async def story(hub, agent, role):
        assert agent._heartbeat_ms == 15000

    with_agent(story)


def test_a_request_is_kept_until_its_answer_and_the_role_is_told_once():
    async def story(hub, agent, role):
        agent.ask(HelpPressed(held_ms=5))
        await until(lambda: role.of("answered"), "answer")
        await hub.down("ack", {"boot": agent.boot, "seq": 1})
        await hub.down("show/alarm", {"epoch": 1, "rev": 1, "state": "raised"})
        await until(lambda: role.of("shown"), "the show after it")
        assert role.of("answered") == [("help/press", "ack")]
        assert agent.outbox.entries == []

    with_agent(story)


def test_all_natures_of_answers_are_matched():
    async def story(hub, agent, role):
        hub.answers = False
        agent.ask(TicketTake(service="passport"))
        agent.ask(TicketTake(service="tax"))
        await hub.down("refused", {"boot": agent.boot, "seq": 2, "code": "service.closed"})
        issued = {"ticket": "t", "number": "A1", "service": "passport", "ahead": 0, "issued_at_ms": 1}
        issued.update({"boot": agent.boot, "seq": 1})
        await hub.down("ticket/issued", issued)
        await until(lambda: len(role.of("answered")) == 2, "answers")
        assert role.of("answered") == [("ticket/take", Refused.name), ("ticket/take", TicketIssued.name)]

    with_agent(story, answers=False)


def test_what_is_not_answered_is_sent_again():
    async def story(hub, agent, role):
        agent.ask(HelpPressed(held_ms=7))
        await until(lambda: len(hub.sent(HelpPressed)) == 3, "third time")
        assert hub.sent(HelpPressed) == [HelpPressed(held_ms=7, boot=agent.boot, seq=1)] * 3
        hub.answers = True
        await until(lambda: not agent.outbox.entries, "answer")

    with_agent(story, answers=False)


def test_requests_go_in_order_a_few_at_a_time_also_after_a_reconnect():
    async def story(hub, agent, role):
        limit = agent.unanswered_limit
        agent.answer_ms = agent.answer_max_ms = 60000
        for _ in range(limit + 5):
            agent.ask(HelpPressed())
        await until(lambda: len(hub.sent(HelpPressed)) == limit, "the first few")
        hub.answers = True
        hub.broker.got.clear()
        await hub.broker.cut()
        await until(lambda: not agent.outbox.entries, "all answered")
        seqs = [sent.seq for sent in hub.sent(HelpPressed)]
        assert seqs == list(range(1, limit + 6))

    with_agent(story, answers=False)


def test_requests_of_an_earlier_life_keep_their_names_and_go_first():
    earlier = []

    def before(folder, role):
        agent = Agent(board_for(FarBroker(), folder), role)
        agent.ask(HelpPressed(held_ms=1))
        earlier.append(agent.boot)
        agent.outbox.close()

    async def story(hub, agent, role):
        agent.ask(HelpPressed(held_ms=2))
        await until(lambda: len(role.of("answered")) == 2, "both answers")
        assert [(sent.boot, sent.seq) for sent in hub.sent(HelpPressed)[:2]] == [(earlier[0], 1), (agent.boot, 1)]

    with_agent(story, before=before)


def test_a_full_outbox_is_the_roles_to_tell():
    async def story(hub, agent, role):
        agent.ask(HelpPressed())
        agent.ask(HelpPressed())
        error_of(Full, agent.ask, HelpPressed())

    with_agent(story, answers=False, outbox_entries=2)


def test_of_each_slot_only_what_is_newer_is_shown():
    async def story(hub, agent, role):
        def region(epoch, rev):
            return {
                "epoch": epoch,
                "rev": rev,
                "x": 0,
                "width": 1,
                "height": 1,
                "palette": [],
                "pixels": "",
                "text": "",
            }

        for slot, epoch, rev in ((0, 5, 10), (1, 5, 9), (0, 5, 10), (0, 5, 9), (0, 4, 99), (0, 5, 11), (0, 6, 1)):
            await hub.down(f"show/region/{slot}", region(epoch, rev))
        await until(lambda: len(role.of("shown")) >= 4, "shows")
        assert role.of("shown") == [(0, 10), (1, 9), (0, 11), (0, 1)]

    with_agent(story)


def test_an_act_is_done_once_and_confirmed_as_often_as_it_is_repeated():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected"), "welcome")
        await hub.play("p1")
        await hub.play("p1")
        await hub.play("p2")
        await until(lambda: len(role.of("act")) == 2, "acts")
        assert role.of("act") == [("p1",), ("p2",)]
        assert hub.results() == []  # the role is still at it
        agent.ask(ActDone(act="p1", result="done"))
        await until(lambda: not agent.outbox.entries, "answer")
        await hub.play("p1")
        await until(lambda: len(hub.results()) == 2, "confirmed again")
        assert hub.results() == [("p1", "done")] * 2
        assert role.of("act") == [("p1",), ("p2",)]

    with_agent(story)


def test_an_act_that_comes_too_late_is_not_done():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected"), "welcome")
        await hub.play("old", NOW_MS - 1)
        await until(lambda: hub.results() == [("old", "expired")], "expired")
        assert role.of("act") == []

    with_agent(story)


def test_acts_wait_for_the_hubs_clock():
    async def story(hub, agent, role):
        await hub.play("old", NOW_MS - 1)
        for number in range(30):
            await hub.play(f"early-{number}")
        await hub.down("show/alarm", {"epoch": 1, "rev": 1, "state": "raised"})
        await until(lambda: role.of("shown"), "all arrived")
        assert role.of("act") == []
        hub.welcomes = True
        await until(lambda: len(role.of("act")) == 15, "acts")  # 16 may wait; the hub repeats the others
        assert role.of("act")[0] == ("early-0",)
        await until(lambda: hub.results() == [("old", "expired")], "expired")

    with_agent(story, welcomes=False)


def test_an_act_that_the_role_cannot_do_is_failed():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected"), "welcome")
        role.crash = RuntimeError("no such clip")
        await hub.play("p1")
        await until(lambda: hub.results() == [("p1", "failed")], "failed")
        assert agent.errors == 1

    with_agent(story)


def test_sixteen_results_are_remembered():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected"), "welcome")
        for number in range(17):
            agent.ask(ActDone(act=f"p{number}", result="done"))
        await until(lambda: not agent.outbox.entries, "answers")
        await hub.play("p1")
        await hub.play("p0")
        await until(lambda: role.of("act"), "act")
        assert role.of("act") == [("p0",)]
        await until(lambda: len(hub.results()) == 18, "confirmed")

    with_agent(story)


def test_after_a_restart_an_act_whose_result_still_waits_is_not_done_again():
    def before(folder, role):
        agent = Agent(board_for(FarBroker(), folder), role)
        agent.ask(ActDone(act="p1", result="done"))
        agent.outbox.close()

    async def story(hub, agent, role):
        await until(lambda: role.of("answered"), "answer")
        await hub.play("p1")
        await hub.play("p2")
        await until(lambda: role.of("act"), "act")
        assert role.of("act") == [("p2",)]

    with_agent(story, before=before)


def test_wrong_messages_are_counted_and_ignored():
    async def story(hub, agent, role):
        await hub.down("show/alarm", {"epoch": 1, "rev": 1, "state": "purple"})
        await hub.down("window/open", {})
        await hub.down("show/region/x", {})
        await hub.down("show/alarm/0", {})
        await hub.broker.send(packets.publish("hall/v1/doumen/dev-2/down/show/alarm", b"{}"))
        await hub.broker.send(packets.publish(DOWN + "show/alarm", b"\xff{"))
        await hub.broker.send(packets.publish(DOWN + "show/alarm", b""))  # a retained message was cleared: no error
        await hub.down("show/alarm", {"epoch": 1, "rev": 2, "state": "raised"})
        await until(lambda: role.of("shown"), "the right one")
        assert agent.errors == 6
        assert hub.broker.connections == 1

    with_agent(story)


def test_a_role_that_fails_is_started_again_and_it_is_told():
    async def story(hub, agent, role):
        await until(lambda: role.runs == 2, "second start")
        assert agent.errors == 1
        await until(
            lambda: [1 for beat in hub.sent(Heartbeat) if beat.errors == 1 and "paper jam" in beat.fault], "told"
        )

    def before(folder, role):
        role.crash = RuntimeError("paper jam")

    with_agent(story, before=before, heartbeat_s=0.05)


def test_a_role_that_fails_in_a_call_does_not_break_the_link():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected"), "welcome")
        role.crash = ValueError("screen")
        await hub.down("show/alarm", {"epoch": 1, "rev": 1, "state": "raised"})
        await until(lambda: agent.errors == 1, "error counted")
        role.crash = ValueError("print")
        agent.ask(HelpPressed())
        await until(lambda: not agent.outbox.entries, "answered all the same")
        assert hub.broker.connections == 1
        assert agent.errors == 2
        assert Ack.name in role.of("answered")[0]

    with_agent(story)


def test_when_stopped_it_says_that_it_is_gone():
    async def whole():
        broker = await FarBroker().open()
        hub = Hub(broker)
        agent = QuickAgent(board_for(broker, fresh_folder()), Role())
        task = asyncio.create_task(agent.run())
        await until(lambda: agent.client.is_up, "link up")
        await stop(task)
        await broker.until_got(packets.DISCONNECT)
        assert [state.online for state in hub.sent(State)] == [True, False]
        await broker.close()

    play(whole)
