"""What a person at the hub can see of a device, and how a device watches itself."""

import asyncio

from drivers.panel import Panel
from firmware.asked.find_panel import glyph
from firmware.clock import now_ms
from firmware.logs import Log
from firmware.watchdog import LINK_AWAY_MS, LINK_TURN_MS, STEP_MS, Watchdog
from firmware.wire import packets
from firmware.wire.messages.device import Heartbeat
from firmware.wire.messages.device_log import LogPiece
from firmware.wire.messages.help import HelpPressed
from firmware.wire.messages.locate import Locating
from tests.portable.agent_stage import NOW_MS, with_agent
from tests.portable.bench import until
from tests.portable.far_broker import read_filters


class Lamp:
    def __init__(self):
        self.words = []

    def set(self, word):
        self.words.append(word)


def test_the_log_keeps_the_newest_whole_lines_in_the_bytes_it_was_given():
    log = Log(64)
    for at_ms in range(100):
        log.add(at_ms, f"line {at_ms} 窗口")
    lines = list(log.lines())
    assert log.count() == len(lines)
    assert lines[-1] == (99, "line 99 窗口")
    assert [at_ms for at_ms, _ in lines] == list(range(100 - len(lines), 100))
    assert sum([len(f"{line[0]} {line[1]}\n".encode()) for line in lines]) <= 64
    log.add(100, "x" * 200)
    assert list(log.lines()) == lines


def test_a_line_break_in_a_line_does_not_make_two():
    log = Log(100)
    log.add(5, "two\nlines")
    assert list(log.lines()) == [(5, "two lines")]


def test_the_log_is_sent_when_asked_for_in_pieces_with_the_hubs_time():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected"), "welcome")
        for i in range(6):
            agent.note("part", f"fault {i}")
        await hub.down("device/logs", {"id": "look-1", "expires_at_ms": NOW_MS + 60000})
        await until(
            lambda: hub.sent(LogPiece) and len(hub.sent(LogPiece)) == hub.sent(LogPiece)[0].pieces, "all pieces"
        )
        pieces = hub.sent(LogPiece)
        assert [(piece.piece, piece.pieces, piece.act) for piece in pieces] == [(at, 4, "look-1") for at in range(4)]
        lines = [line for piece in pieces for line in piece.lines]
        assert [line.text for line in lines] == ["connected"] + [f"part: fault {i}" for i in range(6)]
        assert all([abs(line.at_ms - NOW_MS) < 30000 for line in lines])
        assert [line.at_ms for line in lines] == sorted([line.at_ms for line in lines])

    with_agent(story)


def test_a_late_question_is_left_unanswered():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected"), "welcome")
        await hub.down("device/logs", {"id": "late", "expires_at_ms": NOW_MS - 1})
        await hub.down("device/logs", {"id": "in-time", "expires_at_ms": NOW_MS + 60000})
        await until(lambda: hub.sent(LogPiece), "answer")
        assert [piece.act for piece in hub.sent(LogPiece)] == ["in-time"]

    with_agent(story)


def test_the_led_blinks_as_long_as_it_was_asked_to():
    async def story(hub, agent, role):
        agent.locator = Lamp()
        await until(lambda: role.of("connected"), "welcome")
        await hub.down("device/locate", {"id": "where", "expires_at_ms": NOW_MS + 60000, "seconds": 1})
        await until(lambda: agent.locator.words == ["blink", "off"], "dark again")
        assert [(answer.act, answer.is_shown) for answer in hub.sent(Locating)] == [("where", True)]

    with_agent(story)


