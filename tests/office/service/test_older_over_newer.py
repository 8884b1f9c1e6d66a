"""Nothing that was made from something older takes the place of something newer, by whatever door it comes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree

import pytest

from arshjul.errors import Refused
from arshjul.office.database.backup import backup
from arshjul.office.database.restore import restore
from arshjul.office.draft.draft import OvertakenDraft
from arshjul.office.draft.import_year import checkout, import_year
from arshjul.office.draft.publish_draft import difference, publish_draft
from arshjul.office.draft.stored_draft import keep, opened_draft
from arshjul.office.publishing.publish import Cause, refresh
from arshjul.office.publishing.served_revision import published_year, whole_scenario
from arshjul.office.publishing.stale_revision import StaleRevision
from arshjul.office.store.store import Store
from arshjul.year.domain.operation import Placement, Site
from arshjul.year.domain.plan import Placing, Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.folder.plan_files import FormerFolder, lying_in, plan_files
from arshjul.year.formats.plan.plan_folder import PlanFolder, read_plan_folder, write_plan_folder
from arshjul.year.planning.places.finder import FallBacks
from tests import years
from tests.databases import FILE
from tests.examples import often
from tests.kills import watched

pytestmark = FILE

YEAR = years.scenario()
FIRST = years.plan(YEAR)
MOVED = {"OP-003": date(2027, 6, 1)}
NEXT = years.plan(YEAR, MOVED, before=FIRST)
LATER = years.NOW + timedelta(days=1)


@pytest.fixture(scope="module")
def first_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    years.write(folder := tmp_path_factory.mktemp("written") / "first", YEAR, FIRST)
    return folder


@pytest.fixture(autouse=True)
def first(first_folder: Path, tmp_path: Path) -> None:
    """The folder that the revision that is served was published from."""
    copytree(first_folder, tmp_path / "first")


def renamed(year: Scenario) -> Scenario:
    agencies = {**year.agencies, "a0": replace(year.agencies["a0"], name="Myndigheten i Nord")}
    return replace(year, agencies=agencies)


def at_another_site(year: Scenario) -> Scenario:
    one = replace(year.operations["OP-000"], sites=(Site("1", "Nya krogen", "Norra gatan 1"),))
    return replace(year, operations={**year.operations, "OP-000": one})


def written(folder: Path, year: Scenario, made: Plan, before: FormerFolder) -> PlanFolder:
    """The folder of a plan that goes on from another, as every command writes it; its pictures count no slots."""
    write_plan_folder(folder, plan_files(year, made, before, slots=FallBacks({})))
    return read_plan_folder(folder)


def newer(store: Store, folder: Path, edit: Callable[[Scenario], Scenario]) -> None:
    """Publishes the very same plan of a scenario that was edited."""
    read = years.write(folder / "newer", edit(YEAR), FIRST)
    assert years.published(store, read, LATER, seen=1).revision.number == 2


def served(store: Store) -> tuple[Scenario, int, Mapping[str, Placement]]:
    """The scenario with its sites, and which plan that stands where."""
    with store.reading() as db:
        revision = published_year(db)
        return whole_scenario(db, revision), revision.plan.revision, revision.plan.placed


def chosen(store: Store) -> None:
    """A draft that goes on from what is served."""
    with store.writing() as db:
        old = opened_draft(db)
        keep(db, old, replace(old, plan=NEXT))


def from_first(folder: Path) -> FormerFolder:
    return lying_in(read_plan_folder(folder / "first"))


def replanned(store: Store, folder: Path, meanwhile: Callable[[], None]) -> None:
    read = written(folder / "2", YEAR, NEXT, from_first(folder))
    meanwhile()
    years.published(store, read, LATER)


def edited_too(store: Store, folder: Path, meanwhile: Callable[[], None]) -> None:
    """Who edits the scenario himself has not seen the other's edit for that."""
    names = {**YEAR.names, "restaurant": "Krog"}
    read = written(folder / "2", replace(YEAR, names=names), NEXT, from_first(folder))
    meanwhile()
    years.published(store, read, LATER)


def planned_anew(store: Store, folder: Path, meanwhile: Callable[[], None]) -> None:
    made, before = from_first(folder).next(years.plan(YEAR, MOVED))
    read = written(folder / "first", YEAR, made, before)
    meanwhile()
    years.published(store, read, LATER)


def bound(store: Store, folder: Path, meanwhile: Callable[[], None]) -> None:
    """A filling leaves every operation where it stood."""
    made = replace(FIRST, revision=2, placed_by=Placing(1, FIRST.as_of))
    read = written(folder / "2", YEAR, made, from_first(folder))
    meanwhile()
    years.published(store, read, LATER)


def taken_out(store: Store, folder: Path, meanwhile: Callable[[], None]) -> None:
    checkout(store, folder / "out", lambda _: None)
    meanwhile()
    years.published(store, read_plan_folder(folder / "out"), LATER)


def taken_out_and_replanned(store: Store, folder: Path, meanwhile: Callable[[], None]) -> None:
    checkout(store, folder / "out", lambda _: None)
    read = written(folder / "2", YEAR, NEXT, lying_in(read_plan_folder(folder / "out")))
    meanwhile()
    years.published(store, read, LATER)


def draft_taken_out(store: Store, folder: Path, meanwhile: Callable[[], None]) -> None:
    """The folder is newer than what is published, and what is in it is not."""
    chosen(store)
    meanwhile()
    checkout(store, folder / "out", lambda _: None)
    years.published(store, read_plan_folder(folder / "out"), LATER)


