"""The year turns by a button: proposed, compared, taken over, planned, published."""

import re
from datetime import date

from arshjul.office.store.feed_cache import FeedCache, fill
from arshjul.office.subscribers.read_feed import read_feed
from arshjul.office.subscribers.subscribe import Wanted, subscribe
from tests.office.console.browser import Page
from tests.office.console.conftest import Desk
from tests.years import WORDS


def chosen(page: Page) -> dict[str, str | list[str]]:
    """The form as it stands."""
    html = page.body.decode()
    return {
        "mark": page.field("mark"),
        "last": page.field("last"),
        "again": "all",
        "sure": "on",
        "sector": re.findall(r'name="sector" value="([^"]*)"', html),
        "known": re.findall(r'name="known" value="([^"]*)"', html),
        "dates": re.findall(r'name="dates" value="([^"]*)" checked', html),
    }


def test_the_year_is_turned_in_six_clicks(desk: Desk) -> None:
    browser, old = desk.browser(), desk.draft
    handed = subscribe(desk.store, Wanted("coordinator", content="all"), "Samordnaren", None, "test", desk.now)

    def read() -> str:
        with desk.store.reading() as db:
            found = read_feed(fill(db, FeedCache()), handed.token, desk.now)
        assert found is not None and found.feed is not None
        return found.feed.ics.decode()

    before = set(re.findall("UID:(.*)", read()))
    assert 'href="/turn"' in browser.get("/log").body.decode(), "under Inställningar"
    shown = browser.get("/turn")  # 1: Nytt år
    assert shown.field("last") == "2028-12-31"
    assert "4 nya insatser" in shown.text
    taken = browser.send(shown, "/turn/take", **chosen(shown))  # 2: Ta över
    path = taken.headers["location"]
    assert path.startswith("/options/")
    again = browser.get("/turn")
    assert again.status == 409
    assert "väntar redan på sin plan" in again.text, "it is turned once"
    browser.press(path.partition("?")[0], option="fewest-changes")  # 3: Välj
    page = browser.get("/publish")  # 4: Publicera
    done = browser.send(page, "/publish", digest=page.field("digest"), reason="Året 2028")  # 5: Publicera
    assert done.status == 303
    now = desk.draft
    assert now.is_published
    assert now.scenario.span.last == date(2028, 12, 31)
    placed = now.made_plan.placed
    assert {id for id, one in placed.items() if one.slot.day.year == 2028} == {"OP-004", "OP-005", "OP-006", "OP-007"}
    assert all(placed[id] == one for id, one in old.made_plan.placed.items()), "nobody's date in 2027 moves"
    assert now.scenario.name == old.scenario.name, "UIDs and addresses are made of it"
    assert before <= set(re.findall("UID:(.*)", read()))
    assert "UID:OP-005@goteborg-2027.arshjul" in read()
    assert "X-WR-CALNAME:Årshjul Göteborg 2027" in read(), "until the year begins"
    assert "vände året till och med söndag 31 december 2028" in browser.get("/log").text


def test_each_year_is_shown_by_itself_with_a_switch(desk: Desk) -> None:
    browser = desk.browser()
    shown = browser.get("/turn")
    path = browser.send(shown, "/turn/take", **chosen(shown)).headers["location"]
    browser.press(path.partition("?")[0], option="fewest-changes")
    days = {id: one.slot.day for id, one in desk.draft.made_plan.placed.items()}
    first, second = browser.get("/year"), browser.get("/year?year=2028")
    for page, year, other in ((first, 2027, 2028), (second, 2028, 2027)):
        html = page.body.decode()
        assert f"/weeks/{year}-W20" in html
        assert f"/weeks/{other}-W20" not in html
        assert f"/year?year={other}" in html, "the switch"
        for id, day in days.items():
            assert (id in page.text) is (day.year == year)
    assert second.text.count("2027") == 1, "nothing but the switch names the other year"
    drawn = [browser.get(f"/year/wheel.svg?year={year}").body.decode() for year in (2027, 2028)]
    assert [("OP-001" in one, "OP-005" in one) for one in drawn] == [(True, False), (False, True)]
    lists = [browser.get(f"/operations?year={year}").text for year in (2027, 2028, "all")]
    assert [("OP-001" in one, "OP-005" in one) for one in lists] == [(True, False), (False, True), (True, True)]
    assert "OP-005" not in browser.get("/operations").text, "the moment's year unless another is chosen"
    said = f"{days['OP-005'].day} {WORDS.month(days['OP-005'])[:3]}"
    assert f"{said} 2028" in lists[2], "a date outside the year shown carries its own"
    assert f"{said} 2028" not in lists[1]


def test_what_is_taken_over_is_what_was_shown(desk: Desk) -> None:
    browser = desk.browser()
    shown = browser.get("/turn")
    other = {**chosen(shown), "again": "none"}
    assert browser.send(shown, "/turn/take", **other).status == 409
    assert desk.draft.given is None
    again = browser.send(shown, "/turn", **other)
    assert again.status == 200
    assert "nya insatser" not in again.text
    assert browser.send(again, "/turn/take", **{**other, "mark": again.field("mark")}).status == 303
    draft = desk.draft
    assert draft.given is not None
    assert draft.given.operations.keys() == draft.scenario.operations.keys()


def test_a_year_of_which_it_is_not_settled_what_it_has_is_not_turned(desk: Desk) -> None:
    """A cancelled operation has no successor: first a plan has to answer that it is."""
    browser = desk.browser()
    browser.press("/operations/OP-001", ask="cancelled")
    refused = browser.get("/turn")
    assert refused.status == 409
    assert "Nya eller inställda insatser väntar på en plan: räkna fram alternativen på I dag först." in refused.text
    browser.plan()
    shown = browser.get("/turn")
    assert browser.send(shown, "/turn/take", **chosen(shown)).status == 303
    again = desk.draft.present.operations
    assert len(again) == 2 * 3, "without OP-001, each with its successor"
    assert "OP-001" not in again


def test_a_party_that_is_asked_anew_offers_nothing_until_then(desk: Desk) -> None:
    browser = desk.browser()
    shown = browser.get("/turn")
    again = browser.send(shown, "/turn", **{**chosen(shown), "asked": "a1"})
    assert browser.send(again, "/turn/take", **{**chosen(again), "asked": "a1"}).status == 303
    given = desk.draft.given
    assert given is not None
    lines = given.agencies["a1"].teams
    assert lines[:-1] == desk.draft.scenario.agencies["a1"].teams
    assert (lines[-1].teams, lines[-1].at_most, lines[-1].when.first) == (0, True, date(2028, 1, 1))


def test_a_turn_long_before_the_plan_ends_or_to_another_date_is_asked_about_or_refused(desk: Desk) -> None:
    browser = desk.browser()
    shown = browser.get("/turn")
    values = chosen(shown)
    for last, said in (("2029-01-31", "31 december 2028"), ("2027-11-30", "1 januari 2028"), ("", "sista datum")):
        page = browser.send(shown, "/turn", **{**values, "last": last})
        assert page.status == 422
        assert said in page.text
    del values["sure"]
    asked = browser.send(shown, "/turn/take", **values)
    assert (asked.status, "Lägga till nästa år redan nu?" in asked.text) == (422, True)
    assert desk.draft.given is None
    assert browser.send(asked, "/turn/take", **values, sure="on").status == 303
