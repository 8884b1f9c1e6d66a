"""Plans that pass their check, made by hand and written as plan folders: what there is to publish.

`SECRETS` are words that are planted where no reader of a feed may ever find them.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from arshjul.office.publishing.publish import Cause, Published, publish
from arshjul.office.store import readers
from arshjul.office.store.revisions import FeedKey
from arshjul.office.store.store import Store
from arshjul.year.agenda.channel import Channel
from arshjul.year.agenda.channel import files as channels_in_files
from arshjul.year.agenda.feed_history import FeedHistory
from arshjul.year.agenda.party import parties
from arshjul.year.agenda.view import remembered, views
from arshjul.year.domain.change import Causes, changes
from arshjul.year.domain.operation import Placement, Site
from arshjul.year.domain.parties import Agency, Matching, OfficerLine, PoliceUnit, TeamLine
from arshjul.year.domain.plan import Base, Plan
from arshjul.year.domain.replan_context import context_of
from arshjul.year.domain.scenario import Scenario
from arshjul.year.folder.plan_files import history_of
from arshjul.year.formats.feeds import feeds_json
from arshjul.year.formats.json_guard import json_bytes
from arshjul.year.formats.plan.changes_json import changes_mapping
from arshjul.year.formats.plan.plan_folder import (
    PlanFolder,
    plan_bytes,
    read_plan_folder,
    scenario_bytes,
    write_plan_folder,
)
from arshjul.year.planning.verify import prices
from tests import builders

TITLE, SITE_NAME, SITE_ADDRESS, SITE_REF = "Kanarietiteln", "Kanariekrogen", "Kanariegatan", "Kanarienumret"
SITES = (SITE_NAME, SITE_ADDRESS, SITE_REF)
WORDS = builders.swedish()
MADE = datetime(2026, 11, 24, 10)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

_ALWAYS = Matching()


def scenario(n: int = 4, n_agencies: int = 3, n_police: int = 2) -> Scenario:
    """A year of n operations; every unit and agency has more than it takes. Each operation has a site."""
    agencies = [
        Agency(f"a{i}", f"Myndighet {i}", "state", f"Samordnare {i}", (TeamLine(_ALWAYS, 9),), 99, unit="Enheten")
        for i in range(n_agencies)
    ]
    police = [
        PoliceUnit(f"p{i}", f"LPO {i}", "local", ("city",), f"Samordnare {i}", (OfficerLine(_ALWAYS, 99, 99),))
        for i in range(n_police)
    ]
    operations = [
        builders.operation(
            f"OP-{i:03}",
            title=f"{TITLE} {i}",
            lead_agency=f"a{i % n_agencies}",
            agencies={f"a{(i + k) % n_agencies}": 1 for k in range(min(4, n_agencies))},
            sites=(Site(f"{SITE_REF} {i}", f"{SITE_NAME} {i}", f"{SITE_ADDRESS} {i}"),),
        )
        for i in range(n)
    ]
    return builders.scenario(
        operations,
        agencies={agency.id: agency for agency in agencies},
        police={unit.id: unit for unit in police},
        cycle=replace(builders.scenario().cycle, meetings=()),
    )


def days(n: int, first: date = date(2027, 2, 1)) -> list[date]:
    """n dates that are no Sundays."""
    every = (first + timedelta(days=i) for i in range(4 * n + 7))
    return [day for day in every if day.weekday() != 6][: 2 * n : 2]


def plan(
    year: Scenario,
    moved: Mapping[str, date] | None = None,
    as_of: datetime = MADE,
    before: Plan | None = None,
    causes: Causes | None = None,
) -> Plan:
    """Every operation on a day of its own, or where `moved` says; after `before`, a replan with these causes."""
    dates = dict(zip(year.operations, days(len(year.operations)), strict=True)) | dict(moved or {})
    units = list(year.police)
    placements = [
        Placement(id, builders.placement(day=dates[id]).slot, units[i % len(units)])
        for i, id in enumerate(year.operations)
    ]
    made = builders.plan(year, placements, as_of, 1 if before is None else before.revision + 1)
    if before is not None:
        base = Base(before.revision, made.as_of, before.placed)
        made = replace(made, base=base, earlier=before.revisions, causes=causes)
    return replace(made, prices=prices(context_of(year, made), made))


def write(folder: Path, year: Scenario, made: Plan, before: Plan | None = None) -> PlanFolder:
    """The plan folder of a plan, read back. `before`: the plan that it replaces, where it is no replan."""
    whole = scenario_bytes(year)
    seen = views(made, year, channels_in_files(year), FeedHistory(), WORDS)
    news = changes({} if before is None else before.placed, made.placed)
    files = {
        "scenario.json": whole,
        "plan.json": plan_bytes(made, year, whole, WORDS),
        "changes.json": json_bytes(changes_mapping(news, {})),
        "feeds.json": feeds_json.to_json(remembered(FeedHistory(), seen)).encode(),
    }
    write_plan_folder(folder, files)
    read = read_plan_folder(folder)
    assert history_of(read).feeds
    return read


def with_calendars(store: Store, year: Scenario, now: datetime = NOW) -> Store:
    """Gives every party a calendar that shows it all that is published."""
    with store.writing() as db:
        for party in parties(year):
            readers.add_subscriber(db, FeedKey(*Channel(party).key), "", "", now)
    return store


def published(
    store: Store, read: PlanFolder, now: datetime = NOW, seen: int | None = None, *, rehearsal: bool = False
) -> Published:
    """Publishes a folder."""
    return publish(store, read, Cause("skäl", "test", now, rehearsal), seen)
