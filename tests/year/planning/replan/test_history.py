"""Replans around what has begun: it stays as it was, and a tie to it binds nobody."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from arshjul.errors import InputError, Refused
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.entries.amendment import FewerOfficers, Outcome
from arshjul.year.domain.entries.answer import Answered
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Operation, Pin
from arshjul.year.domain.parties import Matching, OfficerLine, TeamLine
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import context_of
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Settings
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.places.explain import explain, explain_date
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.replan.input import replan_input
from arshjul.year.planning.replan.replan import replan_from
from arshjul.year.planning.verify import breaches, judge
from tests import builders
from tests.builders import swedish

HELD = Slot(date(2027, 3, 2), "day")
ON_IT = Span(HELD.day, HELD.day)


def operation(id: str, **other: Any) -> Operation:
    return builders.operation(id, sites=(), agencies={"miljo": 1}, **other)


def year(*operations: Operation, n_officers: int = 9, **settings: Any) -> Scenario:
    """In which each unit offers that many officers to every slot, and each agency nine teams."""
    made = builders.scenario(list(operations), settings=Settings.of(**settings))
    police = {id: replace(unit, officers=(OfficerLine(Matching(), n_officers, 1),)) for id, unit in made.police.items()}
    agencies = {
        id: replace(agency, teams=(TeamLine(Matching(), 9),), staff_teams=99) for id, agency in made.agencies.items()
    }
    return replace(made, police=police, agencies=agencies)


def at(scenario: Scenario, moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=scenario.zone)


def planned(scenario: Scenario) -> Plan:
    return make_plan(scenario, at(scenario, "2027-01-01"), Effort(20)).plan


def replanned(
    scenario: Scenario, plan: Plan, moment: str, *, given: Scenario | None = None, **entered: Any
) -> Mapping[str, Plan]:
    """The options, each of which passes its check."""
    begun = replan_input(scenario, plan, Entries.of(**entered), at(scenario, moment), given)
    made = replan_from(begun, plan, Effort(20))
    assert all(judge(made.scenario, option).clean for option in made.options.values())
    return made.options


def said(explained: Any) -> list[str]:
    return [swedish().say(sentence) for sentence in explained.sentences]


def test_two_that_were_tied_to_one_that_was_held_are_no_longer_one() -> None:
    """Both were called off: the spacing of their sector holds between them."""
    tied = [operation(id, same_slot_as="A", sector="r") for id in ("B", "C")]
    scenario = year(operation("A", fixed=Pin(HELD), sector="x"), *tied, sector_spacing_days=14, notice_days=7)
    unit = scenario.police["lpo-city"]
    lines = (OfficerLine(Matching(), 2, 0), OfficerLine(Matching(first=HELD.day, last=HELD.day), 6, 0))
    scenario = replace(scenario, police={**scenario.police, "lpo-city": replace(unit, officers=lines)})
    plan = planned(scenario)
    assert {place.slot for place in plan.placements} == {HELD}
    outcomes = (Outcome("A", HELD.day, "done"), *(Outcome(id, HELD.day, "called-off") for id in ("B", "C")))
    for option in replanned(scenario, plan, "2027-03-02T18:00", outcomes=outcomes).values():
        days = sorted(option.placed[id].slot.day for id in ("B", "C"))
        assert (days[1] - days[0]).days >= 14
        a, b, c = (option.placed[id] for id in "ABC")
        crowded = replace(option, placements=(a, b, replace(c, slot=b.slot)))
        assert "sector-spacing" in {breach.rule for breach in breaches(context_of(scenario, crowded), crowded)}


def test_of_tied_ones_the_one_that_stands_is_counted() -> None:
    frozen = operation("A", window=ON_IT, shifts=("day",), sector="x", area="city")
    scenario = year(frozen, operations_per_area_per_day=1, freeze_days=14, notice_days=3)
    plan = planned(scenario)
    new = [
        operation("B", sector="r", window=Span(date(2027, 5, 3), date(2027, 5, 3))),
        replace(frozen, same_slot_as="B"),
        operation("C", sector="r", window=ON_IT),
    ]
    edited = replace(scenario, operations={one.id: one for one in new})
    for option in replanned(scenario, plan, "2027-02-25T08:00", given=edited).values():
        assert [place.operation for place in option.placements] == ["A"]


@pytest.mark.parametrize(("before", "now"), [(9, 0), (0, 9)])
def test_who_joined_what_was_held_is_neither_forgotten_nor_added(before: int, now: int) -> None:
    joins = {"optional_agencies": {"arbetsmiljoverket": 1}}
    later = Slot(date(2027, 9, 2), "day")
    scenario = year(operation("A", fixed=Pin(HELD), **joins), operation("D", fixed=Pin(later), **joins))

    def offering(teams: int) -> Scenario:
        agency = replace(scenario.agencies["arbetsmiljoverket"], teams=(TeamLine(Matching(), teams),))
        return replace(scenario, agencies={**scenario.agencies, agency.id: agency})

    plan = planned(offering(before))
    for option in replanned(offering(before), plan, "2027-04-01T08:00", given=offering(now)).values():
        came = {id: bool(place.optional_agencies) for id, place in option.placed.items()}
        assert came == {"A": bool(before), "D": bool(now)}


@pytest.mark.parametrize("party", ["miljo", "lpo-city"])
def test_a_no_to_one_of_several_days_is_no_to_all_that_have_it(party: str) -> None:
    of_two_days = operation(
        "X", days=2, shifts=("day",), window=Span(date(2027, 3, 1), date(2027, 3, 3)), preferred=ON_IT
    )
    scenario = year(of_two_days)
    plan = planned(scenario)
    assert plan.placed["X"].slot == HELD
    no = Answered("X", party, "no", HELD, plan.placed["X"].police)
    for option in replanned(scenario, plan, "2027-01-04T08:00", changes=(no,)).values():
        assert not option.placements


def test_a_tie_that_an_edit_brings_moves_nothing_that_notice_holds() -> None:
    promised = operation("A", window=Span(HELD.day, date(2027, 4, 30)), shifts=("day",), preferred=ON_IT)
    scenario = year(promised, freeze_days=0, notice_days=14)
    plan = planned(scenario)
    tied = operation("B", sector="r", same_slot_as="A", must=True, window=Span(HELD.day, date(2027, 3, 3)))
    edited = replace(scenario, operations={"A": promised, "B": tied})
    for option in replanned(scenario, plan, "2027-02-25T08:00", given=edited).values():
        assert option.placed["A"].slot == HELD


def test_what_has_begun_keeps_its_officers() -> None:
    a = operation("A", officers=4, fixed=Pin(HELD))
    scenario = year(a, operation("B", officers=4, window=Span(date(2027, 3, 1), date(2027, 3, 31))))
    unit = replace(scenario.police["lpo-city"], officer_shifts_per_month=5)
    scenario = replace(scenario, police={**scenario.police, "lpo-city": unit})
    with pytest.raises(InputError, match="A has begun: it keeps its officers"):
        replanned(scenario, planned(scenario), "2027-03-03T08:00", changes=(FewerOfficers("A", 1),))


def test_a_shift_that_the_log_tells_of_is_not_removed() -> None:
    a = operation("A", shifts=("evening",), window=ON_IT)
    scenario = year(a)
    by_day = replace(scenario, operations={"A": replace(a, shifts=("day",))})
    moved = replanned(scenario, planned(scenario), "2027-01-10T08:00", given=by_day)["fewest-changes"]
    assert moved.placed["A"].slot == HELD
    edited = replace(by_day, shifts=tuple(shift for shift in scenario.shifts if shift.id != "evening"))
    with pytest.raises(Refused, match="evening"):
        replanned(by_day, moved, "2027-01-20T08:00", given=edited)


def test_nobody_is_told_to_leave_out_what_was_held() -> None:
    near = operation("Y", fixed=Pin(Slot(date(2027, 2, 20), "day")))
    late = Span(date(2027, 6, 1), date(2027, 6, 4))
    asked = operation("X", shifts=("day",), window=Span(date(2027, 3, 1), late.last), preferred=late)
    scenario = year(near, asked, sector_spacing_days=30, freeze_days=7, notice_days=3)
    told = said(explain_date(scenario, planned(scenario), "X", HELD.day, at(scenario, "2027-02-25T08:00")))
    assert told
    assert not [sentence for sentence in told if "bara om en annan" in sentence]


def test_an_operation_s_place_is_told_with_all_that_it_costs_and_nothing_that_is_not() -> None:
    wishes = {"designated": "prefer", "optional_agencies": {"arbetsmiljoverket": 1}}
    reserve = operation("R", reserve=True)
    one_slot = operation(
        "X", shifts=("day",), window=Span(date(2027, 3, 1), date(2027, 3, 1)), police=("lpo-city", "lpo-hisingen")
    )
    scenario = year(operation("A", fixed=Pin(HELD), **wishes), reserve, operation("B", same_slot_as="R"), one_slot)
    police = {id: replace(unit, officers=(OfficerLine(Matching(), 9, 0),)) for id, unit in scenario.police.items()}
    agency = replace(scenario.agencies["arbetsmiljoverket"], teams=(TeamLine(Matching(), 0),))
    scenario = replace(scenario, police=police, agencies={**scenario.agencies, agency.id: agency})
    plan = planned(scenario)
    assert sum("minuspoäng" in sentence for sentence in said(explain(scenario, plan, "A"))) == 2
    assert not [sentence for sentence in said(explain(scenario, plan, "X")) if "minuspoäng" in sentence]
    assert not [sentence for sentence in said(explain(scenario, plan, "B")) if "R" in sentence]
    assert "Inget annat tillfälle är ledigt." in said(explain(scenario, plan, "X")), "only another unit at the same"
    assert said(explain(scenario, plan, "R"))[1:], "why it stands nowhere"


def test_a_spacing_of_a_million_days_is_one() -> None:
    scenario = year(operation("A"), operation("E"), sector_spacing_days=1_000_000)
    assert len(planned(scenario).placements) == 1
