"""The LP that is kept: after every change it says what a new one says."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest

from arshjul.solver.backends.mathopt import HIGHS, HeldProblem
from arshjul.solver.backends.relaxation import LpQuestion, Relaxation
from arshjul.solver.model.arrays import RowPool
from arshjul.solver.model.bounds import SCALE, lagrangian_bound
from arshjul.solver.model.milp import Constraint, LevelCut, Model, rows_of
from tests.solver.boards import scarce_model

PRICE = 1000.0


def begun(model: Model) -> Relaxation:
    lines = [*(soft.line for soft in model.soft_constraints), *model.constraints]
    return Relaxation(model, RowPool(len(model.uppers), lines), PRICE, 1.0)


def join(relaxation: Relaxation, lines: list[Constraint]) -> None:
    relaxation.model.constraints += lines
    relaxation.pool.join(lines)


def optimum(
    relaxation: Relaxation, cuts: list[LevelCut], firm: int, barred: set[int]
) -> tuple[float, float, list[float]]:
    """What the LP's last level costs, what it pays for cuts that it passes, and the multipliers."""
    duals = relaxation.solve(relaxation.model, cuts, firm, barred, 60)
    assert duals is not None
    model = relaxation.model
    last = sum(cost * duals.point.get(v, 0.0) for v, cost in model.costs[-1].items()) + model.constants[-1]
    assert not any(duals.point.get(v) for v in barred)
    assert len(duals.multipliers) == len(rows_of(model, cuts))
    return last, PRICE * sum(duals.excess), duals.multipliers


def scarce_year(seed: int) -> Model:
    model = scarce_model(seed, 20)
    assert len(model.costs) == 2
    return model


