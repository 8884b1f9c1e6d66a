"""carry: brings views out and the inbox in, dialled from inside.

One turn is a transaction inside and one outside, in that order. Broken off anywhere, the next turn ends what is left.
"""

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from arshjul.actions.contacts import calendars
from arshjul.actions.contacts.asking_to_evaluate import to_evaluate
from arshjul.actions.contacts.cards import card_of_contact
from arshjul.actions.contacts.carrying import (
    DAY,
    MOST_A_DAY,
    MOST_BYTES,
    MOST_ROW_BYTES,
    MOST_ROWS,
    Carried,
    Inside,
    Outside,
    retract,
)
from arshjul.actions.contacts.carrying import carry as carried
from arshjul.actions.contacts.learning import entered_by_contact
from arshjul.actions.contacts.meetings import point_of_contact
from arshjul.actions.contacts.obstacles import obstacle_of_contact
from arshjul.actions.contacts.offers import became_of_offers
from arshjul.actions.contacts.pictures import picture_of_contact
from arshjul.actions.contacts.sheets import purged_sheets, sheet_orders, takings
from arshjul.actions.contacts.telling import tell_devices, tell_outcomes
from arshjul.actions.contacts.told_outside import secret_outside
from arshjul.actions.draft.answers import Question, SentAnswers, answer_in, questions
from arshjul.actions.draft.draft import Draft, asked_draft, opened_draft, present_year
from arshjul.actions.publishing.contacts import passed_on
from arshjul.actions.publishing.learnt import with_learnt
from arshjul.actions.publishing.served_revision import ServedRevision, milestones_told, read_back, rehearsed
from arshjul.actions.publishing.undoable import answered_by
from arshjul.agenda.cards_view import view_cards, with_told_cards
from arshjul.agenda.channel import Channel, contents
from arshjul.agenda.entry import one_line
from arshjul.agenda.feed_history import FeedState
from arshjul.agenda.learnt_view import view_learnt
from arshjul.agenda.meetings import view_meetings
from arshjul.agenda.milestone_times import due_at_meetings
from arshjul.agenda.party import COORDINATOR, Party, parties, party_named
from arshjul.agenda.party_view import PublishedAs, party_view, view_calls
from arshjul.agenda.unit_list import unit_list
from arshjul.agenda.view import times_told
from arshjul.agenda.when import when_said
from arshjul.domain.business_traces import texts_in
from arshjul.domain.calendar import Slot
from arshjul.domain.entries.amended import with_teams_of
from arshjul.domain.entries.learnt import IMPROVEMENTS, MEETING_ACTIONS, MINUTES
from arshjul.domain.feature import ALL_FEATURES, OF_MEETINGS, OF_OFFERS, OF_SHEETS
from arshjul.domain.party_view import PartyView, ViewMeetings, ViewQuestion, ViewSlot
from arshjul.domain.scenario import Scenario
from arshjul.domain.sent_offer import taken_offers
from arshjul.errors import InputError, Message, Refused, StorageError
from arshjul.formats.catalogues import words
from arshjul.formats.feeds import feeds_json, view_json
from arshjul.formats.schema.party_entry import (
    AGENDA_POINT,
    ANSWER,
    CALENDAR,
    CARD,
    EVALUATION,
    KINDS,
    NOMINATIONS,
    OBSTACLE,
    OFFERS,
    PICTURE,
    RETRACTION,
    URGENT,
    read_body,
    read_replies,
)
from arshjul.store import audit, contacts, drafts, party_entries, proposals, readers, revisions
from arshjul.store.chain import digest_of
from arshjul.store.columns import moment_text
from arshjul.store.contacts import Contact
from arshjul.store.database import Database, make_database
from arshjul.store.events import SheetPurged
from arshjul.store.party_entries import PartyEntry, PartyFault, Settled
from arshjul.store.portal import contacts as portal_contacts
from arshjul.store.portal import feeds, inbox, sessions, sheets, views
from arshjul.store.portal.bounds import in_time
from arshjul.store.portal.schema import PORTAL
from arshjul.store.portal.sheets import SheetOrder
from arshjul.store.portal.views import EntryOutcome
from arshjul.store.readers import Fetch
from arshjul.store.revisions import FeedKey
from arshjul.store.shelf import Shelf, fill, state_of_year
from arshjul.store.store import Store, Transaction
from arshjul.texts import Words

