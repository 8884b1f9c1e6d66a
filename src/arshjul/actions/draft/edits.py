"""The edits that wait, each by itself: what it changed in what was shown, and how it is taken back alone."""

from dataclasses import dataclass, replace
from datetime import datetime

from arshjul.actions.draft.compare_scenario import ScenarioDifference, between, edit_sides
from arshjul.actions.draft.draft import AlreadyDone, Draft, keep, seen_draft
from arshjul.actions.draft.logbook import EntrySentences, Names
from arshjul.actions.draft.take_back import refuse_resting, without_question
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.scenario.scenario import scenario_of
from arshjul.formats.scenario.scenario_json import scenario_mapping
from arshjul.formats.tree import FormDocument
from arshjul.planning.replan.edit import rebased
from arshjul.store import audit, drafts
from arshjul.store.drafts import StoredEdit
from arshjul.store.events import OneEditTakenBack, event_of
from arshjul.store.store import Store, Transaction
from arshjul.texts import Words


@dataclass(frozen=True, slots=True)
class WaitingEdit:
    number: int
    what: Message
    difference: ScenarioDifference

    @property
    def counted(self) -> Message | None:
        """What it changed, in numbers; None if that is one thing, which it names."""
        found = self.difference
        n = len({one.id for one in found.changed} | {*found.new, *found.gone, *found.objects, *found.other_objects})
        return found.summary if n + len(found.others) > 1 else None


@dataclass(frozen=True, slots=True)
class WaitingEdits:
    """The edits in order. `rest`: what else is edited, which can be taken back with all of them only; None: nothing."""

    each: tuple[WaitingEdit, ...] = ()
    rest: ScenarioDifference | None = None


def waiting_edits(store: Store, draft: Draft, say: Words) -> WaitingEdits:
    if draft.given is None:
        return WaitingEdits()
    with store.reading() as db:
        known = [(one, *edit_sides(db, one)) for one in drafts.EDITS.all(db)]
    made = draft.scenario
    for _, before, after in known:
        made = rebased(before, after, made).scenario
    rest = made.with_unplanned(draft.given) != draft.given or not known
    return WaitingEdits(
        tuple(WaitingEdit(one.number, _said(draft, one), between(before, after, say)) for one, before, after in known),
        between(made, draft.given, say) if rest else None,
    )


def _said(draft: Draft, one: StoredEdit) -> Message:
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


def take_back_one(store: Store, number: int, actor: str, now: datetime, seen: str, words: Words) -> bool:
    """True if a question has ended with it. Refused if a later edit changed the same, or something waits on it."""
    with store.writing() as db:
        one = drafts.EDITS.get(db, number)
        if one is None:
            raise AlreadyDone(Message("The item is gone: open the page again."))
        draft = seen_draft(db, seen)
        before, after = edit_sides(db, one)
        given = _without(db, draft, one, before, after)
        has_ended = draft.proposal is not None and draft.proposal.is_of_an_edit
        new = replace(draft, given=None if given == draft.scenario else given)
        if has_ended:
            new = without_question(db, new, actor, now)
        refuse_resting(draft, new, now)
        audit.add(db, now, actor, OneEditTakenBack(one.action, one.about))
        drafts.remove_edit(db, number)
        keep(db, draft, new, words, now)
        new.refuse_no_edit(now)
        return has_ended


def _without(db: Transaction, draft: Draft, one: StoredEdit, before: Scenario, after: Scenario) -> Scenario:
    found = rebased(after, before, draft.present)
    later = [other for other in drafts.EDITS.all(db) if other.number > one.number]
    hanging = [other for other in later if _builds_on(db, other, before, after)]
    if not found.is_contested and not hanging:
        if (whole := _whole(found.scenario)) is not None:
            return whole
        without = [(other, rebased(after, before, edit_sides(db, other)[1])) for other in later]
        hanging = [other for other, left in without if _whole(left.scenario) is None]
    values = {"edits": [_said(draft, other) for other in hanging]}
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


def _whole(scenario: Scenario) -> Scenario | None:
    try:
        return scenario_of(FormDocument.of(scenario_mapping(scenario)), is_json=True)
    except InputError:
        return None
