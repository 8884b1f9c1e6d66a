"""The LP that is kept: after every change it says what a new one says."""

from random import Random

import pytest

from arshjul.solver.backends.mathopt import HIGHS, HeldProblem
from arshjul.solver.backends.relaxation import Relaxation
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.milp import Constraint, LevelCut, Model, rows_of
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.translation import translate
from tests.solver.boards import scarce

PRICE = 1000.0


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
    model = simplify(translate(scarce(seed, 20)))
    assert len(model.costs) == 2
    return model


@pytest.mark.parametrize("seed", range(3))
def test_a_kept_lp_says_what_a_new_one_does(seed: int) -> None:
    random, model = Random(seed), scarce_year(seed)
    kept = Relaxation(model, PRICE, 1.0)
    n = len(model.picks)
    least = lagrangian_bound(model, 0).bound
    for _ in range(6):
        cuts = [(0, least + random.randrange(6))]
        barred = set(random.sample(range(n), n // 10)) - {variables[-1] for variables in model.sets}
        if random.random() < 0.5:
            model.constraints.append(Constraint(dict.fromkeys(sorted(random.sample(range(n), 20)), 1), 1))
        new = Relaxation(model, PRICE, 1.0)
        one, other = optimum(kept, cuts, 0, barred), optimum(new, cuts, 0, barred)
        assert sum(one[:2]) == pytest.approx(sum(other[:2]))
        bounds = [lagrangian_bound(model, 1, rows_of(model, cuts), duals, barred) for *_, duals in (one, other)]
        assert bounds[0].scaled_bound == pytest.approx(bounds[1].scaled_bound, rel=1e-6, abs=100)


@pytest.mark.parametrize("iterations", [None, 1], ids=["simplex", "interior point"])
def test_a_tentative_cut_may_be_passed_at_its_price(iterations: int | None) -> None:
    model = scarce_year(1)
    relaxation = Relaxation(model, PRICE, 1.0)
    relaxation.iterations = iterations or relaxation.iterations
    _, paid, _ = optimum(relaxation, [(0, lagrangian_bound(model, 0).bound - 1)], 0, set())
    assert paid >= PRICE * (1 - 1e-4)
    assert relaxation.hard == (iterations == 1)


def test_a_firm_cut_may_not() -> None:
    model = scarce_year(1)
    relaxation = Relaxation(model, PRICE, 1.0)
    assert relaxation.solve(model, [(0, lagrangian_bound(model, 0).bound - 1)], 1, set(), 60) is None
    assert not relaxation.hard


def test_a_level_that_is_cut_off_and_taken_up_again_may_be_passed_again() -> None:
    model = scarce_year(2)
    relaxation = Relaxation(model, PRICE, 1.0)
    tight = [(0, lagrangian_bound(model, 0).bound)]
    first = optimum(relaxation, tight, 0, set())
    loose = optimum(relaxation, [(0, 10**6)], 1, set(range(0, 30, 7)))
    assert loose[1] == 0
    again = optimum(relaxation, tight, 0, set())
    assert sum(again[:2]) == pytest.approx(sum(first[:2]))


def test_an_engine_that_cannot_change_its_lp_is_given_it_anew() -> None:
    model = scarce_year(2)
    kept, new = (Relaxation(model, PRICE, 1.0) for _ in range(2))
    loose, tight = [(0, 10**6)], [(0, lagrangian_bound(model, 0).bound)]
    optimum(kept, loose, 0, set())
    kept.problem = HeldProblem(HIGHS, kept._elastic(loose, 0, set()))  # it takes no change
    one, other = optimum(kept, tight, 0, set()), optimum(new, tight, 0, set())
    assert sum(one[:2]) == pytest.approx(sum(other[:2]))
