"""What a rule a step looser would bring in, held against plans that are made under it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.errors import InputError
from arshjul.year.agenda.year import months
from arshjul.year.domain.calendar import Calendar, Slot, Span
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
from arshjul.year.planning.what_if import (
    LOOSENING,
    Step,
    WhatIf,
    WhatIfQuestion,
    loosenings,
    named,
    question_of,
    sentences,
    table,
    title,
    what_if,
)
from arshjul.year.rules import HARD, SETTINGS
from arshjul.year.texts import Words
from tests import builders
from tests.examples import examples
from tests.year.rules.generators import draw_scenario

EFFORT = Effort(limit_s=60)
SPRING = Span(date(2027, 3, 1), date(2027, 3, 28))


def before(scenario: Scenario) -> datetime:
    """So long before the year that neither notice nor freeze nor a lead time meets anything of it."""
    return datetime.combine(scenario.span.first - timedelta(days=200), time(9), tzinfo=scenario.zone)


def planned(scenario: Scenario) -> Plan:
    return make_plan(scenario, before(scenario), EFFORT).plan


def crowded(n: int = 6, **sizes: int) -> Scenario:
    """Restaurants of City in four weeks, each with its own priority; anybody offers anything."""
    operations = [builders.operation(f"OP-{i}", agencies={"miljo": 1}, priority=1 + i % 3) for i in range(1, n + 1)]
    made = builders.scenario(operations, span=SPRING, settings=Settings.of(**sizes))
    return replace(
        made,
        agencies={id: replace(one, teams=(TeamLine(Matching(), 1),)) for id, one in made.agencies.items()},
        police={id: replace(one, officers=(OfficerLine(Matching(), 4),)) for id, one in made.police.items()},
    )


def found(scenario: Scenario, rule: str, as_of: datetime | None = None) -> WhatIf:
    moment = as_of or before(scenario)
    asked = loosenings(scenario, question_of(scenario, None, rule), moment)
    return what_if(scenario, planned(scenario), asked, moment, EFFORT, has_quality=True)


def n_left(told: WhatIf, step: Step) -> int:
    """How many operations are left out with the step."""
    return len(told.before.left_out) - len(step.came_in) + len(step.went_out)


def said_of(scenario: Scenario, rule: str, told: WhatIf) -> list[str]:
    heading = title(scenario, WhatIfQuestion("rule", rule))
    return [Words("en").say(sentence) for sentence in sentences(scenario, heading, told, "full")]


def levels(plan: Plan) -> tuple[int, ...]:
    return tuple(level.value for level in plan.levels if level.id in ("musts", "points"))


@given(st.integers(0, 10_000))
@examples(2, 300)
def test_each_step_delivers_what_a_plan_made_under_it_delivers(seed: int) -> None:
    scenario = draw_scenario(Random(f"cost {seed}"), 7)
    plan = planned(scenario)
    for rule in LOOSENING:
        try:
            asked = loosenings(scenario, WhatIfQuestion("rule", rule.id), before(scenario))
        except InputError:
            assert not list(rule.looser(scenario, [scenario.span]))
            continue
        told = what_if(scenario, plan, asked, before(scenario), EFFORT, has_quality=True)
        assert told.before.levels == levels(plan)
        for step in told.steps:
            anew = make_plan(step.loosening.make(scenario), before(scenario), EFFORT).plan
            assert step.levels == levels(anew), (rule.id, step.loosening.of)
            assert step.levels <= told.before.levels
            assert step.proven
            if step.levels == told.before.levels:
                assert not (step.came_in or step.went_out or step.moved)
            if step.is_idle:
                assert step.quality is None or step.quality.value == anew.levels[2].value == plan.levels[2].value


def test_a_day_less_of_spacing_lets_one_more_in() -> None:
    """From 1 to 28 March two fit at 14 days, and three at 13: 1, 14 and 27 March."""
    scenario = replace(crowded(3, sector_spacing_days=14), calendar=Calendar())
    told = found(scenario, "sector-spacing")
    (one,) = told.steps
    assert (one.loosening.of, len(told.before.left_out), one.levels) == ("sector_spacing_days", 1, (0, 0))
    assert len(one.came_in) == 1 and not one.went_out and one.proven
    said = said_of(scenario, "sector-spacing", told)
    id = one.came_in[0]
    assert said[0] == "A step looser: days between operations of a sector"
    assert said[1].startswith("One operation is unplaced now: 0 musts, ")
    step = "Days between operations of one sector in an area: 13 instead of 14"
    (line,) = (line for line in said if line.startswith(step))
    assert line.startswith(f"{step} – one operation comes in: {id} (Göteborg City, restaurang)")
    assert "Proven: no step leaves less unplaced." in said
    assert not any("Avenyn" in sentence or "Exempel" in sentence for sentence in said)
    assert len(said) <= 10
    heads, usual, row = table(told, Words("en"))
    assert (heads[1], usual[1], row[1]) == ("come in", "0", "1")
    assert (heads[2 + bool(one.moved)], row[0]) == ("points unplaced", step)


def test_who_moves_for_what_comes_in_is_named() -> None:
    """Two stand where they wish to at 14 days; three at 13 fit around the first, the middle and the last date alone."""
    made = replace(crowded(3, sector_spacing_days=14), calendar=Calendar())
    wished = {"OP-1": date(2027, 3, 8), "OP-3": date(2027, 3, 22)}
    wishing = {id: replace(made.operations[id], preferred=Span(day, day)) for id, day in wished.items()}
    scenario = replace(made, operations={**made.operations, **wishing})
    assert {place.operation: place.slot.day for place in planned(scenario).placements} == wished
    told = found(scenario, "sector-spacing")
    (one,) = told.steps
    assert (one.came_in, one.moved) == (("OP-2",), ("OP-1", "OP-3"))
    moving = "2 others move: OP-1 (Göteborg City, restaurang) and OP-3 (Göteborg City, restaurang)"
    assert moving in " ".join(said_of(scenario, "sector-spacing", told))


def test_operations_are_named_as_far_as_the_level_allows() -> None:
    scenario = builders.scenario([builders.operation("OP-1"), builders.operation("OP-2", area="hisingen")])
    say = Words("en").say
    assert [say(message) for message in named(scenario, ["OP-1", "OP-2"], "full")] == [
        "OP-1 (Göteborg City, restaurang)", "OP-2 (Hisingen, restaurang)",
    ]  # fmt: skip
    assert [say(message) for message in named(scenario, ["OP-1", "OP-2"], "area")] == [
        "one in Göteborg City",
        "one in Hisingen",
    ]
    assert not list(named(scenario, ["OP-1", "OP-2"], "busy"))


def test_a_setting_is_loosened_by_itself_or_with_those_of_its_rule_and_its_exceptions() -> None:
    scenario = crowded(6, operations_per_day=1, operations_per_week=1)
    told = found(scenario, "daily-limit")
    assert [(step.loosening.of, n_left(told, step)) for step in told.steps] == [
        ("operations_per_day", 2),
        ("operations_per_week", 0),
    ]
    assert told.steps[0].is_idle and not told.steps[1].is_idle
    assert "Changes nothing, proven: Operations a day, at most: 2 instead of 1." in said_of(
        scenario, "daily-limit", told
    )
    assert [row[0] for row in table(told, Words("en"))[2:]] == ["Operations a week, at most: 2 instead of 1"]
    alone = found(scenario, "operations_per_week")
    assert [step.loosening.of for step in alone.steps] == ["operations_per_week"]
    assert alone.steps[0].levels == told.steps[1].levels
    scenario = crowded(3, operations_per_week=1)
    raised = LimitException(
        Span(date(2027, 3, 1), date(2027, 3, 2)), {"operations_per_week": 3, "operations_per_day": 2}
    )
    scenario = replace(scenario, settings=replace(scenario.settings, exceptions=(raised,)))
    (step,) = loosenings(scenario, WhatIfQuestion("rule", "operations_per_week"), before(scenario))
    settings = step.make(scenario).settings
    assert settings.given["operations_per_week"] == 2
    assert settings.exceptions[0].limits == {"operations_per_week": 4, "operations_per_day": 2}


@pytest.mark.parametrize(("rule", "party"), [("agency-teams", "miljo"), ("police-officers", "lpo-city")])
def test_one_more_of_a_party_is_a_step(rule: str, party: str) -> None:
    operations = [builders.operation(f"OP-{i}", sector=f"s{i}", agencies={"miljo": 1}) for i in range(1, 7)]
    made = builders.scenario(operations, span=SPRING)
    tuesdays = Matching(frozenset({1}), "day")
    short = {"agency-teams": 1, "police-officers": 3}[rule]
    scenario = replace(
        made,
        agencies={
            **made.agencies,
            "miljo": replace(made.agencies["miljo"], teams=(TeamLine(tuesdays, min(short, 2)),)),
        },
        police={
            **made.police,
            "lpo-city": replace(made.police["lpo-city"], officers=(OfficerLine(tuesdays, 3 if short == 3 else 9),)),
        },
    )
    told = found(scenario, rule)
    by_party = {step.loosening.of: step for step in told.steps}
    assert len(told.before.left_out) == 2
    assert len(by_party[party].came_in) == 2


def test_what_is_off_or_has_no_step_is_refused_with_what_has_one() -> None:
    with pytest.raises(InputError) as refused:
        question_of(crowded(2), None, "window")
    said = Words("en").say(refused.value.message)
    assert said.startswith('"window" cannot be loosened.')
    assert all(id in said for id in ("sector-spacing", "daily-limit", "agency-teams", "operations_per_week"))
    with pytest.raises(InputError):
        found(crowded(2), "sector-spacing")
    with pytest.raises(InputError):
        found(crowded(2, operations_per_day=3), "operations_per_week")


def test_the_quality_of_a_first_plan_is_compared_where_nothing_comes_in() -> None:
    """Two that prefer the same day, on which one may be: a second one saves what the other pays."""
    wished = Span(date(2027, 3, 2), date(2027, 3, 2))
    operations = [builders.operation(f"OP-{i}", sector=f"s{i}", agencies={}, preferred=wished) for i in (1, 2)]
    scenario = replace(
        crowded(1, operations_per_day=1), operations={operation.id: operation for operation in operations}
    )
    told = found(scenario, "operations_per_day")
    (one,) = told.steps
    assert told.quality is not None and one.quality is not None
    assert not told.before.left_out and n_left(told, one) == 0
    assert one.quality.proven and one.quality.value < told.quality.value
    assert not one.is_idle
    said = " ".join(said_of(scenario, "operations_per_day", told))
    assert f"quality: {one.quality.value} penalty points, now {told.quality.value}, proven" in said
    later = found(scenario, "operations_per_day", _later(scenario))
    assert later.quality is None and later.steps[0].quality is None


def test_what_time_does_not_reach_is_said() -> None:
    scenario = crowded(6, operations_per_day=1, operations_per_week=1)
    plan = planned(scenario)
    heard: list[tuple[int, int]] = []
    asked = loosenings(scenario, WhatIfQuestion("rule", "daily-limit"), before(scenario))
    told = what_if(scenario, plan, asked, before(scenario), EFFORT, lambda n, of: heard.append((n, of)))
    assert heard == [(0, 2), (1, 2)]
    assert told.is_whole
    short = replace(told, steps=told.steps[:1])
    assert not short.is_whole
    text = "Out of time, more may be possible: Operations a week, at most: 2 instead of 1."
    assert text in said_of(scenario, "daily-limit", short)


def test_every_setting_of_the_plan_has_a_step_or_is_none_of_its_rules() -> None:
    """A new setting of a hard rule says how it is loosened, or stands here."""
    stepless = {setting.key for rule in HARD for setting in rule.settings if not setting.step}
    assert stepless == set()
    assert {setting.key for setting in SETTINGS if setting.step} == {
        setting.key for rule in LOOSENING for setting in rule.settings
    }


def _later(scenario: Scenario) -> datetime:
    return datetime.combine(scenario.span.first + timedelta(days=1), time(9), tzinfo=scenario.zone)


# What one more of a party would bring in, against plans made anew with it; fall-backs, against the plans' checks.


THREE_MONTHS = Span(date(2027, 3, 1), date(2027, 5, 31))


def tuesdays(teams: int) -> tuple[TeamLine, ...]:
    return (TeamLine(Matching(frozenset({1}), "day"), teams),)


def short_of_teams(n: int = 18, **changed: Any) -> Scenario:
    """Three months of Tuesdays: Miljö has one team for them, and there are more operations than Tuesdays."""
    operations = [
        builders.operation(f"OP-{i}", sector=f"s{i}", officers=2, agencies={"miljo": 1}, priority=1 + i % 3)
        for i in range(1, n + 1)
    ]
    made = builders.scenario(operations, span=THREE_MONTHS, settings=Settings.of(lead_time_days=0), **changed)
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


def december(scenario: Scenario) -> datetime:
    return datetime(2026, 12, 1, 9, tzinfo=scenario.zone)


def planned_bare(scenario: Scenario) -> Plan:
    return make_plan(scenario, december(scenario), replace(EFFORT, bare=True)).plan


def found_for(scenario: Scenario, plan: Plan, party: str, as_of: datetime | None = None) -> WhatIf:
    moment = as_of or december(scenario)
    return what_if(scenario, plan, loosenings(scenario, WhatIfQuestion("party", party), moment), moment, EFFORT)


def came_in(told: WhatIf) -> list[int]:
    return [len(step.came_in) for step in told.steps]


def ways(scenario: Scenario, plan: Plan, id: str) -> Iterator[Placement]:
    """Every other place of an operation at which the plan breaks no rule, by the rules' own checks.

    On those weekdays alone on which anybody offers officers.
    """
    context = ReplanContext.of(scenario, as_of=december(scenario))
    others = [placement for placement in plan.placements if placement.operation != id]
    for day, shift, staffing in product(
        (day for day in scenario.span.days() if day.weekday() in (1, 2)),
        scenario.shifts,
        scenario.staffings(scenario.operations[id]),
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
        anew = planned_bare(with_extra_capacity(scenario, party, [month]))
        assert step.proven
        assert step.levels == tuple(level.value for level in anew.levels[:2]), step


@pytest.mark.parametrize(("made", "party"), [(short_of_teams(), "miljo"), (short_of_officers(), "lpo-city")])
def test_each_month_brings_in_what_a_plan_made_with_it_does(made: Scenario, party: str) -> None:
    plan = planned_bare(made)
    told = found_for(made, plan, party)
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
        told = found_for(made, planned_bare(made), party)
        assert [(step.levels, step.proven) for step in told.steps] == [(told.before.levels, True)] * 3
        assert len(solves) == n_solves, "the plan as it is, and all months together"
    solves.clear()
    told = found_for(short_of_teams(5), planned_bare(short_of_teams(5)), "miljo")
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
        replace(made, agencies={**made.agencies, "miljo": usual}), "miljo", [list(months(THREE_MONTHS))[1]]
    )
    agency = more.agencies["miljo"]
    tuesday = Slot(date(2027, 4, 6), "day")
    assert isinstance(agency, Agency)
    assert (agency.offer(tuesday), agency.staff_teams) == (2, 2)
    assert agency.offer(Slot(date(2027, 3, 30), "day")) == agency.offer(Slot(date(2027, 5, 4), "day")) == 1
    assert agency.offer(Slot(date(2027, 4, 6), "evening")) == 0, "it offers nothing there"
    week, last_of_march = Span(date(2027, 4, 5), date(2027, 4, 11)), Span(date(2027, 3, 29), date(2027, 4, 4))
    assert (agency.week_limit(week), agency.week_limit(last_of_march)) == (2, 1)
    by_month = [agency.month_limit(month) for month in months(THREE_MONTHS)]
    assert by_month == [3, 8, 3], "one team where there was one: twice as much"
    unit = with_extra_capacity(replace(made, police={
        id: replace(one, officer_shifts_per_month=20) for id, one in made.police.items()
    }), "lpo-city", [list(months(THREE_MONTHS))[1]]).police["lpo-city"]  # fmt: skip
    assert [unit.month_limit(month) for month in months(THREE_MONTHS)] == [20, 25, 20]
    assert (unit.offer(tuesday).officers, unit.offer(tuesday).designated) == (10, 0)


def test_months_without_offers_or_that_are_over_are_not_asked_for() -> None:
    made = short_of_teams()
    away = TeamLine(Matching(first=date(2027, 4, 1), last=date(2027, 4, 30)), 0)
    miljo = replace(made.agencies["miljo"], teams=(*tuesdays(1), away))
    made = replace(made, agencies={**made.agencies, "miljo": miljo})
    april = list(months(THREE_MONTHS))[1]
    assert not extra_shifts(made, "miljo", [april])
    assert with_extra_capacity(made, "miljo", [april]) == made
    told = found_for(made, planned_bare(made), "miljo")
    assert [step.loosening.of for step in told.steps] == ["2027-03", "2027-05"]
    assert len(told.steps[0].came_in) == 5
    never = replace(made, agencies={**made.agencies, "miljo": replace(miljo, teams=())})
    with pytest.raises(InputError):
        loosenings(never, WhatIfQuestion("party", "miljo"), december(made))
    made = short_of_teams()
    plan = planned_bare(made)
    told = found_for(made, plan, "miljo", datetime(2027, 4, 20, 18, tzinfo=made.zone))
    assert [step.loosening.of for step in told.steps] == ["2027-04", "2027-05"]
    assert "(2 shifts)" in Words("en").say(told.steps[0].loosening.text)
    assert len(told.steps[0].came_in) == 1, "the 20th has begun"


def test_who_gets_a_fall_back_is_who_breaks_no_rule_elsewhere() -> None:
    made = short_of_teams(13)  # as many as Tuesdays: nothing is left out, and nobody can move alone
    plan = planned_bare(made)
    assert not plan.unplaced
    told = found_for(made, plan, "miljo")
    assert told.weak == sum(not list(ways(made, plan, id)) for id in plan.placed) == 13
    for step, month in zip(told.steps, months(THREE_MONTHS), strict=True):
        with_it = with_extra_capacity(made, "miljo", [month])
        assert set(step.fall_backs) == {id for id in plan.placed if next(ways(with_it, plan, id), None)}
        assert len(step.fall_backs) == 13
        assert not step.came_in and not step.is_idle


def test_it_ends_with_the_months_that_are_done_when_it_is_stopped() -> None:
    made = short_of_teams()

    def stop(done: int, of: int) -> None:
        assert of == 3
        if done == 2:
            raise KeyboardInterrupt

    asked = loosenings(made, WhatIfQuestion("party", "miljo"), december(made))
    told = what_if(made, planned_bare(made), asked, december(made), EFFORT, stop)
    assert came_in(told) == [5, 4]
    assert not told.is_whole
    said = [Words("en").say(sentence) for sentence in sentences(made, asked[0].text, told, "full")]
    assert "Out of time, more may be possible: May 2027 (4 shifts)." in said


@pytest.mark.slow
@pytest.mark.parametrize("party", ["miljo", "lpo-city"])
def test_a_tight_year_gains_what_plans_made_anew_say(party: str) -> None:
    made = read_scenario(Path("scenarios/goteborg-2027-tight")).scenario
    miljo = replace(made.agencies["miljo"], team_shifts_per_week=2)
    made = replace(made, agencies={**made.agencies, "miljo": miljo})
    plan = planned_bare(made)
    assert len(plan.unplaced) > 10
    asked = loosenings(made, WhatIfQuestion("party", party), december(made))
    told = what_if(made, plan, asked, december(made), Effort(limit_s=1200))
    assert len(told.steps) == 12
    agree(made, plan, party, told)
