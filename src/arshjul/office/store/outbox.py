"""What parties were told, line by line; and the few messages that wait as they were written.

What a party is owed of the plan is stored nowhere: it follows from what it was told, and from what stands
(`office/publishing/revision_messages.py`). A line is never changed; of attempts that failed one after the other the
last stays. There are no secrets here: an address to answer at is made when its message is sent.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Annotated, Literal, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Index, Text

from arshjul.office.store.events import LogEvent
from arshjul.office.store.tables import declared
from arshjul.serving.sql.columns import Id, Name, Sha256, Word
from arshjul.serving.sql.database import Transaction
from arshjul.serving.sql.errors import Damaged
from arshjul.serving.sql.rows import Conversion, TableRows
from arshjul.year.domain.contact import QUESTIONS, PartyMail

HAND_OVER = timedelta(minutes=3)
"""The longest hand-over: a claim further from now belongs to a process that has died."""

MOST_DOUBTS = 3
"""The number of attempts with unknown success after which a message is left for a call."""

RESTORED = "restored"
"""The fault of messages that waited in a restored backup: nobody knows whether they were sent after it was made."""

How = Literal["due", "left", "trying", "failed", "perhaps", "mail", "hand", "phone", "back", "restored"]
"""What a line says of a message: `due`: from now on it is owed. `left`: nobody is to be told but of what is `uncalled`.

`trying`: it is being handed over, which has `failed`, or `perhaps` not. `mail`, `hand`, `phone`: it was told, by this
program, by somebody's own mail, or on the telephone. `back`: it was not told by hand after all. `restored`: a backup
was restored, and it may have been told since that was made.
"""

TICKS = ("hand", "phone")

MOST_QUEUED = 1_000_000_000
"""Numbers above are of what is worked out."""


def number_of(*said: object) -> int:
    """The number of a message that is worked out: another one as soon as it says something else, or goes elsewhere."""
    digest = hashlib.sha256(json.dumps(said).encode()).digest()
    return int.from_bytes(digest[:5], "big") + MOST_QUEUED


def _ids(text: str) -> tuple[str, ...]:
    """The ids in a column. Damaged if they are none."""
    try:
        ids = json.loads(text)
    except (ValueError, TypeError):
        ids = None
    if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
        raise Damaged("operations that are none")
    return tuple(ids)


def _mail(text: str) -> PartyMail:
    """The mail in a column. Damaged if it is none."""
    try:
        return PartyMail(**json.loads(text))
    except (ValueError, TypeError):
        raise Damaged("a message without its text") from None


Ids = Annotated[tuple[str, ...], Conversion(_ids, json.dumps)]
Mail = Annotated[PartyMail, Text(), Conversion(_mail, lambda mail: json.dumps(asdict(mail), ensure_ascii=False))]


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line about a message, `letter` its number, to a party. `by`: who did so, or let it be done.

    `knows` and `tells`: the hashes of the revision that the party knew, empty if none, and of the one that it was told
    of; both are empty for all else than the plan. `about`: only these operations, on the telephone; of a mail that asks
    to open a `page`, what it asks about. `uncalled`: those about which it is still to be called. A line
    `due` with an `address` is to be mailed; others name theirs, by number.
    """

    number: int
    letter: Annotated[int, BigInteger()]
    party: Name
    how: Annotated[How, Word]
    at: datetime
    by: str
    subject: str = ""
    address: str = ""
    knows: Sha256 = ""
    tells: Sha256 = ""
    about: Ids = ()
    uncalled: Ids = ()
    due: int = 0
    fault: str = ""
    contact: Id = ""
    page: Word = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """A message that a party is owed, `mail` its words.

    `contact`: of a message to a contact, its id; `opens`: it is sent with a new address of that contact at the portal.
    `page`: the only page that the address in it opens, until `page_until`. Without an `address` it is told on the
    telephone. `knows`, `tells`, `about`, `uncalled` and `due` are as of `ToldLine`. `events`: what the log says, beside
    how it was told. The first `soon` lines of its body are urgent, since their operations start soon, as are the next
    `passed` ones, which have begun, or were to. Its words hold until the moment `until`. `fault`: why the
    last attempt at `tried_at` failed. `going_since`: it is being handed over. `doubts`: the number of attempts with
    unknown success.
    """

    number: int
    party: str
    address: str
    mail: PartyMail
    actor: str
    at: datetime
    contact: str = ""
    opens: bool = False
    page: str = ""
    page_until: datetime | None = None
    knows: str = ""
    tells: str = ""
    about: tuple[str, ...] = ()
    uncalled: tuple[str, ...] = ()
    due: int = 0
    events: tuple[LogEvent, ...] = ()
    soon: int = 0
    passed: int = 0
    until: datetime | None = None
    tried_at: datetime | None = None
    fault: str = ""
    going_since: datetime | None = None
    doubts: int = 0

    @property
    def asks(self) -> bool:
        """True if it is a question: it is sent with an address at which its party answers."""
        return self.page == QUESTIONS

    @property
    def urgent(self) -> bool:
        return self.soon + self.passed > 0

    @property
    def is_doubted(self) -> bool:
        """True if it may have been sent so often that it is no longer mailed."""
        return self.doubts >= MOST_DOUBTS

    @property
    def is_mailed(self) -> bool:
        return bool(self.address) and not self.is_doubted

    @property
    def is_called(self) -> bool:
        """True if it is for the telephone; none is of what is for the coordinator's own function."""
        return bool(self.party) and (not self.is_mailed or bool(self.fault))

    def is_going(self, now: datetime) -> bool:
        return self.going_since is not None and abs(now - self.going_since) < HAND_OVER

    def doubted(self, at: datetime) -> "Owed":
        """The message as it is after a backup was restored at that moment, since nobody knows whether it was sent."""
        return replace(self, doubts=MOST_DOUBTS, fault=RESTORED, tried_at=at)

    def line(self, how: How, by: str, at: datetime, fault: str = "") -> ToldLine:
        """What is to be noted of it."""
        subject = self.mail.subject if how in TICKS else ""
        same = {name: getattr(self, name) for name in _OF_LINES}
        return ToldLine(0, self.number, how=how, at=at, by=by, subject=subject, fault=fault, **same)


