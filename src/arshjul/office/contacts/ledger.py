"""Ledgers: lists of entries that count at once and that no plan has to answer.

`enter`, `change` and `hear` are the ways into them. What stood there before stays in the log.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any

from arshjul.errors import InputError, Message, Problem, Refused
from arshjul.office.draft.draft import GONE, NOMINATED, STAMP_LENGTH, AlreadyDone, Draft, Item
from arshjul.office.draft.enter import refuse_too_long
from arshjul.office.draft.stored_draft import asked_draft, opened_draft
from arshjul.office.store import drafts
from arshjul.office.store.store import Store, Transaction
from arshjul.year.agenda.evaluations import AskedEvaluation, asked_evaluations, given_evaluations
from arshjul.year.agenda.meetings import is_invited, meetings
from arshjul.year.domain.business_traces import of_business, texts_in
from arshjul.year.domain.declaration import Entry
from arshjul.year.domain.entries.learnt import LEARNT, PLAIN, AgendaPoint, Improvement, PartyEvaluation, latest_cards
from arshjul.year.domain.entries.picture import SituationPicture
from arshjul.year.domain.settings import Meeting
from arshjul.year.formats.plan.entries import entries_of
from arshjul.year.formats.schema.declared import mapping, shape
from arshjul.year.formats.schema.party_entry import NUMBER
from arshjul.year.formats.tree import FormDocument
from arshjul.year.formats.words import local_time
from arshjul.year.planning.check.likely_mistakes import of_persons
from arshjul.year.planning.check.secret_places import SecretPlaces, secrets_of

ENTERED = Message("The change is already made: open the page again.")


class StaleEntry(Refused):
    """Refused: what this would take the place of is not what stood there when the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            Message("Somebody else has saved since you opened the page. Merge your text in the form, and save again.")
        )


def said(one: Any) -> Any:
    return replace(one, reported=None, revision=None, **({"id": ""} if hasattr(one, "id") else {}))


@dataclass(frozen=True, slots=True)
class Ledger:
    """A list of what is learnt, and what it asks of an entry beyond its declaration.

    `key`: the fields by which an entry takes the place of another. `outside`: the keys that parties read; None: all.
    `last`: the entries as they stand, of all in their order, if that is not the last of each key. `said`: two that are
    equal by it are the same. `may`: InputError for what cannot be said now; `asks`: what is asked about, besides
    businesses and persons. `new`: what of a new entry is kept. `heard`: the item as a party's contact may say it, at
    that moment; None: it may not. `repeats`: contacts may say the same again, and each counts.
    """

    list: str
    key: tuple[str, ...] = ("id",)
    outside: tuple[str, ...] | None = ()
    last: Callable[[Draft, Iterable[Any]], Iterable[Any]] = lambda _, log: log
    said: Callable[[Any], object] = said
    may: Callable[[Draft, Any, datetime], object] = lambda *_: None
    asks: Callable[[Draft, Any, datetime], Iterable[Problem]] = lambda *_: ()
    new: Callable[[Any], Any] | None = None
    heard: Callable[[Draft, Item, str, datetime], Item | None] = lambda _draft, item, _party, _said: item
    repeats: bool = False

    @property
    def entry(self) -> type[Entry]:
        return LEARNT[self.list]

    @property
    def prefix(self) -> str:
        return self.entry.prefix

    def there(self, draft: Draft) -> Mapping[tuple[object, ...], Any]:
        log = getattr(draft.learnt_plan.entries, self.list)
        return {self.key_of(one): one for one in self.last(draft, log)}

    def key_of(self, one: object) -> tuple[object, ...]:
        return tuple(getattr(one, name) for name in self.key)

    def next_id(self, draft: Draft) -> str:
        known = self.there(draft)
        return next(id for id in (f"{self.prefix}{number}" for number in count(1)) if (id,) not in known)


