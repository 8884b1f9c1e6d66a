"""Slips of the hand on the pages: what would change nothing, or begins in another year, is told at its field."""

from datetime import UTC, datetime

import pytest

from arshjul.office.draft.draft import opened_draft
from tests.office.console.conftest import Desk
from tests.office.console.forms import forms
from tests.office.console.test_entry_forms import sent, waiting
from tests.office.console.test_withdrawal import HIT

WITHDRAWALS = "/withdrawals/new"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"officers_left": "100"}, "Högst"),
        ({"from": "2026-02-10"}, "Är det rätt år?"),
        ({"to": "2072-02-03"}, "Till: onsdag 3 februari 2072 ligger 44 år efter planens slut"),
        ({"to": "2028-02-03"}, "ligger efter planen"),
    ],
)
def test_a_withdrawal_that_takes_nothing_back_is_told(desk: Desk, other: dict[str, str], said: str) -> None:
    browser = desk.browser()
    refused = browser.send(browser.get(WITHDRAWALS), WITHDRAWALS, **{**HIT, **other})
    assert refused.status == 422
    assert said in refused.text
    assert not waiting(desk).withdrawals
    assert browser.send(browser.get(WITHDRAWALS), WITHDRAWALS, **HIT).status == 303


def test_fewer_officers_than_are_needed_anyway_are_told(desk: Desk) -> None:
    browser = desk.browser()
    refused = sent(browser, "/operations/OP-002", "fewer_officers", officers="2")
    assert refused.status == 422
    assert "inget ändras" in refused.text
    assert sent(browser, "/operations/OP-002", "fewer_officers", officers="1").status == 303


def test_teams_that_are_left_as_they_were_are_told(desk: Desk) -> None:
    browser = desk.browser()
    lost = {"agency": "a1", "from": "2027-02-01", "to": "2027-02-28", "teams_left": "40"}
    refused = sent(browser, "/teams-lost", **lost)
    assert refused.status == 422
    assert "ändrar inget" in refused.text
    assert not waiting(desk).changes


def test_a_slip_is_told_beside_what_waits_already(desk: Desk) -> None:
    browser = desk.browser()
    assert sent(browser, "/operations/OP-002", "fewer_officers", officers="1").status == 303
    lost = {"agency": "a1", "from": "2027-02-01", "to": "2027-02-28", "teams_left": "40"}
    assert "ändrar inget" in sent(browser, "/teams-lost", **lost).text
    assert len(waiting(desk).changes) == 1


def test_a_withdrawal_of_a_day_on_which_nobody_is_lent_is_asked_about(desk: Desk) -> None:
    browser = desk.browser()
    sunday = {"from": "2027-02-07", "to": "2027-02-07"}
    asked = browser.send(browser.get(WITHDRAWALS), WITHDRAWALS, **{**HIT, **sunday})
    assert asked.status == 422
    assert "Inga poliser lånas ut" in asked.text
    assert "Ja, det stämmer" in asked.text
    assert not waiting(desk).withdrawals
    assert browser.send(asked, WITHDRAWALS, **{**HIT, **sunday}, sure="on").status == 303
    assert len(waiting(desk).withdrawals) == 1


def test_a_mistake_is_no_question(desk: Desk) -> None:
    browser = desk.browser()
    wrong = browser.send(browser.get(WITHDRAWALS), WITHDRAWALS, **{**HIT, "officers_left": "tre"}, sure="on")
    assert wrong.status == 422
    assert "Ja, det stämmer" not in wrong.text


def test_a_lock_that_a_rule_forbids_is_said_at_once_with_the_rule(desk: Desk) -> None:
    browser = desk.browser()
    asked = sent(browser, "/operations/OP-003", "pinned", date="2027-03-14", shift="day")  # a Sunday
    assert asked.status == 422
    assert "OP-003 kan inte ligga" in asked.text
    assert "14 mars 2027" in asked.text
    assert "Ja, det stämmer" in asked.text
    assert not waiting(desk).changes
    assert sent(browser, "/operations/OP-003", "pinned", date="2027-03-16", shift="day").status == 303


