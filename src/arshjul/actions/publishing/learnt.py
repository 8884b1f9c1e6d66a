"""What is learnt, as it was entered in a database: it counts at once, so a plan has it when it is looked at."""

import json
from dataclasses import replace
from datetime import tzinfo
from functools import lru_cache

from arshjul.domain.entries.entries import Entries
from arshjul.domain.entries.learnt import LEARNT
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.formats.form_document import FormDocument
from arshjul.formats.scenario.sections import Sections
from arshjul.formats.schema.entry import EVENTS
from arshjul.store.drafts import StoredEntry


def with_learnt(plan: Plan, scenario: Scenario, entered: tuple[StoredEntry, ...]) -> Plan:
    """The plan with these entries of what is learnt besides its own."""
    return replace(plan, entries=plan.entries.and_then(_learnt(entered, scenario.zone))) if entered else plan


@lru_cache(4)
def _learnt(entered: tuple[StoredEntry, ...], zone: tzinfo) -> Entries:
    written: dict[str, object] = {
        name: [json.loads(one.body) for one in entered if one.list == name] for name in LEARNT
    }
    sections = Sections(FormDocument.of(written), is_json=True, zone=zone)
    return Entries(**{name: tuple(one.domain() for one in sections.many(name, EVENTS[name])) for name in LEARNT})
