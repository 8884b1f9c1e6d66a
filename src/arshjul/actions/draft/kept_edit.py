"""The draft's edit reapplied to the served year: the waiting one, and those in a chosen plan."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from arshjul.actions.draft.draft import Draft, keep, opened_draft
from arshjul.actions.publishing.revision_messages import RevisionMessages
from arshjul.actions.publishing.served_revision import read_back, whole_scenario
from arshjul.actions.publishing.undoable import undone_since
from arshjul.domain.entries.amendment import Edited
from arshjul.domain.entries.filling import Filling
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.form_document import FormDocument
from arshjul.formats.scenario.scenario import scenario_of
from arshjul.formats.scenario.scenario_json import scenario_mapping
from arshjul.planning.replan.edit import Rebased, rebased
from arshjul.store.store import Transaction

_FIELDS = {"plan": ("span", "language")}
"""The fields of a scenario for sections of another name."""


def is_edited(draft: Draft) -> bool:
    """True if the scenario was edited since the draft began, whether or not a chosen plan has taken it in."""
    return draft.given is not None or bool(_chosen(draft))


def kept_edit(db: Transaction, draft: Draft, served: Scenario, *, keep: bool) -> Rebased:
    """The served scenario with the draft's edits, or with its calls alone: no plan has to answer those."""
    begun = served if draft.base is None else whole_scenario(db, read_back(db, draft.base))
    chosen = replace(with_edits(begun, draft.scenario, _chosen(draft) if keep else ()), calls=draft.scenario.calls)
    found = rebased(begun, chosen, served)
    if draft.given is None or not keep:
        return found
    later = [rebased(draft.scenario, draft.given, scenario) for scenario in found]
    return Rebased(later[0].scenario, later[1].theirs)


def edit_of(served: Scenario, scenario: Scenario) -> Scenario | None:
    """The scenario as an edit of the served one; None if that changes nothing.

    InputError if it would refer to things that are gone.
    """
    return None if scenario == served else scenario_of(FormDocument.of(scenario_mapping(scenario)), is_json=True)


def _chosen(draft: Draft) -> Sequence[Edited | Filling]:
    """The edits and fillings in the draft's plan that are not in the served one."""
    if draft.plan is None or draft.served is None:
        return ()
    shared, entries = draft.plan.last_shared(draft.served.plan), draft.plan.entries
    found: list[Edited | Filling] = [one for one in entries.changes if isinstance(one, Edited)]
    found += [one for one in entries.fillings if not one.is_replan]
    return [one for one in found if (one.revision or 0) > shared]


def with_edits(begun: Scenario, now: Scenario, edits: Iterable[Edited | Filling]) -> Scenario:
    """The scenario from which a plan began, with only these edits of the present one; other entries are left out."""
    scenario = begun
    for edit in edits:
        if isinstance(edit, Filling):
            scenario = replace(scenario, objects=now.objects)
            continue
        operations = {id: one for id, one in scenario.operations.items() if id not in edit.gone}
        for id in (*edit.new, *edit.changed):
            if id in now.operations:
                keys = edit.changed.get(id, ())
                known = operations.get(id, now.operations[id])
                operations[id] = replace(known, **{key: getattr(now.operations[id], key) for key in keys})
        sections = [name for section in edit.sections for name in _FIELDS.get(section, (section,))]
        scenario = replace(scenario, operations=operations, **{name: getattr(now, name) for name in sections})
    return scenario


def let_edits_wait(made: RevisionMessages) -> None:
    """Lets the edits of what a new revision takes back wait in the draft, if it says so.

    Refused if they cannot belong to what is served now.
    """
    for undone, former in undone_since(made.db, made.served.plan, made.plan) if made.served is not None else ():
        entries = former.after.plan.entries
        entered: list[Edited | Filling] = [one for one in entries.changes if isinstance(one, Edited)]
        entered += [one for one in entries.fillings if not one.is_replan]
        edits = [one for one in entered if one.revision in undone.versions]
        if not undone.again or not edits:
            continue
        draft, begun = opened_draft(made.db), former.before.scenario
        onto = draft.scenario if draft.given is None else draft.given
        try:
            given = edit_of(onto, rebased(begun, with_edits(begun, former.after.scenario, edits), onto).theirs)
        except InputError as error:
            text = Message(
                "What was edited cannot wait again: {reason} Let what was entered be taken back too.",
                {"reason": error.message},
            )
            raise Refused(text) from None
        if given is not None:
            keep(made.db, draft, replace(draft, given=given), made.words, made.now)
