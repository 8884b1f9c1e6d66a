"""What a party is told, once: what has not gone is replaced, and what starts soon is said on the telephone too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from arshjul.office.mail.mailing import tick
from arshjul.office.publishing.publish import Cause, Telling, publish, publish_to
from arshjul.office.publishing.revision_messages import RevisionMessages
from arshjul.office.store import readers, revisions
from arshjul.office.store.outbox import HAND_OVER, Owed
from arshjul.office.store.revisions import FeedKey
from arshjul.office.store.store import Store, make_store
from arshjul.year.domain.change import Causes, ChangeCause
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.settings import Settings
from tests import owed, years
from tests.databases import copied, whole
from tests.office.console.conftest import Desk

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

    def hashes(self) -> list[str]:
        """Those of all revisions, the first first."""
        with self.store.reading() as db:
            return [revision.hash for revision in revisions.REVISIONS.all(db)]

    def mailed(self) -> None:
        """Everything that is to be mailed has gone."""
        for wait in self.waits():
            if wait.is_mailed:
                owed.noted(self.store, wait, "mail", self.now)

    def claimed(self, number: int, now: datetime) -> Owed:
        """The message, which somebody begins to hand over."""
        (found, *_) = (wait for wait in self.waits(now) if wait.number == number)
        owed.noted(self.store, found, "trying", now)
        return found


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with the first plan, which everybody knows, and has in its calendar."""
    folder = tmp_path_factory.mktemp("known")
    store = years.with_calendars(make_store(str(folder / "y.db")), YEAR)
    years.published(store, years.write(folder / "0", YEAR, FIRST))
    return whole(folder / "y.db")


@pytest.fixture
def town(known: bytes, tmp_path: Path) -> Town:
    """A town in which everybody knows the first plan."""
    return Town(copied(known, tmp_path / "y.db"), tmp_path)


@pytest.fixture
def untold(tmp_path: Path) -> Town:
    """A town in which the first messages wait; calendars have the first plan."""
    made = years.with_calendars(make_store(str(tmp_path / "y.db")), YEAR)
    read = years.write(tmp_path / "0", YEAR, FIRST)
    publish(made, read, Cause("skäl", "test", years.NOW), telling=MAILED_TO)
    return Town(made, tmp_path)


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


def test_what_has_not_gone_is_replaced_by_what_now_holds(town: Town) -> None:
    assert {one.party for one in town.publish({"OP-000": MARCH}, EARLY)} == {"a0", "a1", "p0"}
    waits = town.publish({"OP-000": APRIL}, EARLY.replace(day=5))
    assert sorted((wait.party, wait.address) for wait in waits) == [("a0", "a0@example.se"), ("a1", ""), ("p0", "")]
    first, _, third = town.hashes()
    assert {(wait.knows, wait.tells) for wait in waits} == {(first, third)}
    for wait in waits:
        assert "från tisdag 2 mars 2027 09:00–15:00 till tisdag 6 april 2027" in wait.mail.body, (
            "its calendar said March"
        )
        assert "februari" not in wait.mail.body


def test_what_stands_again_where_the_party_was_told_it_is_told_since_calendars_showed_another_date(town: Town) -> None:
    town.publish({"OP-000": MARCH}, EARLY)
    waits = town.publish({}, EARLY.replace(day=5))
    assert [(wait.party, BACK in wait.mail.body) for wait in waits] == [("a0", True), ("a1", True), ("p0", True)]
    assert {wait.knows for wait in waits} == {town.hashes()[0]}


def test_who_has_been_mailed_is_told_only_what_is_new(town: Town) -> None:
    town.publish({"OP-000": MARCH}, EARLY)
    town.mailed()
    waits = town.publish({"OP-000": APRIL}, EARLY.replace(day=5))
    assert {wait.party: wait.knows for wait in waits} == {
        "a0": town.hashes()[1], "a1": town.hashes()[0], "p0": town.hashes()[0],
    }  # fmt: skip
    town.publish({"OP-000": APRIL, "OP-001": MARCH}, EARLY.replace(day=6))
    town.mailed()
    assert town.publish({"OP-000": APRIL, "OP-001": APRIL}, EARLY.replace(day=7))
    assert "OP-000" not in said(town.waits(), "a0")[0]
    assert "OP-000" in said(town.waits(), "a1")[0], "it was to be called, and nobody has"


