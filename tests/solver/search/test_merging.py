"""Two levels as one: the order of plans, and bounds that hold for each of the two."""

from itertools import product
from random import Random

from arshjul.solver.model.milp import Constraint, Model, SoftConstraint
from arshjul.solver.params import DEFAULT
from arshjul.solver.search.lookahead import Lookahead
from arshjul.solver.search.merging import MOST_WEIGHT, Merging, merging
from arshjul.solver.search.own_relaxation import OwnRelaxation
from arshjul.solver.search.status import LevelStatus
from tests.examples import each


def left_out(random: Random, sets: int = 4, places: int = 10) -> Model:
    """A model in which only being left out costs on the second level, and nearly all places on the third."""
    numbers = [[s * (places + 1) + k for k in range(places + 1)] for s in range(sets)]
    n = sets * (places + 1)
    points = {own[0]: random.randint(1, 9) for own in numbers}
    changes = {v: random.randint(0, 3) for own in numbers for v in own}
    quality = {v: random.randint(0, 9) for v in range(n)}
    return Model(
        picks=[(s, k) for s in range(sets) for k in range(places + 1)],
        sets=numbers,
        uppers=[1] * n,
        constraints=[Constraint({own[1]: 1 for own in numbers}, 2)],
        costs=[{}, points, changes, quality],
        constants=[0, random.randint(0, 5), random.randint(-3, 5), 0],
    )


def plans(model: Model, random: Random) -> list[list[int]]:
    found = []
    for _ in range(40):
        values = [0] * len(model.uppers)
        for own in model.sets:
            values[random.choice(own[:3])] = 1
        found.append(values)
    return found


@each(range(40))
def test_plans_are_in_the_same_order(seed: int) -> None:
    random = Random(seed)
    model = left_out(random)
    found = merging(model)
    assert found.weight
    one = found.model
    for first, second in product(plans(model, random), repeat=2):
        apart = [[model.value(k, plan) for k in range(4)] for plan in (first, second)]
        together = [[one.value(k, plan) for k in range(3)] for plan in (first, second)]
        assert (apart[0] < apart[1]) == (together[0] < together[1])


@each(range(40))
def test_bounds_of_each_level_hold_for_every_plan(seed: int) -> None:
    """A bound that holds for the sum gives bounds that no plan, and no plan of the best former value, is below."""
    random = Random(seed)
    model = left_out(random)
    found = merging(model)
    all_plans = sorted(plans(model, random), key=lambda plan: found.model.value(1, plan))
    best = all_plans[0]
    values = [model.value(k, best) for k in range(4)]
    value = found.model.value(1, best)
    for bound in range(value - 3 * found.weight, value + 1):
        (k, former), (m, later) = found.apart(1, LevelStatus(value, bound, ("duals",)), best)
        assert (k, m) == (1, 2)
        assert (former.value, later.value) == (values[1], values[2])
        assert former.bound <= values[1]
        assert later.bound <= values[2]
        if bound == value:
            assert former.proven
            assert later.proven
            assert former.by == ("duals",)
        again = found.together([LevelStatus(0, 0), former, later])
        assert again[1].value == value
        assert again[1].bound <= bound
        if former.proven:
            assert again[1].bound == max(bound, found.weight * values[1] + found.least)


def test_levels_before_and_after_keep_their_statuses() -> None:
    found = merging(left_out(Random(1)))
    status = LevelStatus(3, 2, ("cp-sat",), 0.5)
    assert found.apart(0, status, None) == [(0, status)]
    assert found.apart(2, status, None) == [(3, status)]
    assert [level for level, _ in found.apart(1, LevelStatus(None, 0), None)] == [1]


def test_nothing_is_merged_where_it_would_not_help() -> None:
    model = left_out(Random(2))
    assert merging(model).weight
    assert not merging(
        Model(sets=model.sets, picks=model.picks, uppers=model.uppers, costs=[{}, {}], constants=[0, 0])
    ).weight
    priced = left_out(Random(2))
    priced.soft_constraints = [SoftConstraint(Constraint({0: 1}, 0), [0, 0, 1, 0], len(priced.uppers))]
    assert not merging(priced).weight
    dear = left_out(Random(2))
    dear.costs[2] = dict.fromkeys(dear.costs[2], 0) | {dear.sets[0][0]: MOST_WEIGHT}
    assert not merging(dear).weight
    everywhere = left_out(Random(2))
    everywhere.costs[1] = {v: v % 3 for v in range(len(everywhere.picks))}
    assert not merging(everywhere).weight


def test_without_merging_nothing_changes() -> None:
    model = left_out(Random(3))
    none = Merging(model)
    statuses = [LevelStatus(1, 1), LevelStatus(2, 0)]
    assert none.model is model
    assert none.together(statuses) == statuses
    assert none.apart(1, statuses[1], None) == [(1, statuses[1])]


def test_the_floor_of_the_former_level_is_rounded_up() -> None:
    """Half a point is what the LP leaves out: no plan leaves out less than a whole one."""
    pair = Model(
        picks=[(0, None), (0, 0), (1, None), (1, 0)],
        sets=[[0, 1], [2, 3]],
        uppers=[1] * 4,
        constraints=[Constraint({1: 2, 3: 2}, 3)],
        costs=[{}, {0: 1, 2: 1}, {1: 1, 3: 1}, {}],
        constants=[0, 0, 0, 0],
    )
    found = Merging(pair, 1, 3, 0)
    lookahead = Lookahead(found.model, DEFAULT.but(separation__cliques=False))
    optimum = OwnRelaxation(lookahead, 1, ((0, 0),), found).root(frozenset(), 60)
    assert optimum is not None
    assert optimum.bound.bound == 4, "a point and a change; half a point and two changes would be 3"
    (floor,) = lookahead.model.constraints[1:]
    assert floor.at_most == -1
    assert sum(floor.terms.get(v, 0) for v in (0, 2)) == -2
