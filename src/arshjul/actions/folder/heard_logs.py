"""The logs from which withdrawal rates are learnt: the scenario's own, and further ones."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from arshjul.domain.calendar import Span
from arshjul.domain.heard_log import HeardLog
from arshjul.domain.history.heard_year import heard_year
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message
from arshjul.formats.reading.heard import heard_log, known_of


class WithHistory(NamedTuple):
    """The scenario with these logs added, the logs, and warnings about incomplete ones."""

    scenario: Scenario
    logs: tuple[tuple[Path, HeardLog], ...]
    warnings: tuple[Message, ...]


def with_history(scenario: Scenario, history: Sequence[Path]) -> WithHistory:
    """The scenario with these logs beside its own. InputError if two cover the same dates."""
    found: list[tuple[Path, HeardLog]] = []
    warnings = []
    shifts = [shift.id for shift in scenario.shifts]
    for path in history:
        heard = heard_log(path)
        if heard.warning is not None:
            warnings.append(heard.warning)
        if heard.log is not None:
            log = known_of(heard.log, scenario.police, shifts).in_zone(scenario.zone)
            _refuse_twice(path, log, [known.year for known in (*scenario.history, *(log for _, log in found))])
            found.append((path, log))
    whole = replace(scenario, history=(*scenario.history, *(log for _, log in found)))
    return WithHistory(whole, tuple(found), tuple(warnings))


def heard_logs(known: WithHistory, plan: Plan, moment: datetime) -> list[HeardLog]:
    """The logs as known at that moment: the plan's own year and other years. InputError for its own year among others.

    Its own year ends with the plan's last news, however late the moment.
    """
    scenario = known.scenario
    for path, log in known.logs:
        _refuse_twice(path, log, [scenario.span])
    others = (log for log in scenario.history if not log.overlaps(scenario.span))
    logs = (log.up_to(moment.date()) for log in (heard_year(scenario, plan), *others) if log is not None)
    return [log for log in logs if log is not None]


def _refuse_twice(path: Path, log: HeardLog, known: Sequence[Span]) -> None:
    if any(log.overlaps(year) for year in known):
        values = {"folder": str(path), "first": log.year.first, "last": log.year.last}
        text = Message("--history {folder}: two plans cover the year {first} to {last}. Keep one.", values)
        raise InputError(text)
