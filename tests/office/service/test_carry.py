"""Carrying between two databases: what a party may see, and what it sends, over both kinds and killed at each step."""

import json
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert

from arshjul.errors import InputError, Refused
from arshjul.office.contacts.contacts import Invitation, invite, known_contacts, revoke
from arshjul.office.contacts.nominations import decline, merge
from arshjul.office.contacts.reports import enter_reports, put_aside, put_back
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.draft.take_back import take_back
from arshjul.office.store import audit, contacts, drafts, party_entries
from arshjul.office.store.events import Mended
from arshjul.office.store.party_entries import PartyEntry
from arshjul.office.store.store import Store, make_store
from arshjul.office.subscribers.read_feed import digest_of_token
from arshjul.office.sync import sync
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import Turn, carry, make_portal
from arshjul.portal.store import contacts as portal_contacts
from arshjul.portal.store import inbox, sessions, views
from arshjul.portal.store.inbox import InboxRow
from arshjul.serving.sql.database import Database
from arshjul.serving.sql.hashes import digest_of
from arshjul.year.formats.feeds.view_json import from_text
from tests import years
from tests.databases import FILE, SLOW_POSTGRESQL, Databases, whole
from tests.examples import often

LATER = years.NOW + timedelta(hours=1)
BODY = '{"from": "2027-02-03", "to": "2027-02-03", "cause": "shooting", "note": "Ring"}'

OBJECT = '{"sector": "restaurant", "area": "city", "wanted": "Kassa", "reference": "M-14"}'


def invited(store: Store, party: str = "p0", may: str = "report") -> tuple[str, str]:
    """A contact's id, and the token of its address."""
    function = f"Yttre befäl {len(known_contacts(store)) + 1}"
    (made,) = invite(store, [Invitation(party, function, [may])], "test", years.NOW)
    return made.contact.id, made.token


def sent(portal: Database, contact: str, id: str, party: str = "police-p0", **other: object) -> None:
    """What the portal would write."""
    row = InboxRow(id.ljust(32, "0"), contact, digest_of(id.encode()), party, "report", BODY, "", "", years.NOW)
    with portal.writing() as db:
        inbox.add(db, replace(row, **other), "session")  # type: ignore[arg-type]


def entries(store: Store) -> list[str]:
    with store.reading() as db:
        return [entry.id.rstrip("0") for entry in party_entries.ENTRIES.all(db)]


@pytest.fixture
def portal(tmp_path: Path, databases: Databases, request: pytest.FixtureRequest) -> Database:
    del tmp_path
    if "postgresql" in request.node.callspec.id:
        return make_portal(request.getfixturevalue("postgresql").new_database())
    return make_portal(str(Path(databases.empty()).with_name("portal.db")))


@SLOW_POSTGRESQL
def test_a_contact_its_address_and_its_party_s_view_are_carried_out(store: Store, portal: Database) -> None:
    id, token = invited(store)
    assert not carry(store, portal, LATER).is_all_done
    assert carry(store, portal, LATER).is_all_done
    with portal.reading() as db:
        address = portal_contacts.ADDRESSES.get(db, digest_of_token(token).hex())
        assert address is not None
        assert address.contact == id
        assert views.marks(db).keys() == {"police-p0"}, "of parties without a contact there is nothing"
        seen = from_text(views.body(db, "police-p0")[1])
    assert (seen.party, seen.name) == ("police-p0", "LPO 0")
    there = [one for one in seen.events if one.operation]
    assert [(view_event.operation, view_event.first, view_event.shift) for view_event in there] == [
        ("OP-000", date(2027, 2, 1), "day"), ("OP-002", date(2027, 2, 5), "day"),
    ]  # fmt: skip


@SLOW_POSTGRESQL
def test_what_is_revoked_is_gone_with_the_next_turn(store: Store, portal: Database) -> None:
    id, token = invited(store)
    carry(store, portal, LATER)
    revoke(store, id, "test", LATER)
    carry(store, portal, LATER)
    with portal.reading() as db:
        assert portal_contacts.ADDRESSES.get(db, digest_of_token(token).hex()) is None
        assert portal_contacts.contacts(db) == {}
        assert views.marks(db) == {}


class Killed(Exception):
    """The process ends here."""


def killed(at: str) -> Callable[[str], None]:
    def step(name: str) -> None:
        if name == at:
            raise Killed

    return step


