"""How long an address is good, and who is told before it ends: its reader, the console and doctor."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import icalendar
import pytest

from arshjul.office.contacts.contacts import Invitation, address_to_page, hand_out, invite, revoke
from arshjul.office.database.doctor import doctor
from arshjul.office.draft.import_year import import_year
from arshjul.office.publishing.address_term import ending, ending_said
from arshjul.office.publishing.publish import mend
from arshjul.office.publishing.served_revision import served_scenario
from arshjul.office.store import contacts, readers, revisions
from arshjul.office.store.contacts import Contact
from arshjul.office.store.feed_cache import CachedFeed, FeedCache, fill
from arshjul.office.store.party_entries import PartyEntry
from arshjul.office.store.store import Store, make_store
from arshjul.office.subscribers.read_feed import read_feed
from arshjul.office.subscribers.subscribe import Wanted, rotate, subscribe, unsubscribe
from arshjul.year.agenda.channel import Seal, Uids
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.contact import QUESTIONS
from arshjul.year.domain.plan import Plan
from arshjul.year.formats.schema.party_entry import CALENDAR
from tests import years
from tests.databases import SLOW_POSTGRESQL, Databases
from tests.examples import often
from tests.feedcheck import feedcheck, with_feedcheck

pytestmark = SLOW_POSTGRESQL

DAY = timedelta(days=1)
END = datetime(2028, 3, 30, 22, tzinfo=UTC)  # the night after 30 March, 90 days after New Year's Eve
SOON = END - timedelta(days=30)


def cache(store: Store) -> FeedCache:
    with store.reading() as db:
        return fill(db, FeedCache())


def got(store: Store, token: str, now: datetime) -> CachedFeed:
    read = read_feed(cache(store), token, now)
    assert read is not None
    assert read.feed is not None
    return read.feed


def ends(store: Store) -> list[datetime]:
    with store.reading() as db:
        return [address.expires_at for address in readers.ADDRESSES.all(db)]


def test_an_address_lasts_as_long_as_the_plan_and_90_days(store: Store) -> None:
    assert subscribe(store, Wanted("agency-a0"), "Eva", None, "test", years.NOW).expires_at == END
    assert subscribe(store, Wanted("agency-a0"), "Bo", 9, "test", years.NOW).expires_at == years.NOW + 9 * DAY
    assert rotate(store, 2, None, 0, "test", years.NOW).expires_at == END


def lengthened(store: Store, folder: Path, now: datetime) -> Plan:
    """Publishes the plan once more then, its year a year longer."""
    year = years.scenario()
    first = years.plan(year)
    longer = replace(year, span=Span(year.span.first, date(2028, 12, 31)))
    made = years.plan(longer, as_of=now.replace(tzinfo=None), before=first)
    years.published(store, years.write(folder, longer, made, first), now)
    return made


def test_where_the_plan_goes_on_the_addresses_do_and_those_of_another_term_do_not(store: Store, tmp_path: Path) -> None:
    """Of which kind an address is does not follow from when it ends."""
    days = (END - years.NOW).days + 1
    subscribe(store, Wanted("agency-a0"), "Eva", None, "test", years.NOW)
    rotate(store, 1, None, 14, "test", years.NOW)
    subscribe(store, Wanted("agency-a1"), "Bo", 30, "test", years.NOW)
    subscribe(store, Wanted("agency-a1"), "Bo", days, "test", years.NOW)
    at = years.NOW + DAY
    again = lengthened(store, tmp_path / "longer", at)
    until = datetime(2029, 3, 31, 22, tzinfo=UTC)
    assert sorted(ends(store)) == [years.NOW + n * DAY for n in (14, 30, days)] + [until]
    year = years.scenario()
    shorter = years.plan(year, as_of=years.MADE + 2 * DAY, before=again)
    years.published(store, years.write(tmp_path / "shorter", year, shorter, again), at + DAY)
    assert END in ends(store), "it lasts as long as the plan, no longer"


@pytest.mark.parametrize("has_ended", [False, True])
def test_a_year_that_goes_on_after_its_end_takes_its_addresses_along(
    store: Store, tmp_path: Path, has_ended: bool
) -> None:
    """But for those that have ended."""
    token = subscribe(store, Wanted("agency-a0"), "Eva", None, "test", years.NOW).token
    late = END + DAY if has_ended else datetime(2028, 1, 10, 12, tzinfo=UTC)
    mend(store, "test", late)
    assert ends(store) == [END], "no night makes it longer"
    lengthened(store, tmp_path / "longer", late)
    assert ends(store) == [END if has_ended else datetime(2029, 3, 31, 22, tzinfo=UTC)]
    assert (read_feed(cache(store), token, late) is None) is has_ended


def test_where_the_plan_goes_on_its_contacts_do_with_their_addresses_and_calendars(
    store: Store, tmp_path: Path
) -> None:
    """In the year after it they come in as before; who was given an end has it still."""
    wanted = [Invitation("a0", "Vakthavande", ["answer"]), Invitation("a1", "Samordnare", ["answer"])]
    (goes_on, other), (short,) = (
        invite(store, wanted, "test", years.NOW),
        invite(store, [Invitation("a0", "Vikarie", ["answer"])], "test", years.NOW, 30),
    )
    revoke(store, other.contact.id, "test", years.NOW)
    with store.writing() as db:
        address_to_page(db, goes_on.contact, QUESTIONS, END + 9 * DAY, years.NOW)
        hand_out(db, asked(goes_on.contact), years.NOW)
    assert goes_on.contact.expires_at == END
    assert contact_ends(store) == [years.NOW + 30 * DAY, END, END]
    lengthened(store, tmp_path / "longer", years.NOW + DAY)
    until = datetime(2029, 3, 31, 22, tzinfo=UTC)
    assert contact_ends(store) == [years.NOW + 30 * DAY, END + 23 * DAY, until]
    assert ends(store) == [until], "its calendar goes on too"
    with store.reading() as db:
        is_open = {contact.id: contact.is_open(END + DAY) for contact in contacts.CONTACTS.all(db)}
    assert is_open == {goes_on.contact.id: True, other.contact.id: False, short.contact.id: False}


def contact_ends(store: Store) -> list[datetime]:
    """Of the addresses that are not closed."""
    with store.reading() as db:
        return sorted(address.expires_at for address in contacts.addresses(db) if address.revoked_at is None)


def asked(contact: Contact) -> PartyEntry:
    """A contact's wish for a calendar."""
    body = json.dumps({"content": "operations", "digest": "d" * 64})
    return PartyEntry(
        "1" * 32, contact.id, "1", "agency-a0", CALENDAR, body, "", "", years.NOW, years.NOW, digest="e" * 64
    )


