"""Waiting before the next attempt."""

from firmware.link.backoff import Backoff


def waits(part, count, **settings):
    backoff = Backoff(lambda: part, **settings)
    return [backoff.next_ms() for _ in range(count)]


def test_first_retry_within_four_seconds_then_doubling_up_to_the_cap():
    assert waits(0.0, 8) == [400, 1000, 2000, 4000, 8000, 15000, 15000, 15000]
    assert waits(0.999999, 8) == [3999, 1999, 3999, 7999, 15999, 29999, 29999, 29999]


def test_after_the_first_no_retry_comes_before_a_second():
    for part in (0.0, 0.3, 0.9):
        assert min(waits(part, 40)[1:]) >= 1000


def test_neighbours_do_not_come_back_together():
    assert len({tuple(waits(part / 10, 6)) for part in range(10)}) == 10


def test_only_a_stable_connection_starts_anew():
    backoff = Backoff(lambda: 0.0, stable_ms=20000)
    assert [backoff.next_ms() for _ in range(3)] == [400, 1000, 2000]
    backoff.lasted(19999)
    assert backoff.next_ms() == 4000
    backoff.lasted(20000)
    assert backoff.next_ms() == 400
