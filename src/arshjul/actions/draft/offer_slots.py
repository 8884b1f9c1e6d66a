"""offer-slots: other times of an operation that a party may choose from when it is asked. They bind nothing."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from arshjul.actions.draft.draft import Draft, asked_draft
from arshjul.agenda.when import when_said
from arshjul.domain.calendar import Slot
from arshjul.domain.entries.answer import MOST_INSTEAD
from arshjul.errors import InputError, Message, Refused
from arshjul.store import audit, proposals
from arshjul.store.events import SlotsOffered
from arshjul.store.store import Store


def offer_slots(
    store: Store, operation: str, slots: Sequence[Slot], seen: Collection[Slot], actor: str, now: datetime
) -> None:
    """Replaces the slots that are offered instead of the operation's place in the proposal, which were `seen`.

    InputError if it is not asked about, if they are too many, or if there is no such slot. Refused if somebody else has
    changed them since.
    """
    with store.writing() as db:
        draft = asked_draft(db)
        place = None if draft.proposal is None else draft.proposal.plan.placed.get(operation)
        if place is None or draft.proposal is None or operation not in draft.proposal.parties():
            raise InputError(Message("Nobody is asked about {operation} any more.", {"operation": operation}))
        if len(slots) > MOST_INSTEAD:
            raise InputError(Message("Tick at most {most} times.", {"most": MOST_INSTEAD}))
        shifts = {shift.id for shift in draft.scenario.shifts}
        if any(slot == place.slot or slot.day not in draft.scenario.span or slot.shift not in shifts for slot in slots):
            raise InputError(Message("The item is gone: open the page again."))
        known = draft.offered.get(operation, ())
        if set(known) not in (set(seen), set(slots)):
            raise Refused(_others(draft, known))
        offered = {**draft.offered, operation: tuple(sorted(set(slots)))}
        if offered[operation] != known:
            written = {
                id: [{"date": slot.day.isoformat(), "shift": slot.shift} for slot in there]
                for id, there in offered.items()
            }
            proposals.PROPOSALS.set(db, offered=json.dumps(written))
            audit.add(db, now, actor, SlotsOffered(operation, len(offered[operation])))


def _others(draft: Draft, known: Sequence[Slot]) -> Message:
    if not known:
        return Message("The page has changed, and nothing was saved. Check it and send again.")
    return Message(
        "Somebody else has ticked {times}, and nothing was saved. Check it and send again.",
        {"times": [when_said(draft.scenario, slot) for slot in known]},
    )
