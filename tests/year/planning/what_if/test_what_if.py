"""What a rule a step looser would bring in, held against plans that are made under it."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.errors import InputError
from arshjul.year.domain.calendar import Calendar, Span
from arshjul.year.domain.parties import Matching, OfficerLine, TeamLine
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import LimitException, Settings
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.plan import make_plan
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
@examples(6, 300)
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
    assert said[1].startswith("One operation cannot be placed now: 0 musts, ")
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


def test_a_setting_is_loosened_by_itself_or_with_those_of_its_rule() -> None:
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


def test_what_exceptions_allow_grows_as_much() -> None:
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