def test_what_was_to_start_soon_is_said_on_the_telephone_whoever_has_mail(town: Town) -> None:
    waits = town.publish({"OP-000": MARCH, "OP-001": APRIL}, EVE)
    assert sorted((wait.party, wait.address, wait.urgent) for wait in waits) == [
        ("a0", "", True), ("a0", "a0@example.se", False), ("a1", "", True), ("p0", "", True),
    ]  # fmt: skip
    (besides,) = (wait for wait in waits if wait.party == "a0" and wait.urgent)
    assert "OP-000" in besides.mail.body
    assert "OP-001" not in besides.mail.body, "that one was to come on 3 February, and its mail will do"
    town.mailed()
    assert {wait.party for wait in town.waits()} == {"a0", "a1", "p0"}, "a mail is no answer"
    today = Desk(town.store, EVE.replace(tzinfo=UTC)).browser().get("/").text
    assert "Ring nu Myndighet 0" in today
    assert "Inom två dygn: OP-000" in today
    assert "Parter att meddela 3 parter" in today


def test_who_was_mailed_and_not_called_hears_that_it_stands_again(town: Town) -> None:
    town.publish({"OP-000": MARCH}, EVE)
    town.mailed()
    waits = {(one.party, bool(one.address)): one.mail.body for one in town.publish({}, EVE.replace(hour=10))}
    assert waits.keys() == {("a0", True), ("a0", False), ("a1", False), ("p0", False)}
    for body in waits.values():
        assert "från tisdag 2 mars 2027 09:00–15:00 till måndag 1 februari 2027" in body


def test_who_knows_a_part_hears_the_rest_however_often_it_is_replaced(town: Town) -> None:
    town.publish({"OP-000": MARCH}, EVE)
    town.mailed()
    town.publish({}, EVE.replace(hour=10))
    waits = town.publish({"OP-001": APRIL}, EVE.replace(hour=11))
    (mailed,) = (wait.mail.body for wait in waits if wait.address)
    assert "från tisdag 2 mars 2027 09:00–15:00 till måndag 1 februari 2027" in mailed
    assert "till tisdag 6 april 2027" in mailed


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


def test_the_command_renews_what_waits(town: Town) -> None:
    town.publish({"OP-000": MARCH}, EARLY)
    made = years.plan(YEAR, {"OP-000": APRIL}, EARLY.replace(day=5), town.plan)
    read = years.write(town.folder / "again", YEAR, made, town.plan)
    publish_to(str(town.folder / "y.db"), read, Cause("skäl", "test", EARLY.replace(day=5, tzinfo=UTC)))
    assert len(town.waits()) == 3
    assert all("till tisdag 6 april 2027" in wait.mail.body for wait in town.waits())


MOVED = "flyttad från måndag 1 februari 2027 09:00–15:00 till tisdag 2 mars 2027"
BACK = "flyttad från tisdag 2 mars 2027 09:00–15:00 till måndag 1 februari 2027"
OFF = "inställd, skulle ha varit måndag 1 februari 2027"


def test_who_had_no_first_message_is_called_about_what_was_to_start_soon(untold: Town) -> None:
    waits = untold.publish({"OP-000": MARCH}, EVE)
    for party in ("a1", "p0"):
        (one,) = [wait for wait in waits if wait.party == party]
        assert one.urgent
        news, first, last = one.mail.body.splitlines()
        assert MOVED in news
        assert "2 insatser, den första: OP-001" in first
        assert "OP-000" in last
    assert [(bool(wait.address), wait.urgent) for wait in waits if wait.party == "a0"] == [
        (True, False), (True, False), (False, True),
    ]  # fmt: skip
    today = Desk(untold.store, EVE.replace(tzinfo=UTC)).browser().get("/").text
    assert "Ring nu" in today
    assert MOVED in today


