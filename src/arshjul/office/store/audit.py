"""The log of who did what, and when: a hash chain of its own, so that lines cannot be changed or removed unnoticed.

Everything that is written passes here, so here a clock that has jumped is noticed: its timestamps could not be taken
back.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Select, func, select

from arshjul.errors import Message, Refused
from arshjul.office.store.events import (
    EventKind,
    Invited,
    LogEvent,
    Mended,
    RehearsalBegun,
    Restored,
    SignedIn,
    SignedOut,
    event_of,
)
from arshjul.office.store.tables import declared
from arshjul.serving.sql.columns import Id, Sha256
from arshjul.serving.sql.database import Transaction, asked_once
from arshjul.serving.sql.errors import UNREADABLE
from arshjul.serving.sql.hashes import FIRST, hash_of
from arshjul.serving.sql.rows import TableRows
from arshjul.year.domain.calendar import plausible

F = TypeVar("F")

LONGEST_PAUSE = timedelta(days=92)
"""The longest time since the latest line, a quarter of a year, before the clock is suspected of having jumped."""

MOST_BEHIND = timedelta(hours=1)
"""The largest difference between the clocks of two computers that write in turn."""

AT_THE_DOOR: tuple[EventKind[..., Any], ...] = (Invited, SignedIn, SignedOut)
"""Sign-ins and sign-outs, exempt from the time limit: after a quiet summer the next event is asked about the clock."""


class ClockAsked(Refused):
    """So long after the latest line that it is asked whether the clock is right."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the log. `about` is the event as text: it names a revision or a subscriber, never an address."""

    number: int
    at: datetime
    actor: str
    action: Id
    about: str
    hash: Sha256

    @property
    def event(self) -> LogEvent | None:
        """The event; None if the line has no known form."""
        return event_of(self.action, self.about)


LINES = TableRows(declared("audit", AuditLine, "number"), AuditLine)
_LATEST = LINES.by(LINES.c.number.desc())

_FIRST_ACTION = select(LINES.c.action).where(LINES.c.number == 1)


def _since_confirmed() -> Select[Any]:
    line = LINES.c
    right = select(func.max(line.number)).where(line.action == Mended.action).scalar_subquery()
    written = line.action.not_in([kind.action for kind in AT_THE_DOOR])
    return select(func.max(line.at)).where(line.number >= func.coalesce(right, 0), written)


_SINCE_CONFIRMED = _since_confirmed()


def add(db: Transaction, at: datetime, actor: str, event: LogEvent) -> None:
    """Writes a line. ClockAsked if the clock has jumped since the latest one, unless the event vouches for it."""
    plausible(at)
    if event.kind not in (Mended, Restored, *AT_THE_DOOR):
        refuse_jump(db, at)
    _append(db, _last(db), at, actor, event.kind.action, event.text)


def refuse_jump(db: Transaction, at: datetime) -> None:
    """ClockAsked if the clock has jumped since the latest line; called before actions that cannot be taken back."""
    if (jump := jump_since(db, at)) is not None:
        raise ClockAsked(jump)


def jump_since(db: Transaction, at: datetime) -> Message | None:
    known = latest(db)
    return None if known is None else jumped(known, at)


@asked_once
def latest(db: Transaction) -> datetime | None:
    """The latest moment in the log since the clock was last confirmed; who came and went says nothing of the clock."""
    return db.execute(_SINCE_CONFIRMED).scalar()


@asked_once
def is_rehearsal(db: Transaction) -> bool:
    """True if the database is a rehearsal, for trying out a year. Its first line marks it so, for ever."""
    return db.execute(_FIRST_ACTION).scalar() == RehearsalBegun.action


def is_empty(db: Transaction) -> bool:
    return _last(db) is None


def jumped(latest: datetime, now: datetime) -> Message | None:
    """A warning if so much time has passed since the latest line that the clock may be wrong, else None."""
    if now - latest <= LONGEST_PAUSE:
        return None
    return Message(
        "The clock says {now}, {days} days after the last change. Set it right, or confirm "
        "it with `arshjul doctor --mend`.",
        {"now": now.date(), "days": (now - latest).days},
    )


def behind(latest: datetime, now: datetime) -> Message:
    """The message that something was written later than the present time."""
    return Message(
        "The clock says {now}, before the last change at {latest}. Set it right, or mend the "
        "change with `arshjul doctor --mend`.",
        {"now": utc(now), "latest": utc(latest)},
    )


def utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _append(db: Transaction, last: AuditLine | None, at: datetime, actor: str, action: str, about: str) -> None:
    number, previous = (1, FIRST) if last is None else (last.number + 1, last.hash)
    made = AuditLine(number, at, actor, action, about, "")
    LINES.add(db, replace(made, hash=hash_of(asdict(made), previous)))


def _last(db: Transaction) -> AuditLine | None:
    return _LATEST.first(db)


def lines(db: Transaction, *kinds: EventKind[..., Any]) -> list[AuditLine]:
    which = (LINES.c.action.in_([kind.action for kind in kinds]),) if kinds else ()
    return LINES.where(*which).all(db)


def told(db: Transaction, kind: EventKind[..., F]) -> list[tuple[F, datetime]]:
    """The fields of all events of that kind, each with its moment, in order."""
    return [(event.fields, line.at) for line in lines(db, kind) if (event := line.event) is not None]


def last_of(db: Transaction, *kinds: EventKind[..., Any]) -> EventKind[..., Any] | None:
    line, of_action = LINES.c, {kind.action: kind for kind in kinds}
    query = select(line.action).where(line.action.in_(of_action)).order_by(line.number.desc()).limit(1)
    return of_action.get(db.execute(query).scalar() or "")


def readable(db: Transaction) -> tuple[list[AuditLine], int]:
    """The readable lines of a log that may be damaged, in order, and the number of unreadable ones."""
    readable_lines, n_unread = list[AuditLine](), 0
    for number in LINES.values(db, LINES.c.number):
        try:
            readable_lines += LINES.where(number=number).all(db)
        except UNREADABLE:
            n_unread += 1
    return readable_lines, n_unread


def carry_over(db: Transaction, other: list[AuditLine]) -> None:
    """Appends to the log, which is a copy, the lines that the other one has beyond it."""
    there = frozenset(lines(db))
    for line in other:
        if line not in there:
            _append(db, _last(db), line.at, line.actor, line.action, line.about)


def broken(log: list[AuditLine]) -> list[int]:
    """The numbers of lines that were changed, or do not follow the one before."""
    wrong, previous = [], FIRST
    for position, line in enumerate(log, 1):
        if line.number != position or line.hash != hash_of(asdict(line), previous):
            wrong.append(line.number)
        previous = line.hash
    return wrong
