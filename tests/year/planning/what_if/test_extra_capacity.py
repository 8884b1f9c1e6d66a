"""What one more of a party would bring in, against plans made anew with it; fall-backs, against the plans' checks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from arshjul.errors import InputError
from arshjul.year.agenda.year import months
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.extra_capacity import extra_shifts, with_extra_capacity
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.parties import Agency, Matching, OfficerLine, TeamLine
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import LimitException, Settings
from arshjul.year.formats.reading import read_scenario
from arshjul.year.planning import what_if as module
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.replan.ladder import Answer, climb
from arshjul.year.planning.verify import breaches
from arshjul.year.planning.what_if import WhatIf, WhatIfQuestion, loosenings, sentences, title, what_if
from arshjul.year.texts import Words
from tests import builders

SPRING = Span(date(2027, 3, 1), date(2027, 5, 31))
EFFORT = Effort(limit_s=60)


def tuesdays(teams: int) -> tuple[TeamLine, ...]:
    return (TeamLine(Matching(frozenset({1}), "day"), teams),)


def short_of_teams(n: int = 18, **changed: Any) -> Scenario:
    """Three months of Tuesdays: Miljö has one team for them, and there are more operations than Tuesdays."""
    operations = [
        builders.operation(f"OP-{i}", sector=f"s{i}", officers=2, agencies={"miljo": 1}, priority=1 + i % 3)
        for i in range(1, n + 1)
    ]
    made = builders.scenario(operations, span=SPRING, settings=Settings.of(lead_time_days=0), **changed)
    officers = (OfficerLine(Matching(frozenset({1, 2}), "day"), 8),)
    miljo = replace(made.agencies["miljo"], teams=tuesdays(1), staff_teams=1)
    return replace(
        made,
        police={id: replace(one, officers=officers) for id, one in made.police.items()},
        agencies={**made.agencies, "miljo": miljo},
    )


def short_of_officers() -> Scenario:
    """The same with teams enough, and officers for one operation on each Tuesday."""
    made = short_of_teams()
    officers = (OfficerLine(Matching(frozenset({1}), "day"), 2),)
    return replace(
        made,
        police={id: replace(one, officers=officers) for id, one in made.police.items()},
        agencies={**made.agencies, "miljo": replace(made.agencies["miljo"], teams=tuesdays(9), staff_teams=9)},
    )


def before(scenario: Scenario) -> datetime:
    return datetime(2026, 12, 1, 9, tzinfo=scenario.zone)


def planned(scenario: Scenario) -> Plan:
    return make_plan(scenario, before(scenario), replace(EFFORT, bare=True)).plan


def found(scenario: Scenario, plan: Plan, party: str, as_of: datetime | None = None) -> WhatIf:
    moment = as_of or before(scenario)
    return what_if(scenario, plan, loosenings(scenario, WhatIfQuestion("party", party), moment), moment, EFFORT)


def came_in(told: WhatIf) -> list[int]:
    return [len(step.came_in) for step in told.steps]


def ways(scenario: Scenario, plan: Plan, id: str) -> Iterator[Placement]:
    """Every other place of an operation at which the plan breaks no rule, by the rules' own checks."""
    context = ReplanContext.of(scenario, as_of=before(scenario))
    others = [placement for placement in plan.placements if placement.operation != id]
    for day, shift, staffing in product(
        scenario.span.days(), scenario.shifts, scenario.staffings(scenario.operations[id])
    ):
        place = Placement(id, Slot(day, shift.id), staffing.police, any_of=staffing.any_of)
        if not place.same_place(plan.placed[id]):
            tried = replace(plan, placements=(*others, place), levels=())
            if not [breach for breach in breaches(context, tried) if id in breach.operations]:
                yield place


