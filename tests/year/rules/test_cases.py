"""Every rule has its documentation and its hand-written cases, and says of each what the case says."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

import arshjul.year.rules
from arshjul.solver.board import evaluate
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Staffing
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.planning.verify import verify
from arshjul.year.rules import BY_ID, HARD, SOFT, BoardBuilder, Rule, SoftRule, possible
from arshjul.year.rules.causes import hit
from tests.examples import each
from tests.year.rules.agreement import choice_of, hard_disagreements, soft_disagreements
from tests.year.rules.case_files import FOLDER, Case, cases
from tests.year.rules.specimens import specimen_of

ALL_CASES = {rule.id: cases(rule.id) for rule in BY_ID.values()}
HARD_CASES = [case for rule in HARD for case in ALL_CASES[rule.id]]
OF_EACH_HARD = pytest.mark.parametrize("of_rule", [ALL_CASES[rule.id] for rule in HARD], ids=[rule.id for rule in HARD])
OF_EACH_SOFT = pytest.mark.parametrize("of_rule", [ALL_CASES[rule.id] for rule in SOFT], ids=[rule.id for rule in SOFT])
NEAR = timedelta(days=8)


@pytest.mark.parametrize("rule", BY_ID.values(), ids=lambda rule: rule.id)
def test_rule_is_documented_named_and_has_cases_of_each_kind(rule: Rule) -> None:
    doc = type(rule).__doc__ or ""
    assert re.search(r"Source:\s", doc)
    assert doc.splitlines()[0].endswith(".")
    assert str(rule.name)
    assert str(rule.title)
    kinds = {case.kind for case in ALL_CASES[rule.id]}
    assert kinds == ({"prices"} if isinstance(rule, SoftRule) else {"holds", "breaks"})


def test_every_file_of_the_room_is_a_rule_and_every_file_of_cases_is_of_one() -> None:
    room = Path(arshjul.year.rules.__file__).parent
    files = {path.stem for path in (*room.glob("hard/*.py"), *room.glob("soft/*.py"))} - {"__init__"}
    assert files == {type(rule).__module__.rpartition(".")[2] for rule in BY_ID.values()}
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(BY_ID)


@OF_EACH_HARD
def test_check_says_what_the_case_says(of_rule: list[Case]) -> None:
    each(of_rule)(check_says_it)()


def check_says_it(case: Case) -> None:
    breaches = list(BY_ID[case.rule].breaches(case.context, case.plan))
    named = {operation for breach in breaches for operation in breach.operations}
    assert bool(breaches) == (case.kind == "breaks"), [str(breach.text) for breach in breaches]
    assert named >= set(case.told.get("operations", ()))


def test_a_breach_names_parties_as_people_know_them() -> None:
    for case in HARD_CASES:
        ids = {*case.context.scenario.police, *case.context.scenario.agencies}
        ids -= {placement.police for placement in case.plan.placements} - case.context.scenario.police.keys()
        for breach in BY_ID[case.rule].breaches(case.context, case.plan):
            assert not ids & {str(value) for value in breach.text.values.values()}, str(breach.text)


@OF_EACH_HARD
def test_board_says_what_the_case_says(of_rule: list[Case]) -> None:
    """Who joins, and that none stands twice, is no matter of a board."""
    each(case for case in of_rule if not (case.joins_or_repeats and case.kind == "breaks"))(board_says_it)()


def board_says_it(case: Case) -> None:
    rule, context = BY_ID[case.rule], case.context
    builder = BoardBuilder(context, _possible_near(context, case.plan))
    rule.post(context, builder)
    has_options = all(builder.option(placement) is not None for placement in case.plan.placements)
    accepted = has_options and not evaluate(builder.board(()), choice_of(builder, case.plan)).broken
    assert accepted == (case.kind == "holds")
    assert not list(hard_disagreements(rule, specimen_of(case.context, (case.plan,)), context))


def _possible_near(context: ReplanContext, plan: Plan) -> dict[str, dict[Staffing, SlotSet]]:
    """The slots that are possible on the days around the plan's own: boards of whole years are much larger."""
    near = 0
    for place in plan.placements:
        near |= context.slots.grid.between(place.slot.day - NEAR, place.slot.day + NEAR)
    return {
        operation.id: {staffing: slots & near for staffing, slots in possible(context, operation).items()}
        for operation in context.scenario.operations.values()
    }


@each(case for case in HARD_CASES if "old" in case.told)
def test_who_is_hit_is_what_the_case_says(case: Case) -> None:
    base = case.context.base
    assert base is not None
    assert hit(case.context) == base.hit


@OF_EACH_SOFT
def test_prices_come_to_what_was_reckoned_by_hand(of_rule: list[Case]) -> None:
    each(of_rule)(prices_come_to_it)()


def prices_come_to_it(case: Case) -> None:
    rule = BY_ID[case.rule]
    assert isinstance(rule, SoftRule)
    assert not verify(case.context, case.plan).breaches
    assert sum(price.points for price in rule.prices(case.context, case.plan)) == case.told["points"]
    assert not list(soft_disagreements(rule, specimen_of(case.context, (case.plan,)), case.context))
