"""The outbox: messages that wait to be mailed, or to be told on the telephone.

Sent and removed messages are kept without their text, so that their number is never reused. One that somebody has
ticked as told by hand keeps its text for a while, so that the tick can be taken back. There are no secrets in it: an
address to answer at is made when its message is sent.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from arshjul.domain.contact import PartyMail
from arshjul.store import tables
from arshjul.store.database import Transaction
from arshjul.store.faults import Damaged
from arshjul.store.rows import TableRows

HAND_OVER = timedelta(minutes=3)
"""The longest hand-over: a claim further from now belongs to a process that has died."""

MOST_DOUBTS = 3
"""The number of attempts with unknown success after which a message is left for a call."""

RESTORED = "restored"
"""The fault of messages that waited in a restored backup: nobody knows whether they were sent after it was made."""


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message to one party. `asks`: it is sent with an address at which that party answers.

    Without an `address` it is told on the telephone. `fault` is why the last attempt failed; the message still waits.
    `claimed_at`: it is being handed over since then. `doubtful_since`: the first attempt with unknown success. `knows`
    and `tells`: the hashes of the revision that the party knows, empty if none, and of the one that the message tells
    of; both are empty for questions and their withdrawal. `about`: only these operations, to be told on the telephone
    beside the other messages. The first `soon` lines of its body are urgent, since their operations start soon, as are
    the next `passed` ones, whose operations have begun, or were to. Its words are as of the moment `seen`, and hold
    `until` another.
    """

    number: int
    party: str
    address: str
    mail: PartyMail
    asks: bool
    actor: str
    at: datetime
    sent_at: datetime | None = None
    tried_at: datetime | None = None
    fault: str = ""
    claimed_at: datetime | None = None
    doubtful_since: datetime | None = None
    taken_out: bool = False
    knows: str = ""
    tells: str = ""
    about: tuple[str, ...] = ()
    soon: int = 0
    passed: int = 0
    seen: datetime | None = None
    until: datetime | None = None
    doubts: int = 0
    """The number of attempts with unknown success."""

    contact: str = ""
    opens: bool = False
    """Of a message to a contact: its id, and whether it is sent with a new address of that contact at the portal."""

    page: str = ""
    page_until: datetime | None = None
    """The page that it asks for, if any, and until when: it is sent with an address that opens that page alone."""

    @property
    def urgent(self) -> bool:
        return self.soon + self.passed > 0

    def holds(self, moment: datetime) -> bool:
        if self.seen is None or self.until is None:
            return not self.tells
        return self.seen <= moment < self.until

    @property
    def is_doubted(self) -> bool:
        """True if it may have been sent so often that it is no longer mailed."""
        return self.doubts >= MOST_DOUBTS

    def is_going(self, now: datetime) -> bool:
        return self.claimed_at is not None and abs(now - self.claimed_at) < HAND_OVER


_PARTS = tuple(field.name for field in fields(PartyMail))
_TEXTS = (*_PARTS, "party", "address", "actor", "fault", "knows", "tells", "about", "contact")


class OutboxRows(TableRows[OutboxMessage]):
    """The rows of messages: the parts of a message's mail have columns of their own."""

    def __init__(self) -> None:
        super().__init__(tables.outbox, OutboxMessage)
        self._fields = list(tables.outbox.c.keys())

    def made(self, row: Any) -> OutboxMessage:
        """The message in a row. Damaged if it is none that was written."""
        if not all(isinstance(row[name], str) for name in _TEXTS):
            raise Damaged("a message without its text")
        mail = PartyMail(**{part: row[part] for part in _PARTS})
        rest = {key: value for key, value in row.items() if key not in (*_PARTS, "about")}
        return OutboxMessage(mail=mail, about=_ids(row["about"]), **rest)

    def row(self, made: OutboxMessage) -> dict[str, Any]:
        row = {**asdict(made), **asdict(made.mail), "about": json.dumps(made.about)}
        return {name: row[name] for name in self._fields}


OUTBOX = OutboxRows()
"""All messages, sent ones included."""

UNSENT = OUTBOX.where(OUTBOX.c.sent_at.is_(None), OUTBOX.c.taken_out.is_(False))

