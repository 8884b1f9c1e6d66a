"""Meetings: points that parties propose, agenda and minutes, and what is to be done until it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

import pytest

from arshjul.errors import InputError
from arshjul.office.store import audit, revisions
from arshjul.office.store.store import Store, make_store
from arshjul.office.subscribers.subscribe import Handed, Wanted, subscribe
from arshjul.portal.store import views
from arshjul.serving.sql.database import Database
from arshjul.year.agenda.meetings import meetings, view_meetings
from arshjul.year.agenda.party import Party
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.entries.learnt import MeetingMinutes
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Cycle, Every, Meeting, Milestone
from tests import builders, years
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk
from tests.office.console.forms import forms
from tests.office.console.invited import InvitedTown
from tests.office.console.test_hostile import MANY, Sent, attacks, tried
from tests.office.console.test_reports import portal
from tests.worlds import Worlds

__all__ = ["portal"]

SAID, POINT, ACTION = "Kanarieanteckning", "Kanariepunkt", "Samla rutinerna"


MEETING = Meeting("network", "Nätverksträff", (date(2027, 3, 17),))


def with_meetings(folder: Path, _: Worlds) -> None:
    """The world of a small published year that has a meeting of its own."""
    year = replace(years.scenario(), cycle=Cycle(meetings=(MEETING,)))
    years.published(make_store(str(folder / "y.db"), wal=False), years.write(folder / "plan", year, years.plan(year)))


class Town(InvitedTown):
    """The agencies a0 and a1, and the unit p0, may evaluate."""

    YEAR, RIGHTS = (with_meetings,), dict.fromkeys(("a0", "a1", "p0"), "evaluate")
    meeting, day = MEETING, MEETING.dates[0]
    path = f"/meetings/{MEETING.id}/{MEETING.dates[0]}"

    @property
    def scenario(self) -> Scenario:
        return self.draft().scenario


@pytest.fixture
def town(worlds: Worlds, tmp_path: Path) -> Town:
    return Town.of(worlds, tmp_path)


def entered(town: Town, ask: str, **fields: str) -> Page:
    browser = town.desk.browser()
    page = browser.get(town.path)
    form = next(one.fields for one in forms(page.body.decode()) if one.fields.get("ask") == [ask])
    return browser.post(town.path, {**form, **fields})


def proposed(town: Town, phone: Browser, point: str = POINT) -> Page:
    page = phone.get("/meetings")
    fields = page.hidden("key", "seen")
    return phone.post("/meetings", {**fields, "meeting": f"{town.meeting.id} {town.day}", "point": point})


def test_a_point_comes_to_the_coordinator_and_the_agenda_to_those_who_are_invited(town: Town) -> None:
    phone, unit = town.phone("a0"), town.phone("p0")
    assert "Möten" in phone.get("/").text
    answer = proposed(town, phone)
    assert answer.status == 303, answer.text
    assert POINT in phone.get(answer.headers["location"]).text
    town.carry()
    assert POINT in town.desk.browser().get(town.path).text
    assert "föreslagna punkter: 1" in town.desk.browser().get("/meetings").text
    assert entered(town, "minutes", agenda="Vårens insatser").status == 303
    town.carry()
    assert "Vårens insatser" in town.phone("a1").get("/meetings").text
    assert POINT not in town.phone("a1").get("/meetings").text
    assert "Vårens insatser" not in unit.get("/meetings").text, "the police are asked to no meeting"
    hidden = {"token": unit.get("/").field("token"), "contact": unit.get("/").field("contact")}
    assert unit.post("/meetings", {**hidden, "meeting": f"{town.meeting.id} {town.day}"}).status in (404, 422)
    for _ in range(2):
        entered(town, "agenda_points", party="a1", point=POINT)
    points = [(point.party, point.point) for point in town.plan.entries.agenda_points]
    assert points == [("a0", POINT), ("a1", POINT)], "one told on the telephone is entered once"
    assert entered(town, "agenda_points", party="p0", point=POINT).status == 422


def test_what_is_to_be_done_stands_with_the_party_and_on_today_until_it_is(town: Town) -> None:
    due = town.desk.now.date().isoformat()
    assert entered(town, "meeting_actions", action=ACTION, party="p0", due=due).status == 303
    town.carry()
    assert ACTION in town.phone("p0").get("/").text
    assert ACTION not in town.phone("a0").get("/").text
    browser = town.desk.browser()
    assert ACTION in browser.get("/").text
    assert browser.press("/done", action="M1").status == 303
    assert ACTION not in browser.get("/").text
    assert browser.press(town.path, ask="state", id="M1", state="open").status == 303
    done = {"ask": "state", "id": "M1", "state": "done"}
    assert browser.press(town.path, **done).status == 303
    town.carry()
    assert ACTION not in town.phone("p0").get("/").text
    assert ACTION not in browser.get("/").text
    assert "Gjort." in browser.get(town.path).text
    assert [action.state for action in town.plan.entries.meeting_actions] == ["open", "done", "open", "done"], (
        "all stand in the log"
    )


def test_of_two_who_write_minutes_the_second_is_told_and_loses_nothing(town: Town) -> None:
    deputy = town.desk.browser("deputy")
    seen = deputy.get(town.path)
    assert entered(town, "minutes", agenda="Årets plan", said=SAID).status == 303
    form = next(one.fields for one in forms(seen.body.decode()) if one.fields.get("ask") == ["minutes"])
    told = deputy.post(town.path, {**form, "agenda": "Nästa år"})
    assert told.status == 409
    assert "Någon annan har sparat" in told.text
    assert SAID in told.text, "what holds"
    back = next(one.fields for one in forms(told.body.decode()) if one.fields.get("ask") == ["minutes"])
    assert ">Nästa år</textarea>" in told.body.decode(), "as it was typed"
    assert [minute.agenda for minute in town.plan.entries.minutes] == ["Årets plan"]
    assert deputy.post(town.path, {**back, "agenda": "Nästa år"}).status == 303, "once it was told"
    assert [minute.agenda for minute in town.plan.entries.minutes] == ["Årets plan", "Nästa år"]


def republished(town: Town, folder: Path, edit: Callable[[Scenario], Scenario]) -> None:
    """The same plan of an edited year, published from outside."""
    with town.desk.store.reading() as db:
        number = revisions.pointer(db)
    year = edit(replace(years.scenario(), cycle=town.scenario.cycle))
    years.published(town.desk.store, years.write(folder, year, years.plan(year)), seen=number)


def test_what_was_entered_for_a_meeting_goes_with_it_when_it_moves(town: Town, tmp_path: Path) -> None:
    assert entered(town, "agenda_points", party="a1", point=POINT).status == 303
    assert entered(town, "minutes", agenda="Vårens insatser").status == 303
    assert entered(town, "meeting_actions", action=ACTION, party="a0", due="2027-03-01").status == 303
    later = town.day + timedelta(days=7)
    moved = Cycle(meetings=(replace(town.meeting, dates=(later, date(2027, 9, 1))),))
    republished(town, tmp_path / "moved", lambda year: replace(year, cycle=moved))
    town.path = f"/meetings/{town.meeting.id}/{later}"
    shown = town.desk.browser().get(town.path).text
    assert [text in shown for text in (POINT, "Vårens insatser", ACTION)] == [True] * 3
    autumn = town.desk.browser().get(f"/meetings/{town.meeting.id}/2027-09-01").text
    assert [text in autumn for text in (POINT, "Vårens insatser", ACTION)] == [False] * 3
    town.carry()
    assert "Vårens insatser" in town.phone("a0").get("/meetings").text
    assert entered(town, "minutes", agenda="Vårens insatser, och mer").status == 303, "what is written goes on from it"
    assert "Vårens insatser, och mer" in town.desk.browser().get(town.path).text


def test_a_meeting_that_was_held_stays_and_each_party_sees_those_to_come_that_it_is_asked_to() -> None:
    """That of March was held; those of June and September moved, and one of them has an agenda of its own."""
    march, june, later, september = (date(2027, 3, 1), date(2027, 6, 1), date(2027, 6, 8), date(2027, 9, 1))
    log = (
        MeetingMinutes("net", march, agenda="Mars", said="Sagt"),
        MeetingMinutes("net", later, agenda="Ny"),
        MeetingMinutes("net", june, agenda="Juni"),
        MeetingMinutes("net", september, agenda="September"),
    )
    cycle = Cycle(meetings=(Meeting("net", "Nätverk", (later, date(2027, 9, 8))),))
    scenario = replace(builders.scenario(), cycle=cycle)
    plan = replace(builders.plan(scenario, []), entries=Entries.of(minutes=log))
    assert [
        (meeting.day, "" if meeting.minutes is None else meeting.minutes.agenda) for meeting in meetings(scenario, plan)
    ] == [(march, "Mars"), (later, "Ny"), (date(2027, 9, 8), "September")]
    every = Meeting("all", "Alla", (date(2027, 3, 1), date(2027, 6, 1)))
    some = Meeting("some", "Några", (date(2027, 4, 1),), agencies=("miljo",))
    scenario = replace(scenario, cycle=Cycle(meetings=(every, some)))
    plan = builders.plan(scenario, [])
    seen = {
        party.id: [
            (meeting.id, meeting.day.month)
            for meeting in view_meetings(scenario, plan, party, date(2027, 3, 2), {}).meetings
        ]
        for party in (Party("agency", "miljo"), Party("agency", "skatteverket"), Party("police", "lpo-city"))
    }
    assert seen == {"miljo": [("some", 4), ("all", 6)], "skatteverket": [("all", 6)], "lpo-city": []}


def test_the_action_of_a_party_that_is_gone_can_be_ended(town: Town, tmp_path: Path) -> None:
    def with_guest(year: Scenario) -> Scenario:
        return replace(year, agencies={**year.agencies, "gast": replace(year.agencies["a0"], id="gast", name="Gäst")})

    republished(town, tmp_path / "with", with_guest)
    due = town.desk.now.date().isoformat()
    assert entered(town, "meeting_actions", action=ACTION, party="gast", due=due).status == 303
    republished(town, tmp_path / "without", lambda year: year)
    browser = town.desk.browser()
    assert ACTION in browser.get("/").text
    assert entered(town, "meeting_actions", action="En till", party="gast", due=due).status == 422
    for state in ("dropped", "open", "done"):
        assert browser.press(town.path, ask="state", id="M1", state=state).status == 303
    assert ACTION not in browser.get("/").text


def test_what_others_read_names_no_place_and_minutes_are_in_no_view(town: Town) -> None:
    for text in ("Ring Kanariekrogen 0", "Se Kanarietiteln 1 här"):
        assert entered(town, "minutes", agenda=text, sure="on").status == 422
        assert entered(town, "meeting_actions", action=text, party="a0", due="2027-03-01", sure="on").status == 422
    assert entered(town, "minutes", agenda="Annat", said=SAID, came="a0", approved_on="2027-03-01").status == 303
    assert proposed(town, town.phone("a0")).status == 303
    town.carry()
    with town.portal.reading() as db:
        seen = " ".join(views.body(db, party)[1] for party in ("agency-a0", "agency-a1", "police-p0"))
    with town.desk.store.reading() as db:
        log = " ".join(f"{line.action} {line.about}" for line in audit.lines(db))
    told = town.desk.browser().get("/log").text
    assert not [canary for canary in (SAID, POINT) if canary in seen + log + told]
    assert SAID in town.desk.browser().get(town.path).text


@pytest.mark.slow
def test_hostile_texts_in_every_field(town: Town) -> None:
    about = {"id": ["M1"]}
    every: list[Sent] = [
        (
            town.path,
            {"ask": ["minutes"], "agenda": ["x"], "said": ["x"], "came": ["a0"], "approved_on": ["2027-03-20"]},
        ),
        (town.path, {"ask": ["meeting_actions"], **about, "action": ["x"], "party": ["a0"], "due": ["2027-03-20"]}),
        (town.path, {"ask": ["agenda_points"], "party": ["a0"], "point": ["x"]}),
        (town.path, {"ask": ["state"], **about, "state": ["done"]}),
    ]
    tried(town.desk, town.desk.browser(), Random(29).sample(list(attacks(every, MANY)), 200))


def test_a_unit_has_its_meetings_and_what_of_its_operations_is_dealt_with(tmp_path: Path, portal: Database) -> None:
    """p0 is asked to the weekly meeting and serves OP-000 alone; a1 is not asked, and takes part in all."""
    weekly = Meeting("weekly", "Veckomöte", every=Every(0, time(10)), agencies=("a0",), parties=("units",))
    prepared = Milestone("prep", "Planerad", -14, at="weekly", parties=("police",))
    year = replace(years.scenario(), cycle=Cycle((prepared,), (weekly,)))
    store = make_store(str(tmp_path / "town.db"), wal=False)
    years.published(store, years.write(tmp_path / "plan", year, years.plan(year)))
    town = InvitedTown(Desk(store, years.NOW), portal).begin(dict.fromkeys(("a1", "p0"), "evaluate"))
    unit = town.phone("p0")
    page = unit.get("/meetings")
    there = page.text.partition("Planerad")
    assert "OP-000 Göteborg City: restaurang" in there[2]
    assert "OP-001" not in page.text, "p1 serves it"
    assert years.TITLE not in page.text
    assert not [secret for secret in years.SITES if secret in page.text]
    assert "Veckomöte" in unit.get("/").text
    fields = page.hidden("key", "seen")
    asked = {**fields, "meeting": "weekly 2027-01-18", "point": POINT}
    answer = unit.post("/meetings", asked)
    assert answer.status == 303, answer.text
    town.carry()
    assert POINT in town.desk.browser().get("/meetings/weekly/2027-01-18").text
    other = town.phone("a1")
    seen = other.get("/meetings").text
    assert "OP-000" in seen and "OP-001" in seen
    assert "Föreslå en punkt" not in seen, "it is asked to none"


def test_a_unit_subscribes_to_its_milestones_where_it_has_some(tmp_path: Path) -> None:
    prepared = Milestone("prep", "Planerad", -14, parties=("police",))
    year = replace(years.scenario(), cycle=Cycle((prepared,)))
    store, other = (make_store(str(tmp_path / f"{name}.db"), wal=False) for name in "yz")
    wanted, first = Wanted("police-p0", "full", "milestones"), years.plan(year)
    years.published(store, years.write(tmp_path / "0", year, first))
    handed = subscribe(store, wanted, "LPO", None, "test", years.NOW)
    assert "OP-000 Planerad" in calendar(store, handed)
    without = replace(year, cycle=Cycle((replace(prepared, parties=()),)))
    again = years.plan(without, {"OP-000": date(2027, 3, 15)}, datetime(2026, 11, 25, 9), first)
    years.published(store, years.write(tmp_path / "1", without, again, first))
    assert "Inga milstolpar" in calendar(store, handed), "an address that was handed out stays"
    years.published(other, years.write(tmp_path / "2", years.scenario(), years.plan(years.scenario())))
    with pytest.raises(InputError, match="has no milestones"):
        subscribe(other, wanted, "LPO", None, "test", years.NOW)


def calendar(store: Store, handed: Handed) -> str:
    with store.reading() as db:
        key, number = handed.subscriber.feed, revisions.pointer(db) or 0
        row = next(feed for feed in revisions.feeds(db, number) if feed.key == key)
        return revisions.blob(db, row.ics).decode().replace("\r\n ", "")
