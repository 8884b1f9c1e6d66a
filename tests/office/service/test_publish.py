"""Publishing, its refusals, and what subscribers are served afterwards."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

import pytest

from arshjul.errors import InputError, Refused
from arshjul.office.publishing.publish import (
    begun_meanwhile,
    mend,
    refresh,
    refuse_forgotten,
)
from arshjul.office.publishing.served_revision import published_sites, served_revision
from arshjul.office.publishing.stale_revision import StaleRevision
from arshjul.office.store import revisions
from arshjul.office.store.revisions import FeedKey
from arshjul.office.store.store import Store, make_store, open_store
from arshjul.year.domain.calendar import Shift, Span
from arshjul.year.domain.entries.amendment import Outcome
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Site
from arshjul.year.domain.parties import Area
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.scenario.scenario_json import bodies
from arshjul.year.planning.letters.notices import notices
from tests import builders, years
from tests.databases import FILE, SLOW_POSTGRESQL
from tests.examples import often
from tests.kills import watched

YEAR = years.scenario()
FIRST = years.plan(YEAR)
MOVED = years.plan(YEAR, {"OP-001": date(2027, 6, 1)}, before=FIRST)


def feeds(store: Store, number: int) -> dict[FeedKey, revisions.Feed]:
    with store.reading() as db:
        return {feed.key: feed for feed in revisions.feeds(db, number)}


def ics(store: Store, number: int, party: str, level: str = "full") -> str:
    with store.reading() as db:
        return (
            revisions.blob(db, feeds(store, number)[FeedKey(party, level, "operations")].ics)
            .decode()
            .replace("\r\n ", "")
        )


def test_first_revision_holds_every_party_at_every_level(url: str, tmp_path: Path) -> None:
    store = make_store(url)
    sunday = years.plan(YEAR, {"OP-001": date(2027, 5, 2)})
    with pytest.raises(Refused, match="fails its check"):
        years.published(store, years.write(tmp_path / "sunday", YEAR, sunday))
    with store.reading() as db:
        assert revisions.pointer(db) is None
    done = years.published(store, years.write(tmp_path / "plan", YEAR, FIRST))
    assert (done.revision.number, done.is_new, done.before) == (1, True, None)
    parties = {feed.party for feed in feeds(store, 1)}
    assert parties == {"coordinator", "agency-a0", "agency-a1", "agency-a2", "police-p0", "police-p1"}
    assert len(feeds(store, 1)) == 3 * (4 * 3 + 2 * 2), "of police units there are no milestones"
    assert "OP-001" in ics(store, 1, "agency-a1")
    assert "OP-001" not in ics(store, 1, "agency-a1", "busy")
    assert "Restaurang" not in ics(store, 1, "agency-a1", "busy")


@FILE
def test_sites_alone_that_were_corrected_are_published(store: Store, tmp_path: Path) -> None:
    """No feed tells them, so none is another; whoever asks for the site gets the one that is right."""
    right = replace(YEAR.operations["OP-001"], sites=(Site("7", "Krogen", "Norra gatan 1"),))
    read = years.write(tmp_path / "right", replace(YEAR, operations={**YEAR.operations, "OP-001": right}), FIRST)
    done = years.published(store, read, seen=1)
    assert (done.revision.number, done.is_new, done.changed) == (2, True, ())
    with store.reading() as db:
        assert published_sites(db, 2)["OP-001", 0] == bodies(read.scenario)["OP-001", 0]
    assert not years.published(store, read).is_new


@SLOW_POSTGRESQL
def test_replan_is_published_and_untouched_feeds_keep_their_stamp(store: Store, tmp_path: Path) -> None:
    later, behind = years.NOW + timedelta(hours=1), years.NOW - timedelta(hours=12)
    done = years.published(store, years.write(tmp_path / "2", YEAR, MOVED), later)
    assert done.revision.number == 2
    old, new = feeds(store, 1), feeds(store, 2)
    changed = {key for key in new if new[key].ics != old[key].ics}
    assert set(done.changed) == changed
    key = FeedKey("police-p1", "full", "operations")
    assert FeedKey("police-p0", "full", "operations") not in changed
    assert key in changed
    assert {new[key].last_modified for key in changed} == {later}
    assert all(new[key].last_modified == old[key].last_modified for key in new.keys() - changed)
    assert "SEQUENCE:1" in ics(store, 2, "police-p1")
    back = years.plan(YEAR, before=MOVED)
    years.published(store, years.write(tmp_path / "3", YEAR, back), behind)
    assert feeds(store, 3)[key].last_modified > later, "a clock that is set back takes none back"


@FILE
def test_party_that_left_is_told_what_was_called_off(url: str, tmp_path: Path) -> None:
    year = years.scenario(n_agencies=5)
    store = make_store(url)
    first = years.plan(year)
    years.published(store, years.write(tmp_path / "1", year, first))
    without = replace(
        year,
        agencies={id: agency for id, agency in year.agencies.items() if id != "a4"},
        operations={
            id: replace(o, agencies={a: n for a, n in o.agencies.items() if a != "a4"})
            for id, o in year.operations.items()
        },
    )
    years.published(store, years.write(tmp_path / "2", without, years.plan(without, before=first)))
    gone = ics(store, 2, "agency-a4")
    assert gone.count("BEGIN:VEVENT") == gone.count("STATUS:CANCELLED") > 0
    assert feeds(store, 2)[FeedKey("agency-a4", "full", "operations")].departed
    refreshed = mend(store, "test", years.NOW.replace(year=2028))
    assert "note@" in ics(store, refreshed.revision.number, "agency-a4")


@FILE
def test_next_years_plan_calls_off_nothing_that_took_place(store: Store, tmp_path: Path) -> None:
    other = replace(YEAR, name="Göteborg 2028")
    in_february = years.MADE.replace(year=2027, month=2, day=4)  # OP-000 and OP-001 have been, the others are to come
    new = years.plan(other, dict.fromkeys(YEAR.operations, date(2027, 12, 1)), as_of=in_february)
    years.published(store, years.write(tmp_path / "2", other, new), in_february.replace(tzinfo=UTC), seen=1)
    told = ics(store, 2, "coordinator")
    assert "UID:OP-001@goteborg-2027.arshjul" not in told
    assert "UID:OP-002@goteborg-2027.arshjul" in told
    assert told.count("UID:OP-002@") == 2


@SLOW_POSTGRESQL
def test_refresh_confirms_what_is_near_and_is_nothing_where_nothing_changes(store: Store, tmp_path: Path) -> None:
    assert not refresh(store, "test", years.NOW + timedelta(days=1)).is_new
    near = years.NOW.replace(year=2027, month=1, day=25)
    done = refresh(store, "test", near)
    assert (done.revision.number, done.revision.kind, done.is_new) == (2, "refresh", True)
    assert "STATUS:CONFIRMED" in ics(store, 2, "agency-a0")
    moved = years.published(store, years.write(tmp_path / "2", YEAR, MOVED), near + timedelta(days=1))
    assert moved.revision.number == 3
    assert "STATUS:CONFIRMED" in ics(store, 3, "agency-a0"), "an older plan must not take back what was confirmed"


def test_refresh_that_is_overtaken_sees_what_was_published_meanwhile(store: Store, tmp_path: Path) -> None:
    near = years.NOW.replace(year=2027, month=1, day=25)
    meanwhile = years.write(tmp_path / "2", YEAR, MOVED)

    def at(step: str) -> None:
        if step == "prepared":
            years.published(store, meanwhile)

    with watched(at):
        done = refresh(store, "test", near)
    assert (done.revision.number, done.revision.kind, done.revision.plan_revision) == (3, "refresh", 2)


def test_a_database_that_is_not_there_is_not_made_by_readers(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="arshjul import"):
        open_store(str(tmp_path / "none.db"))
    assert not (tmp_path / "none.db").exists()


@FILE
def test_a_plan_made_anew_does_not_rewrite_what_has_begun(store: Store, tmp_path: Path) -> None:
    """What was called off on its day had not begun."""
    in_february = datetime(2027, 2, 3, 20)
    anew = years.plan(YEAR, dict(zip(YEAR.operations, years.days(4, date(2027, 4, 5)), strict=True)), in_february)
    read = years.write(tmp_path / "2", YEAR, anew)
    with pytest.raises(Refused, match=r"OP-000.*OP-001.*arshjul replan"):
        years.published(store, read, in_february.replace(tzinfo=UTC), seen=1)
    kept = years.write(tmp_path / "3", YEAR, years.plan(YEAR, as_of=in_february, before=FIRST))
    moved = replace(years.plan(YEAR, {"OP-000": date(2027, 4, 5)}, in_february, FIRST), as_of=kept.plan.as_of)
    outcome = Outcome(operation="OP-000", day=FIRST.placed["OP-000"].slot.day, result="called-off", revision=2)
    with store.reading() as db:
        served = served_revision(db)
    with pytest.raises(Refused, match="OP-000"):
        refuse_forgotten(replace(kept, plan=moved), served, moved.as_of)
    called_off = replace(moved, entries=Entries.of(outcomes=(outcome,)))
    refuse_forgotten(replace(kept, plan=called_off), served, moved.as_of)
    done = years.published(store, kept, in_february.replace(tzinfo=UTC), seen=1)
    assert done.revision.number == 2


@FILE
def test_what_began_after_the_plan_was_made_is_named(store: Store) -> None:
    """OP-001 begins at nine. The plan of that morning moves it to June, and OP-002 to its place."""
    day = FIRST.placed["OP-001"].slot.day
    at = partial(datetime, day.year, day.month, day.day, tzinfo=YEAR.zone)
    moved = years.plan(YEAR, {"OP-001": date(2027, 6, 1), "OP-002": day}, at(6), FIRST)
    off = Entries.of(outcomes=(Outcome("OP-001", day, "called-off"),))
    with store.reading() as db:
        served = served_revision(db)
    begun = partial(begun_meanwhile, served, YEAR)
    assert begun(moved, at(9)) == set()
    assert begun(moved, at(9, 1)) == {"OP-001", "OP-002"}
    assert begun(replace(moved, entries=off), at(16)) == {"OP-002"}
    assert begun(replace(moved, as_of=at(10)), at(16)) == set(), "that plan is refused"
    assert begun_meanwhile(None, YEAR, moved, at(16)) == set(), "nobody was told"


# -- the plan of another town or year published over the one that is served: said before, told after


def another_town() -> Scenario:
    """A town that shares neither area, unit, agency nor operation with YEAR."""
    town = years.scenario()
    unit, agency = town.police["p0"], town.agencies["a0"]
    operation = builders.operation("K-1", area="centrum", lead_agency="kommunen", agencies={"kommunen": 1})
    return replace(
        town,
        name="Exempelstad 2027",
        areas={"centrum": Area("centrum", "Centrum")},
        police={"lpo": replace(unit, id="lpo", name="LPO Exempelstad", areas=("centrum",))},
        agencies={"kommunen": replace(agency, id="kommunen", name="Kommunen")},
        operations={"K-1": operation},
    )


TOWN = another_town()
OTHER = years.plan(TOWN, {"K-1": date(2027, 5, 4)})
Made = tuple[Scenario, Plan]


@SLOW_POSTGRESQL
@pytest.mark.parametrize(("served", "new"), often([((TOWN, OTHER), (YEAR, FIRST))], [((YEAR, FIRST), (TOWN, OTHER))]))
def test_another_towns_plan_is_refused_with_what_it_would_call_off_and_published_where_it_is_meant(
    url: str, tmp_path: Path, served: Made, new: Made
) -> None:
    store = make_store(url)
    years.published(store, years.write(tmp_path / "1", *served))
    read = years.write(tmp_path / "2", *new)
    with pytest.raises(StaleRevision) as refused:
        years.published(store, read)
    said = str(refused.value)
    assert refused.value.is_another
    assert served[0].name in said
    assert new[0].name in said
    assert re.search(r"--seen [0-9a-f]{12}\b", said)
    assert len(refused.value.differences) == len(served[1].placements)
    assert all("called off" in str(sentence) for sentence in refused.value.differences)
    done = years.published(store, read, seen=1)
    assert done.revision.number == 2
    assert done.news is not None
    assert {move.operation for move in done.news.changes.dropped} == set(served[1].placed)
    assert {move.operation for move in done.news.changes.new} == set(new[1].placed)
    assert set(done.news.tell) == {*YEAR.agencies, *YEAR.police, "kommunen", "lpo"}
    assert {letter.to.id for letter in done.news.letters} == set(done.news.tell)
    with store.reading() as db:
        assert revisions.pointer(db) == 2


def test_the_same_id_in_a_plan_of_another_name_is_another_operation() -> None:
    next_year = replace(YEAR, name="Göteborg 2028")
    found = notices(next_year, YEAR, FIRST.placed, years.plan(next_year))
    assert not found.changes.moved
    assert [move.operation for move in found.changes.dropped] == list(YEAR.operations)
    assert [move.operation for move in found.changes.new] == list(YEAR.operations)
    letter = found.letters[0]
    assert "called off" in str(letter.lines[0])
    assert "new" in str(letter.lines[-1])


def test_what_has_begun_is_not_called_off_by_another_plan() -> None:
    """The last operation begins at nine."""
    last = max(placement.slot.day for placement in FIRST.placements)
    for hour, n in ((8, 1), (9, 1), (10, 0)):
        moment = datetime.combine(last, time(hour), TOWN.zone)
        found = notices(TOWN, YEAR, FIRST.placed, years.plan(TOWN, {"K-1": date(2027, 12, 1)}, moment))
        assert [move.old.slot.day for move in found.changes.dropped if move.old is not None] == [last] * n, hour


@FILE
def test_what_was_not_seen_is_refused_in_words_of_its_own(store: Store, tmp_path: Path) -> None:
    """Another year under the same name; and another plan of the same year, which is held against the new one."""
    next_year = replace(YEAR, span=Span(date(2028, 1, 1), date(2028, 12, 31)))
    made = years.plan(next_year, {id: date(2028, 5, 2 + n) for n, id in enumerate(YEAR.operations)})
    with pytest.raises(
        StaleRevision, match=r"Revision 1 is another plan.*Publish to another database with --db"
    ) as refused:
        years.published(store, years.write(tmp_path / "2", next_year, made))
    assert all("moved" in str(sentence) for sentence in refused.value.differences)
    with pytest.raises(StaleRevision) as refused:
        years.published(store, years.write(tmp_path / "3", YEAR, years.plan(YEAR, {"OP-002": date(2027, 7, 1)})))
    assert not refused.value.is_another
    assert "would change" in str(refused.value.heading)
    (sentence,) = refused.value.differences
    assert "OP-002 (Restaurang, Göteborg City): moved from 2027-02-05 09:00–15:00 to 2027-07-01" in str(sentence)


def test_what_is_only_in_the_old_scenario_is_named_as_it_was() -> None:
    """An area, a unit, a shift and an agency have left the plan together with an operation."""
    gone = builders.operation("OP-9", area="hamnen", lead_agency="a9", agencies={"a9": 1}, sector="taxi")
    former = replace(
        YEAR,
        areas={**YEAR.areas, "hamnen": Area("hamnen", "Hamnen")},
        police={**YEAR.police, "p9": replace(YEAR.police["p0"], id="p9", name="LPO Hamnen")},
        agencies={**YEAR.agencies, "a9": replace(YEAR.agencies["a0"], id="a9", name="Hamnbolaget")},
        shifts=(*YEAR.shifts, Shift("dawn", "Gryning", YEAR.shifts[0].start, YEAR.shifts[0].end)),
        names={**YEAR.names, "taxi": "Taxi"},
        operations={**YEAR.operations, "OP-9": gone},
    )
    old = builders.placement("OP-9", date(2027, 6, 1), "dawn", "p9")
    found = notices(YEAR, former, {**FIRST.placed, "OP-9": old}, FIRST)
    assert [str(sentence) for sentence in found.sentences] == [
        "OP-9 (Taxi, Hamnen): called off, was 2027-06-01 09:00–15:00, because of a plan made anew "
        "(with 189 days' notice)."
    ]
    assert {letter.name for letter in found.letters} == {"Hamnbolaget", "LPO Hamnen"}
    unknown = notices(YEAR, YEAR, {"OP-9": old}, replace(FIRST, placements=()))
    assert str(unknown.sentences[0]).startswith("OP-9: called off, was 2027-06-01 (p9)")


@FILE
def test_what_began_this_morning_is_not_called_off_with_the_other_plan(store: Store, tmp_path: Path) -> None:
    """OP-001 began at nine; the other town's plan is seen from ten, and OP-003 comes two days later."""
    day = FIRST.placed["OP-001"].slot.day
    late = years.plan(TOWN, {"K-1": date(2027, 5, 4)}, datetime.combine(day, time(10), TOWN.zone))
    done = years.published(store, years.write(tmp_path / "2", TOWN, late), late.as_of.astimezone(UTC), seen=1)
    assert done.news is not None
    assert {move.operation for move in done.news.changes.dropped} == {"OP-002", "OP-003"}
    assert "OP-001@" not in ics(store, 2, "agency-a1")
