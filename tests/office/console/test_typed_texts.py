"""What is typed has room where it is shown, and tells of no person: the console refuses the one and asks the other."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from arshjul.office.draft.compare_options import compare_options
from arshjul.office.draft.compare_scenario import read_sent
from arshjul.office.draft.options import options_of
from arshjul.year.domain.level import Level
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Meet
from arshjul.year.formats.workbook.writing import scenario_workbook
from arshjul.year.planning.check.likely_mistakes import of_persons
from arshjul.year.rules.objectives import CHANGES
from tests import years
from tests.builders import swedish
from tests.examples import each, often
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk
from tests.office.console.forms import forms
from tests.office.console.test_entry_forms import sent
from tests.office.console.test_withdrawal import HIT

WITHDRAWALS = "/withdrawals/new"
ASKED, CONFIRMED = "Texten nämner ett hemligt objekt, och andra läser den", "Ja, det stämmer"
PLACE = f"utanför {years.SITE_NAME.upper()}  1"


def test_a_text_of_pages_is_refused(desk: Desk) -> None:
    browser = desk.browser()
    refused = browser.press(WITHDRAWALS, **{**HIT, "cause": "å" * 2001}, sure="on")
    assert refused.status == 422
    assert "Orsak: Texten har 2001 tecken, fler än 2000: korta den." in refused.text
    assert not desk.draft.entries_with().withdrawals
    assert browser.press(WITHDRAWALS, **{**HIT, "cause": "å" * 2000}).status == 303
    refused = sent(desk.browser(), "/operations/OP-001/edit", title="x" * 12_000)
    assert refused.status == 422
    assert "korta den" in refused.text
    assert desk.draft.given is None


@each(
    [
        ("Anders är sjuk, 070-174 06 05", "Orsak: Texten verkar innehålla ett telefonnummer, och andra läser den"),
        (f"bråk vid {years.SITE_ADDRESS} 2", ASKED),
    ]
)
def test_a_reason_that_tells_of_a_person_or_a_site_is_asked_about(given: tuple[str, str], desk: Desk) -> None:
    (cause, told), browser = given, desk.browser()
    values = {**HIT, "cause": cause}
    asked = browser.press(WITHDRAWALS, **values)
    assert (asked.status, told in asked.text, CONFIRMED in asked.text) == (422, True, True)
    assert cause not in [withdrawal.cause for withdrawal in desk.draft.entries_with().withdrawals]
    assert browser.send(asked, WITHDRAWALS, **values, sure="on").status == 303
    causes = [withdrawal.cause for withdrawal in desk.draft.entries_with().withdrawals]
    assert cause in causes, "confirmed, it stays as it is"


@each(
    [
        ("ring 0701740605", "telephone"),
        ("+46 70 174 06 05", "telephone"),
        ("växeln 031-390 06 05", "telephone"),
        ("ägaren 19811218-9876", "identity"),
        ("811218-9876 hörd", "identity"),
        ("8112789873", "identity"),
        ("anna@kalmar.example", "e-mail"),
        ("en skjutning", None),
        ("match 2027-05-12 kl. 07:30", None),
        ("dnr 2027-0142, vecka 07", None),
        ("12 kontroller, 345 678 kr", None),
        ("OP-0123456", None),
        ("kl 0830-1200", None),
        ("pass 0900–1500, entré B", None),
        ("270115 0830-1200", None),
        ("0700-0900 eller 070-1740605", "telephone"),
        ("pass 0900-1500, ring 0701740605", "telephone"),
        ("växeln 0980-3192", "telephone"),
    ]
)
def test_what_seems_to_be_a_person_s(given: tuple[str, str | None]) -> None:
    text, what = given
    found = [
        str(problem.text.values["what"])
        for problem in of_persons("withdrawals", {"cause": text, "phone": "0701740605"})
    ]
    assert not list(of_persons("outcomes", {"note": text})), "the coordinator alone reads it"
    assert [what in one for one in found if what] == [True] * (what is not None)
    assert bool(found) is (what is not None)


# -- slips on the pages that are no entry's: a session that has ended, days that have passed, an address for nobody


PASSED = {"window.from": "2027-01-04", "window.to": "2027-01-15"}
LATER = datetime(2027, 2, 4, 8, tzinfo=UTC)


def test_what_was_written_in_a_session_that_has_ended_is_said_to_stand_in_the_form(desk: Desk) -> None:
    browser, path = desk.browser(), "/withdrawals/new"
    out = desk.stranger().post(path, {**form_of(browser, path), "cause": "bråk på torget"})
    assert out.status == 401
    assert "inget sparades" in out.text
    assert "ett steg tillbaka" in out.text


def form_of(browser: Browser, where: str) -> dict[str, list[str]]:
    """What stands in the form of that page."""
    return next(form.fields for form in forms(browser.get(where).body.decode()) if form.action == where)


def test_what_has_days_that_have_passed_is_asked_about_or_refused(desk: Desk) -> None:
    desk.now = LATER
    browser, new = desk.browser(), {"sector": "s", "area": "city"}
    for where, more in (
        ("/nominations/new", {"lead_agency": "a1", "agencies.a1": "1"}),
        ("/operations/OP-003/edit", {}),
    ):
        asked = browser.post(
            where, {**form_of(browser, where), "title": "T", "programme": "p", **new, **more, **PASSED}
        )
        assert (asked.status, "har passerat" in asked.text, CONFIRMED in asked.text) == (422, True, True)
        assert desk.draft.is_published
    where = "/objects/new"
    values = {**form_of(browser, where), "id": "B-1", **new, "agencies": "a1"}
    refused = browser.post(where, {**values, **PASSED})
    assert (refused.status, "har passerat" in refused.text) == (422, True)
    assert browser.post(where, {**values, **PASSED, "window.to": "2027-11-20"}).status == 303


def test_the_same_nomination_twice_is_asked_about(desk: Desk) -> None:
    browser, where = desk.browser(), "/nominations/new"
    new = {"title": "Bilverkstäder", "programme": "p", "sector": "s", "area": "city"}
    new |= {"lead_agency": "a1", "agencies.a1": "1"}

    def sent(**more: str) -> Page:
        fields = form_of(browser, where)
        return browser.post(where, {**fields, **new, **more})

    assert sent().status == 303
    twice = sent()
    assert (twice.status, "bortsett från numret" in twice.text) == (422, True)
    assert sent(title="Bilverkstäder norr").status == 303, "another"
    assert sent(sure="on").status == 303, "it is meant so"


# -- what a coordinator typed by mistake, and the console took: each is asked about or refused, with what is right


def held(desk: Desk, **more: str) -> Page:
    browser, where = desk.browser(), "/operations/OP-001"
    return browser.press(where, ask="held", milestone="nomination", **more)


def test_a_milestone_held_in_another_year_is_asked_about(desk: Desk) -> None:
    refused = held(desk, date="")
    assert refused.status == 422
    assert "Datumet finns inte" not in refused.text
    assert "Gjort den saknas: fyll i eller välj." in refused.text, "one without a date is said to lack it"
    asked = held(desk, date="2025-05-20")
    assert (asked.status, "ligger före planen" in asked.text, CONFIRMED in asked.text) == (422, True, True)
    assert not desk.draft.entries_with().changes
    assert held(desk, date="2025-05-20", sure="on").status == 303
    nobody = desk.browser().press("/subscribers", party="agency-a1", content="all", level="full")
    assert nobody.status == 422
    assert '"Mottagare" är tomt' in nobody.text, "an address for nobody is told by the field"
    assert "--label" not in nobody.text


# -- what others read names no place that is to be visited: the console asks, wherever it is typed


@pytest.mark.parametrize("where", often(["/operations/OP-001/edit"], ["/nominations/new"]))
@pytest.mark.parametrize("key", ["meet.place", "title"])
def test_a_form_of_an_operation_asks(desk: Desk, where: str, key: str) -> None:
    browser = desk.browser()
    new = {"title": "T", "programme": "p", "lead_agency": "a1", "sector": "s", "area": "city", "agencies.a1": "1"}
    values = {**form_of(browser, where), **(new if "nominations" in where else {}), key: PLACE}
    asked = browser.post(where, values)
    assert (asked.status, ASKED in asked.text, CONFIRMED in asked.text) == (422, True, True)
    assert desk.draft.is_published
    assert browser.post(where, {**values, "sure": "on"}).status == 303
    if "nominations" not in where:
        again = browser.post(where, {**form_of(browser, where), "priority": "1"})
        assert again.status == 303, "what was confirmed is not asked again"


def test_a_note_of_an_outcome_is_asked_about_and_can_be_confirmed(desk: Desk) -> None:
    desk.now = desk.now.replace(year=2027, month=2, day=4)
    browser, where = desk.browser(), "/operations/OP-001"
    values = {"result": "done", "note": f"{years.SITE_NAME} 1 var stängd"}
    asked = sent(browser, where, "outcomes", **values)
    assert (asked.status, ASKED in asked.text, CONFIRMED in asked.text) == (422, True, True)
    assert sent(browser, where, "outcomes", **values, sure="on").status == 303


def test_publishing_shows_what_names_one_and_refuses_a_reason_that_does(desk: Desk) -> None:
    where, browser = "/operations/OP-001/edit", desk.browser()
    fields = form_of(browser, where)
    path = browser.post(where, {**fields, "meet.place": PLACE, "sure": "on"}).headers["location"].partition("?")[0]
    assert browser.press(path, option="fewest-changes").status == 303
    page = browser.get("/publish")
    assert "Samlingsplatsen för OP-001 nämner" in page.text
    (form,) = (one for one in forms(page.body.decode()) if one.action == "/publish")
    refused = browser.post("/publish", {**form.fields, "reason": f"Brand på {years.SITE_ADDRESS} 3"})
    assert (refused.status, "skriv om det" in refused.text) == (422, True)


def test_a_workbook_that_is_sent_says_it_before_it_is_taken_over() -> None:
    year = years.scenario()
    operations = {id: replace(one, sites=()) for id, one in _meeting_there(year).operations.items()}
    data = scenario_workbook(replace(year, operations=operations))
    (note,) = read_sent(data, b"", year).notes
    assert "OP-001" in str(note)
    assert years.SITE_NAME not in str(note)


def _meeting_there(scenario: Scenario) -> Scenario:
    first: Operation = scenario.operations["OP-001"]
    there = replace(first, meet=Meet(PLACE))
    return replace(scenario, operations={**scenario.operations, first.id: there})


# -- what the page says where all options are one plan


PROVEN = (Level(CHANGES, 1, 1),)
CUT_OFF = (Level(CHANGES, 1, 0),)


@pytest.mark.parametrize(
    ("levels", "told", "gaps"),
    [
        (PROVEN, "Alla tre alternativ är lika, och ställer in OP-000.", []),
        (
            CUT_OFF,
            "Alla tre alternativ har samma plan, som ställer in OP-000. Mer tid kan ge en bättre.",
            ["Ändringar: högst en insats till kan stå kvar"],
        ),
    ],
)
def test_what_all_options_call_off_is_said_with_what_is_proven(
    desk: Desk, levels: tuple[Level, ...], told: str, gaps: list[str]
) -> None:
    browser = desk.browser()
    browser.press("/withdrawals/new", **HIT)
    draft = desk.draft
    options = options_of(desk.store, 1)
    stays = tuple(place for place in options[0].plan.placements if place.operation != "OP-000")
    without = [option._replace(plan=replace(option.plan, placements=stays, levels=levels)) for option in options]
    compared = compare_options(draft, tuple(without), swedish())
    assert compared.all_alike is not None
    assert swedish().say(compared.all_alike) == told
    assert [swedish().say(gap) for gap in compared.columns[0].gaps] == gaps