def agree(scenario: Scenario, plan: Plan, party: str, told: WhatIf) -> None:
    """Each month as a plan made anew has it with one more in it; the present plan is the best."""
    assert told.unaided == 0
    assert told.before.levels == tuple(level.value for level in plan.levels[:2])
    for step, month in zip(told.steps, months(scenario.span), strict=True):
        anew = planned(with_extra_capacity(scenario, party, [month]))
        assert step.proven
        assert step.levels == tuple(level.value for level in anew.levels[:2]), step


@pytest.mark.parametrize(("made", "party"), [(short_of_teams(), "miljo"), (short_of_officers(), "lpo-city")])
def test_each_month_brings_in_what_a_plan_made_with_it_does(made: Scenario, party: str) -> None:
    plan = planned(made)
    told = found(made, plan, party)
    assert len(told.before.left_out) == len(plan.unplaced) == 5  # 18 operations, 13 Tuesdays
    # Five Tuesdays in March, four in April and in May.
    assert [step.loosening.of for step in told.steps] == ["2027-03", "2027-04", "2027-05"]
    assert "March 2027 (5 shifts)" in Words("en").say(told.steps[0].loosening.text)
    assert came_in(told) == [5, 4, 4]
    agree(made, plan, party, told)
    said = [
        Words("en").say(sentence)
        for sentence in sentences(made, title(made, WhatIfQuestion("party", party)), told, "busy")
    ]
    assert (
        said[0]
        == {
            "miljo": "One more team of Miljöförvaltningen, month by month",
            "lpo-city": "2 more officers of LPO City, month by month",
        }[party]
    )
    assert said[3].startswith("March 2027 (5 shifts) – 5 operations come in; "), said
    assert said[-2] == "Proven: no step leaves less unplaced."
    assert len(said) <= 10


def test_who_is_not_missed_brings_nothing_in_and_that_is_proven_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = short_of_teams()
    more = replace(made.agencies["skatteverket"], teams=tuesdays(1))
    made = replace(made, agencies={**made.agencies, "skatteverket": more})
    solves: list[object] = []

    def counted(*given: Any) -> list[Answer]:
        solves.append(given)
        return climb(*given)

    monkeypatch.setattr(module, "climb", counted)
    for party, n_solves in (("lpo-city", 2), ("skatteverket", 2)):
        solves.clear()
        told = found(made, planned(made), party)
        assert [(step.levels, step.proven) for step in told.steps] == [(told.before.levels, True)] * 3
        assert len(solves) == n_solves, "the plan as it is, and all months together"
    solves.clear()
    told = found(short_of_teams(5), planned(short_of_teams(5)), "miljo")
    assert (len(told.before.left_out), came_in(told)) == (0, [0, 0, 0])
    assert not solves, "nothing is left out"


def test_limits_and_rest_grow_with_what_is_offered() -> None:
    made = short_of_teams()
    usual = replace(
        made.agencies["miljo"],
        team_shifts_per_week=1,
        team_shifts_per_month=3,
        load_exceptions=(LimitException(Span(date(2027, 4, 5), date(2027, 4, 6)), {"team_shifts_per_month": 4}),),
    )
    more = with_extra_capacity(
        replace(made, agencies={**made.agencies, "miljo": usual}), "miljo", [list(months(SPRING))[1]]
    )
    agency = more.agencies["miljo"]
    tuesday = Slot(date(2027, 4, 6), "day")
    assert isinstance(agency, Agency)
    assert (agency.offer(tuesday), agency.staff_teams) == (2, 2)
    assert agency.offer(Slot(date(2027, 3, 30), "day")) == agency.offer(Slot(date(2027, 5, 4), "day")) == 1
    assert agency.offer(Slot(date(2027, 4, 6), "evening")) == 0, "it offers nothing there"
    week, last_of_march = Span(date(2027, 4, 5), date(2027, 4, 11)), Span(date(2027, 3, 29), date(2027, 4, 4))
    assert (agency.week_limit(week), agency.week_limit(last_of_march)) == (2, 1)
    by_month = [agency.month_limit(month) for month in months(SPRING)]
    assert by_month == [3, 8, 3], "one team where there was one: twice as much"
    unit = with_extra_capacity(replace(made, police={
        id: replace(one, officer_shifts_per_month=20) for id, one in made.police.items()
    }), "lpo-city", [list(months(SPRING))[1]]).police["lpo-city"]  # fmt: skip
    assert [unit.month_limit(month) for month in months(SPRING)] == [20, 25, 20]
    assert (unit.offer(tuesday).officers, unit.offer(tuesday).designated) == (10, 0)


