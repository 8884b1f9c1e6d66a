"""What a rule costs, on her press: the sentences of the command, told to no party."""

from typing import Any
from unittest import mock

import pytest

from arshjul.actions.draft import asked_jobs as module
from arshjul.actions.draft.asked_jobs import answer_of, stop_asked
from arshjul.actions.draft.draft import Draft, opened_draft
from arshjul.actions.draft.options import begin
from arshjul.formats.catalogues import words
from arshjul.planning.effort import Effort
from arshjul.planning.worth.cost import CostOfRule, cost, rule_meant, stepping
from arshjul.planning.worth.cost_said import cost_said
from arshjul.rules import BY_ID
from arshjul.store import jobs, outbox
from tests.console.browser import Browser
from tests.console.conftest import Desk
from tests.console.forms import forms

RULE = "agency-teams"
CHOSEN = {"cost": {"rule": RULE, "level": "full"}}


def asked(browser: Browser, kind: str, **fields: str) -> str:
    """The page of a job about that."""
    form = next(one for one in forms(browser.get(f"/{kind}").body.decode()) if one.action == f"/{kind}")
    sent = browser.post(f"/{kind}", {**form.fields, **fields})
    assert sent.status == 303, sent.text
    return sent.headers["location"]


def draft_of(desk: Desk) -> Draft:
    with desk.store.reading() as db:
        return opened_draft(db)


@pytest.mark.parametrize("level", ["full", "area", "busy"])
def test_the_page_says_what_the_command_says_a_rule_costs(desk: Desk, level: Any) -> None:
    browser, say, draft = desk.browser(), words("sv"), draft_of(desk)
    plan = draft.made_plan
    moment = max(draft.moment(desk.now), plan.as_of)
    found = cost(draft.scenario, plan, rule_meant(RULE), moment, Effort())
    page = browser.get(asked(browser, "cost", rule=RULE, level=level))
    assert "Myndigheternas lag" in page.text
    told = [say.say(line) for _, lines in cost_said(draft.scenario, found, level) for line in lines]
    assert told
    for line in told:
        assert line.casefold() in page.text.casefold()
    assert "Kanarietiteln" not in page.text
    assert browser.get("/cost").text.count("Senast frågat") == 1


def test_every_rule_with_a_step_can_be_chosen_in_words(desk: Desk) -> None:
    page = desk.browser().get("/cost").body.decode()
    for rule in stepping():
        assert any(f'value="{key}"' in page for key in (rule.id, *(one.key for one in rule.settings if one.step)))
    assert ">Dagar mellan insatser i samma bransch och område</option>" in page


@pytest.mark.parametrize("kind", ["cost"])
def test_the_page_names_no_rule_by_its_key_and_counts_no_bits(desk: Desk, kind: str) -> None:
    browser = desk.browser()
    page = browser.get(asked(browser, kind, **CHOSEN[kind])).text
    assert "Vad regeln" in page
    keys = [key for rule in BY_ID.values() for key in (rule.id, *(one.key for one in rule.settings))]
    assert not [key for key in keys if f"({key})" in page]
    assert "bitar" not in page


@pytest.mark.parametrize(("kind", "said"), [("cost", "vad en regel kostar")])
def test_no_party_is_told_and_nothing_changes(desk: Desk, kind: str, said: str) -> None:
    with desk.store.reading() as db:
        before = opened_draft(db).stamp, len(outbox.waiting(db))
    browser = desk.browser()
    asked(browser, kind, **CHOSEN[kind])
    with desk.store.reading() as db:
        assert (opened_draft(db).stamp, len(outbox.waiting(db))) == before
    assert said in browser.get("/log").text


def test_what_is_no_rule_level_or_party_is_refused_in_words(desk: Desk) -> None:
    browser = desk.browser()
    for where, fields, said in (
        ("/cost", {"rule": "nothing", "level": "full"}, "Välj en regel"),
        ("/cost", {"rule": RULE, "level": "x"}, "nivå"),
    ):
        refused = browser.send(browser.get(where), where, **fields)
        assert refused.status == 422, where
        assert said in refused.text, refused.text
    with desk.store.reading() as db:
        assert jobs.last(db) is None


