"""Meetings: points that parties propose, agendas and minutes, and what is to be done. They count at once."""

from datetime import datetime
from itertools import count

from arshjul.actions.contacts.learning import add_learnt, judged_learnt, refuse_same
from arshjul.actions.contacts.told_outside import refuse_told_outside
from arshjul.actions.draft.draft import Draft, Item, asked_draft, opened_draft
from arshjul.agenda.meetings import HeldMeeting, is_invited, meetings
from arshjul.domain.entries.learnt import AGENDA_POINTS, MEETING_ACTIONS, MINUTES, latest_actions
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.schema.declared import mapping
from arshjul.formats.words import local_time
from arshjul.store.store import Store, Transaction

PREFIX = "M"
"""What the ids of actions begin with here."""


def meeting_of(draft: Draft, item: Item) -> HeldMeeting:
    """The meeting that an item is about. InputError if the year has none on that date."""
    for one in meetings(draft.scenario, draft.learnt_plan):
        if (one.meeting.id, one.day.isoformat()) == (item.get("meeting"), str(item.get("date"))):
            return one
    raise InputError(Message("There is no such meeting on that date."))


def write_minutes(
    store: Store, item: Item, actor: str, now: datetime, *, was: str | None = None, is_sure: bool = False
) -> None:
    """Enters agenda or minutes of a meeting, which take the place of what stood there.

    InputError or Refused if they are unusable, or the agenda names a place; AlreadyDone if they say nothing else;
    StaleEntry if other minutes stand there than those of the mark `was`.
    """
    with store.writing() as db:
        draft = opened_draft(db)
        before = meeting_of(draft, item).minutes
        refuse_told_outside(draft, MINUTES, {"agenda": item.get("agenda", "")})
        written = judged_learnt(draft, MINUTES, item, now, is_sure=is_sure)
        refuse_same(written, None if before is None else mapping(before), was)
        add_learnt(db, MINUTES, written, actor, now)


def enter_point(store: Store, item: Item, actor: str, now: datetime, *, is_sure: bool = False) -> None:
    """Enters a point that a party has proposed on the telephone.

    InputError if it is unusable, or the party is not asked to the meeting; AlreadyDone if it is there.
    """
    with store.writing() as db:
        draft = opened_draft(db)
        if not is_invited(draft.scenario, meeting_of(draft, item).meeting, str(item.get("party"))):
            raise InputError(Message("The party is not called to the meeting."))
        written = judged_learnt(draft, AGENDA_POINTS, item, now, is_sure=is_sure)
        for there in draft.learnt_plan.entries.agenda_points:
            refuse_same(written, mapping(there))
        add_learnt(db, AGENDA_POINTS, written, actor, now)


def next_action(draft: Draft) -> str:
    """The first id that no action has."""
    known = {one.id for one in draft.learnt_plan.entries.meeting_actions}
    return next(id for id in (f"{PREFIX}{number}" for number in count(1)) if id not in known)


def decide_action(store: Store, item: Item, actor: str, now: datetime, *, is_sure: bool = False) -> None:
    """Enters a new action of a meeting; one whose id somebody else has taken meanwhile gets the next one.

    InputError or Refused if it is unusable, or names a place; AlreadyDone if it is there.
    """
    with store.writing() as db:
        draft = opened_draft(db)
        meeting_of(draft, item)
        there = latest_actions(draft.learnt_plan.entries.meeting_actions).get(str(item.get("id", "")))
        if there is not None:
            refuse_same({"state": "open", **item}, mapping(there))
            item = {**item, "id": next_action(draft)}
        refuse_told_outside(draft, MEETING_ACTIONS, item)
        add_learnt(db, MEETING_ACTIONS, judged_learnt(draft, MEETING_ACTIONS, item, now, is_sure=is_sure), actor, now)


def end_action(store: Store, id: str, state: str, actor: str, now: datetime) -> None:
    """An action is done, dropped, or open again. InputError if there is none, AlreadyDone if it is so already."""
    with store.writing() as db:
        draft = opened_draft(db)
        there = latest_actions(draft.learnt_plan.entries.meeting_actions).get(id)
        if there is None:
            raise InputError(Message("The item is gone: open the page again."))
        before = mapping(there)
        item = {key: value for key, value in before.items() if key not in ("reported", "revision")} | {"state": state}
        refuse_same(item, before)
        written = judged_learnt(draft, MEETING_ACTIONS, item, now, was=before, is_sure=True)
        add_learnt(db, MEETING_ACTIONS, written, actor, now)


def point_of_contact(db: Transaction, item: Item, party: str, contact: str, said: datetime, now: datetime) -> bool:
    """Enters a point that a contact proposes; False if its party is not asked to such a meeting, or it is unusable."""
    draft = asked_draft(db)
    try:
        if not is_invited(draft.scenario, meeting_of(draft, item).meeting, party):
            return False
        written = judged_learnt(
            draft, AGENDA_POINTS, {"reported": local_time(draft.moment(said)), **item}, now, is_sure=True
        )
    except (InputError, Refused):
        return False
    add_learnt(db, AGENDA_POINTS, written, contact, now)
    return True
