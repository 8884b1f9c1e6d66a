"""Rules that a plan keeps without any one of its placements too: replanning rests on which they are."""

from dataclasses import replace
from functools import cache

import pytest

from arshjul.year.domain.plan import Unplaced
from arshjul.year.rules import HARD, BoardBuilder, Rule, possible
from tests.year.rules.specimens import Specimen, first_specimen, replan_specimen


@cache
def specimens() -> list[Specimen]:
    return [make(seed, 3 + seed % 6) for seed in (*range(8), 11) for make in (first_specimen, replan_specimen)]


def lost_by_going(rule: Rule, specimen: Specimen) -> bool:
    """True if some plan keeps the rule, and does not without one of its placements."""
    context = specimen.context
    for plan in specimen.plans:
        if any(rule.breaches(context, plan)):
            continue
        for gone in plan.placements:
            rest = tuple(place for place in plan.placements if place is not gone)
            without = replace(plan, placements=rest, unplaced=(*plan.unplaced, Unplaced(gone.operation)))
            if any(rule.breaches(context, without)):
                return True
    return False


@pytest.mark.parametrize("rule", HARD, ids=lambda rule: rule.id)
def test_a_rule_says_whether_going_can_break_it(rule: Rule) -> None:
    assert any(lost_by_going(rule, specimen) for specimen in specimens()) == (not rule.hereditary)


@pytest.mark.parametrize("rule", [rule for rule in HARD if rule.hereditary], ids=lambda rule: rule.id)
def test_rows_of_such_a_rule_only_add_up(rule: Rule) -> None:
    for specimen in specimens():
        context = specimen.context
        builder = BoardBuilder(context, {id: possible(context, one) for id, one in context.scenario.operations.items()})
        rule.post(context, builder)
        assert not builder.lags
        assert all(coefficient > 0 for row in builder.rows for coefficient in row.coefficients)
