"""A party nominates an operation or an object: no business is named, and what waits it takes back itself."""

import json
import re
from time import process_time

import pytest

from arshjul.office.store import party_entries
from arshjul.portal.store import views
from arshjul.portal.store.views import EntryOutcome
from arshjul.year.domain.business_traces import of_business
from tests.office.console.browser import Browser, Page
from tests.portal.conftest import Office

OPERATION = {
    "sector": "s0", "area": "centrum", "purpose": "Svart arbete", "teams": "2", "agencies": "a1", "why": "Skatt",
    "officers": "4", "window.from": "2027-05-01", "window.to": "2027-06-30", "interest": "3",
}  # fmt: skip
OBJECT = {"sector": "s0", "area": "centrum", "wanted": "Kök och kassa", "reference": "M-2027-14"}


def chosen(page: Page, name: str) -> str:
    """The first choice of a select."""
    there = page.body.decode().partition(f'name="{name}"')[2].partition("</select>")[0]
    return there.split('<option value="')[2].partition('"')[0]


def nominated(browser: Browser, kind: str = "operation", **fields: str) -> Page:
    page = browser.get(f"/nominate/{kind}")
    hidden = page.hidden("key", "seen")
    known = {name: chosen(page, name) for name in ("sector", "area")}
    usual = OPERATION if kind == "operation" else OBJECT
    return browser.post(f"/nominate/{kind}", {**hidden, **usual, **known, **fields})


def receipt(browser: Browser, answer: Page) -> Page:
    assert answer.status == 303, answer.text
    return browser.get(answer.headers["location"])


def form_to_take_back(browser: Browser) -> dict[str, str]:
    """Of the first one that is offered to be taken back."""
    body = browser.get("/nominate").body.decode().partition("/nominate/take-back")[2]
    names = ("token", "contact", "key", "seen", "entry")
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', body)[0] for name in names}


def taken_back(browser: Browser) -> Page:
    return browser.post("/nominate/take-back", form_to_take_back(browser))


def test_an_operation_is_nominated_with_all_that_the_contract_names(office: Office) -> None:
    browser = office.browser("a0", "nominate")
    page = receipt(browser, nominated(browser))
    for said in ("Kvitto", "Svart arbete", "2027-05-01", "2027-06-30", "Skatt"):
        assert said in page.text
    office.carry()
    (entry,) = office.entries()
    assert (entry.kind, entry.party, entry.state) == ("operation", "agency-a0", "waits")
    body = json.loads(entry.body)
    assert body["window"] == {"from": "2027-05-01", "to": "2027-06-30"}
    assert (body["teams"], body["officers"], body["interest"], body["agencies"]) == (2, 4, 3, ["a1"])
    assert "hos samordnaren" in browser.get("/").text
    page = receipt(browser, nominated(browser, reference="M-2027-15"))
    assert "M-2027-15" in page.text, "a party's own reference tells its nominations apart"
    sector = re.findall(r"Nominering av en insats \(([^)]+)\)", browser.get("/nominate").text)
    assert sector, "what it is about, beside its number"


def test_an_object_is_nominated_by_a_reference_and_of_ordinary_words_nothing_is_asked(office: Office) -> None:
    browser = office.browser("p0", "nominate")
    assert "M-2027-14" in receipt(browser, nominated(browser, "object")).text
    office.carry()
    (entry,) = office.entries()
    assert json.loads(entry.body).keys() == {"sector", "area", "wanted", "reference"}
    for text in ("vecka 12 och 14", "kl 0830-1200", "OP-3 och OP-14", "2027-05-01", "M-2027-14", "Fas 2"):
        assert nominated(browser, "object", wanted=text).status == 303


def test_dates_that_have_been_or_lie_far_away_are_asked_about(office: Office) -> None:
    browser = office.browser("a0", "nominate")
    for window in (("2025-05-01", "2025-05-20"), ("2027-05-01", "2072-05-20"), ("2026-05-01", "")):
        fields = {"window.from": window[0], "window.to": window[1] or "2027-06-01"}
        page = nominated(browser, **fields)
        assert page.status == 422
        assert "är långt bort. Stämmer datumet?" in page.text
        assert "Svart arbete" in page.text
        assert nominated(browser, **fields, sure="on").status == 303


def test_no_field_is_for_a_business_and_what_tells_of_one_is_asked_about_and_stays_typed(office: Office) -> None:
    browser = office.browser("a0", "nominate")
    for kind in ("operation", "object"):
        names = set(re.findall(r'name="([^"]+)"', browser.get(f"/nominate/{kind}").body.decode()))
        assert not names & {"name", "address", "site", "sites", "sites.name", "sites.address", "orgnr", "organisation"}
    for text, what, kind, field in (
        ("Kontroll av 556677-8899", "organisationsnummer", "operation", "purpose"),
        ("165566778899", "organisationsnummer", "operation", "why"),
        ("Storgatan 12", "adress", "object", "reference"),
        ("kungsportsavenyn 3 b", "adress", "operation", "purpose"),
        ("411 36 Göteborg", "adress", "operation", "why"),
        ("Glada Masten AB", "namnet på en verksamhet", "object", "reference"),
    ):
        answer = nominated(browser, kind, **{field: text})
        assert answer.status == 422
        assert what in answer.text
        assert text in answer.text
        assert 'name="sure"' in answer.body.decode()
        assert receipt(browser, nominated(browser, kind, **{field: text}, sure="on")).status == 200


