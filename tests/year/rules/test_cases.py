"""Every rule has its documentation and its hand-written cases, and says of each what the case says."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

import arshjul.year.rules
from arshjul.solver.board import evaluate
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Staffing
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.verify import verify
from arshjul.year.rules import BY_ID, HARD, SOFT, BoardBuilder, Rule, SoftRule, possible
from arshjul.year.rules.causes import hit
from tests.examples import each, is_slow, often
from tests.year.rules import agreement
from tests.year.rules.agreement import choice_of, hard_disagreements, soft_disagreements
from tests.year.rules.case_files import FOLDER, Case, cases, read_anew
from tests.year.rules.faults import FAULTS, IN_THE_CHECK, ON_THE_BOARD
from tests.year.rules.faults.planting import Fault, planted
from tests.year.rules.specimens import Specimen, first_specimen, replan_specimen, specimen_of

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


def test_a_breach_of_one_is_said_in_the_singular() -> None:
    said = [
        words("en").say(breach.text)
        for case in HARD_CASES
        for breach in BY_ID[case.rule].breaches(case.context, case.plan)
    ]
    assert not [
        text
        for text in said
        if re.search(r"(?<!-)\b1 (?:[a-z]+ )?(?:teams|officers|shifts|days|operations|stops|are)\b", text)
    ]
    refused = [
        words("en").say(BY_ID[case.rule].refusal(case.context, operation, placement.slot, placement.police))
        for case in HARD_CASES
        for placement in case.plan.placements
        if (operation := case.context.scenario.operations.get(placement.operation)) is not None
    ]
    assert not [text for text in refused if re.search(r"\b1 are\b", text)]
    assert [text for text in refused if text.endswith(", one is needed")]
    for one in ("would send one team, has none", "would lend one officer, has none"):
        assert any(text.endswith(one) for text in said), one


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


# Seeded faults: a property that catches none of them would comfort falsely.


SEEDS = 60
SHARPEST = (
    *((replan_specimen, seed) for seed in (5, 41, 55, 115, 3, 16, 8, 110, 10, 7, 81, 44, 34, 2, 104, 220)),
    *((first_specimen, seed) for seed in (22, 34, 0, 9)),
)

ERRORS = (ArithmeticError, LookupError, TypeError, ValueError)
"""An error counts as caught, since no rule may raise any."""

RULE_OF = {type(rule).__module__.removeprefix("arshjul."): rule.id for rule in BY_ID.values()}
TOGETHER = {"whole": agreement.whole_disagreements, "context": agreement.context_disagreements}


@cache
def pool() -> list[Specimen]:
    """The specimens, made before any fault is planted, as the scenarios of all cases are read before."""
    for rule in BY_ID:
        for case in cases(rule):
            assert case.scenario
    return [make(seed, 3 + seed % 6) for make, seed in SHARPEST]


@pytest.mark.parametrize("fault", often(FAULTS[::4], FAULTS), ids=str)
def test_fault_is_caught(fault: Fault) -> None:
    specimens, by = pool(), fault.by or RULE_OF[fault.module]
    with planted(fault):
        told = cases(by) if by in BY_ID else []
        # The cheapest first: a check of a few placements, a board of many plans, a board for each case, all read anew.
        if not any(map(_misjudged, told)) and not _disagree(by, specimens) and not any(map(_misposted, told)):
            with read_anew():
                anew = cases(by) if by in BY_ID else []
                assert any(map(_misjudged, anew)) or any(map(_misposted, anew))


def test_without_a_fault_nothing_is_caught() -> None:
    specimens = pool() if is_slow() else pool()[::4]  # tests/year/rules/test_agreement.py has others for each rule
    for by in (*BY_ID, *TOGETHER):
        assert not _disagree(by, specimens)


@pytest.mark.slow
def test_without_a_fault_no_specimen_catches_anything() -> None:
    specimens = [make(seed, 3 + seed % 6) for seed in range(SEEDS) for make in (first_specimen, replan_specimen)]
    for by in (*BY_ID, *TOGETHER):
        assert not _disagree(by, specimens)


def test_every_rule_has_a_fault_on_either_side() -> None:
    assert {RULE_OF[fault.module] for fault in ON_THE_BOARD if fault.module in RULE_OF} >= BY_ID.keys() - {"placement"}
    assert {RULE_OF[fault.module] for fault in IN_THE_CHECK if fault.module in RULE_OF} == BY_ID.keys()


def test_planting_leaves_the_code_as_it_was() -> None:
    rule = BY_ID["open-day"]
    fault = next(fault for fault in FAULTS if fault.module == "year.rules.hard.open_day")
    before = rule.allowed.__code__
    with planted(fault):
        assert rule.allowed.__code__ is not before
    assert rule.allowed.__code__ is before


def _disagree(by: str, specimens: list[Specimen]) -> bool:
    """Whether some specimen shows a disagreement."""
    check = _check(by)
    for specimen in specimens:
        try:
            if next(check(specimen), None) is not None:
                return True
        except ERRORS:
            return True
    return False


def _check(by: str) -> Callable[[Specimen], Iterator[str]]:
    if by in TOGETHER:
        return lambda specimen: TOGETHER[by](specimen, specimen.anew())
    hard = next((rule for rule in HARD if rule.id == by), None)
    if hard is not None:
        return lambda specimen: agreement.hard_disagreements(hard, specimen, specimen.anew())
    soft = next(rule for rule in SOFT if rule.id == by)
    return lambda specimen: agreement.soft_disagreements(soft, specimen, specimen.anew())


def _misjudged(case: Case) -> bool:
    """True if the rule's check of the plan says something else than the case."""
    rule = BY_ID[case.rule]
    try:
        if isinstance(rule, SoftRule):
            return sum(price.points for price in rule.prices(case.context, case.plan)) != int(case.told["points"])
        return any(rule.breaches(case.context, case.plan)) != (case.kind == "breaks")
    except ERRORS:
        return True


def _misposted(case: Case) -> bool:
    """True if what the rule posts for the case's plan disagrees with its check; of joiners a board says nothing."""
    is_on_boards = isinstance(BY_ID[case.rule], SoftRule) or not case.joins_or_repeats
    return is_on_boards and _disagree(case.rule, [specimen_of(case.context, (case.plan,))])
