"""Several runs as one line: medians, spreads, and the run that stands for all."""

import math
from typing import Any

from tests.bench.ablate import ABLATED, CONCERNED, cell, table, variants
from tests.bench.repeats import by_contender, failed, middle, spread
from tests.bench.run import left_behind
from tests.bench.table import markdown, table_row


def run(proof_s: float | None, quality: int | None = 90, **more: Any) -> dict[str, Any]:
    result = {"board": "300", "contender": "arshjul", "values": [0, quality], "bounds": [0, 90 if proof_s else 80]}
    return result | {"best_s": 2.0, "proof_s": proof_s, "end_s": proof_s or 60.0, "peak_mb": 100, "note": ""} | more


def test_a_median_counts_who_came_to_nothing_as_last() -> None:
    assert spread([3, 1, 2]).median == 2
    assert spread([4, 1, 2, 3]).median == 2.5
    assert spread([5, None, 1]).median == 5
    assert math.isinf(spread([5, None]).median)
    assert math.isinf(spread([None]).least)


def test_a_spread_is_told_from_the_second_run_on() -> None:
    assert str(spread([4])) == "4.0"
    assert str(spread([4.06, 3.9, 4.4])) == "4.1 (3.9..4.4)"
    assert str(spread([4, None, 5])) == "5.0 (4.0..-)"
    assert str(spread([None, None])) == "- (-..-)"


def test_the_run_in_the_middle_is_by_proof_then_by_values() -> None:
    assert middle([run(9), run(None), run(5)])["proof_s"] == 9
    assert middle([run(None, 95), run(None, 91), run(None, None)])["values"] == [0, 95]
    assert middle([run(None, 95), run(7)])["proof_s"] is None


def test_a_run_without_an_answer_failed() -> None:
    assert failed(run(None, end_s=None))
    assert not failed(run(None))


def test_runs_are_gathered_by_board_and_contender() -> None:
    other = run(1, contender="highs, plain")
    table = by_contender([run(3), other, run(2)])
    assert table == {("300", "arshjul"): [run(3), run(2)], ("300", "highs, plain"): [other]}


def test_a_row_has_medians_the_most_memory_and_each_note_once() -> None:
    row = table_row([run(4, peak_mb=90, note="slow"), run(6, peak_mb=120, note="slow"), run(5, note="late")])
    cells = [cell.strip() for cell in row.split("  ") if cell]
    assert cells == [
        "300",
        "arshjul",
        "0 90",
        "0 90",
        "2.0 (2.0..2.0)",
        "5.0 (4.0..6.0)",
        "5.0 (4.0..6.0)",
        "120",
        "slow; late",
    ]


def test_an_engine_that_was_far_from_the_fastest_is_not_run_again() -> None:
    made = {
        "arshjul": [run(1)],
        "highs, plain": [run(9)],
        "cp-sat tuned, kinds": [run(13)],
        "cp-sat default, kinds": [run(14)],
        "cp-sat default, plain": [run(None)],
    }
    assert left_behind(made) == ["cp-sat default, plain", "cp-sat default, kinds"]
    assert left_behind({"arshjul": [run(None)], "highs, plain": [run(None)]}) == ["highs, plain"]
    assert left_behind({"arshjul": [run(3)]}) == []


def ablated(variant: str, cpu_s: float, quality: int = 90, board: str = "300") -> dict[str, Any]:
    return {"board": board, "variant": variant, "levels": [[0, 0], [quality, 90]], "cpu_s": cpu_s}


def test_a_technique_is_worth_the_median_of_its_runs() -> None:
    runs = [ablated("all", cpu_s) for cpu_s in (4.4, 4.1, 5)]
    assert cell(runs) == "4.4 (4.1..5.0)"
    assert cell([*runs[:2], ablated("all", 40, 95)]) == "4.4 (4.1..-)"
    assert cell([runs[0], ablated("all", 40, 95), ablated("all", 40, 93)]) == "level 2: 93 ≥ 90"
    assert [*table([*runs, ablated("lns__lns", 6)])][2:] == ["| all | 4.4 (4.1..5.0) |", "| lns__lns | 6.0 |"]


def test_boards_that_are_asked_of_a_few_techniques_know_them() -> None:
    assert CONCERNED.keys() <= ABLATED.keys()
    assert {variant for asked in CONCERNED.values() for variant in asked} <= variants().keys()


def test_ours_stands_beside_the_fastest_engine_in_markdown() -> None:
    engines = [
        run(9, contender="highs, plain"),
        run(7, contender="cp-sat tuned, plain"),
        run(None, contender="pyjobshop"),
    ]
    alone = [run(None, 95, board="hard"), run(None, contender="highs, plain", board="hard")]
    assert [*markdown([run(2), run(4), run(3), *engines, *alone, run(5, board="ours")])][2:] == [
        "| 300 | 0 90 | 3.0 (2.0..4.0) | 7.0, cp-sat tuned, plain | 100 |",
        "| hard | 0 95 > 80 | - | none | 100 |",
        "| ours | 0 90 | 5.0 |  | 100 |",
    ]
