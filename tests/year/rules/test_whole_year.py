"""The agreement of all rules on a year as large as a real one: greedy, then crowded step by step."""

from pathlib import Path
from random import Random

import pytest

from arshjul.solver.board import Evaluator
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.formats.reading import read_scenario
from arshjul.year.planning.verify import verify
from arshjul.year.rules import BoardBuilder, builder_of
from arshjul.year.rules.objectives import PLAN_LEVELS
from tests.year.rules.agreement import whole_disagreements
from tests.year.rules.places import Places
from tests.year.rules.specimens import plan_of, specimen_of

SCENARIOS = Path(__file__).parents[3] / "scenarios"


@pytest.mark.parametrize("name", ["goteborg-2027", "goteborg-2027-tight"])
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