def test_who_had_no_first_message_is_told_what_is_called_off_until_it_is_told(untold: Town) -> None:
    untold.publish({}, EARLY, without=["OP-000"])
    waits = untold.publish({"OP-001": MARCH}, EARLY.replace(day=5), without=["OP-000"])
    for party in ("a0", "a1", "p0"):
        news, first = "\n".join(said(waits, party)).splitlines() if party != "a0" else reversed(said(waits, party))
        assert "En insats: " in first
        assert OFF in news
        assert "OP-001" not in news, "it stands in the first message where it is now"


def test_where_all_is_called_off_everybody_is_told(untold: Town) -> None:
    waits = untold.publish({}, EVE, without=["OP-000", "OP-001"])
    assert {wait.party for wait in waits} == {"a0", "a1", "p0"}
    for wait in waits:
        assert OFF in wait.mail.body
        assert wait.urgent or wait.address


def test_who_had_no_first_message_and_loses_nothing_is_told_where_all_is_now(untold: Town) -> None:
    waits = untold.publish({"OP-001": MARCH}, EARLY)
    assert {party: len(said(waits, party)) for party in ("a0", "a1", "p0")} == {"a0": 1, "a1": 1, "p0": 1}
    assert all("tisdag 2 mars 2027" in wait.mail.body for wait in waits)


def test_who_was_mailed_and_not_called_is_mailed_only_what_is_new(town: Town) -> None:
    town.publish({"OP-000": MARCH}, EVE)
    town.mailed()
    waits = town.publish({"OP-000": MARCH, "OP-001": APRIL}, EVE.replace(hour=10))
    mailed, called = (
        next(wait for wait in waits if wait.party == "a0" and bool(wait.address) is it) for it in (True, False)
    )
    assert "OP-000" not in mailed.mail.body
    assert "OP-001" in mailed.mail.body
    assert MOVED in called.mail.body


def test_who_was_called_and_not_mailed_is_called_only_about_what_is_new(town: Town) -> None:
    waits = town.publish({"OP-000": MARCH}, EVE)
    (by_phone,) = (wait for wait in waits if wait.party == "a0" and not wait.address)
    tick(town.store, [by_phone.number], "Eva", EVE.replace(tzinfo=UTC))
    (mailed,) = (one for one in town.publish({"OP-000": MARCH, "OP-001": APRIL}, EVE) if one.party == "a0")
    assert mailed.address
    assert MOVED in mailed.mail.body
    assert "OP-001" in mailed.mail.body
    back = [one for one in town.publish({}, EVE) if one.party == "a0"]
    assert [bool(one.address) for one in back] == [True, False]
    assert all(BACK in one.mail.body for one in back), "it was told so on the telephone"


@pytest.mark.parametrize("telling", [MAILED_TO, RevisionMessages.leave])
def test_who_hears_nothing_new_has_what_waits_sent_to_the_new_address(town: Town, telling: Telling) -> None:
    town.publish({"OP-000": MARCH}, EARLY)
    waits = town.publish({"OP-000": MARCH}, EARLY.replace(day=5), telling, email="ny@example.se")
    assert [(wait.party, wait.address) for wait in waits if wait.party == "a0"] == [("a0", "ny@example.se")]
    (gone,) = (one for one in town.publish({"OP-000": MARCH}, EARLY, telling, email="") if one.party == "a0")
    assert gone.address == "", "nobody can be mailed without an address"
    assert MOVED in gone.mail.body


@pytest.mark.parametrize("telling", [MAILED_TO, RevisionMessages.leave])
def test_what_still_holds_waits_on_as_it_is(town: Town, telling: Telling) -> None:
    waited = town.publish({"OP-000": MARCH}, EARLY)
    now = EARLY.replace(tzinfo=UTC)
    going = town.claimed(next(one.number for one in waited if one.address), now)
    owed.noted(town.store, going, "perhaps", now, "451 later")
    waits = town.publish({"OP-000": MARCH}, EARLY.replace(day=5), telling)
    assert [wait.number for wait in waits] == [one.number for one in waited]
    assert [wait.doubts for wait in waits if wait.address] == [1], "the next try counts on from there"


