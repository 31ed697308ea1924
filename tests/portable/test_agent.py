"""The agent between a role and a hub."""

import asyncio

from firmware.agent import Agent
from firmware.clock import now_ms
from firmware.link.outbox import Full
from firmware.wire import packets
from firmware.wire.fields import Malformed
from firmware.wire.messages.device import Ack, Heartbeat, Hello, Refused, State
from firmware.wire.messages.help import HelpPressed
from firmware.wire.messages.part import PartFault
from firmware.wire.messages.queue import TicketIssued, TicketTake
from tests.portable.agent_stage import DOWN, NOW_MS, Hub, QuickAgent, Role, board_for, with_agent
from tests.portable.bench import error_of, fresh_folder, play, stop, until
from tests.portable.far_broker import FarBroker, read_filters


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
                (DOWN + "speech/withdraw", 1),
                (DOWN + "device/logs", 0),
                (DOWN + "device/locate", 0),
                (DOWN + "part/test", 0),
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


def test_a_welcome_for_another_life_is_not_ours():
    async def story(hub, agent, role):
        await hub.down("welcome", {"boot": "some-other", "at_ms": NOW_MS})
        await hub.down("show/alarm", {"epoch": 1, "rev": 1, "state": "raised"})
        await until(lambda: role.of("shown"), "the show after it")
        assert agent.clock_ms() is None
        assert role.of("connected") == []

    with_agent(story, welcomes=False)


def test_an_answer_makes_way_for_the_next_request_at_once():
    async def story(hub, agent, role):
        agent.beat_s = agent.answer_ms = 60000
        await until(lambda: role.of("connected"), "welcome")
        for _ in range(agent.unanswered_limit * 3):
            agent.ask(HelpPressed())
        await until(lambda: not agent.outbox.entries, "all answered")

    with_agent(story)


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


def test_the_answer_to_a_report_about_a_part_is_not_the_roles():
    async def story(hub, agent, role):
        agent.ask(PartFault(part="button", fault="loop_open"))
        agent.ask(HelpPressed())
        await until(lambda: role.of("answered"), "answer")
        assert role.of("answered") == [("help/press", "ack")]
        assert not agent.outbox.entries

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


def test_told_to_stand_by_it_leaves_without_a_last_will_and_asks_again_later():
    async def story(hub, agent, role):
        await until(lambda: hub.sent(Hello), "hello")
        agent.stand_by_s = 1
        await hub.down("welcome", {"boot": "another-board", "at_ms": NOW_MS, "stand_by": True})
        await hub.down("welcome", {"boot": agent.boot, "at_ms": NOW_MS, "stand_by": True})
        await hub.broker.until_got(packets.DISCONNECT)
        await until(lambda: not agent.client.is_up, "it left")
        assert role.of("connected") == [], "it was never welcome"
        left_ms = now_ms()
        hub.welcomes = True
        await until(lambda: role.of("connected") == [(True,)], "welcome at the second attempt")
        assert hub.broker.connections == 2
        assert now_ms() - left_ms > 800

    with_agent(story, welcomes=False)


def test_what_somebody_does_at_a_board_that_stands_by_is_told_before_it_rests_on():
    async def story(hub, agent, role):
        async def stand_by(boot):
            await until(lambda: hub.sent(Hello), "hello")
            await hub.down("welcome", {"boot": boot, "at_ms": NOW_MS, "stand_by": True})

        await stand_by(agent.boot)
        await until(lambda: not agent.client.is_up, "it stands by")
        agent.ask(HelpPressed(held_ms=300))
        await until(lambda: hub.sent(HelpPressed), "the press is told")
        await stand_by(agent.boot)
        await hub.down("ack", {"boot": "another", "seq": 1})
        await until(lambda: hub.broker.connections == 2 and agent.client.is_up, "it waits for the answer")
        await hub.down("ack", {"boot": agent.boot, "seq": 1})
        await until(lambda: not agent.client.is_up, "then it rests again")
        assert role.of("answered") == [("help/press", "ack")]

    with_agent(story, welcomes=False, answers=False)


def test_a_board_that_cannot_say_hello_is_refused_at_once():
    board = board_for(FarBroker(), fresh_folder(), version="x" * 33)
    assert error_of(Malformed, Agent, board, Role()).where == "version"
