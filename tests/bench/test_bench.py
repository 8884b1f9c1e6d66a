"""The benchmark's own parts: boards that are what they say, contenders that tell the truth."""

from itertools import pairwise

import pytest

from arshjul.solver import solve
from tests.bench.contenders import CONTENDERS
from tests.bench.generator import Wish, year

SMALL = year(Wish(14, seed=5))


def test_the_same_wish_gives_the_same_board() -> None:
    assert year(Wish(20, 2, shared=True, seed=3)) == year(Wish(20, 2, shared=True, seed=3))


def test_regions_share_nothing_but_the_national_agency() -> None:
    apart, shared = year(Wish(40, 2, seed=2)), year(Wish(40, 2, shared=True, seed=2))
    for board, common in ((apart, set()), (shared, {"national"})):
        halves = [set(), set()]  # type: list[set[str]]
        for number, activity in enumerate(board.activities):
            for option in activity.options[:1]:
                halves[number // 20] |= set(option.demand)
        assert halves[0] & halves[1] == common


def test_spacing_rows_are_windows_of_a_fortnight() -> None:
    days = [option.start // 2 for activity in SMALL.activities for option in activity.options]
    for row in SMALL.rows:
        if row.rule == "sector-spacing":
            assert max(days[c] for c in row.columns) - min(days[c] for c in row.columns) < 14
    assert all(a <= b for a, b in pairwise(SMALL.first_column))


@pytest.mark.parametrize("name", ["arshjul", "cp-sat, default", "cp-sat, best settings", "highs"])
def test_contenders_agree_on_a_small_board(name: str) -> None:
    run = CONTENDERS[name](SMALL, 60)
    assert run.values == [level.value for level in solve(SMALL).levels]
    assert run.bounds == run.values
    assert run.proof_s is not None


def test_the_list_planner_keeps_the_board() -> None:
    run = CONTENDERS["list planner"](SMALL, 60)
    best = [level.value for level in solve(SMALL).levels]
    assert None not in run.values
    assert [v or 0 for v in run.values] >= [v or 0 for v in best]
