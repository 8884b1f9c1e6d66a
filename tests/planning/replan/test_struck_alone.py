"""One of two that are struck together does not begin: it comes alone, later, and counts as any other does."""

from datetime import datetime

import pytest

from arshjul.domain.calendar import Span
from arshjul.domain.entries.entries import Entries
from arshjul.domain.entries.outcome import Outcome
from arshjul.domain.parties import Matching, OfficerLine, PoliceUnit
from arshjul.domain.plan import Plan
from arshjul.domain.settings import Settings
from arshjul.planning.effort import Effort
from arshjul.planning.replan.replan import ReplanOptions, replan
from arshjul.planning.verify.verify import values
from arshjul.rules.objectives import REPLAN_LEVELS
from tests.builders import operation, placement, plan, scenario
from tests.planning.oracle import best
from tests.planning.replan.test_opened import march


def second_called_off(last: int, **settings: int) -> ReplanOptions:
    """Two are struck together on the second of March, a third on the ninth; one of the two is off, and comes then."""
    usual = {"sector": "restaurant", "agencies": {}, "officers": 2, "shifts": ("day",)}
    window, away = Span(march(2), march(last)), Span(march(3), march(8))
    operations = [
        operation("HELD", window=Span(march(2), march(2)), **usual),
        operation("OFF", window=window, not_on=(away,), same_slot_as="HELD", **usual),
        operation("NEXT", window=Span(march(9), march(9)), **usual),
    ]
    city = PoliceUnit("lpo-city", "LPO City", "local", ("city",), "", (OfficerLine(Matching(), 8),))
    given = Settings.of(freeze_days=0, notice_days=0, **{"sector_spacing_days": 0, **settings})
    year = scenario(operations, police={city.id: city}, settings=given, span=Span(march(1), march(19)))
    old = plan(year, [placement(id, march(day)) for id, day in {"HELD": 2, "OFF": 2, "NEXT": 9}.items()])
    moment = datetime(2027, 3, 3, 12, tzinfo=year.zone)
    off = Outcome("OFF", march(2), "called-off", reported=moment)
    return replan(year, old, Entries.of(outcomes=(off,)), moment, Effort(60, seed=1))


def day_of(new: Plan, operation: str) -> int | None:
    return new.placed[operation].slot.day.day if operation in new.placed else None


@pytest.mark.parametrize(
    ("settings", "last", "day"),
    [
        ({}, 9, 9),
        ({"sector_spacing_days": 3}, 11, None),
        ({"sector_spacing_days": 3}, 12, 12),
        ({"operations_per_area_per_day": 1}, 9, None),
        ({"operations_per_area_per_day": 1}, 10, 10),
    ],
)
def test_it_is_counted_where_it_comes_alone(settings: dict[str, int], last: int, day: int | None) -> None:
    answer = second_called_off(last, **settings)
    for option, levels in REPLAN_LEVELS.items():
        new = answer.options[option]
        assert day_of(new, "HELD") == 2
        assert day_of(new, "NEXT") == 9
        assert day_of(new, "OFF") == day
        counted = values(answer.context, new, new.prices)
        assert tuple(counted[level] for level in levels) == best(answer.context, levels, new.as_of)