def test_a_contact_of_before_the_first_plan_lasts_with_that_year(databases: Databases, tmp_path: Path) -> None:
    """Calls go out before there is a plan: who is invited for one stays, as long as its plan."""
    fresh = make_store(databases.empty())
    import_year(years.scenario(), lambda: fresh, "test", years.NOW, lambda *_: None)
    invite(fresh, [Invitation("a0", "Vakthavande", ["offer"])], "test", years.NOW)
    assert contact_ends(fresh) == [END]
    years.published(fresh, years.write(tmp_path / "1", years.scenario(), years.plan(years.scenario())), years.NOW + DAY)
    assert contact_ends(fresh) == [END]


def test_doctor_and_the_console_say_so_30_days_ahead_of_the_last_address(store: Store) -> None:
    """Of contacts too."""
    subscribe(store, Wanted("agency-a0"), "Eva", None, "test", years.NOW)
    subscribe(store, Wanted("agency-a0"), "Bo", None, "test", years.NOW)
    unsubscribe(store, 2, "test", years.NOW)
    assert not told(store, SOON - DAY)
    (warned,) = told(store, SOON)
    assert "2028-03-30" in warned
    assert not told(store, END), "it has ended"
    subscribe(store, Wanted("agency-a1"), "Eva", 9, "test", years.NOW)
    rotate(store, 3, 400, 2, "test", years.NOW)
    assert not told(store, years.NOW + DAY), "she has another address"
    invite(store, [Invitation("a0", "Vakthavande", ["answer"])], "test", years.NOW)
    assert of_addresses(store, SOON - DAY, "invite") == of_addresses(store, END, "invite") == []
    (said,) = of_addresses(store, SOON, "invite")
    assert "2028-03-30" in said


def of_addresses(store: Store, now: datetime, about: str = "") -> list[str]:
    """What doctor says of addresses, with that word in it."""
    findings = doctor(store.place.address or str(store.place.path), now).findings
    return [str(one.text) for one in findings if one.check == "address" and about in str(one.text)]


