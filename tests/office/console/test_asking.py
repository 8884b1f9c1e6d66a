"""Asking everybody: a proposal is answered by address and by telephone, and replanned round the answers."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from arshjul.office.draft.answers import ANSWER_DAYS, hand_out, questions
from arshjul.office.draft.options import last_moment, options_of
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.entries.answer import agreed
from tests import builders, owed
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import SLOWLY_BOTH, Desk, desk_like, over, reachable_by_mail, small_year
from tests.office.console.test_withdrawal import HIT
from tests.worlds import Worlds

TWO = {**HIT, "to": "2027-02-07"}


def asked(browser: Browser) -> str:
    """Asks about the option with the fewest changes; the job's path."""
    path = browser.press("/withdrawals/new", **HIT).headers["location"]
    answer = browser.press(f"{path}/ask", option="fewest-changes")
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
    return {question.party: question.answer for question in questions(desk.draft)}


def named(desk: Desk, party: str, *operations: str) -> list[str]:
    """The names of the questions to a party about those operations."""
    there = {question.operation: question.name for question in questions(desk.draft) if question.party == party}
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
    path = browser.press("/withdrawals/new", **HIT).headers["location"]
    there = browser.press(f"{path}/questions", option="fewest-changes")
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
    answer(desk, browser, "a0", "no")
    assert re.search("Myndighet 0 nej: 1 har svarat", browser.get("/proposal").text)
    assert re.search(r"Myndighet 0 \w+ 1 lag nej om \w{3} \d", browser.get("/operations/OP-000").text), (
        "and of which day"
    )


def test_who_said_no_is_asked_anew_about_another_date_and_who_said_yes_to_the_same_is_not(desk: Desk) -> None:
    reachable_by_mail(desk.store)
    browser = desk.browser()
    path = browser.press("/withdrawals/new", **TWO).headers["location"]
    browser.press(f"{path}/ask", option="fewest-changes")
    every = [(question.operation, question.party) for question in questions(desk.draft)]
    several = [id for id, party in every if party == every[-1][1]]
    assert len(several) > 1
    assert "Ja till allt öppet" in browser.get("/proposal").text
    party, where = every[-1][1], address(browser.press("/proposal/address", party=every[-1][1]))
    half = {field(desk, party, several[0]): "yes", field(desk, party, several[-1]): "maybe"}
    assert desk.stranger().post(where, half).status == 409
    assert {question.answer for question in questions(desk.draft)} == {"asked"}, "all are kept, or none"
    said = answer(desk, browser, every[-1][1], "yes", *several)
    assert said.headers["location"].startswith("/proposal#to-")
    assert {question.answer for question in questions(desk.draft) if question.party == every[-1][1]} == {"yes"}
    moved, stays = every[0][0], next(id for id, _ in every if id != every[0][0])
    for id, party in every:
        answer(desk, browser, party, "no" if (id, party) == every[0] else "yes", id)
    browser.press(f"{browser.press('/options').headers['location']}/ask", option="fewest-changes")
    now = {(question.operation, question.party): question.answer for question in questions(desk.draft)}
    assert {reply for (id, _), reply in now.items() if id == moved} == {"asked"}
    assert {reply for (id, _), reply in now.items() if id == stays} == {"yes"}
    assert set(letters(desk)) == {party for (id, party) in now if id == moved}
    assert not any(stays in body for body in letters(desk).values())


@SLOWLY_BOTH
def test_a_party_answers_at_its_address_of_one_time_and_changes_its_mind(desk: Desk) -> None:
    browser, contact = desk.browser(), desk.stranger()
    asked(browser)
    assert set(answers(desk).values()) == {"asked"}
    party = next(iter(answers(desk)))
    asking = browser.get("/proposal")
    assert "Inget svar än" in asking.text
    handed = browser.send(asking, "/proposal/address", party=party)
    assert re.search("En ny adress för (Myndighet|LPO) 0", handed.text)
    assert "Länken fungerar bara på den här datorn" in handed.text
    first, path = address(handed), address(browser.send(browser.get("/proposal"), "/proposal/address", party=party))
    assert contact.get(first).status == 404, "a new address closes the one before"
    assert contact.get("/proposal").status == 401
    assert "Kan ni komma?" in contact.get(path).text
    assert answers(desk)[party] == "asked", "who looks changes nothing"
    sent = contact.post(path, {field(desk, party): "no"})
    assert "Svar mottaget" in sent.text
    assert answers(desk)[party] == "no"
    contact.post(path, {field(desk, party): "yes"})
    assert answers(desk)[party] == "yes"
    assert "1 av" in browser.get("/").text
    assert browser.post(path, {field(desk, party): "no"}).status == 200, "whoever is in can answer there too"
    assert answers(desk)[party] == "no"
    desk.now += timedelta(days=8)
    assert contact.get(path).status == 404


@SLOWLY_BOTH
def test_an_answer_leaves_the_forms_that_are_open_as_they_were_seen(desk: Desk) -> None:
    browser, contact = desk.browser(), desk.stranger()
    path = asked(browser)
    party = next(iter(answers(desk)))
    where = address(browser.press("/proposal/address", party=party))
    form, again = browser.get("/withdrawals/new"), browser.press("/options").headers["location"]
    options = browser.get(again)
    assert contact.post(where, {field(desk, party): "no"}).status == 200
    stale = browser.send(options, again, option="fewest-changes")
    assert stale.status == 409, "these options know nothing of the answer"
    assert "har ändrats" in browser.get(again).text
    assert browser.press("/options").headers["location"] not in (path, again)
    assert browser.send(form, "/withdrawals/new", **{**HIT, "police": "p1"}).status == 303
    assert answers(desk)[party] == "no"


