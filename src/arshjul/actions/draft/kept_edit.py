"""The draft's edit reapplied to the served year: the waiting one, and those in a chosen plan."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from arshjul.actions.draft.draft import Draft, keep, opened_draft
from arshjul.actions.publishing.revision_messages import RevisionMessages
from arshjul.actions.publishing.served_revision import whole_scenario
from arshjul.actions.publishing.undoable import keep_latest, planned_year, undone_since
from arshjul.domain.entries.amendment import Edited
from arshjul.domain.entries.filling import Filling
from arshjul.domain.known_sites import with_known_sites
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.scenario.scenario import scenario_of
from arshjul.formats.scenario.scenario_json import scenario_mapping
from arshjul.formats.tree import FormDocument
from arshjul.planning.replan.edit import Rebased, rebased
from arshjul.store import drafts, proposals
from arshjul.store.store import Transaction


def is_edited(draft: Draft) -> bool:
    """True if the scenario was edited since the draft began, whether or not a chosen plan has taken it in."""
    if draft.given is not None or draft.plan is None or draft.served is None:
        return draft.given is not None
    shared = draft.plan.last_shared(draft.served.plan)
    return any((one.revision or 0) > shared for one in edits_of(draft.plan))


def edits_of(plan: Plan) -> Iterator[Edited | Filling]:
    for one in plan.entries:
        if isinstance(one, Edited) or (isinstance(one, Filling) and not one.is_replan):
            yield one


def kept_edit(db: Transaction, draft: Draft, served: Scenario, *, keep: bool) -> Rebased:
    """The served scenario with the draft's edits, or with what no plan has to answer alone."""
    chosen = draft.scenario if draft.plan is None else draft.plan.given.scenario(draft.scenario)
    begun = chosen if draft.base is None else planned_year(db, draft.base).given
    known = with_known_sites(chosen, begun) if keep else begun
    found = rebased(begun, known.with_unplanned(draft.scenario), served)
    if draft.given is None or not keep:
        return found
    later = [rebased(draft.scenario, draft.given, scenario) for scenario in found]
    return Rebased(later[0].scenario, later[1].theirs)


def edit_of(served: Scenario, scenario: Scenario) -> Scenario | None:
    """None if it changes nothing. InputError if it would refer to things that are gone."""
    return None if scenario == served else scenario_of(FormDocument.of(scenario_mapping(scenario)), is_json=True)


def go_on_from_served(
    db: Transaction, draft: Draft, scenario: Scenario, edited: Scenario, actor: str, now: datetime
) -> None:
    """Entries since then wait again, choices are discarded. InputError if `edited` refers to things that are gone."""
    if (served := draft.served) is None:
        return
    if draft.plan is not None:
        drafts.let_wait(db, draft.plan.last_shared(served.plan))
        keep_latest(db, actor, now)
    proposals.forget(db)
    given = edit_of(scenario, edited)
    fresh = replace(draft, scenario=scenario, plan=served.plan, given=given, base=draft.published)
    keep(db, draft, fresh, now)


def let_edits_wait(made: RevisionMessages) -> None:
    """Lets the edits that a new revision takes back wait. Refused if they cannot belong to what is served now."""
    for undone, former in undone_since(made.db, made.served.plan, made.plan) if made.served is not None else ():
        draft = opened_draft(made.db)
        has_edits = any(one.revision in undone.versions for one in edits_of(former.after.plan))
        if not undone.again or not has_edits or draft.served is None:
            continue
        before, after = former.before.given, former.after.given
        whole = whole_scenario(made.db, draft.served)
        known = kept_edit(made.db, draft, whole, keep=True).theirs
        edited = rebased(before, with_known_sites(after, before), known).theirs
        try:
            go_on_from_served(made.db, draft, whole.with_unplanned(edited), edited, made.actor, made.now)
        except InputError as error:
            text = Message("The edit cannot wait again: {reason} Take back the entries too.", {"reason": error.message})
            raise Refused(text) from None
