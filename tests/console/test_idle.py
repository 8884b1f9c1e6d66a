"""Slips of the hand on the pages: what would change nothing, or begins in another year, is told at its field."""

import pytest

from tests.console.conftest import Desk
from tests.console.test_entry_forms import sent, waiting
from tests.console.test_withdrawal import HIT

WITHDRAWALS = "/withdrawals/new"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"officers_left": "100"}, "Fler än"),
        ({"from": "2026-02-10"}, "Är det rätt år?"),
    ],
)
def test_a_withdrawal_that_takes_nothing_back_is_told(desk: Desk, other: dict[str, str], said: str) -> None:
    browser = desk.browser()
    refused = browser.send(browser.get(WITHDRAWALS), WITHDRAWALS, **{**HIT, **other})
    assert refused.status == 422
    assert said in refused.text
    assert not waiting(desk).withdrawals
    assert browser.send(browser.get(WITHDRAWALS), WITHDRAWALS, **HIT).status == 303


def test_penalty_points_say_what_they_are_made_of(desk: Desk) -> None:
    browser = desk.browser()
    path = browser.send(browser.get(WITHDRAWALS), WITHDRAWALS, **HIT).headers["location"].partition("?")[0]
    shown = browser.get(path)
    assert "Vad minuspoängen består av" in shown.text
    assert "är inga fel" in shown.text


def test_fewer_officers_than_are_needed_anyway_are_told(desk: Desk) -> None:
    browser = desk.browser()
    refused = sent(browser, "/operations/OP-002", "fewer_officers", officers="2")
    assert refused.status == 422
    assert "det ändrar inget" in refused.text
    assert sent(browser, "/operations/OP-002", "fewer_officers", officers="1").status == 303


def test_teams_that_are_left_as_they_were_are_told(desk: Desk) -> None:
    browser = desk.browser()
    lost = {"agency": "a1", "from": "2027-02-01", "to": "2027-02-28", "teams_left": "40"}
    refused = sent(browser, "/teams-lost", **lost)
    assert refused.status == 422
    assert "ändras inget" in refused.text
    assert not waiting(desk).changes


def test_a_slip_is_told_beside_what_waits_already(desk: Desk) -> None:
    browser = desk.browser()
    assert sent(browser, "/operations/OP-002", "fewer_officers", officers="1").status == 303
    lost = {"agency": "a1", "from": "2027-02-01", "to": "2027-02-28", "teams_left": "40"}
    assert "ändras inget" in sent(browser, "/teams-lost", **lost).text
    assert len(waiting(desk).changes) == 1


def test_a_withdrawal_of_a_day_on_which_nobody_is_lent_is_asked_about(desk: Desk) -> None:
    browser = desk.browser()
    sunday = {"from": "2027-02-07", "to": "2027-02-07"}
    asked = browser.send(browser.get(WITHDRAWALS), WITHDRAWALS, **{**HIT, **sunday})
    assert asked.status == 422
    assert "lånas ingen ut" in asked.text
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
    assert "OP-003 kan aldrig ligga" in asked.text
    assert "14 mars 2027" in asked.text
    assert "Ja, det stämmer" in asked.text
    assert not waiting(desk).changes
    assert sent(browser, "/operations/OP-003", "pinned", date="2027-03-16", shift="day").status == 303
