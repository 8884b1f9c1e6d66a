"""The databases that the figures are of: Göteborg's year, and one of 300 operations, planned and published."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from arshjul.actions.draft.draft import opened_draft
from arshjul.actions.draft.import_year import import_year
from arshjul.actions.draft.publish_draft import difference, publish_draft
from arshjul.actions.publishing.publish import Cause
from arshjul.domain.scenario import Scenario
from arshjul.formats.catalogues import words
from arshjul.formats.plan.plan_folder import plan_bytes, scenario_bytes, write_plan_folder
from arshjul.formats.reading.scenario import read_scenario
from arshjul.planning.effort import Effort
from arshjul.planning.first.plan import make_plan
from arshjul.store.store import make_store, open_store
from tests.bench.today import PLANNED, SCENARIO, year

ACTOR = "samordnaren"
LIMIT_S = 120
"""For the first plan, which is not measured; it ends when it is proven."""

BEFORE = timedelta(days=60)
"""So long before the morning it was published: a log that was silent for longer asks whether the clock is right."""


def planned(folder: Path, scenario: Scenario) -> Path:
    """The plan folder of the scenario's year."""
    made = make_plan(scenario, PLANNED.replace(tzinfo=scenario.zone), Effort(limit_s=LIMIT_S)).plan
    whole = scenario_bytes(scenario)
    files = {"scenario.json": whole, "plan.json": plan_bytes(made, scenario, whole, words(scenario.language))}
    write_plan_folder(folder, files)
    return folder


def published(plan: Path, db: str, then: datetime, *, rehearsal: bool = False) -> None:
    """Makes the database in which that plan is published."""
    import_year(plan, partial(make_store, db), ACTOR, then, lambda _: None, rehearsal=rehearsal)
    store = open_store(db)
    with store.reading() as connection:
        draft = opened_draft(connection)
    language = words(draft.scenario.language)
    cause = Cause("årets första plan", ACTOR, then, rehearsal)
    publish_draft(store, difference(draft, language).digest, cause, language)


def of_130() -> Scenario:
    """Göteborg's year."""
    return read_scenario(SCENARIO).scenario


def of_300() -> Scenario:
    """Three such years side by side, cut to 300 operations."""
    return year()


def at(moment: datetime, scenario: Scenario) -> datetime:
    """A moment of that year, as the console's clock says it."""
    return moment.replace(tzinfo=scenario.zone).astimezone(UTC)
