"""What one more would be worth, on her press: by months, stoppable, old once the year changes, told to no party."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest

from arshjul.actions.draft import worth as module
from arshjul.actions.draft.asked_jobs import stop_asked
from arshjul.actions.draft.draft import opened_draft
from arshjul.actions.draft.options import begin
from arshjul.actions.draft.worth import worth_of
from arshjul.formats.catalogues import words
from arshjul.planning.effort import Effort
from arshjul.planning.worth.said import month_said
from arshjul.planning.worth.worth import Worth, worth
from arshjul.store import jobs, outbox
from tests.console.browser import Browser
from tests.console.conftest import Desk
from tests.console.test_entry_forms import chosen


def asked(browser: Browser, party: str) -> str:
    """The page of a job about that party."""
    return browser.send(browser.get("/worth"), "/worth", party=party).headers["location"]


@pytest.mark.parametrize("party", ["a0", "p0"])
def test_the_page_says_what_a_plan_with_it_would(desk: Desk, party: str) -> None:
    browser, say = desk.browser(), words("sv")
    found = browser.get(asked(browser, party)).text
    with desk.store.reading() as db:
        draft = opened_draft(db)
    plan = draft.made_plan
    told = worth(draft.scenario, plan, party, max(draft.moment(desk.now), plan.as_of), Effort())
    assert told.months
    for one in told.months:
        said = say.say(month_said(one)).partition(": ")[2]
        assert f"{one.shifts} {said}" in found
    assert draft.scenario.parties[party].name in found
    assert "har ändrats" not in found
    assert "sekunder" not in found, "all of it is proven"
    assert browser.get("/worth").text.count("Senast frågat") == 1


def test_no_party_is_told(desk: Desk) -> None:
    with desk.store.reading() as db:
        before = opened_draft(db), len(outbox.waiting(db))
    browser = desk.browser()
    asked(browser, "a0")
    with desk.store.reading() as db:
        after = opened_draft(db), len(outbox.waiting(db))
    assert (after[0].stamp, after[1]) == (before[0].stamp, before[1])
    assert "vad en till från en part vore värd" in browser.get("/log").text


def test_a_party_that_is_none_is_refused_in_words(desk: Desk) -> None:
    browser = desk.browser()
    refused = browser.send(browser.get("/worth"), "/worth", party="nobody")
    assert refused.status == 422
    assert "ingen part nobody" in refused.text
    with desk.store.reading() as db:
        assert jobs.last(db) is None


def test_who_reads_sees_it_and_asks_nothing(desk: Desk) -> None:
    where = asked(desk.browser(), "a0")
    auditor = desk.browser("auditor")
    assert "Vad en till skulle ge" in auditor.get(where).text
    assert '<form method="post" action="/worth"' not in auditor.get("/worth").body.decode()
    assert desk.browser("viewer").get(where).status == 403


def test_its_job_is_no_job_of_options(desk: Desk) -> None:
    browser = desk.browser()
    where = asked(browser, "a0")
    number = where.rpartition("/")[2]
    assert browser.get(f"/options/{number}").status == 422
    token, seen = browser.get("/").field("token"), desk.console.years.now(desk.store).stamp
    for path in (f"/options/{number}", f"/options/{number}/ask"):
        sent = browser.post(path, {"token": token, "seen": seen, "option": "worth"})
        assert 400 <= sent.status < 500, path
    assert browser.get(f"/options/{number}/questions?option=worth").status == 422
    options = browser.post("/options", {"token": token, "seen": seen}).headers["location"]
    assert options != f"/options/{number}"
    assert browser.get(options.replace("/options/", "/worth/")).status == 422


def test_while_options_are_worked_out_it_waits(desk: Desk) -> None:
    browser, stamp = desk.browser(), desk.console.years.now(desk.store).stamp
    begin(desk.store, "anna", desk.now, stamp)
    refused = browser.send(browser.get("/worth"), "/worth", party="a0")
    assert refused.status == 422
    assert "Alternativ räknas fram" in refused.text


def test_one_that_is_stopped_gives_the_months_that_are_done(desk: Desk) -> None:
    browser = desk.browser()

    def stopped(*given: Any, told: Callable[[int, int], None]) -> Worth:
        def tell(n: int, of: int) -> None:
            told(n, of)
            if n == 2:
                stop_asked(desk.store, 1, "coordinator", desk.now)
                raise KeyboardInterrupt

        scenario, plan, party, moment, effort = given
        return worth(scenario, plan, party, moment, effort, told=tell)

    with mock.patch.object(module, "worth", stopped):
        where = asked(browser, "a0")
    found = worth_of(desk.store, int(where.rpartition("/")[2]))
    assert found is not None
    assert len(found.worth.months) == 2
    assert "avbröt det med de månader som var klara" in browser.get("/log").text
    assert "Räkna igen, med 120 sekunder" in browser.get(where).text


def test_progress_is_told_by_months(desk: Desk) -> None:
    with mock.patch.object(type(desk.console.runner), "start"):
        browser = desk.browser()
        where = asked(browser, "a0")
        assert asked(browser, "a0") == where, "it runs already"
        with desk.store.writing() as db:
            jobs.tell(db, 1, level="worth", value=3, bound=12)
        assert "3 av 12 månader är klara" in browser.get(where).text
        assert "Avbryt" in browser.get(where).text


def test_once_the_plan_is_another_it_says_so(desk: Desk) -> None:
    browser = desk.browser()
    where = asked(browser, "a0")
    browser.send(browser.get("/operations/OP-001"), "/operations/OP-001", ask="cancelled")
    chosen(browser, browser.send(browser.get("/"), "/options"))
    assert "Året har ändrats" in browser.get(where).text


def test_the_page_of_calls_has_the_coverage(desk: Desk) -> None:
    shown = desk.browser().get("/calls")
    assert shown.body.count(b'role="img"') == 2
    with desk.store.reading() as db:
        draft = opened_draft(db)
    for party in draft.scenario.parties.values():
        assert f"{party.name}: erbjuds" in shown.text
    assert 'href="/worth"' in shown.body.decode()
