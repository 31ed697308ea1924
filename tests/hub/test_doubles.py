"""Two boards with one id: told from one board that restarts, whatever the broker repeats."""

from typing import Any

import pytest

from hub.broker.takeovers import Takeover
from hub.doubles import QUIET_MS, Doubles

S = 1000
PATIENCE = 45 * S


class Desk(Doubles):
    """Its clock is told with each call; the wall's is ``off_ms`` ahead of it."""

    def __init__(self) -> None:
        self.now_ms = self.off_ms = 0
        super().__init__(lambda: self.now_ms)

    def hello(self, device: str, boot: str, connection: int, now_ms: int, patience_ms: int) -> bool:
        self.now_ms = now_ms
        return super().hello(device, boot, connection, now_ms + self.off_ms, patience_ms)

    def heard(self, device: str, boot: str, now_ms: int) -> bool:
        self.now_ms = now_ms
        return super().heard(device, boot, now_ms + self.off_ms)

    def seen(self, takeovers: list[Takeover], now_ms: int) -> list[dict[str, Any]]:
        self.now_ms = now_ms
        return self.views(takeovers)


def hello(doubles: Desk, boot: str, at_s: float, connection: int = 1) -> bool:
    return doubles.hello("b-1", boot, connection, int(at_s * S), PATIENCE)


def fight(doubles: Desk) -> None:
    """The first, then the second, then the first again: it lost its connection and came back."""
    assert not hello(doubles, "first", 0)
    assert not hello(doubles, "second", 10)
    assert not hello(doubles, "first", 11)


def test_a_board_that_restarts_is_one_board() -> None:
    doubles = Desk()
    for at, boot in enumerate(("b1", "b2", "b2", "b3", "b4", "b5", "b6")):
        assert not hello(doubles, boot, at)
    assert doubles.seen([], 10 * S) == []


def test_an_earlier_boot_that_comes_back_proves_two_and_the_later_stands_by() -> None:
    doubles = Desk()
    fight(doubles)
    assert hello(doubles, "second", 12)
    assert hello(doubles, "second", 30), "however often it asks"
    assert not hello(doubles, "first", 31)
    (view,) = doubles.seen([], 31 * S)
    assert (view["device"], view["first"]["boot"], view["second"]["boot"]) == ("b-1", "first", "second")


def test_the_second_gets_the_link_when_the_first_fell_silent() -> None:
    doubles = Desk()
    fight(doubles)
    assert hello(doubles, "second", 11 + 45)
    assert not hello(doubles, "second", 11 + 46)
    assert doubles.seen([], 60 * S) == []


def test_heartbeats_keep_the_first_alive_and_those_of_the_second_do_not_count() -> None:
    doubles = Desk()
    fight(doubles)
    assert doubles.heard("b-1", "first", 600 * S)
    assert hello(doubles, "second", 610)
    assert not doubles.heard("b-1", "second", 611 * S)
    assert doubles.heard("b-1", "", 611 * S), "a report that tells no boot"


def test_a_first_that_restarts_stays_the_first() -> None:
    doubles = Desk()
    fight(doubles)
    assert hello(doubles, "second", 12)
    assert not hello(doubles, "first-again", 20)
    assert hello(doubles, "second", 30)
    assert doubles.seen([], 30 * S)[0]["first"]["boot"] == "first-again"


def test_a_second_that_restarts_stands_by_again() -> None:
    doubles = Desk()
    fight(doubles)
    assert not hello(doubles, "second-again", 20), "it could be the first, restarted"
    assert not hello(doubles, "first", 21)
    assert hello(doubles, "second-again", 22)


def test_what_the_broker_repeats_after_a_lost_connection_of_the_hub_proves_nothing() -> None:
    doubles = Desk()
    hello(doubles, "b1", 0)
    hello(doubles, "b2", 1)
    for boot in ("b1", "b2"):
        assert not hello(doubles, boot, 2, connection=2)
    assert doubles.seen([], 3 * S) == []
    hello(doubles, "b1", 4, connection=2)
    assert doubles.seen([], 5 * S), "once more on the same connection is no repetition"


def test_a_hub_that_was_restarted_knows_the_first_by_its_heartbeat() -> None:
    doubles = Desk()
    assert doubles.heard("b-1", "first", 0)
    assert not hello(doubles, "second", 10)
    assert not hello(doubles, "first", 11)
    assert hello(doubles, "second", 12)


def test_a_heartbeat_that_overtakes_its_hello_proves_nothing() -> None:
    doubles = Desk()
    hello(doubles, "b1", 0)
    doubles.heard("b-1", "b2", 10 * S)
    assert not hello(doubles, "b2", 11)
    assert doubles.seen([], 12 * S) == []


def test_a_double_that_is_silent_for_long_is_forgotten_and_so_is_one_with_a_new_key() -> None:
    doubles = Desk()
    fight(doubles)
    hello(doubles, "second", 12)
    assert doubles.seen([], 12 * S + QUIET_MS)
    assert doubles.seen([], 13 * S + QUIET_MS) == []
    fight(doubles)
    doubles.forget("b-1")
    assert doubles.seen([], 12 * S) == []


def test_both_addresses_are_those_of_the_takeovers() -> None:
    doubles = Desk()
    fight(doubles)
    hello(doubles, "second", 12)
    hello(doubles, "first", 13)
    takeovers = [
        Takeover("b-2", "10.0.0.9:1", "10.0.0.9:2", 12 * S),
        Takeover("b-1", "10.0.0.1:11", "10.0.0.2:22", 10 * S + 80),
        Takeover("b-1", "10.0.0.2:22", "10.0.0.1:12", 11 * S + 80),
        Takeover("b-1", "10.0.0.1:12", "10.0.0.2:23", 12 * S + 80),
    ]
    (view,) = doubles.seen(takeovers, 14 * S)
    assert (view["first"]["address"], view["second"]["address"]) == ("10.0.0.1:12", "10.0.0.2:23")
    (view,) = doubles.seen([], 14 * S)
    assert (view["first"]["address"], view["second"]["address"]) == ("", "")


def test_only_a_few_boots_are_remembered() -> None:
    doubles = Desk()
    fight(doubles)
    for at in range(50):
        doubles.heard("b-1", f"other-{at}", 20 * S)
    assert len(doubles._lives["b-1"].of) <= 6
    assert doubles.seen([], 21 * S), "and the two that matter are among them"


@pytest.mark.parametrize("off_s", [-86400, 86400])
def test_a_clock_that_somebody_sets_makes_nobody_silent_and_nobody_speak(off_s: int) -> None:
    doubles = Desk()
    fight(doubles)
    doubles.off_ms = off_s * S
    assert hello(doubles, "second", 12), "the first was heard a second ago"
    (view,) = doubles.seen([], 20 * S)
    assert view["second"]["heard_ms"] == (12 + off_s) * S, "people are told the time on the wall"
    assert not hello(doubles, "second", 11 + 46), "now it is silent"
    doubles = Desk()
    fight(doubles)
    hello(doubles, "second", 12)
    doubles.off_ms = off_s * S
    assert doubles.seen([], 12 * S + QUIET_MS)
    assert doubles.seen([], 13 * S + QUIET_MS) == []
