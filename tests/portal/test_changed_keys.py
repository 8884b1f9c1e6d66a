"""change-sheet-keys: all that opened opens after it, killed at any step or not, and the old keys open nothing more."""

from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from arshjul.actions.parties.changing_keys import ChangedKeys, change_keys
from arshjul.actions.parties.own_database import open_own
from arshjul.actions.parties.purging import purge_sheets
from arshjul.actions.parties.sheet_slots import PurgedSheet
from arshjul.errors import InputError
from arshjul.store.database import Database
from arshjul.store.portal import sheets as rows
from arshjul.store.portal.sheet_keys import SheetKeys
from tests import kills
from tests.commands import ran
from tests.kills import killed_at, steps_of
from tests.portal.conftest import Office
from tests.portal.test_hidden import copy_for, raised
from tests.portal.test_purged_sheets import (
    AFTER,
    DECISION,
    OTHER_OPERATION,
    SLOW_POSTGRESQL,
    bodies,
    copies,
    desk,
    n_opened,
    with_sheets,
)
from tests.portal.test_sheets import AGENCY, LEAD, OPERATION, POLICE, PURPOSE, keys, written

__all__ = ["desk", "with_sheets"]

OLD_FILE = "old.keys"


def old_keys(office: Office, folder: Path) -> SheetKeys:
    """A copy of the file of keys as it is now."""
    made = SheetKeys(folder / OLD_FILE)
    made.file.touch(0o600)
    made.file.write_bytes(keys(office).file.read_bytes())
    return made


def lines_of(own: SheetKeys, operation: str = OPERATION) -> list[str]:
    return [line for line in own.file.read_text().splitlines() if line.startswith(f"{operation} ")]


def test_all_opens_as_before_and_old_keys_open_copies_of_then_alone(desk: Office, tmp_path: Path) -> None:
    own, old = keys(desk), old_keys(desk, tmp_path)
    before = {party: copy_for(desk, party) for party in (LEAD, AGENCY, POLICE)}
    then, other = bodies(desk.portal), lines_of(own, OTHER_OPERATION)
    held = copies(desk, tmp_path / "then")
    assert change_keys(desk.portal, own, OPERATION) == ChangedKeys((OPERATION,), 0)
    assert {party: copy_for(desk, party) for party in before} == before
    assert len(before[POLICE].sections) == 2, "one of them hidden"
    assert n_opened(desk.portal, old) == 0
    assert [n_opened(one, own) for one in held] == [0] * len(held), "new keys open no old copy"
    assert [n_opened(one, old) for one in held] == [3] * len(held), "as docs/threats.md says: a copy opens a copy"
    assert len(lines_of(own)) == 1
    assert lines_of(own) != lines_of(old)
    assert lines_of(own, OTHER_OPERATION) == other
    assert own.file.stat().st_mode & 0o777 == 0o600
    assert [len(body) for _, body in bodies(desk.portal)] == [len(body) for _, body in then]
    if (path := desk.portal.place.path) is not None:
        for file in path.parent.glob(f"{path.name}*"):
            assert not [place for place, body in then if body[-64:] in file.read_bytes()], file


def test_without_an_operation_all_keys_are_changed(desk: Office, tmp_path: Path) -> None:
    own, old = keys(desk), old_keys(desk, tmp_path)
    assert change_keys(desk.portal, own).operations == (OPERATION, OTHER_OPERATION)
    for operation in (OPERATION, OTHER_OPERATION):
        assert len(lines_of(own, operation)) == 1
        assert lines_of(own, operation) != lines_of(old, operation)
    assert n_opened(desk.portal, own) == 3


@pytest.fixture
def _steps() -> Iterator[None]:
    """Of the portal's database."""
    with (
        mock.patch.object(Database, "reading", kills.watched_reading),
        mock.patch.object(Database, "writing", kills.watched_writing),
    ):
        yield


@SLOW_POSTGRESQL
@pytest.mark.usefixtures("_steps")
def test_killed_at_any_step_nothing_is_lost_and_the_next_call_goes_on(desk: Office, tmp_path: Path) -> None:
    own = keys(desk)
    before = {party: copy_for(desk, party) for party in (LEAD, POLICE)}
    agency = raised(desk, desk.browser("a1", "sheet"))
    place = desk.own or desk.portal.name

    def work() -> object:
        return change_keys(open_own(place), own, OPERATION)

    steps = steps_of(work)
    assert {"begun", "sheet_section", "sheet_slot", "committed", "committed 2"} <= {*steps}
    for number, step in enumerate(steps):
        desk.portal.engine.dispose()
        killed_at(step, work)
        assert {party: copy_for(desk, party) for party in before} == before, step
        assert written(agency, "F", {"checks": f"Efter steg {number}"}).status == 303, step
        assert f"Efter steg {number}" in agency.get(f"/sheets/{OPERATION}/F").text, step
    old = old_keys(desk, tmp_path)
    assert change_keys(desk.portal, own, OPERATION).n_closed == 0
    assert len(lines_of(own)) == 1
    assert {party: copy_for(desk, party) for party in before} == before
    assert n_opened(desk.portal, old) == 0
    assert n_opened(desk.portal, own) == 4


@SLOW_POSTGRESQL
def test_what_no_key_opens_is_left_and_told(desk: Office, tmp_path: Path) -> None:
    own = keys(desk)
    with desk.portal.writing() as db:
        rows.put_bodies(db, {(OPERATION, AGENCY, "B", 1): b"x" * 1052})
    assert change_keys(desk.portal, own, OPERATION).n_closed == 1
    with desk.portal.reading() as db:
        assert {one.section: one.body == b"x" * 1052 for one in rows.of_operation(db, OPERATION)} == {
            "B": True,
            "D": False,
        }
    assert n_opened(desk.portal, own) == 2
    assert old_keys(desk, tmp_path).file.exists()


@SLOW_POSTGRESQL
def test_keys_of_another_database_are_left(desk: Office, tmp_path: Path) -> None:
    own = keys(desk)
    with own.file.open("a") as opened:
        opened.write(f"OP-777 {lines_of(own)[0].split()[1]}")
    before = own.file.read_bytes()
    for wrong, operation in ((own, "OP-777"), (own, "OP-999"), (SheetKeys(tmp_path / "none.keys"), "")):
        with pytest.raises(InputError, match="opens nothing of what is written"):
            change_keys(desk.portal, wrong, operation)
    assert own.file.read_bytes() == before
    assert not (tmp_path / "none.keys").exists()
    change_keys(desk.portal, own, OPERATION)
    assert lines_of(own, "OP-777") == [before.decode().splitlines()[-1]], "also where a line had no end"
    purge_sheets(desk.portal, own, OPERATION, DECISION, AFTER)
    with pytest.raises(PurgedSheet):
        change_keys(desk.portal, own, OPERATION)
    assert change_keys(desk.portal, own).operations == (OTHER_OPERATION,)


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
def test_the_command(desk: Office) -> None:
    words: list[str | Path] = ["change-sheet-keys", "--portal-db", desk.portal.name, "--sheet-keys", keys(desk).file]
    done = ran(words)
    assert done.exit_code == 0, done.output
    assert "2 insatser" in done.output
    with desk.portal.writing() as db:
        rows.put_bodies(db, {(OPERATION, AGENCY, "B", 1): b"x" * 1052})
    damaged = ran([*words, OPERATION])
    assert damaged.exit_code == 1
    assert "öppnas av ingen nyckel" in damaged.output
    assert written(desk.browser("a1", "sheet"), "F", PURPOSE).status == 303
