"""The report's page says what the command says, shows it in pictures, and gives it as a workbook."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest
from openpyxl import load_workbook

from arshjul.office.draft.import_year import checkout
from arshjul.office.draft.publish_draft import publish_undo
from arshjul.office.publishing.publish import Cause
from arshjul.office.publishing.revisions import told_versions
from arshjul.year.agenda.lenders import Coverage, coverage_now
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.history.rates import withdrawal_history
from arshjul.year.folder.report import Period, report
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.report.figures import Share
from arshjul.year.planning.report.report import Report, first_page
from arshjul.year.planning.report.text import about, called_off_said, named_parts, proposal_said, tables
from tests.commands import ran
from tests.examples import often
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk
from tests.office.console.test_entry_forms import chosen
from tests.office.console.test_undo import MOVING, answered, undo
from tests.office.console.test_undo_each_kind import entered


def figures(desk: Desk) -> Report:
    draft = desk.draft
    return report(draft.scenario, draft.made_plan, Period(), max(desk.now, draft.made_plan.as_of))


def cancel_one(browser: Browser) -> None:
    """Calls an operation off, so that a date is called off with its reason."""
    browser.press("/operations/OP-001", ask="cancelled")
    chosen(browser, browser.press("/options"))


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
        for figure in group.figures:
            numbers = [say.number(n) for n in (figure.n, figure.of) if n is not None]
            assert " ".join([say.say(figure.label), *numbers]) in page
    for _, rows in tables(found):
        for name, row in rows:
            assert " ".join([say.say(name), *map(str, row)]) in page


def test_its_pictures_have_the_figures_beside_them(desk: Desk) -> None:
    shown = desk.browser().get("/report/coverage")
    assert shown.body.count(b'role="img"') == 2
    for _, lenders in figures(desk).coverage.kinds:
        for lender in lenders:
            uses = (*lender.by_month, lender.total)
            for word, amounts in (
                ("behövs", [use.asked for use in uses]),
                ("erbjuds", [use.offered for use in uses]),
                ("används", [use.used for use in uses]),
                ("ledigt", [use.spare for use in uses]),
            ):
                assert f"{lender.name}: {word} {' '.join(map(str, amounts))}" in shown.text
    shown, say = desk.browser().get("/report"), words("sv").say
    page = first_page(figures(desk))
    assert len(page) == 9
    for proposal in page:
        assert say(proposal_said(proposal)) in shown.text
        for one, _ in proposal.figures:
            label = say(one.label)
            number = [] if one.n is None else [words("sv").number(one.n)]
            of = [] if one.of is None else [f"av {words('sv').number(one.of)}"]
            assert " ".join([label[0].upper() + label[1:], *number, *of]) in shown.text


def part(shown: Page, pattern: str) -> Element:
    """The part of the page that begins and ends so."""
    match = re.search(pattern, shown.body.decode(), re.DOTALL)
    assert match is not None
    return fromstring(match[0])


def numbers(shown: Page, id: str) -> dict[str, list[int]]:
    """The rows of the table under that heading, by name: its numbers, a dash for none, shares aside."""
    section = part(shown, rf'<section>\s*<h2 id="{id}">.*?</section>')
    rows = [row for row in section.iter("tr") if row.get("class") != "share" and row.find("td") is not None]
    read = {said(row.find("th")): [said(element) for element in row.iter("td")] for row in rows}
    return {name: [0 if one == "–" else int(one) for one in of if "%" not in one] for name, of in read.items()}


def said(of: Element | None) -> str:
    return "" if of is None else " ".join("".join(of.itertext()).split())


def figures_of(chart: Element, kind: str) -> list[str]:
    return [element.text or "" for element in chart.iter("text") if element.get("class") == kind]


def test_figures_that_add_up_do_so_on_the_page(withdrawn: Desk) -> None:
    """What was planned is what became of it, by area too; moves, causes, notice and ways are those of the pictures."""
    shown = withdrawn.browser().get("/report")
    found = figures(withdrawn)
    areas = numbers(shown, "areas")
    became = [areas[name] for name in areas if name not in ("Planerade", "Flyttade", "Räddade")]
    assert len(became) == 7
    assert [sum(column) for column in zip(*became, strict=True)] == areas["Planerade"]
    for name, (whole, *parts) in areas.items():
        assert whole == sum(parts), name
    head = part(shown, '<dl class="numbers">.*?</dl>')
    first = {said(element.find("dt")): said(element.find("dd")) for element in head}
    assert first["Genomförda"] == f"{areas['Genomförda'][0]} av {areas['Planerade'][0]}"
    assert first["Inställda"] == f"{areas['Inställda'][0]} av {areas['Planerade'][0]}"
    assert first["Utfall saknas"].split()[0] == str(areas["Utfall saknas"][0])
    months, notice, shifts = part(shown, '<div class="charts">.*?</div>')
    assert sum(map(int, figures_of(months, "middle"))) == areas["Planerade"][0] > 0
    moves = sum(map(int, figures_of(notice, "start")))
    assert moves == len(found.notice) > 0
    assert said(notice).startswith(f"Varsel för {moves} flytt")
    causes, ways = numbers(shown, "lost"), numbers(shown, "ways")
    times = sum(row[-1] for row in causes.values())
    assert all(sum(row[:-1]) == row[-1] for row in causes.values())
    assert times == sum(n for (n,) in ways.values()) == len(found.lost) > 0
    assert f"Avbokningar av polis från en insats {times}" in shown.text
    held = [[int(n) for n in figure.split(" av ")] for figure in figures_of(shifts, "start")]
    assert held
    assert sum(of - n for n, of in held) == sum(
        police.way in ("moved", "other-unit", "date-lost") for police in found.lost
    )
    by_name = {words("sv").say(name): counts.planned for _, name, counts in named_parts(found, "agency")}
    assert {name: row[0] for name, row in numbers(shown, "agencies").items()} == by_name


@pytest.fixture
def withdrawn(desk: Desk) -> Desk:
    """The police of its first operation are called off, and the plan is mended."""
    answered(desk.browser(), {**MOVING, "from": "2027-02-01", "to": "2027-02-01"})
    return desk


def coverage_until(desk: Desk, last: date) -> Coverage:
    draft = desk.draft
    return coverage_now(draft.scenario, draft.made_plan, Span(date(2027, 1, 1), last))


def test_a_period_is_asked_for_and_its_workbook_has_the_same(desk: Desk) -> None:
    days = sorted(placement.slot.day for placement in desk.draft.made_plan.placements)
    n = sum(day <= days[1] for day in days)
    assert 1 < n < len(days)
    browser, asked = desk.browser("auditor"), f"?from=2027-01-01&to={days[1]}"
    shown = browser.get(f"/report{asked}")
    assert shown.status == 200
    assert f'href="/report/workbook{asked}"'.replace("&", "&amp;").encode() in shown.body
    sent = browser.get(f"/report/workbook{asked}")
    assert "rapport.xlsx" in sent.headers["content-disposition"]
    rows = [row[:2] for row in load_workbook(BytesIO(sent.body))["Siffror"].iter_rows(values_only=True)]
    assert ("planerade", n) in rows
    assert f"Genomförda 0 av {n}" in shown.text
    sheet = list(load_workbook(BytesIO(sent.body))["Täckning"].iter_rows(values_only=True))
    units = [row for row in sheet if row[1] == "poliser"]
    assert {row[2] for row in units} == {"behövs", "önskas dessutom av valfria", "erbjuds", "används", "ledigt"}
    assert sum(row[-1] for row in units if row[2] == "används") == sum(
        lender.total.used for lender in coverage_until(desk, days[1]).police
    )


def test_a_period_that_is_none_is_said_and_the_whole_is_shown(desk: Desk) -> None:
    browser, viewer = desk.browser(), desk.browser("viewer")
    for asked, said in (
        ("from=2031-01-01", "ligger utanför planen"),
        ("to=9999-12-31", "ligger utanför planen"),
        ("from=0001-01-01", "ligger utanför planen"),
        ("from=2027-06-30&to=2027-03-31", "Perioden slutar 2027-03-31, innan"),
        ("to=igår", "igår är inget datum"),
    ):
        shown = browser.get(f"/report?{asked}")
        assert shown.status == 422
        assert said in shown.text
        assert f"Genomförda 0 av {figures(desk).operations.planned}" in shown.text
        assert browser.get(f"/report/workbook?{asked}").status in (404, 422)
    for path in ("/report", "/report/coverage", "/report/workbook"):
        assert viewer.get(path).status == 403, "who sees no future dates sees no report"
    found = re.findall(r'href="(/outbox/[^"]+)"', browser.get("/report").body.decode())
    assert found == [f"/outbox/{id}" for id in desk.draft.scenario.parties], "each party's part as a workbook"
    for path in found:
        assert load_workbook(BytesIO(browser.get(path).body)).sheetnames


# -- it counts what parties had to live with: from what they were told to what they were told next


REAL = {**MOVING, "from": "2027-02-01", "to": "2027-02-01"}
"""A withdrawal that was one: it hits the first operation alone."""

WRONG = {**MOVING, "from": "2027-02-03", "to": "2027-02-12"}
"""One that was entered for the wrong units: it hits all others."""


def told_figures(desk: Desk) -> Report:
    made = desk.draft
    with desk.store.reading() as db:
        told = told_versions(db)
    return report(made.scenario, made.made_plan, Period(), made.made_plan.as_of, told=told)


def notice(found: Report) -> tuple[float | None, int | None]:
    """The median of days, and of how many moves."""
    median, short = (beside for beside in found.besides if beside.part == "notice")
    return median.n, short.of


def of_moves(found: Report) -> tuple[object, ...]:
    return found.operations.moved, found.operations.saved, notice(found), found.called_off


def test_what_is_undone_at_once_counts_nowhere(desk: Desk, tmp_path: Path) -> None:
    answered(desk.browser(), REAL)
    before = told_figures(desk)
    assert (before.operations.moved, before.operations.saved.of, notice(before)[1]) == (1, 1, 1)
    desk.now += timedelta(days=1)
    answered(desk.browser(), WRONG)
    assert told_figures(desk).operations.moved > 1
    undo(desk.store)
    assert of_moves(told_figures(desk)) == of_moves(before)
    done = ran(["report", "--db", desk.url, "--json"])
    assert json.loads(done.stdout)["operations"]["moved"] == 1, done.output
    checkout(desk.store, tmp_path / "f", lambda _: None)
    done = ran(["report", tmp_path / "f", "--json"])
    assert json.loads(done.stdout)["operations"]["moved"] == 1, "a folder knows what was taken back too"


def test_rates_learn_nothing_from_what_is_undone(desk: Desk) -> None:
    desk.now = datetime(2027, 1, 4, 8, tzinfo=UTC)
    answered(desk.browser(), {**REAL, "from": "2027-01-04", "to": "2027-01-04"})
    desk.now += timedelta(days=1)
    answered(desk.browser(), {**WRONG, "from": "2027-01-05"})
    publish_undo(desk.store, None, Cause("x", "it", desk.now), Effort(20), again=False, mail=False)
    made = desk.draft
    log = withdrawal_history(made.scenario, made.made_plan)
    assert log is not None
    assert [withdrawal.first.isoformat() for withdrawal in log.withdrawals] == ["2027-01-04"]


def test_what_nobody_was_told_counts_with_what_they_were_told(desk: Desk) -> None:
    """Two versions of the plan are chosen before one is published."""
    entered(desk, "pinned", {"operation": "OP-000", "date": "2027-06-01", "shift": "day"})
    desk.browser().plan()
    entered(desk, "pinned", {"operation": "OP-000", "date": "2027-06-03", "shift": "day"})
    entered(desk, "pinned", {"operation": "OP-001", "date": "2027-06-01", "shift": "day"})
    desk.browser().plan()
    assert desk.browser().publish().status == 303
    assert desk.draft.made_plan.revision == 3
    found = told_figures(desk)
    assert (found.operations.moved, notice(found)[1]) == (2, 2)


@pytest.mark.parametrize("n", often([2], [1]))
def test_each_publishing_counts(desk: Desk, n: int) -> None:
    for day in ("2027-06-01", "2027-06-03")[:n]:
        entered(desk, "pinned", {"operation": "OP-000", "date": day, "shift": "day"})
        desk.browser().plan()
        assert desk.browser().publish().status == 303
    assert (told_figures(desk).operations.moved, notice(told_figures(desk))[1]) == (1, n)
    assert told_figures(desk).operations.saved == Share(0, 0), "nobody withdrew anything"
