"""Why an operation on several dates is not on one of them: as its first, or as one of those after it."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from arshjul.domain.calendar import Calendar, Span
from arshjul.domain.operation import Operation
from arshjul.domain.parties import Matching, OfficerLine, PoliceUnit, TeamLine
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import Cycle, Settings
from arshjul.planning.places.explain import Explanation, explain_date
from arshjul.texts import Words
from tests import builders

AS_OF = datetime(2027, 2, 1, 9)


def march(n: int) -> date:
    return date(2027, 3, n)


def year(*more: Operation, **changed: Any) -> Scenario:
    """Monday 1 to Wednesday 10 March 2027, without the 4th and what follows it to Sunday; OP-1 takes two dates."""
    first = builders.operation("OP-1", **{"agencies": {"miljo": 1}, "shifts": ("day",), "days": 2, **changed})
    scenario = builders.scenario(
        [first, *more], cycle=Cycle(), settings=Settings.of(), span=Span(march(1), march(10)),
        calendar=Calendar(closed_weekdays=frozenset({6}), closed=(Span(march(4), march(6)),)),
    )  # fmt: skip
    always = TeamLine(Matching(), 2)
    agencies = {id: replace(agency, teams=(always,), staff_teams=9) for id, agency in scenario.agencies.items()}
    unit = PoliceUnit("lpo-city", "LPO City", "local", ("city",), "", (OfficerLine(Matching(shift="day"), 2),))
    return replace(scenario, agencies=agencies, police={"lpo-city": unit}, shifts=scenario.shifts[:1])


def asked(scenario: Scenario, day: date, **places: date) -> Explanation:
    """OP-1 stands on the 8th and the 9th, unless said otherwise."""
    standing = {"OP-1": march(8), **{id.replace("_", "-"): first for id, first in places.items()}}
    plan = builders.plan(scenario, [builders.placement(id, first) for id, first in standing.items()], AS_OF)
    return explain_date(scenario, plan, "OP-1", day, AS_OF.replace(tzinfo=scenario.zone))


def said(found: Explanation) -> list[str]:
    return [Words("en").say(sentence) for sentence in found.sentences]


def test_a_later_date_of_its_own_is_no_other() -> None:
    assert said(asked(year(), march(9))) == ["OP-1 stands on Tuesday 9 March 2027 already."]


def test_a_date_that_cannot_be_its_first_can_be_a_later_one() -> None:
    found = asked(year(), march(3))
    assert said(found) == [
        "If it begins on Wednesday 3 March 2027:",
        "Dag: Thursday 4 March 2027 is closed",
        "It fits 2–3 March 2027 09:00–15:00 (LPO City), without moving anything.",
    ]
    assert (found.free, [one.placement.slot.day for one in found.alternatives]) == (1, [march(2)])


def test_the_last_date_of_the_plan_can_only_be_a_later_one() -> None:
    assert said(asked(year(), march(10), OP_1=march(1))) == [
        "If it begins on Wednesday 10 March 2027:",
        "Dag: Thursday 11 March 2027 lies outside the window, Monday 1 March 2027 to Wednesday 10 March 2027",
        "It fits 9–10 March 2027 09:00–15:00 (LPO City), without moving anything.",
    ]


@pytest.mark.parametrize(("n", "moved"), [(1, "if OP-2 moves to"), (2, "if OP-2 moves to")])
def test_others_move_for_a_later_date_too(n: int, moved: str) -> None:
    others = [builders.operation(f"OP-{i}", agencies={"skatteverket": 1}, shifts=("day",)) for i in (2, 3)[:n]]
    found = asked(year(*others), march(3), **{f"OP_{i}": march(i) for i in (2, 3)[:n]})
    assert said(found)[-1].startswith("It fits 2–3 March 2027 09:00–15:00 (LPO City), ")
    assert moved in said(found)[-1]


def test_with_no_date_beside_it_either_it_says_so() -> None:
    found = asked(year(window=Span(march(3), march(9))), march(3))
    assert said(found) == [
        "If it begins on Wednesday 3 March 2027:",
        "Dag: Thursday 4 March 2027 is closed",
        "Nor can it begin earlier and run on that date.",
    ]
