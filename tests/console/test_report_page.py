"""The report's page says what the command says, shows it in pictures, and gives it as a workbook."""

import re
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from arshjul.actions.draft.draft import opened_draft
from arshjul.actions.folder.report import Period, report
from arshjul.agenda.lenders import Coverage, coverage_now
from arshjul.domain.calendar import Span
from arshjul.formats.catalogues import words
from arshjul.planning.report.report import Report
from arshjul.planning.report.text import about, called_off_said, tables
from tests.console.browser import Browser
from tests.console.conftest import Desk
from tests.console.test_entry_forms import chosen


def figures(desk: Desk) -> Report:
    with desk.store.reading() as db:
        draft = opened_draft(db)
    return report(draft.scenario, draft.made_plan, Period(), max(desk.now, draft.made_plan.as_of))


def cancel_one(browser: Browser) -> None:
    """Calls an operation off, so that a date is called off with its reason."""
    browser.send(browser.get("/operations/OP-001"), "/operations/OP-001", ask="cancelled")
    chosen(browser, browser.send(browser.get("/"), "/options"))


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_says_what_the_command_says(desk: Desk, language: str) -> None:
    browser, say = desk.browser(), words(language)
    cancel_one(browser)
    found = figures(desk)
    assert found.called_off
    if language == "en":
        browser.post("/language", {"token": browser.get("/report").field("token"), "language": "en"})
    page = browser.get("/report").text
    for said in (about(found), *called_off_said(found)):
        assert " ".join(say.say(said).split()) in page
    assert len(found.groups) > 3
    for group in found.groups:
        assert say.say(group.heading) in page
        for one in group.figures:
            numbers = [say.number(n) for n in (one.n, one.of) if n is not None]
            assert " ".join([say.say(one.label), *numbers]) in page
    for _, rows in tables(found):
        for name, row in rows:
            assert " ".join([say.say(name), *map(str, row)]) in page


def test_its_pictures_have_the_figures_beside_them(desk: Desk) -> None:
    shown = desk.browser().get("/report")
    assert shown.body.count(b'role="img"') == 3
    found = figures(desk)
    assert f"planerade {' '.join(_planned(found))}" in shown.text
    for _, lenders in found.coverage.kinds:
        for one in lenders:
            uses = (*one.by_month, one.total)
            for word, amounts in (
                ("behövs", [use.asked for use in uses]),
                ("erbjuds", [use.offered for use in uses]),
                ("används", [use.used for use in uses]),
                ("ledigt", [use.spare for use in uses]),
            ):
                assert f"{one.name}: {word} {' '.join(map(str, amounts))}" in shown.text


def _planned(found: Report) -> list[str]:
    first, last = found.span.first, found.span.last
    keys = [f"{first.year}-{month:02}" for month in range(first.month, last.month + 1)]
    counts = [found.parts["month"][key].planned if key in found.parts["month"] else 0 for key in keys]
    return [str(n) for n in (*counts, sum(counts))]


def coverage_until(desk: Desk, last: date) -> Coverage:
    with desk.store.reading() as db:
        draft = opened_draft(db)
    return coverage_now(draft.scenario, draft.made_plan, Span(date(2027, 1, 1), last))


def test_a_period_is_asked_for_and_its_workbook_has_the_same(desk: Desk) -> None:
    with desk.store.reading() as db:
        days = sorted(one.slot.day for one in opened_draft(db).made_plan.placements)
    n = sum(day <= days[1] for day in days)
    assert 1 < n < len(days)
    browser, asked = desk.browser("auditor"), f"?from=2027-01-01&to={days[1]}"
    shown = browser.get(f"/report{asked}")
    assert shown.status == 200
    assert f'href="/report/workbook{asked}"'.replace("&", "&amp;").encode() in shown.body
    sent = browser.get(f"/report/workbook{asked}")
    assert "rapport.xlsx" in sent.headers["content-disposition"]
    rows = [row[:2] for row in load_workbook(BytesIO(sent.body))["Rapport"].iter_rows(values_only=True)]
    assert ("planerade", n) in rows
    assert f"planerade {n} genomförda" in shown.text
    sheet = list(load_workbook(BytesIO(sent.body))["Täckning"].iter_rows(values_only=True))
    units = [row for row in sheet if row[1] == "poliser"]
    assert {row[2] for row in units} == {"behövs", "önskas dessutom av valfria", "erbjuds", "används", "ledigt"}
    assert sum(row[-1] for row in units if row[2] == "används") == sum(
        lender.total.used for lender in coverage_until(desk, days[1]).police
    )


def test_a_period_that_is_none_is_said_and_the_whole_is_shown(desk: Desk) -> None:
    for asked, said in (("from=2031-01-01", "är ingen period"), ("to=igår", "igår är inget datum")):
        shown = desk.browser().get(f"/report?{asked}")
        assert shown.status == 422
        assert said in shown.text
        assert f"planerade {figures(desk).operations.planned} genomförda" in shown.text
        assert desk.browser().get(f"/report/workbook?{asked}").status in (404, 422)


def test_who_sees_no_future_dates_sees_no_report(desk: Desk) -> None:
    for path in ("/report", "/report/workbook"):
        assert desk.browser("viewer").get(path).status == 403


def test_each_partys_part_is_given_as_a_workbook(desk: Desk) -> None:
    browser = desk.browser()
    found = re.findall(r'href="(/outbox/[^"]+)"', browser.get("/report").body.decode())
    with desk.store.reading() as db:
        parties = opened_draft(db).scenario.parties
    assert found == [f"/outbox/{id}" for id in parties]
    for path in found:
        assert load_workbook(BytesIO(browser.get(path).body)).sheetnames
