"""How large replans are measured: options told apart, cases and best known values read and kept."""

from functools import partial
from pathlib import Path

import pytest

from arshjul.rules.objectives import PLAN_LEVELS, REPLAN_LEVELS
from tests.bench.bursts import Tally, judge
from tests.bench.on_the_way import Climb, Made, gaps, made
from tests.bench.special_events import BEST, BestKnown, Case, cases
from tests.planning.test_oracle import FLOORS_CAUGHT_BY, after_a_burst


def test_options_are_told_apart_and_none_is_worse_than_its_start() -> None:
    ours = made(partial(after_a_burst, FLOORS_CAUGHT_BY[0]), 60)
    assert [climb.option for climb in ours.climbs] == list(REPLAN_LEVELS)
    starts = ours.starts()
    for climb in ours.climbs:
        assert climb.after(climb.seconds) == ours.values(climb.option) <= starts[climb.option]
    assert any(len(climb.told) > 2 for climb in ours.climbs)
    tally = Tally()
    lines = [*judge("a case", ours, None, tally)]
    assert len(lines) == 1 + len(REPLAN_LEVELS)
    assert (tally.cases, tally.proven, tally.options, tally.wrong) == (1, 1, 3, 0)


def test_what_is_worse_than_its_start_or_a_proof_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = made(partial(after_a_burst, FLOORS_CAUGHT_BY[0]), 60)
    tally, kept = Tally(), BestKnown(tmp_path / "best.tsv")
    first, *_, last = REPLAN_LEVELS
    (*upper, quality) = ours.values(first)
    kept.take("year-1 5", first, (*upper, quality - 1), is_proven=True)
    monkeypatch.setattr(Made, "starts", lambda self: {last: (-1, *self.values(last)[1:])})
    _, *lines = judge("year-1 5", ours, kept, tally)
    assert ["WRONG" in line for line in lines] == [True, False, True]
    assert tally.wrong == 2


def test_what_stands_after_some_seconds_is_the_best_that_was_told_by_then() -> None:
    climb = Climb("balanced", 0.0, [(0.5, (1, 40)), (1.0, (1, 42)), (3.0, (0, 90))])
    assert [climb.after(s) for s in (0.4, 0.5, 2.0, 3.0)] == [None, (1, 40), (1, 40), (0, 90)]
    assert gaps((1, 42, 90), (0, 40, 100)) == [1.0, pytest.approx(0.05), 0.0]


def test_cases_are_read_as_they_lie_and_as_the_generator_prints_them(tmp_path: Path) -> None:
    (tmp_path / "year-1.tsv").write_text("100 2027-06-05T06:31 28\n7 2027-06-09T06:31 30\n")
    assert cases(tmp_path) == [
        Case("year-1", "100", "2027-06-05T06:31", tmp_path / "year-1" / "100.yaml"),
        Case("year-1", "7", "2027-06-09T06:31", tmp_path / "year-1" / "7.yaml"),
    ]
    (tmp_path / "cases.tsv").write_text("year\tseed\tas_of\thit\nyear-2\t5\t2027-04-10T06:31\t34\n")
    (case,) = cases(tmp_path)
    assert case == Case("year-2", "5", "2027-04-10T06:31", tmp_path / "year-2" / "withdrawals" / "5.yaml")


def test_the_best_known_is_kept_and_a_proof_is_not_given_up(tmp_path: Path) -> None:
    file = tmp_path / "best.tsv"
    best = BestKnown(file)
    assert best.take("year-1 5", "balanced", (0, 9, 4), is_proven=False) == (0, 9, 4)
    assert best.take("year-1 5", "balanced", (0, 9, 5), is_proven=False) == (0, 9, 4)
    assert BestKnown(file).take("year-1 5", "balanced", (0, 8, 7), is_proven=True) == (0, 8, 7)
    again = BestKnown(file)
    assert again.known == {("year-1 5", "balanced"): ((0, 8, 7), True)}
    with pytest.raises(ArithmeticError):
        again.take("year-1 5", "balanced", (0, 8, 6), is_proven=False)
    with pytest.raises(ArithmeticError):
        again.take("year-1 5", "balanced", (0, 8, 8), is_proven=True)
    assert again.take("year-1 5", "balanced", (0, 9, 1), is_proven=False) == (0, 8, 7)


def test_the_table_of_best_values_reads_as_it_is_kept() -> None:
    for (_, option), (values, _) in BestKnown(BEST).known.items():
        assert len(values) == len(PLAN_LEVELS if option == "plan" else REPLAN_LEVELS[option])