def test_a_rule_that_binds_nobody_says_so_on_its_page(desk: Desk) -> None:
    browser = desk.browser()
    page = browser.get(asked(browser, "cost", rule="operations_per_day"))
    assert "Insatser per dag, högst" in page.text, "as the sheet Rules has it"
    assert "inget att släppa på" in page.text


@pytest.mark.parametrize("kind", ["cost"])
def test_who_reads_sees_it_and_asks_nothing(desk: Desk, kind: str) -> None:
    where = asked(desk.browser(), kind, **CHOSEN[kind])
    auditor = desk.browser("auditor")
    assert auditor.get(where).status == 200
    assert f'<form method="post" action="/{kind}"' not in auditor.get(f"/{kind}").body.decode()
    assert desk.browser("viewer").get(where).status == 403


def test_each_kind_of_job_has_its_own_page_alone(desk: Desk) -> None:
    browser = desk.browser()
    pages = {kind: asked(browser, kind, **fields) for kind, fields in CHOSEN.items()}
    pages["worth"] = browser.send(browser.get("/worth"), "/worth", party="a0").headers["location"]
    for kind, where in pages.items():
        number = where.rpartition("/")[2]
        for other in (*pages, "options"):
            assert browser.get(f"/{other}/{number}").status == (200 if other == kind else 422), (kind, other)


def test_while_options_are_worked_out_it_waits(desk: Desk) -> None:
    browser, stamp = desk.browser(), desk.console.years.now(desk.store).stamp
    begin(desk.store, "anna", desk.now, stamp)
    for where, fields in (("/cost", {"rule": RULE, "level": "full"}),):
        refused = browser.send(browser.get(where), where, **fields)
        assert refused.status == 422
        assert "Alternativ räknas fram" in refused.text


def test_one_that_is_stopped_keeps_the_steps_that_are_done(desk: Desk) -> None:
    browser = desk.browser()

    def stopped(*given: Any) -> CostOfRule:
        scenario, plan, meant, moment, effort, told = given

        def tell(n: int, of: int) -> None:
            told(n, of)
            if n == 1:
                stop_asked(desk.store, 1, "coordinator", desk.now)
                raise KeyboardInterrupt

        return cost(scenario, plan, meant, moment, effort, tell)

    with mock.patch.object(module, "cost", stopped):
        where = asked(browser, "cost", rule=RULE)
    found = answer_of(desk.store, 1)
    assert found is not None and not found.is_whole
    assert "avbröt det med de steg som var klara" in browser.get("/log").text
    assert "Räkna igen, med 120 sekunder" in browser.get(where).text


def test_progress_is_told_by_steps(desk: Desk) -> None:
    with mock.patch.object(type(desk.console.runner), "start"):
        browser = desk.browser()
        where = asked(browser, "cost", rule=RULE)
        assert asked(browser, "cost", rule=RULE) == where, "it runs already"
        with desk.store.writing() as db:
            jobs.tell(db, 1, level="cost", value=1, bound=3)
        assert "1 av 3 steg" in browser.get(where).text


def test_the_ways_to_them_are_where_they_are_looked_for(desk: Desk) -> None:
    browser = desk.browser()
    assert 'href="/cost"' in browser.get("/report").body.decode()


@pytest.mark.parametrize(("kind", "fields"), [*CHOSEN.items(), ("worth", {"party": "a0"})])
def test_a_job_is_told_to_end_by_its_button(desk: Desk, kind: str, fields: dict[str, str]) -> None:
    with mock.patch.object(type(desk.console.runner), "start"):
        browser = desk.browser()
        where = asked(browser, kind, **fields)
        button = next(one for one in forms(browser.get(where).body.decode()) if one.action == where)
        assert browser.post(where, button.fields).headers["location"] == where
    with desk.store.reading() as db:
        job = jobs.last(db)
    assert job is not None and job.state == "stopping"
    assert f'action="{where}"' not in browser.get(where).body.decode(), "it is pressed once"
