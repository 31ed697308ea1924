"""The agent and one-off acts: each once, by id, never too late."""

from firmware.agent import Agent
from firmware.wire.messages.device import ActDone
from tests.portable.agent_stage import NOW_MS, board_for, with_agent
from tests.portable.bench import until
from tests.portable.far_broker import FarBroker


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


def test_a_confirmation_that_still_waits_is_not_made_twice():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected"), "welcome")
        await hub.play("p1")
        await until(lambda: role.of("act"), "act")
        agent.ask(ActDone(act="p1", result="done"))
        await hub.play("p1")
        await hub.play("p2")
        await until(lambda: len(role.of("act")) == 2, "the act after it")
        assert [entry.seq for entry in agent.outbox.entries] == [1]

    with_agent(story, answers=False)


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


def test_no_room_for_a_confirmation_is_an_error_and_the_link_stays():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected"), "welcome")
        await hub.play("old-1", NOW_MS - 1)
        await hub.play("old-2", NOW_MS - 1)
        await until(lambda: agent.errors == 1, "error counted")
        hub.answers = True
        await until(lambda: not agent.outbox.entries, "room again")
        await hub.play("old-2", NOW_MS - 1)
        await until(lambda: ("old-2", "expired") in hub.results(), "confirmed when repeated")
        assert hub.broker.connections == 1

    with_agent(story, answers=False, outbox_entries=1)


def test_an_act_that_the_role_is_at_is_withdrawn_by_the_role():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected"), "welcome")
        await hub.play("p1")
        await hub.withdraw("p1")
        await until(lambda: role.of("withdrawn"), "the withdrawal")
        assert hub.results() == []  # what became of it, the role says
        agent.ask(ActDone(act="p1", result="done"))
        await until(lambda: not agent.outbox.entries, "answer")
        await hub.withdraw("p1")
        await until(lambda: len(hub.results()) == 2, "said again")
        assert hub.results() == [("p1", "done")] * 2
        assert role.of("withdrawn") == [("p1",)]

    with_agent(story)


def test_an_act_that_comes_behind_its_withdrawal_is_not_done():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected"), "welcome")
        await hub.withdraw("p1", NOW_MS - 1)  # of one that would be too late, too
        await until(lambda: hub.results() == [("p1", "withdrawn")], "withdrawn")
        await until(lambda: not agent.outbox.entries, "answer")
        await hub.play("p1")
        await hub.play("p2")
        await until(lambda: role.of("act"), "the act after it")
        assert (role.of("act"), role.of("withdrawn")) == ([("p2",)], [])
        await until(lambda: hub.results() == [("p1", "withdrawn")] * 2, "said again")

    with_agent(story)


def test_an_act_that_waits_for_the_hubs_clock_can_be_withdrawn():
    async def story(hub, agent, role):
        await hub.play("p1")
        await hub.play("p2")
        await hub.withdraw("p1")
        await hub.down("show/alarm", {"epoch": 1, "rev": 1, "state": "raised"})
        await until(lambda: role.of("shown"), "all arrived")
        hub.welcomes = True
        await until(lambda: hub.results() == [("p1", "withdrawn")], "withdrawn")
        await until(lambda: role.of("act"), "the other")
        assert role.of("act") == [("p2",)]

    with_agent(story, welcomes=False)
