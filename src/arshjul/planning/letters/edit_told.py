"""Edits of a scenario in sentences."""

from collections.abc import Iterator

from arshjul.domain.entries.amendment import Edited
from arshjul.errors import FieldName, Message
from arshjul.texts import counted


def edit_sentences(edited: Edited) -> Iterator[Message]:
    """The operations that are new, what is changed in others, those that are gone, then the other parts changed."""
    new, gone = edited.new, edited.gone
    if new:
        yield counted(len(new), "One new operation: {ids}.", "{n} new operations: {ids}.", ids=list(new))
    for id, keys in edited.changed.items():
        yield Message("{operation} is changed: {keys}.", {"operation": id, "keys": [FieldName(key) for key in keys]})
    if gone:
        yield counted(len(gone), "One operation is gone: {ids}.", "{n} operations are gone: {ids}.", ids=list(gone))
    if edited.sections:
        sections = [FieldName(f"scenario.{name}") for name in edited.sections]
        yield Message("Also changed: {sections}.", {"sections": sections})
    if not (new or edited.changed or gone or edited.sections):
        yield Message("The year is unchanged.")
