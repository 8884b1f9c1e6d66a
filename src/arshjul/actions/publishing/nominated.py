"""Nominations whose operation or object is gone from the year, by whatever way: they wait again."""

import json
from collections.abc import Iterable

from arshjul.domain.entries.amendment import Cancelled, Nominated
from arshjul.domain.scenario import Scenario
from arshjul.formats.schema.amendment import KINDS
from arshjul.formats.schema.party_entry import OBJECT, OPERATION
from arshjul.store import party_entries
from arshjul.store.drafts import StoredEntry
from arshjul.store.store import Transaction

Items = frozenset[tuple[str, str]]
"""Ids of operations and objects, each with the kind of nomination that becomes such."""

_CANCELLED, _NOMINATED = KINDS[Cancelled], KINDS[Nominated]
LISTS = (_CANCELLED, _NOMINATED)
"""The lists whose entries are looked at."""


def items_of(scenario: Scenario) -> Items:
    """Those of a scenario."""
    return frozenset({(OPERATION, id) for id in scenario.operations} | {(OBJECT, id) for id in scenario.objects})


def items_in(entries: Iterable[StoredEntry]) -> Items:
    """The operations that entries nominate which wait for a plan; and those that they cancel, which is a decision."""
    found = [(one, json.loads(one.body)) for one in entries if one.list in LISTS]
    return frozenset(
        (OPERATION, body["operation" if one.list == _CANCELLED else "id"])
        for one, body in found
        if one.waits or one.list == _CANCELLED
    )


def let_wait_again(db: Transaction, before: Items, after: Items) -> None:
    """Lets the nominations wait again of what was there before, and is gone after."""
    became = party_entries.became_items(db)
    for kind, id in before - after:
        if id in became:
            party_entries.open_again(db, kind, id)
