"""Reading a scenario, a plan folder and logs, and the moment that a command means. verify: judges a plan folder."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from arshjul.errors import InputError, Message
from arshjul.year.domain.calendar import Span, by_clock, plausible
from arshjul.year.domain.history.rates import withdrawal_history
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import WithdrawalHistory
from arshjul.year.formats.plan.plan_folder import PlanFolder, read_plan_folder
from arshjul.year.formats.plan.plan_json import UnsoundPlan
from arshjul.year.formats.reading import known_of, read_history, read_scenario
from arshjul.year.planning.verify import Verdict, judge
from arshjul.year.rules.rule import Breach

Speak = Callable[[str], None]
"""Called with the language of what was read, before anything else is said about it."""


def opened_scenario(folder: Path, speak: Speak) -> Scenario:
    scenario = read_scenario(folder).scenario
    speak(scenario.language)
    return scenario


def moment_in(scenario: Scenario, given: datetime | None) -> datetime:
    """The moment in the plan's zone: a time without offset is local; None is now, to the minute."""
    if given is None:
        return by_clock(plausible(datetime.now(UTC)), scenario.zone).replace(second=0, microsecond=0)
    return by_clock(given, scenario.zone)


class WithHistory(NamedTuple):
    scenario: Scenario
    logs: tuple[tuple[Path, WithdrawalHistory], ...]
    warnings: tuple[Message, ...]


def with_history(scenario: Scenario, history: Sequence[Path]) -> WithHistory:
    """The scenario with these logs beside its own. InputError if two cover the same dates."""
    found: list[tuple[Path, WithdrawalHistory]] = []
    warnings = []
    shifts = [shift.id for shift in scenario.shifts]
    for path in history:
        heard = read_history(path)
        if heard.warning is not None:
            warnings.append(heard.warning)
        if heard.log is not None:
            log = known_of(heard.log, scenario.police, shifts).in_zone(scenario.zone)
            _refuse_twice(path, log, [known.year for known in (*scenario.history, *(log for _, log in found))])
            found.append((path, log))
    whole = replace(scenario, history=(*scenario.history, *(log for _, log in found)))
    return WithHistory(whole, tuple(found), tuple(warnings))


def withdrawal_histories(known: WithHistory, plan: Plan, moment: datetime) -> list[WithdrawalHistory]:
    """The plan's own year, to its last news, and other years. InputError for its own year among others."""
    scenario = known.scenario
    for path, log in known.logs:
        _refuse_twice(path, log, [scenario.span])
    others = (log for log in scenario.history if not log.overlaps(scenario.span))
    logs = (log.up_to(moment.date()) for log in (withdrawal_history(scenario, plan), *others) if log is not None)
    return [log for log in logs if log is not None]


def _refuse_twice(path: Path, log: WithdrawalHistory, known: Sequence[Span]) -> None:
    if any(log.overlaps(year) for year in known):
        values = {"folder": str(path), "first": log.year.first, "last": log.year.last}
        raise InputError(Message("--history {folder}: two plans cover the year {first} to {last}. Keep one.", values))


def opened(folder: Path, speak: Speak) -> PlanFolder:
    return read_plan_folder(folder, speak)


def is_sound(read: PlanFolder) -> bool:
    """True if the plan passes its check: an answer is no better than its plan."""
    return judge(read.scenario, read.plan, read.status).clean


def verify(folder: Path, speak: Speak) -> Verdict:
    """Everything that is wrong with the folder's plan; if its form is wrong, only that, as no rule can judge it."""
    try:
        read = opened(folder, speak)
    except UnsoundPlan as unsound:
        return Verdict(tuple(_breaches(unsound)))
    return judge(read.scenario, read.plan, read.status)


def _breaches(unsound: UnsoundPlan) -> list[Breach]:
    return [
        Breach(rule, (), Message("{place}: {text}", {"place": f"{one.file} {one.path}", "text": one.text}))
        for rule, one in unsound.breaches()
    ]