def draft(store: Store, _: Path, meanwhile: Callable[[], None]) -> None:
    chosen(store)
    meanwhile()
    with store.reading() as db:
        digest = difference(opened_draft(db), years.WORDS).digest
    publish_draft(store, digest, Cause("skäl", "test", LATER))


def with_the_older_seen(store: Store, folder: Path, meanwhile: Callable[[], None]) -> None:
    read = written(folder / "2", YEAR, NEXT, from_first(folder))
    meanwhile()
    years.published(store, read, LATER, seen=1)


def plan_imported(store: Store, folder: Path, meanwhile: Callable[[], None]) -> None:
    meanwhile()
    import_year(folder / "first", lambda: store, "test", LATER, lambda _: None)


def put_back(store: Store, folder: Path, meanwhile: Callable[[], None]) -> None:
    backup(store, folder / "copy.db", years.NOW)
    meanwhile()
    restore(folder / "copy.db", str(store.place.path), "test", LATER)


Door = Callable[[Store, Path, Callable[[], None]], None]
REFUSED: dict[Door, type[Refused]] = {
    replanned: StaleRevision,
    edited_too: StaleRevision,
    planned_anew: StaleRevision,
    bound: StaleRevision,
    taken_out: StaleRevision,
    taken_out_and_replanned: StaleRevision,
    draft_taken_out: StaleRevision,
    draft: OvertakenDraft,
    with_the_older_seen: StaleRevision,
    plan_imported: Refused,
    put_back: Refused,
}
"""Every door by which a plan replaces what is served, and how it refuses one that knows nothing of the newer."""


@pytest.mark.parametrize(
    ("door", "edit"), [*((door, renamed) for door in REFUSED), (replanned, at_another_site), (draft, at_another_site)]
)
def test_what_goes_on_from_another_scenario_is_refused(
    store: Store, tmp_path: Path, door: Door, edit: Callable[[Scenario], Scenario]
) -> None:
    with pytest.raises(REFUSED[door]):
        door(store, tmp_path, lambda: newer(store, tmp_path, edit))
    assert served(store) == (edit(YEAR), 1, FIRST.placed)


@pytest.mark.parametrize(
    "door", often([replanned, draft], [path for path in REFUSED if path not in (taken_out, plan_imported, put_back)])
)
def test_the_same_door_is_open_where_nobody_was_there(store: Store, tmp_path: Path, door: Door) -> None:
    door(store, tmp_path, lambda: None)
    assert served(store)[1] == 2


def test_the_refusal_says_where_what_was_given_and_the_remedy(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StaleRevision) as refused:
        replanned(store, tmp_path, lambda: newer(store, tmp_path, renamed))
    given = json.loads((tmp_path / "2" / "changes.json").read_text(encoding="utf-8"))["from_scenario"]
    said = str(refused.value)
    for part in ("changes.json", given[:12], "Revision 2", "arshjul checkout", f"--seen {refused.value.hash[:12]}"):
        assert part in said
    assert [years.WORDS.say(one) for one in refused.value.differences] == ["Även ändrat: myndigheterna."]
    read = read_plan_folder(tmp_path / "2")
    assert years.published(store, read, LATER, seen=2).revision.number == 3, "who has seen it and means it may"


def test_the_remedy_is_one(store: Store, tmp_path: Path) -> None:
    newer(store, tmp_path, at_another_site)
    checkout(store, tmp_path / "out", lambda _: None)
    year, made = at_another_site(YEAR), years.plan(at_another_site(YEAR), MOVED, before=FIRST)
    read = written(tmp_path / "2", year, made, lying_in(read_plan_folder(tmp_path / "out")))
    assert years.published(store, read, LATER).is_new
    assert served(store) == (year, 2, made.placed)


def test_an_older_scenario_that_is_imported_waits_to_be_looked_at(store: Store, tmp_path: Path) -> None:
    newer(store, tmp_path, renamed)
    import_year(YEAR, lambda: store, "test", LATER, lambda _: None)
    assert served(store) == (renamed(YEAR), 1, FIRST.placed)
    with store.reading() as db:
        assert opened_draft(db).given == YEAR


def test_a_year_is_not_taken_out_over_work_that_the_database_does_not_know(store: Store, tmp_path: Path) -> None:
    checkout(store, tmp_path / "out", lambda _: None)
    read = written(tmp_path / "out", YEAR, NEXT, lying_in(read_plan_folder(tmp_path / "out")))
    with pytest.raises(Refused, match="version 2"):
        checkout(store, tmp_path / "out", lambda _: None)
    assert read_plan_folder(tmp_path / "out").plan.placed == NEXT.placed
    years.published(store, read, LATER)
    checkout(store, tmp_path / "out", lambda _: None)


def test_a_plan_that_a_refresh_overtakes_is_the_next_one(store: Store, tmp_path: Path) -> None:
    """The refresh shows the same year: nothing of it is lost."""
    read = written(tmp_path / "2", YEAR, NEXT, from_first(tmp_path))
    soon = years.NOW.replace(year=2027, month=1, day=25)

    def at(step: str) -> None:
        if step == "prepared":
            assert refresh(store, "timer", soon).is_new

    with watched(at):
        done = years.published(store, read, soon + timedelta(hours=1))
    assert (done.revision.number, served(store)) == (3, (YEAR, 2, NEXT.placed))
