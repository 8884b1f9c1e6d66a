"""An answer belongs to what was asked: pages, forms and files of an older question are told what is asked now."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from arshjul.errors import Message, Refused, StorageError
from arshjul.office.draft import answers
from arshjul.office.draft.answers import (
    CHANGES_A_DAY,
    Question,
    TooManyChanges,
    answer_at,
    answer_for,
    hand_out,
    questions,
)
from arshjul.office.draft.draft import ANSWERS
from arshjul.office.draft.stored_draft import keep, opened_draft
from arshjul.office.store import drafts
from arshjul.year.domain.entries.answer import agreed
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.replan.proposal import Proposal
from tests import years
from tests.examples import often
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import BOTH, SLOWLY_BOTH, Desk, desk_like
from tests.office.console.test_asking import asked, asked_year
from tests.office.console.test_withdrawal import HIT
from tests.worlds import Worlds


def proposal(desk: Desk) -> Proposal:
    found = desk.draft.proposal
    assert found is not None
    return found


def every(desk: Desk) -> list[Question]:
    return questions(desk.draft)


def names(desk: Desk, party: str) -> list[str]:
    """Of the questions to that party."""
    return [question.name for question in every(desk) if question.party == party]


def address(desk: Desk, party: str) -> str:
    """A new one, at which the party answers."""
    return f"/answers/{hand_out(desk.store, party, 'Eva', desk.now)}"


def said(desk: Desk) -> set[tuple[str, str]]:
    return {(question.party, question.answer) for question in every(desk)}


def asked_elsewhere(desk: Desk, browser: Browser) -> None:
    """A unit says no, and everybody is asked anew about another place of the operation."""
    first = proposal(desk).plan.placed["OP-000"]
    unit = first.police or ""
    answer_for(desk.store, unit, dict.fromkeys(names(desk, unit), "no"), "Eva", desk.now)
    asked_again(browser)
    second = proposal(desk).plan.placed["OP-000"]
    assert not second.same_place(first)


def yes(page: Page) -> dict[str, list[str]]:
    return {name: ["yes"] for name in re.findall(r'name="(answer-\w+)"', page.body.decode())}


@pytest.fixture
def desk(request: pytest.FixtureRequest, desk: Desk, worlds: Worlds, tmp_path: Path) -> Desk:
    """Where a test knows a party, everybody is asked."""
    if "party" not in request.fixturenames:
        return desk
    if desk.store.place.path is not None:
        return desk_like(worlds.of(asked_year) / "y.db", tmp_path)
    asked(desk.browser())
    return desk


@pytest.fixture
def party(desk: Desk) -> str:
    """A party that takes part whatever the place: the agency that leads."""
    return desk.draft.scenario.operations["OP-000"].lead_agency


@SLOWLY_BOTH
def test_a_yes_on_an_older_page_is_none_to_the_new_question(desk: Desk, party: str) -> None:
    browser, contact = desk.browser(), desk.stranger()
    path = address(desk, party)
    old = contact.get(path)
    asked_elsewhere(desk, browser)
    late = contact.post(path, yes(old))
    assert late.status == 409
    assert "ändrats" in late.text
    assert yes(late) != yes(old), "it is the new question that is shown"
    assert said(desk) == {(question.party, "asked") for question in every(desk)}
    assert contact.post(path, yes(late)).status == 200
    assert (party, "yes") in said(desk)


def test_a_form_of_the_telephone_is_of_its_question_too(desk: Desk, party: str) -> None:
    """Nor is what was kept about the older place taken for an answer about the new one."""
    browser = desk.browser()
    old, older = browser.get("/proposal"), names(desk, party)
    answer_for(desk.store, party, dict.fromkeys(older, "yes"), "Eva", desk.now)
    asked_elsewhere(desk, browser)
    assert (party, "asked") in said(desk)
    place = proposal(desk).plan.placed["OP-000"]
    kept = desk.draft.entries_with().answers
    assert not [answer for answer in kept if answer.answer == "yes" and answer.is_about(place)]
    late = browser.send(old, "/proposal", question=older, party=party, answer="yes")
    assert late.status == 409
    assert "ändrats" in late.text
    assert (party, "yes") not in said(desk)
    assert browser.send(late, "/proposal", question=names(desk, party), party=party, answer="yes").status == 303
    assert (party, "yes") in said(desk)


@pytest.mark.usefixtures("party")
def test_an_answer_about_what_is_not_proposed_any_more_stands_in_nobodys_way(desk: Desk) -> None:
    """The next option leaves that operation where it was: its answers are about nothing that is asked."""
    assert "OP-003" not in proposal(desk).parties()
    body = {"operation": "OP-003", "party": "a0", "answer": "no", "date": "2027-02-01", "shift": "day", "police": "p0"}
    with desk.store.writing() as db:
        drafts.add_entries(db, [(ANSWERS, body)], "Eva", desk.now)
        draft = opened_draft(db)
    assert draft.usable(desk.now)[1] == ()
    assert "OP-003" not in {answer.operation for answer in draft.entries_with().answers}


@SLOWLY_BOTH
def test_nothing_of_a_page_is_kept_where_one_of_its_questions_is_another(desk: Desk, party: str) -> None:
    own = names(desk, party)
    replies = {**dict.fromkeys(own, "yes"), "0" * len(own[0]): "yes"}
    other = next(question.name for question in every(desk) if question.party != party)
    for given in (replies, {other: "no"}):
        with pytest.raises(Refused, match="has changed"):
            answer_for(desk.store, party, given, "Eva", desk.now)
    path, contact = address(desk, party), desk.stranger()
    assert contact.post(path, {f"answer-{other}": "no"}).status == 409, "that is asked of another party"
    page = contact.get(path)
    address(desk, party)
    assert contact.post(path, yes(page)).status == 404, "it was closed meanwhile"
    desk.now += timedelta(days=6, hours=23)
    path = address(desk, party)
    page = contact.get(path)
    desk.now += timedelta(hours=2)
    assert contact.post(path, yes(page)).status == 409, "the deadline is over"
    assert said(desk) == {(question.party, "asked") for question in every(desk)}


def test_the_name_of_a_question_tells_no_unit(desk: Desk, party: str) -> None:
    """Whoever tries every unit finds none that gives the name: the key is the database's."""
    draft, (one,) = desk.draft, names(desk, party)
    assert one in {other.name for other in every(desk)}, "it lasts as long as the question"
    assert one not in {other.name for other in questions(replace(draft, asking_key=b"x"))}
    assert "asking_key" not in repr(draft)


