"""Sites under a key of their own: not to be read in the database's file, and not without the key."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from arshjul.errors import InputError
from arshjul.office.console.app import ConsoleServer
from arshjul.office.database.doctor import damage
from arshjul.office.database.purge_sites import purge_sites
from arshjul.office.draft.import_year import checkout, import_year
from arshjul.office.store import revisions
from arshjul.office.store.site_key import key_in
from arshjul.office.store.store import make_store, open_store
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from tests import years
from tests.commands import ran
from tests.office.console.conftest import NOW, AtOnce, Desk
from tests.office.console.process import ConsoleProcess


def silent(_: str) -> None:
    """Speaks to nobody."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    year = replace(years.scenario(), language="en")
    years.write(tmp_path / "plan", year, years.plan(year))
    return tmp_path


def opened(folder: Path) -> Desk:
    """A console over the folder's year, imported under a key."""
    import_year(folder / "plan", lambda: make_store(str(folder / "y.db")).with_key(folder / "key"), "x", NOW, silent)
    desk = Desk(open_store(str(folder / "y.db")).with_key(folder / "key"))
    desk.console = ConsoleServer(desk.store, AtOnce("", 60), clock=lambda: desk.now)
    return desk


def test_another_key_or_none_is_told(folder: Path) -> None:
    opened(folder)
    other = open_store(str(folder / "y.db"))
    key_in(folder / "wrong")
    for store, said in ((other, "give their key with --key-file"), (other.with_key(folder / "wrong"), "does not open")):
        with pytest.raises(InputError, match=said):
            checkout(store, folder / "out", silent)
        assert Desk(store).browser().get("/").status == 422
        with pytest.raises(InputError, match=said):
            years.published(store, read_plan_folder(folder / "plan"), NOW)


def test_a_key_that_is_none_is_refused(folder: Path) -> None:
    (folder / "key").write_text("nyckel")
    (folder / "key").chmod(0o600)
    with pytest.raises(InputError, match="has no key"):
        opened(folder)
    (folder / "key").chmod(0o644)
    with pytest.raises(InputError, match="chmod 600"):
        opened(folder)


def test_a_year_is_lived_under_a_key_by_its_commands(folder: Path) -> None:
    """From import to a restored copy: the key opens it, none and another do not, and no file tells a site."""
    key, db, copy, other = (str(folder / name) for name in ("key", "y.db", "copy.db", "other.db"))

    def run(*words: str, code: int = 0, key: str | None = key) -> str:
        more = () if key is None else ("--key-file", key)
        done = ran([*words, *more], env={"ARSHJUL_LANGUAGE": "en"})
        assert done.exit_code == code, (words, done.output, done.exception)
        return done.output

    run("import", str(folder / "plan"), "--db", db)
    assert (folder / "key").stat().st_mode & 0o777 == 0o600
    with ConsoleProcess(db, "--key-file", key) as console:
        shown = console.get("/publish")
        assert (
            "Planens version 1 är publicerad"
            in console.send(shown, "/publish", digest=shown.field("digest"), reason="x").text
        )
    for wrong, said in ((None, "give their key with --key-file"), (str(folder / "wrong"), "bring back their key")):
        for words in (("checkout", "--db", db, "-o", str(folder / "out")), ("console", "--db", db, "--port", "0")):
            assert said in run(*words, code=2, key=wrong)
    run("backup", copy, "--db", db, "--with-sites", key=None)
    assert "No errors." in run("doctor", "--db", db)
    run("restore", copy, "--db", other, key=None)
    assert "as published" in run("checkout", "--db", other, "-o", str(folder / "out"))
    assert [site.name for site in read_plan_folder(folder / "out").scenario.operations["OP-001"].sites]
    run("checkout", "--db", other, "-o", str(folder / "none"), code=2, key=None)
    for file in (*folder.glob("*.db*"), folder / "key"):
        for site in years.SITES:
            assert site.encode() not in file.read_bytes(), file


def test_a_backup_says_to_a_machine_what_it_lacks(folder: Path) -> None:
    opened(folder)
    key_in(folder / "wrong")

    def made(name: str, *words: str, code: int = 0) -> dict[str, object]:
        given = ("backup", str(folder / name), "--db", str(folder / "y.db"), "--json", *words)
        done = ran(given, env={"ARSHJUL_LANGUAGE": "en"})
        assert done.exit_code == code, (words, done.output, done.exception)
        said = json.loads(done.stdout)
        return {name: said[name] for name in ("in_clear", "unchecked", "key_fault")}

    assert made("a.db") == {"in_clear": 0, "unchecked": False, "key_fault": None}
    assert made("b.db", "--with-sites") == {"in_clear": 0, "unchecked": True, "key_fault": None}
    said = made("c.db", "--with-sites", "--key-file", str(folder / "wrong"), code=1)
    assert "does not open" in str(said["key_fault"])


def test_a_key_is_changed_by_putting_a_new_one_above_it(folder: Path) -> None:
    opened(folder)
    old = (folder / "key").read_text()
    key_in(folder / "new")
    new = (folder / "new").read_text()
    (folder / "key").write_text(new + old)
    store = open_store(str(folder / "y.db")).with_key(folder / "key")
    years.published(store, read_plan_folder(folder / "plan"), NOW)
    assert damage(store) == []
    assert purge_sites(store, 0, "x", NOW + timedelta(days=1)).n == 0, "they are those that are served"
    for text, opens in ((new + old, True), (old, False)):
        (folder / "key").write_text(text)
        with store.with_key(folder / "key").reading() as db:
            if opens:
                assert len(revisions.sites(db, 1)) == 4
            else:
                with pytest.raises(InputError, match="does not open"):
                    revisions.sites(db, 1)
