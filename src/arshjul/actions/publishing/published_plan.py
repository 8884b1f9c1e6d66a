"""The published plan; separate from the reading of folders, since it imports the libraries of the service."""

from dataclasses import dataclass

from arshjul.actions.folder.reading import Speak
from arshjul.actions.publishing.learnt import with_learnt
from arshjul.actions.publishing.served_revision import ServedRevision, published_year
from arshjul.domain.entries.learnt import LEARNT
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.sent_offer import without_offers
from arshjul.formats.plan.plan_folder import year_of_json
from arshjul.store import drafts
from arshjul.store.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class PublishedPlan:
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
    if any(one.waits for one in drafts.entries(db)):
        return True
    draft = drafts.DRAFTS.first(db)
    if draft is None or not draft.plan:
        return draft is not None
    scenario, plan = year_of_json(draft.scenario, draft.plan)
    as_served = without_offers(scenario).with_unplanned(served.scenario)
    return draft.given is not None or (as_served, plan) != (without_offers(served.scenario), served.plan)
