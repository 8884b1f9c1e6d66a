"""The draft in the database: read, seen by a page, and written; and the present year without the rest of it."""

import json
from dataclasses import replace

from arshjul.errors import InputError, Message
from arshjul.office.draft.draft import UNDONE, Draft, StaleDraft
from arshjul.office.publishing.contacts import parties_reached
from arshjul.office.publishing.kept import kept_for_good
from arshjul.office.publishing.ledger_entries import LISTS, items_in, let_wait_again
from arshjul.office.publishing.served_revision import (
    ServedRevision,
    published_sites,
    served_revision,
    whole_scenario,
)
from arshjul.office.publishing.undoable import undoable
from arshjul.office.store import audit, drafts, proposals, revisions
from arshjul.office.store.drafts import StoredDraft
from arshjul.office.store.revisions import Overtaken
from arshjul.office.store.store import Transaction
from arshjul.serving.sql.database import asked_once, only_reads
from arshjul.year.domain.entries.learnt import LEARNT
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.plan.answers import slots_of
from arshjul.year.formats.plan.plan_folder import bare_scenario, kept_plan_bytes, scenario_bytes, year_of_json
from arshjul.year.formats.scenario.scenario_json import bodies, with_sites, without_sites
from arshjul.year.planning.replan.proposal import Proposal


@asked_once
def opened_draft(db: Transaction) -> Draft:
    """The draft of a database. InputError if there is no year in it yet."""
    if not only_reads(db):  # its mark is another by the end of what writes, not in between
        return _opened_draft(db)
    served = revisions.current(db)
    head = None if served is None else served.hash
    mark = (head, revisions.restored_at(db), *drafts.mark(db), *proposals.mark(db))
    return kept_for_good(db, Draft, mark, lambda: _opened_draft(db))


def _opened_draft(db: Transaction) -> Draft:
    stored = drafts.DRAFTS.first(db)
    bare = _bare_draft(db, stored)
    served = bare.served
    published = None if served is None else revisions.published(db, served.revision.number)
    undone = {entry.item["hash"] for entry in bare.waiting if entry.list == UNDONE}
    draft = replace(
        bare,
        restored_at=revisions.restored_at(db),
        published=published,
        contacts=parties_reached(db),
        undoing=undoable(db) if published is not None and published.hash in undone else None,
    )
    if stored is None:
        whole = bare.scenario if served is None else whole_scenario(db, served)
        return replace(draft, scenario=whole, base=published)
    given = None if stored.given is None else with_sites(bare_scenario(stored.given), drafts.sites(db, "given"))
    sites, base = drafts.sites(db, "draft"), None if stored.base is None else revisions.published(db, stored.base)
    is_as_served = served is not None and (bare.scenario, bare.plan) == (served.scenario, served.plan)
    if served is not None and is_as_served and sites == published_sites(db, served.revision.number):
        base = published  # it is published, whatever ended the process that published it
    return _with_proposal(db, replace(draft, scenario=with_sites(bare.scenario, sites), given=given, base=base))


def asked_draft(db: Transaction) -> Draft:
    """The draft as far as questions and answers go: without sites, which may be encrypted, and what is taken back."""
    return _with_proposal(db, _bare_draft(db, drafts.DRAFTS.first(db)))


def _bare_draft(db: Transaction, stored: StoredDraft | None) -> Draft:
    """Without sites, base, edited scenario and proposal. `stored` None: the served year."""
    served, there = served_revision(db), drafts.entries(db)
    waiting, entered = (entry for entry in there if entry.waits), (entry for entry in there if entry.list in LEARNT)
    scenario, plan = _bare_year(stored, served)
    version, clock = (0, None) if stored is None else (stored.version, stored.clock)
    rehearsal = audit.is_rehearsal(db)
    return Draft(scenario, plan, served, version, None, tuple(waiting), None, clock, rehearsal, entered=tuple(entered))


def year_scenario(db: Transaction) -> Scenario:
    """The scenario that is served; before that the draft's. Without sites. InputError if there is no year yet."""
    served = served_revision(db)
    return served.scenario if served is not None else _bare_year(drafts.DRAFTS.first(db), None)[0]


@asked_once
def present_year(db: Transaction) -> Scenario:
    """The edited scenario if one waits for a plan, else the draft's, without sites. InputError if there is no year."""
    stored = drafts.DRAFTS.first(db)
    if stored is None or stored.given is None:
        return _bare_year(stored, served_revision(db))[0]
    return bare_scenario(stored.given)


def _bare_year(stored: StoredDraft | None, served: ServedRevision | None) -> tuple[Scenario, Plan | None]:
    if stored is not None:
        return year_of_json(stored.scenario, stored.plan) if stored.plan else (bare_scenario(stored.scenario), None)
    if served is None:
        raise InputError(Message("There is no year yet: run `arshjul import` or `arshjul publish`."))
    return served.scenario, served.plan


def _with_proposal(db: Transaction, draft: Draft) -> Draft:
    stored = proposals.PROPOSALS.first(db)
    if stored is None or draft.plan is None or not draft.version:
        return draft
    scenario, plan = year_of_json(stored.scenario, stored.plan)
    proposal = Proposal(draft.scenario, draft.plan, scenario, plan)
    if not proposal.is_of_its_plan:  # a former one
        return draft
    offered = {id: tuple(slots_of(slots)) for id, slots in json.loads(stored.offered).items()}
    key = revisions.uid_key(db)
    return replace(draft, proposal=proposal, deadline=stored.deadline, offered=offered, asking_key=key)


def seen_draft(db: Transaction, seen: str) -> Draft:
    draft = opened_draft(db)
    draft.refuse_other(seen)
    return draft


def keep(db: Transaction, old: Draft, new: Draft) -> None:
    """Lets nominations of what is gone wait again. StaleDraft if overtaken."""
    version = max(old.version, drafts.last_version(db)) + 1
    try:
        if old.version and _is_same_year(old, new):
            drafts.renumber(db, version, old.version)
        else:
            _write(db, old, new, version)
    except Overtaken:
        raise StaleDraft from None
    let_wait_again(db, old.items | items_in(old.waiting), new.items | items_in(drafts.standing(db, LISTS)))


def _is_same_year(old: Draft, new: Draft) -> bool:
    """True if nothing but entries has changed: a year of hundreds of operations takes long to write.

    A base that was set right when the draft was opened is then not written: opening sets it right each time.
    """
    pairs = ((old.scenario, new.scenario), (old.plan, new.plan), (old.given, new.given))
    return all(one is other for one, other in pairs) and old.clock == new.clock


def _write(db: Transaction, old: Draft, new: Draft, version: int) -> None:
    stored = StoredDraft(
        version=version,
        base=None if new.base is None else new.base.number,
        scenario=scenario_bytes(without_sites(new.scenario)),
        plan=b"" if new.plan is None else kept_plan_bytes(new.plan, new.scenario, words(new.scenario.language)),
        given=None if new.given is None else scenario_bytes(without_sites(new.given)),
        clock=new.clock,
    )
    drafts.write(db, stored, old.version)
    drafts.write_sites(db, "draft", bodies(new.scenario))
    drafts.write_sites(db, "given", {} if new.given is None else bodies(new.given))
    if new.given is None:
        drafts.forget_edits(db)
