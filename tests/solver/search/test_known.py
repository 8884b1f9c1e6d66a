"""What is known of a model: which bounds hold for which plan, and what two that know something know together."""

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.solver.model.milp import Constraint, Model
from arshjul.solver.search.known import Bound, Incumbent, Knowledge, Known, counted, untied_best
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
