"""Messages: what is sent is read again, what is wrong is `Malformed`, nothing else ever comes out."""

from firmware.wire.fields import REQUIRED, Bool, Int, ListOf, Malformed, OneOf, Slug, Struct, Text
from firmware.wire.messages.device import Heartbeat
from firmware.wire.messages.help import HelpPressed
from firmware.wire.messages.queue import ShowServices, TicketTake
from firmware.wire.messages.registry import MESSAGES
from tests.portable.bench import Dice, error_of


class Row(Struct):
    number = Int(0, 9)
    name = Text(4, 1)


class Everything(Struct):
    slug = Slug()
    choice = OneOf("a", "b", default="a")
    is_on = Bool(default=False)
    rows = ListOf(Row, 3, default=())
    codes = ListOf(Int(100, 599), 2, default=())


def plain_example(field, dice):
    """A right value for a field, as JSON carries it."""
    for value in (
        dice.below(500),
        1 + dice.below(5),
        100,
        "x",
        "zh",
        True,
        [],
        "expired",
        "raised",
        "open",
        "none",
        "waiting",
        "",
        "power",
        -60,
        "x" * 64,
        "trial",
        "found",
        "card",
        "few",
    ):
        try:
            field.rule(field, value, "")
        except Malformed:
            continue
        return value
    raise AssertionError("no example for " + repr(field))


def example(message, dice):
    return message.from_plain({key: plain_example(field, dice) for key, field in message.fields().items()})


def test_every_message_is_read_as_it_was_sent():
    dice = Dice(1)
    for message in MESSAGES.values():
        made = example(message, dice)
        assert message.decode(made.encode()) == made, message.name


def test_a_message_says_where_it_is_wrong():
    offers = [{"service": "a", "label": "甲", "waiting": 1}, {"service": "B", "label": "乙", "waiting": 1}]
    error = error_of(Malformed, ShowServices.from_plain, {"epoch": 1, "rev": 1, "hall": "一", "offers": offers})
    assert error.where == "offers[1].service"
    assert error_of(Malformed, Everything.from_plain, {}).where == "slug"


def test_values_are_checked_when_a_message_is_made():
    assert error_of(Malformed, TicketTake, service="Not A Slug").where == "service"
    error_of(TypeError, TicketTake, service="a", colour="red")
    error_of(Malformed, TicketTake)


def test_each_field_refuses_what_it_should():
    for change in (
        {"slug": ""},
        {"slug": "A"},
        {"slug": 1},
        {"slug": "x" * 49},
        {"choice": "c"},
        {"choice": 0},
        {"is_on": 1},
        {"is_on": None},
        {"rows": {}},
        {"rows": [1]},
        {"rows": [{"number": 1, "name": "x"}] * 4},
        {"rows": [{"number": True, "name": "x"}]},
        {"rows": [{"number": 10, "name": "x"}]},
        {"rows": [{"number": 1.0, "name": "x"}]},
        {"rows": [{"number": 1, "name": ""}]},
        {"rows": [{"number": 1, "name": "12345"}]},
        {"codes": [99]},
        {"codes": ["100"]},
    ):
        plain = {"slug": "ok"}
        plain.update(change)
        error_of(Malformed, Everything.from_plain, plain)


def test_unknown_keys_are_ignored_and_defaults_stay_off_the_wire():
    assert HelpPressed.decode(b'{"held_ms":5,"seq":3,"boot":"ab","colour":"red"}').held_ms == 5
    assert HelpPressed().encode() == b"{}"
    assert Heartbeat.fields()["fault"].default == ""
    assert Heartbeat.fields()["boot"].default is REQUIRED


def test_too_long_is_refused_before_it_is_parsed():
    assert "at most" in error_of(Malformed, HelpPressed.decode, b" " * 513).reason
    assert HelpPressed.decode(b"{}" + b" " * 510).held_ms == 0


def test_deep_nesting_and_odd_json_are_malformed():
    for payload in (
        b"",
        b"{",
        b"[]",
        b"null",
        b"1",
        b'"x"',
        b"[" * 500,
        b'{"a":' * 100,
        b"\xff\xfe",
        b'{"held_ms":1e400}',
    ):
        error_of(Malformed, HelpPressed.decode, payload)
    error_of(Malformed, TicketTake.decode, b'{"service":"a\\ud800"}')


def test_whatever_the_bytes_only_malformed_comes_out():
    dice = Dice(7)
    messages = [MESSAGES[name] for name in sorted(MESSAGES)]
    good = [example(message, dice).encode() for message in messages]
    refused = 0
    for _ in range(3000):
        which = dice.below(len(messages))
        try:
            made = messages[which].decode(dice.spoil(good[which]))
        except Malformed:
            refused += 1
        else:
            assert messages[which].decode(made.encode()) == made
    assert 1000 < refused < 3000
