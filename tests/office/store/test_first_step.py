"""Both databases: made by one step, which another may follow; what others made, or another kind, is left alone."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Annotated, Literal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Index, Integer, MetaData, String, Table, inspect, text
from sqlalchemy.schema import CreateTable

from arshjul.errors import InputError, StorageError
from arshjul.office.database.backup import backup, digest_of_file, manifest_of
from arshjul.office.database.restore import restore
from arshjul.office.store import revisions, schema
from arshjul.office.store import tables as year_tables
from arshjul.office.store.store import make_store, open_store
from arshjul.office.sync.sync import make_portal
from arshjul.portal.store import tables as portal_tables
from arshjul.portal.store import views
from arshjul.portal.store.contacts import CONTACTS, PortalContact, contacts
from arshjul.portal.store.inbox import INBOX, LATEST, InboxRow
from arshjul.portal.store.schema import PORTAL
from arshjul.portal.store.sessions import SESSIONS, StoredSession
from arshjul.portal.store.sheets import SECTIONS, SectionRow
from arshjul.portal.store.views import EntryOutcome
from arshjul.serving.sql import versions
from arshjul.serving.sql.columns import NAMING, Default, Of, Sha256, Transient, table_of, tables_id
from arshjul.serving.sql.database import Database, make_database, open_database
from arshjul.serving.sql.engine import engine as make_engine
from arshjul.serving.sql.engine import place
from arshjul.serving.sql.errors import Damaged
from arshjul.serving.sql.rows import Packed, TableRows
from arshjul.serving.sql.versions import Lineage
from tests import years
from tests.commands import ran
from tests.databases import KINDS, whole
from tests.examples import each

LINEAGES = pytest.mark.parametrize(
    "lineage, tables", [(schema.YEAR, year_tables.metadata), (PORTAL, portal_tables.metadata)]
)

NEXT = '''
"""A column more, and a table that begins with what was there."""
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("state", sa.Column("remark", sa.String(8), nullable=False, server_default="none"))
    made = op.create_table("copied", sa.Column("id", sa.Integer), sa.PrimaryKeyConstraint("id", name="pk_copied"))
    rows = op.get_bind().execute(sa.text("SELECT id FROM state")).mappings().all()
    op.bulk_insert(made, [dict(row) for row in rows])
'''


@LINEAGES
def test_the_tables_are_those_that_are_declared(url: str, lineage: Lineage, tables: MetaData) -> None:
    with make_database(url, lineage).reading() as db:
        assert compare_metadata(MigrationContext.configure(db), tables) == []


@LINEAGES
@pytest.mark.parametrize("is_new", [False, True], ids=["there", "new"])
def test_the_next_step_follows_the_first(
    url: str, tmp_path: Path, lineage: Lineage, tables: MetaData, is_new: bool
) -> None:
    """As after a release: it is taken by a database that is there, whose rows stay, and by a new one."""
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps" / "next.py").write_text(NEXT.format(before=lineage.head))
    later = replace(lineage, steps=(*lineage.steps, tmp_path / "steps"), head="next")
    if not is_new:
        with make_database(url, lineage).writing() as db:
            versions.upgrade(db, later)
    declared = MetaData(naming_convention=tables.naming_convention)
    for table in tables.tables.values():
        table.to_metadata(declared)
    declared.tables["state"].append_column(Column("remark", String(8), nullable=False, server_default="none"))
    Table("copied", declared, Column("id", Integer, primary_key=True))
    with make_database(url, later).reading() as db:
        assert compare_metadata(MigrationContext.configure(db), declared) == []
        assert db.execute(text("SELECT remark FROM state")).scalars().all() == ["none"]
        assert db.execute(text("SELECT id FROM copied")).scalars().all() == [1]
    with pytest.raises(StorageError, match="is another version's, and unchanged"):
        open_database(url, lineage)


@LINEAGES
def test_only_a_step_that_is_alone_follows_the_declarations(lineage: Lineage, tables: MetaData) -> None:
    """Before a second one it must say what it made, or a new database would have that twice."""
    steps = [path for folder in lineage.steps for path in folder.glob("*.py") if path.name != "__init__.py"]
    following = [step.name for step in steps if "create_all" in step.read_text()]
    assert following == ([steps[0].name] if len(steps) == 1 else [])
    assert lineage.head == (tables_id(lineage.kind, tables) if following else lineage.head)


@each(
    [
        lambda table: table.append_column(Column("more", Integer)),
        lambda table: Index("ix_more", table.c.note),
        lambda table: setattr(table.c.note, "nullable", False),
        lambda table: setattr(table.c.note, "type", String(9)),
        lambda table: Table("more", table.metadata, Column("id", Integer, primary_key=True)),
    ]
)
def test_any_change_of_what_is_declared_is_another_version(change: Callable[[Table], object]) -> None:
    made = MetaData()
    table = Table("one", made, Column("id", Integer, primary_key=True), Column("note", String(8)))
    before = tables_id("year", made)
    assert before == tables_id("year", made)
    change(table)
    assert tables_id("year", made) != before


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Beside a copy and a portal's database of before, the year's: as they were when tables had another version."""
    folder = tmp_path_factory.mktemp("former")
    year, portal = make_store(str(folder / "y.db"), wal=False), make_portal(str(folder / "portal.db"))
    years.published(year, years.write(folder / "plan", years.scenario(), years.plan(years.scenario())))
    backup(year, folder / "copy.db", years.NOW)
    copy, manifest = open_store(str(folder / "copy.db")), manifest_of(folder / "copy.db")
    for made, number in ((year, "0021"), (copy, "0021"), (portal, "p0013")):
        with made.writing() as db:
            db.execute(text(f"UPDATE alembic_version SET version_num = '{number}'"))
    says = json.loads(manifest.read_text()) | {"file": digest_of_file(folder / "copy.db")}
    manifest.write_text(json.dumps(says))
    for file in folder.glob("*.db"):
        whole(file)
    return folder


