"""What others read names no place that is to be visited: the console asks, wherever it is typed."""

from dataclasses import replace

import pytest

from arshjul.office.draft.compare_options import compare_options
from arshjul.office.draft.compare_scenario import read_sent
from arshjul.office.draft.options import options_of
from arshjul.year.domain.level import Level
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Meet
from arshjul.year.formats.workbook.writing import scenario_workbook
from arshjul.year.rules.objectives import CHANGES
from tests import years
from tests.builders import swedish
from tests.examples import often
from tests.office.console.conftest import Desk
from tests.office.console.forms import forms
from tests.office.console.test_entry_forms import sent
from tests.office.console.test_withdrawal import HIT

ASKED, CONFIRMED = "Texten nämner ett hemligt objekt, och andra läser den", "Ja, det stämmer"
PLACE = f"utanför {years.SITE_NAME.upper()}  1"


@pytest.mark.parametrize("where", often(["/operations/OP-001/edit"], ["/nominations/new"]))
@pytest.mark.parametrize("key", ["meet.place", "title"])
def test_a_form_of_an_operation_asks(desk: Desk, where: str, key: str) -> None:
    browser = desk.browser()
    fields = next(form.fields for form in forms(browser.get(where).body.decode()) if form.action == where)
    new = {"title": "T", "programme": "p", "lead_agency": "a1", "sector": "s", "area": "city", "agencies.a1": "1"}
    values = {**fields, **(new if "nominations" in where else {}), key: PLACE}
    asked = browser.post(where, values)
    assert (asked.status, ASKED in asked.text, CONFIRMED in asked.text) == (422, True, True)
    assert desk.draft.is_published
    assert browser.post(where, {**values, "sure": "on"}).status == 303


def test_what_was_confirmed_is_not_asked_again(desk: Desk) -> None:
    where, browser = "/operations/OP-001/edit", desk.browser()
    fields = next(form.fields for form in forms(browser.get(where).body.decode()) if form.action == where)
    assert browser.post(where, {**fields, "meet.place": PLACE, "sure": "on"}).status == 303
    fields = next(form.fields for form in forms(browser.get(where).body.decode()) if form.action == where)
    assert browser.post(where, {**fields, "priority": "1"}).status == 303


def test_a_reason_for_a_withdrawal_is_asked_about(desk: Desk) -> None:
    browser, path = desk.browser(), "/withdrawals/new"
    values = {**HIT, "cause": f"bråk vid {years.SITE_ADDRESS} 2"}
    asked = browser.press(path, **values)
    assert (asked.status, ASKED in asked.text) == (422, True)
    assert not desk.draft.entries_with().withdrawals
    assert browser.send(asked, path, **values, sure="on").status == 303
    assert [withdrawal.cause for withdrawal in desk.draft.entries_with().withdrawals] == [values["cause"]], (
        "confirmed, it stays as it is"
    )


def test_a_note_of_an_outcome_is_asked_about_and_can_be_confirmed(desk: Desk) -> None:
    desk.now = desk.now.replace(year=2027, month=2, day=4)
    browser, where = desk.browser(), "/operations/OP-001"
    values = {"result": "done", "note": f"{years.SITE_NAME} 1 var stängd"}
    asked = sent(browser, where, "outcomes", **values)
    assert (asked.status, ASKED in asked.text, CONFIRMED in asked.text) == (422, True, True)
    assert sent(browser, where, "outcomes", **values, sure="on").status == 303


def test_publishing_shows_what_names_one_and_refuses_a_reason_that_does(desk: Desk) -> None:
    where, browser = "/operations/OP-001/edit", desk.browser()
    fields = next(form.fields for form in forms(browser.get(where).body.decode()) if form.action == where)
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
