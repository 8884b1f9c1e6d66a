"""The agreement of all rules on a year as large as a real one: greedy, then crowded step by step."""

from pathlib import Path
from random import Random

import pytest

from arshjul.board.evaluator import IncrementalEvaluator
from arshjul.domain.plan import Placement
from arshjul.domain.situation import Situation
from arshjul.formats.scenario.scenario import read_scenario
from arshjul.planning.verify import verify
from arshjul.rules import Draft, draft_of
from arshjul.rules.objectives import PLAN_LEVELS
from tests.rules.agreement import whole_disagreements
from tests.rules.places import Places
from tests.rules.specimens import plan_of, specimen_of

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.mark.parametrize("name", ["goteborg-2027", "goteborg-2027-tight"])
def test_all_rules_and_levels_agree_on_a_whole_year(name: str) -> None:
    situation, rng = Situation(read_scenario(SCENARIOS / name).scenario), Random(name)
    draft = draft_of(situation)
    steps = [_greedy(rng, draft)]
    for moved in (1, 1, 1, 2, 3, 5, 10, 20, 40):
        steps.append({**steps[0], **dict(_elsewhere(rng, draft) for _ in range(moved))})
    plans = tuple(plan_of(rng, situation, places, likes=0) for places in steps)
    assert len(plans[0].placements) > 50
    assert not verify(situation, plans[0]).breaches
    assert not list(whole_disagreements(specimen_of(situation, plans), situation))


def _greedy(rng: Random, draft: Draft) -> Places:
    """Each operation at the first of some random places at which nothing stands in its way."""
    board = draft.board(PLAN_LEVELS)
    standing = IncrementalEvaluator(board, [None] * len(board.activities))
    for activity in draft.number.values():
        options = range(len(board.activities[activity].options))
        for option in rng.sample(options, min(len(options), 30)):
            if not any(standing.obstacles(activity, option)):
                standing.put(activity, option)
                break
    chosen = zip(draft.number, standing.choice, strict=True)
    return {id: draft.placement(id, option) for id, option in chosen if option is not None}


def _elsewhere(rng: Random, draft: Draft) -> tuple[str, Placement]:
    operation = rng.choice([id for id, ways in draft.ways.items() if ways])
    n_options = sum(len(way.days) for way in draft.ways[operation])
    return operation, draft.placement(operation, rng.randrange(n_options))
