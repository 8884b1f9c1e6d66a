"""The cards of parties that calendars may tell of: none that names a site or a title, whatever way it came."""

import json
from collections.abc import Iterator

from arshjul.actions.publishing.learnt import with_learnt
from arshjul.actions.publishing.served_revision import ServedRevision, whole_scenario
from arshjul.agenda.cards_view import with_told_cards
from arshjul.domain.entries.amendment import Nominated
from arshjul.domain.entries.card import PartyCard
from arshjul.domain.entries.learnt import CARDS
from arshjul.domain.former import with_cancelled
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, StorageError
from arshjul.formats.plan.plan_folder import bare_scenario
from arshjul.formats.scenario.sites_apart import with_sites
from arshjul.formats.schema.amendment import KINDS
from arshjul.planning.check.secret_places import told_outside
from arshjul.store import drafts
from arshjul.store.store import Transaction


def told_cards(
    db: Transaction, scenario: Scenario, plan: Plan, current: ServedRevision | None
) -> tuple[PartyCard, ...]:
    """The cards; none where sites cannot be read, as nobody can tell which of them name one."""
    known = with_learnt(plan, scenario, tuple(drafts.of_lists(db, (CARDS,))))
    if not known.entries.cards:
        return ()
    waiting = drafts.of_lists(db, (KINDS[Nominated],))
    try:
        may_be_told = told_outside(
            with_cancelled(scenario, plan),
            *_others(db, current),
            titles=[str(json.loads(one.body).get("title", "")) for one in waiting],
        )
    except (InputError, StorageError):
        return ()
    return with_told_cards(known, may_be_told).entries.cards


def _others(db: Transaction, current: ServedRevision | None) -> Iterator[Scenario]:
    """The year as it is served, and as the draft has it, planned and edited."""
    if current is not None:
        yield whole_scenario(db, current)
    stored = drafts.DRAFTS.first(db)
    for part, data in () if stored is None else (("draft", stored.scenario), ("given", stored.given)):
        if data:
            yield with_sites(bare_scenario(data), drafts.sites(db, part))