TICKED = OUTBOX.where(OUTBOX.c.taken_out, OUTBOX.c.body != "")
"""The ticked messages whose text is still there: only these of those taken out have a body."""


def add(
    db: Transaction, party: str, address: str, mail: PartyMail, actor: str, at: datetime, *, asks: bool = False
) -> None:
    put(db, OutboxMessage(0, party, address, mail, asks=asks, actor=actor, at=at))


def put(db: Transaction, message: OutboxMessage) -> None:
    """Adds a message, with the next number."""
    OUTBOX.add(db, replace(message, number=OUTBOX.highest(db, OUTBOX.c.number) + 1))


def _ids(text: str) -> tuple[str, ...]:
    try:
        ids = json.loads(text)
    except ValueError:
        ids = None
    if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
        raise Damaged("operations that are none")
    return tuple(ids)


def _without_text(one: OutboxMessage) -> dict[str, str]:
    return asdict(one.mail.forgotten())


def waiting(db: Transaction) -> list[OutboxMessage]:
    """The messages to be mailed, in order."""
    return [one for one in UNSENT.all(db) if one.address and not one.is_doubted]


def to_call(db: Transaction) -> list[OutboxMessage]:
    """Those to be told on the telephone, urgent ones first; none of what is for the coordinator's own function."""
    messages = [one for one in UNSENT.all(db) if one.party and (not one.address or one.fault or one.is_doubted)]
    return sorted(messages, key=lambda one: not one.urgent)


def take_out_of(db: Transaction, contact: str) -> None:
    for one in UNSENT.where(contact=contact).all(db):
        take_out(db, one.number)
    _forget(db, TICKED.where(contact=contact))


def put_in_place(db: Transaction, messages: Sequence[OutboxMessage]) -> None:
    OUTBOX.remove(db)
    OUTBOX.add(db, *messages)


def doubt(db: Transaction, now: datetime) -> int:
    """Marks all that wait as possibly sent, since a backup was restored: they need a call. Returns their number."""
    waits = UNSENT.all(db)
    for one in waits:
        since = one.doubtful_since or one.claimed_at or now
        _write(db, one.number, fault=RESTORED, doubts=MOST_DOUBTS, doubtful_since=since, claimed_at=None)
    return len(waits)


def parties_owed(db: Transaction) -> frozenset[str]:
    """The parties with waiting messages other than questions."""
    return frozenset(one.party for one in UNSENT.all(db) if not one.asks)


def told(db: Transaction) -> list[OutboxMessage]:
    """Those about revisions that their parties may have received, in order; what is being handed over among them."""
    here = OUTBOX.c
    is_told = or_(here.sent_at.is_not(None), here.claimed_at.is_not(None), here.doubtful_since.is_not(None))
    return OUTBOX.where(here.tells != "", is_told).by(here.at, here.number).all(db)


def asked_there_since(db: Transaction, one: OutboxMessage) -> datetime:
    """The moment of the first question of the unbroken run to this address; what was removed unattempted is none."""
    table = OUTBOX.c
    tried = (table.sent_at.is_not(None), table.tried_at.is_not(None), table.claimed_at.is_not(None))
    before = select(table.address, table.at).where(
        table.party == one.party, table.asks, table.number < one.number, or_(*tried)
    )
    since = one.at
    for address, at in db.execute(before.order_by(table.number.desc())):
        if address != one.address:
            break
        since = at
    return since


def is_unasked(db: Transaction, party: str, since: datetime) -> bool:
    """True if questions to the party were added since then, and none was ever handed over."""
    table = OUTBOX.c
    asked = select(table.tried_at, table.sent_at, table.claimed_at).where(
        table.party == party, table.asks, table.at >= since
    )
    rows = [tuple(row) for row in db.execute(asked)]
    return bool(rows) and not any(moment for row in rows for moment in row)


def rewrite(db: Transaction, number: int, new: OutboxMessage) -> None:
    """Gives a waiting message the words of another, which says the same as of another moment."""
    words = {part: getattr(new.mail, part) for part in _PARTS}
    when = {"seen": new.seen, "until": new.until, "tells": new.tells}
    _write(db, number, **words, **when, soon=new.soon, passed=new.passed)


