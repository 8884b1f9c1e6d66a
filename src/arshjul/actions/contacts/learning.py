"""learn: what a party says of an operation, and improvements. They count at once, and no plan has to answer them."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from itertools import count

from arshjul.actions.contacts.told_outside import refuse_told_outside
from arshjul.actions.draft.draft import STAMP_LENGTH, AlreadyDone, Draft, Item, asked_draft, opened_draft
from arshjul.actions.draft.enter import refuse_too_long
from arshjul.agenda.evaluations import AskedEvaluation, asked_evaluations, given_evaluations
from arshjul.agenda.improvements import followed
from arshjul.domain.business_traces import of_business
from arshjul.domain.entries.learnt import (
    EVALUATIONS,
    IMPROVEMENTS,
    Improvement,
    latest_improvements,
)
from arshjul.errors import InputError, Message, Problem, Refused
from arshjul.formats.plan.entries import entries_of
from arshjul.formats.schema.declared import mapping
from arshjul.formats.tree import FormDocument
from arshjul.formats.words import local_time
from arshjul.planning.check.slips import of_persons
from arshjul.store import drafts
from arshjul.store.store import Store, Transaction

ENTERED = Message("The change is already made: open the page again.")
PREFIX = "F"
"""What the ids of improvements begin with here."""


class StaleEntry(Refused):
    """Refused: what this would take the place of is not what stood there when the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            Message("Somebody else has saved since you opened the page. Merge your text in the form, and save again.")
        )


def evaluate(store: Store, item: Item, actor: str, now: datetime, *, is_sure: bool = False) -> None:
    """Enters what a party says, which takes the place of what it said before.

    InputError if it is unusable, or about an operation that is to come, or that the party had no part in. AlreadyDone
    if it says nothing else.
    """
    with store.writing() as db:
        evaluate_in(db, opened_draft(db), item, actor, now, is_sure=is_sure)


def evaluate_in(db: Transaction, draft: Draft, item: Item, actor: str, now: datetime, *, is_sure: bool = True) -> None:
    """The same in a transaction, in the draft that it has."""
    written = judged_learnt(draft, EVALUATIONS, item, now, is_sure=is_sure)
    operation, party = str(written["operation"]), str(written["party"])
    asked = asked_of(draft, operation)
    if asked is None or party not in asked.parties or draft.moment(now).date() < asked.opens:
        values = {"operation": operation}
        raise InputError(Message("{operation} is evaluated by its parties, from the day after.", values))
    known = {one.improvement.id for one in followed(draft.scenario, draft.learnt_plan, draft.moment(now).date())}
    helped = written.get("helped")
    if isinstance(helped, dict) and not helped.keys() <= known:
        raise InputError(Message("The item is gone: open the page again."))
    before = given_evaluations(draft.learnt_plan, {operation: asked}).get((operation, party))
    refuse_same(written, None if before is None else mapping(before))
    add_learnt(db, EVALUATIONS, written, actor, now)


def asked_of(draft: Draft, operation: str) -> AskedEvaluation | None:
    """Who is asked to evaluate an operation, and when; None if nobody is."""
    return None if draft.plan is None else asked_evaluations(draft.scenario, draft.learnt_plan).get(operation)


def next_improvement(draft: Draft) -> str:
    """The first id that no improvement has."""
    known = {one.id for one in draft.learnt_plan.entries.improvements}
    return next(id for id in (f"{PREFIX}{number}" for number in count(1)) if id not in known)


def improve(store: Store, item: Item, actor: str, now: datetime, *, is_sure: bool = False) -> None:
    """Enters a new improvement. InputError or Refused if it is unusable, or names a place; AlreadyDone if it is there.

    Where somebody else has taken its id meanwhile it gets the next one.
    """
    with store.writing() as db:
        draft = opened_draft(db)
        known, same = _improvements(draft), ("from", "observation", "action")
        for one in (mapping(each) for each in known.values()):
            if [one.get(key) for key in same] == [item.get(key) for key in same]:
                raise AlreadyDone(ENTERED)
        if item.get("id") in known:
            item = {**item, "id": next_improvement(draft)}
        add_learnt(db, IMPROVEMENTS, judged_learnt(draft, IMPROVEMENTS, item, now, is_sure=is_sure), actor, now)