def enter(
    store: Store,
    ledger: Ledger,
    item: Item,
    actor: str,
    now: datetime,
    *,
    was: str | None = None,
    is_sure: bool = False,
) -> None:
    """Enters what somebody says.

    InputError or Refused if it is unusable, or names a place where parties read it; AlreadyDone if it says nothing
    else; StaleEntry if it takes the place of something else than what the mark `was` is of. None: of whatever it says.
    """
    with store.writing() as db:
        draft = opened_draft(db)
        one, item = _new(draft, ledger, item, now)
        refuse_ledger_secrets(draft, ledger, item)
        there = ledger.there(draft)
        _refuse_same(ledger, one, there)
        _refuse_stale(there.get(ledger.key_of(one)), was)
        _ask(draft, ledger, one, item, now, is_sure=is_sure)
        add(db, ledger, item, actor, now)


def change(
    store: Store,
    ledger: Ledger,
    changes: Item,
    actor: str,
    now: datetime,
    *,
    was: str | None = None,
    is_sure: bool = False,
) -> None:
    """Enters what has the id of the changes anew, with their keys; empty ones are left out. Refused as what is new."""
    with store.writing() as db:
        draft = opened_draft(db)
        before = ledger.there(draft).get((changes["id"],))
        if before is None:
            raise InputError(GONE)
        former = {key: value for key, value in mapping(before).items() if key not in ("reported", "revision")}
        item = {key: value for key, value in {**former, **changes}.items() if value != ""}
        one, item = judged(draft, ledger, item, now, former)
        refuse_ledger_secrets(draft, ledger, item)  # also what stood: it may have come with a folder, and nobody looked
        if said(one) == said(before):
            raise AlreadyDone(ENTERED)
        _refuse_stale(before, was)
        _ask(draft, ledger, one, item, now, is_sure=is_sure)
        add(db, ledger, item, actor, now)


def hear(
    db: Transaction, ledger: Ledger, item: Item, party: str, contact: str, reported: datetime, now: datetime
) -> bool:
    """Enters what a contact of a party has sent; False if it is unusable, or not for that party to say.

    What becomes of it says nothing of the sites, or whoever sends names would learn which are to be visited: what
    names one is shown to its own party and the coordinator alone.
    """
    draft = asked_draft(db)
    heard = ledger.heard(draft, {"reported": local_time(draft.moment(reported)), **item}, party, reported)
    if heard is None:
        return False
    try:
        one, item = _new(draft, ledger, heard, now)
        if not ledger.repeats:
            _refuse_same(ledger, one, ledger.there(draft))
    except AlreadyDone:
        return True
    except (InputError, Refused):
        return False
    add(db, ledger, item, contact, now)
    return True


def _new(draft: Draft, ledger: Ledger, item: Item, now: datetime) -> tuple[Any, dict[str, object]]:
    """A new entry, and its item; an id that is missing or taken is the next one. InputError or Refused."""
    if ledger.prefix and (item.get("id", NUMBER) == NUMBER or (item["id"],) in ledger.there(draft)):
        item = {**item, "id": ledger.next_id(draft)}
    one, written = judged(draft, ledger, item, now)
    ledger.may(draft, one, now)
    if ledger.new is None:
        return one, written
    return one, {**mapping(ledger.new(one)), "reported": written["reported"]}


def judged(
    draft: Draft, ledger: Ledger, item: Item, now: datetime, former: Item | None = None
) -> tuple[Any, dict[str, object]]:
    """The entry, and the item as it is kept. InputError or Refused with everything that is wrong with it.

    `former`: what it takes the place of. What it says as before is right, even if it names what is gone since.
    """
    name, written = ledger.list, {"reported": local_time(draft.moment(now)), **item}
    refuse_too_long([(name, item)])
    try:
        entries_of([FormDocument.of({name: [written]})], draft.ever_named(), draft.learnt_plan.entries)
    except InputError as error:
        wrong = [problem for problem in error.problems if former is None or not _stood(problem, item, former)]
        if wrong or not error.problems:
            raise InputError(error.message, wrong) from None
    one = shape(ledger.entry).model_validate(written, context={"json": True}).domain()
    return one, written


