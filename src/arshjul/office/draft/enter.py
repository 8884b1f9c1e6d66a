"""enter: checks new entries against the known and waiting ones, and stores them to wait for a plan.

And what is known so far: of withdrawals the last report of each; and the ids that the next ones get.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import count
from typing import NamedTuple

from arshjul.errors import InputError, Message, Problem
from arshjul.office.draft.draft import GONE, NOMINATED, PREFIXES, AlreadyDone, Draft, Item, StaleDraft
from arshjul.office.draft.stored_draft import keep, opened_draft
from arshjul.office.store import drafts
from arshjul.office.store.drafts import StoredEntry
from arshjul.office.store.store import Store, Transaction
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.formats.schema.party_entry import LONGEST_TEXT
from arshjul.year.formats.words import local_time
from arshjul.year.planning.check.idle_entries import idle
from arshjul.year.planning.check.likely_mistakes import of_persons, too_long
from arshjul.year.planning.check.pinned_together import pinned_together
from arshjul.year.planning.check.secret_places import SecretPlaces
from arshjul.year.planning.replan.input import all_entered, replan_input
from arshjul.year.planning.today import Today

_LATELY = timedelta(hours=1)
"""An equal entry of before then may be meant: that a withdrawal goes on is said again and again."""

Items = Sequence[tuple[str, Item]]


def enter(store: Store, items: Items, actor: str, now: datetime, seen: str, *, is_sure: bool = True) -> None:
    """Stores entries, to be answered by the next plan; each is reported now unless it has a time.

    Waiting entries that contradict them, or have their ids, are taken back. InputError or Refused if a replan could not
    take one in beside the waiting ones, unless those have become useless; InputError for doubts, unless `is_sure`.
    AlreadyDone if these very entries made the difference to the draft that was seen.
    """
    with store.writing() as db:
        draft = opened_draft(db)
        if draft.stamp != seen and _are_in(db, items, actor, now):
            raise AlreadyDone(Message("The change is already made: open the page again."))
        draft.refuse_other(seen)
        enter_in(db, draft, items, actor, now, is_sure=is_sure)


def enter_held(store: Store, held: Iterable[tuple[str, str, date]], actor: str, now: datetime, seen: str) -> None:
    """Enters milestones as held: each by its operation, its id, and when. AlreadyDone if there are none."""
    items = [("held", {"operation": id, "milestone": of, "date": day.isoformat()}) for id, of, day in held]
    if not items:
        raise AlreadyDone(Message("The change is already made: open the page again."))
    enter(store, items, actor, now, seen)


def _are_in(db: Transaction, items: Items, actor: str, now: datetime) -> bool:
    """True if the form was sent once more, as from a browser's back button, and nothing made it untrue since."""
    lately = [entry for entry in drafts.entries(db) if entry.taken_back_at is None and now - entry.at <= _LATELY]
    done = []
    for name, item in items:
        said = (name, _as_sent(name, json.loads(json.dumps(item))))
        equal = [
            entry for entry in lately if entry.actor == actor and (entry.list, _as_sent(entry.list, entry.item)) == said
        ]
        if not equal:
            return False
        done.append(equal[-1])
    after = [entry for entry in lately if entry not in done]
    return not any(other.number > entry.number and _about(other) & _about(entry) for entry in done for other in after)


def _about(one: StoredEntry) -> set[tuple[str, object]]:
    name, body = one.list, one.item
    named = {("operation", body.get("operation")), ("withdrawal", body.get("withdrawal"))}
    if name in (NOMINATED, "withdrawals"):
        named.add(("operation" if name == NOMINATED else "withdrawal", body.get("id")))
    return {("list", name)} | {(kind, id) for kind, id in named if id is not None}


def _as_sent(name: str, body: Item) -> Item:
    given = {"reported", "id"} if name in PREFIXES else {"reported"}
    return {key: value for key, value in body.items() if key not in given}


def enter_in(
    db: Transaction, draft: Draft, items: Items, actor: str, now: datetime, *, is_sure: bool = True
) -> list[int]:
    """Returns the numbers of the entries."""
    reported = local_time(draft.moment(now))
    items = [(name, item if name == NOMINATED else {"reported": reported, **item}) for name, item in items]
    gone = draft.superseded(items)
    rest = draft.without(gone)
    _judge(rest, draft.entries_with(), items, now, is_sure=is_sure)
    for entry in gone:
        drafts.take_back(db, entry.number, actor, now)
    numbers = drafts.add_entries(db, items, actor, now)
    keep(db, draft, rest)
    return numbers


