"""A problem as a bare board, for a bug report or a benchmark, without any name or place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from arshjul.board import Activity, Board, Costs, Option
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.rules import BY_ID, builder_of
from arshjul.rules.objectives import ALL_LEVELS, PLAN_LEVELS

Demand = Mapping[str, Sequence[int]]


def bare_board(scenario: Scenario) -> Board:
    return bare(builder_of(ReplanContext.of(scenario)).board(PLAN_LEVELS))


def bare(board: Board) -> Board:
    """The same problem with everything numbered that may be a name; only rules and levels of arshjul keep their ids.

    Costs on levels that the board does not have are omitted, since no board file may have them.
    """
    levels = _numbered(board.levels, "level", ALL_LEVELS)
    rules = _numbered((row.rule for row in board.rows), "rule", BY_ID)
    resources = _numbered(board.capacities, "r")
    demands: dict[int, Demand] = {}

    def costs(given: Costs) -> Costs:
        return {levels[level]: cost for level, cost in given.items() if level in levels}

    def demand(given: Demand) -> Demand:
        """One new mapping for each old one: dozens of options share a mapping, and keep sharing it."""
        if id(given) not in demands:
            demands[id(given)] = {resources[name]: amounts for name, amounts in given.items()}
        return demands[id(given)]

    def option(given: Option) -> Option:
        return Option(given.start, demand(given.demand), costs(given.costs), given.length)

    def activity(number: int, given: Activity) -> Activity:
        unplaced = None if given.unplaced is None else costs(given.unplaced)
        return Activity(f"a{number}", [option(one) for one in given.options], unplaced)

    return replace(
        board,
        levels=tuple(levels.values()),
        capacities={resources[name]: capacity for name, capacity in board.capacities.items()},
        activities=[activity(number, one) for number, one in enumerate(board.activities)],
        rows=[
            replace(row, rule=rules[row.rule], about=str(number), over=None if row.over is None else costs(row.over))
            for number, row in enumerate(board.rows)
        ],
    )


def _numbered(names: Iterable[str], word: str, known: Iterable[str] = ()) -> dict[str, str]:
    kept = set(known)
    return {name: name if name in kept else f"{word}{number}" for number, name in enumerate(dict.fromkeys(names))}
