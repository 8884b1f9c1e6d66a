"""Calls for offers: asked on the coordinator's page, answered at the portal, taken over with its difference shown."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Self

import pytest

from arshjul.office.contacts.contacts import address_to_page
from arshjul.office.contacts.offers import answers_in
from arshjul.office.draft.import_year import import_year
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.store import contacts, party_entries
from arshjul.office.store.outbox import Owed
from arshjul.office.store.store import make_store, open_store
from arshjul.office.sync.incoming import became_of
from arshjul.office.sync.sync import make_portal
from arshjul.portal.store import inbox
from arshjul.portal.store.inbox import InboxRow
from arshjul.serving.sql.database import Database
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.workbook.writing import scenario_workbook
from tests import owed, years
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import NOW, Desk
from tests.office.console.invited import InvitedTown
from tests.office.console.test_reports import portal
from tests.worlds import Worlds

__all__ = ["portal"]

CALL = {"id": "H1", "from": "2027-04-01", "to": "2027-06-30", "due": "2027-01-10", "changes_until": "2027-01-25"}


class Road(InvitedTown):
    """A call that a0 and p0 are asked by, and browsers of their contacts."""

    RIGHTS, HAS_MAILBOXES = MappingProxyType({"a0": "offer", "p0": "offer"}), True

    def __init__(self, desk: Desk, portal: Database, paths: Mapping[str, str] | None = None) -> None:
        super().__init__(desk, portal, paths)
        self.console = desk.browser()

    def begin(self, rights: Mapping[str, str] | None = None) -> Self:
        assert self.console.press("/calls", **CALL).status == 303
        return super().begin(rights)

    def phone(self, party: str = "a0") -> Browser:
        return super().phone(party)

    def states(self) -> dict[str, str]:
        with self.desk.store.reading() as db:
            (answers,) = answers_in(db, opened_draft(db).present)
        return {answer.party.id: answer.state for answer in answers.answers}

    def entries(self) -> list[str]:
        """What became of all that was sent, as it is told."""
        with self.desk.store.reading() as db:
            self.kept.views(db, contacts.CONTACTS.all(db), self.desk.now)
            return [
                outcome.state for outcome in became_of(db, self.kept, [], self.desk.now - timedelta(days=9)).values()
            ]


HIDDEN = ("token", "contact", "seen", "mark")


def form(page: Page, **fields: str) -> dict[str, str]:
    return {**{name: page.field(name) for name in HIDDEN}, **fields}


def checked(phone: Browser, call: str = "H1", **fields: str) -> Page:
    """The page that shows an offer with these fields alone before it is sent."""
    page = phone.post(f"/offers/{call}", form(phone.get(f"/offers/{call}"), **fields))
    assert page.status == 200, page.text
    return page


def confirmed(phone: Browser, page: Page, call: str = "H1") -> Page:
    """What that page shows, sent."""
    names = re.findall(r'<input type="hidden" name="([^"]+)"', page.body.decode().partition("<main")[2])
    return phone.post(f"/offers/{call}/send", {name: page.field(name) for name in names})


def sent(phone: Browser, call: str = "H1", **fields: str) -> Page:
    """An offer with these fields alone, checked and sent."""
    return confirmed(phone, checked(phone, call, **fields), call)


def taken(road: Road, call: str = "H1", **fields: str) -> Page:
    """The offer that waits, taken over."""
    page = road.console.get(f"/calls/{call}")
    mark = {"entry": page.field("entry"), "mark": page.field("mark")}
    return road.console.send(page, f"/calls/{call}/take", **mark, **fields)


def changed(road: Road, **fields: str) -> None:
    """The call, with these fields."""
    values = {key: value for key, value in CALL.items() if key != "id"} | fields
    assert road.console.send(road.console.get("/calls/H1"), "/calls/H1", **values).status == 303
    road.carry()


TEAMS = {"n-tue-day": "2", "n-wed-day": "1", "x0-from": "2027-05-10", "x0-to": "2027-05-21", "x0-number": "0"}


@pytest.fixture
def road(worlds: Worlds, tmp_path: Path) -> Road:
    return Road.of(worlds, tmp_path)


def test_a_call_is_asked_answered_and_taken_over(road: Road) -> None:
    phone = road.phone()
    road.carry()
    assert road.states() == {"a0": "opened", **dict.fromkeys(("a1", "a2", "p0", "p1"), "not-opened")}
    assert "Vad kan ni erbjuda" in phone.get("/").text
    page = phone.get("/offers/H1")
    assert [word for word in (*years.SITES, years.TITLE) if word in page.text] == []
    receipt = phone.get(sent(phone, **TEAMS, note="Fråga <b>oss</b>").headers["location"])
    assert "tisdag 2, onsdag 1" in receipt.text
    assert "Fråga <b>oss</b>" in receipt.text
    road.carry()
    assert road.states()["a0"] == "sent"
    assert road.entries() == ["waits"]
    assert "meddelar" not in road.console.get("/").text, "an offer is no report"
    page = road.console.get("/calls/H1")
    assert "Nytt erbjudande från Myndighet 0" in page.text
    assert "Har svarat, tor 24 dec 2026 13:00." in page.text, "by the clock of the year"
    before = road.desk.draft.present.agencies["a0"]
    assert taken(road).status == 303
    draft = road.desk.draft
    after = draft.present.agencies["a0"]
    assert draft.given is not None, "after the first plan it waits as an edit"
    assert [after.offer(Slot(day, "day")) for day in (date(2027, 4, 6), date(2027, 5, 11), date(2027, 4, 8))] == [
        *(2, 0, 0)
    ]
    outside = [Slot(day, "day") for day in (date(2027, 3, 30), date(2027, 3, 31), date(2027, 7, 1))]
    assert [after.offer(slot) for slot in outside] == [before.offer(slot) for slot in outside]
    road.carry()
    assert "övertaget av samordnaren" in phone.get("/").text
    assert road.entries() == ["taken-over"]
    again = {"entry": page.field("entry"), "mark": page.field("mark")}
    assert road.console.press("/calls/H1/take", **again).status == 409
    assert road.desk.draft.present.agencies["a0"] == after, "it is taken over once"


def test_when_nobody_can_answer_a_call_is_asked_about(road: Road) -> None:
    console, changed = road.console, {key: value for key, value in CALL.items() if key != "id"}
    late = "Svaren ska komma"
    rows = (("2026-12-01", "ingen hinner svara"), ("2027-04-01", late), ("2027-04-02", late))
    for n, (due, said) in enumerate(rows, start=2):
        for path, fields in (("/calls", {**CALL, "id": f"H{n}"}), ("/calls/H1", changed)):
            typed = {**fields, "due": due, "changes_until": ""}
            page = console.press(path, **typed)
            assert page.status == 422
            assert said in page.text
            assert page.field("due") == due
            assert console.send(page, path, **typed, sure="on").status == 303


WEEK_11 = {"n-tue-day": "2", "n-wed-day": "1", "x0-from": "2027-05-10", "x0-to": "2027-05-14", "x0-number": "3"}


def test_the_check_page_says_what_each_exception_comes_to(road: Road) -> None:
    phone = road.phone()
    page = checked(phone, **{"n-tue-day": "1", "x0-from": "2027-05-10", "x0-number": "0"})
    assert "Från måndag 10 maj 2027 till och med onsdag 30 juni 2027: borta" in page.text, "the end that it gets"
    week = {f"n-{day}-{shift}": "1" for day in ("mon", "tue") for shift in ("day", "evening")}
    sent(phone, **week)
    away = checked(phone, **week, **{"x0-from": "2027-05-03", "x0-to": "2027-05-09", "x0-how": "away"})
    assert "1 måndag får färre: Dag, Kväll" in away.text, "what is fewer, a weekday a line"
    sent(phone, **WEEK_11, **{"x0-how": "exactly"})
    road.carry()
    taken(road)
    assert road.desk.draft.present.agencies["a0"].offer(Slot(date(2027, 5, 11), "day")) == 3


def test_what_is_wrong_is_said_and_what_was_typed_stays(road: Road) -> None:
    """A week with more, as most people write it, is at most so many: the table says less, so it would be void."""
    phone, one, none = road.phone(), {"n-tue-day": "1"}, {"n-tue-day": "1", "x0-number": "0"}
    has_that_limit = "Undantag 1, Räknas som: Tabellen har redan den gränsen"
    second = {"x1-from": "2027-05-10", "x1-to": "2027-05-11", "x1-number": "1"}
    for fields, said in (
        ({**WEEK_11, "x0-number": "2"}, has_that_limit),
        ({**WEEK_11, "x0-number": "1", "x0-weekdays": "wed"}, has_that_limit),
        ({**WEEK_11, "x0-number": "1", **second}, "Undantag 2, Räknas som"),
        ({**WEEK_11, "x0-how": "away"}, "Undantag 1, Antal: Ange antal"),
        ({**WEEK_11, "x0-to": "2027-05-01"}, "Undantag 1, Till och med: Perioden slutar innan den börjar"),
        ({"n-tue-day": "-1"}, "tisdag"),
        ({"n-tue-day": "många"}, "heltal"),
        ({}, "Erbjudandet är tomt"),
        ({**one, "x0-from": "2027-05-10"}, "Ange antal"),
        (none, "Ange datum eller veckor"),
        ({**none, "x0-from": "2028-05-10"}, "utanför"),
        ({**none, "x0-weeks": "99"}, "veckor"),
        ({**none, "x0-weeks": "19, tjugo"}, "veckor"),
        ({**one, "note": "x" * 2001}, "2001"),
    ):
        refused = phone.post("/offers/H1", form(phone.get("/offers/H1"), **fields))
        assert (refused.status, said in refused.text) == (422, True), (fields, refused.text)
        assert [value for value in fields.values() if value not in refused.body.decode()] == []
    unit = road.phone("p0")
    for officers in ("", "0", "1"):
        fields = {"n-mon-day": "3", "n-tue-day": officers, "d-tue-day": "2"}
        refused = unit.post("/offers/H1", form(unit.get("/offers/H1"), **fields))
        assert refused.status == 422
        assert f"Fler insatspoliser än poliser: 2 av {officers or 0}." in refused.text
        assert refused.field("d-tue-day") == "2"


LATER = {"id": "H2", "from": "2027-07-01", "to": "2027-12-31", "due": "2027-01-10"}


def both_taken(road: Road) -> None:
    """Two offers of one party, to two calls, each with its own limits, in one edit."""
    assert road.console.press("/calls", **LATER).status == 303
    road.carry()
    phone = road.phone()
    for call, fields in ("H1", {**TEAMS, "staff_teams": "3"}), ("H2", {"n-thu-day": "4", "staff_teams": "4"}):
        sent(phone, call, **fields)
        road.carry()
        assert taken(road, call).status == 303
    assert road.entries() == ["taken-over", "taken-over"]


def waiting_again(road: Road) -> None:
    """Both calls have an offer to take over, whose party is told that it waits."""
    road.carry()
    assert road.entries() == ["waits", "waits"]
    assert road.desk.draft.present.agencies["a0"] == years.scenario().agencies["a0"]
    assert [road.console.get(f"/calls/{call}").text.count("Ta över") > 0 for call in ("H1", "H2")] == [True, True]


def test_one_of_two_offers_goes_alone_and_the_earlier_one_not_under_the_later(road: Road) -> None:
    both_taken(road)
    shown = road.console.get("/")
    first, last = re.findall(r'name="edit" value="(\d+)"', shown.body.decode())
    refused = road.console.send(shown, "/take-back-one-edit", edit=first)
    assert refused.status == 409
    assert "Senare redigeringar bygger på den" in refused.text, "both say how many teams there are"
    assert road.console.press("/take-back-one-edit", edit=last).status == 303
    assert sorted(road.entries()) == ["taken-over", "waits"]
    assert road.desk.draft.present.agencies["a0"].offer(Slot(date(2027, 4, 6), "day")) == 2
    assert road.console.press("/take-back-one-edit", edit=first).status == 303
    waiting_again(road)


def test_an_offer_goes_with_the_edit_that_a_file_replaces_and_stays_in_one_that_has_it(road: Road) -> None:
    both_taken(road)
    with_both, calls = road.desk.draft.given, road.desk.draft.present.calls
    assert with_both is not None
    for given, became in (replace(years.scenario(), calls=calls), "waits"), (with_both, "taken-over"):
        book = scenario_workbook(given)
        read = read_scenario(written(road, book)).scenario
        assert read.agencies["a0"].offers == given.agencies["a0"].offers, "a workbook has them too"
        imported(road, read)
        assert road.entries() == [became, became]


def written(road: Road, book: bytes) -> Path:
    file = Path(road.portal.name).with_name("given.xlsx")
    file.write_bytes(book)
    return file


def imported(road: Road, given: Scenario) -> None:
    """As `import --replace-edit`."""
    store = road.desk.store
    import_year(given, lambda: store, "it", road.desk.now, lambda *_: None, replace_edit=True)


def test_nothing_to_offer_is_an_answer_and_silence_is_none(road: Road) -> None:
    phone = road.phone()
    page = checked(phone, nothing="on")
    assert "Inget att erbjuda" in page.text
    assert confirmed(phone, page).status == 303
    road.carry()
    assert road.states()["a0"] == "nothing"
    assert road.states()["a1"] == "not-opened"
    taken(road)
    agency = road.desk.draft.present.agencies["a0"]
    assert {agency.offer(Slot(date(2027, 4, day), "day")) for day in range(1, 31)} == {0}
    assert agency.staff_teams == years.scenario().agencies["a0"].staff_teams


def test_same_as_last_time_is_two_presses_and_changes_nothing(road: Road) -> None:
    phone = road.phone("p0")
    assert "Som i året" in phone.get("/offers/H1").text, "nothing was offered before"
    page = checked(phone, same="on")
    assert "förra gången" not in phone.get("/offers/H1").text + page.text
    assert "Samma som i året." in page.text
    assert confirmed(phone, page).status == 303
    road.carry()
    assert "Erbjudandet ändrar inget." in road.console.get("/calls/H1").text, "no row changes"
    before = road.desk.draft.present.police["p0"]
    assert taken(road).status == 303
    assert replace(road.desk.draft.present.police["p0"], offers=()) == before
    assert road.desk.draft.given is None, "nothing waits for a plan"
    assert road.entries() == ["taken-over"]
    assert phone.get("/offers/H1").text.count("Samma som förra gången") == 1


def test_teams_that_have_fallen_away_are_no_part_of_what_a_party_offers(road: Road) -> None:
    """They stay away when its offer is taken over, and are gone with that year; it never offered less itself."""
    lost = {"agency": "a0", "from": "2027-06-01", "to": "2027-06-10", "teams_left": "0", "cause": "illness"}
    path = road.console.press("/teams-lost", **lost).headers["location"]
    assert road.console.press(path, option="fewest-changes").status == 303
    assert road.console.publish().status == 303
    road.carry()
    phone = road.phone()
    assert "2027-06-01" not in phone.get("/offers/H1").body.decode(), "its own exceptions alone are filled in"
    assert sent(phone, same="on").status == 303
    road.carry()
    assert "Erbjudandet ändrar inget." in road.console.get("/calls/H1").text
    taken(road)
    assert road.desk.draft.given is None, "nothing else has changed"
    sent(phone, **{"n-tue-day": "2", "x0-from": "2027-06-08", "x0-to": "2027-06-08", "x0-number": "1"})
    road.carry()
    taken(road)
    agency = road.desk.draft.present.agencies["a0"]
    assert [agency.offer(Slot(date(2027, 6, day), "day")) for day in (1, 8, 15)] == [0, 0, 2]
    (line,) = [line for line in agency.teams if line.at_most and line.when.last == date(2027, 6, 10)]
    assert line.when.first == date(2027, 6, 1), "it is whole, and known for what it is"


def test_of_an_offer_the_rows_alone_that_mean_another_thing_are_shown(road: Road) -> None:
    phone = road.phone()
    standing = checked(phone, same="on")
    table = {name: standing.field(name) for name in re.findall(r'name="(n-[^"]+)"', standing.body.decode())}
    sent(phone, **table, **{"x0-from": "2027-05-10", "x0-to": "2027-05-21", "x0-number": "0", "staff_teams": "9"})
    road.carry()
    shown = road.console.get("/calls/H1").text.partition("Övriga ändringar")[2].partition("Ta över")[0]
    assert shown.count("ny rad") == 1
    assert "borttagen rad" not in shown
    assert "2027" in shown


def test_totals_that_change_are_said_and_an_empty_one_takes_its_limit_away(road: Road) -> None:
    phone, whole = road.phone(), "gäller hela planen"
    assert whole in phone.get("/offers/H1").text
    sent(phone, **TEAMS, team_shifts_per_week="5")
    page = checked(phone, **TEAMS, staff_teams="4")
    last, _, in_year = page.text.partition("Ändrat mot året")
    assert "Samma som förra gången." not in last
    assert "Lag totalt: 4 (förut samma som vid ett tillfälle)" in last
    assert "Lagpass per vecka, högst: ingen gräns (förut 5)" in last
    assert "Lagpass per månad" not in last
    year = years.scenario().agencies["a0"].staff_teams
    assert f"Lag totalt: 4 (förut {year})" in in_year
    assert whole in in_year
    assert "Samma som förra gången." in checked(phone, same="on").text
    none = checked(phone, nothing="on")
    assert "per vecka, högst" not in none.text, "it changes no total"
    assert confirmed(phone, none).status == 303
    page = phone.get("/offers/H1")
    assert "Ni har svarat: inget att erbjuda" in page.text
    assert [page.field(name) for name in ("n-tue-day", "x0-to", "team_shifts_per_week")] == ["2", "2027-05-21", "5"]
    again = checked(phone, same="on")
    last = again.text.partition("Ändrat mot året")[0]
    assert "tisdagar får fler: Dag" in last, "last time there was nothing"
    assert "förut" not in last
    assert confirmed(phone, again).status == 303
    road.carry()
    assert road.states()["a0"] == "sent"


def test_of_two_people_of_a_party_the_later_one_is_shown_what_stands(
    road: Road,
) -> None:
    one, other = road.phone(), road.phone()
    pages = [checked(browser, **TEAMS) for browser in (one, other)]
    first = [confirmed(one, pages[0]) for _ in range(2)]
    assert [answer.status for answer in first] == [303, 303]
    assert first[0].headers["location"] == first[1].headers["location"], "a double press is one entry"
    more = {**TEAMS, "n-fri-day": "3"}
    refused = other.post("/offers/H1/send", {**form(pages[1], **more), "key": pages[1].field("key")})
    assert refused.status == 409
    assert 'name="n-fri-day"' in refused.body.decode()
    assert 'value="3"' in refused.body.decode(), "what was typed stays"
    assert "tisdag 2, onsdag 1" in refused.text
    assert confirmed(other, other.post("/offers/H1", form(refused, **more))).status == 303
    road.carry()
    page = road.console.get("/calls/H1")
    assert page.text.count("Nytt erbjudande från Myndighet 0") == 1, "the later one alone"
    phone = road.phone()
    page = checked(phone, **TEAMS)
    changed(road, to="2027-05-31")
    assert confirmed(phone, page).status == 409


def test_an_offer_that_a_later_one_replaces_is_said_to_be_replaced_on_the_first_page_and_by_mail(road: Road) -> None:
    phone = road.phone()
    sent(phone, **TEAMS)
    road.carry()
    road.desk.now += timedelta(hours=1)
    sent(phone, **{"n-tue-day": "1"})
    road.carry()
    home = phone.get("/").text
    assert home.count("ersatt av ett senare") == 1, home
    assert home.count("hos samordnaren") == 1
    with road.desk.store.reading() as db:
        mails = [one.mail.body for one in owed.all_of(db)]
    assert sum("ersatt av ett senare" in text for text in mails) == 1
    road.console = road.desk.browser()
    taken(road)
    road.carry()
    home = phone.get("/").text
    assert home.count("ersatt av ett senare") == home.count("övertaget av samordnaren") == 1


def test_what_is_late_is_marked_and_what_is_later_is_a_wish(road: Road) -> None:
    road.desk.now += timedelta(days=22)
    phone = road.phone()
    assert "märks som sent" in phone.get("/offers/H1").text
    assert sent(phone, **TEAMS).status == 303
    road.carry()
    assert road.states()["a0"] == "late"
    road.desk.now += timedelta(days=14)
    phone = road.phone("p0")
    assert "önskemål" in phone.get("/offers/H1").text
    assert sent(phone, **{"n-tue-day": "4", "d-tue-day": "1"}).status == 303
    road.carry()
    road.console = road.desk.browser()
    assert "ett önskemål" in road.console.get("/calls/H1").text


def test_an_offer_that_is_put_aside_is_no_answer_and_one_whose_call_goes_waits_for_it(road: Road) -> None:
    sent(road.phone(), **TEAMS)
    road.carry()
    assert taken(road, aside="on").status == 303
    assert road.states()["a0"] == "opened"
    road.carry()
    assert "Ni har svarat" not in road.phone().get("/offers").text
    sent(road.phone(), **{"n-sun-day": "1"})
    road.carry()
    gone = "Erbjudanden utan förfrågan"
    assert gone not in road.console.get("/calls").text
    assert road.console.press("/calls/H1", remove="on").status == 303
    name = years.scenario().agencies["a0"].name
    assert f"H1: {name}" in road.console.get("/calls").text.partition(gone)[2]
    assert road.console.press("/calls", **CALL).status == 303
    assert gone not in road.console.get("/calls").text
    assert road.console.get("/calls/H1").field("entry")


def test_before_the_first_plan_an_offer_counts_at_once(tmp_path: Path) -> None:
    url = str(tmp_path / "y.db")
    import_year(years.scenario(), partial(make_store, url), "test", NOW, lambda _: None)
    desk = Desk(open_store(url), NOW, url)
    road = Road(desk, make_portal(str(tmp_path / "portal.db"))).begin()
    phone = road.phone()
    assert "ännu inte publicerat" in phone.get("/").text
    assert sent(phone, **TEAMS).status == 303
    road.carry()
    assert "Erbjudanden en väntar" in road.console.get("/").text
    page = road.console.get("/calls/H1")
    assert taken(road).status == 303
    aside = road.console.send(page, "/calls/H1/take", entry=page.field("entry"), aside="on")
    assert aside.status == 409, "it is in the year"
    assert road.console.get("/objects").status == 200
    draft = road.desk.draft
    assert draft.given is None, "nothing waits"
    assert draft.scenario.agencies["a0"].offer(Slot(date(2027, 4, 6), "day")) == 2


def reminded(road: Road) -> list[Owed]:
    """What reminds of a call, and is told now."""
    with road.desk.store.writing() as db:
        found = [one for one in owed.all_of(db, road.desk.now) if one.page == "offers"]
        for one in found:
            owed.note(db, one, "mail", road.desk.now)
    return found


def test_who_has_not_answered_is_reminded_once_on_each_date(road: Road) -> None:
    changed(road, remind_days="10, 3")
    assert not reminded(road), "17 days are left"
    assert sent(road.phone("p0"), **{"n-tue-day": "4"}).status == 303
    road.carry()
    road.desk.now += timedelta(days=8)
    assert [len(reminded(road)) for _ in range(2)] == [1, 0], "a0 alone, and once"
    road.desk.now += timedelta(days=7)
    waits = reminded(road)
    assert len(waits) == 1
    assert not reminded(road)
    assert "erbjuda" in waits[0].mail.subject
    with road.desk.store.reading() as db:
        contact = next(one for one in contacts.CONTACTS.all(db) if one.party == "agency-a0")
    assert {(wait.party, wait.page) for wait in waits} == {("a0", "offers")}
    assert all("Öppna adressen" in wait.mail.todo for wait in waits)
    with road.desk.store.writing() as db:
        until = max(wait.page_until for wait in waits if wait.page_until is not None)
        road.paths["a0"] = f"/k/{address_to_page(db, contact, 'offers', until, road.desk.now)}"
    road.carry()
    phone = road.phone()
    assert phone.get("/").headers["location"].startswith("/offers?as=")
    assert phone.get("/calendars").status == 403, "it opens one page alone"
    assert "Kvitto" in phone.get(sent(phone, **TEAMS).headers["location"]).text
    assert [word for word in (*years.SITES, years.TITLE) if any(word in str(wait.mail) for wait in waits)] == []
    road.desk.now += timedelta(days=3)
    assert not reminded(road), "the answers were due"


def test_what_an_offer_hits_is_told_before_it_is_taken_over(road: Road) -> None:
    changed(road, **{"from": "2027-01-25"})
    phone = road.phone()
    page = checked(phone, **{"n-sun-day": "1"})
    assert "Era insatser på dagar med färre" in page.text
    assert confirmed(phone, page).status == 303
    road.carry()
    page = road.console.get("/calls/H1")
    told = road.console.get(f"/calls/H1?effect={page.field('entry')}")
    placed = {placement.operation for placement in road.desk.draft.made_plan.placements}
    hit = {id for id in placed if id in told.text.partition("Insatser som inte kan ligga kvar: ")[2].partition(".")[0]}
    assert hit == {id for id in placed if "a0" in road.desk.draft.scenario.operations[id].agencies}
    assert hit


def test_a_forged_offer_is_shown_and_never_becomes_part_of_the_year(road: Road) -> None:
    with road.desk.store.reading() as db:
        own = next(contact for contact in contacts.CONTACTS.all(db) if contact.party == "agency-a0")
    line = {"shift": "nowhere", "teams": 9}
    bodies = [
        {"call": "H1", "teams": [line]},
        {"call": "H9", "teams": [{"teams": 1}]},
        {"call": "H1", "teams": [{"teams": 1}], "nothing": True},
        {"call": "H1", "officers": [{"officers": 1}]},
        {"call": "H1", "teams": [{"teams": 1}] * 81},
    ]
    with road.portal.writing() as db:
        for n, body in enumerate(bodies):
            row = InboxRow(
                f"{n:032}", own.id, f"{n:064}", own.party, "teams-offer", json.dumps(body), "", "", road.desk.now
            )
            inbox.add(db, row, "session")
    road.carry()
    assert sorted(road.entries()) == ["refused", "waits"], "what has no shape of an offer is not taken in"
    with road.desk.store.reading() as db:
        assert party_entries.faults(db)["call", "agency-a0"] == 1, "no page would show it"
    page = road.console.get("/calls/H1")
    assert page.status == 200
    assert "nowhere" in page.text
    before = road.desk.draft.present
    assert road.console.send(page, "/calls/H1/take", entry="0" * 32, mark="x").status in (409, 422)
    assert road.desk.draft.present == before