PORTAL_S = "portal"
"""Who stands in the log for what was done there."""

MOST_PURGES = 10
"""The most sheets that a turn takes to be purged: whoever has the portal's machine writes there what he likes."""

KEPT = 90 * DAY
"""How long what becomes of an entry is still told."""

OTHER_YEAR = Message(
    "The portal's database has another year's sheets. Give this year its own portal database and key file."
)

Bodies = Mapping[str, tuple[str, str]]
"""Views as JSON, each with its mark, by party."""


@dataclass(slots=True)
class Remembered:
    """What a turn keeps for the next. Views are made once, when a revision has been published, or a question changes.

    `carries_feeds`: rendered feeds go out too, for a server outside. `quiet`: marks of both databases when nothing was
    to be told of former entries; None if something was.
    """

    carries_feeds: bool = False
    year: str = ""
    quiet: tuple[object, ...] | None = None
    taken: frozenset[str] = frozenset()
    """The offers that the year has taken over."""
    uses: tuple[str, ...] = ALL_FEATURES
    """The features that the year uses."""

    _shelf: Shelf = field(default_factory=Shelf)
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
        """The views that were last made."""
        return self._made

    @property
    def parts(self) -> set[tuple[str, str]]:
        """Which parties take part in which operations, whether they have contacts or not."""
        return {(one.operation, party) for party, view in self._views.items() for one in view.sheets}

    def orders(self, db: Transaction) -> tuple[frozenset[SheetOrder], frozenset[str]]:
        """What the coordinator has said of information sheets, and which are purged; read when the log has grown."""
        if (number := audit.LINES.highest(db, audit.LINES.c.number)) != self._orders[0]:
            self._orders = number, sheet_orders(db), frozenset(purged_sheets(db))
        return self._orders[1:]

    def served(self, db: Transaction) -> ServedRevision | None:
        """The served revision, read anew when there is another."""
        current = revisions.current(db)
        if current is None or self._served is None or self._served.revision.hash != current.hash:
            self._served = None if current is None else read_back(db, current)
        return self._served

    def shelf(self, db: Transaction) -> Shelf:
        """The feeds that have readers, and these; read when either has changed. The coordinator's are not carried."""
        if state_of_year(db) != (self._shelf.generation, self._shelf.restored_at):
            self._shelf = of_parties(fill(db, self._shelf))
        return self._shelf

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
        entered = (one for one in draft.entered if one.list in (IMPROVEMENTS, MINUTES, MEETING_ACTIONS))
        texts = (text for one in entered for _, text in texts_in(json.loads(one.body), ""))
        secrets, looked_through = secret_outside(draft), set(texts)
    return lambda text: not secrets.are_in(text) and (looked_through is None or text in looked_through)


def _bodies(
    views: Mapping[str, PartyView], draft: Draft, present: Scenario, learnt: Learnt
) -> Iterator[tuple[str, tuple[str, str]]]:
    """The views as JSON, with the questions of the draft's proposal, the calls of the year as it is edited, and what
    is learnt.
    """
    asked = defaultdict[str, list[ViewQuestion]](list)
    offered = with_teams_of(draft.as_given, present)
    say, uses = words(draft.scenario.language), present.uses
    calls = {str(one): view_calls(offered, one) for one in parties(present)} if OF_OFFERS in uses else {}
    for one in questions(draft):
        asked[one.party].append(_view_question(draft, one, say))
    for party, view in views.items():
        own = tuple(asked[party.partition("-")[2]])
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
    """The views before anything is published."""
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
        (one.as_of, one.published_at) for one in revisions.REVISIONS.all(db) if one.number <= current.number
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


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn has carried: entries taken in, faults, and the rows that wait for another turn."""

    n_taken: int
    n_faults: int
    n_left: int
    is_all_done: bool


def make_portal(given: str) -> Database:
    """The portal's database at that address, made or brought up to date if necessary."""
    return in_time(make_database(given, PORTAL))


