"""Asking everybody: a proposal is answered by address and by telephone, and replanned round the answers."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from arshjul.office.draft.answers import questions
from arshjul.office.draft.draft import opened_draft
from arshjul.office.draft.options import last_moment
from arshjul.year.domain.calendar import Span
from tests import builders, owed
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import SLOWLY_BOTH, Desk, desk_like, over, reachable_by_mail, small_year
from tests.office.console.test_withdrawal import HIT
from tests.worlds import Worlds

TWO = {**HIT, "to": "2027-02-07"}


def asked(browser: Browser) -> str:
    """Asks about the option with the fewest changes; the job's path."""
    path = browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **HIT).headers["location"]
    answer = browser.send(browser.get(path), f"{path}/ask", option="fewest-changes")
    assert (answer.status, answer.headers["location"]) == (303, "/proposal")
    return path


def asked_year(folder: Path, worlds: Worlds) -> None:
    """The world of a small year in which everybody is asked."""
    asked(desk_like(worlds.of(small_year) / "y.db", folder).browser())


ASKED = over(asked_year)


def letters(desk: Desk) -> dict[str, str]:
    """The questions that wait to be mailed, by party."""
    with desk.store.reading() as db:
        return {one.party: one.mail.body for one in owed.to_mail(db) if one.asks}


def answers(desk: Desk) -> dict[str, str]:
    with desk.store.reading() as db:
        return {question.party: question.answer for question in questions(opened_draft(db))}


def named(desk: Desk, party: str, *operations: str) -> list[str]:
    """The names of the questions to a party about those operations."""
    with desk.store.reading() as db:
        there = {
            question.operation: question.name for question in questions(opened_draft(db)) if question.party == party
        }
    return [there[id] for id in operations]


def field(desk: Desk, party: str, operation: str = "OP-000") -> str:
    """The field of that question on the party's own page."""
    return f"answer-{named(desk, party, operation)[0]}"


def address(page: Page) -> str:
    match = re.search(r"/answers/[\w-]{40,}", page.text)
    assert match is not None
    return match.group()


@pytest.mark.parametrize(
    ("asked_at", "until"),
    [
        ("2026-11-28T18:44", "2026-12-04T16:00"),  # a Saturday evening
        ("2026-11-25T15:59", "2026-12-01T16:00"),  # an address is valid for seven days, to the minute
        ("2026-11-25T16:00", "2026-12-02T16:00"),
        ("2026-12-18T09:00", "2026-12-23T16:00"),  # Christmas Eve and the holidays after it
    ],
)
def test_an_answer_is_asked_for_until_an_afternoon_of_work(asked_at: str, until: str) -> None:
    """The mail said "Svara senast lördag 5 december 2026 18:44"."""
    scenario = builders.scenario([builders.operation("OP-1")])
    calendar = replace(scenario.calendar, closed=(Span(date(2026, 12, 24), date(2026, 12, 25)),))
    there = replace(scenario, calendar=calendar)
    moment, wanted = (datetime.fromisoformat(one).replace(tzinfo=scenario.zone) for one in (asked_at, until))
    assert last_moment(moment, there) == wanted
    closed = replace(scenario, calendar=replace(calendar, closed=(Span(date(2026, 1, 1), date(2027, 12, 31)),)))
    assert last_moment(moment, closed) == moment + timedelta(days=7), "nobody works: as long as the address is valid"


def test_what_is_asked_is_seen_first_and_goes_to_everybody_in_one_press(desk: Desk) -> None:
    reachable_by_mail(desk.store, {"a0": ""})
    browser = desk.browser()
    path = browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **HIT).headers["location"]
    there = browser.send(browser.get(path), f"{path}/questions", option="fewest-changes")
    assert there.status == 303
    seen = browser.get(there.headers["location"])
    assert "Inget är skickat än" in seen.text
    assert not answers(desk)
    assert not letters(desk)
    assert browser.send(seen, f"{path}/ask", option="fewest-changes").headers["location"] == "/proposal"
    assert set(letters(desk)) == set(answers(desk)) - {"a0"}
    for party, body in letters(desk).items():
        assert f"{party}@example.se" in seen.text
        assert body in seen.text, "what was seen is what is sent"
    assert "Myndighet 0 031-390 06 00" in seen.text
    page = browser.get("/proposal")
    assert "Ja till allt öppet" not in page.text, "there is one question to each"
    assert re.search("Myndighet 0 inget svar: 1 per telefon 031-390 06 00", page.text)
    browser.send(page, "/proposal", question=named(desk, "a0", "OP-000"), party="a0", answer="no")
    assert re.search("Myndighet 0 nej: 1 har svarat", browser.get("/proposal").text)
    assert re.search(r"Myndighet 0 \w+ 1 lag nej om \w{3} \d", browser.get("/operations/OP-000").text), (
        "and of which day"
    )


