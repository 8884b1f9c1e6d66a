"""What is left out always has a reason, also where no rule takes its slots."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from arshjul.domain.calendar import Span
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.formats.reading.scenario import read_scenario
from arshjul.planning.effort import Effort
from arshjul.planning.first.plan import make_plan
from arshjul.planning.places.explain import explain
from arshjul.planning.places.reasons import is_sought, looks_within
from arshjul.planning.places.standing_plan import StandingPlan, fall_backs, tries_within
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
    assert any(rule == "points" and "costs nothing" in text and "would fit" in text for rule, text in reasons), reasons


def test_what_no_unit_may_serve_says_so() -> None:
    nobody = {id: replace(unit, areas=()) for id, unit in TUTORIAL.police.items()}
    operations = {id: replace(operation, police=None) for id, operation in TUTORIAL.operations.items()}
    plan = planned(replace(TUTORIAL, police=nobody, operations=operations))
    served = next(operation.id for operation in operations.values() if operation.officers)
    assert reason_of(plan, served)[0] == "placement"


def test_where_only_units_on_request_may_serve_the_reason_says_whom_to_name() -> None:
    asked = {id: replace(unit, on_request=True) for id, unit in TUTORIAL.police.items()}
    operations = {id: replace(operation, police=None, fixed=None) for id, operation in TUTORIAL.operations.items()}
    plan = planned(replace(TUTORIAL, police=asked, operations=operations))
    served = next(operation for operation in operations.values() if operation.officers)
    reason = next(out for out in plan.unplaced if out.operation == served.id).reasons[0]
    assert (reason.rule, reason.text.values["units"]) == (
        "placement",
        [unit.name for unit in asked.values() if served.area in unit.areas],
    )


def test_reasons_have_a_bound_that_goes_with_the_limit_and_musts_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = {id: replace(unit, areas=()) for id, unit in TUTORIAL.police.items()}
    last = max(TUTORIAL.operations)
    operations = {id: replace(operation, must=id == last, fixed=None) for id, operation in TUTORIAL.operations.items()}
    scenario = replace(TUTORIAL, police=nobody, operations=operations)
    whole = planned(scenario)
    assert all(is_sought(out) for out in whole.unplaced)
    monkeypatch.setattr("arshjul.planning.first.plan.looks_within", lambda _: 1)
    short = planned(scenario)
    assert [out.operation for out in short.unplaced] == [out.operation for out in whole.unplaced]
    assert [out.operation for out in short.unplaced if is_sought(out)] == [last]
    (left, *_) = [out for out in short.unplaced if not is_sought(out)]
    told = [str(sentence) for sentence in explain(scenario, short, left.operation).sentences]
    (before,) = [out for out in whole.unplaced if out.operation == left.operation]
    assert told[1:] == [str(reason.text) for reason in before.reasons]


def test_a_longer_limit_gives_more_looks_and_a_short_one_no_fewer_than_ten_seconds() -> None:
    assert looks_within(0.1) == looks_within(10) < looks_within(60)
    assert tries_within(0.1) == tries_within(10) < tries_within(60)


def test_fall_back_slots_have_a_bound_too() -> None:
    standing = StandingPlan.of(TUTORIAL, planned(TUTORIAL))
    whole, short = fall_backs(standing), fall_backs(standing, 1)
    assert whole.n_uncounted == 0
    assert list(short.slots.items()) == list(whole.slots.items())[:1]
    assert short.n_uncounted == len(whole.slots) - 1
