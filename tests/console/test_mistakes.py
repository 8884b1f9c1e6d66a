"""What a coordinator typed by mistake, and the console took: each is asked about or refused, with what is right."""

import pytest

from arshjul.actions.contacts.contacts import known_contacts, revoke
from arshjul.actions.draft.draft import opened_draft
from tests.console.browser import Page
from tests.console.conftest import Desk
from tests.console.forms import forms
from tests.console.test_entry_forms import waiting
from tests.console.test_offers import CALL

CONTACT = {"party": "agency-a0", "may": ["report"]}


def invited(desk: Desk, function: str, **more: str) -> Page:
    browser = desk.browser()
    return browser.send(browser.get("/contacts"), "/contacts", **{**CONTACT, "function": function, **more})


@pytest.mark.parametrize("name", ["Kalle Svensson", "Åsa Lind-Öberg"])
def test_a_contact_called_like_a_person_is_asked_about(desk: Desk, name: str) -> None:
    asked = invited(desk, name)
    assert asked.status == 422
    assert f"Funktion, aldrig en person: {name} ser ut som en persons namn. Är det en funktion?" in asked.text
    assert not known_contacts(desk.store)
    assert invited(desk, name, sure="on").status == 200
    assert invited(desk, "Operativ samordnare City").status == 200


def test_two_contacts_of_a_party_are_called_otherwise(desk: Desk) -> None:
    assert invited(desk, "Samordnare").status == 200
    refused = invited(desk, "samordnare", sure="on")
    assert refused.status == 422
    assert "samordnare är redan inbjuden: ge den en ny adress, eller den här ett annat namn." in refused.text
    assert invited(desk, "Samordnare", party="agency-a1").status == 200
    revoke(desk.store, known_contacts(desk.store)[0].id, "test", desk.now)
    assert invited(desk, "Samordnare").status == 200, "the former one has ended"


@pytest.mark.parametrize(
    ("due", "said"),
    [("2026-12-01", "har redan varit"), ("2027-04-02", "Svaren ska komma")],
)
def test_a_call_that_nobody_can_answer_in_time_is_asked_about(desk: Desk, due: str, said: str) -> None:
    browser = desk.browser()
    call = {**CALL, "due": due, "changes_until": ""}
    asked = browser.send(browser.get("/calls"), "/calls", **call)
    assert (asked.status, said in asked.text) == (422, True)
    with desk.store.reading() as db:
        assert not opened_draft(db).present.calls
    assert browser.send(browser.get("/calls"), "/calls", **call, sure="on").status == 303
    changed = browser.send(browser.get("/calls/H1"), "/calls/H1", **{k: v for k, v in call.items() if k != "id"})
    assert (changed.status, said in changed.text) == (422, True)


def held(desk: Desk, **more: str) -> Page:
    browser, where = desk.browser(), "/operations/OP-001"
    return browser.send(browser.get(where), where, ask="held", milestone="nomination", **more)


def test_a_milestone_held_in_another_year_is_asked_about(desk: Desk) -> None:
    asked = held(desk, date="2025-05-20")
    assert (asked.status, "ligger före planen" in asked.text, "Ja, det stämmer" in asked.text) == (422, True, True)
    assert not waiting(desk).changes
    assert held(desk, date="2025-05-20", sure="on").status == 303


def test_a_milestone_without_a_date_is_said_to_lack_it(desk: Desk) -> None:
    refused = held(desk, date="")
    assert refused.status == 422
    assert "Datumet finns inte" not in refused.text
    assert "Hölls den saknas" in refused.text


def test_taking_an_edit_back_says_that_all_of_it_goes(desk: Desk) -> None:
    browser, where = desk.browser(), "/operations/OP-001/edit"
    fields = next(form.fields for form in forms(browser.get(where).body.decode()) if form.action == where)
    assert browser.post(where, {**fields, "priority": "3"}).status == 303
    assert "Allt som redigerats tas bort på en gång" in browser.get("/").text