def test_who_said_no_is_asked_anew_about_another_date_and_who_said_yes_to_the_same_is_not(desk: Desk) -> None:
    reachable_by_mail(desk.store)
    browser = desk.browser()
    path = browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **TWO).headers["location"]
    browser.send(browser.get(path), f"{path}/ask", option="fewest-changes")
    with desk.store.reading() as db:
        every = [(question.operation, question.party) for question in questions(opened_draft(db))]
    several = [id for id, party in every if party == every[-1][1]]
    assert len(several) > 1
    assert "Ja till allt öppet" in browser.get("/proposal").text
    said = browser.send(
        browser.get("/proposal"),
        "/proposal",
        question=named(desk, every[-1][1], *several),
        party=every[-1][1],
        answer="yes",
    )
    assert said.headers["location"].startswith("/proposal#to-")
    with desk.store.reading() as db:
        there = [question.answer for question in questions(opened_draft(db)) if question.party == every[-1][1]]
    assert set(there) == {"yes"}
    moved, stays = every[0][0], next(id for id, _ in every if id != every[0][0])
    for id, party in every:
        answer = "no" if (id, party) == every[0] else "yes"
        browser.send(browser.get("/proposal"), "/proposal", question=named(desk, party, id), party=party, answer=answer)
    again = browser.send(browser.get("/"), "/options").headers["location"]
    browser.send(browser.get(again), f"{again}/ask", option="fewest-changes")
    with desk.store.reading() as db:
        now = {(question.operation, question.party): question.answer for question in questions(opened_draft(db))}
    assert {answer for (id, _), answer in now.items() if id == moved} == {"asked"}
    assert {answer for (id, _), answer in now.items() if id == stays} == {"yes"}
    assert set(letters(desk)) == {party for (id, party) in now if id == moved}
    assert not any(stays in body for body in letters(desk).values())


@SLOWLY_BOTH
def test_a_party_answers_at_its_address_and_changes_its_mind(desk: Desk) -> None:
    browser, contact = desk.browser(), desk.stranger()
    asked(browser)
    assert set(answers(desk).values()) == {"asked"}
    party = next(iter(answers(desk)))
    asking = browser.get("/proposal")
    assert "Inget svar än" in asking.text
    handed = browser.send(asking, "/proposal/address", party=party)
    assert re.search("En ny adress för (Myndighet|LPO) 0", handed.text)
    assert "Länken fungerar bara på den här datorn" in handed.text
    path = address(handed)
    page = contact.get(path)
    assert "Kan ni komma?" in page.text
    assert answers(desk)[party] == "asked", "who looks changes nothing"
    sent = contact.post(path, {field(desk, party): "no"})
    assert "Svar mottaget" in sent.text
    assert answers(desk)[party] == "no"
    contact.post(path, {field(desk, party): "yes"})
    assert answers(desk)[party] == "yes"
    assert "1 av" in browser.get("/").text


@ASKED
def test_an_address_is_of_one_party_and_one_time(desk: Desk) -> None:
    browser, contact = desk.browser(), desk.stranger()
    party = next(iter(answers(desk)))
    first = address(browser.send(browser.get("/proposal"), "/proposal/address", party=party))
    second = address(browser.send(browser.get("/proposal"), "/proposal/address", party=party))
    assert contact.get(first).status == 404, "a new address closes the one before"
    assert contact.get(second).status == 200
    assert contact.get("/proposal").status == 401
    desk.now += timedelta(days=8)
    assert contact.get(second).status == 404


def test_a_no_is_kept_from_the_date_and_all_yes_gives_the_proposal(desk: Desk) -> None:
    browser = desk.browser()
    path = asked(browser)
    with desk.store.reading() as db:
        proposal = opened_draft(db).proposal
    assert proposal is not None
    proposed = proposal.plan.placed["OP-000"]
    for party in answers(desk):
        page = browser.get("/proposal")
        assert (
            browser.send(page, "/proposal", question=named(desk, party, "OP-000"), party=party, answer="yes").status
            == 303
        )
    again = browser.send(browser.get("/"), "/options").headers["location"]
    assert again != path
    browser.send(browser.get(again), again, option="fewest-changes")
    with desk.store.reading() as db:
        plan = opened_draft(db).plan
    assert plan is not None
    assert plan.placed["OP-000"].same_place(proposed)
    assert not answers(desk), "what is chosen is asked about no more"


@ASKED
def test_whoever_is_in_can_answer_at_an_address_too(desk: Desk) -> None:
    browser = desk.browser()
    party = next(iter(answers(desk)))
    path = address(browser.send(browser.get("/proposal"), "/proposal/address", party=party))
    assert browser.post(path, {field(desk, party): "no"}).status == 200
    assert answers(desk)[party] == "no"


def test_answers_are_kept_all_or_none(desk: Desk) -> None:
    browser, contact = desk.browser(), desk.stranger()
    path = browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **TWO).headers["location"]
    assert browser.send(browser.get(path), f"{path}/ask", option="fewest-changes").status == 303
    with desk.store.reading() as db:
        every = questions(opened_draft(db))
    party = next(question.party for question in every if sum(other.party == question.party for other in every) > 1)
    asked_of = [question.operation for question in every if question.party == party]
    where = address(browser.send(browser.get("/proposal"), "/proposal/address", party=party))
    first, *_, last = asked_of
    assert first != last
    assert contact.post(where, {field(desk, party, first): "yes", field(desk, party, last): "maybe"}).status == 409
    with desk.store.reading() as db:
        assert {question.answer for question in questions(opened_draft(db))} == {"asked"}


@SLOWLY_BOTH
def test_an_answer_leaves_the_forms_that_are_open_as_they_were_seen(desk: Desk) -> None:
    browser, contact = desk.browser(), desk.stranger()
    path = asked(browser)
    party = next(iter(answers(desk)))
    where = address(browser.send(browser.get("/proposal"), "/proposal/address", party=party))
    form, again = browser.get("/withdrawals/new"), browser.send(browser.get("/"), "/options").headers["location"]
    options = browser.get(again)
    assert contact.post(where, {field(desk, party): "no"}).status == 200
    stale = browser.send(options, again, option="fewest-changes")
    assert stale.status == 409, "these options know nothing of the answer"
    assert "har ändrats" in browser.get(again).text
    assert browser.send(browser.get("/"), "/options").headers["location"] not in (path, again)
    assert browser.send(form, "/withdrawals/new", **{**HIT, "police": "p1"}).status == 303
    assert answers(desk)[party] == "no"
