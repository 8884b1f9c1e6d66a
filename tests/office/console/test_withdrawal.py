"""From a withdrawal on the telephone to a published plan: the console's main road."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from arshjul.office.draft import options as options_action
from arshjul.office.draft.import_year import import_year
from arshjul.office.draft.publish_draft import folder_of
from arshjul.office.publishing.publish import BegunMeanwhile, Cause, publish
from arshjul.office.publishing.served_revision import served_revision
from arshjul.office.store import drafts
from arshjul.office.store.store import make_store, open_store
from arshjul.year.domain.plan import Unplaced
from arshjul.year.planning.replan.replan import ReplanOptions, replan_from
from tests import builders, years
from tests.examples import often
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import BOTH, NOW, SLOWLY_BOTH, Desk, reachable_by_mail
from tests.office.console.forms import forms

HIT = {"police": "p0", "from": "2027-02-01", "to": "2027-02-01", "officers_left": "0", "cause": "en skjutning"}


@SLOWLY_BOTH
def test_a_withdrawal_is_published_in_three_decisions(desk: Desk) -> None:
    browser = desk.browser()
    form = browser.get("/withdrawals/new")
    entered = browser.send(form, "/withdrawals/new", **HIT)
    assert entered.status == 303
    options = browser.get(entered.headers["location"])
    for said in ("Alla tre alternativ är lika bra.", "Minst ändringar, Avvägt och Mest genomfört", "OP-000"):
        assert said in options.text
    assert options.body.count(b'type="radio"') == 1, "there is nothing to choose between"
    assert "Fördel" not in options.text
    assert re.search(r"A1, rapporterad .*: LPO 0, .* 1 februari 2027, .* orsak: en skjutning", options.text)
    assert "minuspoäng" not in options.text
    chosen = browser.send(options, entered.headers["location"], option="fewest-changes")
    assert (chosen.status, chosen.headers["location"]) == (303, "/publish")
    shown = browser.get("/publish")
    assert "OP-000" in shown.text
    done = browser.send(shown, "/publish", digest=shown.field("digest"), reason=shown.field("reason"))
    assert done.status == 303
    with desk.store.reading() as db:
        served, entries = served_revision(db), drafts.entries(db)
    assert served is not None
    (withdrawal,) = served.plan.entries.withdrawals
    assert (withdrawal.police, withdrawal.cause) == (("p0",), "shooting")
    assert (served.revision.number, served.revision.actor, served.revision.reason) == (2, "coordinator", "en skjutning")
    assert [(entry.actor, entry.revision) for entry in entries] == [("coordinator", served.plan.revision)]
    assert "Allt är publicerat" in browser.get("/publish").text
    history = browser.get("/operations/OP-000").text.partition(" Historik Datum Händelse ")[2]
    assert history.startswith("tor 24 dec 2026 OP-000 (")
    assert ", måndag 1 februari 2027 09:00–15:00: LPO 1 tar över från LPO 0, på grund av en skjutning" in history
    assert "Inget än." in browser.get("/operations/OP-001").text
    assert "En gällande eller kommande avbokning" in browser.get("/").text
    desk.now = datetime(2027, 2, 1, 5, tzinfo=UTC)
    then = desk.browser().get("/").body.decode()
    assert '<a href="/withdrawals">Borta just nu</a>: LPO 0 till måndag 1 februari 2027.' in then


def test_what_cannot_be_used_comes_back_as_it_was_typed(desk: Desk) -> None:
    browser = desk.browser()
    form = browser.get("/withdrawals/new")
    wrong = browser.send(form, "/withdrawals/new", **{**HIT, "to": "2027-01-01", "officers_left": "tre"})
    assert wrong.status == 422
    assert b'value="2027-01-01"' in wrong.body
    assert b'value="tre"' in wrong.body
    with desk.store.reading() as db:
        assert not drafts.entries(db)
    (choice,) = re.findall(rb'<select[^>]* name="police"[^>]*>', form.body)
    assert b"required" not in choice, "the browser would stop a form with ticks alone"
    assert browser.send(form, "/withdrawals/new", **{**HIT, "police": ["", "p0", "p1"]}).status == 303
    with desk.store.reading() as db:
        (entry,) = drafts.entries(db)
    assert json.loads(entry.body)["police"] == ["p0", "p1"]


@BOTH
def test_two_people_at_once_lose_nothing(desk: Desk) -> None:
    first, second = desk.browser(), desk.browser("deputy")
    pages = first.get("/withdrawals/new"), second.get("/withdrawals/new")
    assert first.send(pages[0], "/withdrawals/new", **HIT).status == 303
    late = second.send(pages[1], "/withdrawals/new", **{**HIT, "police": "p1"})
    assert late.status == 409
    assert "Sidan har ändrats" in late.text
    assert second.send(late, "/withdrawals/new", **{**HIT, "police": "p1"}).status == 303
    with desk.store.reading() as db:
        assert [entry.actor for entry in drafts.entries(db)] == ["coordinator", "deputy"]


def test_options_of_an_earlier_state_cannot_be_chosen(desk: Desk) -> None:
    browser = desk.browser()
    path = options_of_hit(browser)
    old = browser.get(path)
    newer = options_of_hit(browser, police="p1")
    assert browser.send(old, path, option="balanced").status == 409
    assert browser.press(path, option="balanced").status == 409, "the page is new, its options are not"
    assert [is_compared(browser, one) for one in (path, newer, browser.press("/options").headers["location"])] == [
        *(False, True, True)
    ]


def test_before_the_moment_of_its_plan_no_options_are_worked_out(desk: Desk) -> None:
    """A plan of another computer, whose clock is ahead, may lie in the future; a page has no option to mend that."""
    assert desk.draft.plan is not None
    desk.now = desk.draft.plan.as_of.astimezone(UTC) - timedelta(minutes=1)
    browser = desk.browser()
    page = browser.get(options_of_hit(browser))
    assert "alternativ kan räknas fram från och med då" in page.text
    assert "--as-of" not in page.text


def test_a_way_out_of_the_note_is_taken_with_one_button(desk: Desk, tmp_path: Path) -> None:
    browser = desk.browser()
    browser.press("/withdrawals/new", **HIT)
    page = browser.get("/")
    assert re.search(r"OP-000.*Flytta|OP-000.*Gör så", page.text)
    taken = browser.send(page, "/way", operation="OP-000", way="1")
    assert taken.status == 303
    path = taken.headers["location"].partition("?")[0]
    assert browser.press(path, option="fewest-changes").status == 303
    shown = browser.get("/publish")
    assert "OP-000" in shown.text
    refused = browser.send(shown, "/publish", digest="0" * 64, reason="x")
    assert refused.status == 409, "what is published is what was shown"
    assert "OP-000" in refused.text, "the difference comes back"
    with desk.store.reading() as db:
        served = served_revision(db)
    assert served is not None and served.revision.number == 1
    assert browser.press("/way", operation="OP-000", way="99").status == 409
    file = tmp_path / "rehearsal.db"
    import_year(years.scenario(), lambda: make_store(str(file)), "test", NOW, lambda _: None, rehearsal=True)
    browser = Desk(open_store(str(file))).browser()
    assert browser.press("/way", operation="OP-000", way="1").status == 409, "a year without a plan has none"


def test_what_time_has_made_useless_is_shown_and_stops_nothing_else(desk: Desk) -> None:
    browser = desk.browser()
    there = {"date": "2027-02-01", "shift": "day", "police": "p0"}
    browser.press("/operations/OP-000", ask="pinned", **there)
    desk.now += timedelta(days=60)
    browser = desk.browser()
    page = browser.get("/")
    assert page.status == 200
    assert "har börjat och kan inte låsas" in page.text
    assert browser.get("/operations/OP-000").status == 200
    late = {**HIT, "from": "2027-03-01", "to": "2027-03-01"}
    entered = browser.press("/withdrawals/new", **late)
    assert entered.status == 303
    assert "har börjat och kan inte låsas" in browser.get(entered.headers["location"]).text
    assert browser.press("/take-back", entry="1").status == 303
    page = browser.get("/")
    assert "har börjat och kan inte låsas" not in page.text
    path = browser.send(page, "/options").headers["location"]
    assert browser.press(path, option="balanced").status == 303


def test_what_has_begun_before_the_plan_is_published_is_asked_about(desk: Desk) -> None:
    """OP-000 was to begin at nine; the plan that moves it was chosen before, and is published in the afternoon."""
    desk.now = datetime(2027, 2, 1, 6, tzinfo=UTC)
    browser = desk.browser()
    browser.press("/withdrawals/new", **HIT)
    browser.plan()
    before = browser.get("/publish")
    assert "har börjat" not in before.text
    desk.now = datetime(2027, 2, 1, 15, tzinfo=UTC)
    browser = desk.browser()
    shown = browser.get("/publish")
    assert "har börjat" in shown.text and "OP-000 flyttas ändå" in shown.text
    sent = {"digest": shown.field("digest"), "reason": "x"}
    refused = browser.send(shown, "/publish", **sent)
    assert refused.status == 409
    assert "OP-000 började" in refused.text
    folder = folder_of(desk.draft)
    with pytest.raises(BegunMeanwhile, match="OP-000"):
        publish(desk.store, folder, Cause("x", "it", desk.now))
    assert browser.send(shown, "/publish", **sent, begun="OP-000").status == 303


def press(browser: Browser, page: Page, text: str, **typed: str) -> Page:
    """The page to which the first button of that text leads, its form sent as it stands but for what was typed."""
    written = next(form for form in re.findall(r"<form.*?</form>", page.body.decode(), re.DOTALL) if text in form)
    (form,) = forms(written)
    button = re.search(rf"<button([^>]*)>{re.escape(text)}", written)
    assert button is not None
    at = dict(re.findall(r'(\w+)="([^"]*)"', button[1]))
    own = {at["name"]: at["value"]} if "name" in at else {}
    answer = browser.post(at.get("formaction", form.action), {**form.fields, **typed, **own})
    assert answer.status == 303, answer.text
    return browser.get(answer.headers["location"])


def test_teams_that_stand_ready_are_put_to_use_in_four_presses(tmp_path: Path) -> None:
    """At 06:30 the police are withdrawn: a reserve is carried out without them, and the operation moves."""
    year = years.scenario(n_police=1)
    reserve = builders.operation(
        "OP-R",
        title="Cykelverkstäder",
        sector="other",
        reserve=True,
        without_police=True,
        officers=2,
        lead_agency="a0",
        agencies={"a0": 1},
    )
    made = years.plan(year)
    year = replace(year, operations={**year.operations, reserve.id: reserve})
    store = make_store(str(tmp_path / "y.db"), wal=False)
    years.published(store, years.write(tmp_path / "plan", year, made))
    browser = Desk(store, datetime(2027, 2, 1, 5, 30, tzinfo=UTC)).browser()
    ready = browser.get("/").text
    assert "Reserver redo" in ready
    assert "OP-R (other, Göteborg City), i dag 09:00–15:00 (LPO 0): Myndighet 0." in ready
    form = browser.get("/withdrawals/new")
    morning = press(browser, form, "Se vad som kan räddas", **HIT)  # 1
    (way, *_) = re.findall(r">([^<>]*OP-R under tiden, utan polis[^<>]*)<", morning.body.decode())
    options = press(browser, morning, way)  # 2
    publishing = press(browser, options, "Välj")  # 3
    done = press(browser, publishing, "Publicera")  # 4
    assert "Planens version 2 är publicerad" in done.text
    with store.reading() as db:
        served = served_revision(db)
    assert served is not None
    placed = served.plan.placed
    assert (placed["OP-R"].slot, placed["OP-R"].police) == (made.placed["OP-000"].slot, None)
    assert placed["OP-000"].slot.day > placed["OP-R"].slot.day
    assert {id: placed[id].slot for id in ("OP-001", "OP-002", "OP-003")} == {
        id: made.placed[id].slot for id in ("OP-001", "OP-002", "OP-003")
    }


# -- options that are one plan are one column; where they differ, what each is better at stands first


def with_one_out(*given: Any) -> ReplanOptions:
    """The options, of which the first leaves one operation more out, and has one penalty twice."""
    options = replan_from(*given)
    few = options.options["fewest-changes"]
    *kept, last = few.placements
    worse = replace(
        few,
        placements=tuple(kept),
        unplaced=(*few.unplaced, Unplaced(last.operation)),
        prices=(*few.prices, few.prices[0]),
    )
    return replace(options, options={**options.options, "fewest-changes": worse})


@pytest.fixture
def differing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A console where the first option is another plan than the two others."""
    monkeypatch.setattr(options_action, "replan_from", with_one_out)
    return desk


