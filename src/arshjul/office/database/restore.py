"""restore: puts a backup into a database; all addresses are closed unless kept explicitly."""

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from arshjul.errors import InputError, Message, Refused
from arshjul.office.contacts.owed import owed, parties_owed
from arshjul.office.database.backup import FORMAT, MOST_MANIFEST, Copied, digest_of_file, manifest_of
from arshjul.office.database.doctor import damage
from arshjul.office.draft.answers import asked_since
from arshjul.office.publishing.contacts import parties_reached
from arshjul.office.publishing.revision_messages import RevisionMessages
from arshjul.office.publishing.served_revision import served_revision
from arshjul.office.publishing.stale_revision import seen_from
from arshjul.office.store import audit, copying, credentials, jobs, locks, outbox, revisions
from arshjul.office.store.events import Restored
from arshjul.office.store.outbox import Queued, ToldLine
from arshjul.office.store.revisions import ToldRevision, YearBytes
from arshjul.office.store.store import Store, Transaction, make_store, open_store
from arshjul.serving.sql.errors import UNREADABLE
from arshjul.year.domain.calendar import plausible
from arshjul.year.domain.contact import PartyMail
from arshjul.year.formats.atomic import read_regular
from arshjul.year.formats.json_guard import json_data
from arshjul.year.formats.plan.plan_folder import year_of_json
from arshjul.year.texts import counted
from arshjul.year.texts.system import why


class ToldSince(NamedTuple):
    """What a database knows of what parties were told, and what waits. `served`: the hash of its revision.

    `mailboxes`: by party. `lost`: the mails that withdraw questions, by party.
    """

    told: tuple[ToldLine, ...]
    queue: tuple[Queued, ...]
    revisions: Mapping[ToldRevision, YearBytes]
    served: str
    mailboxes: Mapping[str, str]
    lost: Mapping[str, PartyMail]


def told_since(db: Transaction, copy: Transaction) -> ToldSince | None:
    """All that a database knows of what parties were told; None if the copy knows more, or it is damaged."""
    log = audit.lines(copy)
    try:
        served = revisions.current(db)
        if served is None or (log and log[-1] not in audit.lines(db)):
            return None
        told, queue = tuple(outbox.TOLD.all(db)), tuple(outbox.QUEUE.all(db))
        hashes = {served.hash, *(hash for line in told for hash in (line.knows, line.tells))}
        named = revisions.told_named(db, hashes)
        for year in named.values():
            year_of_json(year.scenario, year.plan)
        boxes = {id: one.email or "" for id, one in parties_reached(db).items()}
        return ToldSince(told, queue, named, served.hash, boxes, asked_since(db, copy))
    except (*UNREADABLE, InputError):
        return None


def carry_over(db: Transaction, before: ToldSince | None, actor: str, now: datetime) -> int:
    """The number of messages with unknown success: if nothing is known, of all that the copy owes."""
    if before is None:
        return outbox.doubt(db, owed(db, now), actor, now)
    outbox.TOLD.remove(db)
    outbox.QUEUE.remove(db)
    outbox.TOLD.add(db, *before.told)
    outbox.QUEUE.add(db, *before.queue)
    revisions.keep_told(db, before.revisions)
    served = served_revision(db)
    if served is None:
        outbox.end(db)
    else:
        moment = served.revision.as_of if served.is_rehearsal else now
        plan = seen_from(served.plan, served, moment)
        made = RevisionMessages(db, served.scenario, plan, served, actor, now, moment, before.served)
        made.reconcile(before.mailboxes)
    for party, mail in before.lost.items():  # on the telephone, since nobody has reviewed it yet
        outbox.add(db, party, "", mail, actor, now)
    return 0


