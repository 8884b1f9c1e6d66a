"""The revision that is served, read back: its scenario, its plan, and what its feeds say."""

from collections.abc import Iterator
from dataclasses import dataclass

from arshjul.actions.edition import Served
from arshjul.agenda.memory import Memory, Said
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.formats.feeds import feeds_json
from arshjul.formats.json_guard import json_data
from arshjul.formats.plan.plan_folder import scenario_of_json
from arshjul.formats.plan.plan_json import plan_of
from arshjul.store import revisions
from arshjul.store.revisions import Revision
from arshjul.store.store import Transaction


@dataclass(frozen=True, slots=True)
class Current:
    """The revision that is served. The scenario has no sites."""

    revision: Revision
    scenario: Scenario
    plan: Plan


def current(db: Transaction) -> Current | None:
    """What is served; None before the first revision."""
    found = revisions.current(db)
    return None if found is None else read_back(db, found)


def read_back(db: Transaction, revision: Revision) -> Current:
    """A revision with its scenario and plan."""
    scenario = scenario_of_json(revisions.blob(db, revision.scenario))
    plan = plan_of(json_data(revisions.blob(db, revision.plan), "plan.json"), scenario)
    return Current(revision, scenario, plan)


def served(db: Transaction, current: Current | None) -> Served:
    """What subscribers have of it: nothing before the first revision."""
    if current is None:
        return Served({}, Memory())
    rows = revisions.feeds(db, current.revision.number)
    said: dict[str, Said] = {}
    for row in rows:
        said.update(feeds_json.from_json(revisions.blob(db, row.said).decode()).feeds)
    return Served({(row.party, row.level): row for row in rows}, Memory(said))


def earlier_scenarios(db: Transaction) -> Iterator[Scenario]:
    """Those of all revisions, the last first; each only once."""
    seen = set()
    for revision in reversed(revisions.revisions(db)):
        if revision.scenario not in seen:
            seen.add(revision.scenario)
            yield scenario_of_json(revisions.blob(db, revision.scenario))