def test_a_date_that_has_been_is_asked_about(desk: Desk) -> None:
    desk.now = datetime(2027, 2, 2, 12, tzinfo=UTC)
    browser = desk.browser()
    asked = browser.send(browser.get(WITHDRAWALS), WITHDRAWALS, **HIT)
    assert asked.status == 422
    assert "Från: måndag 1 februari 2027 har passerat" in asked.text
    assert "Ja, det stämmer" in asked.text
    assert browser.send(asked, WITHDRAWALS, **HIT, sure="on").status == 303
    lost = {"agency": "a1", "from": "2027-02-01", "to": "2027-02-28", "teams_left": "0"}
    assert "har passerat" in sent(browser, "/teams-lost", **lost).text


def test_two_ends_of_a_withdrawal_are_refused_with_words(desk: Desk) -> None:
    browser = desk.browser()
    refused = browser.send(browser.get(WITHDRAWALS), WITHDRAWALS, **HIT, until_further_notice="on")
    assert refused.status == 422
    assert 'Både "Till" och "Tills vidare" är angivna: behåll en av dem.' in refused.text
    assert not waiting(desk).withdrawals
    without_end = {key: value for key, value in HIT.items() if key != "to"}
    assert browser.send(refused, WITHDRAWALS, **without_end, until_further_notice="on").status == 303


@pytest.mark.parametrize(("given", "said"), [("-1", "-1 är för litet: minst 0"), ("12345678", "12345678 är för stort")])
def test_a_number_out_of_range_is_told_with_its_field_and_the_range(desk: Desk, given: str, said: str) -> None:
    browser = desk.browser()
    refused = browser.send(browser.get(WITHDRAWALS), WITHDRAWALS, **{**HIT, "officers_left": given})
    assert refused.status == 422
    assert f"Poliser kvar: {said}" in refused.text.replace("\xa0", "")


def test_a_report_of_the_future_is_told_at_its_field(desk: Desk) -> None:
    browser = desk.browser()
    refused = browser.send(browser.get(WITHDRAWALS), WITHDRAWALS, **HIT, reported="2027-01-04T08:00")
    assert refused.status == 422
    assert (
        "Rapporterad: måndag 4 januari 2027 08:00 ligger i framtiden: nu är det torsdag 24 december 2026 13:00"
        in refused.text
    )


@pytest.mark.parametrize(("field", "said"), [("officers", "lånar ut högst"), ("teams.a1", "erbjuder högst")])
def test_more_than_anybody_had_to_send_is_asked_about(desk: Desk, field: str, said: str) -> None:
    with desk.store.reading() as db:
        draft = opened_draft(db)
    desk.now = draft.scenario.moments(draft.made_plan.placed["OP-001"].slot)[1]
    browser, path = desk.browser(), "/operations/OP-001"
    came = {"ask": "outcomes", "result": "done", field: "500"}
    asked = browser.send(browser.get(path), path, **came)
    assert asked.status == 422
    assert said in asked.text
    assert browser.send(asked, path, **came, sure="on").status == 303


def test_an_end_that_is_moved_to_another_year_is_asked_about(desk: Desk) -> None:
    browser = desk.browser()
    assert browser.send(browser.get(WITHDRAWALS), WITHDRAWALS, **HIT).status == 303
    longer = {**HIT, "to": "2072-02-03"}
    asked = sent(browser, "/withdrawals/A1", "withdrawals", **longer)
    assert asked.status == 422
    assert "44 år efter planens slut" in asked.text
    assert sent(browser, "/withdrawals/A1", "withdrawals", **longer, sure="on").status == 303


def test_teams_that_are_lost_beyond_the_plan_are_asked_about(desk: Desk) -> None:
    lost = {"agency": "a1", "from": "2027-02-01", "to": "2072-02-28", "teams_left": "0"}
    assert "Till: söndag 28 februari 2072 ligger 44 år efter" in sent(desk.browser(), "/teams-lost", **lost).text


def test_a_window_that_ends_in_another_year_is_asked_about(desk: Desk) -> None:
    browser = desk.browser()
    path = "/operations/OP-001/edit"
    form = next(one for one in forms(browser.get(path).body.decode()) if one.action == path)
    values = {**form.fields, "window.from": ["2027-02-01"], "window.to": ["2072-06-18"]}
    asked = browser.post(path, values)
    assert asked.status == 422
    assert "lördag 18 juni 2072 ligger 44 år efter planens slut" in asked.text
    assert "Ja, det stämmer" in asked.text
    with desk.store.reading() as db:
        assert opened_draft(db).given is None
    assert browser.post(path, {**values, "sure": ["on"]}).status == 303
