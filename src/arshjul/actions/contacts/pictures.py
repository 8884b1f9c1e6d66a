"""Situation pictures, entered by a contact or the coordinator, who takes over what each theme proposes, or does not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import count

from arshjul.actions.contacts.learning import ENTERED, add_learnt, judged_learnt
from arshjul.actions.contacts.told_outside import refuse_told_outside
from arshjul.actions.draft.draft import AlreadyDone, Draft, Item, asked_draft, opened_draft, seen_draft
from arshjul.actions.draft.edit_operation import edit_in
from arshjul.domain.entries.learnt import PICTURES
from arshjul.domain.entries.picture import Decision, PictureTheme, SituationPicture, latest_pictures, latest_themes
from arshjul.domain.operation import Operation
from arshjul.errors import InputError, Message, Problem, Refused
from arshjul.formats.schema.declared import mapping, shape
from arshjul.formats.words import local_time
from arshjul.planning.check.slips import of_persons
from arshjul.store import audit
from arshjul.store.events import OperationEdited
from arshjul.store.store import Store, Transaction

PREFIX = "L"
"""What the ids of pictures begin with here."""


def see(store: Store, item: Item, actor: str, now: datetime, *, is_sure: bool = False) -> None:
    """Enters a picture that a party tells. InputError or Refused if it is unusable, or names a place or person."""
    with store.writing() as db:
        draft = opened_draft(db)
        refuse_told_outside(draft, PICTURES, item)
        _see(db, draft, item, actor, now, is_sure=is_sure)


def _see(db: Transaction, draft: Draft, item: Item, actor: str, now: datetime, *, is_sure: bool) -> None:
    judged = judged_learnt(draft, PICTURES, {**item, "id": next_picture(draft)}, now, is_sure=is_sure)
    told = shape(SituationPicture).model_validate(judged, context={"json": True}).domain()
    undecided = tuple(one.undecided for one in told.themes)
    persons = [
        replace(one, path=f"{PICTURES}[0].themes[{n}].note")
        for n, theme in enumerate(undecided)
        for one in of_persons(PICTURES, {"text": theme.note})
    ]
    if persons and not is_sure:
        raise InputError(Message("Is it meant so?"), persons)
    written = mapping(replace(told, themes=undecided))
    known = latest_pictures(draft.learnt_plan.entries.pictures).values()
    if any(_said(one) == _said(told) for one in known):
        raise AlreadyDone(ENTERED)
    add_learnt(db, PICTURES, {**written, "reported": judged["reported"]}, actor, now)


def next_picture(draft: Draft) -> str:
    """The first id that no picture has."""
    known = latest_pictures(draft.learnt_plan.entries.pictures)
    return next(id for id in (f"{PREFIX}{number}" for number in count(1)) if id not in known)


def _said(one: SituationPicture) -> SituationPicture:
    """What was said, whatever has been decided about it."""
    return replace(one, id="", reported=None, revision=None, themes=tuple(theme.undecided for theme in one.themes))


def picture_of_contact(db: Transaction, item: Item, contact: str, said: datetime, now: datetime) -> bool:
    """Enters a picture that a contact has sent; False if it is unusable.

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


def concerned(draft: Draft, theme: PictureTheme, what: Decision, today: date) -> Iterator[tuple[Operation, Operation]]:
    """The operations whose priority, or interest of the party, a theme proposes to change: as they are, and would be.

    Those of a series are edited in a workbook, and those whose day has come are edited no more.
    """
    placed = {} if draft.plan is None else draft.plan.placed
    area, by, seen = theme.picture.area, theme.picture.by, theme.theme
    for one in draft.present.operations.values():
        has_come = one.id in placed and placed[one.id].slot.day <= today
        if (one.area, one.sector) != (area, seen.sector) or one.repeat is not None or has_come:
            continue
        is_asked = what == "priority" or (by in one.invited and one.interest_of(by) != seen.level)
        if is_asked and (made := seen.made(one, by, what)) != one:
            yield one, made


def decide(store: Store, id: str, decision: Decision, reason: str, actor: str, now: datetime, seen: str) -> None:
    """Takes over what a theme proposes, as an edit that waits for options, or does not; the reason is kept.

    InputError if there is no such theme, it is past its date or no reason is given; AlreadyDone; StaleDraft as always.
    """
    with store.writing() as db:
        draft = seen_draft(db, seen)
        themes = latest_themes(draft.learnt_plan.entries.pictures, draft.present)
        theme = next((one for one in themes if one.id == id), None)
        if theme is None:
            raise InputError(Message("There is no such theme."))
        if (theme.theme.decision, theme.theme.reason) == (decision, reason):
            raise AlreadyDone(ENTERED)
        today = draft.moment(now).date()
        if not theme.proposes(today):
            raise InputError(Message("This theme proposes nothing any more."))
        if not reason:
            text, path = Message("The reason is missing: write why."), f"{PICTURES}[0].reason"
            raise InputError(Message("What was entered cannot be used."), [Problem("missing-key", text, path=path)])
        refuse_told_outside(draft, PICTURES, {"reason": reason})
        news = {new.id: new for _, new in concerned(draft, theme, decision, today)}
        decided = mapping(theme.picture.decided(theme.position, decision, reason, news))
        written = judged_learnt(draft, PICTURES, decided, now, is_sure=True)
        for number, operation in enumerate(news):
            if number:
                audit.add(db, now, actor, OperationEdited(operation))
        if news:
            year = replace(draft.present, operations={**draft.present.operations, **news})
            edit_in(db, lambda _: year, OperationEdited(next(iter(news))), actor, now, seen)
        add_learnt(db, PICTURES, written, actor, now)
