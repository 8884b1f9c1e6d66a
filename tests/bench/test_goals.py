"""What is said of the goals follows from the figures."""

import math
from itertools import zip_longest
from typing import Any

import pytest

from tests.bench.boards import BOARDS
from tests.bench.bursts import MEASURED
from tests.bench.contenders import CONTENDERS, DASK, ENGINES, OURS
from tests.bench.goals import COMPARED, GOALS, LARGEST, REGIONS, gap, sentence, verdicts, within_s
from tests.bench.special_events import NAMES, YEARS


def run(board: str, contender: str, proof_s: float | None = None, limit_s: float = 60, **more: Any) -> dict[str, Any]:
    result = {"board": board, "contender": contender, "limit_s": limit_s, "levels": ["musts", "points", "quality"]}
    result |= {"values": [0, 4, 90], "bounds": [0, 4, 90 if proof_s else 0]}
    return (
        result
        | {"proof_s": proof_s, "best_s": proof_s, "end_s": proof_s or limit_s, "trace": [], "peak_mb": 100, "note": ""}
        | {"plans": [(1.0, (0, 4, 90))], "best_known": (0, 4, 90)}
        | more
    )


def of(goal: str, *results: dict[str, Any]) -> dict[str, Any]:
    return next(verdict for verdict in verdicts(results) if verdict["goal"].startswith(goal))


def engines(board: str, *seconds: float | None) -> list[dict[str, Any]]:
    """As many engines as there are seconds take these, the others come to no proof."""
    return [run(board, name, proof_s) for name, proof_s in zip_longest(ENGINES, seconds)]


def test_within_is_counted_from_the_value_and_from_1_at_least() -> None:
    assert gap(102, 100) == pytest.approx(2 / 102)
    assert gap(0, 0) == 0
    assert gap(0, -1) == 1
    assert gap(None, 3) == gap(3, None) == math.inf


def test_the_faster_engine_is_what_counts() -> None:
    verdict = of("300:", run("300", OURS, 5), *engines("300", None, 9, 10.5))
    assert (verdict["reached"], verdict["figure"]) == (False, 0.556)
    assert sentence(verdict).endswith("missed by 0.056 x, 0.556 x (5.0 s against 9.0 s, cp-sat default, kinds)")
    assert of("300:", run("300", OURS, 4.5), *engines("300", None, 9, 10.5))["reached"]


def test_an_engine_without_a_proof_took_its_limit_at_least() -> None:
    verdict = of("300:", run("300", OURS, 30), *engines("300"))
    assert (verdict["reached"], verdict["figure"]) == (True, 0.5)
    assert "against over 60.0 s" in verdict["origin"]
    assert not of("300:", run("300", OURS, 31), *engines("300"))["reached"]


def test_medians_are_judged() -> None:
    mine = [run("300", OURS, proof_s) for proof_s in (4, None, 5)]
    peers = [engine for proof_s in (9, 30, 11) for engine in engines("300", 40, proof_s)]
    verdict = of("300:", *mine, *peers)
    assert (verdict["reached"], verdict["figure"]) == (True, round(5 / 11, 3))
    assert verdict["origin"] == "5.0 (4.0..-) s against 11.0 (9.0..30.0) s, cp-sat default, kinds"
    assert of("300:", *mine, run("300", OURS), *peers)["figure"] is None


def test_an_engine_that_failed_is_not_one_that_was_slow() -> None:
    broken = run("300", "scip, plain", end_s=None, values=[], bounds=[], note="failed: exit code 1")
    verdict = of("300:", run("300", OURS, 5), *engines("300", 20, 20)[:-1], broken)
    assert (verdict["reached"], verdict["origin"]) == (None, "a run of 300 by scip, plain failed")


def test_proofs_that_disagree_are_no_proofs() -> None:
    verdict = of("300:", run("300", OURS, 1, values=[0, 4, 91], bounds=[0, 4, 91]), *engines("300", 9))
    assert (verdict["reached"], verdict["origin"]) == (False, "proofs disagree: (0, 4, 90), (0, 4, 91)")


def test_ours_without_a_proof_never_reaches() -> None:
    verdict = of("300:", run("300", OURS), *engines("300"))
    assert (verdict["reached"], verdict["figure"]) == (False, None)
    assert "missed (no proof against" in sentence(verdict)


def test_without_all_engines_there_is_no_comparison() -> None:
    verdict = of("300:", run("300", OURS, 5), *engines("300", 20, 20, 20)[:-1])
    assert verdict["reached"] is None
    assert "not measured (no run of 300 by scip, plain)" in sentence(verdict)


@pytest.mark.parametrize(
    ("bounds", "reached", "figure"),
    [([0, 4, 89], True, 1.111), ([0, 4, 88], False, 2.222), ([0, 3, 90], False, None), ([0, 4, None], False, None)],
)
def test_quality_counts_where_the_levels_before_are_proven(
    bounds: list[int | None], reached: bool, figure: float | None
) -> None:
    verdict = of("300 tight", run("300 tight", OURS, bounds=bounds))
    assert (verdict["reached"], verdict["figure"]) == (reached, figure)


