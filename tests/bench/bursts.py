"""Boards of a replan after a special event has taken units for weeks: `balanced`, with nothing held.

The plan before it is the scenario's own, so a board is the same each time as long as that is proven.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from arshjul.board import Board
from arshjul.domain.entries import Entries
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal
from arshjul.planning.plan import Effort, make_plan
from arshjul.planning.replan_input import replan_input
from arshjul.planning.whole_year import laid_out
from arshjul.rules.objectives import REPLAN_LEVELS

PLANNED, TOLD = datetime(2026, 12, 1, 9), datetime(2027, 3, 1, 8)
DAYS = 28
OPTION = "balanced"


def board(scenario: Scenario, units: Sequence[str]) -> Board:
    """What is to be solved when these units are away for four weeks of spring, told nine days before."""
    planned = make_plan(scenario, PLANNED.replace(tzinfo=scenario.zone), Effort(limit_s=120)).plan
    told = TOLD.replace(tzinfo=scenario.zone)
    first = told.date() + timedelta(days=9)
    event = Withdrawal("special-event", told, tuple(units), first, first + timedelta(days=DAYS - 1), officers_left=0)
    given = replan_input(scenario, planned, Entries(withdrawals=(event,)), told)
    return replace(laid_out(given.context).board, levels=REPLAN_LEVELS[OPTION])