@pytest.mark.parametrize("how", ["refused", "killed", "sent"])
def test_what_is_being_handed_over_is_replaced_too(town: Town, how: str) -> None:
    waits = town.publish({"OP-000": MARCH}, EARLY)
    now = EARLY.replace(day=5, tzinfo=UTC)
    going = town.claimed(next(wait.number for wait in waits if wait.address), now)
    town.publish({"OP-000": APRIL}, EARLY.replace(day=5))
    if how != "killed":
        owed.noted(town.store, going, "failed" if how == "refused" else "mail", now, "550 no" * (how == "refused"))
    assert going.number not in {wait.number for wait in town.waits(now + 2 * HAND_OVER)}
    (mailed,) = said(town.waits(), "a0")
    assert "från tisdag 2 mars 2027 09:00–15:00 till tisdag 6 april" in mailed


@pytest.mark.parametrize("how", ["refused", "killed", "sent"])
def test_who_may_have_had_what_is_being_handed_over_hears_that_it_stands_again(town: Town, how: str) -> None:
    waits = town.publish({"OP-000": MARCH}, EARLY)
    now = EARLY.replace(day=5, tzinfo=UTC)
    going = town.claimed(next(wait.number for wait in waits if wait.address), now)
    town.publish({}, EARLY.replace(day=5))
    if how != "killed":
        owed.noted(town.store, going, "failed" if how == "refused" else "mail", now, "550 no" * (how == "refused"))
    assert [BACK in one for one in said(town.waits(), "a0")] == [True]
    assert [BACK in one for one in said(town.waits(), "a1")] == [True], "its calendar said March"


def test_a_merged_message_tells_the_causes_of_each_step(town: Town) -> None:
    town.publish({"OP-000": MARCH}, EARLY, causes={"OP-000": (ChangeCause("pin"),)})
    waits = town.publish(
        {"OP-000": MARCH, "OP-001": APRIL}, EARLY.replace(day=5), causes={"OP-001": (ChangeCause("tied"),)}
    )
    for wait in waits:
        of_first, of_second = wait.mail.body.splitlines()
        assert "på grund av samordnarens beslut" in of_first
        assert "på grund av en annan insats" in of_second


@pytest.fixture
def without_calendars(tmp_path: Path) -> Town:
    """A town in which everybody was told of the first plan, and nobody has a calendar."""
    made = make_store(str(tmp_path / "y.db"))
    years.published(made, years.write(tmp_path / "0", YEAR, FIRST))
    return Town(made, tmp_path)


def test_who_could_read_nothing_is_told_nothing_of_what_stands_again(without_calendars: Town) -> None:
    town = without_calendars
    assert {one.party for one in town.publish({"OP-000": MARCH}, EVE)} == {"a0", "a1", "p0"}
    assert town.publish({}, EVE.replace(hour=10)) == []


def test_who_could_read_nothing_is_told_only_where_it_knows_it_from(without_calendars: Town) -> None:
    without_calendars.publish({"OP-000": MARCH}, EARLY)
    waits = without_calendars.publish({"OP-000": APRIL}, EARLY.replace(day=5))
    assert {wait.party for wait in waits} == {"a0", "a1", "p0"}
    for wait in waits:
        assert "från måndag 1 februari 2027 09:00–15:00 till tisdag 6 april 2027" in wait.mail.body


def test_who_was_told_and_could_read_nothing_hears_that_it_stands_again(without_calendars: Town) -> None:
    town = without_calendars
    town.publish({"OP-000": MARCH}, EVE)
    town.mailed()
    waits = {(one.party, bool(one.address)): one.mail.body for one in town.publish({}, EVE.replace(hour=10))}
    assert waits.keys() == {("a0", True), ("a0", False)}, "a0 was mailed; nobody has been called"
    assert all("från tisdag 2 mars 2027 09:00–15:00 till måndag 1 februari 2027" in body for body in waits.values())


@pytest.mark.parametrize(
    ("begins", "ends", "is_told"), [(4, None, True), (4, 4, True), (1, 3, False), (6, None, False)]
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
