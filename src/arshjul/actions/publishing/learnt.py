"""What is learnt, as it was entered in a database: it counts at once, so a plan has it when it is looked at."""

import json
from dataclasses import replace
from datetime import tzinfo
from functools import lru_cache

from arshjul.domain.entries.entries import Entries
from arshjul.domain.entries.learnt import LEARNT
from arshjul.domain.entry import Entry
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.formats.scenario.sections import Sections
from arshjul.formats.schema.entry import EVENTS
from arshjul.formats.tree import FormDocument
from arshjul.store.drafts import StoredEntry


def with_learnt(plan: Plan, scenario: Scenario, entered: tuple[StoredEntry, ...]) -> Plan:
    """The plan with what the database has of what is learnt: `entered`, taken back or not.

    What a folder has brought back that was taken out with it is the database's, and stands once.
    """
    if not entered:
        return plan
    standing = tuple(one for one in entered if one.taken_back_at is None)
    return replace(plan, entries=_own(plan.entries, entered, scenario.zone).and_then(_learnt(standing, scenario.zone)))


def _own(entries: Entries, entered: tuple[StoredEntry, ...], zone: tzinfo) -> Entries:
    """The entries of a plan that are not the database's."""
    if not any(getattr(entries, name) for name in LEARNT):
        return entries
    known = _learnt(entered, zone)
    there = {name: {_said(name, one) for one in getattr(known, name)} for name in LEARNT}
    own = {name: tuple(one for one in getattr(entries, name) if _said(name, one) not in there[name]) for name in LEARNT}
    return entries.with_lists(**own)


def _said(name: str, one: Entry) -> str:
    """An entry as it is written, whatever plan has it."""
    return json.dumps(EVENTS[name].of(replace(one, revision=None)).mapping(), sort_keys=True, default=str)


@lru_cache(4)
def _learnt(entered: tuple[StoredEntry, ...], zone: tzinfo) -> Entries:
    written: dict[str, object] = {
        name: [json.loads(one.body) for one in entered if one.list == name] for name in LEARNT
    }
    sections = Sections(FormDocument.of(written), is_json=True, zone=zone)
    return Entries.of(**{name: tuple(one.domain() for one in sections.many(name, EVENTS[name])) for name in LEARNT})
