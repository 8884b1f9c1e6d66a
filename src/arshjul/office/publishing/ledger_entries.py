"""Adds the entries of a database that count at once to a plan that is read."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import tzinfo
from functools import lru_cache
from typing import NamedTuple

from arshjul.errors import InputError, StorageError
from arshjul.office.publishing.served_revision import ServedRevision, published_year, whole_scenario
from arshjul.office.store import drafts, party_entries
from arshjul.office.store.drafts import StoredEntry
from arshjul.office.store.store import Store, Transaction
from arshjul.year.agenda.party_view import with_told_cards
from arshjul.year.domain.declaration import Entry
from arshjul.year.domain.entries.amendment import Cancelled, Nominated
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.entries.learnt import LEARNT, PartyCard
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.retired_parties import with_cancelled
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.sent_offer import without_offers
from arshjul.year.folder.reading import Speak
from arshjul.year.formats.plan.plan_folder import bare_scenario, year_of_json
from arshjul.year.formats.scenario.scenario_json import with_sites
from arshjul.year.formats.scenario.sections import Sections
from arshjul.year.formats.schema.party_entry import OBJECT, OPERATION
from arshjul.year.formats.schema.plan import EVENTS, KINDS
from arshjul.year.formats.tree import FormDocument
from arshjul.year.planning.check.secret_places import secret_check

Items = frozenset[tuple[str, str]]
"""Ids of operations and objects, each with the kind of nomination that becomes such."""

_CANCELLED, _NOMINATED = KINDS[Cancelled], KINDS[Nominated]

LISTS = (_CANCELLED, _NOMINATED)


def with_learnt(plan: Plan, scenario: Scenario, entered: tuple[StoredEntry, ...]) -> Plan:
    """`entered`: taken back or not. What a folder has brought back of it is the database's, and stands once."""
    if not entered:
        return plan
    standing = tuple(entry for entry in entered if entry.taken_back_at is None)
    return replace(
        plan, entries=_own_entries(plan.entries, entered, scenario.zone).and_then(_learnt(standing, scenario.zone))
    )


def _own_entries(entries: Entries, entered: tuple[StoredEntry, ...], zone: tzinfo) -> Entries:
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
    written: dict[str, object] = {name: [entry.item for entry in entered if entry.list == name] for name in LEARNT}
    sections = Sections(FormDocument.of(written), is_json=True, zone=zone)
    return Entries.of(**{name: tuple(shape.domain() for shape in sections.many(name, EVENTS[name])) for name in LEARNT})


def items_of(scenario: Scenario) -> Items:
    return frozenset({(OPERATION, id) for id in scenario.operations} | {(OBJECT, id) for id in scenario.objects})


def items_in(entries: Iterable[StoredEntry]) -> Items:
    """The operations that entries nominate which wait for a plan; and those that they cancel, which is a decision."""
    found = [(entry, entry.item) for entry in entries if entry.list in LISTS]
    return frozenset(
        (OPERATION, body["operation" if one.list == _CANCELLED else "id"])
        for one, body in found
        if one.waits or one.list == _CANCELLED
    )


def let_wait_again(db: Transaction, before: Items, after: Items) -> None:
    """Lets the nominations wait again of what was there before, and is gone after."""
    entry = party_entries.ENTRIES.c
    became = party_entries.ENTRIES.where(entry.state.in_(("accepted", "merged"))).values(db, entry.item)
    for kind, id in before - after:
        if id in became:
            party_entries.open_again(db, kind, id)


def told_cards(
    db: Transaction, scenario: Scenario, plan: Plan, current: ServedRevision | None
) -> tuple[PartyCard, ...]:
    """The cards; none where sites cannot be read, as nobody can tell which of them name one."""
    known = with_learnt(plan, scenario, tuple(drafts.of_lists(db, ("cards",))))
    if not known.entries.cards:
        return ()
    waiting = drafts.of_lists(db, (KINDS[Nominated],))
    try:
        may_be_told = secret_check(
            with_cancelled(scenario, plan),
            *_present_years(db, current),
            titles=[str(entry.item.get("title", "")) for entry in waiting],
        )
    except (InputError, StorageError):
        return ()
    return with_told_cards(known, may_be_told).entries.cards


def _present_years(db: Transaction, current: ServedRevision | None) -> Iterator[Scenario]:
    if current is not None:
        yield whole_scenario(db, current)
    stored = drafts.DRAFTS.first(db)
    for part, data in () if stored is None else (("draft", stored.scenario), ("given", stored.given)):
        if data:
            yield with_sites(bare_scenario(data), drafts.sites(db, part))


class PublishedPlan(NamedTuple):
    """The served plan, with what is learnt. `is_overtaken`: something was entered or chosen since that is not in it."""

    scenario: Scenario
    plan: Plan
    is_overtaken: bool


def published(store: Store, speak: Speak) -> PublishedPlan:
    with store.reading() as db:
        served = published_year(db)
        is_overtaken = _is_overtaken(db, served)
        plan = with_learnt(served.plan, served.scenario, tuple(drafts.of_lists(db, LEARNT)))
    speak(served.scenario.language)
    return PublishedPlan(served.scenario, plan, is_overtaken)


def _is_overtaken(db: Transaction, served: ServedRevision) -> bool:
    """True if something waits or is chosen. Its sites are not read: they may be encrypted."""
    if any(entry.waits for entry in drafts.entries(db)):
        return True
    draft = drafts.DRAFTS.first(db)
    if draft is None or not draft.plan:
        return draft is not None
    scenario, plan = year_of_json(draft.scenario, draft.plan)
    as_served = without_offers(scenario).with_unplanned(served.scenario)
    return draft.given is not None or (as_served, plan) != (without_offers(served.scenario), served.plan)
