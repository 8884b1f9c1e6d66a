"""report: the results of a period, in figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from arshjul.actions.folder.reading import moment_in
from arshjul.agenda.evaluations import ToEvaluate
from arshjul.agenda.sheet_completeness import SheetRegister
from arshjul.domain.calendar import Span
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message
from arshjul.formats.atomic import write_named
from arshjul.formats.catalogues import words
from arshjul.formats.workbook.reading import refuse_other_endings
from arshjul.planning.report.report import Report
from arshjul.planning.report.report import report as figures_of
from arshjul.planning.report.text import report_sheets
from arshjul.sheets import workbook_bytes
from arshjul.texts import Words

MOST_BESIDE = timedelta(days=366)
"""The most that a period may begin before the plan, or end after it: what is further away is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Period:
    """The period that is asked for; None: from the first date of the year in which the moment lies, to its last."""

    first: date | None = None
    last: date | None = None


def report(
    scenario: Scenario,
    plan: Plan,
    period: Period,
    as_of: datetime | None,
    register: SheetRegister | None = None,
    contacts: ToEvaluate | None = None,
    told: Mapping[int, datetime] | None = None,
) -> Report:
    """The figures of a plan, as known at `as_of` (None: now, but not before the plan's own moment)."""
    known_at = moment_in(scenario, as_of)
    if as_of is None:
        known_at = max(known_at, plan.as_of)
    year, now = scenario.span, scenario.year_on(known_at.date())
    last = period.last or max(now.last, period.first or now.last)
    span = Span(period.first or min(now.first, last), last)
    is_beside = not (year.first - MOST_BESIDE <= span.first <= year.last and span.last <= year.last + MOST_BESIDE)
    if is_beside or span.last < max(span.first, year.first):
        values = {"first": span.first, "last": span.last, "from": year.first, "to": year.last}
        raise InputError(Message("{first} to {last} lies outside the plan, {from} to {to}.", values))
    return figures_of(scenario, plan, known_at, span, register, contacts, told)


def report_workbook(report: Report, output: Path) -> None:
    """Writes the figures as a workbook, in the plan's language."""
    refuse_other_endings(output)
    write_named(output, report_book(report, words(report.scenario.language)))


def report_book(report: Report, say: Words) -> bytes:
    """The figures as a workbook."""
    return workbook_bytes(report_sheets(report, say), say)
