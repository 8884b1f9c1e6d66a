"""A plan that was chosen is given up again: what parties have answered waits, and binds the next one as before."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from arshjul.office.draft.answers import ANSWER_DAYS, hand_out
from arshjul.office.draft.draft import Draft, opened_draft
from arshjul.office.draft.options import options_of
from arshjul.office.store.store import Store
from arshjul.year.domain.entries.answer import agreed
from arshjul.year.domain.replan_context import context_of
from arshjul.year.planning.verify import prices
from tests import years
from tests.office.console.browser import Browser
from tests.office.console.conftest import SLOWLY_BOTH, Desk
from tests.office.console.test_asking import ASKED, asked, field, named
from tests.office.console.test_asking import answers as given
from tests.office.console.test_undecided import chosen
from tests.office.console.test_voluntary import VOLUNTARY
from tests.office.console.test_voluntary import desk as desk_with_a_voluntary_agency
from tests.office.console.test_withdrawal import HIT

__all__ = ["desk_with_a_voluntary_agency"]

WITHOUT = "OP-000 utan Myndighet 2"


def draft(store: Store) -> Draft:
    with store.reading() as db:
        return opened_draft(db)


def answer(desk: Desk, browser: Browser, party: str, reply: str) -> None:
    page = browser.get("/proposal")
    values = {"question": named(desk, party, "OP-000"), "party": party, "answer": reply}
    assert browser.send(page, "/proposal", **values).status == 303


def place(desk: Desk) -> tuple[object, ...]:
    """Where the draft's plan has the operation that was asked about."""
    placement = draft(desk.store).made_plan.placed["OP-000"]
    return placement.slot, placement.police


@SLOWLY_BOTH
def test_a_refused_date_is_not_planned_after_the_choice_was_taken_back(desk: Desk) -> None:
    browser = desk.browser()
    asked(browser)
    proposal = draft(desk.store).proposal
    assert proposal is not None
    refused = proposal.plan.placed["OP-000"].slot.day
    answer(desk, browser, "a0", "no")
    chosen(browser)
    first = place(desk)
    assert browser.press("/start-over").status == 303
    chosen(browser)
    assert draft(desk.store).made_plan.placed["OP-000"].slot.day != refused
    assert place(desk) == first
    noes = [one for one in draft(desk.store).made_plan.entries.answers if one.answer == "no"]
    assert [(noe.party, noe.slot and noe.slot.day) for noe in noes] == [("a0", refused)]


def test_an_optional_agencys_no_outlives_somebody_elses_publication(
    desk_with_a_voluntary_agency: Desk, tmp_path: Path
) -> None:
    desk = desk_with_a_voluntary_agency
    browser = desk.browser()
    path = browser.press("/withdrawals/new", **HIT).headers["location"]
    browser.press(f"{path}/ask", option="fewest-changes")
    answer(desk, browser, VOLUNTARY, "no")
    before = draft(desk.store)
    made = years.plan(before.scenario, {"OP-001": date(2027, 6, 1)}, before=before.made_plan)
    stays = before.made_plan.placed["OP-000"]
    made = replace(
        made, placements=tuple(stays if placement.operation == "OP-000" else placement for placement in made.placements)
    )
    made = replace(made, prices=prices(context_of(before.scenario, made), made))
    read = years.write(tmp_path / "other", before.scenario, made)
    years.published(desk.store, read, years.NOW + timedelta(days=1), seen=1)
    assert browser.press("/start-over").status == 303
    again = browser.press("/options").headers["location"]
    assert WITHOUT in browser.get(again).text


@ASKED
def test_yeses_that_still_hold_are_agreed_again(desk: Desk) -> None:
    browser = desk.browser()
    for party in given(desk):
        answer(desk, browser, party, "yes")
    chosen(browser)
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
    """Taken back, it moves nothing, not even where all had said yes; a no stands."""
    browser = desk.browser()
    before = place(desk)
    link = f"/answers/{hand_out(desk.store, 'a0', 'Eva', desk.now)}"
    for party in given(desk):
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
def test_a_question_stays_where_it_does_not_rest_on_what_is_taken_back(desk: Desk) -> None:
    browser = desk.browser()
    later = {**HIT, "police": "p1", "from": "2027-06-01", "to": "2027-06-01"}
    browser.press("/withdrawals/new", **later)
    number = max(entry.number for entry in desk.draft.waiting if entry.list == "withdrawals")
    assert browser.press("/take-back", entry=str(number)).headers["location"] == "/"
    assert desk.draft.proposal is not None


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
    assert given(desk)["a0"] == "no"
    assert browser.post(link, {late: "yes"}).status == 409
    assert given(desk)["a0"] == "no"