class Strip:
    """An LED strip: how its topmost row looked each time, lit or not."""

    def __init__(self):
        self.pictures = []
        self._top = ["."] * 96

    def row(self, x, y, rgb):
        if y == 0:
            self._top[x : x + len(rgb) // 3] = ["#" if any(rgb[i : i + 3]) else "." for i in range(0, len(rgb), 3)]

    def show(self):
        self.pictures.append("".join(self._top))


class Sign:
    """A part that can be found by."""

    def __init__(self):
        self.who = []

    def locate(self, who):
        self.who.append(who)


def test_without_a_led_a_part_of_the_role_shows_it_and_with_neither_the_hub_is_told():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected"), "welcome")
        await hub.down("device/locate", {"id": "1", "expires_at_ms": NOW_MS + 60000})
        await until(lambda: len(hub.sent(Locating)) == 1, "answer")
        role.found_by = Sign()
        await hub.down("device/locate", {"id": "2", "expires_at_ms": NOW_MS + 60000, "seconds": 600})
        await until(lambda: len(hub.sent(Locating)) == 2, "answer")
        await until(lambda: role.found_by.who, "shown")
        await hub.down("device/locate", {"id": "3", "expires_at_ms": NOW_MS + 60000, "seconds": 1})
        await until(lambda: len(role.found_by.who) == 4, "over")
        assert [answer.is_shown for answer in hub.sent(Locating)] == [False, True, True]
        first, end, again, last = role.found_by.who
        assert first == again == {"device": "dev-1", "kind": "help_button"}
        assert end is last is None

    with_agent(story)


def test_a_strip_shows_its_id_and_then_what_it_showed_before():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected"), "welcome")
        strip = Strip()
        role.found_by = Panel(strip, 96, 8)
        await hub.down("device/locate", {"id": "2", "expires_at_ms": NOW_MS + 60000, "seconds": 1})
        # Of "dev-1" the d and the 1 reach the highest line.
        await until(lambda: "....#" + "." * 21 + "#" + "." * 69 in strip.pictures, "letters")
        await until(lambda: len(hub.broker.of(packets.SUBSCRIBE)) == 2, "asked for what is retained")
        first, again = [read_filters(body) for _, body in hub.broker.of(packets.SUBSCRIBE)]
        assert first == again
        assert strip.pictures[-1] == "." * 96

    with_agent(story)


def test_every_letter_of_an_id_has_its_shape():
    shapes = [glyph(letter, 1, 8)[1] for letter in "abcdefghijklmnopqrstuvwxyz0123456789-"]
    assert len(set(shapes)) == 37
    width, rows = glyph("i", 16, 128)
    assert (width, len(rows)) == (96, 96 // 4 * 128)


def test_heartbeats_tell_how_good_the_link_is_and_why_the_device_started():
    async def story(hub, agent, role):
        agent.signal_dbm = lambda: -61
        await until(lambda: role.of("connected"), "welcome")
        agent.ask(HelpPressed())
        await until(lambda: not agent.outbox.entries, "answer")
        await hub.broker.cut()
        await until(lambda: len(role.of("connected")) == 3, "welcome again")
        count = len(hub.sent(Heartbeat))
        await until(lambda: len(hub.sent(Heartbeat)) > count, "a heartbeat after it")
        beat = hub.sent(Heartbeat)[-1]
        assert (beat.reset_cause, beat.reconnects, beat.signal_dbm) == ("watchdog", 1, -61)
        assert beat.drop.startswith(f"127.0.0.1:{hub.broker.port} ")
        assert 0 <= beat.answer_ms < 5000

    with_agent(story, heartbeat_s=0.05, reset_cause="watchdog")


class Port:
    def __init__(self):
        self.fed = 0

    def feed(self):
        self.fed += 1


class Watched:
    """An agent as far as the watchdog looks."""

    def __init__(self):
        self.client = self.role = self
        self.is_up = True
        self.due_ms = now_ms()
        self.step = None
        self.notes = []

    def note(self, where, text):
        self.notes.append(text)


def looks(**facts):
    """(was fed, what was noted) by two looks at an agent of which ``facts`` are true."""
    port, agent = Port(), Watched()
    dog = Watchdog(port, agent)
    for key in facts:
        setattr(agent, key, facts[key])
    dog.look()
    dog.look()
    return port.fed == 2, agent.notes


def test_a_device_that_waits_for_people_is_healthy():
    assert looks() == (True, [])
    assert looks(is_up=False) == (True, [])  # no link yet in this life: a restart cures nothing


def test_what_hangs_is_said_once_and_not_fed():
    assert looks(due_ms=now_ms() - LINK_TURN_MS - 1) == (False, ["the link hangs; the board starts again"])


def test_work_may_last_as_long_as_it_takes_its_steps():
    port, agent = Port(), Watched()
    dog = Watchdog(port, agent)
    for step in range(5):  # an hour of music, and more
        agent.step = step
        dog.look()
        dog._step_ms -= STEP_MS * 2 // 3
        dog.look()
        dog._step_ms -= STEP_MS * 2 // 3
    assert port.fed == 10
    dog.look()
    assert port.fed == 10
    assert agent.notes == ["the role hangs; the board starts again"]
    agent.step = None  # it failed and was started again: it waits for people
    dog.look()
    assert port.fed == 11


def test_a_link_that_was_there_and_does_not_come_back_is_worth_a_restart():
    port, agent = Port(), Watched()
    dog = Watchdog(port, agent)
    dog.look()
    agent.is_up = False
    dog._linked_ms -= LINK_AWAY_MS // 2
    dog.look()
    assert port.fed == 2
    dog._linked_ms -= LINK_AWAY_MS
    dog.look()
    assert port.fed == 2
    assert agent.notes == ["no link for 30 min; the board starts again"]


def test_the_agent_looks_all_the_time_also_without_a_link():
    async def story(hub, agent, role):
        port = Port()
        agent.watchdog = Watchdog(port, agent)
        await until(lambda: port.fed > 1, "fed")
        await hub.broker.close()
        await until(lambda: not agent.client.is_up, "link down")
        fed = port.fed
        await until(lambda: port.fed > fed + 2, "fed on")
        await asyncio.sleep(0)

    with_agent(story)