@SLOWLY_BOTH
def test_an_answer_from_an_older_page_does_not_take_the_place_of_the_party_s_own(desk: Desk) -> None:
    browser, contact = desk.browser(), desk.stranger()
    asked(browser)
    party = next(iter(answers(desk)))
    where = address(browser.press("/proposal/address", party=party))
    old, question = browser.get("/proposal"), named(desk, party, "OP-000")
    assert contact.post(where, {field(desk, party): "no"}).status == 200
    for shown, status in (("asked", 409), ("no", 303)):
        late = browser.send(old, "/proposal", question=question, shown=shown, party=party, answer="yes")
        assert late.status == status
        assert answers(desk)[party] == ("no" if status == 409 else "yes")
    assert browser.send(old, "/proposal", question=question, shown="asked", party=party, answer="yes").status == 303


# -- a chosen plan is given up again: what parties have answered waits, and binds the next one as before


def answer(desk: Desk, browser: Browser, party: str, reply: str, *operations: str) -> Page:
    """What a party says on the telephone."""
    question = named(desk, party, *(operations or ("OP-000",)))
    answered = browser.press("/proposal", question=question, party=party, answer=reply)
    assert answered.status == 303
    return answered


def place(desk: Desk) -> tuple[object, ...]:
    """Where the draft's plan has the operation that was asked about."""
    placement = desk.draft.made_plan.placed["OP-000"]
    return placement.slot, placement.police


@SLOWLY_BOTH
def test_a_refused_date_is_not_planned_after_the_choice_was_taken_back(desk: Desk) -> None:
    browser = desk.browser()
    asked(browser)
    proposal = desk.draft.proposal
    assert proposal is not None
    refused = proposal.plan.placed["OP-000"].slot.day
    answer(desk, browser, "a0", "no")
    browser.plan()
    first = place(desk)
    assert browser.press("/start-over").status == 303
    browser.plan()
    assert desk.draft.made_plan.placed["OP-000"].slot.day != refused
    assert place(desk) == first
    noes = [one for one in desk.draft.made_plan.entries.answers if one.answer == "no"]
    assert [(noe.party, noe.slot and noe.slot.day) for noe in noes] == [("a0", refused)]


@ASKED
def test_all_yes_gives_the_proposal_and_what_still_holds_is_agreed_again(desk: Desk) -> None:
    browser, proposal = desk.browser(), desk.draft.proposal
    assert proposal is not None
    for party in answers(desk):
        answer(desk, browser, party, "yes")
    browser.plan()
    assert desk.draft.made_plan.placed["OP-000"].same_place(proposal.plan.placed["OP-000"])
    assert not answers(desk), "what is chosen is asked about no more"
    held = place(desk)
    browser.press("/start-over")
    path = browser.press("/options").headers["location"]
    options = options_of(desk.store, int(path.partition("?")[0].rpartition("/")[2]))
    assert options
    for option in options:
        there = option.plan.placed["OP-000"]
        assert (there.slot, there.police) == held
        assert agreed(option.scenario, option.plan.entries.answers).keys() == {"OP-000"}


@ASKED
def test_a_question_ends_with_the_withdrawal_that_it_rested_on(desk: Desk) -> None:
    """Taken back, it moves nothing, not even where all had said yes. With one that it does not rest on, it stays."""
    browser = desk.browser()
    before = place(desk)
    browser.press("/withdrawals/new", **{**HIT, "police": "p1", "from": "2027-06-01", "to": "2027-06-01"})
    number = max(entry.number for entry in desk.draft.waiting if entry.list == "withdrawals")
    assert browser.press("/take-back", entry=str(number)).headers["location"] == "/"
    assert desk.draft.proposal is not None
    link = f"/answers/{hand_out(desk.store, 'a0', 'Eva', desk.now)}"
    for party in answers(desk):
        answer(desk, browser, party, "yes")
    done = browser.press("/take-back", entry="1")
    assert done.headers["location"] == "/?ended=question"
    shown = browser.get("/?ended=question").text
    assert "Frågan till parterna byggde på det som togs tillbaka, och är avslutad." in shown
    assert "har svarat" not in shown
    assert "Ingen part är tillfrågad" in browser.get("/proposal").text
    assert "Frågan är avgjord eller återtagen" in browser.get(link).text
    assert "avslutade frågan" in browser.get("/log").text
    path = browser.press("/options").headers["location"]
    for option in options_of(desk.store, int(path.partition("?")[0].rpartition("/")[2])):
        there = option.plan.placed["OP-000"]
        assert (there.slot, there.police) == before
        assert option.plan.entries.withdrawals == ()


@ASKED
def test_after_the_deadline_the_pages_say_so_and_the_telephone_is_answered(desk: Desk) -> None:
    browser = desk.browser()
    assert "Svarstiden är ute" not in browser.get("/").text
    desk.now += timedelta(days=ANSWER_DAYS, hours=-1)
    link = f"/answers/{hand_out(desk.store, 'a0', 'Eva', desk.now)}"
    late = field(desk, "a0")
    desk.now += timedelta(hours=2)
    browser = desk.browser()
    for path in ("/", "/proposal"):
        shown = browser.get(path).text
        assert "Svarstiden är ute." in shown
        assert ("eller räkna fram alternativ och fråga igen" in shown) == (path == "/proposal")
        assert "Svaren kan ändras till" not in shown
    page = browser.get(link).text
    assert "Svaren kan ändras" not in page
    answer(desk, browser, "a0", "no")
    assert answers(desk)["a0"] == "no"
    assert browser.post(link, {late: "yes"}).status == 409
    assert answers(desk)["a0"] == "no"