@SLOW_POSTGRESQL
def test_broken_off_anywhere_an_entry_is_taken_in_once(store: Store, portal: Database) -> None:
    id, _ = invited(store)
    carry(store, portal, LATER)
    for n, at in enumerate(("read", "inside", "outside"), 1):
        sent(portal, id, f"e{n}")
        for _ in range(2):
            with pytest.raises(Killed):
                carry(store, portal, LATER, step=killed(at))
        carry(store, portal, LATER)
        names = [f"e{number}" for number in range(1, n + 1)]
        assert sorted(entries(store)) == names, at
        with portal.reading() as db:
            found = views.outcomes_of(db, [name.ljust(32, "0") for name in [*names, "f"]])
        assert [outcome.state for outcome in found.values()] == ["waits"] * n, at
        assert carry(store, portal, LATER).is_all_done


@SLOW_POSTGRESQL
def test_neither_a_second_turn_at_the_same_time_nor_a_new_portal_takes_anything_in_twice(
    store: Store, portal: Database, tmp_path: Path
) -> None:
    """A lost portal is made anew, and contacts go on."""
    id, token = invited(store)
    carry(store, portal, LATER)
    sent(portal, id, "e1")

    def meanwhile(name: str) -> None:
        if name == "read":
            carry(store, portal, LATER)

    carry(store, portal, LATER, step=meanwhile)
    assert entries(store) == ["e1"]
    other = make_portal(str(tmp_path / "other.db"))
    carry(store, other, LATER)
    with other.reading() as db:
        assert portal_contacts.ADDRESSES.get(db, digest_of_token(token).hex()) is not None
        assert views.marks(db).keys() == {"police-p0"}
    assert entries(store) == ["e1"]


@contextmanager
def rows_read(*databases: Database) -> Iterator[list[int]]:
    """How many rows each statement of these databases gives meanwhile."""
    found: list[int] = []

    def executed(
        connection: Connection, _cursor: object, statement: str, parameters: tuple[object, ...], *_: object
    ) -> None:
        if statement.startswith("SELECT"):
            found.append(len(connection.connection.cursor().execute(statement, parameters).fetchall()))

    for database in databases:
        event.listen(database.engine, "after_cursor_execute", executed)
    yield found
    for database in databases:
        event.remove(database.engine, "after_cursor_execute", executed)


@FILE
def test_what_a_turn_reads_does_not_grow_with_what_was_ever_sent(store: Store, portal: Database) -> None:
    id, _ = invited(store)
    kept = Remembered()
    for n, since in enumerate((timedelta(days=200), timedelta(days=20))):
        rows = [(f"{n}{number:03x}".rjust(32, "a"), LATER - since) for number in range(150)]
        with store.writing() as db:
            party_entries.ENTRIES.add(db, *(known(id, *row, is_settled=True) for row in rows))
        for _ in range(2):
            carry(store, portal, LATER, kept)
    with rows_read(store, portal) as quiet:
        assert carry(store, portal, LATER, kept).is_all_done
    assert len(quiet) <= 45
    assert max(quiet) <= 5, "that of entries that are settled is read again when something has changed"
    with rows_read(store, portal) as first:
        assert carry(store, portal, LATER, Remembered()).is_all_done
    assert max(first) == 150, "of the last months alone"
    with store.writing() as db:
        party_entries.ENTRIES.add(db, known(id, "b" * 32, LATER, is_settled=False))
    with rows_read(store, portal) as changed:
        carry(store, portal, LATER, kept)
    assert max(changed) == 151


def known(contact: str, id: str, at: datetime, *, is_settled: bool) -> PartyEntry:
    """An entry that was put aside, or waits."""
    made = PartyEntry(id, contact, digest_of(id.encode()), "police-p0", "report", BODY, "", "", at, at, id)
    return replace(made, state="aside", settled_at=at) if is_settled else made


def file_of(portal: Database) -> Path:
    assert portal.place.path is not None
    return portal.place.path


def state(portal: Database, id: str) -> str:
    with portal.reading() as db:
        return views.outcomes_of(db, [id.ljust(32, "0")])[id.ljust(32, "0")].state


