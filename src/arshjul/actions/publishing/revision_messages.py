"""The messages of a revision: to each party, once, all that it has not been told yet, by mail or telephone.

Waiting messages are replaced by what now holds, at each publishing and as time passes (`write_anew`): a party is told
how its part differs from what it was last shown, not each intermediate step. It may or may not receive a message that
is being handed over at that moment, so it is told both. Messages that still hold wait on unchanged.

Operations that start soon, or were to by anything that the party was shown, are also told on the telephone, even to
parties with mail: from when they are soon until somebody has called. A party that has not had its first message still
has calendars: with that message it is told what it has lost, and what starts soon.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cached_property

from arshjul.actions.publishing.contacts import Contacts, mailbox, parties_reached
from arshjul.actions.publishing.served_revision import ServedRevision, served_revision
from arshjul.actions.publishing.stale_revision import seen_from
from arshjul.agenda.part import GOES
from arshjul.agenda.party import COORDINATOR, Party, parties
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError
from arshjul.formats.catalogues import words
from arshjul.formats.plan.plan_folder import year_of_json
from arshjul.planning.letters.notices import (
    Letter,
    Notices,
    ShownYear,
    ToldUpTo,
    Touched,
    Untold,
    first_letters,
    knowing_both,
)
from arshjul.planning.letters.party_mail import mail_of_changes, mail_of_first_plan, mail_of_withdrawn
from arshjul.store import contacts as portal
from arshjul.store import outbox, readers, revisions
from arshjul.store.outbox import OutboxMessage
from arshjul.store.revisions import ToldRevision
from arshjul.store.store import Store, Transaction

SOON = timedelta(hours=48)
"""The time ahead within which a start is told on the telephone."""

DAY = timedelta(days=1)

NONE_YET = 0
"""The place in the timeline of parties that were told of no revision; the others begin at 1."""


@dataclass(frozen=True)
class RevisionMessages:
    """The messages to parties about a plan that replaces the `served` one. Not slotted: letters are cached.

    `plan` is as they see it; `moment` is now, or a rehearsal's. `knew`: the hash of the revision that is known to
    parties without waiting messages; by default, the served one. `actor` empty: nobody publishes, but time passes.
    """

    db: Transaction
    scenario: Scenario
    plan: Plan
    served: ServedRevision | None
    actor: str
    now: datetime
    moment: datetime
    knew: str = ""

    def put(self, *, mail: bool) -> None:
        for letter in self._everybody:
            if self._is_new(letter):
                self._put(letter, self._messages(letter, mail=mail))
            else:
                self._renew(letter)

    def renew(self) -> None:
        """Replaces waiting messages by what now holds, told in the same way; adds only calls about what starts soon."""
        for letter in self._everybody:
            self._renew(letter)

    def reconcile(self) -> None:
        """Adds everything in which parties' knowledge differs from what is served, as waiting messages go, or calls.

        Nothing is mailed that nobody has reviewed yet, or to a mailbox whose correction the restore has undone.
        """
        for letter in self._everybody:
            waits = self._waits(letter)
            is_known = {one.address for one in waits} <= {"", mailbox(self._contacts, letter.to.id)}
            if self._is_new(letter) or not is_known:
                self._put(letter, self._messages(letter, mail=is_known and _is_mailed(waits)))
            else:
                self._renew(letter)

    def withdraw(self, letters: Iterable[Letter], *, mail: bool) -> None:
        for letter in letters:
            address = mailbox(self._contacts, letter.to.id) if mail else ""
            written = mail_of_withdrawn(self.scenario, letter, words(self.scenario.language))
            outbox.add(self.db, letter.to.id, address, written, self.actor, self.now)

    def _renew(self, letter: Letter) -> None:
        waits = self._waits(letter)
        if any(not one.about for one in waits):
            self._put(letter, self._messages(letter, mail=_is_mailed(waits)))
        elif self.served is not None:
            self._put(letter, self._besides(letter))

    def _put(self, letter: Letter, new: Sequence[OutboxMessage]) -> None:
        """Replaces a party's waiting messages by the new ones; one with the same contents keeps its number."""
        waiting = list(self._waits(letter))
        still_holds = not any(self._to(letter, self._place(one.tells)).lines for one in waiting)
        for one in new:
            same = next((old for old in waiting if still_holds and _way(old) == _way(one)), None)
            if same is None:
                outbox.put(self.db, one)
                continue
            waiting.remove(same)
            if not same.is_going(self.now):
                outbox.rewrite(self.db, same.number, one)
        for one in waiting:
            outbox.take_out(self.db, one.number)

    def _messages(self, letter: Letter, *, mail: bool) -> list[OutboxMessage]:
        since, address = self._since(letter), mailbox(self._contacts, letter.to.id) if mail else ""
        had = any(one.sent_at is not None and not one.about for one in self._had(letter))
        lacks_first = since == NONE_YET and not had
        first = [one for one in self._first_letters if one.to == letter.to and lacks_first]
        news = self._news(letter, since)
        if address:
            mailed = [*first, *([news] if news.lines else [])]
            return [*(self._message(one, since, address) for one in mailed), *self._besides(letter)]
        soon = self._soon(letter)
        called = soon.and_others(news)
        knows = min((since, *map(self._called(letter).place, _operations(called))))
        for one in first:
            called = replace(called, lines=(*called.lines, *one.lines), listed=one.listed)
        return [self._message(called, knows, "", soon)] if called.lines else []

    def _besides(self, letter: Letter) -> list[OutboxMessage]:
        """The message about what starts soon, to be told on the telephone in addition; none if nothing does."""
        soon = self._soon(letter)
        about = tuple(_operations(soon))
        knows = min(map(self._called(letter).place, about), default=NONE_YET)
        return [replace(self._message(soon, knows, "", soon), about=about)] if about else []

    @cached_property
    def _contacts(self) -> Contacts:
        return parties_reached(self.db)

    @cached_property
    def _everybody(self) -> list[Letter]:
        """Empty letters to all present and former parties, each with its latest name and contact."""
        found: dict[str, Letter] = {}
        for scenario in self._scenarios():
            for party in parties(scenario):
                if party != COORDINATOR and party.id not in found:
                    known = scenario.parties[party.id]
                    found[party.id] = Letter(party, known.name, known.contact, ())
            if self._waiting.keys() <= found.keys():
                break
        return list(found.values())

    def _scenarios(self) -> Iterator[Scenario]:
        """The scenario extended by the served one, then earlier ones, latest first."""
        yield self.scenario if self.served is None else knowing_both(self.scenario, self.served.scenario)
        for at in reversed(range(1, self._untold.n)):
            yield self._untold.shown(at).scenario

    def _is_new(self, letter: Letter) -> bool:
        return bool(self._to(letter, self._knew).lines)

    @cached_property
    def _knew(self) -> int:
        """The place of the revision that is known to parties without waiting messages."""
        served = "" if self.served is None else self.served.revision.hash
        return self._place(self.knew or served)

    @cached_property
    def _tells(self) -> str:
        """The hash of the revision that parties are told of, which is already stored."""
        made = revisions.current(self.db)
        return "" if made is None else made.hash

    @cached_property
    def _waiting(self) -> Mapping[str, list[OutboxMessage]]:
        return _by_party(one for one in outbox.UNSENT.all(self.db) if one.tells)

    def _waits(self, letter: Letter) -> list[OutboxMessage]:
        return self._waiting.get(letter.to.id, [])

    @cached_property
    def _told_of(self) -> Mapping[str, list[OutboxMessage]]:
        """The messages about revisions that a party may have received, by party."""
        return _by_party(outbox.told(self.db))

    def _had(self, letter: Letter) -> list[OutboxMessage]:
        return self._told_of.get(letter.to.id, [])

    def _since(self, letter: Letter) -> int:
        """The place of the revision that the party was last told of, additional calls aside."""
        known = (self._place(one.knows) for one in self._waits(letter) if not one.about)
        return min(known, default=self._knew)

    def _told(self, letter: Letter) -> int:
        """The place of the last revision that the party may have been told of."""
        had = [one for one in self._had(letter) if not one.about]
        return self._place(had[-1].tells) if had else NONE_YET

    def _called(self, letter: Letter) -> ToldUpTo:
        """The revisions known to the party for what starts soon: a mail sent before it was soon is enough."""
        since = self._since(letter)
        of = {id: self._place(one.knows) for one in self._waits(letter) for id in one.about}
        base, called_at = NONE_YET, dict[str, int]()
        calls = (one for one in self._had(letter) if not one.address and one.sent_at is not None)
        for one in calls:  # one that waits since a restore may have been told, and is still to be told
            if one.about:
                called_at |= dict.fromkeys(one.about, self._place(one.tells))
            else:
                base, called_at = self._place(one.tells), {}
        if any(not one.address and not one.about for one in self._waits(letter)):
            base = NONE_YET  # messages waiting there have not been told, whatever else was told since
        places = {id: max(of.get(id, since), called_at.get(id, base)) for id in (*of, *called_at)}
        return ToldUpTo(max(since, base), places)

    def _news(self, letter: Letter, since: int) -> Letter:
        """With changes from a later revision that it may know; beside a first message, which has all, what presses."""
        news, latest = self._to(letter, max(since, NONE_YET + 1)), self._told(letter)
        news = news.about(self._is_pressing) if since == NONE_YET else news
        return news.and_others(self._to(letter, latest)) if latest > since else news

    def _soon(self, letter: Letter) -> Letter:
        """First what starts soon, then what has begun, or was to, unless every calendar showed it from the first."""
        called = self._called(letter)
        urgent = self._untold.letter(letter, called).about(self._is_urgent)
        passed = urgent.about(lambda one: one.kinds != ("new",) or called.place(one.operation) != NONE_YET)
        return urgent.about(self._is_soon).and_others(passed)

    def _to(self, letter: Letter, since: int) -> Letter:
        """The letter to the same party if it was told of that revision; empty if nothing is new."""
        return self._untold.letter(letter, ToldUpTo(since))

    def _place(self, hash: str) -> int:
        return next((i for i, one in enumerate(self._timeline, 1) if one.hash == hash), NONE_YET)

    @cached_property
    def _timeline(self) -> list[ToldRevision]:
        return revisions.told_timeline(self.db, 0 if self.served is None else self.served.revision.number)

    @cached_property
    def _untold(self) -> Untold:
        made = revisions.current(self.db)
        now = ShownYear(self.scenario, self.plan, "" if made is None else made.scenario)
        nothing = ShownYear(self.scenario, None, now.mark)
        gone = {one.hash for one in revisions.FORMER.all(self.db)}
        read: dict[int, ShownYear] = {NONE_YET: nothing}

        def shown(at: int) -> ShownYear:
            if at not in read:
                one = self._timeline[at - 1]
                scenario, plan = year_of_json(*(revisions.blob(self.db, name) for name in (one.scenario, one.plan)))
                read[at] = ShownYear(scenario, plan, one.scenario, is_gone=one.hash in gone)
            return read[at]

        return Untold(shown, len(self._timeline) + 1, now, self._reads)

    def _reads(self, at: int, party: Party) -> bool:
        """True if the party was told of that revision, or had a calendar or a contact while it was served."""
        if at == NONE_YET:
            return False
        if any(one.tells == self._timeline[at - 1].hash for one in self._told_of.get(party.id, ())):
            return True
        served, later = self._timeline[at - 1].published_at, self._timeline[at:]
        until = later[0].published_at if later else self.now
        return any(since < until and (end is None or end > served) for since, end in self._readers[str(party)])

    @cached_property
    def _readers(self) -> Mapping[str, list[tuple[datetime, datetime | None]]]:
        """From when until when those who read a party's part themselves could do so, by the party's name."""
        found: dict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)
        for reader in readers.SUBSCRIBERS.all(self.db):
            found[reader.party].append((reader.created_at, reader.revoked_at))
        for contact in portal.CONTACTS.all(self.db):
            found[contact.party].append((contact.created_at, contact.ended_at))
        return found

    @cached_property
    def _first_letters(self) -> tuple[Letter, ...]:
        return first_letters(self.scenario, self.plan)

    def _is_soon(self, touched: Touched) -> bool:
        today, zone = self.moment.astimezone(self.scenario.zone).date(), self.scenario.zone
        return any(start <= self.moment + SOON and start.astimezone(zone).date() >= today for start in touched.starts)

    def _is_urgent(self, touched: Touched) -> bool:
        """True if it starts soon, or has begun, or was to, since its party should have been told."""
        return any(start <= self.moment + SOON for start in touched.starts)

    def _is_pressing(self, touched: Touched) -> bool:
        """True if it is urgent, or no longer the party's."""
        return self._is_urgent(touched) or not GOES.isdisjoint(touched.kinds)

    def _message(self, letter: Letter, since: int, address: str, soon: Letter | None = None) -> OutboxMessage:
        """A message with the sentences that are also `soon` first."""
        made_of = mail_of_first_plan if letter.listed else mail_of_changes
        mail = made_of(self.scenario, letter, words(self.scenario.language))
        actor = self.actor or next((one.actor for one in self._waits(letter)), "")  # or only time has passed
        n_soon = 0 if soon is None else len(soon.about(self._is_soon).lines)
        return OutboxMessage(
            0, letter.to.id, address, mail, asks=False, actor=actor, at=self.now,
            knows="" if since == NONE_YET else self._timeline[since - 1].hash,
            tells=self._tells,
            soon=n_soon,
            passed=0 if soon is None else len(soon.lines) - n_soon,
            seen=self.moment,
            until=self._until(letter),
        )  # fmt: skip

    def _until(self, letter: Letter) -> datetime:
        """The moment up to which its sentences hold: the end of the day, or when something in it becomes soon."""
        midnight = datetime.combine(self.moment.astimezone(self.scenario.zone).date() + DAY, time(), self.scenario.zone)
        untold = self._untold.letter(letter, self._called(letter))
        near = (start - SOON for one in untold.touched for start in one.starts)
        return min((midnight, *(one for one in near if one > self.moment)))