_OF_LINES = ("party", "address", "knows", "tells", "about", "uncalled", "due", "contact", "page")

TOLD = TableRows(declared("told", ToldLine, "number", last=(Index("ix_told_letter", "letter"),)), ToldLine)


@dataclass(frozen=True, slots=True)
class Queued:
    """A message that waits as it was written, with the fields of `Owed`. `ended`: it waits no more."""

    number: Annotated[int, BigInteger()]
    party: Name
    address: str
    mail: Mail
    actor: str
    at: datetime
    contact: Id = ""
    opens: bool = False
    about: Ids = ()
    ended: bool = False


QUEUE = TableRows(declared("queued", Queued, "number"), Queued)
"""All messages that were written, ended ones without their text, so that no number is used again."""

WAITING = QUEUE.where(ended=False)
_LATEST = TOLD.by(TOLD.c.number.desc())
_LATEST_OF_PLAN = _LATEST.where(TOLD.c.tells != "")


def note(db: Transaction, *lines: ToldLine) -> None:
    """Adds lines, with the next numbers."""
    last = TOLD.highest(db, TOLD.c.number)
    TOLD.add(db, *(replace(line, number=last + n) for n, line in enumerate(lines, 1)))


def last_of_plan(db: Transaction) -> tuple[int, datetime] | None:
    """The last line about the plan, by which it is known whether there are new ones."""
    last = _LATEST_OF_PLAN.first(db)
    return None if last is None else (last.number, last.at)


def parties_told(db: Transaction) -> set[str]:
    """The parties that were told of the plan, or were to be."""
    return {*TOLD.where(TOLD.c.tells != "").values(db, TOLD.c.party)}


def mark(db: Transaction) -> tuple[object, ...]:
    """Values that change whenever something is noted, or a message is put or ends."""
    last = _LATEST.first(db)
    ended = (QUEUE.n(db), WAITING.n(db))
    return (*ended, *((last.number, last.at) if last is not None else ()))


def put(db: Transaction, message: Queued) -> None:
    """Adds a message to the queue, with the next number."""
    QUEUE.add(db, replace(message, number=QUEUE.highest(db, QUEUE.c.number) + 1))


def add(db: Transaction, party: str, address: str, mail: PartyMail, actor: str, at: datetime) -> None:
    put(db, Queued(0, party, address, mail, actor, at))


def queued(db: Transaction) -> Iterator[Owed]:
    for message in WAITING.all(db):
        yield Owed(**{name: getattr(message, name) for name in Queued.__slots__ if name != "ended"})


def with_attempts(db: Transaction, owed: Iterable[Owed], now: datetime) -> list[Owed]:
    """The messages with what is known of handing them over."""
    there = list(owed)
    attempts: dict[int, list[ToldLine]] = defaultdict(list)
    if there:
        at = {message.number: message.address for message in there}
        for line in TOLD.where(TOLD.c.letter.in_(at)).all(db):
            if line.address == at[line.letter] or line.how == "restored":
                attempts[line.letter].append(line)
    tried = [reduce(_after, attempts[message.number], message) for message in there]
    is_dead = [message.going_since is not None and not message.is_going(now) for message in tried]
    return [replace(message, doubts=message.doubts + dead) for message, dead in zip(tried, is_dead, strict=True)]


def _after(message: Owed, line: ToldLine) -> Owed:
    if line.how == "trying":
        died = message.going_since is not None  # the process before, and how far it came is unknown
        return replace(message, going_since=line.at, doubts=message.doubts + died)
    if line.how in ("failed", "perhaps"):
        doubts = message.doubts + (line.how == "perhaps")
        return replace(message, going_since=None, tried_at=line.at, fault=line.fault, doubts=doubts)
    if line.how == "restored":
        return replace(message.doubted(line.at), going_since=None)
    return message


