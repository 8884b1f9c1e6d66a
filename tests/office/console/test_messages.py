"""What a message says, and the pages on which it waits, is ticked and put back; where it goes when that is corrected.

That everybody is told once, and of what stands, is judged by `test_told_machine.py`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from arshjul.errors import InputError, Message
from arshjul.office.contacts.contacts import Invitation, invite, readdress
from arshjul.office.draft.answers import party_of
from arshjul.office.draft.draft import AlreadyDone
from arshjul.office.draft.stored_draft import keep, opened_draft
from arshjul.office.mail.mailing import KEPT, take_back, tick, ticks
from arshjul.office.mail.post import post
from arshjul.office.publishing.publish import Cause, Telling, publish
from arshjul.office.publishing.revision_messages import RevisionMessages
from arshjul.office.store import outbox, readers
from arshjul.office.store.audit import ClockAsked
from arshjul.office.store.outbox import Owed
from arshjul.office.store.revisions import FeedKey
from arshjul.office.store.store import Store, make_store, open_store
from arshjul.year.domain.change import Causes, ChangeCause
from arshjul.year.domain.contact import PartyMail
from arshjul.year.domain.parties import Agency, PoliceUnit
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import context_of
from arshjul.year.domain.settings import Meet, Settings
from arshjul.year.planning.verify import prices
from tests import owed, years
from tests.databases import copied, whole
from tests.examples import often
from tests.office.console.conftest import Desk
from tests.office.console.mail_stand_in import StandIn
from tests.office.console.test_asking import asked
from tests.worlds import Build, Worlds

PLAIN = years.scenario(2, 2, 1)
MAILED = replace(PLAIN.agencies["a0"], email="a0@example.se")
YEAR = replace(PLAIN, agencies={**PLAIN.agencies, "a0": MAILED}, settings=Settings())
FIRST = years.plan(YEAR)
MARCH, APRIL = date(2027, 3, 2), date(2027, 4, 6)
MAILED_TO = partial(RevisionMessages.tell, mail=True)
EARLY, EVE = datetime(2027, 1, 4, 9), datetime(2027, 1, 31, 9)
"""OP-000 is on 1 February."""
TIMES = ((7, 50), (8, 0), (8, 30))
"""Before, at and after the start of a day shift."""


@dataclass
class Town:
    """A published year, and the plan that is served."""

    store: Store
    folder: Path
    plan: Plan = FIRST
    n: int = field(default=0)
    now: datetime = years.NOW
    url: str = ""

    def publish(
        self,
        moved: Mapping[str, date],
        as_of: datetime,
        telling: Telling = MAILED_TO,
        without: Sequence[str] = (),
        causes: Causes | None = None,
        email: str = "a0@example.se",
    ) -> list[Owed]:
        """Replans, `without` some operations, publishes and tells; what waits then. `email`: a0's by then."""
        there = {id: one for id, one in YEAR.operations.items() if id not in without}
        known = {**YEAR.agencies, "a0": replace(MAILED, email=email or None)}
        year = replace(YEAR, operations=there, agencies=known)
        now, made = as_of.replace(tzinfo=UTC), years.plan(year, moved, as_of, self.plan, causes)
        self.n += 1
        read = years.write(self.folder / str(self.n), year, made, self.plan)
        publish(self.store, read, Cause("skäl", "test", now), telling=telling)
        self.plan, self.now = made, now
        return self.waits()

    def waits(self, now: datetime | None = None) -> list[Owed]:
        self.now = now or self.now
        return owed.waits(self.store, self.now)

    def claimed(self, number: int, now: datetime) -> Owed:
        """The message, which somebody begins to hand over."""
        (found, *_) = (wait for wait in self.waits(now) if wait.number == number)
        owed.noted(self.store, found, "trying", now)
        return found


def told(folder: Path, _: Worlds) -> None:
    """The world with the first plan, which everybody knows, and has in its calendar."""
    store = years.with_calendars(make_store(str(folder / "y.db")), YEAR)
    years.published(store, years.write(folder / "0", YEAR, FIRST))


def waiting(folder: Path, _: Worlds) -> None:
    """The world in which the first messages wait; calendars have the first plan."""
    made = years.with_calendars(make_store(str(folder / "y.db")), YEAR)
    publish(made, years.write(folder / "0", YEAR, FIRST), Cause("skäl", "test", years.NOW), telling=MAILED_TO)


