"""Random plans: each rule's board and its own check say the same, and so do all of them together."""

from collections.abc import Callable, Iterable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules import HARD, SOFT, Rule, SoftRule
from tests.examples import often
from tests.year.rules import agreement
from tests.year.rules.specimens import Specimen, first_specimen, replan_specimen

COUNTS = pytest.mark.parametrize("examples", often([12], [800]))


def agree(disagreements: Callable[[Specimen, ReplanContext], Iterable[str]], examples: int) -> None:
    """Tries so many specimens, the same ones each time."""

    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from((first_specimen, replan_specimen)), st.integers(0, 2**31), st.integers(3, 8))
    def holds(make: Callable[[int, int], Specimen], seed: int, n_operations: int) -> None:
        specimen = make(seed, n_operations)
        found = list(disagreements(specimen, specimen.anew()))
        assert not found, "\n".join(found)

    holds()


@COUNTS
@pytest.mark.parametrize("rule", HARD, ids=lambda rule: rule.id)
def test_hard_rule_alone(rule: Rule, examples: int) -> None:
    agree(lambda specimen, context: agreement.hard_disagreements(rule, specimen, context), examples)


@COUNTS
@pytest.mark.parametrize("rule", SOFT, ids=lambda rule: rule.id)
def test_soft_rule_alone(rule: SoftRule, examples: int) -> None:
    agree(lambda specimen, context: agreement.soft_disagreements(rule, specimen, context), examples)


@COUNTS
def test_all_rules_and_levels_together(examples: int) -> None:
    agree(agreement.whole_disagreements, examples)


@COUNTS
def test_context_is_what_it_rests_on(examples: int) -> None:
    agree(agreement.context_disagreements, examples)