def test_a_month_without_offers_has_nothing_to_add_to() -> None:
    made = short_of_teams()
    away = TeamLine(Matching(first=date(2027, 4, 1), last=date(2027, 4, 30)), 0)
    miljo = replace(made.agencies["miljo"], teams=(*tuesdays(1), away))
    made = replace(made, agencies={**made.agencies, "miljo": miljo})
    april = list(months(SPRING))[1]
    assert not extra_shifts(made, "miljo", [april])
    assert with_extra_capacity(made, "miljo", [april]) == made
    told = found(made, planned(made), "miljo")
    assert [step.loosening.of for step in told.steps] == ["2027-03", "2027-05"]
    assert len(told.steps[0].came_in) == 5
    never = replace(made, agencies={**made.agencies, "miljo": replace(miljo, teams=())})
    with pytest.raises(InputError):
        loosenings(never, WhatIfQuestion("party", "miljo"), before(made))


def test_who_gets_a_fall_back_is_who_breaks_no_rule_elsewhere() -> None:
    made = short_of_teams(13)  # as many as Tuesdays: nothing is left out, and nobody can move alone
    plan = planned(made)
    assert not plan.unplaced
    told = found(made, plan, "miljo")
    assert told.weak == sum(not list(ways(made, plan, id)) for id in plan.placed) == 13
    for step, month in zip(told.steps, months(SPRING), strict=True):
        with_it = with_extra_capacity(made, "miljo", [month])
        assert set(step.fall_backs) == {id for id in plan.placed if list(ways(with_it, plan, id))}
        assert len(step.fall_backs) == 13
        assert not step.came_in and not step.is_idle


def test_it_ends_with_the_months_that_are_done_when_it_is_stopped() -> None:
    made = short_of_teams()

    def stop(done: int, of: int) -> None:
        assert of == 3
        if done == 2:
            raise KeyboardInterrupt

    asked = loosenings(made, WhatIfQuestion("party", "miljo"), before(made))
    told = what_if(made, planned(made), asked, before(made), EFFORT, stop)
    assert came_in(told) == [5, 4]
    assert not told.is_whole
    said = [Words("en").say(sentence) for sentence in sentences(made, asked[0].text, told, "full")]
    assert "Out of time, more may be possible: May 2027 (4 shifts)." in said


def test_months_that_are_over_are_not_asked_for() -> None:
    made = short_of_teams()
    plan = planned(made)
    told = found(made, plan, "miljo", datetime(2027, 4, 20, 18, tzinfo=made.zone))
    assert [step.loosening.of for step in told.steps] == ["2027-04", "2027-05"]
    assert "(2 shifts)" in Words("en").say(told.steps[0].loosening.text)
    assert len(told.steps[0].came_in) == 1, "the 20th has begun"


@pytest.mark.slow
@pytest.mark.parametrize("party", ["miljo", "lpo-city"])
def test_a_tight_year_gains_what_plans_made_anew_say(party: str) -> None:
    made = read_scenario(Path("scenarios/goteborg-2027-tight")).scenario
    miljo = replace(made.agencies["miljo"], team_shifts_per_week=2)
    made = replace(made, agencies={**made.agencies, "miljo": miljo})
    plan = planned(made)
    assert len(plan.unplaced) > 10
    asked = loosenings(made, WhatIfQuestion("party", party), before(made))
    told = what_if(made, plan, asked, before(made), Effort(limit_s=1200))
    assert len(told.steps) == 12
    agree(made, plan, party, told)
