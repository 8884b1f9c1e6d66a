"""Random plans: each rule's board and its own check say the same, and so do all of them together."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from arshjul.solver.board import Evaluator
from arshjul.year.domain.level import Level
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Unplaced
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.formats.reading import read_scenario
from arshjul.year.planning.verify import verify
from arshjul.year.rules import HARD, SOFT, BoardBuilder, Rule, SoftRule, builder_of, possible
from arshjul.year.rules.objectives import PLAN_LEVELS, gaps
from arshjul.year.texts import Words
from tests.builders import swedish
from tests.examples import often
from tests.year.rules import agreement
from tests.year.rules.agreement import whole_disagreements
from tests.year.rules.places import Places
from tests.year.rules.specimens import Specimen, first_specimen, plan_of, replan_specimen, specimen_of

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


# Rules that a plan keeps without any one of its placements too: replanning rests on which they are.


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


# The agreement of all rules on a year as large as a real one: greedy, then crowded step by step.


SCENARIOS = Path(__file__).parents[3] / "scenarios"


@pytest.mark.parametrize("name", often(["goteborg-2027"], ["goteborg-2027-tight"]))
def test_all_rules_and_levels_agree_on_a_whole_year(name: str) -> None:
    context, rng = ReplanContext.of(read_scenario(SCENARIOS / name).scenario), Random(name)
    builder = builder_of(context)
    steps = [_greedy(rng, builder)]
    for moved in (1, 1, 1, 2, 3, 5, 10, 20, 40):
        steps.append({**steps[0], **dict(_elsewhere(rng, builder) for _ in range(moved))})
    plans = tuple(plan_of(rng, context, places, likes=0) for places in steps)
    assert len(plans[0].placements) > 50
    assert not verify(context, plans[0]).breaches
    assert not list(whole_disagreements(specimen_of(context, plans), context))


def _greedy(rng: Random, builder: BoardBuilder) -> Places:
    """Each operation at the first of some random places at which nothing stands in its mode."""
    board = builder.board(PLAN_LEVELS)
    standing = Evaluator(board, [None] * len(board.activities))
    for activity in builder.number.values():
        options = range(len(board.activities[activity].options))
        for option in rng.sample(options, min(len(options), 30)):
            if not any(standing.obstacles(activity, option)):
                standing.put(activity, option)
                break
    chosen = zip(builder.number, standing.choice, strict=True)
    return {id: builder.placement(id, option) for id, option in chosen if option is not None}


def _elsewhere(rng: Random, builder: BoardBuilder) -> tuple[str, Placement]:
    operation = rng.choice([id for id, ways in builder.modes.items() if ways])
    n_options = sum(len(mode.days) for mode in builder.modes[operation])
    return operation, builder.placement(operation, rng.randrange(n_options))


# How much better a plan there may be is told in words, for each level that is not proven.


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (Level("musts", 1, 0), "högst ett måste till kan få plats"),
        (Level("points", 9, 4), "högst 5 prioritetspoäng till kan få plats"),
        (Level("changes", 46, 44), "högst 2 insatser till kan stå kvar"),
        (Level("changes", 46, 45), "högst en insats till kan stå kvar"),
        (
            Level("points-and-changes", 61, 60),
            "kan förbättras med högst en poäng, ej framtvingade ändringar inräknade",
        ),
        (Level("empty", 3, 1), "högst 2 ramar till kan fyllas"),
        (Level("quality", 5770, 5520), "högst 250 minuspoäng kan sparas"),
        (Level("quality", 5770, None), "möjlig förbättring okänd (Kvalitet)"),
        (Level("another", 5, 4), "another: högst 1 mindre"),
    ],
)
def test_the_gap_of_a_level_is_told_in_a_coordinators_words(level: Level, said: str) -> None:
    assert swedish().say(gaps([level])[level.id]) == said


def test_the_gap_of_a_later_level_holds_for_plans_that_are_as_good_on_those_before() -> None:
    told = gaps([Level("musts", 0, 0), Level("points", 9, 7), Level("changes", 46, 46), Level("quality", 90, 60)])
    assert {id: Words("en").say(text) for id, text in told.items()} == {
        "points": "at most 2 more priority points could fit",
        "quality": ("at most 30 penalty points could be saved, with the earlier aims as here"),
    }


def test_what_is_proven_has_no_gap() -> None:
    assert gaps([Level("musts", 0, 0), Level("quality", 90, 90)]) == {}