def test_a_plan_is_near_the_best_known_on_every_level() -> None:
    plans = [(2.0, (0, 9, 80)), (9.0, (0, 4, 94)), (20.0, (0, 4, 90))]
    made = run("year-1", OURS, plans=plans, best_known=(0, 4, 90))
    verdict = of("year-1: above", made)
    assert (verdict["reached"], verdict["figure"]) == (True, 4.444)
    assert not of("year-1: above", made | {"plans": plans[:1]})["reached"]
    assert of("year-1: above", made | {"plans": plans[2:]})["figure"] is None


def test_what_came_after_the_goals_seconds_does_not_count() -> None:
    told = [(40.0, "musts", 0, 0), (40.0, "points", 4, 4), (50.0, "quality", 90, 80), (62.0, "quality", 90, 90)]
    longer = run("300 tight", OURS, 62, trace=told)
    assert of("300 tight", longer)["figure"] == pytest.approx(11.111)
    assert of("300 tight", longer | {"trace": told[3:]})["figure"] is None
    assert of("300 tight", longer | {"end_s": 60.9})["figure"] == 0


def test_dask_and_processes_are_compared_by_proofs_or_by_nearness() -> None:
    told = [(50.0, "points", 4, 4), (90.0, "quality", 100, 98), (110.0, "quality", 100, 99)]
    goal = f"{LARGEST}: seconds on"
    assert of(goal, run(LARGEST, OURS, 100), run(LARGEST, DASK, 104))["reached"]
    assert not of(goal, run(LARGEST, OURS, 100), run(LARGEST, DASK, 106))["reached"]
    both = of(goal, run(LARGEST, OURS, trace=told), run(LARGEST, DASK, 99, trace=told))
    assert (both["reached"], both["figure"]) == (True, 1)
    assert of(goal, run(LARGEST, OURS, 100), run(LARGEST, DASK, trace=told))["figure"] is None
    assert not of(goal, run(LARGEST, OURS), run(LARGEST, DASK))["reached"]
    assert not of(goal, run(LARGEST, OURS, end_s=None, values=[], bounds=[]), run(LARGEST, DASK, 9))["reached"]
    assert of(f"{REGIONS}: seconds on", run(REGIONS, OURS, 10), run(REGIONS, DASK, 9))["figure"] == 0.9


@pytest.mark.parametrize(
    ("values", "bounds", "as_good"),
    [
        ([0, 4, 1000], [0, 4, 995], True),
        ([0, 4, 1009], [0, 4, 990], True),
        ([0, 4, 1020], [0, 4, 995], False),
        ([0, 4, 1000], [0, 4, 980], False),
        ([0, 4, 1000], [0, 3, 995], False),
        ([0, 5, 900], [0, 4, 995], False),
        ([0, 4, 1000], [0, 4, None], False),
    ],
)
def test_dask_must_end_as_well_as_processes(values: list[int], bounds: list[int | None], as_good: bool) -> None:
    told = [(50.0, "quality", 1000, 995)]
    ours = run(LARGEST, OURS, values=[0, 4, 1000], bounds=[0, 4, 995], trace=told)
    verdict = of(f"{LARGEST}: seconds on", ours, run(LARGEST, DASK, values=values, bounds=bounds, trace=told))
    assert verdict["figure"] == (1 if as_good else None)
    assert "against 0 4 1000 over 0 4 995 in 50.0 s to within 1 %" in verdict["origin"]


def test_seconds_until_near_are_those_of_the_last_level() -> None:
    told = [(1.0, "points", 4, 4), (2.0, "quality", None, 98), (3.0, "quality", 100, 98), (4.0, "quality", 99, 98)]
    assert within_s(run("300", OURS, trace=told), 0.02) == 3
    assert within_s(run("300", OURS, trace=told), 0.001) is None


def test_memory_growth_and_regions() -> None:
    assert of(f"{LARGEST}: peak", run(LARGEST, OURS, peak_mb=2001))["reached"] is False
    assert of("10 equal", run("130", OURS, 2), run("130 ten times", OURS, 22))["reached"]
    assert not of("10 equal", run("130", OURS, 2), run("130 ten times", OURS, 23))["reached"]
    assert of("1300", run("1300 in 10 regions", OURS, 60.5))["reached"] is False
    assert of("1300", run("1300 in 10 regions", OURS))["figure"] is None


def test_goals_ask_for_runs_that_are_made_by_default() -> None:
    made = [run(name, contender, 1.0) for name, board in BOARDS.items() for contender in board.contenders]
    unmeasured = {verdict["goal"].partition(":")[0] for verdict in verdicts(made) if verdict["reached"] is None}
    assert unmeasured == (set() if YEARS.exists() else set(NAMES))
    assert {(one["board"], one["contender"]) for one in made} >= COMPARED
    assert {contender for board in BOARDS.values() for contender in board.contenders} == set(CONTENDERS)
    assert len(GOALS) == 10 + len(MEASURED) + 2 * len(NAMES)