def test_two_that_are_one_plan_are_one_column_and_advantages_come_first(differing: Desk) -> None:
    browser = differing.browser()
    page = browser.get(options_of_hit(browser))
    radios = re.findall(rb'<input type="radio" name="option" value="([\w-]+)"( checked)?', page.body)
    assert radios == [(b"fewest-changes", b""), (b"balanced", b" checked")]
    assert "Minst ändringar Ingen framför de andra Avvägt och Mest genomfört Förslag Minst prioritetspoäng" in page.text
    assert "Alla tre alternativ" not in page.text
    figures = re.search(r"Minuspoäng (\d+) (\d+) (\d+) varav för flyttar – \d+ \d+ Bevisat", page.text)
    assert figures is not None
    assert int(figures[2]) > int(figures[3])
    assert "Minuspoäng per önskemål" in page.text
    assert "Minuspoäng räknar ouppfyllda önskemål." in page.text


@pytest.mark.parametrize("option", often(["most-delivered"], ["balanced"]))
def test_each_can_still_be_chosen_and_asked_by_name(differing: Desk, option: str) -> None:
    browser = differing.browser()
    path = options_of_hit(browser)
    page = browser.get(f"{path}?option={option}")
    assert re.findall(rb'value="([\w-]+)" checked', page.body) == [b"balanced"]
    asked = browser.send(page, f"{path}/questions", option=option)
    assert browser.get(asked.headers["location"]).status == 200
    assert browser.get(f"{path}/wheel.svg?option={option}").status == 200
    assert browser.send(page, path, option=option).status == 303


