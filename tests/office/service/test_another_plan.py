"""The plan of another town or year published over the one that is served: said before, told after, never half done."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from arshjul.office.publishing.stale_revision import StaleRevision
from arshjul.office.store import revisions
from arshjul.office.store.store import Store, make_store
from arshjul.year.domain.calendar import Shift, Span
from arshjul.year.domain.parties import Area
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.letters.notices import notices
from tests import builders, years
from tests.databases import FILE, SLOW_POSTGRESQL
from tests.examples import often
from tests.office.service.test_publish import ics

YEAR = years.scenario()
FIRST = years.plan(YEAR)


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
