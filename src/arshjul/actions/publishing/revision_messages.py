"""The messages of a revision: to each party, once, all that it has not been told yet, and by which way.

What waits of an earlier revision is replaced by what now holds: a party is told what has become of the part that it
knows of, not each step on the way; of what is being handed over at that moment nobody knows whether it knows it, and it
is told both. What still holds waits on as it is. What starts soon is said on the telephone too, whoever has mail. A
party that has not had its first message has calendars: beside that message it is told what it has lost, and what starts
soon.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from arshjul.actions.publishing.contacts import Contacts, contacts, mailbox
from arshjul.actions.publishing.served_revision import Current
from arshjul.agenda.clause import GOES
from arshjul.agenda.party import parties
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.formats.plan.plan_folder import year_of_json
from arshjul.planning.letters.first_letters import first_letters
from arshjul.planning.letters.notices import Letter, Notices, Touched, notices
from arshjul.planning.letters.party_mail import mail_of_changes, mail_of_first_plan
from arshjul.store import outbox, revisions, told_revisions
from arshjul.store.outbox import OutboxMessage
from arshjul.store.store import Transaction
from arshjul.store.told_revisions import ToldRevision
from arshjul.texts import Words

SOON = timedelta(hours=48)
"""What starts within that time is said on the telephone."""

NONE_YET = 0
"""The place in the timeline of who was told of no revision; those that parties may know follow from 1 on."""


@dataclass(frozen=True)
class RevisionMessages:
    """What parties are told of a plan that takes the place of what is `served`. Not slotted: letters are kept.

    `plan` is as they see it; `moment` is now, or the day that a rehearsal stands at. `knew`: the hash of the revision
    that those know for whom nothing waits; left out, what is served.
    """

    db: Transaction
    scenario: Scenario
    plan: Plan
    served: Current | None
    words: Words
    actor: str
    now: datetime
    moment: datetime
    knew: str = ""

    def put(self, letters: Sequence[Letter], *, mail: bool) -> None:
        """Puts the messages into the outbox; with `mail`, those whose parties have an address are mailed."""
        written = {letter.to.id for letter in letters}
        for letter in (*letters, *self._silent(self._waiting.keys() - written)):
            waits = self._waiting.get(letter.to.id, [])
            self._put(letter, waits, mail=mail if letter.to.id in written else _is_mailed(waits))

    def renew(self, letters: Sequence[Letter]) -> None:
        """Replaces what waits by what now holds, to be told as it was to be; nobody else gets a message."""
        known = [letter for letter in letters if letter.to.id in self._waiting]
        for letter in (*known, *self._silent(self._waiting.keys() - {letter.to.id for letter in known})):
            waits = self._waiting[letter.to.id]
            self._put(letter, waits, mail=_is_mailed(waits))

    def owe(self) -> None:
        """Puts there what parties know otherwise than it is served: to be told as it waits, the rest on the telephone.

        Nobody is mailed about what nobody has looked at yet, nor at a mailbox that was corrected and is as before.
        """
        told = {letter.to.id for letter in self._letters(self._knew)}
        for letter in self._silent(told | self._waiting.keys()):
            waits = self._waiting.get(letter.to.id, [])
            is_known = {one.address for one in waits} <= {"", mailbox(self._contacts, letter.to.id)}
            self._put(letter, waits, mail=is_known and _is_mailed(waits))

    def _put(self, letter: Letter, waits: Sequence[OutboxMessage], *, mail: bool) -> None:
        beside = [one for one in waits if outbox.is_beside_mail(self.db, one)]
        since = min((self._place(one.knows) for one in waits if one not in beside), default=self._knew)
        told = self._told(letter.to.id, on_the_telephone=True)
        called = min((self._place(one.knows) for one in beside), default=max(since, told))
        new = self._messages(letter, since, called, mail=mail)
        if self._still_holds(letter, waits) and [*map(_address, new)] == [*map(_address, waits)]:
            return
        for one in waits:
            outbox.take_out(self.db, one.number)
        for one in new:
            outbox.put(self.db, one)

    def _still_holds(self, letter: Letter, waits: Iterable[OutboxMessage]) -> bool:
        """True if nothing of the party's part has become other since what these messages tell of."""
        return not any(self._to(letter, self._place(one.tells)).lines for one in waits)

    def _messages(self, letter: Letter, since: int, called: int, *, mail: bool) -> list[OutboxMessage]:
        """All that a party has to be told that knows these revisions, by mail and from the telephone."""
        news = self._news(letter, since)
        soon = self._news(letter, called)
        soon = (soon.and_others(news) if called < since else soon).about(self._is_soon)
        address = mailbox(self._contacts, letter.to.id) if mail else ""
        first = [(self._to(letter, NONE_YET), since, address, False)] if since == NONE_YET else []
        if address:
            rest = [(news, since, address, False), (soon, called, "", True)]
        else:
            rest = [(news.and_others(soon), min(since, called), "", bool(soon.lines))]
        return [self._message(*one) for one in (*first, *rest) if one[0].lines]

    def _silent(self, ids: Set[str]) -> list[Letter]:
        """Letters without a sentence to these parties; one that is in the plan no more is called as it was last."""
        found: dict[str, Letter] = {}
        for scenario in self._scenarios():
            if not ids - found.keys():
                break
            for party in parties(scenario):
                if party.id in ids and party.id not in found:
                    known = scenario.parties[party.id]
                    found[party.id] = Letter(party, known.name, known.contact, ())
        return list(found.values())

    def _scenarios(self) -> Iterator[Scenario]:
        """The scenario, then those of before, the last first."""
        yield self.scenario
        for one in reversed(self._timeline):
            yield self._year(one)[0]

    @cached_property
    def _knew(self) -> int:
        """The place of what those know for whom nothing waits."""
        return self._place(self.knew) if self.knew else self._served

    @cached_property
    def _served(self) -> int:
        return NONE_YET if self.served is None else self._place(self.served.revision.hash)

    @cached_property
    def _tells(self) -> str:
        """The hash of the revision that parties are told of, which is there already."""
        made = revisions.current(self.db)
        return "" if made is None else made.hash

    @cached_property
    def _waiting(self) -> Mapping[str, list[OutboxMessage]]:
        """The messages by party that nobody knows to have gone; questions aside."""
        found: dict[str, list[OutboxMessage]] = defaultdict(list)
        for one in outbox.unsent(self.db):
            if not one.asks:
                found[one.party].append(one)
        return found

    @cached_property
    def _contacts(self) -> Contacts:
        return contacts(self.db)

    def _told(self, party: str, *, on_the_telephone: bool = False) -> int:
        """The last revision of which the party may have been told."""
        return self._place(outbox.last_told(self.db, party, on_the_telephone=on_the_telephone))

    def _news(self, letter: Letter, since: int) -> Letter:
        """What has become other for a party that knows that revision.

        Where it may have been told of a later one too, what becomes other of that is told besides, also where the
        operation is now as the party knew it first. Of a party that knows none: what presses.
        """
        if self.served is None:
            return replace(letter, lines=(), touched=(), listed=())
        if since == NONE_YET:
            return self._to(letter, NONE_YET + 1).and_others(letter).about(self._is_pressing)
        news, told = self._to(letter, since), self._told(letter.to.id)
        return news.and_others(self._to(letter, told)) if told > since else news

    def _to(self, letter: Letter, since: int) -> Letter:
        """The letter to the same party where it knows that revision; without a sentence where nothing is other."""
        if since == self._served:
            return letter
        nothing = replace(letter, lines=(), touched=(), listed=())
        return next((one for one in self._letters(since) if one.to == letter.to), nothing)

    def _place(self, hash: str) -> int:
        """The place of the revision of that hash in the timeline."""
        return next((i for i, one in enumerate(self._timeline, 1) if one.hash == hash), NONE_YET)

    @cached_property
    def _timeline(self) -> list[ToldRevision]:
        """The revisions that parties may know, in order."""
        return told_revisions.timeline(self.db, 0 if self.served is None else self.served.revision.number)

    def _letters(self, since: int) -> tuple[Letter, ...]:
        """The letters for those who know that revision."""
        if since not in self._made:
            if since == NONE_YET:
                self._made[since] = first_letters(self.scenario, self.plan)
            else:
                scenario, plan = self._year(self._timeline[since - 1])
                self._made[since] = notices(self.scenario, scenario, plan.placed, self.plan).letters
        return self._made[since]

    @cached_property
    def _made(self) -> dict[int, tuple[Letter, ...]]:
        return {}

    def _year(self, one: ToldRevision) -> tuple[Scenario, Plan]:
        """The scenario and plan that it showed."""
        return year_of_json(*(revisions.blob(self.db, name) for name in (one.scenario, one.plan)))

    def _is_soon(self, touched: Touched) -> bool:
        """True if it starts soon, or was to."""
        today, zone = self.moment.astimezone(self.scenario.zone).date(), self.scenario.zone
        return any(start <= self.moment + SOON and start.astimezone(zone).date() >= today for start in touched.starts)

    def _is_pressing(self, touched: Touched) -> bool:
        """True if it starts soon, or is the party's no more."""
        return self._is_soon(touched) or not GOES.isdisjoint(touched.kinds)

    def _message(self, letter: Letter, since: int, address: str, urgent: bool) -> OutboxMessage:
        made_of = mail_of_first_plan if letter.listed else mail_of_changes
        mail = made_of(self.scenario, letter, self.words)
        made = OutboxMessage(0, letter.to.id, address, mail, asks=False, actor=self.actor, at=self.now)
        knows = "" if since == NONE_YET else self._timeline[since - 1].hash
        return replace(made, urgent=urgent, knows=knows, tells=self._tells)


def _is_mailed(waits: Iterable[OutboxMessage]) -> bool:
    return any(one.address for one in waits)


def _address(one: OutboxMessage) -> tuple[object, ...]:
    """All of a message but the sentences, which count the days until what they tell of."""
    return one.address, replace(one.mail, body=""), one.knows, one.urgent


def letters_of(scenario: Scenario, plan: Plan, news: Notices | None) -> tuple[Letter, ...]:
    """The letters of a revision; of the year's first one, to each that has a part in it."""
    return first_letters(scenario, plan) if news is None else news.letters