def carry(
    store: Store,
    portal: Database,
    now: datetime,
    kept: Remembered | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Turn:
    """One turn. `kept`: for the next one; `step` is called between steps, for tests that kill."""
    kept = kept or Remembered()
    with store.reading() as db, portal.reading() as out:
        year, year_there = kept.year_of(db), views.year(out)
        if year_there not in ("", year) and sheets.are_any(out):
            raise StorageError(OTHER_YEAR)
        known, marks = contacts.CONTACTS.all(db), (*mark(db), *views.mark(out))
        bodies = kept.views(db, known, now)
        inside, outside = states(db, out, now, kept, bodies, known, is_quiet=marks == kept.quiet)
        lost = () if marks == kept.quiet else party_entries.received(db, inside.became.keys() - outside.numbers.keys())
        if lost:  # a copy of the portal's database was put back
            inside = replace(inside, orders=inside.orders | _lost_takings(db, out))
            outside = replace(outside, orders=frozenset(sheets.orders_there(out, inside.orders)))
        unknown = {operation for operation, _ in kept.parts} - inside.purged
        outside = replace(outside, purges=tuple(sheets.purges_there(out, unknown))[:MOST_PURGES])
        has_news = marks != kept.quiet and bool(untold(db, kept, now - KEPT))
        shelf, fetched = None, list[Fetch]()
        if kept.carries_feeds:
            shelf = kept.shelf(db)
            own = {reader.subscriber for reader in shelf.readers.values()}
            fetched = fetches_since(db, feeds.fetches(out, own), now)
            if feeds.marked(out) == (inside.epoch, shelf.generation):
                shelf = None
    done = carried(inside, outside)
    kept.quiet = marks if done.is_all_done and not has_news else None
    step("read")
    if done.entries or done.faults or done.came_in or done.purges or has_news:
        _write_inside(store, kept, done, now)
    if fetched:
        with store.writing() as db:
            readers.note_fetches(db, fetched)
    step("inside")
    is_all_done = done.is_all_done and shelf is None and year == year_there
    if not is_all_done or lost:
        _write_outside(portal, done, kept, inside, shelf, lost)
    step("outside")
    return Turn(len(done.entries), len(done.faults), outside.inbox.n_left, is_all_done)


def _lost_takings(db: Transaction, out: Transaction) -> frozenset[SheetOrder]:
    """Parties' takings from readers that the portal's database lacks."""
    known = takings(db)
    there = inbox.numbers(out, known)
    return frozenset(order for id, orders in known.items() if id not in there for order in orders)


def of_parties(shelf: Shelf) -> Shelf:
    """The shelf without the coordinator's own feeds, which have titles, and without their readers."""

    def is_party(key: FeedKey) -> bool:
        return key.party != str(COORDINATOR)

    return replace(
        shelf,
        feeds={key: one for key, one in shelf.feeds.items() if is_party(key)},
        readers={digest: one for digest, one in shelf.readers.items() if is_party(one.feed)},
        damaged=frozenset(filter(is_party, shelf.damaged)),
        for_google={key: one for key, one in shelf.for_google.items() if is_party(key)},
    )


def fetches_since(db: Transaction, seen: Iterable[Fetch], now: datetime) -> list[Fetch]:
    """What the server outside says has been fetched since: not later than it is now, nor in other words."""
    known = readers.fetches(db)
    told = (replace(one, at=min(one.at, now), client=one_line(one.client)) for one in seen)
    return [one for one in told if one.subscriber not in known or known[one.subscriber].at < one.at]


def states(
    db: Transaction,
    out: Transaction,
    now: datetime,
    kept: Remembered,
    bodies: Bodies,
    known: Iterable[Contact],
    *,
    is_quiet: bool = False,
) -> tuple[Inside, Outside]:
    """What each side knows. `is_quiet`: the portal knows what became of all that is not in its inbox."""
    orders = kept.orders(db)
    n_today = party_entries.n_since(db, now - DAY)
    full = [contact for contact, n in n_today.items() if n >= MOST_A_DAY]
    rows = inbox.unanswered(out, URGENT, MOST_ROWS, MOST_ROW_BYTES, MOST_BYTES, full)
    epoch_here, epoch_there = epoch(db), views.epoch(out)
    if epoch_here != epoch_there:  # every row is answered anew, once the answers of another database are forgotten
        rows = inbox.Mouthful()
    ids = [row.id for row in rows.rows.values()]
    became = became_of(db, kept, ids, None if is_quiet else now - KEPT)
    numbers = inbox.numbers(out, became)
    inside = Inside(
        now=now,
        epoch=epoch_here,
        contacts={contact.id: contact for contact in known},
        addresses=(*contacts.addresses(db), *passed_on(db, now)),
        marks={party: mark for party, (mark, _) in bodies.items()},
        digests=party_entries.digests(db, ids),
        keys=party_entries.keys(db, {row.contact for row in rows.rows.values()}),
        n_today=n_today,
        became=became,
        orders=orders[0],
        purged=orders[1],
        uses=kept.uses,
    )
    outside = Outside(
        epoch=epoch_there,
        contacts=portal_contacts.contacts(out),
        addresses=portal_contacts.addresses(out),
        marks=views.marks(out),
        inbox=rows,
        numbers=numbers,
        outcomes=views.outcomes(out, numbers.values()),
        came_in=sessions.came_in(out, inside.contacts, now),
        orders=frozenset(sheets.orders_there(out, orders[0])),
    )
    return inside, outside


def epoch(db: Transaction) -> str:
    """The name of this database as it was last restored; it reveals nothing of it."""
    restored = moment_text(revisions.restored_at(db))
    return hmac.new(revisions.uid_key(db), f"portal {restored}".encode(), hashlib.sha256).hexdigest()


def mark(db: Transaction) -> tuple[object, ...]:
    """Values that change whenever what became of an entry does."""
    return (revisions.pointer(db), *drafts.mark(db), *party_entries.mark(db), state_of_year(db))


def became_of(
    db: Transaction, kept: Remembered, ids: Collection[str], since: datetime | None
) -> dict[str, EntryOutcome]:
    """What became of these entries, by id: `published` with the version of the plan that answered them.

    `since`: also of all that wait, or were settled after that.
    """
    known = party_entries.settled(db, ids, since)
    found = {one.id: EntryOutcome(one.state, _told_of(one), one.at) for one in known}
    taken = {int(one.item): one.id for one in known if one.state == "taken"}
    for entry in drafts.entries(db, taken) if taken else ():
        if entry.taken_back_at is not None:
            found[taken[entry.number]] = EntryOutcome("taken-back", "", entry.taken_back_at)
        elif (served := kept.served(db)) is not None and (version := answered_by(served.plan, entry)) is not None:
            found[taken[entry.number]] = EntryOutcome("published", str(version), served.revision.published_at)
    offers = became_of_offers(db, kept.taken) if any(one.state == "waits" for one in known) else {}
    for one in known:
        if one.id in offers:
            found[one.id] = EntryOutcome(offers[one.id], "", one.at)
        reader = readers.SUBSCRIBERS.get(db, int(one.item)) if one.state == "handed" else None
        if reader is not None and reader.revoked_at is not None:
            found[one.id] = EntryOutcome("closed", "", reader.revoked_at)
    return found


def _told_of(one: Settled) -> str:
    """What a contact is told of its nomination: the number that it has now, or the reason."""
    return one.item if one.state == "accepted" else one.reason


def untold(db: Transaction, kept: Remembered, since: datetime) -> dict[str, str]:
    """What became of entries, by id, whose contacts were last mailed something else."""
    told = {one.id: one.told for one in party_entries.settled(db, (), since)}
    return {id: one.state for id, one in became_of(db, kept, (), since).items() if told[id] != one.state}


def _write_inside(store: Store, kept: Remembered, done: Carried, now: datetime) -> None:
    """Takes entries in, and tells their contacts. Another turn may have been quicker: what it did is there already."""
    with store.writing() as db:
        there = party_entries.digests(db, [one.id for one in done.entries])
        new = [one for one in done.entries if one.id not in there]
        if any(not KINDS[entry.kind].waits for entry in new):
            audit.refuse_jump(
                db, now
            )  # what takes effect is logged: until somebody says that the clock is right it waits
        party_entries.ENTRIES.add(db, *new)
        for one in new:
            if one.state == "waits" and one.kind in (RETRACTION, *NOMINATIONS):
                retract(db, one, now)
            elif one.state == "waits" and one.kind == CALENDAR:
                _hand_out(db, one, now)
            elif one.state == "waits" and one.kind in OFFERS:
                _refuse_uncalled(db, one, now)
            elif one.state == "waits" and not KINDS[one.kind].waits:
                _take_effect(db, one, now)
        known = purged_sheets(db) if done.purges else {}
        for purge in [one for one in done.purges if one.operation not in known]:
            said = (purge.operation, one_line(purge.decision), moment_text(purge.at))
            audit.add(db, now, PORTAL_S, SheetPurged(*said))
        party_entries.add_faults(db, done.faults)
        contacts.came_in(db, done.came_in)
        tell_devices(db, done.came_in, now)
        tell_outcomes(db, untold(db, kept, now - KEPT), now)


ENTERING = {EVALUATION: entered_by_contact, CARD: card_of_contact, PICTURE: picture_of_contact}
"""What enters what is learnt, by its kind."""


def _take_effect(db: Transaction, one: PartyEntry, now: datetime) -> None:
    """Lets a contact's answers count; or refuses them, where they come too late, or something else is asked by now.

    What was sent in time counts, however late it is carried, unless something was answered after it was said: by the
    portal's clock, where that is not ahead of ours.
    """
    said, party, body = min(one.reported, now), one.party.partition("-")[2], read_body(one.body)
    is_heard = True
    if one.kind in ENTERING:
        is_heard = ENTERING[one.kind](db, KINDS[one.kind].item(body, party), one.contact, said, now)
    elif one.kind == AGENDA_POINT:
        is_heard = point_of_contact(db, KINDS[one.kind].item(body, party), party, one.contact, said, now)
    elif one.kind == OBSTACLE:
        is_heard = obstacle_of_contact(db, body, party, one.contact, now)
    elif one.kind == ANSWER:
        is_heard = _answers(db, one, said, now)
    party_entries.settle(db, one.id, "counts" if is_heard else "refused", one.contact, now)


def _answers(db: Transaction, one: PartyEntry, said: datetime, now: datetime) -> bool:
    """Gives a contact's answers; False if they come too late, or something else is asked by now."""
    replies = read_replies(read_body(one.body))
    given = {reply.question: reply.answer for reply in replies}
    remarks = {reply.question: one_line(reply.remark) for reply in replies}
    instead = {reply.question: [Slot(one.day, one.shift) for one in reply.instead] for reply in replies}
    try:
        sent = SentAnswers(given, remarks, said, instead, _said_at(db, one.party))
        answer_in(db, one.party.partition("-")[2], sent, now)
    except (InputError, Refused):
        return False
    return True


def _hand_out(db: Transaction, one: PartyEntry, now: datetime) -> None:
    """Opens the address of a calendar that a contact has asked for; or refuses it."""
    try:
        party_entries.settle(db, one.id, "handed", one.contact, now, calendars.hand_out(db, one, now))
    except (InputError, Refused):
        party_entries.settle(db, one.id, "refused", one.contact, now)


def _refuse_uncalled(db: Transaction, one: PartyEntry, now: datetime) -> None:
    """Refuses an offer to a call that there is not, or that does not ask its party: no page would show it."""
    call, party = read_body(one.body)["call"], one.party.partition("-")[2]
    year = present_year(db)
    known = year.parties.get(party)
    if known is None or not any(there.id == call and there.asks(known) for there in year.calls):
        party_entries.settle(db, one.id, "refused", one.contact, now)
        party_entries.add_faults(db, [PartyFault(one.digest, "call", one.party, now)])


def _said_at(db: Transaction, party: str) -> dict[tuple[str, datetime], datetime]:
    """When the party's answers were said: by the question, and the moment at which each was carried in."""
    found = dict[tuple[str, datetime], datetime]()
    for one in party_entries.ENTRIES.where(party=party, kind=ANSWER, state="counts").all(db):
        said = min(one.reported, one.received)
        for reply in read_replies(read_body(one.body)):
            at = (reply.question, one.settled_at or said)
            found[at] = max(said, found.get(at, said))
    return found


def _write_outside(
    portal: Database, done: Carried, kept: Remembered, inside: Inside, shelf: Shelf | None, lost: Collection[datetime]
) -> None:
    """`lost`: when what the portal has lost was received; sessions of before may have been ended since."""
    with portal.writing() as out:
        if lost:
            sessions.forget(out, max(lost))
        if shelf is not None:
            feeds.put(out, shelf, inside.epoch)
        if done.new_epoch:
            views.begin_epoch(out, inside.epoch)
        views.put_year(out, kept.year)
        portal_contacts.take_away(out, done.ended, done.closed)
        portal_contacts.CONTACTS.put(out, *done.contacts)
        portal_contacts.ADDRESSES.put(out, *done.addresses)
        views.take_away(out, done.views_gone)
        views.put(out, {party: kept.bodies[party] for party in done.views})
        if done.views or done.views_gone:
            sheets.put_parts(out, kept.parts, inside.now)
        views.put_outcomes(out, done.outcomes)
        if done.orders:
            sheets.put_orders(out, done.orders)
