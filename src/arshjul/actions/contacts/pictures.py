"""Situation pictures: themes entered by a contact or the coordinator, who takes over what they propose, or does not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import count

from arshjul.actions.contacts.learning import ENTERED, add_learnt, judged_learnt, refuse_same
from arshjul.actions.contacts.told_outside import refuse_told_outside
from arshjul.actions.draft.draft import AlreadyDone, Draft, Item, asked_draft, opened_draft, seen_draft
from arshjul.actions.draft.edit_operation import edit_in
from arshjul.domain.entries.learnt import PICTURES
from arshjul.domain.entries.picture import PictureTheme, latest_themes
from arshjul.domain.operation import Operation
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.schema.picture import WrittenPictureTheme
from arshjul.formats.words import local_time
from arshjul.planning.check.typed_texts import of_persons
from arshjul.store import audit
from arshjul.store.events import OperationEdited
from arshjul.store.store import Store, Transaction

PREFIX = "L"
"""What the ids of themes begin with here."""

_GIVEN_HERE = ("id", "reported", "revision", "decision", "reason")


def see(store: Store, item: Item, actor: str, now: datetime, *, is_sure: bool = False) -> None:
    """Enters a theme that a party tells. InputError or Refused if it is unusable, or names a place or person."""
    with store.writing() as db:
        draft = opened_draft(db)
        refuse_told_outside(draft, PICTURES, item)
        _see(db, draft, item, actor, now, is_sure=is_sure)


def _see(db: Transaction, draft: Draft, item: Item, actor: str, now: datetime, *, is_sure: bool) -> None:
    persons = [replace(one, path=f"{PICTURES}[0].note") for one in of_persons(PICTURES, {"text": item.get("note", "")})]
    if persons and not is_sure:
        raise InputError(Message("Is it meant so?"), persons)
    known = latest_themes(draft.learnt_plan.entries.pictures)
    own = {key: value for key, value in item.items() if key not in ("id", "decision", "reason")}
    written = judged_learnt(draft, PICTURES, {**own, "id": next_theme(draft)}, now, is_sure=is_sure)
    if any(_said(WrittenPictureTheme.of(one).mapping()) == _said(written) for one in known.values()):
        raise AlreadyDone(ENTERED)
    add_learnt(db, PICTURES, written, actor, now)


def next_theme(draft: Draft) -> str:
    """The first id that no theme has."""
    known = latest_themes(draft.learnt_plan.entries.pictures)
    return next(id for id in (f"{PREFIX}{number}" for number in count(1)) if id not in known)


def _said(item: Item) -> Item:
    given = {key: value for key, value in item.items() if key not in _GIVEN_HERE}
    return {**given, "trend": given.get("trend", "steady")}


def theme_of_contact(db: Transaction, item: Item, contact: str, said: datetime, now: datetime) -> bool:
    """Enters a theme that a contact has sent; False if it is unusable.

    As with cards, what becomes of it says nothing of the sites.
    """
    draft = asked_draft(db)
    try:
        _see(db, draft, {"reported": local_time(draft.moment(said)), **item}, contact, now, is_sure=True)
    except AlreadyDone:
        return True
    except (InputError, Refused):
        return False
    return True


def concerned(draft: Draft, theme: PictureTheme, what: str, today: date) -> Iterator[tuple[Operation, Operation]]:
    """The operations whose priority, or interest of the party, a theme proposes to change: as they are, and would be.

    Those of a series are edited in a workbook, and those whose day has come are edited no more.
    """
    placed = {} if draft.plan is None else draft.plan.placed
    for one in draft.present.operations.values():
        has_come = one.id in placed and placed[one.id].slot.day <= today
        if (one.area, one.sector) != (theme.area, theme.sector) or one.repeat is not None or has_come:
            continue
        if what == "priority" and one.priority != theme.priority:
            yield one, replace(one, priority=theme.priority)
        elif what == "interest" and theme.by in one.invited and one.interest_of(theme.by) != theme.level:
            yield one, replace(one, interest={**one.interest, theme.by: theme.level})


def decide(store: Store, id: str, decision: str, reason: str, actor: str, now: datetime, seen: str) -> None:
    """Takes over what a theme proposes, as an edit that waits for options, or does not; the reason is kept.

    InputError if there is no such theme, it is past its date or no reason is given; AlreadyDone; StaleDraft as always.
    """
    with store.writing() as db:
        draft = seen_draft(db, seen)
        theme = latest_themes(draft.learnt_plan.entries.pictures).get(id)
        if theme is None:
            raise InputError(Message("There is no such theme."))
        before = WrittenPictureTheme.of(theme).mapping()
        own = {key: value for key, value in before.items() if key not in ("reported", "revision")}
        item = {**own, "decision": decision, "reason": reason}
        refuse_same(item, before)
        today = draft.moment(now).date()
        if not theme.proposes(today):
            raise InputError(Message("This theme proposes nothing any more."))
        refuse_told_outside(draft, PICTURES, {"reason": reason})
        written = judged_learnt(
            draft, PICTURES, {key: one for key, one in item.items() if one != ""}, now, is_sure=True
        )
        news = {new.id: new for _, new in concerned(draft, theme, decision, today)}
        for number, operation in enumerate(news):
            if number:
                audit.add(db, now, actor, OperationEdited(operation))
        if news:
            year = replace(draft.present, operations={**draft.present.operations, **news})
            edit_in(db, lambda _: year, OperationEdited(next(iter(news))), actor, now, seen)
        add_learnt(db, PICTURES, written, actor, now)