def _stood(problem: Problem, item: Item, former: Item) -> bool:
    """True if the problem is about a key that says what it said before."""
    key = problem.path.partition(".")[2].partition(".")[0].partition("[")[0]
    return key in former and former[key] == item.get(key)


def _refuse_same(ledger: Ledger, one: Entry, there: Mapping[tuple[object, ...], Entry]) -> None:
    """AlreadyDone if it says what is entered already, as when a form was sent twice."""
    if any(ledger.said(other) == ledger.said(one) for other in there.values()):
        raise AlreadyDone(ENTERED)


def _refuse_stale(before: Entry | None, was: str | None) -> None:
    if was is not None and was != mark_of(before):
        raise StaleEntry


def mark_of(one: Entry | None) -> str:
    """By which a page recognises what stood there when it was opened; empty if there was nothing."""
    if one is None:
        return ""
    text = json.dumps(mapping(said(one)), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:STAMP_LENGTH]


def _ask(draft: Draft, ledger: Ledger, one: Entry, item: Item, now: datetime, *, is_sure: bool) -> None:
    if not is_sure:
        problems = [*of_business(ledger.list, item), *of_persons(ledger.list, item), *ledger.asks(draft, one, now)]
        if problems:
            raise InputError(Message("Is it meant so?"), problems)


def add(db: Transaction, ledger: Ledger, item: Item, actor: str, now: datetime) -> None:
    drafts.add_entries(db, [(ledger.list, item)], actor, now)


def refuse_ledger_secrets(draft: Draft, ledger: Ledger, item: Item) -> None:
    """InputError for each text that parties read and that names a site or has an operation's title.

    It is carried into the portal's database, where neither ever stands. Nobody can confirm it: a party's page would
    have it, and whoever takes the machine outside.
    """
    read = {key: value for key, value in item.items() if ledger.outside is None or key in ledger.outside}
    refuse_secrets(draft, ledger.list, read)


def refuse_secrets(draft: Draft, name: str, item: Item) -> None:
    """InputError for each text of the item, of the list of that name, that names a site or has an operation's title."""
    secrets = secret_outside(draft)
    text = Message("The text names an object or an operation's title, which parties may not read: rewrite it.")
    problems = [
        Problem("bad-value", text, path=path) for path, one in texts_in(item, f"{name}[0]") if secrets.are_in(one)
    ]
    if problems:
        raise InputError(Message("The entry cannot be used."), problems)


def secret_outside(draft: Draft) -> SecretPlaces:
    """The sites and titles that no text outside may have, as far as the draft has them.

    Of the year as it is planned, with what was cancelled; as it is edited; as it is served; and of what waits.
    """
    known = [draft.ever_named(), draft.present, *(() if draft.served is None else (draft.served.scenario,))]
    waiting = [str(json.loads(entry.body)["title"]) for entry in draft.waiting if entry.list == NOMINATED]
    return secrets_of(*known, titles=waiting)


# What the lists ask for.


def _asked(draft: Draft) -> Mapping[str, AskedEvaluation]:
    return {} if draft.plan is None else asked_evaluations(draft.scenario, draft.learnt_plan)


def _after_it_by_its_parties(draft: Draft, one: PartyEvaluation, now: datetime) -> None:
    asked = _asked(draft).get(one.operation)
    if asked is None or one.party not in asked.parties or draft.moment(now).date() < asked.opens:
        values = {"operation": one.operation}
        raise InputError(Message("{operation} is evaluated by its parties, from the day after.", values))
    if not one.helped.keys() <= {known.id for known in draft.learnt_plan.entries.improvements}:
        raise InputError(GONE)