def test_a_long_word_is_looked_through_at_once() -> None:
    """A press without confirming counts as nothing that was sent."""
    before = process_time()
    for text in ("a" * 2000, "väg" * 650, "1" * 2000, "a" + " " * 1999):
        list(of_business("operation", {"why": text}))
    assert process_time() - before < 0.05


def test_what_is_wrong_is_said_by_its_label(office: Office) -> None:
    browser = office.browser("a0", "nominate")
    for kind, fields, said in (
        ("operation", {"purpose": ""}, "Vad den ska uppnå saknas"),
        ("operation", {"sector": ""}, "Bransch saknas"),
        ("operation", {"sector": "nowhere"}, "Välj igen"),
        ("operation", {"agencies": "p0"}, "Välj igen"),
        ("operation", {"interest": "4"}, "högst 3"),
        ("operation", {"officers": "många"}, "heltal"),
        ("operation", {"window.to": ""}, "saknas"),
        ("operation", {"window.to": "2027-04-01"}, "2027-04-01"),
        ("operation", {"why": "x" * 2001}, "korta den"),
        ("object", {"reference": ""}, "saknas"),
    ):
        answer = nominated(browser, kind, **fields)
        assert answer.status == 422
        assert said in answer.text, answer.text
        office.carry()
        assert office.entries() == []


@pytest.mark.parametrize("is_carried_between", [True, False])
def test_what_waits_is_taken_back(office: Office, *, is_carried_between: bool) -> None:
    browser = office.browser("a0", "nominate")
    nominated(browser)
    if is_carried_between:
        office.carry()
    assert "Kvitto" in receipt(browser, taken_back(browser)).text
    assert "/nominate/take-back" not in browser.get("/nominate").body.decode()
    office.carry()
    assert {entry.kind: entry.state for entry in office.entries()} == {
        "operation": "withdrawn",
        "retraction": "withdrawn",
    }
    office.carry()
    assert "återtagen av er" in browser.get("/nominate").text


def test_what_was_sent_since_hides_no_nomination(office: Office) -> None:
    browser = office.browser("a0", "nominate", "report")
    nominated(browser)
    for n in range(25):
        nominated(browser, "object", reference=f"M-{n}")
    shown = browser.get("/nominate")
    assert "Nominering av en insats" in shown.text
    assert shown.body.count(b"/nominate/take-back") == 26


def test_what_was_taken_back_too_late_and_waits_again_is_taken_back(office: Office) -> None:
    browser = office.browser("a0", "nominate")
    nominated(browser)
    office.carry()
    (entry,) = office.entries()
    form = form_to_take_back(browser)
    with office.store.writing() as db:
        party_entries.settle(db, entry.id, "accepted", "test", office.now, "OP-017")
    browser.post("/nominate/take-back", form)
    office.carry()
    assert {one.kind: one.state for one in office.entries()} == {"operation": "accepted", "retraction": "refused"}
    with office.store.writing() as db:
        party_entries.open_again(db, "operation", "OP-017")
    for _ in range(2):
        office.carry()
    assert taken_back(browser).status == 303
    office.carry()
    assert {one.state for one in office.entries() if one.kind == "operation"} == {"withdrawn"}


def test_nobody_takes_back_another_s(office: Office) -> None:
    browser, other = office.browser("a0", "nominate"), office.browser("a0", "nominate")
    nominated(browser)
    office.carry()
    (entry,) = office.entries()
    nominated(other)
    fields = other.get("/nominate").hidden("key", "seen")
    assert other.post("/nominate/take-back", {**fields, "entry": entry.id}).status == 422
    office.carry()
    assert {one.state for one in office.entries()} == {"waits"}


def test_what_became_of_it_stands_on_the_first_page(office: Office) -> None:
    browser = office.browser("a0", "nominate")
    nominated(browser)
    office.carry()
    for state, about, said in (
        ("accepted", "OP-017", "antagen av samordnaren (OP-017)"),
        ("declined", "Ni <b>har</b> redan två", "(Ni <b>har</b> redan två)"),
        ("merged", "", "sammanslagen"),
    ):
        with office.portal.writing() as db:
            views.put_outcomes(db, {1: EntryOutcome(state, about, office.now)})
        for where in ("/", "/nominate"):
            page = browser.get(where)
            assert said in page.text
            assert "<b>har</b>" not in page.body.decode()
