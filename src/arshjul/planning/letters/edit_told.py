"""Edits of a scenario in sentences."""

from collections.abc import Iterator, Mapping

from arshjul.domain.entries.amendment import Edited
from arshjul.errors import FieldName, Message
from arshjul.texts import counted

SECTIONS: Mapping[str, Message] = {
    "plan": Message("the plan's dates and language"),
    "name": Message("the plan's name"),
    "timezone": Message("the time zone"),
    "calendar": Message("the calendar"),
    "shifts": Message("the shifts"),
    "areas": Message("the areas"),
    "police": Message("the police units"),
    "agencies": Message("the agencies"),
    "settings": Message("the rules"),
    "objective": Message("what quality is"),
    "cycle": Message("milestones and meetings"),
    "names": Message("the names"),
    "targets": Message("the targets"),
    "figures": Message("the figures that outcomes count"),
    "withdrawal_rates": Message("what is assumed of withdrawals"),
    "mail": Message("the words of mail"),
    "history": Message("what is known of other years' withdrawals"),
}
"""The parts of a scenario besides operations, in words."""


def edit_sentences(edited: Edited) -> Iterator[Message]:
    """The number and ids of operations that are new, changed and gone, then the other parts changed."""
    new, changed, gone = edited.new, tuple(edited.changed), edited.gone
    if new:
        yield counted(len(new), "One new operation: {ids}.", "{n} new operations: {ids}.", ids=list(new))
    if changed:
        yield counted(
            len(changed), "One changed operation: {ids}.", "{n} changed operations: {ids}.", ids=list(changed)
        )
    for id, keys in edited.changed.items():
        yield Message("{operation}: {keys}.", {"operation": id, "keys": [FieldName(key) for key in keys]})
    if gone:
        yield counted(len(gone), "One operation is gone: {ids}.", "{n} operations are gone: {ids}.", ids=list(gone))
    if edited.sections:
        yield Message(
            "Changed besides: {sections}.",
            {"sections": [SECTIONS.get(id, Message("{id}", {"id": id})) for id in edited.sections]},
        )
    if not (new or changed or gone or edited.sections):
        yield Message("The scenario is as it was.")
