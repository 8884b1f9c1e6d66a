"""Seeded faults: a property that catches none of them would comfort falsely.

Every fault in `faults` is planted in the product's code and must be caught by its rule's property on a
fixed pool of specimens, or else by the rule's hand-written cases. A fault whose snippet no longer
stands in the source fails too: then it, and not the source, is out of date.

The pool is the specimens of SHARPEST, of which each catches a fault that none before it catches. A fault that all of
them miss may be caught by another seed: then that one belongs there too.
"""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from arshjul.year.rules import BY_ID, HARD, SOFT, SoftRule
from tests.year.rules import agreement
from tests.year.rules.case_files import Case, cases, read_anew
from tests.year.rules.faults import FAULTS, IN_THE_CHECK, ON_THE_BOARD
from tests.year.rules.faults.planting import Fault, planted
from tests.year.rules.specimens import Specimen, first_specimen, replan_specimen, specimen_of

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


@pytest.mark.parametrize("fault", FAULTS, ids=str)
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
    for by in (*BY_ID, *TOGETHER):
        assert not _disagree(by, pool())


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
