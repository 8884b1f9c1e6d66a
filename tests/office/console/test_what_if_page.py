"""What one more of a party, or a looser rule, would give, on her press: as the command says it, told to no party."""

from typing import Any
from unittest import mock

import pytest

from arshjul.office.draft import study as module
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.draft.study import JobAsked, answer_of, begin, stop
from arshjul.office.store import jobs
from arshjul.year.folder.explain import what_if
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.what_if import LOOSENING, WhatIf, WhatIfQuestion, sentences, table, title
from arshjul.year.rules import BY_ID
from tests import owed
from tests.examples import often
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk
from tests.office.console.forms import forms
from tests.office.console.test_entry_forms import chosen, sent

ASKED = ("party a0", "party p0", "rule agency-teams")


def asked(browser: Browser, what: str = "party a0", level: str = "full") -> str:
    """The page of a job about that."""
    form = next(one for one in forms(browser.get("/what-if").body.decode()) if one.action == "/what-if")
    begun = browser.post("/what-if", {**form.fields, "what": what, "level": level})
    assert begun.status == 303, begun.text
    return begun.headers["location"]


def test_a_question_changes_nothing_and_who_reads_sees_it_and_asks_nothing(desk: Desk) -> None:
    browser = desk.browser()
    away = {"from": "2027-02-01", "to": "2027-02-03", "officers_left": "0", "cause": "match", "police": "p0"}
    assert sent(browser, "/withdrawals/new", **away).status == 303
    options = browser.press("/options").headers["location"]
    with desk.store.reading() as db:
        before = opened_draft(db).stamp, len(owed.to_mail(db))
    assert f'href="{options}?option' in browser.get("/").body.decode()
    where = asked(browser)
    assert f'href="{options}?option' in browser.get("/").body.decode(), "the options stay within reach"
    with desk.store.reading() as db:
        assert (opened_draft(db).stamp, len(owed.to_mail(db))) == before, "and no party is told"
    assert "lät räkna fram vad mer från en part, eller en lösare regel, skulle ge" in browser.get("/log").text
    auditor = desk.browser("auditor")
    assert "Vad skulle det ge" in auditor.get(where).text
    assert '<form method="post" action="/what-if"' not in auditor.get("/what-if").body.decode()
    assert desk.browser("viewer").get(where).status == 403
    assert "Året har ändrats" not in browser.get(where).text
    browser.press("/operations/OP-001", ask="cancelled")
    chosen(browser, browser.press("/options"))
    assert "Året har ändrats" in browser.get(where).text, "once the plan is another"
    begin(desk.store, JobAsked("anna", desk.now, desk.console.years.now(desk.store).stamp))
    refused = browser.press("/what-if", what="party a0", level="full")
    assert refused.status == 422
    assert "Alternativ räknas fram" in refused.text, "while options are worked out it waits"


@pytest.mark.parametrize(
    ("what", "level"), often([(ASKED[2], "busy")], [*((what, "full") for what in ASKED), (ASKED[2], "area")])
)
def test_the_page_says_what_the_command_says(desk: Desk, what: str, level: Any) -> None:
    browser, say, draft = desk.browser(), words("sv"), desk.draft
    kind, _, id = what.partition(" ")
    question = WhatIfQuestion("party" if kind == "party" else "rule", id)
    found = what_if(draft.scenario, draft.made_plan, question, draft.moment(desk.now), Effort())
    page = browser.get(asked(browser, what, level)).text.casefold()
    told = [say.say(line) for line in sentences(draft.scenario, title(draft.scenario, question), found, level)]
    cells = [cell for row in table(found, say) for cell in row]
    assert len(told) > 2
    for line in (*told, *cells):
        assert line.casefold() in page
    assert "kanarietiteln" not in page
    assert "har ändrats" not in page
    assert "sekunder" not in page, "all of it is proven"
    assert browser.get("/what-if").text.count("Senast frågat") == 1
    kept = answer_of(desk.store, 1)
    assert kept is not None and kept.sentences["en"] != kept.sentences["sv"]


