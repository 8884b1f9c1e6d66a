"""Sites under a key of their own: not to be read in the database's file, and not without the key."""

from datetime import timedelta
from pathlib import Path

import pytest

from arshjul.actions.checkout import checkout
from arshjul.actions.doctor import damage
from arshjul.actions.import_year import import_year
from arshjul.actions.purge_sites import purge_sites
from arshjul.console.app import ConsoleServer
from arshjul.errors import InputError
from arshjul.formats.plan.plan_folder import read_plan_folder
from arshjul.store.store import open_store
from tests import years
from tests.console.conftest import NOW, AtOnce, Desk


def silent(_: str) -> None:
    """Speaks to nobody."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    year = years.scenario()
    years.write(tmp_path / "plan", year, years.plan(year))
    return tmp_path


def opened(folder: Path) -> Desk:
    """A console over the folder's year, imported under a key."""
    import_year(folder / "plan", str(folder / "y.db"), "x", NOW, silent, key_file=folder / "key")
    desk = Desk(open_store(str(folder / "y.db")).with_key(folder / "key"))
    desk.console = ConsoleServer(desk.store, AtOnce("", 60), clock=lambda: desk.now)
    return desk


def test_no_site_can_be_read_in_the_file(folder: Path) -> None:
    desk = opened(folder)
    browser = desk.browser()
    shown = browser.get("/publish")
    assert browser.send(shown, "/publish", digest=shown.field("digest"), reason="x").status == 303
    for file in folder.glob("y.db*"):
        for site in years.SITES:
            assert site.encode() not in file.read_bytes(), file
    assert damage(desk.store) == []
    checkout(desk.store, folder / "out", silent)
    assert [one.name for one in read_plan_folder(folder / "out").scenario.operations["OP-001"].sites]
    assert purge_sites(desk.store, 0, "x", NOW + timedelta(days=1)).n == 4


def test_another_key_or_none_is_told(folder: Path) -> None:
    opened(folder)
    other = open_store(str(folder / "y.db"))
    for store, said in ((other, "name the file of their key"), (other.with_key(folder / "wrong"), "does not open")):
        with pytest.raises(InputError, match=said):
            checkout(store, folder / "out", silent)
        assert Desk(store).browser().get("/").status == 422
    with pytest.raises(InputError, match="name the file of their key"):
        years.published(other, read_plan_folder(folder / "plan"), NOW)


def test_a_key_that_is_none_is_refused(folder: Path) -> None:
    (folder / "key").write_text("nyckel")
    (folder / "key").chmod(0o600)
    with pytest.raises(InputError, match="holds no key"):
        opened(folder)
    (folder / "key").chmod(0o644)
    with pytest.raises(InputError, match="chmod 600"):
        opened(folder)