def without(folder: Path, _: Worlds) -> None:
    """The world in which everybody was told of the first plan, and nobody has a calendar."""
    years.published(make_store(str(folder / "y.db")), years.write(folder / "0", YEAR, FIRST))


def town_in(worlds: Worlds, build: Build, folder: Path) -> Town:
    worlds.copied(build, folder)
    return Town(open_store(str(folder / "y.db")), folder)


@pytest.fixture
def town(worlds: Worlds, tmp_path: Path) -> Town:
    return town_in(worlds, told, tmp_path)


@pytest.fixture
def untold(worlds: Worlds, tmp_path: Path) -> Town:
    return town_in(worlds, waiting, tmp_path)


@pytest.fixture
def without_calendars(worlds: Worlds, tmp_path: Path) -> Town:
    return town_in(worlds, without, tmp_path)


def said(waits: Sequence[Owed], party: str) -> list[str]:
    """The texts that wait for a party, the first first."""
    return [wait.mail.body for wait in waits if wait.party == party]


def test_a_first_message_holds_until_something_that_it_lists_has_begun(untold: Town, tmp_path: Path) -> None:
    untold.publish({"OP-000": MARCH}, EARLY)
    start = untold.plan.placed["OP-000"].slot.day
    moments = [datetime(start.year, start.month, start.day, hour, minute, tzinfo=UTC) for hour, minute in TIMES]
    one_after_the_other = [untold.waits(moment) for moment in moments]
    for moment, known in zip(moments, one_after_the_other, strict=True):
        anew = Town(copied(whole(tmp_path / "y.db"), tmp_path / f"{moment:%H%M}.db"), tmp_path)
        assert [wait.mail for wait in known] == [wait.mail for wait in anew.waits(moment)]
    assert one_after_the_other[0] != one_after_the_other[-1]


def test_a_first_message_counts_what_lies_ahead(untold: Town) -> None:
    waits = untold.waits(datetime(2027, 2, 2, 9, tzinfo=UTC))
    for party in ("a0", "a1", "p0"):
        text = "\n".join(said(waits, party))
        assert "En insats: OP-001 (Restaurang, Göteborg City), onsdag 3 februari 2027" in text
        assert "OP-000" not in text


def test_publishing_that_mails_nobody_renews_what_waits(town: Town) -> None:
    waited = town.publish({"OP-000": MARCH}, EARLY)
    waits = town.publish({"OP-000": APRIL}, EARLY.replace(day=5), RevisionMessages.leave)
    assert [(wait.party, wait.address) for wait in waits] == [(one.party, one.address) for one in waited]
    for wait in waits:
        assert "till tisdag 6 april 2027" in wait.mail.body
    tick(town.store, [wait.number for wait in waits], "Eva", EARLY.replace(day=6, tzinfo=UTC))
    assert town.publish({"OP-001": APRIL}, EARLY.replace(day=7), RevisionMessages.leave) == [], "nobody waits to hear"


def test_publishing_that_mails_nobody_has_what_starts_soon_said_on_the_telephone(town: Town) -> None:
    waits = town.publish({"OP-000": MARCH, "OP-001": APRIL}, EVE, RevisionMessages.leave)
    assert [(wait.party, wait.address, wait.about) for wait in waits] == [
        (party, "", ("OP-000",)) for party in ("a0", "a1", "p0")
    ]
    assert all("OP-001" not in wait.mail.body for wait in waits)


@pytest.mark.parametrize("telling", [MAILED_TO, RevisionMessages.leave])
def test_what_still_holds_waits_on_as_it_is(town: Town, telling: Telling) -> None:
    waited = town.publish({"OP-000": MARCH}, EARLY)
    now = EARLY.replace(tzinfo=UTC)
    going = town.claimed(next(one.number for one in waited if one.address), now)
    owed.noted(town.store, going, "perhaps", now, "451 later")
    waits = town.publish({"OP-000": MARCH}, EARLY.replace(day=5), telling)
    assert [wait.number for wait in waits] == [one.number for one in waited]
    assert [wait.doubts for wait in waits if wait.address] == [1], "the next try counts on from there"


@pytest.mark.parametrize("meet", [None, Meet("Grinden")])
def test_of_a_first_plan_nobody_is_called_about_what_had_begun(tmp_path: Path, meet: Meet | None) -> None:
    """Nobody was told before it began, and a place to meet is no other news."""
    year = replace(YEAR, operations={id: replace(one, meet=meet) for id, one in YEAR.operations.items()})
    store = make_store(str(tmp_path / "y.db"))
    read = years.write(tmp_path / "0", year, years.plan(year))
    now = datetime(2027, 2, 20, 9, tzinfo=UTC)
    publish(store, read, Cause("skäl", "test", now))
    assert not owed.waits(store, now)


