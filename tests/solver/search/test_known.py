"""What is known of a model: which bounds hold for which plan, and what two that know something know together."""

from collections.abc import Callable, Sequence
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.solver.model.bounds import counting_bound
from arshjul.solver.model.milp import Constraint, Model, ModelIndex, SoftConstraint
from arshjul.solver.params import DEFAULT
from arshjul.solver.search.known import Bound, Incumbent, Knowledge, Known, counted, incumbent_of, untied_best
from arshjul.solver.search.lp import CutPool, ElasticLp, OwnRelaxation
from arshjul.solver.search.merging import MOST_WEIGHT, Merging, merging
from tests.examples import examples

FREE = (Bound(0, 0), Bound(1, 0))
"""What counting knows of two levels."""


def plan(*values: int) -> Incumbent:
    return Incumbent(values, values)


def known(*values: int, bounds: Sequence[Bound] = ()) -> Known:
    return Known((*FREE, *bounds), plan(*values) if values else None)


def test_a_bound_holds_for_whom_keeps_its_cuts_and_covers_what_says_no_more() -> None:
    for values, holds in [
        ((3, 5, 9), True),
        ((3, 5), True),
        ((2, 0), True),
        ((3, 6, 0), False),
        ((4, 0, 0), False),
        ((3,), False),
    ]:
        assert Bound(2, 7, (3, 5)).holds(values) == holds
        assert Bound(2, 7).holds(values)
    for other, is_covered in [
        (Bound(2, 7, (3, 5)), True),
        (Bound(2, 6, (3, 5)), True),
        (Bound(2, 7, (2, 5)), True),
        (Bound(2, 8, (3, 5)), False),
        (Bound(2, 7, (3, 6)), False),
        (Bound(2, 7, (3,)), False),
        (Bound(2, 1), False),
        (Bound(1, 7, (3, 5)), False),
    ]:
        assert Bound(2, 7, (3, 5)).covers(other) == is_covered


@pytest.mark.parametrize(("cut", "least"), [(2, 0), (3, 8), (4, 8)])
def test_a_bound_of_another_pass_counts_where_the_better_plan_keeps_its_cuts(cut: int, least: int) -> None:
    other = known(cut, 20, bounds=[Bound(1, 8, (cut,), "highs")])
    if cut < 3:  # its plan is the better one unless it is of an order of its own
        other = Known(other.bounds)
    for joined in (known(3, 9).bettered(other), other.bettered(known(3, 9))):
        assert joined.plan == plan(3, 9)
        assert joined.bound(1).least == least
        assert joined.bettered(known(2, 30)).bound(1).least == 8, "what did not hold yet was not thrown away"


def test_a_worse_plan_never_wins_by_a_better_bound() -> None:
    proven = known(3, 9, bounds=[Bound(0, 3, (), "highs"), Bound(1, 9, (3,), "highs")])
    assert proven.is_proven
    for joined in (known(3, 8).bettered(proven), proven.bettered(known(3, 10))):
        assert joined.plan == min(joined.plan or plan(3, 8), plan(3, 9))
    better = known(2, 30).bettered(known(3, 9, bounds=[Bound(0, 2, (), "highs"), Bound(1, 9, (3,), "highs")]))
    assert (better.plan, better.proven(0), better.proven(1)) == (plan(2, 30), True, False)


def test_a_contradiction_keeps_the_plan_and_what_counting_says() -> None:
    wrong = Known((Bound(0, 5, (), "highs"), Bound(1, 9, (3,), "duals"), Bound(1, 8, (3,))))
    for joined in (known(3, 9).bettered(wrong), wrong.bettered(known(3, 9))):
        assert joined.plan == plan(3, 9)
        assert joined.bounds == FREE
        assert joined.contradiction is not None
        assert joined.contradiction.values == {"value": 3, "bound": 5, "by": ["highs"]}
        again = joined.bettered(known(2, 1, bounds=[Bound(0, 2, (), "cp-sat")]))
        assert (again.plan, again.bounds, again.contradiction) == (plan(2, 1), FREE, joined.contradiction)
    unrefuted = known(6, 2).bettered(wrong)
    assert unrefuted.contradiction is None
    assert unrefuted.bound(0).least == 5


def test_a_bound_that_a_plan_refutes_is_wrong_though_another_plan_is_better() -> None:
    """The second plan is given up for the first, and yet it is one."""
    bound = known(2, 9, bounds=[Bound(1, 8, (), "highs")])
    for joined in (bound.bettered(known(3, 7)), known(3, 7).bettered(bound)):
        assert joined.plan == plan(2, 9)
        assert joined.contradiction is not None
        assert joined.bounds == FREE


