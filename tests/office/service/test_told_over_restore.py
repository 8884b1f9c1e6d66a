"""A backup is put back: what the database still knows is taken over; of what it does not, nobody is told unseen.

That nobody is told twice then, nor left untold, is judged by `console/test_told_machine.py`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from arshjul.errors import Refused
from arshjul.office.database.backup import Copied, backup
from arshjul.office.database.doctor import doctor
from arshjul.office.database.restore import restore
from arshjul.office.publishing.publish import Cause, publish
from arshjul.office.store import audit, proposals, tables
from arshjul.office.store.proposals import AnswerAddress
from arshjul.office.store.store import Store, make_store, open_store
from tests import owed, years
from tests.asking import ASKED, ask
from tests.commands import ran
from tests.databases import FILE, Databases
from tests.office.console.conftest import NOW, Desk
from tests.office.console.test_messages import (
    APRIL,
    EARLY,
    FIRST,
    MAILED_TO,
    MARCH,
    YEAR,
    Town,
)

pytestmark = FILE

NEXT, RESTORED = EARLY.replace(day=5), EARLY.replace(day=7)
PARTIES = {"a0", "a1", "p0"}


@pytest.fixture
def town(databases: Databases, tmp_path: Path) -> Town:
    """A town in which everybody knows the first plan."""

    def fill(address: str) -> None:
        years.published(years.with_calendars(make_store(address), YEAR), years.write(tmp_path / "0", YEAR, FIRST))

    url = databases.filled("everybody knows", fill)
    return Town(open_store(url), tmp_path, url=url)


def aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=years.NOW.tzinfo)


def copied(town: Town, name: str = "copy.db", now: datetime = EARLY) -> Path:
    return backup(town.store, town.folder / name, aware(now)).file


def put_back(town: Town, file: Path, now: datetime = RESTORED) -> Copied:
    """Puts a copy of the first plan back."""
    done = restore(file, town.url, "Eva", aware(now), replace=True)
    town.plan, town.now = FIRST, aware(now)
    return done


def tell(town: Town, parties: Iterable[str] = PARTIES) -> None:
    """These parties are told all that waits for them."""
    with town.store.writing() as db:
        for one in owed.all_of(db):
            if one.party in parties:
                owed.note(db, one, "mail", years.NOW)


def test_a_copy_of_what_is_owed_holds_the_revisions_that_are_no_more(town: Town, tmp_path: Path) -> None:
    """Restore and doctor say how many are owed."""
    file = copied(town)
    town.publish({"OP-000": MARCH}, NEXT)
    tell(town)
    done = ran(["restore", str(file), "--db", town.url, "--replace"])
    said = "3 parter har inte fått alla besked: se Utkorgen."
    assert said in done.output
    assert done.stdout.startswith("Utgåva 1 är återställd"), done.stdout
    findings = [one for one in doctor(town.url, aware(RESTORED)).findings if one.check == "outbox"]
    assert [(years.WORDS.say(finding.text), finding.is_warning) for finding in findings] == [(said, True)]
    later = copied(town, "later.db", RESTORED)
    restore(later, str(tmp_path / "other.db"), "Eva", aware(RESTORED))
    other = Town(open_store(str(tmp_path / "other.db")), tmp_path / "o")
    assert {wait.knows for wait in other.waits()} == {wait.knows for wait in town.waits()}
    waits = other.publish({"OP-000": APRIL}, RESTORED)
    (mailed,) = (wait for wait in waits if wait.party == "a1")
    assert "från tisdag 2 mars 2027" in mailed.mail.body


def lost(town: Town, tmp_path: Path) -> tuple[Store, Copied]:
    """The database is lost, and the copy is put into a new one."""
    file = copied(town)
    other = str(tmp_path / "new.db")
    done = restore(file, other, "Eva", aware(RESTORED))
    return open_store(other), done


def test_what_may_have_gone_since_a_copy_is_said_on_the_telephone(town: Town, tmp_path: Path) -> None:
    town.publish({"OP-000": MARCH}, EARLY)
    store, done = lost(town, tmp_path)
    with store.reading() as db:
        assert owed.to_mail(db) == []
        assert {one.party for one in owed.to_call(db)} == PARTIES
    assert (done.owed, done.doubtful, done.told_until) == (3, 3, aware(EARLY))
    shown = Desk(store, aware(RESTORED)).browser()
    assert shown.get("/outbox").text.count("En säkerhetskopia har lagts tillbaka: mejlet") == 3


def test_a_copy_that_knows_more_than_the_database_is_believed_and_one_that_is_damaged_stands_in_no_copys_way(
    town: Town, tmp_path: Path
) -> None:
    older = copied(town)
    behind = str(tmp_path / "behind.db")
    restore(older, behind, "Eva", aware(EARLY))
    town.publish({"OP-000": MARCH}, EARLY)
    newer = copied(town, "newer.db", NEXT)
    done = restore(newer, behind, "Eva", aware(RESTORED), replace=True)
    assert (done.owed, done.doubtful) == (3, 3)
    town.publish({"OP-000": APRIL}, NEXT)
    with town.store.writing() as db:
        db.execute(update(tables.blob).values(gzipped=b"x"))
    done = put_back(town, newer)
    assert (done.owed, done.doubtful) == (3, 3)


def test_a_row_that_is_damaged_stands_in_no_copys_way(town: Town) -> None:
    """But where nobody knows which addresses were closed, none is kept."""
    town.publish({"OP-000": MARCH}, EARLY)
    with town.store.writing() as db:
        proposals.add_address(db, AnswerAddress("0" * 64, "a0", aware(EARLY), aware(RESTORED)))
    file = copied(town)
    with town.store.writing() as db:
        db.exec_driver_sql("UPDATE answer_address SET revoked_at = 'x'")
    with pytest.raises(Refused, match="its closed addresses are unknown"):
        restore(file, town.url, "Eva", aware(RESTORED), replace=True, keep=True)
    for sql, said in (
        ("UPDATE told SET about = 'x'", "Besked efter"),
        ("UPDATE told SET about = '5'", "Besked efter"),
        ("UPDATE told SET uncalled = x'ff'", "Besked efter"),
        ("UPDATE told SET subject = CAST(x'ff' AS TEXT)", "Besked efter"),
        ("UPDATE audit SET at = 'x' WHERE number = 1", "En skadad rad i den ersatta loggen"),
        ("UPDATE answer_address SET expires_at = 'x'", "Den ersatta databasens adresser är skadade"),
        ("UPDATE state SET generation = 'x'", "är återställd"),
    ):
        with town.store.writing() as db:
            db.exec_driver_sql(sql)
        done = ran(["restore", str(file), "--db", town.url, "--replace"])
        assert done.exit_code == 0, done.output
        assert said in done.output, sql
        assert {wait.party for wait in town.waits()} == PARTIES
        with town.store.reading() as db:
            lines = audit.lines(db)
        assert len(lines) == len({line.hash for line in lines})
        assert audit.broken(lines) == [], sql


def test_who_was_asked_since_a_copy_was_made_is_not_asked_again(tmp_path: Path, url: str) -> None:
    """Nor with what the proposal became since; whoever was not is asked about what is proposed now."""
    ask(url)
    store, file = open_store(url), tmp_path / "asked.db"
    backup(store, file, NOW)
    first, *_ = owed.waits(store, NOW)
    owed.noted(store, first, "mail", NOW)
    with store.writing() as db:
        proposals.forget(db)
    assert owed.waits(store, NOW) == [], "nothing is proposed"
    restore(file, url, "Eva", NOW, replace=True)
    assert [(one.party, one.asks, one.is_doubted) for one in owed.waits(store, NOW) if one.address] == [
        (party, True, False) for party in ASKED if party != first.party
    ]


def test_where_no_plan_is_published_nobody_is_told_of_one(tmp_path: Path, url: str) -> None:
    store = make_store(url)
    file = backup(store, tmp_path / "empty.db", years.NOW).file
    read = years.write(tmp_path / "0", YEAR, FIRST)
    publish(store, read, Cause("skäl", "test", years.NOW), telling=MAILED_TO)
    done = restore(file, url, "Eva", years.NOW + timedelta(days=1), replace=True)
    assert done.owed == 0