def failed(db: Transaction, owed: Iterable[Owed], by: str, now: datetime, fault: str) -> None:
    """Notes that handing these over failed, in place of the attempt before where that failed too."""
    for message in owed:
        latest = TOLD.where(letter=message.number).by(TOLD.c.number.desc()).all(db, 3)
        if [line.how for line in latest] == ["trying", "failed", "trying"]:
            TOLD.where(TOLD.c.number.in_([line.number for line in latest[1:]])).remove(db)
        note(db, message.line("failed", by, now, fault))


def doubt(db: Transaction, owed: Iterable[Owed], by: str, now: datetime) -> int:
    """Notes that a backup was restored, and each of these may have been told since; returns their number."""
    lines = [message.line("restored", by, now) for message in owed]
    note(db, *lines)
    return len(lines)


def told(db: Transaction, message: Owed, how: How, by: str, at: datetime) -> None:
    """Notes that a message was told. What somebody has ticked keeps its words for a while, so that it can come back."""
    note(db, message.line(how, by, at))
    if how in TICKS:
        QUEUE.where(number=message.number).set(db, ended=True)
    else:
        end(db, QUEUE.c.number == message.number)


def put_back(db: Transaction, tick: ToldLine, by: str, now: datetime) -> None:
    note(db, replace(tick, how="back", by=by, at=now))
    QUEUE.where(number=tick.letter).set(db, ended=False)


def lines_told(db: Transaction, **equal: object) -> list[ToldLine]:
    """The last line of each message that was told, but of those whose tick was taken back."""
    last = {line.letter: line for line in TOLD.where(TOLD.c.how.in_((*TICKS, "back", "mail")), **equal).all(db)}
    return [line for line in last.values() if line.how != "back"]


def ticked(db: Transaction, since: datetime) -> list[ToldLine]:
    """The ticks since then that can be taken back: none has been, and their messages have not ended otherwise."""
    ticks = [line for line in lines_told(db) if line.how in TICKS and line.at >= since]
    words = {
        message.number: message.mail.body
        for message in QUEUE.where(QUEUE.c.number.in_([tick.letter for tick in ticks])).all(db)
    }
    return [line for line in ticks if line.tells or line.page or words.get(line.letter)]


def forget_ticked(db: Transaction, before: datetime) -> None:
    """Removes the words of what was ticked before that."""
    old = {line.letter for line in TOLD.where(TOLD.c.how.in_(TICKS), TOLD.c.at < before).all(db)}
    old -= {line.letter for line in ticked(db, before)}
    end(db, QUEUE.c.ended.is_(True), QUEUE.c.number.in_(old))


def ask(db: Transaction, party: str, questions: Iterable[str], by: str, at: datetime) -> None:
    """Lets a party be asked these questions, by their names."""
    note(db, ToldLine(0, 0, party, "due", at, by, page=QUESTIONS, about=tuple(questions)))


class AskedParty(NamedTuple):
    """The last line `due` about a party's questions. `is_told`: it was asked since. `restored`: a backup was."""

    due: ToldLine
    is_told: bool
    restored: ToldLine | None


def asked_parties(db: Transaction) -> Iterator[AskedParty]:
    told = {line.due for line in lines_told(db, page=QUESTIONS)}
    lines = TOLD.where(TOLD.c.how.in_(("due", "restored")), page=QUESTIONS).all(db)
    restored = {line.due: line for line in lines if line.how == "restored"}
    for due in {line.party: line for line in lines if line.how == "due"}.values():
        yield AskedParty(due, due.number in told, restored.get(due.number))


def asked_there_since(db: Transaction, to: Owed) -> datetime:
    """The moment of the first question of the unbroken run to this address; what nobody tried to send is none."""
    lines = TOLD.where(TOLD.c.how.in_(("due", "trying")), page=QUESTIONS, party=to.party).all(db)
    dues, since, began = {line.number: line.at for line in lines}, to.at, datetime.max.replace(tzinfo=UTC)
    for line in reversed(lines):
        if line.how == "trying" and line.address != to.address:
            since = max(since, line.at + timedelta.resolution)
            break
        if line.how == "trying":
            since, began = dues.get(line.due, since), line.at
    return min(since, began)


def is_unasked(db: Transaction, party: str, since: datetime) -> bool:
    """True if the party was to be asked since then, and nobody ever began to do so."""
    lines = TOLD.where(page=QUESTIONS, party=party).all(db)
    dues = {line.number for line in lines if line.how == "due" and line.at >= since}
    return bool(dues) and dues.isdisjoint(line.due for line in lines if line.how in ("trying", "mail", *TICKS))


def end(db: Transaction, *which: ColumnElement[bool]) -> None:
    """Ends messages of the queue, and removes their text."""
    for message in QUEUE.where(*which).all(db):
        forgotten = replace(message, mail=message.mail.forgotten(), ended=True)
        if forgotten != message:
            QUEUE.put(db, forgotten)
