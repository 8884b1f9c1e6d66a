"""Entries sent by a contact: checked by the shape of their kind in the year's entries, kept, and answered."""

import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from arshjul.errors import InputError, Message, Problem, Refused
from arshjul.portal.store import inbox, views
from arshjul.portal.store.contacts import PortalContact
from arshjul.portal.store.inbox import InboxRow
from arshjul.portal.store.views import EntryOutcome
from arshjul.serving.sql.database import Database, Transaction
from arshjul.year.domain.party_view import PartyView, ViewEvaluation, ViewEvent, ViewQuestion
from arshjul.year.formats.feeds.view_json import from_text
from arshjul.year.formats.schema.party_entry import (
    ANSWER,
    EVALUATING,
    EVALUATION,
    KINDS,
    REPORTS,
    PartyEntryKind,
    read_body,
    read_replies,
    written_body,
)

ID_BYTES = 16
MOST_A_DAY = 100
"""The entries that a session may send within a day."""

MOST_SHOWN, MOST_OF_KINDS = 20, 200
DAY = timedelta(days=1)


class TooMany(Refused):
    """Refused: the session has sent as much as it may in a day."""

    def __init__(self) -> None:
        super().__init__(Message("The daily limit is reached: call the coordinator."))


@dataclass(frozen=True, slots=True)
class SentEntry:
    """`outcome`: None until it has been fetched. `replaced_by`: the entry of its kind that takes its place, or ""."""

    row: InboxRow
    body: Mapping[str, object]
    outcome: EntryOutcome | None
    replaced_by: str = ""

    @property
    def kind(self) -> PartyEntryKind:
        return KINDS[self.row.kind]

    @property
    def state(self) -> str:
        """The outcome; `sent` until it has been fetched."""
        if self.replaced_by:
            return "superseded"
        return "sent" if self.outcome is None else self.outcome.state


def view_of(portal: Database, contact: PortalContact) -> tuple[str, PartyView | None]:
    """The mark and the view of the contact's party; None if none has been carried here yet."""
    with portal.reading() as db:
        mark, text = views.body(db, contact.party)
    return mark, from_text(text) if text else None


def kind_of_report(view: PartyView) -> str:
    return "report" if view.is_unit else "teams"


def problems(view: PartyView, kind: str, body: Mapping[str, object]) -> tuple[Problem, ...]:
    return KINDS[kind].problems(body, view.id)


def send(
    portal: Database, contact: PortalContact, session: str, sent: InboxRow, body: Mapping[str, object], view: PartyView
) -> InboxRow:
    """A form that is sent twice is one entry. InputError with what is wrong; TooMany. Locked contacts may send."""
    refuse_unsound(contact, sent, body, view)
    with portal.writing() as db:
        return keep(db, sent, session)


def refuse_unsound(contact: PortalContact, sent: InboxRow, body: Mapping[str, object], view: PartyView) -> None:
    kind = KINDS.get(sent.kind)
    if kind is None or not kind.is_allowed(contact.may) or not kind.is_of(contact.party):
        raise InputError(Message("There is no such page."))
    if not sent.is_whole:
        raise InputError(Message("The form is incomplete: open the page again."))
    if found := problems(view, sent.kind, body):
        raise InputError(Message("The entry cannot be used."), found)


def keep(db: Transaction, sent: InboxRow, session: str) -> InboxRow:
    """Keeps an entry within a transaction; the former one of a form that was sent before. TooMany."""
    if inbox.INBOX.where(inbox.INBOX.c.reported >= sent.reported - DAY, session=session).n(db) >= MOST_A_DAY:
        raise TooMany
    return inbox.add(db, sent, session)


def sent_before(portal: Database, contact: PortalContact, key: str) -> InboxRow | None:
    with portal.reading() as db:
        return inbox.INBOX.where(contact=contact.id, key=key).first(db)


def new_row(
    contact: PortalContact, key: str, kind: str, body: Mapping[str, object], seen: str, corrects: str, now: datetime
) -> InboxRow:
    id = secrets.token_hex(ID_BYTES)
    return InboxRow(id, contact.id, key, contact.party, kind, written_body(body), corrects, seen, now)


def sent_entries(portal: Database, contact: PortalContact) -> list[SentEntry]:
    """The contact's latest entries, the newest first; pages of an evaluation that is not sent yet are none."""
    with portal.reading() as db:
        rows = inbox.LATEST.where(inbox.INBOX.c.kind != EVALUATING, contact=contact.id)
        return _as_seen(db, contact, rows.all(db, MOST_SHOWN))


def sent_of(portal: Database, contact: PortalContact, kinds: Collection[str]) -> list[SentEntry]:
    """The contact's latest entries of these kinds, the newest first, whatever else it has sent since."""
    with portal.reading() as db:
        rows = inbox.LATEST.where(inbox.INBOX.c.kind.in_(kinds), contact=contact.id)
        return _as_seen(db, contact, rows.all(db, MOST_OF_KINDS))


def _as_seen(db: Transaction, contact: PortalContact, rows: Sequence[InboxRow]) -> list[SentEntry]:
    """The entries as they stand: of reports the last words, but for what was put aside, or not taken in."""
    later = [
        inbox_row
        for inbox_row in inbox.INBOX.where(inbox.INBOX.c.corrects != "", contact=contact.id).all(db)
        if inbox_row.kind in REPORTS
    ]
    known = views.outcomes_of(db, [row.id for row in (*rows, *later)])
    stand = (
        inbox_row
        for inbox_row in later
        if inbox_row.id not in known or known[inbox_row.id].state not in ("aside", "refused")
    )
    replaced = {(inbox_row.kind, inbox_row.corrects): inbox_row.id for inbox_row in stand}
    return [
        SentEntry(row, read_body(row.body), known.get(row.id), replaced.get((row.kind, row.id), "")) for row in rows
    ]