def test_a_page_of_the_same_question_is_good_when_it_is_asked_again(desk: Desk, party: str) -> None:
    browser, contact, path = desk.browser(), desk.stranger(), address(desk, party)
    old, place = contact.get(path), proposal(desk).plan.placed["OP-000"]
    asked_again(browser)
    assert proposal(desk).plan.placed["OP-000"].same_place(place)
    assert contact.post(path, yes(old)).status == 200
    assert (party, "yes") in said(desk)
    job = browser.press("/options").headers["location"]
    with desk.store.reading() as db:
        before = drafts.entries(db)
    for _ in range(3):
        assert contact.post(path, yes(old)).status == 200, "it says what is known"
    with desk.store.reading() as db:
        assert drafts.entries(db) == before, "and makes no row"
    assert browser.press(job, option="fewest-changes").status == 303, "nor does it outdate a job"
    with desk.store.reading() as db:
        before = drafts.entries(db)
    assert contact.post(path, yes(old)).status == 409, "nothing is asked any more"
    with desk.store.reading() as db:
        assert drafts.entries(db) == before


@SLOWLY_BOTH
def test_the_address_of_a_party_that_the_year_has_no_more_lets_nobody_in(desk: Desk) -> None:
    asked(desk.browser())
    path = address(desk, "gone")
    assert desk.stranger().get(path).status == 404
    assert desk.stranger().post(path, {"answer-x": "yes"}).status == 404


def locked(_: object) -> None:
    """In the place of a writing transaction."""
    raise StorageError(Message("locked"))


def flips(n: int) -> Iterator[str]:
    for number in range(n):
        yield "no" if number % 2 else "yes"


