"""plan: the first plan of a scenario and its folder; its wheel and feeds written anew. fill: its objects bound."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from arshjul.errors import InputError, Message, Problem
from arshjul.year.domain.calendar import year_label
from arshjul.year.domain.history.rates import priced_by
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.folder.plan_files import (
    earlier,
    feed_files,
    history_of,
    pictures,
    plan_files,
    rewrite,
    told_in,
    write_next,
)
from arshjul.year.folder.reading import Speak, moment_in, opened, with_history
from arshjul.year.formats.plan.plan_folder import read_stress, write_plan_folder
from arshjul.year.formats.reading import read_objects, read_scenario
from arshjul.year.formats.scenario.objects import ObjectFiles
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.fill import FillResult, reason_said
from arshjul.year.planning.fill import fill as filling_of
from arshjul.year.planning.places.finder import FallBacks, StandingPlan, fall_backs, tries_within
from arshjul.year.planning.plan import make_plan


class Planned(NamedTuple):
    """`learnt`: the basis of the dates' prices, if the scenario has a history, and warnings about incomplete logs."""

    folder: Path
    scenario: Scenario
    plan: Plan
    seconds: Mapping[str, float]
    fall_backs: FallBacks
    learnt: tuple[Message, ...] = ()


def plan(
    scenario: Path, output: Path, effort: Effort, as_of: datetime | None, speak: Speak, history: Sequence[Path] = ()
) -> Planned:
    """`history`: further logs of other years, which become part of the plan's scenario, as known at that moment."""
    file = read_scenario(scenario)
    speak(file.scenario.language)
    read, _, warnings = with_history(file.scenario, history)
    now = moment_in(read, as_of)
    read = read.with_history_until(now.date())
    priced = priced_by(read)
    before = earlier(output, read, now)
    made = make_plan(read, now, effort)
    new, followed = before.next(made.plan)
    slots = fall_backs(StandingPlan.of(read, new), tries_within(effort.limit_s))
    write_plan_folder(output, plan_files(read, new, followed, slots=slots))
    return Planned(
        output, read, new, made.seconds, slots, (*file.unwatched, *warnings, *([] if priced is None else [priced]))
    )


def wheel(folder: Path, speak: Speak, label: str | None = None) -> list[str]:
    """Draws those of the year of that label, None: of the plan's moment; returns the names of the files."""
    read = opened(folder, speak)
    known = {year_label(year): year for year in read.scenario.years}
    if label is not None and label not in known:
        raise InputError(Message("{given} does not exist: choose one of {known}.", {"given": label, "known": [*known]}))
    year = None if label is None else known[label]
    drawn = pictures(read.scenario, read.plan, stressed=read_stress(read), told=told_in(read), shown=year)
    return rewrite(folder, drawn)


def feeds(folder: Path, speak: Speak) -> list[str]:
    read = opened(folder, speak)
    return rewrite(folder, feed_files(read.scenario, read.plan, history_of(read)))


class Filled(NamedTuple):
    """The filling, and warnings of objects that no frame ahead could take. `folder` None: nothing was written."""

    result: FillResult
    warnings: tuple[Problem, ...]
    folder: Path | None


def fill(
    folder: Path, objects: Path, as_of: datetime, effort: Effort, speak: Speak, output: Path | None = None
) -> Filled:
    read = opened(folder, speak)
    given = read_objects(objects, read.scenario)
    result = filling_of(read.scenario, read.plan, given.objects, moment_in(read.scenario, as_of), effort)
    if output is not None:
        write_next(output, read, result.scenario, result.plan)
    return Filled(result, tuple(_hopeless(result, given)), output)


def _hopeless(result: FillResult, given: ObjectFiles) -> list[Problem]:
    reasons = {unbound.object: unbound for unbound in result.unbound}
    return [
        given.problem("no-frame", id, Message("No frame ahead can take it: {why}", {"why": reason_said(reasons[id])}))
        for id in result.hopeless
    ]
