"""Both databases: made by one step, which another may follow; what others made, or another kind, is left alone."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Index, Integer, MetaData, String, Table, inspect, text

from arshjul.errors import InputError, StorageError
from arshjul.office.database.backup import backup, digest_of_file, manifest_of
from arshjul.office.database.restore import restore
from arshjul.office.store import revisions, schema
from arshjul.office.store import tables as year_tables
from arshjul.office.store.store import make_store, open_store
from arshjul.office.sync.sync import make_portal
from arshjul.portal.store import tables as portal_tables
from arshjul.portal.store import views
from arshjul.portal.store.schema import PORTAL
from arshjul.portal.store.views import EntryOutcome
from arshjul.serving.sql import versions
from arshjul.serving.sql.columns import tables_id
from arshjul.serving.sql.database import make_database, open_database
from arshjul.serving.sql.engine import engine as make_engine
from arshjul.serving.sql.engine import place
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


def test_each_database_has_a_key_of_its_own_and_keeps_it(url: str, tmp_path: Path) -> None:
    keys = []
    for name in (url, str(tmp_path / "other.db"), url):
        with make_store(name).reading() as db:
            keys.append(revisions.uid_key(db))
    assert keys[0] == keys[2] != keys[1]
    assert len(keys[0]) == 32


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


def test_the_year_s_is_not_taken_for_the_portal_s_and_a_missing_one_is_made_by_carry(url: str, tmp_path: Path) -> None:
    make_store(url)
    for opened in (make_database, open_database):
        with pytest.raises(InputError, match="is of the other kind"):
            opened(url, PORTAL)
    with pytest.raises(InputError, match="make it with `arshjul sync`"):
        open_database(str(tmp_path / "portal.db"), PORTAL)