def test_a_rotated_address_is_told_of_while_it_still_works(store: Store) -> None:
    """What ends earlier than it was to end says so from then on, and its bytes are newer than those before."""
    old = subscribe(store, Wanted("agency-a0", "busy"), "Eva", None, "test", years.NOW).token
    at = years.NOW + 40 * DAY
    mend(store, "test", at)
    before = got(store, old, at)
    rotate(store, 1, None, 14, "test", at)
    after = got(store, old, at)
    assert after.last_modified == at > before.last_modified
    ((_, note),) = (one for one in noted(after).items() if one[0] not in noted(before))
    assert (note.decoded("DTSTART"), note.decoded("DTEND")) == (at.date(), at.date() + 15 * DAY)
    assert note.decoded("DTSTAMP") == at


def test_two_readers_of_a_feed_have_one_note_and_two_parties_have_none_in_common(store: Store) -> None:
    """Below the level `full` its UID is a keyed hash of party, level and entry, as every other is."""
    tokens = [
        subscribe(store, Wanted(party, level), "x", None, "test", years.NOW).token
        for party, level in [("agency-a0", "busy")] * 2 + [("agency-a0", "area"), ("agency-a1", "busy")]
    ]
    uids = [
        (noted(got(store, token, SOON)).keys() - noted(got(store, token, SOON - DAY)).keys()).pop() for token in tokens
    ]
    assert uids[0] == uids[1]
    assert len(set(uids)) == 3
    with store.reading() as db:
        sealed = Seal(revisions.uid_key(db), "agency-a0@busy")
        plan = Uids.of(served_scenario(db).name)
    assert uids[0] == replace(plan, seal=sealed).address_end()


@pytest.mark.parametrize(
    ("level", "client"),
    often([("full", ""), ("busy", "google")], product(("full", "area", "busy"), ("", "google"))),
)
def test_its_reader_is_told_30_days_ahead_in_the_calendar(store: Store, level: str, client: str) -> None:
    token = subscribe(store, Wanted("agency-a0", level, client=client), "Eva", None, "test", years.NOW).token
    before, after = got(store, token, SOON - DAY), got(store, token, SOON)
    assert b"upph" not in before.ics
    assert got(store, token, END - DAY) == after, "the same bytes for as long as the feed is the same"
    was, now = noted(before), noted(after)
    ((uid, note),) = ((uid, one) for uid, one in now.items() if uid not in was)
    assert {uid: one for uid, one in now.items() if uid in was} == was
    assert list(now) == sorted(now)
    assert str(note["SUMMARY"]) == "Adressen upphör 30 mars 2028: den här kalendern"
    assert (note.decoded("DTSTART"), note.decoded("DTEND")) == (date(2028, 2, 29), date(2028, 3, 31)), "until it ends"
    assert note.decoded("DTSTAMP") == note.decoded("LAST-MODIFIED") == SOON
    assert after.last_modified == SOON
    assert len(uid.split("@")[0]) == len(next(iter(was)).split("@")[0]) or level == "full"
    assert max(map(len, after.ics.split(b"\r\n"))) <= 75
    known = cache(store)
    assert read_feed(known, token, SOON) == read_feed(known, token, SOON)
    assert len(known.noted) == 1
    mend(store, "test", SOON)
    assert cache(store).noted == {}, "what the feed has become is served at once, and nothing else is kept"


def noted(feed: CachedFeed) -> dict[str, icalendar.Component]:
    return {str(event["UID"]): event for event in icalendar.Calendar.from_ical(feed.ics).walk("VEVENT")}


@with_feedcheck
def test_the_note_is_read_by_a_strict_reader(store: Store, tmp_path: Path) -> None:
    token = subscribe(store, Wanted("agency-a0"), "Eva", None, "test", years.NOW).token
    (tmp_path / "feed.ics").write_bytes(got(store, token, SOON).ics)
    feedcheck(("check", tmp_path / "feed.ics", "--clients", "none", "--strict", "--now", str(SOON.date() + DAY)))


def told(store: Store, now: datetime) -> list[str]:
    with store.reading() as db:
        said = ending_said(ending(db, now), UTC)
    lines = of_addresses(store, now)
    assert len(lines) == (said is not None)
    return lines