@FILE
def test_what_became_of_an_entry_is_told_again_where_it_or_the_portal_was_put_back(
    store: Store, portal: Database
) -> None:
    """One is settled and one put back between two turns: as many wait as before.

    The marks of both sides are known to a console that goes on meanwhile.
    """
    id, _ = invited(store)
    kept = Remembered()
    carry(store, portal, LATER, kept)
    for name in ("e1", "e2"):
        sent(portal, id, name)
    carry(store, portal, LATER, kept)
    before = whole(file_of(portal))
    put_aside(store, "e1".ljust(32, "0"), "test", LATER)
    for _ in range(3):
        carry(store, portal, LATER, kept)
    assert state(portal, "e1") == "aside"
    now = LATER + timedelta(minutes=1)
    put_aside(store, "e2".ljust(32, "0"), "test", now)
    put_back(store, "e1".ljust(32, "0"), "test", now)
    for _ in range(2):
        carry(store, portal, now, kept)
    assert (state(portal, "e1"), state(portal, "e2")) == ("waits", "aside")
    portal.engine.dispose()
    for path in file_of(portal).parent.glob("portal.db-*"):
        path.unlink()
    file_of(portal).write_bytes(before)
    assert state(portal, "e2") == "waits"
    for _ in range(2):
        carry(store, portal, now, kept)
    assert (state(portal, "e1"), state(portal, "e2")) == ("waits", "aside")
    assert entries(store) == ["e1", "e2"]


@FILE
@pytest.mark.parametrize("in_order", often([False], [True]))
def test_of_what_was_corrected_the_last_words_are_taken_back(store: Store, portal: Database, in_order: bool) -> None:
    """In whatever order they came: both are one entry of the year."""
    id, _ = invited(store)
    carry(store, portal, LATER)
    corrects: dict[str, Any] = {"corrects": "e1".ljust(32, "0"), "reported": years.NOW + timedelta(minutes=1)}
    came: list[tuple[str, dict[str, Any]]] = [("e1", {}), ("e2", corrects)]
    for name, said in came if in_order else reversed(came):
        sent(portal, id, name, **said)
    carry(store, portal, LATER)
    with store.reading() as db:
        seen = opened_draft(db).stamp
    enter_reports(store, id, "test", LATER, seen)
    carry(store, portal, LATER)
    assert state(portal, "e2") == "taken"
    with store.reading() as db:
        (number,), seen = [entry.number for entry in drafts.entries(db)], opened_draft(db).stamp
    take_back(store, number, "test", LATER, seen)
    carry(store, portal, LATER)
    assert (state(portal, "e1"), state(portal, "e2")) == ("taken", "taken-back")


def strange(portal: Database, **columns: object) -> None:
    """Writes a row that the portal never would."""
    row = {
        "id": "0" * 32, "contact": "c", "key": "k", "party": "police-p0", "kind": "report", "body": BODY,
        "corrects": "", "seen": "", "reported": years.NOW, "session": "s",
    }  # fmt: skip
    with portal.writing() as db:
        db.execute(insert(inbox.INBOX.table), [row | columns])


@SLOW_POSTGRESQL
def test_rows_that_are_none_hold_up_nobody(store: Store, portal: Database) -> None:
    id, _ = invited(store)
    carry(store, portal, LATER)
    strange(portal, id="a" * 32, body="x" * 500_000)
    strange(portal, id="b" * 32, key="b", body="[")
    strange(portal, id="short", key="short")
    strange(portal, id="", key="none")
    with portal.writing() as db:
        db.exec_driver_sql(f"UPDATE inbox SET reported = 'never' WHERE id = '{'b' * 32}'")
    sent(portal, id, "e1")
    turns = [carry(store, portal, LATER) for _ in range(3)]
    assert entries(store) == ["e1"]
    assert [(turn.n_left, turn.n_faults) for turn in turns] == [(0, 4), (0, 0), (0, 0)], "each is told once"
    assert turns[1].is_all_done
    with store.reading() as db:
        assert party_entries.faults(db) == {("size", ""): 1, ("value", ""): 3}
    with store.writing() as db:
        party_entries.FAULTS.remove(db)
    assert carry(store, portal, LATER).is_all_done, "what somebody has seen does not come again"


