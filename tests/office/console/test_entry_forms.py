"""Everything that a file of entries can say is said in the console too, each kind with a form of its own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from html import escape

import pytest
from pydantic import BaseModel

from arshjul.office.console.pages import ENTRY_FORMS
from arshjul.office.console.pages.nominations import EDITED, OBJECT
from arshjul.office.draft.draft import ANSWERS, NOMINATED, keep, opened_draft
from arshjul.office.draft.edit_operation import next_id
from arshjul.serving.fields import declared, filled, given, prompt
from arshjul.serving.forms import Form
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.declaration import FromReplan
from arshjul.year.domain.entries.amendment import FewerOfficers, LeftOut, Nominated, OtherDates, Pinned, TeamsLost
from arshjul.year.domain.operation import Operation, Pin
from arshjul.year.domain.visit_object import VisitObject
from arshjul.year.formats.plan.entries import LISTS
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.plan import EVENTS, MODELS
from arshjul.year.formats.shape import Shape
from tests import years
from tests.living import SCENARIO
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk
from tests.office.console.forms import forms
from tests.office.console.test_withdrawal import HIT

KNOWN = {"id", "operation", "withdrawal", "revision", "until", "reported"}
"""What the page knows, and when it was reported: now, unless the form asks."""


def keys(model: type[BaseModel]) -> set[str]:
    """The keys that a person writes: not those that follow from the replan."""
    fields = model.model_fields.items()
    return {field.alias or name for name, field in fields if FromReplan not in field.metadata}


def test_every_kind_of_entry_has_a_form() -> None:
    assert {form.list for form in ENTRY_FORMS} | {ANSWERS} == set(LISTS), "answers are given on the proposal's page"


@pytest.mark.parametrize("form", [form for form in ENTRY_FORMS if form.list != NOMINATED], ids=lambda form: form.list)
def test_a_form_asks_for_every_key_of_its_entry(form) -> None:  # type: ignore[no-untyped-def]
    asked = form.kinds.keys() - {"reported"} - (KNOWN if form.list == "obstacles" else set())
    follows = {
        "minutes": {"meeting", "date"},
        "meeting_actions": {"meeting", "date", "state"},
        "agenda_points": {"meeting", "date"},
        "improvements": {"from", "state", "reason"},
        "outcomes": {"date"},
        "without_police": {"date", "shift", "police_also", "officers"},
    }
    assert asked == keys({**EVENTS, **MODELS}[form.list]) - KNOWN - follows.get(form.list, set())


def test_an_operation_has_all_its_keys_but_what_others_give_and_an_object_all() -> None:
    assert keys(shape(Operation)) - EDITED.keys() == {"id", "fixed", "repeat", "sites"}
    assert keys(shape(VisitObject)) == OBJECT.keys()


@cache
def operations() -> list[Shape[Operation]]:
    scenario = read_scenario(SCENARIO.parent / "goteborg-2027-fuller").scenario
    return [shape(Operation).of(operation) for operation in scenario.operations.values()]


def test_an_operation_comes_back_from_its_form_as_it_was() -> None:
    for operation in operations():
        mapping = {key: value for key, value in operation.mapping().items() if key in EDITED}
        read = given(EDITED, filled(EDITED, mapping))
        assert read == {key: value for key, value in mapping.items() if value is not False and value not in ([], {})}


def test_whether_participants_are_shared_is_yes_no_or_as_usual() -> None:
    for word, meant in (("yes", {"participants": True}), ("no", {"participants": False}), ("", None)):
        read = given(EDITED, Form({"share.participants": (word,)}))
        assert read.get("share") == meant
        assert given(EDITED, filled(EDITED, read)) == read


def form(page: Page, where: str, named: str = "") -> dict[str, list[str]]:
    """The fields of a form of the page, as they stand there."""
    found = [one.fields for one in forms(page.body.decode()) if one.action == where]
    return next(fields for fields in found if not named or fields.get("ask") == [named])


def sent(browser: Browser, where: str, named: str = "", /, **fields: str | Sequence[str]) -> Page:
    """A form of a page, sent with these fields; the others as they stand there."""
    return browser.post(where, {**form(browser.get(where), where, named), **fields})


def chosen(browser: Browser, answer: Page, option: str = "fewest-changes") -> None:
    """Chooses among what a form has led to."""
    assert answer.status == 303, answer.text
    path = answer.headers["location"].partition("?")[0]
    assert browser.press(path, option=option).status == 303


def withdrawn(browser: Browser, **other: str) -> None:
    chosen(browser, browser.press("/withdrawals/new", **{**HIT, **other}))


def test_an_outcome_says_who_came_and_what_was_counted(desk: Desk) -> None:
    with desk.store.writing() as db:
        draft = opened_draft(db)
        counting = replace(draft.scenario, figures=("controls",), names={"controls": "kontroller"})
        keep(db, draft, replace(draft, scenario=counting))
    desk.now = datetime(2027, 2, 20, tzinfo=UTC)
    browser, where = desk.browser(), "/operations/OP-001"
    came = {"teams.a1": "1", "figures.controls": "4", "officers": "2", "note": "lugnt"}
    assert sent(browser, where, "outcomes", result="done", **came).headers["location"] == where
    (outcome,) = desk.draft.entries_with().outcomes
    assert (outcome.result, outcome.officers, outcome.teams, outcome.figures) == ("done", 2, {"a1": 1}, {"controls": 4})
    assert form(browser.get(where), where, "outcomes")["figures.controls"] == ["4"], "it is corrected from what it was"


def test_a_withdrawal_goes_on_is_given_back_and_is_reported_anew(desk: Desk) -> None:
    browser = desk.browser()
    withdrawn(browser, to="", until_further_notice="on")
    assert "A1" in browser.get("/withdrawals").text
    page = browser.get("/withdrawals/A1")
    assert "räknas till söndag 28 februari 2027" in page.text
    back = {"from": "2027-02-03", "to": "2027-02-05", "shifts": "day", "officers": "2"}
    for slip, said in (({"officers": "999"}, "Skriv 1 till"), ({"to": "2027-09-01"}, "välj datum däremellan")):
        page = sent(browser, "/withdrawals/A1", "given_back", **{**back, **slip})
        assert page.status == 422
        assert said in page.text
        assert "Ja, det stämmer" in page.text
    chosen(browser, sent(browser, "/withdrawals/A1", "given_back", **back))
    desk.now = datetime(2027, 2, 10, 8, tzinfo=UTC)
    browser = desk.browser()
    assert sent(browser, "/withdrawals/A1", ask="still").status == 303
    assert "räknas till tisdag 9 mars 2027" in browser.get("/withdrawals/A1").text, "as what waits will have it"
    sent(browser, "/withdrawals/A1", "withdrawals", to="2027-02-12", until_further_notice=[], cause="match")
    assert "keep one" not in browser.get("/").text
    draft = desk.draft
    assert draft.plan is not None
    (given_back,) = draft.plan.entries.given_back
    assert (given_back.id, given_back.first, given_back.last) == ("T1", date(2027, 2, 3), date(2027, 2, 5))
    assert (given_back.shifts, given_back.officers) == (("day",), 2)


def test_a_withdrawal_that_waits_is_corrected_and_not_reported_twice(desk: Desk) -> None:
    browser = desk.browser()
    browser.press("/withdrawals/new", **HIT)
    assert sent(browser, "/withdrawals/A1", "withdrawals", to="2027-02-09", reported="2026-12-24T09:00").status == 303
    (withdrawal,) = desk.draft.entries_with().withdrawals
    assert (withdrawal.id, withdrawal.last) == ("A1", date(2027, 2, 9))
    assert "tillbakatagen" in browser.get("/log").text
    late = sent(browser, "/withdrawals/A1", "withdrawals", reported="2027-12-24T09:00")
    assert late.status == 422
    assert desk.draft.entries_with().withdrawals == (withdrawal,), "what cannot be used takes nothing back"


def test_an_agency_lacks_teams(desk: Desk) -> None:
    browser = desk.browser()
    lost: Mapping[str, Sequence[str]] = {
        "agency": "a1",
        "from": "2027-02-03",
        "weekdays": ["wed"],
        "shifts": ["day"],
        "cause": "utbildning",
    }
    assert sent(browser, "/teams-lost", **lost).status == 303
    day = date(2027, 2, 3)
    (change,) = desk.draft.entries_with().changes
    assert isinstance(change, TeamsLost)
    assert (change.span, change.weekdays, change.shifts) == (Span(day, day), frozenset({2}), ("day",))
    assert "utbildning" in browser.get("/withdrawals").text


def test_what_is_asked_of_an_operation_is_entered_as_it_was_meant(desk: Desk) -> None:
    browser = desk.browser()
    where = "/operations/OP-{}".format
    sent(browser, where("001"), "pinned", date="2027-03-02", shift="day", police="p1")
    dates = {"dates.from": ["2027-02-08", "2027-02-10", ""], "dates.to": ["", "2027-02-12", ""]}
    sent(browser, where("000"), "not_on", agency="a0", cause="utbildning", **dates)
    sent(browser, where("002"), "fewer_officers", officers="1")
    sent(browser, where("003"), ask="left_out")
    pinned, other, fewer, out = desk.draft.entries_with().changes
    assert isinstance(pinned, Pinned)
    assert pinned.pin == Pin(Slot(date(2027, 3, 2), "day"), "p1")
    assert isinstance(other, OtherDates)
    assert other.dates == (
        Span(date(2027, 2, 8), date(2027, 2, 8)),
        Span(date(2027, 2, 10), date(2027, 2, 12)),
    )
    assert (type(fewer), type(out)) == (FewerOfficers, LeftOut)
    past = sent(browser, where("000"), "pinned", date="2026-02-02")
    assert past.status == 422
    assert 'value="2026-02-02"' in past.body.decode(), "it comes back as it was typed"


def test_the_id_that_is_proposed_begins_as_most_do() -> None:
    for ids, following in (
        (["OP-001", "OP-002"], "OP-003"),
        (["B-009", "B-010", "OP-500"], "B-011"),
        (["7", "8"], "9"),
        (["B-1", "B-2.1", "B-2.2", "B-2.3"], "B-2"),
        (["Avenyn", "Hamnen"], ""),
    ):
        assert next_id(ids) == following


def test_an_operation_is_nominated_and_finds_its_place(desk: Desk) -> None:
    browser = desk.browser()
    what = {"title": "Ny insats", "sector": "restaurant", "area": "city", "programme": "akc", "lead_agency": "a1"}
    who: Mapping[str, Sequence[str]] = {
        "officers": "2",
        "agencies.a1": "1",
        "optional_agencies.a2": "1",
        "weekdays": ["tue", "wed"],
    }
    assert sent(browser, "/nominations/new", **what).status == 303
    browser.press("/take-back", entry="1")
    chosen(browser, sent(browser, "/nominations/new", **what, **who))
    draft = desk.draft
    assert draft.plan is not None
    (change,) = draft.plan.entries.changes
    assert isinstance(change, Nominated)
    new = change.operation
    assert (new.id, new.agencies, new.optional_agencies, new.officers) == ("OP-004", {"a1": 1}, {"a2": 1}, 2)
    assert draft.plan.placed["OP-004"].slot.day.weekday() in (1, 2)
    assert sent(browser, "/nominations/new", **what, id="OP-001").status == 422


WRONG = re.compile(r'<div class="wrong".*?</div>', re.DOTALL)


def wrong(page: Page) -> str:
    """What the page says is wrong, as a person reads it."""
    match = WRONG.search(page.body.decode())
    assert match, page.text
    return replace(page, body=match.group().encode()).text


def test_what_is_wrong_is_told_by_the_words_beside_the_fields(desk: Desk) -> None:
    browser, new = desk.browser(), "/withdrawals/new"
    for language, end, number in (
        ("sv", 'Slutet saknas: ange "Till" eller "Tills vidare".', 'Poliser kvar: "tre" är inte ett heltal'),
        (
            "en",
            'The end is missing: give "To" or "Until further notice".',
            'Officers left: "tre" is not a whole number',
        ),
    ):
        browser.press("/language", language=language)
        page = browser.press(new, **{**HIT, "to": ""})
        assert page.status == 422
        assert end in wrong(page)
        page = browser.press(new, **{**HIT, "officers_left": "tre"})
        assert number in wrong(page)
        assert b'name="officers_left" aria-invalid="true"' in page.body
    what = {"title": "x", "sector": "restaurant", "area": "city", "lead_agency": "a0", "agencies.a0": "1"}
    text = wrong(sent(browser, "/nominations/new", programme="", **what))
    assert "Programme is missing: fill it in, or choose." in text
    odd = {"programme": "p", "optional_agencies.a0": "1", "officers": "2", "officers_least": "3"}
    text = wrong(sent(browser, "/nominations/new", **what, **odd))
    assert '"a0" is already required, in "Needed": keep one.' in text
    assert '"Are enough" is 3, more than "Officers": give at most 2.' in text
    text = wrong(sent(browser, "/operations/OP-001/edit", title="", officers="two"))
    assert 'Title is missing: fill it in, or choose. Officers: "two" is not a whole number' in text


def test_a_wrong_field_names_what_is_wrong_in_it_and_the_focus_goes_there(desk: Desk) -> None:
    browser = desk.browser()
    page = browser.send(
        browser.get("/nominations/new"), "/nominations/new", id="N", duration="x", **{"police_also.u": "x"}
    )
    body = page.body.decode()
    assert body.count('role="alert" tabindex="-1" autofocus') == 1
    described = re.findall(r'aria-describedby="([^"]+)"', body)
    told = dict(re.findall(r'<li id="([^"]+)">(.*?)</li>', body))
    assert len(described) > 1
    assert {id for ids in described for id in ids.split()} <= told.keys()
    assert "autofocus" not in browser.get("/nominations/new").body.decode()


@pytest.mark.parametrize(
    ("where", "name", "least"), [("/nominations/new", "operations", 20), ("/withdrawals/new", "withdrawals", 5)]
)
def test_a_form_has_the_labels_of_the_declarations(desk: Desk, where: str, name: str, least: int) -> None:
    page = desk.browser().get(where).body.decode()
    fields = [field for field in declared(name) if f' id="{field}"' in page]
    assert len(fields) >= least
    for field in fields:
        assert f'<label for="{field}">{escape(years.WORDS.say(prompt(f"{name}.{field}")))}</label>' in page


def test_a_new_operation_is_asked_for_every_key(desk: Desk) -> None:
    page = desk.browser().get("/nominations/new").body.decode()
    asked = {path for path, key in declared(NOMINATED).items() if key.kind not in {"mapping", "mappings"}}
    missing = {path for path in asked if not re.search(rf'name="{path}[".]', page)}
    assert {path.partition(".")[0] for path in missing} == {"fixed", "sites"}
