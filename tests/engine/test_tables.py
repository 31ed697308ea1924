"""The tables of moves, the codes and the catalogue agree with each other and with the wire."""

import ast
from pathlib import Path

import pytest

import hub.engine
from firmware.kinds import KINDS
from firmware.wire.messages.device import RESULTS
from firmware.wire.messages.help import ALARM_STATES
from firmware.wire.messages.queue import LANGUAGES, PRIORITIES, TICKET_STATES, WINDOW_STATES
from firmware.words import WORDS, words
from hub.engine import diagrams, moves, refused
from hub.engine.events import AnyEvent
from hub.engine.requests import Request
from hub.engine.subjects import SUBJECTS


@pytest.mark.parametrize(
    ("table", "declared"),
    [(moves.TICKET, TICKET_STATES), (moves.WINDOW, WINDOW_STATES), (moves.ALARM, ALARM_STATES)],
    ids=["ticket", "window", "alarm"],
)
def test_moves_lead_through_all_states_of_the_wire_and_no_others(table, declared):
    assert set(moves.states(table)) == set(declared)
    assert {before for before, _ in table} - {""} <= set(declared)
    reached = {"" if ("", "take") in table or ("", "raise") in table else "closed"}
    while more := {after for (before, _), after in table.items() if before in reached} - reached:
        reached |= more
    assert set(declared) <= reached


def test_a_ticket_ends_in_one_of_three_ways():
    assert {"finished", "passed", "expired"} == moves.TICKET_OVER
    assert all((state, "expire") in moves.TICKET for state in set(TICKET_STATES) - moves.TICKET_OVER)


def test_an_alarm_is_never_closed_unacknowledged():
    assert [before for (before, act), _ in moves.ALARM.items() if act == "close"] == ["acknowledged"]


def test_every_code_has_words_in_both_languages():
    assert len(refused.CODES) > 30
    missing = [code for code in refused.CODES if not all(WORDS.get(f"refused.{code}", ("", "")))]
    assert missing == []


def test_codes_are_declared_in_one_place():
    folder = Path(hub.engine.__file__).parent
    makers = {
        path.name
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused"
    }
    assert makers == {"refused.py"}


@pytest.mark.parametrize(
    ("room", "names"),
    [
        ("ticket.state", TICKET_STATES),
        ("window.state", WINDOW_STATES),
        ("alarm.state", ALARM_STATES),
        ("priority", PRIORITIES),
        ("language", LANGUAGES),
        ("kind", tuple(KINDS)),
        ("act.result", RESULTS),
        ("satisfaction", ("1", "2", "3", "4", "5")),
    ],
)
def test_the_catalogue_knows_every_name(room, names):
    assert [name for name in names if f"{room}.{name}" not in WORDS] == []


def test_kinds_are_called_the_same_everywhere():
    assert {name: words(f"kind.{name}") for name in KINDS} == {name: kind.label for name, kind in KINDS.items()}


def test_words_fill_in_facts_and_name_a_missing_key():
    assert words("refused.queue.empty", "en") == "Nobody is waiting"
    assert words("refused.queue.empty", "yue") == words("refused.queue.empty") == "没有等候的号"
    with pytest.raises(KeyError, match=r"no words for lift\.music"):
        words("lift.music")


def test_every_request_is_decided_and_every_event_evolved():
    def leaves(kind):
        below = kind.__subclasses__()
        return {leaf for sub in below for leaf in leaves(sub)} if below else {kind}

    assert {request for subject in SUBJECTS for request in subject.DECIDES} == leaves(Request)
    evolved = {event for subject in SUBJECTS for event in subject.EVOLVES}
    assert {event.__name__ for event in set(AnyEvent.__args__) - evolved} == {"RequestRefused"}


def test_a_diagram_is_drawn_from_its_table():
    assert diagrams.mermaid(moves.WINDOW, "closed") == (
        "stateDiagram-v2\n"
        "    [*] --> closed\n"
        "    closed --> open: open\n"
        "    open --> paused: pause\n"
        "    open --> closed: close\n"
        "    paused --> open: open\n"
        "    paused --> closed: close\n"
    )
    ticket = diagrams.all_diagrams()["ticket"]
    assert "    [*] --> waiting: take\n" in ticket
    assert "    expired --> [*]\n" in ticket
