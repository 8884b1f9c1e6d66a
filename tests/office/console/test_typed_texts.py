"""What is typed has room where it is shown, and tells of no person: the console refuses the one and asks the other."""

import pytest

from arshjul.office.draft.draft import opened_draft
from arshjul.year.planning.check.likely_mistakes import of_persons
from tests.office.console.conftest import Desk
from tests.office.console.test_entry_forms import sent, waiting
from tests.office.console.test_withdrawal import HIT

WITHDRAWALS = "/withdrawals/new"


def test_a_reason_of_pages_is_refused(desk: Desk) -> None:
    browser = desk.browser()
    refused = browser.send(browser.get(WITHDRAWALS), WITHDRAWALS, **{**HIT, "cause": "å" * 2001}, sure="on")
    assert refused.status == 422
    assert "Orsak: Texten har 2001 tecken, fler än 2000: korta den." in refused.text
    assert not waiting(desk).withdrawals
    assert browser.send(browser.get(WITHDRAWALS), WITHDRAWALS, **{**HIT, "cause": "å" * 2000}).status == 303


def test_a_title_of_pages_is_refused(desk: Desk) -> None:
    refused = sent(desk.browser(), "/operations/OP-001/edit", title="x" * 12_000)
    assert refused.status == 422
    assert "korta den" in refused.text
    with desk.store.reading() as db:
        assert opened_draft(db).given is None


def test_a_reason_that_tells_of_a_person_is_asked_about(desk: Desk) -> None:
    browser, values = desk.browser(), {**HIT, "cause": "Anders är sjuk, 070-174 06 05"}
    asked = browser.send(browser.get(WITHDRAWALS), WITHDRAWALS, **values)
    assert asked.status == 422
    assert "Orsak: Texten verkar innehålla ett telefonnummer, och andra läser den" in asked.text
    assert "Ja, det stämmer" in asked.text
    assert not waiting(desk).withdrawals
    assert browser.send(asked, WITHDRAWALS, **values, sure="on").status == 303


@pytest.mark.parametrize(
    ("text", "what"),
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
    ],
)
def test_what_seems_to_be_a_person_s(text: str, what: str | None) -> None:
    found = [
        str(problem.text.values["what"])
        for problem in of_persons("withdrawals", {"cause": text, "phone": "0701740605"})
    ]
    assert [what in one for one in found if what] == [True] * (what is not None)
    assert bool(found) is (what is not None)


def test_a_note_that_the_coordinator_alone_reads_is_not_asked_about() -> None:
    assert not list(of_persons("outcomes", {"note": "ring 0701740605"}))
