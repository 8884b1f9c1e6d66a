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
from python_calamine import CalamineWorkbook

from arshjul.office.contacts import owed
from arshjul.office.mail.post import post
from arshjul.office.publishing.publish import Cause, publish
from arshjul.office.store import audit, readers
from arshjul.office.store.events import LogEvent, Posted, Rotated, Subscribed
from arshjul.office.store.feed_cache import FeedCache, fill
from arshjul.office.store.outbox import Owed
from arshjul.office.store.revisions import FeedKey
from arshjul.office.store.store import make_store, open_store
from arshjul.office.subscribers.read_feed import read_feed
from arshjul.year.domain.contact import PartyMail
from tests import years
from tests.examples import is_slow
from tests.kills import killed_at, steps_of
from tests.office.console.conftest import Desk
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
    made = message_from_string(one.raw, policy=policy.default)
    assert isinstance(made, EmailMessage)
    return made


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


def test_where_nobody_says_where_the_feeds_are_it_says_how_to_get_there(untold: Town, mail: StandIn) -> None:
    sent(untold, mail, "")
    assert "Er kalender: svara på mejlet" in text_of(taken(mail))
    assert not readers_of(untold)


def test_a_mail_that_was_refused_leaves_no_address_behind(untold: Town, mail: StandIn) -> None:
    mail.steps["text"] = lambda _: b"550 no\r\n"
    assert sent(untold, mail) == ["550 no"]
    assert not addresses_of(untold)
    del mail.steps["text"]
    mail.mails.clear()
    sent(untold, mail)
    assert [reader.id for reader in readers_of(untold)] == [1]


def test_a_mail_server_that_quotes_the_address_of_the_calendar_is_not_quoted(untold: Town, mail: StandIn) -> None:
    def quoting(_: object) -> bytes:
        return b"550 no " + mail.mails[-1].raw.partition("/feeds/")[2][:30].encode() + b"\r\n"

    mail.steps["text"] = quoting
    (fault,) = sent(untold, mail)
    assert fault == "550 no …"


def test_the_address_in_a_mail_that_may_have_come_is_good(untold: Town, mail: StandIn) -> None:
    mail.steps["text"] = lambda _: b""
    sent(untold, mail)
    (first,) = mail.mails
    del mail.steps["text"]
    sent(untold, mail)
    made = [message_from_string(one.raw, policy=policy.default) for one in mail.mails]
    assert made[0]["Message-ID"] == made[1]["Message-ID"]
    assert first.id
    for message in made:
        assert isinstance(message, EmailMessage)
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


def test_a_later_mail_brings_neither(untold: Town, mail: StandIn) -> None:
    sent(untold, mail)
    mail.mails.clear()
    untold.publish({"OP-000": MARCH}, EARLY)
    sent(untold, mail)
    assert not [*taken(mail).iter_attachments()]
    assert not CALENDAR.search(text_of(taken(mail)))


def test_all_that_waits_for_a_party_goes_in_one_mail_its_question_first(
    untold: Town, mail: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = PartyMail(
        "Kan ni?", "Kan ni den 17?", "Hej!\n\nVi skriver.\n\nVi undrar:", todo="Svara här:", ending="Hej då"
    )
    question = Owed(1, "a0", "a0@example.se", asked, "test", years.NOW, page="questions")
    monkeypatch.setattr(owed, "questions_owed", lambda *_: [question])
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


def test_by_hand_the_workbook_is_on_the_page_of_the_outbox(untold: Town) -> None:
    browser = Desk(untold.store, NOW).browser()
    page = browser.get("/outbox")
    assert b'href="/outbox/a0"' in page.body
    assert "Hela mejlet" in page.text
    found = browser.get("/outbox/a0")
    assert found.status == 200
    assert browser.get("/outbox/nobody").status == 422