def _operations(letter: Letter) -> Iterator[str]:
    yield from dict.fromkeys(one.operation for one in letter.touched)


def _by_party(messages: Iterable[OutboxMessage]) -> Mapping[str, list[OutboxMessage]]:
    found: dict[str, list[OutboxMessage]] = defaultdict(list)
    for one in messages:
        found[one.party].append(one)
    return found


def _is_mailed(waits: Iterable[OutboxMessage]) -> bool:
    return any(one.address for one in waits)


def _way(one: OutboxMessage) -> tuple[object, ...]:
    """All of a message except the sentences, which count days until the operations."""
    return one.address, one.mail.opening, one.mail.ending, one.knows, one.about


def letters_of(scenario: Scenario, plan: Plan, news: Notices | None) -> tuple[Letter, ...]:
    """The letters of a revision; of the first one of a year, to each party with a part in it."""
    return first_letters(scenario, plan) if news is None else news.letters


def write_anew(store: Store, now: datetime, moment: datetime) -> None:
    """As of now, or a rehearsal's clock. They stay as they are if a revision known to their party cannot be read."""
    with store.reading() as db:
        if not _is_stale(db, now, moment):
            return
    with suppress(InputError), store.writing() as db:
        served = served_revision(db)
        if served is None or not _is_stale(db, now, moment):
            return
        plan = seen_from(served.plan, served, moment)
        RevisionMessages(db, served.scenario, plan, served, "", now, moment).renew()


def _is_stale(db: Transaction, now: datetime, moment: datetime) -> bool:
    """True if any words no longer hold; messages being handed over stay as they are."""
    return not all(one.holds(moment) or one.is_going(now) for one in outbox.UNSENT.all(db))