@SLOWLY_BOTH
def test_an_address_changes_its_mind_only_so_often(desk: Desk, party: str) -> None:
    contact, path = desk.stranger(), address(desk, party)
    (field,) = yes(contact.get(path))
    given = [contact.post(path, {field: reply}).status for reply in flips(CHANGES_A_DAY + 1)]
    assert given == [200] * (CHANGES_A_DAY + 1), "the first answer is no change"
    with desk.store.reading() as db:
        rows = len(drafts.entries(db))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(desk.store), "writing", locked)
        refused = {contact.post(path, {field: reply}).status for reply in ("no", "asked")}
    assert refused == {429}, "and it is in the way of nobody who writes"
    with desk.store.reading() as db:
        assert len(drafts.entries(db)) == rows, "no row is made of what is refused"
    answer_for(desk.store, party, {names(desk, party)[0]: "no"}, "Eva", desk.now)
    assert (party, "no") in said(desk), "on the telephone it is heard all the same"
    desk.now += timedelta(minutes=1)
    fresh = address(desk, party)
    assert contact.post(fresh, {field: "yes"}).status == 429, "another address is no other party"
    desk.now += timedelta(days=1, hours=1)
    assert contact.post(fresh, {field: "no"}).status == 200


def test_an_answer_to_many_questions_is_changed_in_one_turn(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A party with more questions than it may change its mind may say no to all that it said yes to."""
    monkeypatch.setattr(answers, "CHANGES_A_DAY", 1)
    browser, contact = desk.browser(), desk.stranger()
    two = {**HIT, "to": "2027-02-05"}
    job = browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **two).headers["location"]
    browser.send(browser.get(job), f"{job}/ask", option="fewest-changes")
    path = address(desk, "a0")
    fields = yes(contact.get(path))
    assert len(fields) == 2

    def given(*replies: str) -> int:
        desk.now += timedelta(minutes=1)
        return contact.post(path, dict(zip(fields, replies, strict=False))).status

    assert [given("yes", "yes"), given("no", "no"), given("yes")] == [200, 200, 429]
    assert {question.answer for question in every(desk) if question.party == "a0"} == {"no"}


def test_parties_of_one_name_have_each_their_own_changes(desk: Desk) -> None:
    asked(desk.browser())
    with desk.store.writing() as db:
        draft = opened_draft(db)
        agencies = {id: replace(one, name="Kommunen") for id, one in draft.scenario.agencies.items()}
        keep(db, draft, replace(draft, scenario=replace(draft.scenario, agencies=agencies)))
    known = {question.party: question.name for question in every(desk)}
    first, second, *_ = (party for party in known if party in agencies)
    paths = {party: address(desk, party) for party in (first, second)}

    def given(party: str, reply: str) -> int:
        return desk.stranger().post(paths[party], {f"answer-{known[party]}": reply}).status

    assert [given(first, reply) for reply in flips(CHANGES_A_DAY + 2)][-1] == 429
    assert [given(second, reply) for reply in ("yes", "no")] == [200, 200]


@BOTH
def test_many_hands_at_one_address_change_its_mind_no_oftener_than_one(desk: Desk, party: str) -> None:
    token = hand_out(desk.store, party, "Eva", desk.now)
    (name,) = names(desk, party)

    def flip(turn: int) -> None:
        for number in range(2 * CHANGES_A_DAY):  # of equal ones that follow each other, the first alone counts
            with suppress(TooManyChanges):
                answer_at(desk.store, token, {name: ("yes", "no", "asked")[(turn + number) % 3]}, desk.now)

    with ThreadPoolExecutor(3) as hands:
        list(hands.map(flip, range(3)))
    with desk.store.reading() as db:
        rows = [entry for entry in drafts.entries(db) if entry.list == ANSWERS and entry.actor != "coordinator"]
    assert len(rows) == CHANGES_A_DAY + 1


def test_a_field_that_names_no_question_answers_none(desk: Desk, party: str) -> None:
    path = address(desk, party)
    for name in ("answer-", "answer", "answer-OP-000", "answer-\x00", "ANSWER-x"):
        status = desk.stranger().post(path, {name: "no"}).status
        assert status == (409 if name.startswith("answer-") else 200), "what is no answer is as if nothing was sent"
    assert (party, "no") not in said(desk)


def test_what_changes_nothing_at_an_address_waits_for_nobody_who_writes(
    desk: Desk, party: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, path = desk.stranger(), address(desk, party)
    (field,) = yes(contact.get(path))
    assert contact.post(path, {field: "yes"}).status == 200
    monkeypatch.setattr(type(desk.store), "writing", locked)
    assert contact.post(path, {field: "yes"}).status == 200
    assert contact.post("/answers/x", {field: "no"}).status == 404
    assert contact.post(path, {"answer-x": "no"}).status == 409
    late = contact.post(path, {field: "no"})
    assert late.status == 503, "that could not be kept, and it is not the answer's fault"


def edited(desk: Desk, edit: Callable[[Scenario, Placement], Scenario], but: str | None = None) -> str:
    """All say yes, `but` the unit; the scenario is edited, and all are asked anew about the same place; the unit."""
    browser = desk.browser()
    asked(browser)
    place = proposal(desk).plan.placed["OP-000"]
    for question in every(desk):
        if but is None or question.party != place.police:
            answer_for(desk.store, question.party, {question.name: "yes"}, "Eva", desk.now)
    with desk.store.writing() as db:
        draft = opened_draft(db)
        keep(db, draft, replace(draft, given=edit(draft.scenario, place)))
    asked_again(browser)
    assert proposal(desk).plan.placed["OP-000"].same_place(place)
    return place.police or ""


def asked_again(browser: Browser) -> None:
    again = browser.press("/options").headers["location"]
    assert browser.press(f"{again}/ask", option="fewest-changes").status == 303


def later(scenario: Scenario, place: Placement) -> Scenario:
    shifts = (
        replace(shift, start=time(18), end=time(23)) if shift.id == place.slot.shift else shift
        for shift in scenario.shifts
    )
    return replace(scenario, shifts=tuple(shifts))


def with_operation(scenario: Scenario, new: Operation) -> Scenario:
    return replace(scenario, operations={**scenario.operations, new.id: new})


def longer(scenario: Scenario, _: Placement) -> Scenario:
    return with_operation(scenario, replace(scenario.operations["OP-000"], days=2))


def test_only_the_unit_that_serves_is_asked_anew_for_a_designated_officer(desk: Desk) -> None:
    def demanding(scenario: Scenario, _: Placement) -> Scenario:
        return with_operation(scenario, replace(scenario.operations["OP-000"], designated="prefer"))

    unit = edited(desk, demanding)
    assert {party for party, answer in said(desk) if answer == "asked"} == {unit}
    assert any("Insatspolis önskas" in years.WORDS.say(one.text) for one in every(desk) if one.party == unit)
    assert not agreed(proposal(desk).scenario, desk.draft.entries_with().answers)


@pytest.mark.parametrize("edit", often([later], [longer]))
def test_a_yes_on_other_terms_is_none_to_what_is_asked_now(
    desk: Desk, edit: Callable[[Scenario, Placement], Scenario]
) -> None:
    unit = edited(desk, edit, but="the unit")
    assert said(desk) == {(question.party, "asked") for question in every(desk)}
    answer_for(desk.store, unit, dict.fromkeys(names(desk, unit), "yes"), "Eva", desk.now)
    answers = desk.draft.entries_with().answers
    assert not agreed(proposal(desk).scenario, answers), "who said yes to other terms has not agreed"


def test_only_who_is_asked_for_another_strength_is_asked_anew(desk: Desk) -> None:
    def stronger(scenario: Scenario, _: Placement) -> Scenario:
        operation = scenario.operations["OP-000"]
        first = next(iter(operation.agencies))
        return with_operation(scenario, replace(operation, agencies={**operation.agencies, first: 2}))

    unit = edited(desk, stronger, but="the unit")
    first = next(iter(proposal(desk).scenario.operations["OP-000"].agencies))
    assert {party for party, answer in said(desk) if answer == "asked"} == {first, unit}
    assert any(question.party == first and "2 lag" in years.WORDS.say(question.text) for question in every(desk))


def test_another_unit_at_the_same_time_is_nothing_that_an_agency_is_asked_anew(desk: Desk) -> None:
    """It does not see which unit serves: neither the name of its question nor a refusal tells it of a change."""
    asked(desk.browser())
    before, asking = desk.draft, proposal(desk)
    place = asking.plan.placed["OP-000"]
    others, former = (
        tuple(one for one in plan.placements if one.operation != "OP-000") for plan in (asking.plan, asking.old)
    )
    known = []
    for unit in before.scenario.police:
        plan = replace(asking.plan, placements=(*others, replace(place, police=unit)))
        other = replace(asking, old=replace(asking.old, placements=former), plan=plan)
        known.append({question.party: question.name for question in questions(replace(before, proposal=other))})
    agencies = before.scenario.agencies.keys() & known[0].keys()
    assert len(agencies) > 1
    assert {party: known[0][party] for party in agencies} == {party: known[1][party] for party in agencies}
    assert known[0].keys() != known[1].keys(), "the units are asked each in its case"
