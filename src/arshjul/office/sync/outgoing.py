"""The views of parties, as `carry` brings them out: what each may see of the year, and what is learnt."""

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from arshjul.errors import InputError, StorageError
from arshjul.office.contacts.asking_to_evaluate import to_evaluate
from arshjul.office.contacts.ledger import IMPROVEMENTS, MEETING_ACTIONS, MINUTES, secret_outside
from arshjul.office.contacts.sheets import purged_sheets, sheet_orders
from arshjul.office.draft.answers import Question, questions
from arshjul.office.draft.draft import Draft
from arshjul.office.draft.stored_draft import asked_draft, opened_draft, present_year
from arshjul.office.publishing.ledger_entries import with_learnt
from arshjul.office.publishing.served_revision import ServedRevision, milestones_told, read_back, rehearsed
from arshjul.office.store import audit, drafts, proposals, revisions
from arshjul.office.store.contacts import Contact
from arshjul.office.store.feed_cache import FeedCache, fill, state_of_year
from arshjul.office.store.revisions import FeedKey
from arshjul.office.store.store import Transaction
from arshjul.portal.store.sheets import SheetOrder
from arshjul.serving.sql.hashes import digest_of
from arshjul.year.agenda.channel import Channel, contents
from arshjul.year.agenda.evaluations import view_learnt
from arshjul.year.agenda.feed_history import FeedState
from arshjul.year.agenda.meetings import view_meetings
from arshjul.year.agenda.milestone_times import due_at_meetings
from arshjul.year.agenda.party import COORDINATOR, Party, parties, party_named
from arshjul.year.agenda.party_view import PublishedAs, party_view, unit_list, view_calls, view_cards, with_told_cards
from arshjul.year.agenda.time_text import when_said
from arshjul.year.agenda.view import times_told
from arshjul.year.domain.business_traces import texts_in
from arshjul.year.domain.entries.amended import with_teams_of
from arshjul.year.domain.feature import ALL_FEATURES, OF_MEETINGS, OF_OFFERS, OF_SHEETS
from arshjul.year.domain.party_view import PartyView, ViewMeetings, ViewQuestion, ViewSlot
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.sent_offer import taken_offers
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.feeds import feeds_json, view_json
from arshjul.year.texts import Words

Bodies = Mapping[str, tuple[str, str]]


@dataclass(slots=True)
class Remembered:
    """The cache between turns. Views are made once, when a revision has been published, or a question changes.

    `carries_feeds`: rendered feeds go out too, for a server outside. `quiet`: marks of both databases when nothing was
    to be told of former entries; None if something was.
    """

    carries_feeds: bool = False
    year: str = ""
    quiet: tuple[object, ...] | None = None
    taken: frozenset[str] = frozenset()
    uses: tuple[str, ...] = ALL_FEATURES

    _cache: FeedCache = field(default_factory=FeedCache)
    _served: ServedRevision | None = None
    _orders: tuple[int, frozenset[SheetOrder], frozenset[str]] = (-1, frozenset(), frozenset())
    _of: tuple[object, ...] = ()
    _asked: tuple[object, ...] = ()
    _views: Mapping[str, PartyView] = field(default_factory=dict)
    _made: Bodies = field(default_factory=dict)

    def year_of(self, db: Transaction) -> str:
        """The name of this database, restored or not; it reveals nothing of it. Looked up once: it never changes."""
        self.year = self.year or hmac.new(revisions.uid_key(db), b"portal", hashlib.sha256).hexdigest()
        return self.year

    @property
    def bodies(self) -> Bodies:
        return self._made

    @property
    def parts(self) -> set[tuple[str, str]]:
        """The operations' parties, with contacts or without."""
        return {(sheet.operation, party) for party, view in self._views.items() for sheet in view.sheets}

    def orders(self, db: Transaction) -> tuple[frozenset[SheetOrder], frozenset[str]]:
        """The coordinator's orders about information sheets, and the purged ones; read when the log has grown."""
        if (number := audit.LINES.highest(db, audit.LINES.c.number)) != self._orders[0]:
            self._orders = number, sheet_orders(db), frozenset(purged_sheets(db))
        return self._orders[1:]

    def served(self, db: Transaction) -> ServedRevision | None:
        current = revisions.current(db)
        if current is None or self._served is None or self._served.revision.hash != current.hash:
            self._served = None if current is None else read_back(db, current)
        return self._served

    def cache(self, db: Transaction) -> FeedCache:
        """The feeds that have readers, and these; read when either has changed. The coordinator's are not carried."""
        if state_of_year(db) != (self._cache.generation, self._cache.restored_at):
            self._cache = of_parties(fill(db, self._cache))
        return self._cache

    def views(self, db: Transaction, known: Iterable[Contact], now: datetime) -> Bodies:
        """The views with the mark of each, by party, of those that have calendars; empty if there is no year.

        What is learnt is as of the hour: a date begins where the year is.
        """
        current, of_draft = revisions.current(db), drafts.mark(db)
        if current is None and of_draft[0] is None:
            return {}
        published: tuple[object, ...] = of_draft if current is None else (current.hash,)
        writers = tuple(sorted((contact.created_at, contact.party) for contact in known if "sheet" in contact.may))
        key, asked = (
            (*published, drafts.clock(db)),
            (*proposals.mark(db), *of_draft, now.replace(minute=0, second=0, microsecond=0), writers),
        )
        if (key, asked) != (self._of, self._asked):
            draft = asked_draft(db)
            views = self._views
            if key != self._of:
                served = self.served(db)
                views = _first_views(draft) if served is None else _views(db, served)
            year = present_year(db)
            self.taken, self.uses = taken_offers(year), year.uses
            self._made = dict(_bodies(views, draft, year, _learnt(db, draft, writers, now)))
            self._of, self._asked, self._views = key, asked, views
        return self._made


