"""A party's first mail: one, with its whole year, a workbook of that, and the way to its calendar."""

import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, timedelta
from email import message_from_string, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from sqlite3 import connect

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from arshjul.office.contacts import owed as owing
from arshjul.office.database.backup import backup
from arshjul.office.database.restore import restore
from arshjul.office.mail.post import post
from arshjul.office.publishing.address_term import ending, ending_said
from arshjul.office.publishing.contacts import parties_reached
from arshjul.office.publishing.publish import Cause, publish
from arshjul.office.store import audit, readers
from arshjul.office.store.events import LogEvent, Posted, Rotated, Subscribed
from arshjul.office.store.feed_cache import FeedCache, fill
from arshjul.office.store.outbox import Owed
from arshjul.office.store.readers import Subscriber
from arshjul.office.store.revisions import FeedKey
from arshjul.office.store.store import make_store, open_store
from arshjul.office.subscribers.read_feed import read_feed
from arshjul.office.subscribers.subscribe import Wanted, closed_by_a_restore, subscribe, unsubscribe, without_address
from arshjul.serving.sql.errors import Damaged
from arshjul.year.domain.contact import PartyMail
from tests import owed, years
from tests.builders import swedish
from tests.examples import is_slow
from tests.kills import killed_at, steps_of
from tests.office.console.browser import Page
from tests.office.console.conftest import Desk, reachable_by_mail
from tests.office.console.mail_stand_in import StandIn, Taken
from tests.office.console.test_messages import EARLY, FIRST, MAILED_TO, MARCH, YEAR, Town, town_in
from tests.worlds import Worlds

FEEDS = "https://kalender.example.se"
CALENDAR = re.compile(rf"{FEEDS}/feeds/([\w-]{{43}})\.ics")


def waiting(folder: Path, _: Worlds) -> None:
    """The world in which the first messages wait, and nobody has a calendar."""
    made, read = make_store(str(folder / "y.db")), years.write(folder / "0", YEAR, FIRST)
    publish(made, read, Cause("skäl", "test", years.NOW), telling=MAILED_TO)


@pytest.fixture
def untold(worlds: Worlds, tmp_path: Path) -> Town:
    return town_in(worlds, waiting, tmp_path)


def taken(mail: StandIn) -> EmailMessage:
    """The only mail that was handed over."""
    (one,) = mail.mails
    return parsed(one)


def parsed(one: Taken) -> EmailMessage:
    return message_from_string(one.raw, _class=EmailMessage, policy=policy.default)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body()
    assert body is not None
    return str(body.get_content())


def cells(attached: object) -> str:
    """All that stands in a workbook that is attached."""
    assert isinstance(attached, EmailMessage)
    book = CalamineWorkbook.from_filelike(BytesIO(attached.get_content()))
    return "\n".join(str(row) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())


def calendar(town: Town, token: str) -> bytes:
    """The calendar at an address; empty if it admits nobody."""
    with town.store.reading() as db:
        read = read_feed(fill(db, FeedCache()), token, NOW)
    return b"" if read is None or read.feed is None else read.feed.ics


NOW = EARLY.replace(tzinfo=UTC)


def sent(town: Town, mail: StandIn, feeds_url: str = FEEDS, later: timedelta = timedelta()) -> list[str]:
    server = replace(mail.server, feeds_url=feeds_url)
    return [mailing.fault for mailing in post(town.store, server, "timer", lambda: NOW + later)]


def test_it_brings_the_partys_part_and_an_address_of_its_calendar(untold: Town, mail: StandIn) -> None:
    assert sent(untold, mail) == [""]
    made = taken(mail)
    text, (book,) = text_of(made), made.iter_attachments()
    assert book.get_filename() == "goteborg-2027-a0.xlsx"
    for id in ("OP-000", "OP-001"):
        assert id in text
        assert id in cells(book)
    token = CALENDAR.search(text)
    assert token is not None
    assert b"OP-000" in calendar(untold, token[1])
    (handed,) = [reader for reader in readers_of(untold) if reader.revoked_at is None]
    assert (handed.party, handed.level, handed.content) == ("agency-a0", "full", "operations")
    with untold.store.reading() as db:
        assert [line.event for line in audit.lines(db, Subscribed)] == [
            Subscribed(handed.id, "agency-a0", "full", "operations", "")
        ]
    for secret in (years.TITLE, *years.SITES):
        assert secret not in text
        assert secret not in cells(book)


def readers_of(town: Town) -> list[readers.Subscriber]:
    with town.store.reading() as db:
        return readers.SUBSCRIBERS.all(db)