def claim(db: Transaction, number: int, now: datetime) -> OutboxMessage | None:
    """The message, marked as being handed over; None if it no longer waits, or is being handed over already."""
    message = UNSENT.where(number=number).first(db)
    if message is None or message.is_doubted or message.is_going(now):
        return None
    since = (
        message.doubtful_since or message.claimed_at
    )  # the last claim's process has died, and its progress is unknown
    doubts = message.doubts + (message.claimed_at is not None)
    claimed = replace(message, claimed_at=now, doubtful_since=since, doubts=doubts)
    if claimed.is_doubted:
        _write(db, number, claimed_at=None, doubtful_since=since, doubts=doubts)
        return None
    _write(db, number, claimed_at=now, doubtful_since=since, doubts=doubts)
    return claimed


def is_going(db: Transaction, number: int, now: datetime) -> bool:
    return any(one.is_going(now) for one in UNSENT.where(number=number).all(db))


def sent(db: Transaction, one: OutboxMessage, at: datetime) -> None:
    """Marks a message as sent, and removes its text."""
    done = {"sent_at": at, "tried_at": at, "fault": "", "claimed_at": None, "doubtful_since": None}
    _write(db, one.number, **done, **_without_text(one))


def not_sent(db: Transaction, one: OutboxMessage, at: datetime, fault: str, *, perhaps: bool) -> None:
    """Lets a claimed message wait for another attempt. `perhaps`: it is unknown whether the mail server accepted it."""
    since = (one.doubtful_since or one.claimed_at) if perhaps else one.doubtful_since
    doubts = one.doubts + perhaps
    _write(db, one.number, tried_at=at, fault=fault, claimed_at=None, doubtful_since=since, doubts=doubts)


def take_out(db: Transaction, number: int) -> OutboxMessage | None:
    """Removes a waiting message; None if none waits. One that is being handed over may still reach its party."""
    message = UNSENT.where(number=number).first(db)
    if message is not None:
        _write(db, number, taken_out=True, sent_at=None, **_without_text(message))
    return message


def tick(db: Transaction, number: int, told_at: datetime) -> OutboxMessage | None:
    """Removes a waiting message that somebody told; None if none waits. Of a question the moment is not kept."""
    message = UNSENT.where(number=number).first(db)
    if message is not None:
        _write(db, number, taken_out=True, sent_at=None if message.asks else told_at)
    return message


def put_back(db: Transaction, one: OutboxMessage) -> None:
    """Lets a ticked message wait again. What it tells of a revision is to be written anew."""
    _write(db, one.number, taken_out=False, sent_at=None, claimed_at=None, seen=None, until=None)


def forget_ticked(db: Transaction, numbers: Iterable[int]) -> None:
    """Removes the text of these ticked messages, which then can no longer be put back."""
    _forget(db, TICKED.where(OUTBOX.c.number.in_(list(numbers))))


def readdress(db: Transaction, one: OutboxMessage, address: str, now: datetime) -> None:
    """Moves a waiting message, with no doubts but a backup's. A question is dated now: older ones went elsewhere."""
    take_out(db, one.number)
    moved = replace(one, address=address, at=now if one.asks else one.at)
    if one.fault != RESTORED:
        moved = replace(moved, fault="", tried_at=None, claimed_at=None, doubtful_since=None, doubts=0)
    put(db, moved)


def take_out_all(db: Transaction, *, asks: bool) -> None:
    """Takes out every question that waits, or all else: what it asks about, or tells of, is no more."""
    is_so = OUTBOX.c.asks.is_(asks)
    for one in UNSENT.where(is_so).all(db):
        take_out(db, one.number)
    _forget(db, TICKED.where(is_so))


def _forget(db: Transaction, ticked: TableRows[OutboxMessage]) -> None:
    ticked.set(db, **{part: "" for part in _PARTS if part != "subject"})


def _write(db: Transaction, number: int, **values: object) -> None:
    OUTBOX.where(number=number).set(db, **values)