def _judge(draft: Draft, waited: Entries, items: Items, now: datetime, *, is_sure: bool) -> None:
    """`waited`: all that waited before, also what the items take the place of, on which others may rest."""
    plan, moment = draft.made_plan, draft.moment(now)
    for name, item in items:
        if name == NOMINATED and item.get("sites"):  # sites have a table of their own
            raise InputError(Message("A new operation's objects come with a workbook."))
        if problem := _of_the_future(name, item, moment):
            raise InputError(Message("The entry cannot be used."), [problem])
    refuse_too_long(items)
    entered = draft.entries_with(items)
    if draft.fits(waited, now):
        draft.refuse_unfit(entered, now)
    if not is_sure:
        known = Entries(tuple(entry for entry in waited if entry in entered.all))
        waiting, places = plan.entries.and_then(known), SecretPlaces(draft.scenario, draft.present)
        problems = list(idle(draft.named, plan, waiting, entered, moment.date()))
        problems += _cannot_be_beside(draft, items, entered, now)
        problems += [problem for name, item in items for problem in places.questions(name, item)]
        problems += [problem for name, item in items for problem in of_persons(name, item)]
        if problems:
            raise InputError(Message("Is it meant so?"), problems)


def _cannot_be_beside(draft: Draft, items: Items, entered: Entries, now: datetime) -> Iterator[Problem]:
    """The locks among the items that leave something out, since others have to be there."""
    locked = {str(item["operation"]) for name, item in items if name == "pinned"}
    if not locked or draft.plan is None or not draft.fits(entered, now):
        return
    moment = max(draft.moment(now), draft.plan.as_of)
    context = replan_input(draft.named, draft.plan, entered, moment, checked=True).context
    for together in pinned_together(context, locked):
        for id in locked & together.operations.keys():
            yield Problem("pinned-together", together.question(id), path="pinned[0].date")


def refuse_too_long(items: Items) -> None:
    """InputError if a text is longer than a party's may be: reasons and notes are shown whole."""
    if problems := [problem for name, item in items for problem in too_long(name, item, LONGEST_TEXT)]:
        raise InputError(Message("The entry cannot be used."), problems)


def _of_the_future(name: str, item: Item, now: datetime) -> Problem | None:
    try:
        reported = datetime.fromisoformat(str(item.get("reported", ""))).replace(tzinfo=now.tzinfo)
    except ValueError:  # the schema says what is wrong
        return None
    if reported <= now:
        return None
    text = Message("{given} lies ahead: now is {now}.", {"given": reported, "now": now})
    return Problem("bad-value", text, path=f"{name}[0].reported")


def way_out(found: Today | None, operation: str, number: object) -> Items:
    """The entries of a way out, by its number in the daily note. StaleDraft if the note has no such number."""
    ways_out = () if found is None else found.ways.get(operation, ())
    if not isinstance(number, int) or not 1 <= number <= len(ways_out):
        raise StaleDraft
    return [
        (name, item if isinstance(item, dict) else {"operation": item})
        for name, asked in ways_out[number - 1].changes.items()
        for item in asked
    ]


class WithdrawalRow(NamedTuple):
    """The last report of a withdrawal. `until`: its last date, known or assumed; `waits`: for a plan."""

    withdrawal: Withdrawal
    until: date
    waits: bool


def entries_known(draft: Draft, now: datetime) -> Entries:
    waiting, moment = draft.usable(now)[0], draft.moment(now)
    return waiting if draft.plan is None else all_entered(draft.named, draft.plan, waiting, moment)


def reported(draft: Draft, entries: Entries) -> list[WithdrawalRow]:
    revision = 0 if draft.plan is None else draft.plan.revision
    rows = [
        WithdrawalRow(
            withdrawal,
            withdrawal.last or withdrawal.until or withdrawal.first,
            withdrawal.revision is None or withdrawal.revision > revision,
        )
        for withdrawal in entries.in_force()
    ]
    return sorted(rows, key=lambda row: (row.withdrawal.first, row.withdrawal.id))


def reported_one(draft: Draft, entries: Entries, id: str) -> WithdrawalRow:
    for row in reported(draft, entries):
        if row.withdrawal.id == id:
            return row
    raise InputError(GONE)


def next_id(draft: Draft, now: datetime, name: str) -> str:
    """The first id of ours that no entry of the list has, nor one that waits, be it of use or not."""
    known = {entry.item.get("id") for entry in draft.waiting}
    known |= {getattr(entry, "id", None) for entry in entries_known(draft, now)}
    return next(id for id in (f"{PREFIXES[name]}{number}" for number in count(1)) if id not in known)