MayBeTold = Callable[[str], bool]


Learnt = Callable[[PartyView], PartyView]
"""The view of a party with what it evaluates, what is learnt, the cards of all, and what comes of meetings."""


def _learnt(db: Transaction, draft: Draft, writers: Sequence[tuple[datetime, str]], now: datetime) -> Learnt:
    """Of what is published: nothing before that. `writers`: since when, of which party, the first of each first."""
    served = draft.served
    if served is None:
        return lambda view: view
    scenario = served.scenario
    plan = with_learnt(served.plan, scenario, draft.entered).shown(draft.scenario.uses)
    moment = (draft.clock or now).astimezone(scenario.zone).date()
    written = plan.entries.improvements or plan.entries.cards or plan.entries.minutes or plan.entries.meeting_actions
    told = _may_be_told(db, draft) if written else lambda _: True
    learnt_of = view_learnt(scenario, plan, moment, lambda one: told(one.action), to_evaluate(db, scenario))

    times = times_told(scenario, served.plan, milestones_told(db))
    due = due_at_meetings(scenario, plan, times, plan.held())
    has_meetings = OF_MEETINGS in draft.scenario.uses
    began = {party: since.astimezone(scenario.zone).date() for since, party in reversed(writers)}

    def added(view: PartyView) -> PartyView:
        party = party_named(view.party)
        id = party.id
        evaluations, known = learnt_of(id)
        cards = view_cards(scenario, plan, id, told)
        meetings = view_meetings(scenario, plan, party, moment, due, told) if has_meetings else ViewMeetings()
        asked = None if view.unit_list is None else unit_list(scenario, with_told_cards(plan, told), id)
        first = began.get(view.party, date.min)  # who was not there yet is not late: it writes until the day itself
        sheets = tuple(
            replace(sheet, due=sheet.first) if sheet.due and sheet.due < first else sheet for sheet in view.sheets
        )
        return replace(
            view, unit_list=asked, evaluations=evaluations, learnt=known, cards=cards, meetings=meetings, sheets=sheets
        )

    return added