def test_of_what_was_undone_untold_a_later_publishing_that_mails_nobody_mails_nothing(without_calendars: Town) -> None:
    town = without_calendars
    town.publish({"OP-000": MARCH}, EARLY)
    assert not town.publish({}, EARLY + timedelta(days=1))
    waits = town.publish({"OP-001": APRIL}, EARLY + timedelta(days=2), RevisionMessages.leave)
    assert not waits, "it was owed nothing, and nobody decided that it is told"


def test_a_mail_whose_result_comes_late_owes_no_call_that_was_made_since(town: Town) -> None:
    town.publish({"OP-000": MARCH}, EVE)
    (mail,) = [wait for wait in town.waits() if wait.address]
    now = EVE.replace(tzinfo=UTC) + timedelta(minutes=1)
    owed.noted(town.store, mail, "trying", EVE.replace(tzinfo=UTC))
    town.publish({"OP-000": APRIL}, EVE + timedelta(minutes=1), partial(RevisionMessages.tell, mail=False))
    tick(town.store, [wait.number for wait in town.waits(now) if wait.party == "a0"], "Eva", now)
    owed.noted(town.store, mail, "mail", now)
    later = now + timedelta(minutes=5)
    assert not said(town.waits(later), "a0")
    town.publish({"OP-000": APRIL, "OP-001": APRIL}, later.replace(tzinfo=None))
    (mail,) = [wait for wait in town.waits() if wait.address]
    owed.noted(town.store, mail, "trying", later)
    owed.noted(town.store, mail, "failed", later, "550 no")
    tick(town.store, [mail.number], "Eva", later)
    assert [one.is_called for one in ticks(town.store, later) if mail.number in one.numbers] == [True]


@pytest.mark.parametrize("is_waiting", [False, True])
def test_who_leaves_the_year_is_mailed_where_it_was_reached_last(town: Town, is_waiting: bool) -> None:
    if is_waiting:
        town.publish({"OP-000": MARCH}, EARLY)
    others = {id: replace(one, agencies={"a1": 1}, lead_agency="a1") for id, one in YEAR.operations.items()}
    year = replace(YEAR, operations=others, agencies={"a1": YEAR.agencies["a1"]})
    made = years.plan(year, {}, EARLY, town.plan)
    read = years.write(town.folder / "left", year, made, town.plan)
    publish(town.store, read, Cause("skäl", "test", EARLY.replace(tzinfo=UTC)), telling=MAILED_TO)
    found = [(wait.party, wait.address) for wait in town.waits(EARLY.replace(tzinfo=UTC)) if wait.party == "a0"]
    assert found == [("a0", "a0@example.se")]
    page = Desk(town.store, EARLY.replace(tzinfo=UTC)).browser().get("/outbox").text
    assert MAILED.name in page


def test_a_contact_that_ends_within_the_minute_ends_no_run(town: Town) -> None:
    """Only its own address is not made: others are mailed."""
    now = EARLY.replace(tzinfo=UTC) + timedelta(seconds=10)
    town.publish({"OP-001": APRIL}, EARLY)
    asked = [Invitation("agency-a1", "Chef", ["offer"], "x@example.se")]
    invite(town.store, asked, "test", now - timedelta(days=1) + timedelta(seconds=20), 1, mail=True)
    moments = iter([now] * 3)
    with StandIn() as mail:
        server = replace(mail.server, portal_url="https://p.example.se")
        post(town.store, server, "t", lambda: next(moments, now + timedelta(seconds=30)), lambda: None)
        assert [one.to for one in mail.mails] == ["a0@example.se"]


def test_a_merged_message_tells_the_causes_of_each_step(town: Town) -> None:
    town.publish({"OP-000": MARCH}, EARLY, causes={"OP-000": (ChangeCause("pin"),)})
    waits = town.publish(
        {"OP-000": MARCH, "OP-001": APRIL}, EARLY.replace(day=5), causes={"OP-001": (ChangeCause("tied"),)}
    )
    for wait in waits:
        of_first, of_second = wait.mail.body.splitlines()
        assert "på grund av samordnarens beslut" in of_first
        assert "på grund av en annan insats" in of_second


