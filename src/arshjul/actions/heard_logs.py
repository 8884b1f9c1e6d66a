"""The logs that rates of withdrawals are learnt from: those that a scenario names, and those named beside it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from arshjul.domain.heard_log import HeardLog
from arshjul.domain.heard_year import heard_year
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message
from arshjul.formats.plan.heard import heard_log, known_of


def with_history(scenario: Scenario, history: Sequence[Path]) -> Scenario:
    """The scenario with these logs beside those that it names. InputError where two tell of the same dates."""
    logs = [*scenario.history]
    shifts = [shift.id for shift in scenario.shifts]
    for path in history:
        log = known_of(heard_log(path), scenario.police, shifts).in_zone(scenario.zone)
        _refuse_twice(path, log, logs)
        logs.append(log)
    return replace(scenario, history=tuple(logs))


def heard_logs(scenario: Scenario, plan: Plan, history: Sequence[Path], moment: datetime) -> list[HeardLog]:
    """The logs as known at that moment: the plan's own year and other years. InputError as `with_history`."""
    own, today = heard_year(scenario, plan), moment.date()
    others = with_history(scenario, history).history
    for path, log in zip(history, others[len(scenario.history) :], strict=True):
        _refuse_twice(path, log, [own])
    logs = (log.up_to(today) for log in (own, *others) if log is own or not log.overlaps(own.year))
    return [log for log in logs if log is not None]


def _refuse_twice(path: Path, log: HeardLog, known: Sequence[HeardLog]) -> None:
    if any(log.overlaps(other.year) for other in known):
        values = {"folder": str(path), "first": log.year.first, "last": log.year.last}
        text = Message("--history {folder}: another plan tells of its year too, {first} to {last}: keep one.", values)
        raise InputError(text)
