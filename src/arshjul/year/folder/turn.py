"""turn: the scenario of a plan folder with the next year in it, as a workbook for `replan --scenario`."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from arshjul.errors import InputError, Message
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.retired_parties import with_cancelled
from arshjul.year.domain.scenario import Scenario
from arshjul.year.folder.reading import Speak, moment_in, opened
from arshjul.year.formats.atomic import write_named
from arshjul.year.formats.scenario.scenario import holidays_around, public_holidays
from arshjul.year.formats.workbook.reading import refuse_other_endings
from arshjul.year.formats.workbook.writing import scenario_workbook
from arshjul.year.planning.next_year import Wishes, last_dates
from arshjul.year.planning.turn import Turned, turned, with_nominated


def turn(folder: Path, output: Path, wishes: Wishes, as_of: datetime | None, speak: Speak) -> Turned:
    refuse_other_endings(output)
    read = opened(folder, speak)
    scenario, plan = read.scenario, read.plan
    sectors = dict.fromkeys(operation.sector for operation in scenario.operations.values())
    for given, known in ((wishes.sectors or (), sectors), (wishes.asked, scenario.parties)):
        if strange := sorted({*given} - {*known}):
            text = Message("{given} does not exist: choose one of {known}.", {"given": strange, "known": [*known]})
            raise InputError(text)
    moment = max(moment_in(scenario, as_of), plan.as_of)
    begun, taken = scenario.begun(plan.placed, moment), with_cancelled(scenario, plan).operations
    made = turned_scenario(scenario, plan.given.scenario(scenario), wishes, plan, begun, moment.date(), taken)
    write_named(output, scenario_workbook(made.scenario))
    return made


def turned_scenario(
    scenario: Scenario,
    given: Scenario,
    wishes: Wishes,
    plan: Plan,
    begun: Collection[str],
    today: date,
    taken: Iterable[str],
) -> Turned:
    """By the holidays of its country. `given`: before the plan's decisions; `begun`: of its operations."""
    country, known, named = scenario.calendar.country, scenario, {}
    last = wishes.last or last_dates(scenario).last
    if country is not None:
        before = max(
            (-milestone.days for milestone in scenario.cycle.milestones if not milestone.comes_after), default=0
        )
        after = max((milestone.days for milestone in scenario.cycle.milestones if milestone.comes_after), default=0)
        year = Span(scenario.span.first, max(last, scenario.span.last))
        known = replace(
            scenario, calendar=replace(scenario.calendar, holidays=holidays_around(country, year, before, after))
        )
        years = scenario.span.first.year - 1, year.last.year + 1
        named = {day: name for kind in ("de_facto", "public") for day, name in public_holidays(country, *years, kind)}
    dates = {id: plan.placed[id].slot.day for id in begun}
    return turned(known, wishes, named, with_nominated(given, plan), today, dates, taken)
