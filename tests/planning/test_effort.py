"""The time for a solve."""

from time import perf_counter

from arshjul.planning.effort import Effort


def test_what_was_spent_is_not_left() -> None:
    now = perf_counter()
    assert 0 < Effort(limit_s=1000).since(now).limit_s <= 1000
    assert Effort(limit_s=1000).since(now - 400).limit_s <= 600
    assert Effort(limit_s=1000).since(now - 4000).limit_s == 0
