"""What was edited in a scenario, in sentences."""

from collections.abc import Iterator

from arshjul.domain.amendment import Edited
from arshjul.errors import Message
from arshjul.texts import counted


def edit_sentences(edited: Edited) -> Iterator[Message]:
    """How many operations are new, changed and gone, and which; what else is other."""
    new, changed, gone = edited.new, tuple(edited.changed), edited.gone
    if new:
        yield counted(len(new), "One new operation: {ids}.", "{n} new operations: {ids}.", ids=list(new))
    if changed:
        yield counted(
            len(changed), "One changed operation: {ids}.", "{n} changed operations: {ids}.", ids=list(changed)
        )
    for id, keys in edited.changed.items():
        yield Message("{operation}: {keys}.", {"operation": id, "keys": list(keys)})
    if gone:
        yield counted(len(gone), "One operation is gone: {ids}.", "{n} operations are gone: {ids}.", ids=list(gone))
    if edited.sections:
        yield Message("Changed besides: {sections}.", {"sections": list(edited.sections)})
    if not (new or changed or gone or edited.sections):
        yield Message("The scenario is as it was.")