@pytest.mark.parametrize(
    ("begins", "ends", "is_told"), often([(4, 4, True), (1, 3, False)], [(4, None, True), (6, None, False)])
)
def test_a_calendar_counts_while_the_change_stood_in_it(
    without_calendars: Town, begins: int, ends: int | None, is_told: bool
) -> None:
    town = without_calendars
    with town.store.writing() as db:
        january = datetime(2027, 1, 1, 10, tzinfo=UTC)
        reader = readers.add_subscriber(
            db, FeedKey("agency-a1", "full", "operations"), "", "", january.replace(day=begins)
        )
        if ends is not None:
            readers.revoke(db, reader, january.replace(day=ends))
    town.publish({"OP-000": MARCH}, EARLY)
    assert [one.party for one in town.publish({}, EARLY.replace(day=5))] == ["a1"] * is_told


FIRST_DAY = date(2027, 2, 1)
LATER = date(2027, 2, 8)


def urgent(town: Town, moment: datetime | None = None) -> dict[str, str]:
    """The parties that are to be called at once, each with what is to be said at once."""
    found = {}
    for wait in town.waits(moment and moment.replace(tzinfo=UTC)):
        if wait.urgent:
            found[wait.party] = "\n".join(wait.mail.body.splitlines()[: wait.soon + wait.passed])
    return found


def test_what_can_be_read_no_more_is_told_as_if_nobody_had_seen_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.publish({"OP-000": LATER}, EARLY)

    def read_no_more(*_: object) -> None:
        raise InputError(Message("It is of an older form."))

    monkeypatch.setattr("arshjul.office.publishing.revision_messages.year_of_json", read_no_more)
    browser = Desk(town.store, EVE.replace(tzinfo=UTC)).browser()
    assert browser.get("/").status == 200
    assert "måndag 8 februari 2027" in browser.get("/outbox").text


def test_what_nobody_was_told_climbs_as_its_day_comes_near_and_stays_with_true_words(town: Town) -> None:
    town.publish({"OP-000": LATER}, EARLY)
    assert urgent(town, datetime(2027, 1, 20, 9)) == {}
    assert urgent(town, EVE).keys() == {"a0", "a1", "p0"}, "it was to be on 1 February by what they were told"
    browser = Desk(town.store, datetime(2027, 2, 2, 9, tzinfo=UTC)).browser()
    page = browser.get("/").text
    assert "Inom två dygn" not in page
    assert "Har börjat, utan det här beskedet: OP-000" in page
    assert "meddelat samma dag" not in page
    page = Desk(town.store, datetime(2027, 2, 6, 9, tzinfo=UTC)).browser().get("/").text
    assert "Inom två dygn: OP-000" in page, "the new date is near"
    assert "Parter att meddela 3 parter" in page


def test_who_went_is_told_when_it_is_held_now(tmp_path: Path) -> None:
    year = years.scenario(2, 2, 2)
    first = years.plan(year)
    town = Town(years.with_calendars(make_store(str(tmp_path / "y.db")), year), tmp_path)
    years.published(town.store, years.write(tmp_path / "0", year, first))

    def published(n: int, day: date, before: Plan) -> Plan:
        as_of = EARLY + timedelta(days=n)
        made = years.plan(year, {"OP-000": day}, as_of, before)
        placed = tuple(replace(placement, police="p1") for placement in made.placements)
        made = replace(made, placements=placed)
        made = replace(made, prices=prices(context_of(year, made), made))
        read = years.write(tmp_path / str(n), year, made, before)
        publish(town.store, read, Cause("skäl", "test", as_of.replace(tzinfo=UTC)), telling=MAILED_TO)
        return made

    second = published(1, FIRST_DAY, first)
    assert "LPO 1 tar över, måndag 1 februari 2027" in said(town.waits(), "p0")[0]
    published(2, LATER, second)
    (told,) = said(town.waits(), "p0")
    assert "LPO 1 tar över, måndag 8 februari 2027 09:00–15:00 i stället för måndag 1 februari 2027" in told


