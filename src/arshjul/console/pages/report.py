"""The report: a period in figures, with pictures, and the same as a workbook."""

from datetime import date

from markupsafe import Markup

from arshjul.actions.contacts.asking_to_evaluate import to_evaluate
from arshjul.actions.contacts.sheets import sheet_register
from arshjul.actions.folder.report import Period, report, report_book
from arshjul.actions.publishing.revisions import told_versions
from arshjul.console.access import READING, Page
from arshjul.console.answers import WORKBOOK, Answer, Bytes, Html
from arshjul.console.pictured_coverage import PicturedCoverage
from arshjul.console.visit import Visit
from arshjul.errors import InputError, Message
from arshjul.planning.report.report import COLUMNS, Report
from arshjul.planning.report.text import about, by_months, called_off_said, improvements_said, tables
from arshjul.render.report_charts import BARS, months_chart


def show(visit: Visit) -> Answer:
    """The figures of the period that the query names, otherwise of the whole plan."""
    try:
        found, wrong = _figures(visit, _period(visit)), None
    except InputError as error:
        found, wrong = _figures(visit, Period()), error.message
    by_month = by_months(found)
    values = {
        "draft": visit.draft,
        "found": found,
        "wrong": wrong,
        "about": about(found),
        "columns": COLUMNS,
        "tables": list(tables(found)),
        "learnt": list(improvements_said(found)),
        "off": list(called_off_said(found)),
        "months": list(by_month),
        "bars": [(*bar, counts) for bar, counts in zip(BARS, zip(*by_month.values(), strict=True), strict=True)],
        "months_chart": Markup(months_chart(by_month, visit.words)),
        "coverage": PicturedCoverage(found.coverage, found.span, visit.words),
        "whole": f"?from={found.span.first}&to={found.span.last}",
    }
    return Html("report.html", values, 422 if wrong else 200)


def workbook(visit: Visit) -> Answer:
    """The same figures as a workbook, in the reader's language."""
    return Bytes(report_book(_figures(visit, _period(visit)), visit.words), WORKBOOK, visit.words("report") + ".xlsx")


def _figures(visit: Visit, period: Period) -> Report:
    with visit.store.reading() as db:
        register = sheet_register(db, visit.scenario, visit.draft.made_plan)
        asked, told = to_evaluate(db, visit.scenario), told_versions(db)
    return report(visit.scenario, visit.plan_now, period, visit.moment, register, asked, told)


def _period(visit: Visit) -> Period:
    return Period(*(_day(visit.query.text(name)) for name in ("from", "to")))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(Message("{given} is no date.", {"given": text})) from None


pages = (
    Page("/report", "GET", "see-report", READING, show),
    Page("/report/workbook", "GET", "get-report", READING, workbook),
)
