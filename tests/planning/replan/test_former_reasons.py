"""An operation whose time has passed keeps the reasons for which it was left out."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from arshjul.domain.calendar import Span
from arshjul.domain.entries.entries import Entries
from arshjul.domain.plan import Unplaced
from arshjul.planning.effort import Effort
from arshjul.planning.first.plan import make_plan
from arshjul.planning.replan.replan import replan
from tests import years

ZONE = ZoneInfo("Europe/Stockholm")
EFFORT = Effort(20)


def left_out(window: Span, *moments: datetime) -> list[Unplaced]:
    """What is said of an operation that needs too many officers, in the first plan and in each replan."""
    scenario = years.scenario(2)
    wanting = replace(scenario.operations["OP-001"], officers=100, window=window)
    scenario = replace(scenario, operations={**scenario.operations, wanting.id: wanting})
    plan = make_plan(scenario, datetime(2026, 11, 24, 10, tzinfo=ZONE), EFFORT).plan
    found = [*plan.unplaced]
    for moment in moments:
        made = replan(scenario, plan, Entries(), moment.replace(tzinfo=ZONE), EFFORT, ("fewest-changes",))
        plan = made.options["fewest-changes"]
        found += plan.unplaced
    return found


def test_the_reasons_are_kept_once_its_time_has_passed() -> None:
    first, then, later = left_out(Span(date(2027, 2, 1), date(2027, 2, 26)), datetime(2027, 3, 1), datetime(2027, 4, 1))
    assert {reason.rule for reason in first.reasons} == {"police-officers"}
    assert first == then == later


def test_while_time_is_left_the_reasons_are_found_anew() -> None:
    first, then = left_out(Span(date(2027, 2, 1), date(2027, 3, 26)), datetime(2027, 3, 1))
    assert first != then
    assert {reason.rule for reason in then.reasons} >= {"not-past", "police-officers"}
