"""Free teams, by hand: what an agency's offer, week, month and rest leave at the slot of a hit operation."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from arshjul.domain.calendar import Slot
from arshjul.domain.parties import Matching, TeamLine
from arshjul.domain.plan import Base
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.settings import Settings
from arshjul.planning.today.free_teams import FreeTeams, free_teams
from tests import builders

TUESDAY = date(2027, 3, 2)
SLOT = Slot(TUESDAY, "day")


def free(other: tuple[date, str] | None = None, rest_hours: int = 0, **limits: Any) -> list[FreeTeams]:
    """What Miljö, with three teams, has free where OP-1 is hit, OP-2 (two teams) standing elsewhere."""
    scenario = builders.scenario(
        [builders.operation("OP-1", agencies={"miljo": 1}), builders.operation("OP-2", agencies={"miljo": 2})],
        settings=Settings.of(daily_rest_hours=rest_hours),
    )
    miljo = replace(scenario.agencies["miljo"], teams=(TeamLine(Matching(), 3),), staff_teams=4, **limits)
    scenario = replace(scenario, agencies={**scenario.agencies, "miljo": miljo})
    places = {"OP-1": builders.placement("OP-1", TUESDAY)}
    if other is not None:
        places["OP-2"] = builders.placement("OP-2", *other)
    base = Base(1, datetime(2027, 3, 1, tzinfo=scenario.zone), places, frozenset({"OP-1"}))
    return list(free_teams(ReplanContext.of(scenario, base), ["OP-1"]))


@pytest.mark.parametrize(
    ("given", "teams"),
    [
        ({}, 3),
        ({"other": (TUESDAY, "day")}, 1),
        ({"other": (TUESDAY, "evening")}, 3),
        ({"team_shifts_per_week": 2}, 2),
        ({"team_shifts_per_week": 3, "other": (date(2027, 3, 6), "day")}, 1),
        ({"team_shifts_per_week": 3, "other": (date(2027, 3, 8), "day")}, 3),
        ({"team_shifts_per_month": 4, "other": (date(2027, 3, 31), "day")}, 2),
        ({"team_shifts_per_month": 4, "other": (date(2027, 4, 1), "day")}, 3),
        # Two of four teams worked the evening before, until 22:00: with 11 hours they are there again at 09:00.
        ({"rest_hours": 11, "other": (date(2027, 3, 1), "evening")}, 3),
        ({"rest_hours": 12, "other": (date(2027, 3, 1), "evening")}, 2),
        # And whoever works by day is taken when the evening begins, where there is an hour between.
        ({"rest_hours": 2, "other": (TUESDAY, "evening")}, 2),
        ({"rest_hours": 1, "other": (TUESDAY, "evening")}, 3),
    ],
)
def test_the_most_that_could_work_there(given: dict[str, Any], teams: int) -> None:
    assert free(**given) == [FreeTeams("miljo", SLOT, teams)]


def test_who_has_none_is_left_out() -> None:
    assert free(team_shifts_per_week=2, other=(date(2027, 3, 3), "day")) == []