def addresses_of(town: Town) -> list[readers.Address]:
    with town.store.reading() as db:
        return readers.ADDRESSES.all(db)


def handed_out(town: Town) -> list[LogEvent | None]:
    """What the log tells of addresses."""
    with town.store.reading() as db:
        return [line.event for line in audit.lines(db, Subscribed, Rotated)]


def test_a_mail_that_was_refused_leaves_no_address_behind_and_a_later_one_brings_none(
    untold: Town, mail: StandIn
) -> None:
    def quoting(_: object) -> bytes:
        return b"550 no " + mail.mails[-1].raw.partition("/feeds/")[2][:30].encode() + b"\r\n"

    mail.steps["text"] = quoting
    assert sent(untold, mail) == ["550 no …"], "the address is not quoted"
    assert not addresses_of(untold)
    del mail.steps["text"]
    mail.mails.clear()
    sent(untold, mail)
    assert [reader.id for reader in readers_of(untold)] == [1]
    assert CALENDAR.search(text_of(taken(mail)))
    mail.mails.clear()
    untold.publish({"OP-000": MARCH}, EARLY)
    sent(untold, mail)
    assert not [*taken(mail).iter_attachments()]
    assert not CALENDAR.search(text_of(taken(mail)))


def test_the_address_in_a_mail_that_may_have_come_is_good(untold: Town, mail: StandIn) -> None:
    mail.steps["text"] = lambda _: b""
    sent(untold, mail)
    del mail.steps["text"]
    sent(untold, mail)
    first, second = map(parsed, mail.mails)
    assert first["Message-ID"] == second["Message-ID"]
    assert mail.mails[0].id
    for message in (first, second):
        token = CALENDAR.search(text_of(message))
        assert token is not None
        assert calendar(untold, token[1])
    assert (len(readers_of(untold)), len(addresses_of(untold))) == (1, 2)
    assert handed_out(untold) == [Subscribed(1, "agency-a0", "full", "operations", ""), Rotated(1)]


def test_a_sender_that_is_killed_leaves_no_address_that_the_log_does_not_tell(
    untold: Town, mail: StandIn, tmp_path: Path
) -> None:
    """Wherever it was killed: one subscriber, and each address in a mail is good."""
    steps = steps_of(lambda: sent(copied(untold, tmp_path / "all.db"), mail))
    assert steps.count("committed") >= 1
    for n, step in enumerate(steps if is_slow() else steps[::3]):
        town = copied(untold, tmp_path / f"{n}.db")
        mail.mails.clear()
        killed_at(step, lambda town=town: sent(town, mail))  # type: ignore[misc]
        assert len(addresses_of(town)) == len(handed_out(town)), step
        sent(town, mail, later=timedelta(hours=1))
        assert len(addresses_of(town)) == len(handed_out(town)), step
        assert len(readers_of(town)) == 1, step
        assert mail.mails, step
        for one in mail.mails:
            token = CALENDAR.search(text_of(parsed(one)))
            assert token is not None
            assert calendar(town, token[1]), step


def copied(town: Town, file: Path) -> Town:
    """The same town in another database."""
    with closing(connect(town.folder / "y.db")) as old, closing(connect(file)) as new:
        old.backup(new)
    return replace(town, store=open_store(str(file)))


