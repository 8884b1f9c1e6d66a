"""take back: a waiting entry, an edit, or everything chosen since the last publishing, after which edits are merged."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from arshjul.errors import InputError, Message, Refused
from arshjul.office.draft.compare_scenario import ScenarioDifference, between, edit_sides, mark_of
from arshjul.office.draft.draft import GONE, AlreadyDone, Draft, StaleDraft
from arshjul.office.draft.logbook import EntrySentences, Names
from arshjul.office.draft.stored_draft import keep, opened_draft, seen_draft
from arshjul.office.publishing.revision_messages import RevisionMessages
from arshjul.office.publishing.served_revision import whole_scenario
from arshjul.office.publishing.undoable import keep_latest, planned_year, undone_since
from arshjul.office.store import audit, drafts, proposals
from arshjul.office.store.drafts import StoredEdit, StoredEntry
from arshjul.office.store.events import (
    EditTakenBack,
    EntryTakenBack,
    OneEditTakenBack,
    QuestionEnded,
    StartedOver,
    event_of,
)
from arshjul.office.store.store import Store, Transaction
from arshjul.year.domain.entries.amendment import Edited
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.retired_parties import with_known_sites
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.visit_object import Filling
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.scenario.scenario import scenario_of
from arshjul.year.formats.scenario.scenario_json import scenario_mapping
from arshjul.year.formats.tree import FormDocument
from arshjul.year.planning.replan.edit import Rebased, rebased
from arshjul.year.texts import Words


def is_edited(draft: Draft) -> bool:
    """True if the scenario was edited since the draft began, whether or not a chosen plan has taken it in."""
    if draft.given is not None or draft.plan is None or draft.served is None:
        return draft.given is not None
    shared = draft.plan.last_shared(draft.served.plan)
    return any((edit.revision or 0) > shared for edit in edits_of(draft.plan))


def edits_of(plan: Plan) -> Iterator[Edited | Filling]:
    return (
        entry
        for entry in plan.entries
        if isinstance(entry, Edited) or (isinstance(entry, Filling) and not entry.is_replan)
    )


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
    given = None if edited == scenario else scenario_of(FormDocument.of(scenario_mapping(edited)), is_json=True)
    keep(db, draft, replace(draft, scenario=scenario, plan=served.plan, given=given, base=draft.published))


def let_edits_wait(made: RevisionMessages) -> None:
    """Lets the edits that a new revision takes back wait. Refused if they cannot belong to what is served now."""
    for undone, former in undone_since(made.db, made.served.plan, made.plan) if made.served is not None else ():
        draft = opened_draft(made.db)
        has_edits = any(edit.revision in undone.versions for edit in edits_of(former.after.plan))
        if not undone.again or not has_edits or draft.served is None:
            continue
        before, after = former.before.given, former.after.given
        whole = whole_scenario(made.db, draft.served)
        known = kept_edit(made.db, draft, whole, keep=True).scenario
        edited = rebased(before, with_known_sites(after, before), known).theirs
        try:
            go_on_from_served(made.db, draft, whole.with_unplanned(edited), edited, made.actor, made.now)
        except InputError as error:
            text = Message("The edit cannot wait again: {reason} Take back the entries too.", {"reason": error.message})
            raise Refused(text) from None


def take_back(store: Store, number: int, actor: str, now: datetime, seen: str) -> bool:
    """True if a question has ended with it. StaleDraft if it no longer waits, Refused if another entry needs it."""
    with store.writing() as db:
        if any(entry.taken_back_at is not None for entry in drafts.entries(db, [number])):
            raise AlreadyDone(Message("The change is already made: open the page again."))
        draft = seen_draft(db, seen)
        if not drafts.take_back(db, number, actor, now):
            raise StaleDraft
        audit.add(db, now, actor, EntryTakenBack(number))
        gone = [entry for entry in draft.waiting if entry.number == number]
        has_ended = any(_bears_question(draft, entry) for entry in gone)
        new = draft.without(gone)
        if has_ended:
            new = without_question(db, new, actor, now)
        refuse_resting(draft, new, now)
        keep(db, draft, new)
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
    waiting = {entry.number for entry in drafts.entries(db) if entry.waits}
    return replace(
        draft, proposal=None, deadline=None, waiting=tuple(entry for entry in draft.waiting if entry.number in waiting)
    )


def take_back_edit(store: Store, actor: str, now: datetime, seen: str) -> bool:
    """True if a question has ended with it. InputError if a waiting entry refers to things that would be gone."""
    with store.writing() as db:
        draft = opened_draft(db)
        if draft.given is None:
            raise AlreadyDone(GONE)
        draft.refuse_other(seen)
        has_ended = draft.proposal is not None and draft.proposal.is_of_an_edit
        new = replace(draft, given=None)
        if has_ended:
            new = without_question(db, new, actor, now)
        new.entries_with()
        audit.add(db, now, actor, EditTakenBack(draft.scenario.name))
        keep(db, draft, new)
        return has_ended


class Contested(Refused):
    """`difference` is from what is served to what was edited. `mark`: only what was shown is decided."""

    def __init__(self, found: Rebased, say: Words) -> None:
        super().__init__(Message("A newer revision changed the same values: choose which hold."))
        self.difference = between(found.theirs, found.scenario, say)
        self.mark = mark_of(found.theirs, found.scenario)


def start_over(
    store: Store, actor: str, now: datetime, seen: str, *, keep_edit: bool, mine: str = "", theirs: str = ""
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
            raise Contested(found, words(draft.scenario.language))
        edited = found.theirs if theirs else found.scenario
        audit.add(db, now, actor, StartedOver(served.revision.number))
        scenario, had_edit = whole.with_unplanned(edited), is_edited(draft)
        if not keep_edit and had_edit:
            audit.add(db, now, actor, EditTakenBack(draft.scenario.name))
        try:
            go_on_from_served(db, draft, scenario, edited if keep_edit else scenario, actor, now)
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


@dataclass(frozen=True, slots=True)
class WaitingEdit:
    number: int
    what: Message
    difference: ScenarioDifference

    @property
    def counted(self) -> Message | None:
        """The changes in numbers; None if one thing changed, which it names."""
        difference = self.difference
        n = len(
            {change.id for change in difference.changed}
            | {*difference.new, *difference.gone, *difference.objects, *difference.other_objects}
        )
        return difference.summary if n + len(difference.others) > 1 else None


class WaitingEdits(NamedTuple):
    """The edits in order. `rest`: what else is edited, which can be taken back with all of them only; None: nothing."""

    each: tuple[WaitingEdit, ...] = ()
    rest: ScenarioDifference | None = None


def waiting_edits(store: Store, draft: Draft, say: Words) -> WaitingEdits:
    if draft.given is None:
        return WaitingEdits()
    with store.reading() as db:
        known = [(edit, *edit_sides(db, edit)) for edit in drafts.EDITS.all(db)]
    made = draft.scenario
    for _, before, after in known:
        made = rebased(before, after, made).scenario
    rest = made.with_unplanned(draft.given) != draft.given or not known
    return WaitingEdits(
        tuple(
            WaitingEdit(one.number, _edit_sentence(draft, one), between(before, after, say))
            for one, before, after in known
        ),
        between(made, draft.given, say) if rest else None,
    )


def _edit_sentence(draft: Draft, one: StoredEdit) -> Message:
    event = event_of(one.action, one.about)
    if event is None:
        return Message("{who}: {action}", {"who": one.actor, "action": one.action})
    values = {"who": one.actor, "done": event.kind.done}
    try:
        about = event.about(Names(EntrySentences(draft), {}, {}, {}))
    except KeyError:  # it names what is there no more
        about = None
    if about is None:
        return Message("{who} {done}", values)
    return Message("{who} {done}: {about}", {**values, "about": about})


def take_back_one(store: Store, number: int, actor: str, now: datetime, seen: str) -> bool:
    """True if a question has ended with it. Refused if a later edit changed the same, or something waits on it."""
    with store.writing() as db:
        one = drafts.EDITS.get(db, number)
        if one is None:
            raise AlreadyDone(GONE)
        draft = seen_draft(db, seen)
        before, after = edit_sides(db, one)
        given = _present_without(db, draft, one, before, after)
        has_ended = draft.proposal is not None and draft.proposal.is_of_an_edit
        new = replace(draft, given=None if given == draft.scenario else given)
        if has_ended:
            new = without_question(db, new, actor, now)
        refuse_resting(draft, new, now)
        audit.add(db, now, actor, OneEditTakenBack(one.action, one.about))
        drafts.remove_edit(db, number)
        keep(db, draft, new)
        new.refuse_no_edit(now)
        return has_ended


def _present_without(db: Transaction, draft: Draft, one: StoredEdit, before: Scenario, after: Scenario) -> Scenario:
    found = rebased(after, before, draft.present)
    later = [other for other in drafts.EDITS.all(db) if other.number > one.number]
    hanging = [other for other in later if _builds_on(db, other, before, after)]
    if not found.is_contested and not hanging:
        if (whole := _as_read(found.scenario)) is not None:
            return whole
        without = [(other, rebased(after, before, edit_sides(db, other)[1])) for other in later]
        hanging = [other for other, left in without if _as_read(left.scenario) is None]
    values = {"edits": [_edit_sentence(draft, other) for other in hanging]}
    if not values["edits"]:
        raise Refused(Message("Other changes depend on the edit: take back all of it, and edit anew."))
    raise Refused(Message("Later edits depend on it: {edits}. Take them back first.", values))


def _builds_on(db: Transaction, other: StoredEdit, before: Scenario, after: Scenario) -> bool:
    """True if that later edit changed what the one from `before` to `after` had changed, perhaps back again."""
    old, new = edit_sides(db, other)
    earlier, later = (rebased(after, before, side) for side in (old, new))
    if later.is_contested:
        return True
    return not earlier.is_contested and rebased(new, old, later.scenario).scenario != earlier.scenario


def _as_read(scenario: Scenario) -> Scenario | None:
    """None if something in it names what is not there."""
    try:
        return scenario_of(FormDocument.of(scenario_mapping(scenario)), is_json=True)
    except InputError:
        return None