def _until_it_closed(draft: Draft, item: Item, _: str, reported: datetime) -> Item | None:
    asked = _asked(draft).get(str(item.get("operation", "")))
    if asked is None or draft.moment(reported).date() > asked.closes:
        return None
    helped = item.get("helped")
    if not isinstance(helped, dict):
        return item
    known = {improvement.id for improvement in draft.learnt_plan.entries.improvements}
    return {**item, "helped": {id: value for id, value in helped.items() if id in known}}


def _overdue_at_once(draft: Draft, one: Improvement, now: datetime) -> Iterator[Problem]:
    """A question, if it is new that the improvement is to be done by a date that has gone by."""
    before = IMPROVEMENTS.there(draft).get((one.id,))
    if one.state == "open" and one.due < draft.moment(now).date() and (before is None or before.due != one.due):
        text = Message("{day} has passed: the improvement is overdue at once.", {"day": one.due})
        yield Problem("idle", text, path=f"{IMPROVEMENTS.list}[0].due")


def _by_either_party(_: Draft, item: Item, party: str, __: datetime) -> Item | None:
    """As of now, whenever it was said: what is told of a quarter that is over stays as it is."""
    is_own = party in (item.get("asker"), item.get("asked"))
    return {key: value for key, value in item.items() if key != "reported"} if is_own else None


def _at_a_meeting(draft: Draft, one: Any, _: datetime) -> Meeting:
    for held in meetings(draft.scenario, draft.learnt_plan):
        if (held.meeting.id, held.day) == (one.meeting, one.day):
            return held.meeting
    raise InputError(Message("There is no such meeting on that date."))


def _by_who_is_invited(draft: Draft, one: AgendaPoint, now: datetime) -> None:
    if not is_invited(draft.scenario, _at_a_meeting(draft, one, now), one.party):
        raise InputError(Message("The party is not called to the meeting."))


def _of_persons_in_themes(_: Draft, one: SituationPicture, __: datetime) -> Iterator[Problem]:
    for n, theme in enumerate(one.themes):
        for problem in of_persons("pictures", {"text": theme.note}):
            yield replace(problem, path=f"pictures[0].themes[{n}].note")


EVALUATIONS = Ledger(
    "evaluations",
    ("operation", "party"),
    last=lambda draft, _: given_evaluations(draft.learnt_plan, _asked(draft)).values(),
    may=_after_it_by_its_parties,
    heard=_until_it_closed,
)
IMPROVEMENTS = Ledger(
    "improvements",
    outside=None,
    said=lambda one: (one.origin, one.observation, one.action),
    asks=_overdue_at_once,
)
OBSTACLES = Ledger("obstacles", heard=_by_either_party, repeats=True)
CARDS = Ledger(
    "cards",
    ("party",),
    outside=None,
    last=lambda _, log: (card.card for card in latest_cards(log).values()),
)
AGENDA_POINTS = Ledger(
    "agenda_points",
    ("party", "meeting", "day", "point"),
    may=_by_who_is_invited,
    repeats=True,
)
MINUTES = Ledger(
    "minutes",
    ("meeting", "day"),
    outside=("agenda",),
    last=lambda draft, _: (
        meeting.minutes for meeting in meetings(draft.scenario, draft.learnt_plan) if meeting.minutes
    ),
    may=_at_a_meeting,
)
MEETING_ACTIONS = Ledger("meeting_actions", outside=None, may=_at_a_meeting)
PICTURES = Ledger(
    "pictures",
    outside=None,
    said=lambda one: said(one.undecided),
    asks=_of_persons_in_themes,
    new=lambda one: one.undecided,
)
LEDGERS: Mapping[str, Ledger] = {
    one.list: one
    for one in (
        *(EVALUATIONS, IMPROVEMENTS, OBSTACLES, CARDS, AGENDA_POINTS, MINUTES, MEETING_ACTIONS, PICTURES),
        *map(Ledger, PLAIN),
    )
}