def test_all_parties_and_every_rule_with_a_step_can_be_chosen_in_words(desk: Desk) -> None:
    shown = desk.browser().get("/what-if")
    page = shown.body.decode()
    for party in desk.draft.scenario.parties:
        assert f'value="party {party}"' in page
    for rule in LOOSENING:
        names = (rule.id, *(setting.key for setting in rule.settings if setting.step))
        assert any(f'value="rule {name}"' in page for name in names)
    assert ">Dagar mellan insatser i samma bransch och område</option>" in page
    keys = [key for rule in BY_ID.values() for key in (rule.id, *(setting.key for setting in rule.settings))]
    assert not [key for key in keys if f"({key})" in shown.text]
    browser = desk.browser()
    for what, level, said in (
        ("rule nothing", "full", "Välj något"),
        ("", "full", "Välj något"),
        ("rule agency-teams", "x", "nivå"),
        ("party nobody", "full", "Parten nobody finns inte i planen"),
        ("rule operations_per_day", "full", "påverkar ingen insats"),
    ):
        refused = browser.press("/what-if", what=what, level=level)
        assert refused.status == 422
        assert said in refused.text
        with desk.store.reading() as db:
            assert jobs.last(db) is None


def test_its_job_is_no_job_of_options(desk: Desk) -> None:
    browser = desk.browser()
    number = asked(browser).rpartition("/")[2]
    assert browser.get(f"/options/{number}").status == 422
    token, seen = browser.get("/").field("token"), desk.console.years.now(desk.store).stamp
    for path in (f"/options/{number}", f"/options/{number}/ask"):
        sent = browser.post(path, {"token": token, "seen": seen, "option": "what-if"})
        assert 400 <= sent.status < 500, path
    assert browser.get(f"/options/{number}/questions?option=what-if").status == 422
    options = browser.post("/options", {"token": token, "seen": seen}).headers["location"]
    assert options != f"/options/{number}"
    assert browser.get(options.replace("/options/", "/what-if/")).status == 422


def test_one_that_is_stopped_keeps_the_steps_that_are_done(desk: Desk) -> None:
    browser = desk.browser()

    def stopped(scenario: Any, plan: Any, question: Any, moment: Any, effort: Any, told: Any) -> WhatIf:
        def tell(n: int, of: int) -> None:
            told(n, of)
            if n == 2:
                stop(desk.store, 1, "coordinator", desk.now)
                raise KeyboardInterrupt

        return what_if(scenario, plan, question, moment, effort, tell)

    with mock.patch.object(module, "what_if", stopped):
        where = asked(browser)
    answer = answer_of(desk.store, 1)
    assert answer is not None and not answer.is_whole
    assert (
        "avbröt, med det som hade hittats: vad mer från en part, eller en lösare regel, skulle ge"
        in browser.get("/log").text
    )
    page = browser.get(where).text
    assert "Tiden tog slut, mer kan vara möjligt: " in page
    assert "Räkna igen, 120 sekunder" in page


def test_progress_is_told_by_steps_and_the_job_ends_by_its_button(desk: Desk) -> None:
    with mock.patch.object(type(desk.console.runner), "start"):
        browser = desk.browser()
        where = asked(browser)
        assert asked(browser) == where, "it runs already"
        with desk.store.writing() as db:
            jobs.tell(db, 1, level="what-if", value=1, bound=3)
        assert "1 av 3 steg" in browser.get(where).text
        button = next(form for form in forms(browser.get(where).body.decode()) if form.action == "/jobs/1")
        assert browser.post("/jobs/1", button.fields).headers["location"] == where
    with desk.store.reading() as db:
        job = jobs.last(db)
    assert job is not None and job.state == "stopping"
    assert 'action="/jobs/1"' not in browser.get(where).body.decode(), "it is pressed once"