def test_all_that_waits_for_a_party_goes_in_one_mail_its_question_first(
    untold: Town, mail: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = PartyMail(
        "Kan ni?", "Kan ni den 17?", "Hej!\n\nVi skriver.\n\nVi undrar:", todo="Svara här:", ending="Hej då"
    )
    question = Owed(1, "a0", "a0@example.se", asked, "test", years.NOW, page="questions")
    monkeypatch.setattr(owing, "questions_owed", lambda *_: [question])
    with untold.store.writing() as db:
        readers.add_subscriber(db, FeedKey("agency-a0", "full", "operations"), "", "", years.NOW)
    untold.publish({}, EARLY, without=["OP-000"])
    waits = [wait for wait in untold.waits() if wait.address]
    assert len(waits) == 3, "the question, the year, and what is called off"
    assert sent(untold, mail) == [""]
    made, text = taken(mail), text_of(taken(mail))
    assert made["Subject"] == "Kan ni?"
    said = [
        "Hej!", "Vi undrar:", "- Kan ni den 17?", "Svara här:", "https://a.example.se/answers/", "Planen är klar.",
        "OP-001", "Ändringar i planen", "OP-000", "Bifogat:", FEEDS, "Hej då",
    ]  # fmt: skip
    assert [text.index(one) for one in said] == sorted(text.index(one) for one in said)
    assert text.count("Hej!") == text.count("Hej då") == 1
    monkeypatch.undo()
    assert not [wait for wait in untold.waits() if wait.address]
    with untold.store.reading() as db:
        assert len(audit.lines(db, Posted)) == len({wait.number for wait in waits}) == 2


def test_by_hand_the_workbook_is_on_the_outbox_s_page_and_a_mail_says_how_to_get_a_calendar(
    untold: Town, mail: StandIn
) -> None:
    """Where nobody says where the feeds are."""
    browser = Desk(untold.store, NOW).browser()
    page = browser.get("/outbox")
    assert b'href="/outbox/a0"' in page.body
    assert "Hela mejlet" in page.text
    assert browser.get("/outbox/a0").status == 200
    assert browser.get("/outbox/nobody").status == 422
    sent(untold, mail, "")
    assert "Er kalender: svara på mejlet" in text_of(taken(mail))
    assert not readers_of(untold)


# -- addresses of calendars for all parties at once: in a workbook that is given once, or in a mail to each


def live(desk: Desk, content: str = "operations") -> list[Subscriber]:
    with desk.store.reading() as db:
        every = readers.SUBSCRIBERS.all(db)
    return [one for one in every if one.revoked_at is None and one.content == content]


def addresses(sent: Page) -> dict[str, str]:
    """The addresses in a workbook, by party."""
    (sheet,) = load_workbook(BytesIO(sent.body)).worksheets
    rows = [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    return {row[1]: row[6] for row in rows if re.fullmatch(rf"{FEEDS}/feeds/[\w-]{{43}}\.ics", row[6])}


def test_every_party_without_an_address_gets_one_in_the_workbook(desk: Desk) -> None:
    desk.console = replace(desk.console, feeds_url=FEEDS)
    handed = subscribe(desk.store, Wanted("agency-a0"), "Registratorn", None, "test", desk.now)
    revoked = subscribe(desk.store, Wanted("police-p0"), "Växeln", None, "test", desk.now)
    unsubscribe(desk.store, revoked.subscriber.id, "test", desk.now)
    browser = desk.browser()
    lacking = [str(party) for party in without_address(desk.store, "operations", desk.now)]
    assert "agency-a0" not in lacking
    assert "police-p0" in lacking, "whose address is revoked has none"
    shown = browser.get("/subscribers")
    assert f"insatser ({len(lacking)})" in shown.text
    sent = browser.send(shown, "/subscribers/all", content="operations")
    assert 'filename="adresser.xlsx"' in sent.headers["content-disposition"]
    assert len(addresses(sent)) == len(lacking)
    assert sorted(subscriber.party for subscriber in live(desk)) == sorted([*lacking, "agency-a0"])
    assert [subscriber.id for subscriber in live(desk) if subscriber.party == "agency-a0"] == [handed.subscriber.id]
    assert without_address(desk.store, "operations", desk.now) == []
    assert browser.send(shown, "/subscribers/all", content="operations").body == sent.body, "a double click"
    shown = browser.get("/subscribers")
    assert browser.send(shown, "/subscribers/all", content="operations").status == 409, "once"
    assert "lämnade ut en kalenderadress" in browser.get("/log").text
    without = without_address(desk.store, "milestones", desk.now)
    assert {party.kind for party in without} == {"agency"}, "another calendar, and of those alone who have them"
    assert "a0" in [party.id for party in without]
    assert browser.press("/subscribers/all", content="milestones").status == 200
    assert {subscriber.party for subscriber in live(desk, "milestones")} == {str(party) for party in without}
    assert browser.press("/subscribers/all", content="x").status == 422


def test_those_with_a_mailbox_are_mailed_and_the_others_are_named(desk: Desk, mail: StandIn) -> None:
    reachable_by_mail(desk.store, {"p0": ""})
    subscribe(desk.store, Wanted("agency-a0"), "Registratorn", None, "test", desk.now)
    browser = desk.browser()
    shown = browser.get("/subscribers")
    assert "Utan mejladress, bara arbetsbok: LPO 0" in shown.text
    with desk.store.reading() as db:
        mailed = {id for id, one in parties_reached(db).items() if one.email} - {"a0"}
    assert mailed
    assert f"Lägg {len(mailed)} mejl i utkorgen" in shown.text
    assert browser.send(shown, "/subscribers/mail").headers["location"] == "/outbox"
    with desk.store.reading() as db:
        waits = owed.to_mail(db)
    assert {wait.party for wait in waits} == mailed
    shown = browser.get("/subscribers")
    assert browser.send(shown, "/subscribers/mail").status == 409, "it waits already"
    assert len(live(desk)) == 1, "an address is made when its mail goes"
    assert "lade en kalenderadress i utkorgen" in browser.get("/log").text
    gone = post(desk.store, replace(mail.server, feeds_url=FEEDS), "timer", lambda: desk.now)
    assert [mailing.fault for mailing in gone] == [""] * len(mailed)
    letters = [parsed(one) for one in mail.mails]
    tokens = {token for letter in letters for token in CALENDAR.findall(text_of(letter))}
    assert len(tokens) == len(mailed), "to each its own"
    for letter in letters:
        assert letter["Subject"].endswith("er kalender")
        assert len(list(letter.iter_attachments())) == 1, "its part as a workbook"
        for said in ("Hej!", "Planen i er egen kalender:", "Outlook"):
            assert said in text_of(letter)
    assert {subscriber.party.partition("-")[2] for subscriber in live(desk) if "(mejlad)" in subscriber.label} == mailed
    shown = browser.get("/subscribers")
    assert browser.send(shown, "/subscribers/mail").status == 409, "they have one now"


# -- the page of calendars says 30 days ahead that an address ends, and until when each is in force


REMEDY = "Lämna ut nya"


def test_the_page_says_that_an_address_ends_soon_and_when(desk: Desk) -> None:
    subscribe(desk.store, Wanted("agency-a0"), "Eva", 40, "test", desk.now)
    early = desk.browser().get("/subscribers").text
    assert REMEDY not in early
    assert "gäller till tisdag 2 februari 2027" in early
    desk.now += timedelta(days=10, hours=1)
    shown = desk.browser().get("/subscribers").text
    with desk.store.reading() as db:
        said = ending_said(ending(db, desk.now), desk.now.tzinfo or UTC)
    assert said is not None
    assert swedish().say(said) in shown
    assert REMEDY in shown
    desk.now += timedelta(days=31)
    assert REMEDY not in desk.browser().get("/subscribers").text, "it has ended"


# -- after a restore the coordinator hands all addresses out anew, in one workbook


def test_addresses_that_a_restore_closed_are_handed_out_in_a_workbook(desk: Desk, tmp_path: Path) -> None:
    """But none to somebody who was altered since."""
    for name in ("Ett", "Två", "Tre"):
        subscribe(desk.store, Wanted("agency-a0"), name, 400, "test", desk.now)
    assert "säkerhetskopia" not in desk.browser().get("/subscribers").text
    backup(desk.store, tmp_path / "copy.db", desk.now)
    desk.now += timedelta(hours=1)
    restore(tmp_path / "copy.db", desk.url, "it", desk.now, replace=True)
    with desk.store.writing() as db:
        db.exec_driver_sql("UPDATE subscriber SET level = 'full', label = 'Någon' WHERE label = 'Tre'")
    with desk.store.reading() as db:
        assert [person.label for person in closed_by_a_restore(db)] == ["Ett", "Två"]
    elsewhere = desk.browser().get("/subscribers").text
    assert "Sätt kalenderserverns adress framför" in elsewhere
    assert "--feeds-url" not in elsewhere, "she starts no server"
    desk.console = replace(desk.console, feeds_url=FEEDS)
    browser = desk.browser()
    shown = browser.get("/subscribers")
    assert "2 personers adresser" in shown.text
    given = browser.send(shown, "/subscribers/anew")
    assert 'filename="adresser.xlsx"' in given.headers["content-disposition"]
    (sheet,) = load_workbook(BytesIO(given.body)).worksheets
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert len([cell for cell in cells if re.fullmatch(rf"{FEEDS}/feeds/[\w-]{{40,}}\.ics", cell)]) == 2
    assert "säkerhetskopia" not in browser.get("/subscribers").text
    assert browser.send(shown, "/subscribers/anew").status == 409, "once"


def test_of_the_log_only_the_lines_of_addresses_are_read_and_one_of_no_known_form_shuts_out_nobody(desk: Desk) -> None:
    """It grows for years, and the page of calendars is opened every day: a line that cannot be read is not met."""
    given = subscribe(desk.store, Wanted("agency-a0"), "Registratorn", 400, "test", desk.now)
    with desk.store.writing() as db:
        db.exec_driver_sql("UPDATE audit SET about = '?' WHERE action = 'subscribe'")
    later = subscribe(desk.store, Wanted("agency-a1"), "Växeln", 400, "test", desk.now)
    assert later.subscriber.id > given.subscriber.id
    with desk.store.writing() as db:
        db.exec_driver_sql("UPDATE audit SET at = 'long ago' WHERE action NOT IN ('restore', 'unsubscribe', 'reissue')")
    with desk.store.reading() as db:
        assert closed_by_a_restore(db) == []
        with pytest.raises(Damaged):
            audit.lines(db)