def sent_entry(portal: Database, contact: PortalContact, id: str) -> SentEntry:
    with portal.reading() as db:
        row = inbox.of_id(db, contact.id, id)
        if row is None:
            raise InputError(Message("There is no such page."))
        return _as_seen(db, contact, [row])[0]


def last_words(portal: Database, contact: PortalContact, id: str, kind: str) -> SentEntry:
    """The entry of that kind that stands in the place of the one of that id. InputError if there is none."""
    sent = sent_entry(portal, contact, id)
    while sent.replaced_by:
        sent = sent_entry(portal, contact, sent.replaced_by)
    if sent.row.kind != kind:
        raise InputError(Message("There is no such page."))
    return sent


def on_its_way(portal: Database, view: PartyView, kind: str) -> Mapping[str, object] | None:
    """The party's last entry of that kind, by whichever contact, if it has no outcome yet."""
    with portal.reading() as db:
        rows = inbox.LATEST.where(party=view.party, kind=kind).all(db, 1)
        known = views.outcomes_of(db, [row.id for row in rows])
    return next((read_body(row.body) for row in rows if row.id not in known), None)


def standing_questions(portal: Database, view: PartyView) -> list[ViewQuestion]:
    """The questions to a party as they are answered now: also by what was sent and is not carried in yet."""
    with portal.reading() as db:
        rows = inbox.LATEST.where(party=view.party, kind=ANSWER).all(db, MOST_SHOWN)
        known = views.outcomes_of(db, [row.id for row in rows])
    standing = {question.name: question for question in view.questions}
    for row in reversed([row for row in rows if row.id not in known or known[row.id].state == "waits"]):
        for reply in read_replies(read_body(row.body)):
            if reply.question in standing:
                chosen = tuple(f"{slot.day} {slot.shift}" for slot in reply.instead)
                before = standing[reply.question]
                standing[reply.question] = replace(before, answer=reply.answer, remark=reply.remark, instead=chosen)
    return list(standing.values())


def is_over(view: PartyView, now: datetime) -> bool:
    moment = now if view.clock is None else view.clock.replace(tzinfo=ZoneInfo(view.timezone))
    return view.deadline is not None and moment > view.deadline


def today(view: PartyView, now: datetime) -> date:
    """The date where the year is; of a rehearsal that of its clock."""
    return moment(view, now).date()


def moment(view: PartyView, now: datetime) -> datetime:
    return view.clock if view.clock is not None else now.astimezone(ZoneInfo(view.timezone))


def touched(view: PartyView, body: Mapping[str, object], day: date) -> list[ViewEvent]:
    """The dates of the party's own operations for which too few are left by such a report, in order."""
    first = date.fromisoformat(str(body["from"]))
    last = date.fromisoformat(str(body["to"])) if "to" in body else date.max
    shifts, left = body.get("shifts"), body.get("officers_left", body.get("teams_left", 0))
    there = [
        event
        for event in view.events
        if event.operation
        and max(first, day) <= event.first <= last
        and (not isinstance(shifts, Sequence) or event.shift in shifts)
    ]
    wanted = Counter[tuple[date, str]]()
    for event in there:
        wanted[event.first, event.shift] += event.number
    return [event for event in there if not isinstance(left, int) or wanted[event.first, event.shift] > left]


MOST_READ = 400
"""The latest entries of a party that are looked through: more than it has open evaluations."""


def is_said(portal: Database, view: PartyView) -> frozenset[str]:
    with portal.reading() as db:
        rows = inbox.LATEST.where(party=view.party, kind=EVALUATION).all(db, MOST_READ)
        refused = {id for id, one in views.outcomes_of(db, [row.id for row in rows]).items() if one.state == "refused"}
    sent = {
        evaluation.operation
        for evaluation in view.evaluations
        for row in rows
        if row.id not in refused and _is_of(row, evaluation, view)
    }
    return frozenset(sent | {evaluation.operation for evaluation in view.evaluations if evaluation.is_answered})


def _is_of(row: InboxRow, asked: ViewEvaluation, view: PartyView) -> bool:
    """True if it is said of the operation on its present date: what was said before that is about another."""
    day = row.reported.astimezone(ZoneInfo(view.timezone)).date()
    return day >= asked.opens and read_body(row.body).get("operation") == asked.operation


@dataclass(frozen=True, slots=True)
class Begun:
    """`entry`: the last one, in whole or in part, or "". `is_own`: the contact that looks has said it itself."""

    entry: str = ""
    body: Mapping[str, object] = field(default_factory=dict)
    is_own: bool = True


def begun(portal: Database, contact: PortalContact, view: PartyView, asked: ViewEvaluation) -> Begun:
    """The party's answer on an operation, by whichever contact: it is one answer."""
    with portal.reading() as db:
        rows = [
            row
            for kind in (EVALUATION, EVALUATING)
            for row in inbox.LATEST.where(party=contact.party, kind=kind).all(db, MOST_READ)
        ]
    for row in sorted(rows, key=lambda row: row.reported, reverse=True):
        if _is_of(row, asked, view):
            return Begun(row.id, read_body(row.body), row.contact == contact.id)
    return Begun()
