"""Questions: a report that the hub answers; neither is kept, and the answer to another life's question is nobody's."""

from firmware.wire.messages.visitor import VisitorFound, VisitorIdentify
from tests.portable.agent_stage import with_agent
from tests.portable.bench import until


def asks(folder, role):
    """A role that may ask who somebody is."""
    role.ACCEPTS += (VisitorFound,)
    role.found = lambda found: role.told.append(("found", found.ask, found.visitor, found.shown))


def test_who_a_visitor_is_is_asked_and_told_and_kept_nowhere():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected"), "welcome")
        question = VisitorIdentify(boot=agent.boot, ask=7, kind="card", value="440403199003072310", person="李小龙")
        agent.report(question)
        await until(lambda: hub.sent(VisitorIdentify) == [question], "the question")
        assert agent.outbox.entries == []
        await hub.down("visitor/found", {"boot": "another-life", "ask": 7, "result": "unknown"})
        await hub.down(
            "visitor/found", {"boot": agent.boot, "ask": 7, "result": "found", "visitor": "v1", "shown": "李*"}
        )
        await until(lambda: role.of("found") == [(7, "v1", "李*")], "the answer")
        assert role.of("connected") == [(True,)]  # the answer is no welcome

    with_agent(story, before=asks)