def restore(file: Path, into: str, actor: str, now: datetime, *, replace: bool = False, keep: bool = False) -> Copied:
    """Puts a copy into a database, and closes all addresses, of every kind, unless `keep`.

    The database's own log, its knowledge of addresses closed since the copy was made, and of what parties were told,
    are carried over. Parties that know something else than now holds are owed a message. Damage to the database does
    not prevent the restore: parts that cannot be read are reported. InputError if the copy does not match its manifest;
    Refused if a server uses the database, or it is not empty and `replace` is not given.
    """
    with ExitStack() as stack:
        copy = _examined(file)
        plausible(now)
        stack.enter_context(locks.alone(into))
        target = make_store(into)  # none if the copy is damaged
        rows, db = stack.enter_context(copy.store.reading()), stack.enter_context(target.writing())
        if not copying.is_empty(db):
            values = {"file": str(file), "name": target.name}
            if not replace:
                raise Refused(Message("{name} is not empty: name another database, or give --replace.", values))
            if audit.is_rehearsal(rows) is not audit.is_rehearsal(db):
                raise Refused(Message("Only one of {file} and {name} is a rehearsal: name another database.", values))
        replaced = _replaced(db, now)
        if keep and replaced.doors is None:
            raise Refused(
                Message(
                    "{name} is damaged, and its closed addresses are unknown: leave out --keep-addresses.",
                    {"name": target.name},
                )
            )
        before = told_since(db, rows)
        copying.clear(db)
        copying.copy(rows, db, sites="all", tables=copy.tables)
        copying.restored(db, replaced.generation, now)
        jobs.break_off(db)  # the processes that worked on them when the copy was made are gone
        if replaced.doors is not None:
            credentials.close_again(db, replaced.doors, now)
        audit.carry_over(db, replaced.log)
        in_copy = credentials.open_now(db, now)
        revoked = None if keep else credentials.close_all(db, now)
        last = revisions.current(db)
        closed_now = None if revoked is None else list(revoked)
        audit.add(db, now, actor, Restored(last.number if last else None, closed_now, audit.broken(replaced.log)))
        doubtful = carry_over(db, before, actor, now)
        n_owed = len(parties_owed(db, now))
        shut = {
            name: len((replaced.was_open.get(name, set()) | in_copy[name]) - left)
            for name, left in credentials.open_now(db, now).items()
        }
    target.forget_what_was_removed()
    return Copied(
        file,
        last.number if last else None,
        last.hash if last else None,
        sum((revoked or {}).values()),
        shut=shut,
        owed=n_owed,
        doubtful=doubtful,
        told_until=copy.made_at if before is None else None,
        unread=replaced.unread,
    )


class _Replaced(NamedTuple):
    """As far as it can be read; `unread`: the rest. `doors` is None if the closed addresses are unknown."""

    generation: int
    doors: credentials.Credentials | None
    was_open: Mapping[str, set[str]]
    log: list[audit.AuditLine]
    unread: tuple[Message, ...]


def _replaced(db: Transaction, now: datetime) -> _Replaced:
    unread, generation = [], 0
    with suppress(*UNREADABLE):  # no server reads it now, so none can know the number
        generation = copying.generation(db)
    doors, was_open = None, dict[str, set[str]]()
    try:
        doors, was_open = credentials.validities(db), credentials.open_now(db, now)
    except UNREADABLE:
        unread.append(Message("The replaced database's addresses are damaged: all were closed."))
    log, n_unread = audit.readable(db)
    if n_unread:
        unread.append(
            counted(
                n_unread,
                "One damaged line of the replaced log was left out.",
                "{n} damaged lines of the replaced log were left out.",
            )
        )
    return _Replaced(generation, doors, was_open, log, tuple(unread))


class _Copy(NamedTuple):
    store: Store
    tables: list[str]
    made_at: datetime


def _examined(file: Path) -> _Copy:
    """The copy, opened after everything in it was compared with its manifest."""
    manifest = manifest_of(file)
    try:
        digest = digest_of_file(file)
        says = json_data(read_regular(manifest, MOST_MANIFEST), manifest.name, MOST_MANIFEST)
    except OSError as error:
        name = Path(error.filename or file).name
        raise InputError(
            Message(
                "{file} cannot be read: {reason}. Give a backup, with its manifest beside it.",
                {"file": name, "reason": why(error)},
            )
        ) from None
    wrong = InputError(Message("{file} differs from its manifest, and is damaged.", {"file": str(file)}))
    if not isinstance(says, dict) or says.get("format") != FORMAT or says.get("file") != digest:
        raise wrong
    source = open_store(str(file))
    rows, made_at = says.get("rows"), _moment(says.get("made_at"))
    with source.reading() as db:
        if not copying.is_plain(db):
            raise wrong
        if made_at is None or not isinstance(rows, dict) or copying.hashes(db, list(rows)) != rows:
            raise wrong
    if damage(source):
        raise wrong
    return _Copy(source, list(rows), made_at)


def _moment(text: object) -> datetime | None:
    with suppress(ValueError):
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        return None if moment is None or moment.tzinfo is None else moment
    return None
