"""A plan asked operation by operation on small boards answers as the whole year laid out does."""

from collections import Counter

import pytest

from arshjul.domain.operation import Operation
from arshjul.domain.plan import Plan
from arshjul.planning.places.finder import moving_nothing, moving_one
from arshjul.planning.places.standing_plan import StandingPlan
from arshjul.planning.problem import PlanningProblem
from arshjul.rules import BY_ID
from tests.planning.places.test_reasons import TUTORIAL, planned

MOST = 8


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planned(TUTORIAL)


@pytest.fixture(scope="module")
def whole(plan: Plan) -> PlanningProblem:
    return StandingPlan.of(TUTORIAL, plan).problem()


@pytest.fixture(scope="module")
def standing(plan: Plan) -> StandingPlan:
    return StandingPlan.of(TUTORIAL, plan, plan.as_of)


def test_the_other_places_are_those_of_the_whole_year(whole: PlanningProblem, standing: StandingPlan) -> None:
    moved = 0
    for id in TUTORIAL.operations:
        free = moving_nothing(whole, id)[:MOST]
        expected = (free + moving_one(whole, id))[:MOST]
        found = standing.alternatives(standing.problem({id}), id, MOST)
        assert found == expected, id
        moved += sum(bool(one.moves) for one in found)
    assert moved, "some must be such that others move"


def nearest(problem: PlanningProblem, operation: Operation) -> Counter[str]:
    """What keeps it from its slots, sentence by sentence."""
    context = problem.context
    own = context.slots.year.open & BY_ID["window"].allowed(context, operation, None)
    there = (problem.nearest(operation, context.slots.grid.slot(number)) for number in context.slots.grid.numbers(own))
    return Counter(found[0].rule for found in there if found)


def test_the_rules_that_forbid_are_those_that_are_told_slot_by_slot(
    whole: PlanningProblem, standing: StandingPlan
) -> None:
    rules: set[str] = set()
    for operation in TUTORIAL.operations.values():
        context = whole.context
        own = context.slots.year.open & BY_ID["window"].allowed(context, operation, None)
        found = Counter(one.rule for one in standing.problem({operation.id}).taken(operation, own))
        assert found == nearest(whole, operation), operation.id
        rules |= found.keys()
    assert len(rules) > 3
