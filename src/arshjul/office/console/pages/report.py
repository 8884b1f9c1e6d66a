"""The report: a period in figures, with pictures, and the same as a workbook."""

from collections.abc import Iterator, Sequence
from datetime import date

from markupsafe import Markup

from arshjul.errors import InputError, Message
from arshjul.office.console.visit import READING, Page, Visit
from arshjul.office.contacts.asking_to_evaluate import to_evaluate
from arshjul.office.contacts.sheets import sheet_register
from arshjul.office.publishing.revisions import told_versions
from arshjul.serving.pages import WORKBOOK, Answer, Bytes, Html
from arshjul.year.agenda.lenders import FIGURES, Lender
from arshjul.year.agenda.year import months
from arshjul.year.folder.report import Period, report, report_book
from arshjul.year.planning.report.figures import COLUMNS, NOTICE, SHORT_NOTICE_DAYS, by_notice
from arshjul.year.planning.report.police import HOURS
from arshjul.year.planning.report.report import Report, first_page
from arshjul.year.planning.report.text import (
    about,
    by_months,
    called_off_said,
    compared,
    headline,
    improvements_said,
    lost_by_cause,
    lost_by_way,
    named_parts,
    proposal_said,
    tables,
)
from arshjul.year.render.report_charts import KEYS, months_chart, notice_chart, offered_chart, shifts_chart


def show(visit: Visit) -> Answer:
    found, wrong = _asked(visit)
    areas, counted = compared(found, "area")
    values = {
        **_shown(visit, found, wrong),
        "headline": headline(found),
        "proposals": [(proposal_said(proposal), proposal.figures) for proposal in first_page(found)],
        "charts": _charts(visit, found),
        "keys": KEYS,
        "short": (SHORT_NOTICE_DAYS, sum(n < SHORT_NOTICE_DAYS for n in found.notice), len(found.notice)),
        "areas": areas,
        "counted": counted,
        "agencies": [(name, counts) for _, name, counts in named_parts(found, "agency")],
        "hours": [label for _, label in HOURS.values()],
        "causes": lost_by_cause(found),
        "ways": lost_by_way(found),
        "columns": COLUMNS,
        "tables": list(tables(found)),
        "learnt": list(improvements_said(found)),
        "off": list(called_off_said(found)),
    }
    return Html("report.html", values, 422 if wrong else 200)


def coverage(visit: Visit) -> Answer:
    found, wrong = _asked(visit)
    firsts = [month.first for month in months(found.span)]
    values = {
        **_shown(visit, found, wrong),
        "coverage": found.coverage,
        "figures": FIGURES,
        "months": firsts,
        "chart": lambda lenders: Markup(offered_chart(dict(zip(firsts, _sums(lenders), strict=False)), visit.words)),
    }
    return Html("report_coverage.html", values, 422 if wrong else 200)


def _sums(lenders: Sequence[Lender]) -> Iterator[tuple[int, int]]:
    """The sum of all lenders' offers and use, by month; no less is offered than is used."""
    for uses in zip(*(lender.by_month for lender in lenders), strict=True):
        used = sum(use.used for use in uses)
        yield max(sum(use.offered for use in uses), used), used


def workbook(visit: Visit) -> Answer:
    return Bytes(report_book(_figures(visit, _period(visit)), visit.words), WORKBOOK, visit.words("report") + ".xlsx")


def _asked(visit: Visit) -> tuple[Report, Message | None]:
    """The report of the period asked for; with what is wrong with that, that of the usual one."""
    try:
        return _figures(visit, _period(visit)), None
    except InputError as error:
        return _figures(visit, Period()), error.message


def _shown(visit: Visit, found: Report, wrong: Message | None) -> dict[str, object]:
    whole = f"?from={found.span.first}&to={found.span.last}"
    return {"draft": visit.draft, "found": found, "wrong": wrong, "about": about(found), "whole": whole}


def _charts(visit: Visit, found: Report) -> dict[str, Markup]:
    groups = zip(NOTICE, by_notice(found.notice), strict=True)
    notice = [(name, n, under is not None and under <= SHORT_NOTICE_DAYS) for (under, name), n in groups]
    held = [figure for figure in found.figures if figure.part == "shifts_held"]
    units = [(found.scenario.police[figure.id].name, int(figure.n or 0), figure.of or 0) for figure in held]
    words = visit.words
    return {
        "months": Markup(months_chart(by_months(found), words)),
        "notice": Markup(notice_chart(notice, words)) if found.notice else Markup(),
        "shifts": Markup(shifts_chart(units, words)) if units else Markup(),
    }


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
    Page("/report", "GET", READING, show),
    Page("/report/coverage", "GET", READING, coverage),
    Page("/report/workbook", "GET", READING, workbook),
)