VALUES = st.tuples(*[st.integers(0, 3)] * 3)


@given(st.lists(VALUES, min_size=1, max_size=6), st.data())
@examples(100, 3000)
def test_true_bounds_in_any_order_give_the_greatest_that_holds_for_the_best_plan(
    plans: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    told = [counted_of(plans)]
    for _ in range(data.draw(st.integers(1, 6))):
        bound = true_bound(plans, data)
        told.append(Known((bound,), data.draw(st.sampled_from([None, *(plan(*one) for one in plans)]))))
    joined = told[0]
    for one in data.draw(st.permutations(told)):
        joined = joined.bettered(one)
    best = min((one.plan for one in told if one.plan is not None), default=None)
    assert joined.plan == best
    assert joined.contradiction is None
    for level in range(3):
        hold = [
            b.least for one in told for b in one.bounds if b.level == level and b.holds(best.values if best else ())
        ]
        assert joined.bound(level).least == max(hold)
        assert joined.proven(level) == (best is not None and best.values[level] == max(hold))


def counted_of(plans: Sequence[tuple[int, ...]]) -> Known:
    return Known(tuple(Bound(level, min(one[level] for one in plans)) for level in range(3)))


def true_bound(plans: Sequence[tuple[int, ...]], data: st.DataObject) -> Bound:
    """A bound that holds for all of these plans."""
    level = data.draw(st.integers(0, 2))
    within = data.draw(st.tuples(*[st.integers(0, 3)] * data.draw(st.integers(0, level))))
    inside = [one[level] for one in plans if Bound(level, 0, within).holds(one)]
    return Bound(level, min(inside, default=9) - data.draw(st.integers(0, 1)), within, "cp-sat")


MODEL = Model(
    picks=[(s, k) for s in range(2) for k in range(3)],
    sets=[[0, 1, 2], [3, 4, 5]],
    uppers=[1] * 6,
    costs=[{0: 1, 3: 2, 4: 2}, {1: 5, 2: 4, 5: 1}],
    constants=[1, 0],
)


def test_a_search_hears_of_what_is_new_alone() -> None:
    heard: list[Known] = []
    knowledge = Knowledge(MODEL, heard.append)
    assert knowledge.known == counted(MODEL)
    knowledge.learn_plan([3, 0])  # in any order
    assert heard[-1].plan == Incumbent((0, 3), (4, 0))
    for nothing in (Known((Bound(1, -1),)), Known((), plan(5, 0)), counted(MODEL)):
        knowledge.learn(nothing)
    knowledge.learn_bound(Bound(0, 2, (), "duals"))
    knowledge.learn_bound(Bound(0, 2, (), "cp-sat"))
    assert [one.bound(0).by for one in heard] == ["counting", "duals"]


def test_where_nothing_ties_each_set_has_its_cheapest() -> None:
    found = untied_best(MODEL)
    assert found is not None
    assert found.is_final
    assert found.known.plan is not None
    knowledge = Knowledge(MODEL)
    for ones in product(*MODEL.sets):
        knowledge.learn_plan(ones)
    assert found.known.plan == knowledge.known.plan
    assert [found.known.bound(level).by for level in range(2)] == ["counting"] * 2
    assert untied_best(Model(MODEL.picks, MODEL.sets, MODEL.uppers, [Constraint({0: 1, 3: 1}, 1)])) is None


# Two levels as one: the order of plans, and bounds that hold for each of the two.


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


COSTS = st.dictionaries(st.integers(0, 5), st.integers(-2, 3))


@st.composite
def merged_models(draw: st.DrawFn) -> Merging:
    """A model of two sets of three variables with three or four levels, of which two neighbours are merged."""
    levels = draw(st.integers(3, 4))
    costs = [draw(COSTS) for _ in range(levels)]
    model = Model(
        picks=[(v // 3, v % 3) for v in range(6)],
        sets=[[0, 1, 2], [3, 4, 5]],
        uppers=[1] * 6,
        constraints=[Constraint({draw(st.integers(0, 2)): 1, draw(st.integers(3, 5)): 1}, 1)],
        costs=costs,
        constants=[draw(st.integers(-2, 2)) for _ in range(levels)],
    )
    former = draw(st.integers(0, levels - 2))
    later = [value[former + 1] for value in worths(model)]
    least = counting_bound(model, former + 1)
    return Merging(model, former, max(later) - least + draw(st.integers(1, 3)), least)


def plans(model: Model) -> list[Incumbent]:
    """All plans of a model."""
    index = ModelIndex(model)
    return [incumbent_of(index, ones) for ones in product(*model.sets) if model.keeps(index.values(ones))]


def worths(model: Model) -> list[tuple[int, ...]]:
    return [plan.values for plan in plans(model)]


def true_bounds(draw: Callable[[st.SearchStrategy[Any]], Any], model: Model, mine: Incumbent | None) -> list[Bound]:
    """What counting knows, and bounds under cuts that some plans keep, others not; some are those of the plan."""
    every, found = worths(model), list(counted(model).bounds)
    for _ in range(draw(st.integers(0, 5))):
        level = draw(st.integers(0, len(model.costs) - 1))
        cuts = draw(st.sampled_from(every if mine is None else [*every, mine.values]))
        within = tuple(cut + draw(st.integers(-1, 1)) for cut in cuts[: draw(st.integers(0, level))])
        inside = [values[level] for values in every if Bound(level, 0, within).holds(values)]
        found.append(Bound(level, min(inside, default=9) - draw(st.integers(0, 2)), within, "duals"))
    return found


def proven(model: Model) -> Known:
    """The best plan with its proof, level by level."""
    best = min(plans(model), key=lambda plan: plan.values)
    bounds = [Bound(level, value, best.values[:level], "cp-sat") for level, value in enumerate(best.values)]
    return Known(tuple(bounds), best)


def holds_for(bounds: Sequence[Bound], every: Sequence[tuple[int, ...]]) -> bool:
    return all(values[bound.level] >= bound.least for bound in bounds for values in every if bound.holds(values))


@given(merged_models())
@examples(40, 1000)
def test_plans_are_in_the_same_order(found: Merging) -> None:
    apart, together = worths(found.whole), worths(found.model)
    for first, second in product(range(len(apart)), repeat=2):
        assert (apart[first] < apart[second]) == (together[first] < together[second])


@given(merged_models(), st.data())
@examples(300, 3_000)
def test_every_bound_that_comes_out_holds_for_every_plan_within_its_cuts(found: Merging, data: st.DataObject) -> None:
    for given_of, made_of, change in (
        (found.model, found.whole, found.apart),
        (found.whole, found.model, found.together),
    ):
        mine = data.draw(st.sampled_from([None, *plans(given_of)]))
        told = Known(tuple(true_bounds(data.draw, given_of, mine)), mine)
        assert holds_for(told.bounds, worths(given_of))
        made = change(told)
        assert holds_for(made.bounds, worths(made_of))
        assert made.plan == (None if mine is None else incumbent_of(ModelIndex(made_of), mine.ones))
        levels = len(made_of.costs) if made_of is found.whole else found.former + 1
        assert {bound.level for bound in made.bounds if not bound.within} >= {*range(levels)}


@given(merged_models())
@examples(100, 3000)
def test_what_is_proven_as_one_is_proven_of_both_and_the_other_way_round(found: Merging) -> None:
    whole, one = proven(found.whole), proven(found.model)
    assert found.apart(one).is_proven
    assert found.together(whole).proven(found.former)
    assert found.apart(found.together(whole)).proven(found.former + 1)


def test_contradictions_and_the_bounds_of_levels_before_and_after_go_along() -> None:
    model = left_out(Random(1))
    for change in (merging(model).apart, merging(model).together):
        known = counted(model).bettered(
            Known((Bound(0, 1, (), "duals"),), incumbent_of(ModelIndex(model), [0, 11, 22, 33]))
        )
        assert known.contradiction is not None
        assert change(known).contradiction == known.contradiction
    found = merging(left_out(Random(1)))
    before, after = Bound(0, 2, (), "cp-sat"), Bound(2, 3, (4,), "duals")
    assert found.apart(Known((before, after))).bounds == (before, Bound(3, 3, (4,), "duals"))
    assert [found.first_of(level) for level in range(3)] == [0, 1, 3]


def test_nothing_is_merged_where_it_would_not_help_and_then_nothing_changes() -> None:
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
    model = left_out(Random(3))
    none, known = Merging(model), counted(model)
    assert none.model is model
    assert none.together(known) is none.apart(known) is known


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
    pool = CutPool(found.model, DEFAULT.but(separation__cliques=False))
    optimum = OwnRelaxation(ElasticLp(pool), 1, ((0, 0),), found).root(frozenset(), 60)
    assert optimum is not None
    assert optimum.bound.bound == 4, "a point and a change; half a point and two changes would be 3"
    (floor,) = pool.model.constraints[1:]
    assert floor.at_most == -1
    assert sum(floor.terms.get(v, 0) for v in (0, 2)) == -2