def change_improvement(
    store: Store, id: str, changes: Item, actor: str, now: datetime, *, was: str | None = None, is_sure: bool = False
) -> None:
    """Changes keys of an improvement: it is entered anew under its id, and its former state stays in the log.

    `was`: the mark of what was seen of it; None: whatever it says. StaleEntry if it says something else now.
    """
    with store.writing() as db:
        draft = opened_draft(db)
        there = _improvements(draft).get(id)
        if there is None:
            raise InputError(Message("The item is gone: open the page again."))
        before = mapping(there)
        item = {key: value for key, value in {**before, **changes}.items() if value != ""}
        refuse_same(item, before, was)
        own = {key: value for key, value in item.items() if key not in ("reported", "revision")}
        add_learnt(
            db, IMPROVEMENTS, judged_learnt(draft, IMPROVEMENTS, own, now, was=before, is_sure=is_sure), actor, now
        )


def _improvements(draft: Draft) -> dict[str, Improvement]:
    return dict(latest_improvements(draft.learnt_plan.entries.improvements))


def judged_learnt(
    draft: Draft, name: str, item: Item, now: datetime, *, was: Item | None = None, is_sure: bool = False
) -> Item:
    """The item as it is kept. InputError or Refused with everything that is wrong with it.

    `was`: what it takes the place of. What it says as before is right, even if it names what is gone since.
    """
    refuse_too_long([(name, item)])
    written = {"reported": local_time(draft.moment(now)), **item}
    try:
        entries_of([FormDocument.of({name: [written]})], draft.ever_named(), draft.learnt_plan.entries)
    except InputError as error:
        wrong = [one for one in error.problems if was is None or not _stood(one, item, was)]
        if wrong or not error.problems:
            raise InputError(error.message, wrong) from None
    if name == IMPROVEMENTS:
        refuse_told_outside(draft, name, item)
    if not is_sure:
        problems: list[Problem] = [*of_business(name, item), *of_persons(name, item)]
        problems += _gone_by(draft, item, now) if name == IMPROVEMENTS else ()
        if problems:
            raise InputError(Message("Is it meant so?"), problems)
    return written


def _stood(problem: Problem, item: Item, was: Item) -> bool:
    """True if the problem is about a key that says what it said before."""
    key = problem.path.partition(".")[2].partition(".")[0].partition("[")[0]
    return key in was and was[key] == item.get(key)


def _gone_by(draft: Draft, item: Item, now: datetime) -> Iterator[Problem]:
    """A question, if it is new that the improvement is to be done by a date that has gone by."""
    due, there = date.fromisoformat(str(item["due"])), _improvements(draft).get(str(item["id"]))
    is_new = there is None or there.due != due
    if is_new and item.get("state", "open") == "open" and due < draft.moment(now).date():
        text = Message("{day} has passed: the improvement is overdue at once.", {"day": due})
        yield Problem("idle", text, path=f"{IMPROVEMENTS}[0].due")


def _said(item: Item) -> str:
    own = {key: value for key, value in item.items() if key not in ("reported", "revision")}
    return json.dumps(own, sort_keys=True, default=str)


def mark_of(item: Item | None) -> str:
    """By which a page recognises what stood there when it was opened; empty if there was nothing."""
    return "" if item is None else hashlib.sha256(_said(item).encode()).hexdigest()[:STAMP_LENGTH]


def refuse_same(item: Item, before: Item | None, was: str | None = None) -> None:
    """AlreadyDone if it says what is entered already, as when a form was sent twice.

    `was`: the mark of what was seen before it; None: nothing had to be. StaleEntry if there is something else now.
    """
    if before is not None and _said(item) == _said(before):
        raise AlreadyDone(ENTERED)
    if was is not None and was != mark_of(before):
        raise StaleEntry


def add_learnt(db: Transaction, name: str, item: Item, actor: str, now: datetime) -> None:
    """Adds an item of that list to what is entered."""
    drafts.add_entries(db, [(name, item)], actor, now)


def entered_by_contact(db: Transaction, item: Item, contact: str, said: datetime, now: datetime) -> bool:
    """Enters what a contact has sent; False if it was said after the evaluation had closed, or is unusable."""
    draft = asked_draft(db)
    asked = asked_of(draft, str(item.get("operation", "")))
    if asked is None or draft.moment(said).date() > asked.closes:
        return False
    known = {one.improvement.id for one in followed(draft.scenario, draft.learnt_plan, draft.moment(now).date())}
    helped = item.get("helped")
    if isinstance(helped, dict):
        item = {**item, "helped": {id: value for id, value in helped.items() if id in known}}
    try:
        evaluate_in(db, draft, {"reported": local_time(draft.moment(said)), **item}, contact, now)
    except AlreadyDone:
        return True
    except (InputError, Refused):
        return False
    return True