# -- a page of options belongs to the plan that they were worked out of: it compares them with no other


COMPARED = ("Alternativ till dagens plan", "Insatser som skiljer", 'class="choose"')


def options_of_hit(browser: Browser, **other: str) -> str:
    """The page of the options that answer a withdrawal."""
    sent = browser.press("/withdrawals/new", **{**HIT, **other})
    return sent.headers["location"]


def is_compared(browser: Browser, path: str) -> bool:
    page = browser.get(path)
    shown = [text in page.text or text in page.body.decode() for text in COMPARED]
    assert len(set(shown)) == 1
    assert ("Alternativ till en tidigare plan" in page.text) is not shown[0]
    return shown[0]


def test_options_are_not_compared_with_the_plan_that_was_chosen_of_them(desk: Desk) -> None:
    browser = desk.browser()
    path = options_of_hit(browser)
    assert is_compared(browser, path)
    assert browser.press(path, option="fewest-changes").status == 303
    assert not is_compared(browser, path)
    assert browser.publish().status == 303
    assert not is_compared(browser, path)
    page = browser.get(path)
    assert "Framräknade torsdag 24 december 2026" in page.text
    assert "orsak: en skjutning" in page.text, "it says what they answered"
    assert "Räkna fram alternativ" not in page.text, "nothing waits"


# -- an option is chosen while parties are still asked: it is said before, and nothing waits for them afterwards


TAKEN_BACK = "tas frågorna tillbaka"


def test_nothing_waits_for_answers_that_nobody_can_give_any_more(desk: Desk) -> None:
    reachable_by_mail(desk.store)
    browser = desk.browser()
    path = browser.press("/withdrawals/new", **{**HIT, "to": "2027-02-07"}).headers["location"]
    assert TAKEN_BACK not in browser.get(path).text, "nobody is asked"
    browser.press(f"{path}/ask", option="fewest-changes")
    again = browser.press("/options").headers["location"]
    page = browser.get(again).text
    assert TAKEN_BACK in page
    assert "LPO 1" in page.partition("Inte svarat än: ")[2].partition(TAKEN_BACK)[0]
    browser.press(again, option="fewest-changes")
    assert "Svar från" not in browser.get("/").text
    assert browser.publish(sure="on").status == 303
    assert "Svar från" not in browser.get("/").text