def test_the_phone_list_says_why_each_stands_there_and_what_is_ticked_is_taken_back(town: Town) -> None:
    town.publish({"OP-000": MARCH, "OP-001": APRIL}, EVE)
    desk = Desk(town.store, EVE.replace(tzinfo=UTC))
    browser, deputy = desk.browser(), desk.browser("deputy")
    page = browser.get("/outbox").text
    assert "Att ringa: 3" in page
    assert re.search(r"Myndighet 0 .*Alltid per telefon\. Inom två dygn: .* Myndighet 1", page)
    assert re.search(r"Myndighet 1 .*Mejladress saknas\. Inom två dygn: ", page)
    assert "Dessutom: OP-001" in page
    assert "Avbockat" not in page
    today = browser.get("/")
    assert re.search(r"Alla \d+ har fått besked", today.text)
    calls = [str(wait.number) for wait in town.waits() if wait.urgent]
    last = today.body.decode().rpartition('<button class="quiet">Alla ')[0].rpartition("<form")[2]
    assert re.findall(r'name="message" value="(\d+)"', last) == calls, "those that are urgent, and no others"
    numbers = [str(wait.number) for wait in town.waits()]
    done = browser.send(today, "/outbox", message=numbers, **{"from": "today"})
    assert (done.status, done.headers["location"]) == (303, "/?ticked=told")
    assert not urgent(town)
    assert "Fel part?" in browser.get("/?ticked=told").text
    shown = browser.get("/outbox")
    for text in ("Avbockat", "Myndighet 1 fick besked", "Myndighet 0 fick ett eget mejl"):
        assert text in shown.text
    assert 'action="/outbox/back"' not in desk.browser("auditor").get("/outbox").body.decode()
    assert browser.send(shown, "/outbox/back", message=numbers).status == 303
    assert deputy.press("/outbox/back", message=numbers).status == 409, "it is taken back already"
    assert "Avbockat" not in browser.get("/outbox").text
    log = browser.get("/log").text
    parties = {wait.party for wait in town.waits()}
    assert parties == {"a0", "a1", "p0"}
    assert log.count("tog tillbaka en bock i utkorgen") == len(parties)
    assert "(2 på en gång)" in log, "what is alike stands in one line"
    assert "ringde en part" in log
    assert "meddelade en part med eget mejl" in log


def test_all_mails_that_were_sent_by_hand_are_taken_out_at_once(town: Town) -> None:
    with town.store.writing() as db:
        for party in ("a0", ""):
            outbox.add(db, party, f"{party}@example.se", PartyMail("Ett", "Två"), "test", years.NOW)
    browser = Desk(town.store, EARLY.replace(tzinfo=UTC)).browser()
    page = browser.get("/outbox")
    assert "Utkorgen" in browser.get("/contacts").text, "it stands among the parties' pages"
    last = page.body.decode().rpartition("<form")[2]
    assert "Alla är skickade för hand" in last
    browser.send(page, "/outbox", message=re.findall(r'name="message" value="(\d+)"', last))
    assert not town.waits()
    assert "Alla är skickade" not in browser.get("/outbox").text


def test_words_are_kept_for_a_while_and_not_of_what_holds_no_more(town: Town) -> None:
    with town.store.writing() as db:
        for _ in range(3):
            outbox.add(db, "a1", "", PartyMail("Ämne", "Rad"), "test", years.NOW)
    now = EARLY.replace(tzinfo=UTC)
    ended, old, new = (wait.number for wait in town.waits())
    tick(town.store, [ended, old], "Eva", now)
    with StandIn() as mail, pytest.raises(ClockAsked):
        post(town.store, mail.server, "t", lambda: now + timedelta(days=200))  # a clock that jumped forgets none
    take_back(town.store, [old], "Eva", now + timedelta(hours=1))
    assert said(town.waits(now + timedelta(hours=1)), "a1") == ["Rad"] * 2
    tick(town.store, [old], "Eva", now)
    with town.store.writing() as db:
        outbox.end(db, outbox.QUEUE.c.number == ended)
    assert [one.numbers for one in ticks(town.store, now)] == [(old,)], "the other one has ended"
    with pytest.raises(AlreadyDone):
        take_back(town.store, [ended], "Eva", now)
    late = now + KEPT + timedelta(days=1)
    assert not ticks(town.store, late)
    tick(town.store, [new], "Eva", late)
    with town.store.reading() as db:
        words = {queued.number: queued.mail.body for queued in outbox.QUEUE.all(db)}
    assert words == {ended: "", old: "", new: "Rad"}
    with town.store.writing() as db:
        outbox.forget_ticked(db, late)
    take_back(town.store, [new], "Eva", late + KEPT)
    tick(town.store, [new], "Eva", late + KEPT)
    with town.store.writing() as db:  # by the timer of `post`, though nobody ticks any more
        outbox.forget_ticked(db, late + KEPT + timedelta(days=1))
    with pytest.raises(AlreadyDone):
        take_back(town.store, [new], "Eva", late + 2 * KEPT)


