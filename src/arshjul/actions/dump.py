"""A scenario's problem as a bare board: for a bug report or a benchmark, without a name or a place."""

from dataclasses import replace

from arshjul.board import Board, Row
from arshjul.domain.scenario import Scenario
from arshjul.domain.situation import Situation
from arshjul.rules import draft_of
from arshjul.rules.aims import PLAN_LEVELS


def bare_board(scenario: Scenario) -> Board:
    """The board of a first plan; operations, units and agencies are numbered, rules keep their ids."""
    draft = draft_of(Situation(scenario))
    resource = {name: f"r{number}" for number, name in enumerate(draft.capacities)}
    for way in draft.all_ways():  # before each is written out in dozens of options
        way.demand = {resource[name]: amounts for name, amounts in way.demand.items()}
    board = draft.board(PLAN_LEVELS)
    return replace(
        board,
        capacities={resource[name]: capacity for name, capacity in board.capacities.items()},
        activities=[replace(activity, id=f"a{number}") for number, activity in enumerate(board.activities)],
        rows=[
            Row(row.rule, str(number), row.columns, row.coefficients, row.at_most, row.over)
            for number, row in enumerate(board.rows)
        ],
    )
