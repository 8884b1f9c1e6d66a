"""Edits of a scenario in sentences."""

from collections.abc import Iterable, Iterator, Mapping

from arshjul.domain.entries.amendment import Edited
from arshjul.errors import Message
from arshjul.texts import counted

KEYS: Mapping[str, Message] = {
    "title": Message("title"),
    "programme": Message("programme"),
    "lead_agency": Message("lead agency"),
    "sector": Message("sector"),
    "area": Message("area"),
    "priority": Message("priority"),
    "must": Message("whether it is a must"),
    "officers": Message("number of officers"),
    "officers_least": Message("fewest officers"),
    "designated": Message("designated operation officer"),
    "police": Message("police units"),
    "police_also": Message("other police units"),
    "agencies": Message("agencies and teams"),
    "optional_agencies": Message("optional agencies"),
    "any_of": Message("agencies to choose from"),
    "interest": Message("interest"),
    "window": Message("window"),
    "days": Message("number of days"),
    "shifts": Message("shifts"),
    "weekdays": Message("weekdays"),
    "not_on": Message("dates it may not have"),
    "preferred": Message("preferred period"),
    "nominated_on": Message("nomination date"),
    "after": Message("which operation it follows up"),
    "not_same_day_as": Message("operations on other days"),
    "not_same_week_as": Message("operations in other weeks"),
    "same_slot_as": Message("operation at the same time"),
    "fixed": Message("pin"),
    "short_notice": Message("short notice"),
    "reserve": Message("whether it is a reserve"),
    "without_police": Message("whether it may be held without police"),
    "frame": Message("frame"),
    "sites": Message("sites"),
}
"""What differs in an operation, in words."""
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
"""What else differs in a scenario, in words."""


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
        yield Message("{operation}: {keys}.", {"operation": id, "keys": _in_words(KEYS, keys)})
    if gone:
        yield counted(len(gone), "One operation is gone: {ids}.", "{n} operations are gone: {ids}.", ids=list(gone))
    if edited.sections:
        yield Message("Changed besides: {sections}.", {"sections": _in_words(SECTIONS, edited.sections)})
    if not (new or changed or gone or edited.sections):
        yield Message("The scenario is as it was.")


def _in_words(known: Mapping[str, Message], ids: Iterable[str]) -> list[Message]:
    return [known.get(id, Message("{id}", {"id": id})) for id in ids]
