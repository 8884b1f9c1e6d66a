"""Who tries addresses that nobody has is slowed down."""

import pytest

from arshjul.web.feeds import PER_MINUTE, PER_MINUTE_IN_ALL, Guesses


def test_twenty_misses_a_minute_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr("arshjul.web.feeds.time.monotonic", lambda: clock[0])
    found = Guesses()
    assert [found.miss("192.0.2.1") for _ in range(PER_MINUTE)] == [False] * PER_MINUTE
    assert found.miss("192.0.2.1")
    assert not found.miss("192.0.2.2")
    clock[0] += 61
    assert not found.miss("192.0.2.1")


def test_one_who_has_many_addresses_counts_once() -> None:
    found = Guesses()
    many = [found.miss(f"2001:db8::{i:x}") for i in range(PER_MINUTE + 1)]
    assert many[-1]
    assert not found.miss("2001:db8:1::1")


def test_older_addresses_that_come_in_newer_ones_are_not_one() -> None:
    found = Guesses()
    assert not any(found.miss(f"::ffff:192.0.2.{i}") for i in range(PER_MINUTE + 1))


def test_all_together_have_a_limit_too() -> None:
    found = Guesses()
    for i in range(PER_MINUTE_IN_ALL):
        assert not found.miss(f"10.{i >> 8}.{i & 255}.1")
    assert found.miss("192.0.2.77")
