"""Actions on situation pictures: the coordinator takes over a proposed theme, or declines it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from arshjul.errors import InputError, Message, Problem
from arshjul.office.contacts.ledger import ENTERED, PICTURES, add, judged, refuse_ledger_secrets
from arshjul.office.draft.draft import GONE, AlreadyDone, Draft
from arshjul.office.draft.edit_operation import edit_in
from arshjul.office.draft.stored_draft import seen_draft
from arshjul.office.store import audit
from arshjul.office.store.events import OperationEdited
from arshjul.office.store.store import Store
from arshjul.year.domain.entries.picture import Decision, PictureTheme, latest_themes
from arshjul.year.domain.operation import Operation
from arshjul.year.formats.schema.declared import mapping


def concerned(draft: Draft, theme: PictureTheme, what: Decision, today: date) -> Iterator[tuple[Operation, Operation]]:
    """As they are, and would be. Those of a series are edited in a workbook; those whose day has come, no more."""
    placed = {} if draft.plan is None else draft.plan.placed
    area, by, seen = theme.picture.area, theme.picture.by, theme.theme
    for operation in draft.present.operations.values():
        has_come = operation.id in placed and placed[operation.id].slot.day <= today
        if (operation.area, operation.sector) != (area, seen.sector) or operation.repeat is not None or has_come:
            continue
        is_asked = what == "priority" or (by in operation.invited and operation.interest_of(by) != seen.level)
        if is_asked and (made := seen.made(operation, by, what)) != operation:
            yield operation, made


def decide(store: Store, id: str, decision: Decision, reason: str, actor: str, now: datetime, seen: str) -> None:
    """An edit that waits, or none. InputError: no such theme, past its date or no reason; AlreadyDone; StaleDraft."""
    with store.writing() as db:
        draft = seen_draft(db, seen)
        themes = latest_themes(draft.learnt_plan.entries.pictures, draft.present)
        theme = next((one for one in themes if one.id == id), None)
        if theme is None:
            raise InputError(GONE)
        if (theme.theme.decision, theme.theme.reason) == (decision, reason):
            raise AlreadyDone(ENTERED)
        today = draft.moment(now).date()
        if not theme.proposes(today):
            raise InputError(GONE)
        if not reason:
            text, path = Message("The reason is missing: write why."), f"{PICTURES.list}[0].reason"
            raise InputError(Message("The entry cannot be used."), [Problem("missing-key", text, path=path)])
        refuse_ledger_secrets(draft, PICTURES, {"reason": reason})
        news = {new.id: new for _, new in concerned(draft, theme, decision, today)}
        decided = mapping(theme.picture.decided(theme.position, decision, reason, news))
        _, written = judged(draft, PICTURES, decided, now)
        for number, operation in enumerate(news):
            if number:
                audit.add(db, now, actor, OperationEdited(operation))
        if news:
            year = replace(draft.present, operations={**draft.present.operations, **news})
            edit_in(db, lambda _: year, OperationEdited(next(iter(news))), actor, now, seen)
        add(db, PICTURES, written, actor, now)