@FILE
@pytest.mark.parametrize(
    "value", often(["7", "CAST(X'31FF' AS TEXT)"], ["'x'", "''", "'2027-13-45T00:00:00.000000Z'", "X'FF'"])
)
def test_a_session_of_no_moment_holds_up_nobody(store: Store, portal: Database, value: str) -> None:
    """Neither reports, nor when another contact came in; nor does a moment that is yet to come."""
    bad, good = invited(store)[0], invited(store, "p1")[0]
    carry(store, portal, LATER)
    with portal.writing() as db:
        for n, contact in enumerate((bad, good)):
            sessions.let_in(db, str(n), contact, "address", years.NOW)
        sessions.let_in(db, "2", good, "address", LATER + timedelta(days=1))
        db.exec_driver_sql(f"UPDATE session_contact SET begun_at = {value} WHERE contact = '{bad}'")
    sent(portal, bad, "e1")
    carry(store, portal, LATER)
    assert entries(store) == ["e1"]
    with store.reading() as db:
        assert {contact.id: contact.came_in_at for contact in contacts.CONTACTS.all(db)} == {bad: None, good: years.NOW}


@FILE
@pytest.mark.parametrize("n", often([200], [10_000]))
def test_of_rows_that_are_forged_doubled_cut_and_reordered_none_is_taken_in_and_none_lost(
    store: Store, portal: Database, n: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has the portal's machine writes into a table that refuses nothing; turns are broken off meanwhile."""
    monkeypatch.setattr(sync, "MOST_ROW_BYTES", 10_000)
    draw = random.Random(27)
    parties = {invited(store, f"p{party}")[0]: f"police-p{party}" for party in range(2) for _ in range(n // 200)}
    carry(store, portal, LATER)
    rows = [row for row in _forged(draw, parties, n) for _ in range(1 + (draw.random() < 0.1))]
    draw.shuffle(rows)
    _fill_anew(portal, [values for _, values in rows])
    turns = 0
    while not turns or not carry(store, portal, LATER).is_all_done:
        turns += 1
        with suppress(Killed):
            carry(store, portal, LATER, step=killed(draw.choice(["read", "inside", "outside", ""])))
        assert turns < n
    kinds = Counter(kind for kind, _ in rows)
    assert min(kinds.values()) > n / 100, "there are some of each kind"
    once = {row for row in rows if row[0] != "unreadable"}
    with store.reading() as db:
        taken, faults = party_entries.ENTRIES.all(db), party_entries.faults(db)
    assert {entry.key for entry in taken} == {row[2] for kind, row in once if kind == "sound"}
    assert len(taken) == len({entry.key for entry in taken})
    assert sum(faults.values()) == kinds["unreadable"] + sum(kind in ("bad", "rival") for kind, _ in once)


Row = tuple[str, tuple[str | int | bytes | None, ...]]


def _forged(draw: random.Random, parties: dict[str, str], n: int) -> Iterator[Row]:
    """Rows as the portal writes them, rivals of such by the same number or form, and rows with one thing wrong."""
    for number in range(n):
        contact, id, key = draw.choice(list(parties)), digest_of(b"%d" % number)[:32], digest_of(b"key %d" % number)
        sound = (id, contact, key, parties[contact], "report", BODY, "", "", "2027-02-01T06:10:00.000000Z", "s")
        wrong: dict[int, tuple[str, ...]] = {
            0: ("", id[:-1], f"{id}0", id.upper() + "é"), 1: ("nobody", ""), 2: ("k", f"{key}0"), 3: ("police-p9", ""),
            4: ("decision", "teams"), 5: (BODY[:-3], "[" * 999, "", "{}"), 6: ("e", "; --"), 7: ("e", "\0" * 64),
        }  # fmt: skip
        none: dict[int, tuple[str | int | bytes | None, ...]] = {
            0: (7, b"\xff" * 32, None), 2: (None,), 5: ("x" * 20_000, b"\xff", None), 7: (1,),
            8: ("never", 1, "0001-01-01T00:00:00+09:00", None),
        }  # fmt: skip
        kind = draw.choice(["sound", "rival", "bad", "unreadable"])
        if kind in ("sound", "rival"):
            yield "sound", sound
        if kind == "rival":
            yield kind, draw.choice([(*sound[:5], BODY.replace("Ring", "Nej"), *sound[6:]), (id[::-1], *sound[1:])])
        elif kind != "sound":
            values: Mapping[int, tuple[str | int | bytes | None, ...]] = wrong if kind == "bad" else none
            at = draw.choice(list(values))
            yield kind, (*sound[:at], draw.choice(values[at]), *sound[at + 1 :])


def _fill_anew(portal: Database, rows: list[tuple[str | int | bytes | None, ...]]) -> None:
    """Puts these rows into an inbox whose columns take anything, twice too."""
    names = [column.name for column in inbox.INBOX.table.columns if column.name != "number"]
    with portal.writing() as db:
        db.exec_driver_sql("DROP TABLE inbox")
        db.exec_driver_sql(f"CREATE TABLE inbox (number INTEGER PRIMARY KEY, {', '.join(names)})")
        marks = ", ".join("?" * len(names))
        db.exec_driver_sql(f"INSERT INTO inbox ({', '.join(names)}) VALUES ({marks})", rows)


@SLOW_POSTGRESQL
def test_a_turn_reads_so_many_rows_and_reports_first(
    store: Store, portal: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("arshjul.office.sync.sync.MOST_ROWS", 2)
    id, _ = invited(store)
    carry(store, portal, LATER)
    for number in range(3):
        sent(portal, id, f"bac{number}", kind="still", body='{"withdrawal": "A1"}')
    sent(portal, id, "fe")
    turn = carry(store, portal, LATER)
    assert (turn.n_taken, turn.n_left) == (2, 2)
    assert set(entries(store)) == {"fe", "bac"}, "ids ending in zero lose it here: bac0"
    assert carry(store, portal, LATER) == Turn(2, 0, 0, is_all_done=False)


def test_nothing_of_the_plan_is_in_the_portal_s_file(tmp_path: Path) -> None:
    """No scenario, plan, site or title: in the file, its log, a dump; and of parties those that take part."""
    year = years.scenario(4, n_police=5)  # the fifth unit takes part in nothing
    store = make_store(str(tmp_path / "year.db"))
    years.published(store, years.write(tmp_path / "plan", year, years.plan(year)))
    invited(store)
    nominates, _ = invited(store, "a0", "nominate")
    file = tmp_path / "portal.db"
    portal = make_portal(str(file))
    with portal.kept_open():
        carry(store, portal, LATER)
        told = [f"Vi har {word} 0 redan" for word in (years.TITLE, years.SITE_NAME, years.SITE_ADDRESS)]
        for number, reason in enumerate(told):
            sent(portal, nominates, f"e{number}", "agency-a0", kind="object", body=OBJECT)
            carry(store, portal, LATER)
            with pytest.raises(InputError):
                decline(store, f"e{number}".ljust(32, "0"), reason, "test", LATER, is_sure=True)
            with pytest.raises(InputError):
                merge(store, f"e{number}".ljust(32, "0"), "OP-000", reason, "test", LATER, is_sure=True)
        decline(store, "e0".ljust(32, "0"), "Redan planerad", "test", LATER, is_sure=False)
        carry(store, portal, LATER)
        with portal.reading() as db:
            bodies = [views.body(db, party)[1] for party in ("police-p0", "agency-a0")]
        files = b"".join(path.read_bytes() for path in tmp_path.glob("portal.db*"))
    dumped = "\n".join(sqlite3.connect(file).iterdump())
    canaries = (years.TITLE, *years.SITES, "plan.json", "scenario.json", '"placements"', '"operations"', "LPO 4")
    for text in (*bodies, dumped, files.decode("utf-8", "replace"), whole(file).decode("utf-8", "replace")):
        assert [word for word in canaries if word in text] == []
    assert all(json.loads(body)["events"] for body in bodies)
    assert "LPO 1" not in bodies[0], "a unit reads nothing of another's operations"
    assert "OP-000" in dumped, "its own operations it has"
    assert "Redan planerad" in dumped, "and the reason that it is told"


@SLOW_POSTGRESQL
def test_after_a_quiet_summer_a_report_comes_in_and_what_takes_effect_waits_for_an_answer_about_the_clock(
    store: Store, portal: Database
) -> None:
    id, _ = invited(store)
    carry(store, portal, LATER)
    late = LATER + audit.LONGEST_PAUSE + timedelta(days=4)
    sent(portal, id, "e1", reported=late)
    carry(store, portal, late)
    assert entries(store) == ["e1"]
    body = json.dumps({"content": "all", "digest": "a" * 64})
    sent(portal, id, "e2", kind="calendar", body=body, reported=late)
    with pytest.raises(Refused, match="days after the last change"):
        carry(store, portal, late)
    assert entries(store) == ["e1"], "and is not refused for good"
    with store.writing() as db:
        audit.add(db, late, "test", Mended())
    carry(store, portal, late)
    with store.reading() as db:
        assert [entry.state for entry in party_entries.ENTRIES.all(db)] == ["waits", "handed"]