# Where it goes when that is corrected.

MINUTE = timedelta(minutes=1)
One = TypeVar("One", Agency, PoliceUnit)
NEW, NUMBER = "ny@example.se", "031-390 06 99"


def correct(desk: Desk, email: str | None = NEW) -> None:
    """Corrects how a0 is reached, in the scenario as it should be: no plan has taken it in."""
    with desk.store.writing() as db:
        draft = opened_draft(db)
        there = draft.scenario
        agencies = {id: _at(one, email) if id == "a0" else one for id, one in there.agencies.items()}
        police = {id: _at(one, email) if id == "a0" else one for id, one in there.police.items()}
        given = replace(there, agencies=agencies, police=police)
        keep(db, draft, replace(draft, given=given))


def _at(one: One, email: str | None) -> One:
    return replace(one, email=email, phone=NUMBER)


def waiting_for_a0(desk: Desk) -> list[Owed]:
    with desk.store.reading() as db:
        return [one for one in owed.all_of(db) if one.party == "a0"]


def sent(desk: Desk, mail: StandIn, minutes: int = 5) -> dict[str, str]:
    """The tokens of what is mailed now, by address."""
    mail.mails.clear()
    post(desk.store, mail.server, "t", lambda: desk.now + minutes * MINUTE)
    return {one.to: one.token for one in mail.mails}


def is_good(desk: Desk, token: str) -> bool:
    try:
        return bool(party_of(desk.store, token, desk.now + 30 * MINUTE))
    except InputError:
        return False


def test_a_question_that_may_have_come_to_the_former_mailbox_is_answered_from_the_new_one_alone(
    reachable: Desk, mail: StandIn
) -> None:
    asked(reachable.browser())
    mail.steps["text"] = lambda _: b""  # who knows whether it came
    former = sent(reachable, mail)["a0@example.se"]
    assert is_good(reachable, former)
    reachable.now += 10 * MINUTE
    correct(reachable)
    (one,) = waiting_for_a0(reachable)
    assert (one.address, one.fault, one.doubts) == (NEW, "", 0)
    assert is_good(reachable, former), "until it is asked anew"
    correct(reachable, None)
    assert [wait.address for wait in waiting_for_a0(reachable)] == [""], "who has none is called at the new number"
    for page in ("/outbox", "/proposal"):
        assert NUMBER in reachable.browser().get(page).text
    correct(reachable)
    del mail.steps["text"]
    assert is_good(reachable, sent(reachable, mail)[NEW])
    assert not is_good(reachable, former)


def test_no_address_of_the_portal_goes_to_a_contact_s_former_mailbox(reachable: Desk, mail: StandIn) -> None:
    """Also where the mail was ticked before the mailbox was corrected: the tick cannot be taken back any more."""
    store, now = reachable.store, reachable.now
    wrong = Invitation("police-p0", "Yttre befäl", ("report",), "wrong@example.se")
    (invited,) = invite(store, [wrong], "Eva", now, mail=True)
    numbers = [wait.number for wait in owed.waits(store, now) if wait.contact]
    tick(store, numbers, "Eva", now)
    readdress(store, invited.contact.id, "Eva", now, "right@example.se")
    with pytest.raises(AlreadyDone):
        take_back(store, numbers, "Eva", now)
    post(store, replace(mail.server, portal_url="https://portal.example.se"), "Eva", lambda: now, lambda: None)
    assert [one.to for one in mail.mails] == ["right@example.se"]
    assert [wait for wait in owed.waits(store, now) if wait.contact] == []


def test_a_mailbox_that_is_corrected_at_a_terminal_is_where_a_question_goes(desk: Desk, tmp_path: Path) -> None:
    """The draft began before, with the former one: it is no correction of what was published since."""
    year = years.scenario()
    for number, name in enumerate(("old", "new"), 1):
        agencies = {**year.agencies, "a0": replace(year.agencies["a0"], email=f"{name}@example.se")}
        folder = years.write(tmp_path / name, replace(year, agencies=agencies), years.plan(year))
        years.published(desk.store, folder, desk.now, seen=number)
        if name == "old":
            asked(desk.browser())
    assert [wait.address for wait in waiting_for_a0(desk)] == ["new@example.se"]
