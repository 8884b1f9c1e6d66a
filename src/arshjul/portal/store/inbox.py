"""The portal's inbox: entries of contacts, never changed, read by `carry`."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer, Select, UniqueConstraint, and_, bindparam, case, or_, select

from arshjul.portal.store import tables
from arshjul.portal.store.bounds import size
from arshjul.portal.store.sessions import RAISED
from arshjul.portal.store.tables import declared
from arshjul.serving.sql.columns import Digest, Id, Name, Sha256, Word
from arshjul.serving.sql.database import Transaction, rows_with
from arshjul.serving.sql.errors import UNREADABLE
from arshjul.serving.sql.rows import TableRows

MOST_OF_KIND = 100
"""The most bytes of the name of a kind that are looked at."""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """`id`, `key`: random, of entry and form. `seen`: the mark of the view. `corrects`: what it replaces, or ""."""

    id: Id
    contact: Id
    key: Sha256
    party: Name
    kind: Word
    body: str
    corrects: Id
    seen: Sha256
    reported: datetime

    @property
    def is_whole(self) -> bool:
        return all(form.fullmatch(getattr(self, name)) for name, form in _FORMS.items())


_ID, _DIGEST = "[0-9a-f]{32}", "[0-9a-f]{64}"
_FORMS = {
    name: re.compile(form)
    for name, form in {"id": _ID, "key": _DIGEST, "corrects": f"({_ID})?", "seen": f"({_DIGEST})?"}.items()
}

INBOX = TableRows(
    declared(
        "inbox",
        InboxRow,
        first=(Column("number", Integer, primary_key=True, autoincrement=True),),
        last=(Column("session", Digest, nullable=False), UniqueConstraint("contact", "key"), UniqueConstraint("id")),
    ),
    InboxRow,
)
"""In the order of arrival."""

LATEST = INBOX.by(INBOX.c.number.desc())
"""The same, the newest first."""

_COLUMNS = [INBOX.c[name] for name in InboxRow.__dataclass_fields__]
_TEXTS = [column for column in _COLUMNS if column.name != "reported"]


def add(db: Transaction, row: InboxRow, session: str) -> InboxRow:
    """Adds an entry; for a form that was sent before, the entry of that time."""
    there = INBOX.where(contact=row.contact, key=row.key).first(db)
    if there is None:
        INBOX.add(db, row, session=session)
    return there or row


def of_id(db: Transaction, contact: str, id: str) -> InboxRow | None:
    """The entry of that id, if it is that contact's. Others than the portal makes are not asked for."""
    if not _FORMS["id"].fullmatch(id):  # PostgreSQL takes no text with a NUL
        return None
    return INBOX.where(contact=contact, id=id).first(db)


def numbers(db: Transaction, ids: Collection[str]) -> dict[str, int]:
    table = INBOX.c
    return {row.id: row.number for row in rows_with(db, select(table.id, table.number), table.id, ids)}


@dataclass(frozen=True, slots=True)
class Mouthful:
    """Rows of the inbox that `carry` has not answered, as many as fit, by their number.

    `unreadable`: why others were not read: their `size`, or a `value` that is none. `n_left`: the number of rows that
    wait for another turn. `known`: the rows of sessions that have entered a code.
    """

    rows: Mapping[int, InboxRow] = field(default_factory=dict)
    unreadable: Mapping[int, str] = field(default_factory=dict)
    n_left: int = 0
    known: frozenset[int] = frozenset()


def _heads() -> Select[Any]:
    table, raised = INBOX.c, RAISED.c
    is_urgent = and_(size(table.kind) <= MOST_OF_KIND, table.kind.in_(bindparam("urgent", expanding=True)))
    is_known = select(raised.session).where(raised.session == table.session, raised.contact == table.contact).exists()
    order = (case((is_urgent, 0), else_=1), case((is_known, 0), else_=1), table.number)
    query = select(table.number, size(*_COLUMNS).label("size"), is_known.label("is_known"))
    may_come = or_(table.contact.not_in(bindparam("full", expanding=True)), is_known)
    return query.where(_IS_OPEN, may_come).order_by(*order).limit(bindparam("most"))


_IS_OPEN = ~select(tables.outcome.c.number).where(tables.outcome.c.number == INBOX.c.number).exists()
_OPEN = INBOX.where(_IS_OPEN)
_HEADS = _heads()


def unanswered(
    db: Transaction, urgent: Collection[str], most: int, most_bytes: int, most_in_all: int, full: Collection[str] = ()
) -> Mouthful:
    """The rows without an outcome, those of `urgent` kinds first, at most so many, and so many bytes each and in all.

    Those of sessions that have entered a code come first, and alone of the contacts that are `full`. Sizes are looked
    at before anything of a row is read.
    """
    heads = db.execute(_HEADS, {"urgent": list(urgent), "full": list(full), "most": most})
    rows, unreadable, in_all, known = dict[int, InboxRow](), dict[int, str](), 0, set[int]()
    for number, n, has_code in heads.all():
        if n > most_bytes:
            unreadable[number] = "size"
        elif in_all + n > most_in_all:
            continue
        elif (row := _read(db, number)) is None:
            unreadable[number] = "value"
        else:
            in_all += n
            rows[number] = row
            known |= {number} if has_code else set()
    n_open = _OPEN.n(db)
    return Mouthful(rows, unreadable, n_left=n_open - len(rows) - len(unreadable), known=frozenset(known))


def _read(db: Transaction, number: int) -> InboxRow | None:
    """The row of that number; None if it has values that the portal does not write."""
    try:
        row = INBOX.where(number=number).first(db)
    except UNREADABLE:
        return None
    if row is None or not all(isinstance(getattr(row, column.name), str) for column in _TEXTS):
        return None
    return None if row.reported is None else row
