"""A scenario's problem as a bare board: for a bug report or a benchmark, without a name or a place."""

from dataclasses import replace

from arshjul.board import Activity, Board
from arshjul.domain.scenario import Scenario
from arshjul.domain.situation import Situation
from arshjul.rules import draft_of
from arshjul.rules.aims import PLAN_LEVELS


def bare_board(scenario: Scenario) -> Board:
    """The board of a first plan; operations, units and agencies are numbered, rules keep their ids."""
    board = draft_of(Situation(scenario)).board(PLAN_LEVELS)
    resource = {name: f"r{number}" for number, name in enumerate(board.capacities)}
    activities = [
        Activity(
            f"a{number}",
            [replace(o, demand={resource[name]: amounts for name, amounts in o.demand.items()}) for o in a.options],
            a.unplaced,
        )
        for number, a in enumerate(board.activities)
    ]
    capacities = {resource[name]: capacity for name, capacity in board.capacities.items()}
    rows = [replace(row, about=str(number)) for number, row in enumerate(board.rows)]
    return Board(board.levels, board.steps, capacities, activities, board.lags, board.conflicts, rows)
