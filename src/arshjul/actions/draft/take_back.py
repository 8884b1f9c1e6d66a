"""take back: a waiting entry, an edit, or everything chosen since the last publishing."""

from dataclasses import replace
from datetime import datetime

from arshjul.actions.draft.compare_scenario import between, mark_of
from arshjul.actions.draft.draft import AlreadyDone, Draft, StaleDraft, keep, opened_draft, refuse_other, seen_draft
from arshjul.actions.draft.kept_edit import go_on_from_served, is_edited, kept_edit
from arshjul.actions.draft.logbook import EntrySentences
from arshjul.actions.publishing.served_revision import whole_scenario
from arshjul.errors import InputError, Message, Refused
from arshjul.planning.replan.edit import Rebased
from arshjul.store import audit, drafts, proposals
from arshjul.store.drafts import StoredEntry
from arshjul.store.events import EditTakenBack, EntryTakenBack, QuestionEnded, StartedOver
from arshjul.store.store import Store, Transaction
from arshjul.texts import Words


def take_back(store: Store, number: int, actor: str, now: datetime, seen: str, words: Words) -> bool:
    """True if a question has ended with it. StaleDraft if it no longer waits, Refused if another entry needs it."""
    with store.writing() as db:
        if any(one.taken_back_at is not None for one in drafts.entries(db, [number])):
            raise AlreadyDone(Message("The change is already made: open the page again."))
        draft = seen_draft(db, seen)
        if not drafts.take_back(db, number, actor, now):
            raise StaleDraft
        audit.add(db, now, actor, EntryTakenBack(number))
        gone = [one for one in draft.waiting if one.number == number]
        has_ended = any(_bears_question(draft, one) for one in gone)
        new = draft.without(gone)
        if has_ended:
            new = without_question(db, new, actor, now)
        refuse_resting(draft, new, now)
        keep(db, draft, new, words, now)
        return has_ended


def refuse_resting(draft: Draft, new: Draft, now: datetime) -> None:
    """Refused, naming them, if entries could be taken in before, and not without what is taken back."""
    if not new.usable(now)[1]:
        return
    lost, sentences = new.refused(now).keys() - draft.refused(now).keys(), EntrySentences(draft)
    if lost:
        values = {"entries": [text for number, text in sentences.waiting() if number in lost]}
        raise Refused(Message("A waiting entry needs it: {entries} Take that back first.", values))


def _bears_question(draft: Draft, entry: StoredEntry) -> bool:
    try:
        return draft.proposal is not None and draft.proposal.rests_on(draft.alone(entry))
    except (InputError, Refused):
        return False


def without_question(db: Transaction, draft: Draft, actor: str, now: datetime) -> Draft:
    """The draft without a proposal: a yes to it no longer binds, a no does."""
    for entry, body in draft.answers().values():
        if body["answer"] == "yes":
            drafts.take_back(db, entry.number, actor, now)
    proposals.forget(db)
    audit.add(db, now, actor, QuestionEnded(draft.scenario.name))
    waiting = {one.number for one in drafts.entries(db) if one.waits}
    return replace(
        draft, proposal=None, deadline=None, waiting=tuple(one for one in draft.waiting if one.number in waiting)
    )


def take_back_edit(store: Store, actor: str, now: datetime, seen: str, words: Words) -> bool:
    """True if a question has ended with it. InputError if a waiting entry refers to things that would be gone."""
    with store.writing() as db:
        draft = opened_draft(db)
        if draft.given is None:
            raise AlreadyDone(Message("The item is gone: open the page again."))
        refuse_other(draft, seen)
        has_ended = draft.proposal is not None and draft.proposal.is_of_an_edit
        new = replace(draft, given=None)
        if has_ended:
            new = without_question(db, new, actor, now)
        new.entries_with()
        audit.add(db, now, actor, EditTakenBack(draft.scenario.name))
        keep(db, draft, new, words, now)
        return has_ended


class Contested(Refused):
    """`difference` is from what is served to what was edited. `mark`: only what was shown is decided."""

    def __init__(self, found: Rebased, words: Words) -> None:
        super().__init__(Message("A newer revision changed the same values: choose which hold."))
        self.difference = between(found.theirs, found.scenario, words)
        self.mark = mark_of(found.theirs, found.scenario)


def start_over(  # noqa: PLR0913 - each consent of its own
    store: Store,
    actor: str,
    now: datetime,
    seen: str,
    words: Words,
    *,
    keep_edit: bool,
    mine: str = "",
    theirs: str = "",
) -> None:
    """Entries since what is served wait again, choices are discarded; with `keep_edit`, the edit waits again too.

    Refused if the edit cannot belong to what is served. Contested if both changed the same thing otherwise, unless the
    mark of what was shown says that `mine` holds, or `theirs`.
    """
    with store.writing() as db:
        draft = seen_draft(db, seen)
        served = draft.served
        if served is None:
            raise Refused(Message("Nothing is published yet."))
        whole = whole_scenario(db, served)
        found = kept_edit(db, draft, whole, keep=keep_edit)
        if found.is_contested and mark_of(found.theirs, found.scenario) not in (mine, theirs):
            raise Contested(found, words)
        edited = found.theirs if theirs else found.scenario
        audit.add(db, now, actor, StartedOver(served.revision.number))
        scenario, had_edit = whole.with_unplanned(edited), is_edited(draft)
        if not keep_edit and had_edit:
            audit.add(db, now, actor, EditTakenBack(draft.scenario.name))
        try:
            go_on_from_served(db, draft, scenario, edited if keep_edit else scenario, words, actor, now)
            opened_draft(db).refuse_no_edit(now)
        except (InputError, Refused) as error:
            if not keep_edit or not had_edit:
                raise
            raise Refused(
                Message(
                    "The edit does not fit the published plan: {reason} Start over without it, and edit again.",
                    {"reason": error.message},
                )
            ) from None
