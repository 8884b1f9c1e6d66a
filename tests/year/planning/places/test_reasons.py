"""What is left out always has a reason, also where no rule takes its slots."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from arshjul.errors import InputError
from arshjul.year.domain.calendar import Calendar, Span
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.parties import Matching, OfficerLine, PoliceUnit, TeamLine
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Cycle, Settings
from arshjul.year.formats.reading import read_scenario
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.places.explain import Explanation, explain, explain_date, known
from arshjul.year.planning.places.finder import StandingPlan, fall_backs, moving_nothing, moving_one, tries_within
from arshjul.year.planning.places.reasons import is_sought, looks_within
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.problem import PlanningProblem
from arshjul.year.rules import BY_ID
from arshjul.year.texts import Words
from tests import builders, years
from tests.acceptance.command import ROOT

TUTORIAL = read_scenario(ROOT / "scenarios" / "tutorial").scenario


def planned(scenario: Scenario) -> Plan:
    plan = make_plan(scenario, datetime(2027, 1, 4, 9, tzinfo=scenario.zone), Effort(20)).plan
    assert all(out.reasons for out in plan.unplaced)
    return plan


def reason_of(plan: Plan, operation: str) -> tuple[str, str]:
    first = next(out for out in plan.unplaced if out.operation == operation).reasons[0]
    return first.rule, first.text.template


def test_what_costs_nothing_to_leave_out_says_so_and_where_it_would_fit() -> None:
    # Each would be placed away from the period that it prefers, which costs.
    late = Span(date(2027, 4, 30), date(2027, 4, 30))
    operations = {id: replace(operation, preferred=late) for id, operation in TUTORIAL.operations.items()}
    objective = replace(TUTORIAL.objective, priority_points={1: 0, 2: 0, 3: 0})
    plan = planned(replace(TUTORIAL, operations=operations, objective=objective))
    reasons = [reason_of(plan, out.operation) for out in plan.unplaced]
    assert any(rule == "points" and "0 points" in text and "would fit" in text for rule, text in reasons), reasons


def test_what_no_unit_may_serve_or_nobody_knows_says_so() -> None:
    nobody = {id: replace(unit, areas=()) for id, unit in TUTORIAL.police.items()}
    operations = {id: replace(operation, police=None) for id, operation in TUTORIAL.operations.items()}
    plan = planned(replace(TUTORIAL, police=nobody, operations=operations))
    served = next(operation.id for operation in operations.values() if operation.officers)
    assert reason_of(plan, served)[0] == "placement"
    asked = {id: replace(unit, on_request=True) for id, unit in TUTORIAL.police.items()}
    operations = {id: replace(operation, police=None, fixed=None) for id, operation in TUTORIAL.operations.items()}
    plan = planned(replace(TUTORIAL, police=asked, operations=operations))
    one = operations[served]
    reason = next(out for out in plan.unplaced if out.operation == served).reasons[0]
    assert (reason.rule, reason.text.values["units"]) == (
        "placement",
        [unit.name for unit in asked.values() if one.area in unit.areas],
    )
    for given, says in [
        ("op-001", 'Nearest: "OP-001", "OP-003" and "OP-002".'),
        ("op-2", 'Nearest: "OP-002", "OP-003" and "OP-001".'),
        ("Avenyn", "in the plan."),
    ]:
        with pytest.raises(InputError) as caught:
            known(years.scenario(4), given)
        assert Words("en").say(caught.value.message).endswith(says)


def test_reasons_have_a_bound_that_goes_with_the_limit_and_musts_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = {id: replace(unit, areas=()) for id, unit in TUTORIAL.police.items()}
    last = max(TUTORIAL.operations)
    operations = {id: replace(operation, must=id == last, fixed=None) for id, operation in TUTORIAL.operations.items()}
    scenario = replace(TUTORIAL, police=nobody, operations=operations)
    whole = planned(scenario)
    assert all(is_sought(out) for out in whole.unplaced)
    monkeypatch.setattr("arshjul.year.planning.plan.looks_within", lambda _: 1)
    short = planned(scenario)
    assert [out.operation for out in short.unplaced] == [out.operation for out in whole.unplaced]
    assert [out.operation for out in short.unplaced if is_sought(out)] == [last]
    (left, *_) = [out for out in short.unplaced if not is_sought(out)]
    told = [str(sentence) for sentence in explain(scenario, short, left.operation).sentences]
    (before,) = [out for out in whole.unplaced if out.operation == left.operation]
    assert told[1:] == [str(reason.text) for reason in before.reasons]


def test_fall_back_slots_have_a_bound_too_which_goes_with_the_limit() -> None:
    standing = StandingPlan.of(TUTORIAL, planned(TUTORIAL))
    whole, short = fall_backs(standing), fall_backs(standing, 1)
    assert whole.n_uncounted == 0
    assert list(short.slots.items()) == list(whole.slots.items())[:1]
    assert short.n_uncounted == len(whole.slots) - 1
    assert looks_within(0.1) == looks_within(10) < looks_within(60)
    assert tries_within(0.1) == tries_within(10) < tries_within(60)


# Why an operation on several dates is not on one of them: as its first, or as one of those after it.


AS_OF = datetime(2027, 2, 1, 9)


def march(n: int) -> date:
    return date(2027, 3, n)


def year(*more: Operation, **changed: Any) -> Scenario:
    """Monday 1 to Wednesday 10 March 2027, without the 4th and what follows it to Sunday; OP-1 takes two dates."""
    first = builders.operation("OP-1", **{"agencies": {"miljo": 1}, "shifts": ("day",), "days": 2, **changed})
    scenario = builders.scenario(
        [first, *more], cycle=Cycle(), settings=Settings.of(), span=Span(march(1), march(10)),
        calendar=Calendar(closed_weekdays=frozenset({6}), closed=(Span(march(4), march(6)),)),
    )  # fmt: skip
    always = TeamLine(Matching(), 2)
    agencies = {id: replace(agency, teams=(always,), staff_teams=9) for id, agency in scenario.agencies.items()}
    unit = PoliceUnit("lpo-city", "LPO City", "local", ("city",), "", (OfficerLine(Matching(shift="day"), 2),))
    return replace(scenario, agencies=agencies, police={"lpo-city": unit}, shifts=scenario.shifts[:1])


def asked(scenario: Scenario, day: date, **places: date) -> Explanation:
    """OP-1 stands on the 8th and the 9th, unless said otherwise."""
    standing = {"OP-1": march(8), **{id.replace("_", "-"): first for id, first in places.items()}}
    plan = builders.plan(scenario, [builders.placement(id, first) for id, first in standing.items()], AS_OF)
    return explain_date(scenario, plan, "OP-1", day, AS_OF.replace(tzinfo=scenario.zone))


def said(found: Explanation) -> list[str]:
    return [Words("en").say(sentence) for sentence in found.sentences]


def test_a_date_that_cannot_be_its_first_can_be_a_later_one_for_which_others_move() -> None:
    assert said(asked(year(), march(9))) == ["OP-1 stands on Tuesday 9 March 2027 already."]
    explanation = asked(year(), march(3))
    assert said(explanation) == [
        "Beginning on Wednesday 3 March 2027:",
        "Dag: Thursday 4 March 2027 is closed",
        "It fits 2–3 March 2027 09:00–15:00 (LPO City), without other moves.",
    ]
    assert (explanation.free, [alternative.placement.slot.day for alternative in explanation.alternatives]) == (
        1,
        [march(2)],
    )
    assert said(asked(year(), march(10), OP_1=march(1))) == [
        "Beginning on Wednesday 10 March 2027:",
        "Dag: Thursday 11 March 2027 is outside the window, Monday 1 March 2027 to Wednesday 10 March 2027",
        "It fits 9–10 March 2027 09:00–15:00 (LPO City), without other moves.",
    ]
    for n, moved in [(1, "if OP-2 moves to"), (2, "if OP-2 moves to")]:
        others = [builders.operation(f"OP-{i}", agencies={"skatteverket": 1}, shifts=("day",)) for i in (2, 3)[:n]]
        explanation = asked(year(*others), march(3), **{f"OP_{i}": march(i) for i in (2, 3)[:n]})
        assert said(explanation)[-1].startswith("It fits 2–3 March 2027 09:00–15:00 (LPO City), ")
        assert moved in said(explanation)[-1]
    explanation = asked(year(window=Span(march(3), march(9))), march(3))
    assert said(explanation) == [
        "Beginning on Wednesday 3 March 2027:",
        "Dag: Thursday 4 March 2027 is closed",
        "An earlier beginning is not possible either.",
    ]


# A plan asked operation by operation on small boards answers as the whole year laid out does.


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
        alternatives = standing.alternatives(standing.problem({id}), id, MOST)
        assert alternatives == expected, id
        moved += sum(bool(alternative.moves) for alternative in alternatives)
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
        found = Counter(taken.rule for taken in standing.problem({operation.id}).taken(operation, own))
        assert found == nearest(whole, operation), operation.id
        rules |= found.keys()
    assert len(rules) > 3
