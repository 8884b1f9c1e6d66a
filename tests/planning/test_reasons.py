"""What is left out always has a reason, also where no rule takes its slots."""

from dataclasses import replace
from datetime import date, datetime

from arshjul.domain.calendar import Span
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.formats.scenario.scenario import read_scenario
from arshjul.planning.plan import Effort, make_plan
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
