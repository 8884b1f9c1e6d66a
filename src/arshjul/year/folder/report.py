"""report: the results of a period in figures, and obstacles to sharing."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from arshjul.errors import InputError, Message
from arshjul.year.agenda.evaluations import ToEvaluate
from arshjul.year.agenda.sheet_completeness import SheetRegister
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.declaration import ends_before
from arshjul.year.domain.feature import OF_OBSTACLES, refuse_unused
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.folder.pdf import pdf_of, writer_of
from arshjul.year.folder.reading import moment_in
from arshjul.year.formats.atomic import write_named
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.workbook.reading import refuse_other_endings
from arshjul.year.planning.report.obstacles import (
    QUARTERS,
    ObstacleReport,
    Quarter,
    obstacle_pages,
    obstacle_report,
    obstacle_rows,
    obstacle_sheet,
    quarters_of,
)
from arshjul.year.planning.report.report import Report
from arshjul.year.planning.report.report import report as figures_of
from arshjul.year.planning.report.text import report_sheets
from arshjul.year.sheets import BYTE_ORDER, csv_rows, workbook_bytes
from arshjul.year.texts import Words

MOST_BESIDE = timedelta(days=366)
"""The most that a period may begin before the plan, or end after it: what is further away is a slip of the pen."""

WRITERS: Mapping[str, Callable[[ObstacleReport, Words], bytes]] = {
    ".pdf": lambda found, say: pdf_of(obstacle_pages(found, say)),
    ".xlsx": lambda found, say: workbook_bytes([obstacle_sheet(found, say)], say),
    ".csv": lambda found, say: (BYTE_ORDER + csv_rows(obstacle_rows(found, say))).encode(),
}


class Period(NamedTuple):
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
    if period.first is not None and last < period.first:
        raise InputError(ends_before(period.first, last))
    span = Span(period.first or min(now.first, last), last)
    is_beside = not (year.first - MOST_BESIDE <= span.first <= year.last and span.last <= year.last + MOST_BESIDE)
    if is_beside or span.last < year.first:
        values = {"first": span.first, "last": span.last, "from": year.first, "to": year.last}
        raise InputError(Message("{first} to {last} lies outside the plan, {from} to {to}.", values))
    return figures_of(scenario, plan, known_at, span, register, contacts, told)


def report_workbook(report: Report, output: Path) -> None:
    refuse_other_endings(output)
    write_named(output, report_book(report, words(report.scenario.language)))


def report_book(report: Report, say: Words) -> bytes:
    return workbook_bytes(report_sheets(report, say), say)


def quarters_named(year: int | None, quarter: str | None, as_of: datetime) -> tuple[Quarter, ...]:
    """The quarters of the year; or the one, by default the last that is over. InputError if it is named otherwise."""
    if year is not None and quarter is not None:
        raise InputError(Message("Give either {one} or {other}.", {"one": "--year", "other": "--quarter"}))
    if year is not None:
        return quarters_of(str(year))
    if quarter is None:
        now = Quarter.of(as_of.date())
        return (Quarter(now.year, now.number - 1) if now.number > 1 else Quarter(now.year - 1, QUARTERS[-1]),)
    if len(quarters := quarters_of(quarter)) != 1:
        raise InputError(Message('{given} is no quarter: write it like "2027-Q1".', {"given": quarter}))
    return quarters


def obstacles(
    scenario: Scenario,
    plan: Plan,
    year: int | None,
    quarter: str | None,
    as_of: datetime | None,
    register: SheetRegister | None = None,
) -> ObstacleReport:
    """As known at `as_of` (None: now, but not before the plan's own moment). InputError where they are not used."""
    refuse_unused(OF_OBSTACLES, scenario.uses)
    moment = moment_in(scenario, as_of) if as_of is not None else max(moment_in(scenario, None), plan.as_of)
    named = quarters_named(year, quarter, moment)
    return obstacle_report(scenario, plan, named, moment, register)


def write_obstacles(found: ObstacleReport, output: Path) -> None:
    write_named(output, writer_of(output, WRITERS)(found, words(found.scenario.language)))