def _may_be_told(db: Transaction, draft: Draft) -> MayBeTold:
    """Whether a text goes outside: none that names a site or a title, whatever way it came.

    Where sites cannot be read, none but of lists of which contacts write nothing, entered here: nobody has looked
    through others.
    """
    try:
        secrets, looked_through = secret_outside(opened_draft(db)), None
    except (InputError, StorageError):
        own = [ledger.list for ledger in (IMPROVEMENTS, MINUTES, MEETING_ACTIONS)]
        entered = (entry for entry in draft.entered if entry.list in own)
        texts = (text for entry in entered for _, text in texts_in(json.loads(entry.body), ""))
        secrets, looked_through = secret_outside(draft), set(texts)
    return lambda text: not secrets.are_in(text) and (looked_through is None or text in looked_through)


def _bodies(
    views: Mapping[str, PartyView], draft: Draft, present: Scenario, learnt: Learnt
) -> Iterator[tuple[str, tuple[str, str]]]:
    """With the draft's questions, the calls of the year as it is edited, and what is learnt."""
    asked = defaultdict[str, list[ViewQuestion]](list)
    offered = with_teams_of(draft.as_given, present)
    say, uses = words(draft.scenario.language), present.uses
    calls = {str(party): view_calls(offered, party) for party in parties(present)} if OF_OFFERS in uses else {}
    for question in questions(draft):
        asked[question.party].append(_view_question(draft, question, say))
    for party, view in views.items():
        own = tuple(asked[party_named(party).id])
        deadline = draft.deadline if own else None
        sheets = view.sheets if OF_SHEETS in uses else ()
        made = replace(view, questions=own, deadline=deadline, calls=calls.get(party, ()), sheets=sheets, uses=uses)
        text = view_json.to_text(learnt(made))
        yield party, (digest_of(text.encode()), text)


def _view_question(draft: Draft, one: Question, say: Words) -> ViewQuestion:
    offered = tuple(ViewSlot(slot.day, slot.shift, say.say(when_said(draft.scenario, slot))) for slot in one.offered)
    chosen = tuple(there.name for slot, there in zip(one.offered, offered, strict=True) if slot in one.instead)
    return ViewQuestion(one.name, say.say(one.text), one.answer, one.remark, offered, chosen, one.is_voluntary)


def _first_views(draft: Draft) -> dict[str, PartyView]:
    clock = draft.clock
    shown = None if clock is None else clock.astimezone(draft.scenario.zone).replace(tzinfo=None)
    of, year = PublishedAs(0, None, draft.scenario.name, shown), draft.scenario
    return {str(party): party_view(year, None, party, (), of, {}) for party in parties(year) if party.id}


def _views(db: Transaction, served: ServedRevision) -> dict[str, PartyView]:
    scenario, current = served.scenario, served.revision
    name = rehearsed(scenario, words(scenario.language)).name if served.is_rehearsal else scenario.name
    clock = (drafts.clock(db) or served.plan.as_of).astimezone(scenario.zone) if served.is_rehearsal else None
    shown = None if clock is None else clock.replace(tzinfo=None)
    published = tuple(
        (revision.as_of, revision.published_at)
        for revision in revisions.REVISIONS.all(db)
        if revision.number <= current.number
    )
    of = PublishedAs(current.plan_revision, current.published_at, name, shown, published)
    said = {row.key: row.said for row in revisions.feeds(db, current.number) if not row.departed}

    def told(party: Party) -> Iterable[FeedState]:
        for content in contents(scenario, party):
            key = Channel(party, "full", content).key
            if content != "all" and key in said:
                yield from feeds_json.from_json(revisions.blob(db, said[key]).decode()).feeds.values()

    made, times = {}, times_told(scenario, served.plan, milestones_told(db))
    for party in parties(scenario):
        if party.id:
            made[str(party)] = party_view(scenario, served.plan, party, told(party), of, times)
    return made


def of_parties(cache: FeedCache) -> FeedCache:
    """The cache without the coordinator's own feeds, which have titles, and without their readers."""

    def is_party(key: FeedKey) -> bool:
        return key.party != str(COORDINATOR)

    return replace(
        cache,
        feeds={key: feed for key, feed in cache.feeds.items() if is_party(key)},
        readers={digest: reader for digest, reader in cache.readers.items() if is_party(reader.feed)},
        damaged=frozenset(filter(is_party, cache.damaged)),
        for_google={key: one for key, one in cache.for_google.items() if is_party(key)},
    )