@pytest.mark.parametrize("seed", range(3))
def test_a_kept_lp_says_what_a_new_one_does(seed: int) -> None:
    random, model = Random(seed), scarce_year(seed)
    kept = begun(model)
    n = len(model.picks)
    least = lagrangian_bound(model, 0).bound
    for _ in range(6):
        cuts = [(0, least + random.randrange(6))]
        barred = set(random.sample(range(n), n // 10)) - {variables[-1] for variables in model.sets}
        if random.random() < 0.5:
            join(kept, [Constraint(dict.fromkeys(sorted(random.sample(range(n), 20)), 1), 1)])
        new = begun(model)
        one, other = optimum(kept, cuts, 0, barred), optimum(new, cuts, 0, barred)
        assert sum(one[:2]) == pytest.approx(sum(other[:2]))
        bounds = [lagrangian_bound(model, 1, rows_of(model, cuts), duals, barred) for *_, duals in (one, other)]
        assert bounds[0].scaled_bound == pytest.approx(bounds[1].scaled_bound, rel=1e-6, abs=100)


def test_an_lp_without_the_rows_far_from_their_limits_says_what_all_rows_say() -> None:
    model = scarce_year(1)
    kept, cuts = begun(model), [(0, lagrangian_bound(model, 0).bound)]
    held = []
    for _ in range(3):
        optimum(kept, cuts, 0, set())
        held.append(len(kept.held.rows))
    for seed in range(10):
        barred = set(Random(seed).sample(range(len(model.picks)), 100)) - {own[-1] for own in model.sets}
        assert sum(optimum(kept, cuts, 0, barred)[:2]) == pytest.approx(sum(optimum(begun(model), cuts, 0, barred)[:2]))
        held.append(len(kept.held.rows))
    assert held[2] < held[0] / 2, "it leaves rows out"
    assert any(later > former for former, later in pairwise(held)), "and takes in what an optimum breaks"


def test_iterations_are_counted_over_all_rounds_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else an LP that is to be given up would take many times as long before it is."""
    model = scarce_year(1)
    kept, cuts = begun(model), [(0, lagrangian_bound(model, 0).bound)]
    for _ in range(2):  # from now on it leaves rows out
        optimum(kept, cuts, 0, set())
    allowed, taken = list[int](), list[int]()
    asked, solve = Relaxation._asked, HeldProblem.solve

    def noted(self: Relaxation, limit_s: float, algorithm: int, iterations: int, enough: float | None) -> Any:
        allowed.append(iterations)
        return asked(self, limit_s, algorithm, iterations, enough)

    def solved(self: HeldProblem, *given: Any) -> Any:
        result = solve(self, *given)
        taken.append(result.solve_stats.simplex_iterations)
        return result

    monkeypatch.setattr(Relaxation, "_asked", noted)
    monkeypatch.setattr(HeldProblem, "solve", solved)
    barred = set(Random(0).sample(range(len(model.picks)), 100)) - {own[-1] for own in model.sets}
    optimum(kept, cuts, 0, barred)
    assert len(allowed) > 1, "rows that the optimum broke joined"
    assert allowed == [kept.iterations - sum(taken[:k]) for k in range(len(allowed))]
    assert allowed[-1] < allowed[0]
    needed = sum(taken)
    few = begun(model)
    for _ in range(2):
        optimum(few, cuts, 0, set())
    few.iterations = needed - 1  # enough for each round, and too few for all
    allowed.clear()
    optimum(few, cuts, 0, barred)
    assert few.iterations in allowed[1:], "it began again"


def test_a_tentative_cut_may_be_passed_at_its_price_and_a_firm_one_not() -> None:
    for iterations in [None, 1]:
        model = scarce_year(1)
        relaxation = begun(model)
        relaxation.iterations = iterations or relaxation.iterations
        _, paid, _ = optimum(relaxation, [(0, lagrangian_bound(model, 0).bound - 1)], 0, set())
        assert paid >= PRICE * (1 - 1e-4)
        assert relaxation.hard == (iterations == 1)
    model = scarce_year(1)
    relaxation = begun(model)
    assert relaxation.solve(model, [(0, lagrangian_bound(model, 0).bound - 1)], 1, set(), 60) is None
    assert not relaxation.hard


def test_an_lp_whose_level_is_cut_off_and_taken_up_again_or_given_anew_says_the_same() -> None:
    model = scarce_year(2)
    relaxation = begun(model)
    tight = [(0, lagrangian_bound(model, 0).bound)]
    first = optimum(relaxation, tight, 0, set())
    loose = [(0, 10**6)]
    assert optimum(relaxation, loose, 1, set(range(0, 30, 7)))[1] == 0
    again = optimum(relaxation, tight, 0, set())
    assert sum(again[:2]) == pytest.approx(sum(first[:2]))
    kept, new = (begun(model) for _ in range(2))
    optimum(kept, loose, 0, set())
    question = LpQuestion(tuple(loose), 0, set(), None)
    kept.problem = HeldProblem(HIGHS, kept._elastic(question, range(len(kept.pool.lines))))  # it takes no change
    one, other = optimum(kept, tight, 0, set()), optimum(new, tight, 0, set())
    assert sum(one[:2]) == pytest.approx(sum(other[:2]))


def counted(relaxation: Relaxation, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The iterations of each of the problem's solves from now on."""
    found, usual = list[int](), relaxation._generated

    def generated(*given: Any) -> Any:
        result = usual(*given)
        found.append(result.solve_stats.simplex_iterations)
        return result

    monkeypatch.setattr(relaxation, "_generated", generated)
    return found


def test_rows_that_join_do_not_begin_the_lp_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    model = scarce_year(2)
    relaxation, cuts = begun(model), [(0, lagrangian_bound(model, 0).bound)]
    iterations = counted(relaxation, monkeypatch)
    optimum(relaxation, cuts, 0, set())
    for line in (Constraint(dict.fromkeys(own[:3], 7), 5) for own in model.sets[:5]):
        join(relaxation, [line])
        optimum(relaxation, cuts, 0, set())
    first, *later = iterations
    assert max(later) < first / 4, "a coefficient that is large scales no column"


def test_a_basis_serves_another_problem_of_the_model_whose_rows_joined_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    model = scarce_year(2)
    kept, cuts = begun(model), [(0, lagrangian_bound(model, 0).bound)]
    optimum(kept, cuts, 0, set())
    join(kept, [Constraint(dict.fromkeys(own[:4], 1), 0) for own in model.sets[:5]])
    duals = kept.solve(model, cuts, 0, set(), 60)
    assert duals is not None
    new = begun(model)
    iterations = counted(new, monkeypatch)
    again = new.solve(model, cuts, 0, set(), 60, duals.basis)
    assert again is not None
    assert iterations == [0]
    assert again.point == pytest.approx(duals.point)


def test_an_lp_ends_once_its_bound_is_enough() -> None:
    model = scarce_year(1)
    cuts = [(0, lagrangian_bound(model, 0).bound + 2)]
    whole = begun(model).solve(model, cuts, 0, set(), 60)
    assert whole is not None
    assert whole.is_optimum
    best = lagrangian_bound(model, 1, rows_of(model, cuts), whole.multipliers).scaled_bound
    relaxation = begun(model)
    ended = relaxation.solve(model, cuts, 0, set(), 60, enough=best / SCALE / 2)
    assert ended is not None
    assert not ended.is_optimum
    assert not relaxation.hard
    bound = lagrangian_bound(model, 1, rows_of(model, cuts), ended.multipliers).scaled_bound
    assert best / 2 * 0.99 <= bound <= best