@pytest.fixture
def earlier(former: Path, tmp_path: Path) -> Path:
    return Path(copytree(former, tmp_path, ignore=ignore_patterns("*.db-*"), dirs_exist_ok=True))


COMMANDS = (
    "import plan", "publish plan --reason x", "refresh", "console", "serve", "doctor", "doctor --mend", "backup new.db",
    "checkout -o out", "restore copy.db", "carry --portal-db portal.db",
)  # fmt: skip


def test_a_database_of_an_earlier_version_is_refused_with_the_way_and_not_touched(
    earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So is a portal's, and such a copy is not put back."""
    monkeypatch.chdir(earlier)
    before = {path.name: whole(path) for path in earlier.glob("*.db")}
    way = "är en annan versions, och orörd: kör dess `checkout`, och sedan dennas `import` till en ny databas."
    for command in COMMANDS:
        told = ran([*command.split(), "--db", "y.db"])
        assert told.exit_code != 0, told.output
        assert way in " ".join(told.output.split()), command
        assert {path.name: whole(path) for path in earlier.glob("*.db")} == before, command
    assert not (earlier / "out").exists()
    assert ran(["import", "plan", "--db", "new.db"]).exit_code == 0
    for words in (["carry", "--db", "new.db"], ["portal"]):
        told = ran([*words, "--portal-db", "portal.db"])
        assert "kör dess `arshjul sync` en sista gång, och synkronisera sedan denna" in " ".join(told.output.split())
    assert whole(earlier / "portal.db") == before["portal.db"]
    with pytest.raises(StorageError, match="another version's"):
        restore(earlier / "copy.db", str(earlier / "other.db"), "test", years.NOW)
    assert not (earlier / "other.db").exists()


def test_in_what_another_version_made_no_table_is_made(url: str) -> None:
    with make_store(url).writing() as db:
        db.execute(text("DROP TABLE party_fault"))
        db.execute(text("UPDATE alembic_version SET version_num = '0020'"))
    for opened in (open_store, make_store):
        with pytest.raises(StorageError, match="another version's"):
            opened(url)
    with make_engine(place(url)).connect() as db:
        assert not inspect(db).has_table("party_fault")


@pytest.mark.parametrize(
    ("databases", "n", "n_again"),
    [("sqlite", 33_000, 1), *(pytest.param(kind, 70_000, 70_000, marks=pytest.mark.slow) for kind in KINDS)],
    indirect=["databases"],
)
def test_of_more_rows_than_one_statement_takes_the_outcomes_are_told(url: str, n: int, n_again: int) -> None:
    at = datetime(2027, 2, 1, tzinfo=UTC)
    with make_database(url, PORTAL).writing() as db:
        for some in (n, n_again):  # the second time in place of the first
            views.put_outcomes(db, {number: EntryOutcome("waits", str(number), at) for number in range(some)})
        there = views.outcomes(db, range(n))
        assert [there[number].about for number in range(n)] == [str(number) for number in range(n)]


def test_the_portal_s_is_not_taken_for_the_year_s_and_made_twice_it_is_the_same(url: str) -> None:
    for _ in range(2):
        with make_database(url, PORTAL).writing() as db:
            assert db.execute(text("SELECT count(*) FROM state")).scalar() == 1
    for opened in (make_store, open_store):
        with pytest.raises(InputError, match="is of the other kind"):
            opened(url)


def test_each_database_has_a_key_of_its_own_and_keeps_it(url: str, tmp_path: Path) -> None:
    """Made twice the year's is the same; it is not taken for the portal's, and a missing one of these carry makes."""
    keys = []
    for name in (url, str(tmp_path / "other.db"), url):
        with make_store(name).reading() as db:
            keys.append(revisions.uid_key(db))
            assert db.execute(text("SELECT count(*) FROM state")).scalar() == 1
    assert keys[0] == keys[2] != keys[1]
    assert len(keys[0]) == 32
    for opened in (make_database, open_database):
        with pytest.raises(InputError, match="is of the other kind"):
            opened(url, PORTAL)
    with pytest.raises(InputError, match="make it with `arshjul sync`"):
        open_database(str(tmp_path / "portal.db"), PORTAL)


# -- rows as objects: what is read is what was written, and what bounds


AT = datetime(2027, 2, 1, 8, tzinfo=UTC)
FIRST, SECOND, THIRD = (
    PortalContact(id, party, "Planering", may, "", AT, is_locked=False)
    for id, party, may in (("a", "P1", ("read", "write")), ("b", "P2", ()), ("c", "P1", ("read",)))
)


@dataclass(frozen=True, slots=True)
class Other:
    digest: Sha256
    id: int


@dataclass(frozen=True, slots=True)
class Example:
    id: int
    name: Annotated[str, String(8)]
    digest: Annotated[Sha256, Of("other.digest")]
    state: Annotated[Literal["a", "b"], Default("a")]
    words: tuple[str, ...]
    packed: bytes
    is_so: bool
    at: datetime
    until: datetime | None = None
    before: Annotated[int | None, Of("other.id")] = None
    size: Sha256 | None = None
    more: Annotated[int, Transient] = 0


def test_a_table_follows_from_a_class() -> None:
    others = (Column("first", Integer, primary_key=True), Column("last", Integer), Index("ix", "name", "last"))
    tables = MetaData(naming_convention=NAMING)
    table_of(tables, "other", Other, "digest")
    made = table_of(tables, "example", Example, "id", "name", first=others[:1], last=others[1:])
    said = str(CreateTable(made))
    assert [line.strip(" ,\t") for line in said.strip().splitlines()[1:-1]] == [
        "first INTEGER NOT NULL",
        "id INTEGER NOT NULL",
        "name VARCHAR(8) NOT NULL",
        "digest VARCHAR(64) NOT NULL",
        "state TEXT DEFAULT 'a' NOT NULL",
        "words TEXT NOT NULL",
        "packed BLOB NOT NULL",
        "is_so BOOLEAN NOT NULL",
        "at VARCHAR(27) NOT NULL",
        "until VARCHAR(27)",
        "before INTEGER",
        "size VARCHAR(64)",
        "last INTEGER",
        "CONSTRAINT pk_example PRIMARY KEY (first, id, name)",
        "CONSTRAINT fk_example_digest FOREIGN KEY(digest) REFERENCES other (digest)",
        "CONSTRAINT fk_example_before FOREIGN KEY(before) REFERENCES other (id)",
    ]
    assert [[column.name for column in index.columns] for index in made.indexes] == [["name", "last"]]


@dataclass(frozen=True, slots=True)
class Kept:
    id: int
    packed: Packed | None = None
    words: tuple[str, ...] | None = None
    plain: bytes | None = None


def test_nothing_is_kept_as_nothing_and_what_is_empty_as_empty() -> None:
    rows = TableRows(table_of(MetaData(naming_convention=NAMING), "kept", Kept, "id"), Kept)
    for kept in (Kept(1), Kept(2, b"", (), b""), Kept(3, b"a", ("b",), b"c")):
        assert rows.made(rows.row(kept)) == kept
    assert set(rows.row(Kept(1)).values()) == {1, None}


def test_what_is_read_is_what_was_written_in_the_order_of_the_keys_and_no_others_are_changed(url: str) -> None:
    with make_database(url, PORTAL).writing() as db:
        CONTACTS.add(db)
        CONTACTS.add(db, THIRD, FIRST, SECOND)
        assert CONTACTS.all(db) == [FIRST, SECOND, THIRD] == list(contacts(db).values())
        assert CONTACTS.by(CONTACTS.c.id.desc()).all(db, 2) == [THIRD, SECOND]
        assert (CONTACTS.get(db, "b"), CONTACTS.get(db, "d")) == (SECOND, None)
        p1 = CONTACTS.where(party="P1")
        assert (p1.all(db), p1.first(db), p1.n(db)) == ([FIRST, THIRD], FIRST, 2)
        assert p1.where(CONTACTS.c.id > "a").values(db, CONTACTS.c.id) == ["c"]
        assert CONTACTS.n(db) == 3, "bounding some bounds no others"
        assert p1.set(db, function="Drift") == 2
        assert [contact.function for contact in CONTACTS.all(db)] == ["Drift", "Planering", "Drift"]
        assert CONTACTS.where(id="d").set(db, function="Ledning") == 0
        CONTACTS.put(db, FIRST, replace(SECOND, party="P3"), SECOND, replace(SECOND, id="d"))
        assert CONTACTS.all(db) == [FIRST, SECOND, replace(THIRD, function="Drift"), replace(SECOND, id="d")]
        p1.remove(db)
        assert [contact.id for contact in CONTACTS.all(db)] == ["b", "d"]
        SESSIONS.add(db, *(StoredSession(digest, "sv", AT, visited) for digest, visited in (("1", None), ("2", AT))))
        assert [session.digest for session in SESSIONS.where(visited_at=None).all(db)] == ["1"], "None is looked for"
        assert SESSIONS.where(seen_at=AT, visited_at=AT).n(db) == 1


def test_columns_that_are_no_fields_are_given_or_numbered_and_fields_that_are_no_columns_are_not_kept(url: str) -> None:
    sent = [InboxRow(id, "a", key, "P1", "report", "{}", "", "", AT) for id, key in (("x", "1"), ("y", "2"))]
    version = SectionRow("OP-1", "P1", "risks", 3, "given", "s", AT + timedelta(hours=1), "seal", b"\x00\xff", ("P2",))
    with make_database(url, PORTAL).writing() as db:
        assert (SECTIONS.highest(db, SECTIONS.c.version), INBOX.first(db)) == (0, None)
        INBOX.add(db, sent[0], session="one")
        INBOX.add(db, sent[1], session="two")
        assert (LATEST.all(db), INBOX.where(session="one").all(db)) == (sent[::-1], sent[:1])
        assert INBOX.values(db, INBOX.c.number) == [1, 2]
        SECTIONS.add(db, version)
        assert SECTIONS.get(db, *version.place) == replace(version, without=())
        assert SECTIONS.highest(db, SECTIONS.c.version) == 3


# -- a database that is read in one state, until something is written through it; and statements built once


def add(database: Database, id: str) -> None:
    with database.writing() as db:
        CONTACTS.add(db, replace(FIRST, id=id))


def ids(database: Database) -> list[str]:
    with database.reading() as db:
        return [contact.id for contact in CONTACTS.all(db)]


def test_what_others_write_is_seen_once_something_is_written_or_it_is_asked_for_or_failed(url: str) -> None:
    database = make_database(url, PORTAL)
    with database.writing() as db:
        assert CONTACTS.get(db, "0") is None
        CONTACTS.add(db, replace(FIRST, id="0"))
        assert CONTACTS.get(db, "0") is not None, "within what writes nothing is remembered"
        CONTACTS.remove(db)
    with database.at_once() as once:
        assert ids(once) == []
        add(database, "a")
        assert ids(once) == []
        assert ids(once.apart) == ["a"]
        once.see_anew()
        assert ids(once) == ["a"]
        add(database, "b")
        add(once, "c")
        assert ids(once) == ["a", "b", "c"]
        add(database, "d")
        assert ids(once) == ["a", "b", "c"]
        with pytest.raises(StorageError), once.reading():
            raise Damaged("a row")
        assert ids(once) == ["a", "b", "c", "d"]
    assert ids(database) == ["a", "b", "c", "d"]


def test_the_same_question_has_the_same_statement_whatever_is_asked_for(url: str) -> None:
    database = make_database(url, PORTAL)
    some = CONTACTS.where(party="P1")
    assert some.query is CONTACTS.where(party="P2").query
    assert some.query is not CONTACTS.where(party=None).query
    add(database, "a")
    with database.reading() as db:
        before = len(CONTACTS._statements)
        for party in ("P1", "P2"):
            of_party = CONTACTS.where(party=party)
            is_there = party == "P1"
            assert of_party.n(db) == len(of_party.all(db)) == len(of_party.values(db, CONTACTS.c.id)) == is_there
        known = len(CONTACTS._statements)
        assert CONTACTS.where(party="P3").n(db) == 0
        assert len(CONTACTS._statements) == known <= before + 3
