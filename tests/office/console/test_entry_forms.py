"""Everything that a file of entries can say is said in the console too, each kind with a form of its own."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from html import escape

from pydantic import BaseModel

from arshjul.office.console.pages import ENTRY_FORMS
from arshjul.office.console.pages.nominations import EDITED, OBJECT
from arshjul.office.console.pages.operations import FIELDS
from arshjul.office.draft.draft import ANSWERS, NOMINATED
from arshjul.office.draft.edit_operation import edit_operations, next_id
from arshjul.office.draft.enter import enter
from arshjul.office.draft.stored_draft import keep, opened_draft
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
from tests import years
from tests.examples import each
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


@each(form for form in ENTRY_FORMS if form.list != NOMINATED)
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
    assert asked == keys({**EVENTS, **MODELS}[form.list]) - KNOWN - follows.get(form.list, set()), form.list


def test_an_operation_has_all_its_keys_but_what_others_give_and_an_object_all(desk: Desk) -> None:
    assert keys(shape(Operation)) - EDITED.keys() == {"id", "fixed", "repeat", "sites"}
    assert keys(shape(VisitObject)) == OBJECT.keys()
    page = desk.browser().get("/nominations/new").body.decode()
    asked = {path for path, key in declared(NOMINATED).items() if key.kind not in {"mapping", "mappings"}}
    missing = {path for path in asked if not re.search(rf'name="{path}[".]', page)}
    assert {path.partition(".")[0] for path in missing} == {"fixed", "sites"}, "of a new one"


def test_an_operation_comes_back_from_its_form_as_it_was() -> None:
    scenario = read_scenario(SCENARIO.parent / "goteborg-2027-fuller").scenario
    for operation in scenario.operations.values():
        mapping = {key: value for key, value in shape(Operation).of(operation).mapping().items() if key in EDITED}
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


NEW = {"title": "Ny insats", "sector": "restaurant", "area": "city", "programme": "akc", "lead_agency": "a1"}


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
    assert sent(browser, "/withdrawals/A1", "withdrawals", reported="2027-12-24T09:00").status == 422
    assert desk.draft.entries_with().withdrawals == (withdrawal,), "what cannot be used takes nothing back"


def test_what_is_asked_of_an_operation_and_of_teams_is_entered_as_it_was_meant(desk: Desk) -> None:
    browser, where = desk.browser(), "/operations/OP-{}".format
    sent(browser, where("001"), "pinned", date="2027-03-02", shift="day", police="p1")
    dates = {"dates.from": ["2027-02-08", "2027-02-10", ""], "dates.to": ["", "2027-02-12", ""]}
    sent(browser, where("000"), "not_on", agency="a0", cause="match", **dates)
    sent(browser, where("002"), "fewer_officers", officers="1")
    sent(browser, where("003"), ask="left_out")
    lost = {"agency": "a1", "from": "2027-02-03", "weekdays": ["wed"], "shifts": ["day"], "cause": "utbildning"}
    assert sent(browser, "/teams-lost", **lost).status == 303
    pinned, other, teams, fewer, out = desk.draft.entries_with().changes
    assert isinstance(pinned, Pinned)
    assert pinned.pin == Pin(Slot(date(2027, 3, 2), "day"), "p1")
    assert isinstance(other, OtherDates)
    assert other.dates == (Span(date(2027, 2, 8), date(2027, 2, 8)), Span(date(2027, 2, 10), date(2027, 2, 12)))
    assert (type(fewer), type(out)) == (FewerOfficers, LeftOut)
    assert isinstance(teams, TeamsLost)
    day = date(2027, 2, 3)
    assert (teams.span, teams.weekdays, teams.shifts) == (Span(day, day), frozenset({2}), ("day",))
    assert "utbildning" in browser.get("/withdrawals").text
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


def test_an_operation_is_nominated_under_the_next_free_number_and_finds_its_place(desk: Desk) -> None:
    browser, new = desk.browser(), "/nominations/new"
    assert browser.get(new).field("id") == "OP-004"
    assert sent(browser, new, **NEW, **{"agencies.a1": "1"}).status == 303
    assert browser.get(new).field("id") == "OP-005", "what waits is counted"
    browser.press("/take-back", entry="1")
    who = {"officers": "2", "agencies.a1": "1", "optional_agencies.a2": "1", "weekdays": ["tue", "wed"]}
    chosen(browser, sent(browser, new, **NEW, **who))
    draft = desk.draft
    assert draft.plan is not None
    (change,) = draft.plan.entries.changes
    assert isinstance(change, Nominated)
    made = change.operation
    assert (made.id, made.agencies, made.optional_agencies, made.officers) == ("OP-004", {"a1": 1}, {"a2": 1}, 2)
    assert draft.plan.placed["OP-004"].slot.day.weekday() in (1, 2)
    assert sent(browser, new, **NEW, id="OP-001").status == 422
    path = sent(browser, new, **NEW, **{"agencies.a1": "1"}, officers="500").headers["location"]
    page = browser.get(path).text
    assert "dagens plan håller" not in page
    assert "Alla placerade insatser ligger kvar." in page
    assert "OP-005 Ny insats" in page.partition("Oplacerat, med skäl")[2], "what finds no place is told with why"


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
    what = {**NEW, "title": "x", "lead_agency": "a0", "agencies.a0": "1"}
    text = wrong(sent(browser, "/nominations/new", **{**what, "programme": ""}))
    assert "Programme is missing: fill it in, or choose." in text
    odd = {"optional_agencies.a0": "1", "officers": "2", "officers_least": "3"}
    text = wrong(sent(browser, "/nominations/new", **what, **odd))
    assert '"a0" is already required, in "Needed": keep one.' in text
    assert '"Are enough" is 3, more than "Officers": give at most 2.' in text
    text = wrong(sent(browser, "/operations/OP-001/edit", title="", officers="two"))
    assert 'Title is missing: fill it in, or choose. Officers: "two" is not a whole number' in text
    body = browser.press("/nominations/new", id="N", duration="x", **{"police_also.u": "x"}).body.decode()
    assert body.count('role="alert" tabindex="-1" autofocus') == 1, "the focus goes to what is wrong"
    described = re.findall(r'aria-describedby="([^"]+)"', body)
    told = dict(re.findall(r'<li id="([^"]+)">(.*?)</li>', body))
    assert len(described) > 1
    assert {id for ids in described for id in ids.split()} <= told.keys(), "a wrong field names what is wrong in it"
    assert "autofocus" not in browser.get("/nominations/new").body.decode()


@each([("/nominations/new", "operations", 20), ("/withdrawals/new", "withdrawals", 5)])
def test_a_form_has_the_labels_of_the_declarations(of: tuple[str, str, int], desk: Desk) -> None:
    where, name, least = of
    page = desk.browser().get(where).body.decode()
    fields = [field for field in declared(name) if f' id="{field}"' in page]
    assert len(fields) >= least
    for field in fields:
        assert f'<label for="{field}">{escape(years.WORDS.say(prompt(f"{name}.{field}")))}</label>' in page


# -- an operation is edited on its page: it waits for a plan, and is proven


def test_an_operation_is_edited(desk: Desk) -> None:
    browser, where = desk.browser(), "/operations/OP-001/edit"
    fields = form(browser.get(where), where)
    assert fields["agencies.a1"] == ["1"]
    assert fields.get("proposed_by", [""]) == [""], "nobody, unless somebody is chosen"
    values = {**fields, "title": "Ett annat namn", "priority": "1", "officers": "3", "must": "on", "proposed_by": "p0"}
    wrong = browser.post(where, {**values, "priority": "9"})
    assert wrong.status == 422
    assert "Ett annat namn" in wrong.body.decode()
    chosen(browser, browser.post(where, {**values, "window.from": "2027-01-01", "window.to": "2027-06-30"}))
    opened = desk.draft.scenario
    now, before = opened.operations["OP-001"], years.scenario().operations["OP-001"]
    assert (now.title, now.priority, now.officers, now.must) == ("Ett annat namn", 1, 3, True)
    assert now.proposed_by == "p0"
    shown = browser.get("/operations/OP-001").text
    proposer = years.scenario().police["p0"].name
    assert f"Program {opened.programme(now.programme).name} föreslagen av {proposer}" in shown
    assert now.window == Span(date(2027, 1, 1), date(2027, 6, 30))
    assert (now.agencies, now.sites) == (before.agencies, before.sites), "what is not on the page stays"
    assert now.sites


SOME = "/several?operation=OP-000&operation=OP-002"


def several(page: Page) -> dict[str, list[str]]:
    """The form that is sent, as it stands."""
    there = (form for form in forms(page.body.decode()) if form.action == "/several" and "seen" in form.fields)
    return next(there).fields


def test_several_operations_are_edited_at_once_after_their_difference(desk: Desk) -> None:
    browser = desk.browser()
    shown = browser.get("/operations").body.decode()
    assert shown.count('type="checkbox" name="operation"') == 4
    assert "Ingen insats är ikryssad" in browser.get("/several").text
    field = browser.get(f"{SOME}&field=priority")
    check = browser.post("/several", {**several(field), "priority": "1"})
    assert check.status == 200
    row = f"OP-000 {years.TITLE} 0 Prioritet 2 1 OP-002 {years.TITLE} 2 Prioritet 2 1"
    assert row in check.text
    assert desk.draft.given is None, "it is looked at, and not entered"
    saved = browser.post("/several", {**several(check), "save": "on"})
    assert saved.headers["location"].startswith("/")
    now = desk.draft.present.operations
    assert [operation.priority for operation in now.values()] == [1, 2, 1, 2]
    today = browser.get("/")
    assert "redigerade flera insatser: 2 insatser" in today.text
    (number,) = re.findall(r'name="edit" value="(\d+)"', today.body.decode())
    assert browser.send(today, "/take-back-one-edit", edit=number).status == 303
    assert desk.draft.given is None


def test_each_field_is_changed_in_several_and_as_they_are_changes_nothing(desk: Desk) -> None:
    browser = desk.browser()
    for name in FIELDS:
        page = browser.get(f"{SOME}&field={name}")
        assert page.status == 200, name
        answer = browser.post("/several", several(page))
        assert answer.status in (200, 422), "a field that must have a value says so"
        assert "Något" in answer.text or "Ändra flera insatser" in answer.text, name


def test_what_is_wrong_with_a_value_for_several_is_said_on_the_form(desk: Desk) -> None:
    browser = desk.browser()
    page = browser.get(f"{SOME}&field=officers_least")
    wrong = browser.post("/several", {**several(page), "officers_least": "77"})
    assert wrong.status == 422
    assert "77" in wrong.text
    assert 'value="77"' in wrong.body.decode()
    stale = browser.get(f"{SOME}&field=priority")
    check = browser.post("/several", {**several(stale), "priority": "1"})
    edit_operations(desk.store, ["OP-001"], {"priority": 3}, "Anna", desk.now, check.field("seen"))
    assert browser.post("/several", {**several(check), "save": "on"}).status == 409
    check = browser.post("/several", {**several(browser.get(f"{SOME}&field=priority")), "priority": "1"})
    nobody = {key: value for key, value in several(check).items() if key != "operation"}
    for more in ({}, {"save": "on"}):
        none = browser.post("/several", {**nobody, **more})
        assert (none.status, "Ingen insats är ikryssad" in none.text) == (422, True)
    asked = browser.get(f"{SOME}&field=window")
    far = browser.post("/several", {**several(asked), "window.from": "2031-01-01", "window.to": "2031-02-01"})
    assert far.status == 422


def test_what_another_entry_needs_is_not_taken_back_alone(desk: Desk) -> None:
    """A withdrawal of which something is given back, and a new operation that is locked: the options stay possible."""
    browser = desk.browser()
    assert browser.press("/withdrawals/new", **{**HIT, "to": "2027-02-03"}).status == 303
    back = {"from": "2027-02-02", "to": "2027-02-02"}
    assert sent(browser, "/withdrawals/A1", "given_back", **back).status == 303
    assert sent(browser, "/nominations/new", **NEW, **{"agencies.a1": "1"}).status == 303
    lock = {"operation": "OP-004", "date": "2027-04-01", "shift": "day"}
    enter(desk.store, [("pinned", lock)], "test", desk.now, desk.draft.stamp)
    for needed, names in ("1", "återlämnat av A1"), ("3", "OP-004"):
        refused = browser.press("/take-back", entry=needed)
        assert refused.status == 409
        assert names in refused.text
        assert "Ta tillbaka den först" in refused.text
    assert browser.press("/options").status == 303
    for number in "2", "1", "4", "3":
        assert browser.press("/take-back", entry=number).status == 303
    assert not desk.draft.entries_with().withdrawals
