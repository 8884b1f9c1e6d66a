"""The messages of a revision: to each party, once, all that it has not been told yet, and by which way.

What waits of an earlier revision is replaced by what now holds: a party is told what has become of the part that it
knows of, not each step on the way; of what is being handed over at that moment nobody knows whether it knows it, and it
is told both. What starts soon is said on the telephone too, whoever has mail. A party that has not had its first
message has calendars: beside that message it is told what it has lost, and what starts soon.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from arshjul.actions.publishing.served_revision import Current, read_back
from arshjul.agenda.clause import GOES
from arshjul.agenda.party import Party
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.planning.letters.first_letters import first_letters
from arshjul.planning.letters.notices import Letter, Notices, Touched, notices
from arshjul.planning.letters.party_mail import mail_of_changes, mail_of_first_plan
from arshjul.store import outbox, revisions
from arshjul.store.outbox import OutboxMessage
from arshjul.store.revisions import Revision
from arshjul.store.store import Transaction
from arshjul.texts import Words

SOON = timedelta(hours=48)
"""What starts within that time is said on the telephone."""

NONE_YET = 0
"""The number of the revision that a party knows which has been told of none."""


@dataclass(frozen=True)
class RevisionMessages:
    """What parties are told of a plan that takes the place of what is `served`. Not slotted: letters are kept.

    `plan` is as they see it; `moment` is now, or the day that a rehearsal stands at.
    """

    db: Transaction
    scenario: Scenario
    plan: Plan
    served: Current | None
    words: Words
    actor: str
    now: datetime
    moment: datetime

    def put(self, letters: Sequence[Letter], *, mail: bool) -> None:
        """Puts the messages into the outbox; with `mail`, those whose parties have an address are mailed."""
        for letter in letters:
            self._put(letter, self._waiting.get(letter.to.id, []), mail=mail)

    def renew(self, letters: Sequence[Letter]) -> None:
        """Replaces what waits by what now holds, to be told as it was to be; nobody else gets a message."""
        for letter in letters:
            if waits := self._waiting.get(letter.to.id):
                self._put(letter, waits, mail=any(one.address for one in waits))

    def _put(self, letter: Letter, waits: Sequence[OutboxMessage], *, mail: bool) -> None:
        beside = [one for one in waits if outbox.is_beside_mail(self.db, one)]
        since = min((self._since(one) for one in waits if one not in beside), default=self._served)
        called = min(map(self._since, beside), default=max(since, self._told(letter.to, on_the_telephone=True)))
        for one in waits:
            outbox.take_out(self.db, one.number)
        news = self._news(letter, since)
        soon = self._news(letter, called)
        soon = (soon.and_others(news) if called < since else soon).about(self._is_soon)
        party = self.scenario.parties.get(letter.to.id)
        address = (party.email or "") if mail and party is not None else ""
        if since == NONE_YET:
            self._write(self._to(letter, NONE_YET), since, address)
        if address:
            self._write(news, since, address)
            self._write(soon, called, "", urgent=True)
        else:
            self._write(news.and_others(soon), min(since, called), "", urgent=bool(soon.lines))

    @property
    def _served(self) -> int:
        return NONE_YET if self.served is None else self.served.revision.number

    @cached_property
    def _waiting(self) -> Mapping[str, list[OutboxMessage]]:
        """The messages by party that nobody knows to have gone; questions aside."""
        found: dict[str, list[OutboxMessage]] = defaultdict(list)
        for one in outbox.unsent(self.db):
            if not one.asks:
                found[one.party].append(one)
        return found

    def _since(self, one: OutboxMessage) -> int:
        """The revision that its party knew when it was put there: an older version told what was new in one alone."""
        return one.since if one.since is not None else max(self._served_at(one.at) - 1, NONE_YET)

    def _told(self, to: Party, *, on_the_telephone: bool = False) -> int:
        """The last revision of which the party may have been told."""
        at = outbox.last_told(self.db, to.id, on_the_telephone=on_the_telephone)
        return NONE_YET if at is None else self._served_at(at)

    def _news(self, letter: Letter, since: int) -> Letter:
        """What has become other for a party that knows that revision.

        Where it may have been told of a later one too, what becomes other of that is told besides, also where the
        operation is now as the party knew it first. Of a party that knows none: what presses.
        """
        if self.served is None:
            return replace(letter, lines=(), touched=(), listed=())
        if since == NONE_YET:
            since_first = self._to(letter, min(one.number for one in self._before))
            return since_first.and_others(letter).about(self._is_pressing)
        news, told = self._to(letter, since), self._told(letter.to)
        return news.and_others(self._to(letter, told)) if told > since else news

    def _to(self, letter: Letter, since: int) -> Letter:
        """The letter to the same party where it knows that revision; without a sentence where nothing is other."""
        if since == self._served:
            return letter
        nothing = replace(letter, lines=(), touched=(), listed=())
        return next((one for one in self._letters(since) if one.to == letter.to), nothing)

    def _served_at(self, moment: datetime) -> int:
        """The revision that was served at that moment."""
        return max((one.number for one in self._before if one.published_at <= moment), default=NONE_YET)

    @cached_property
    def _before(self) -> list[Revision]:
        """The revisions up to the one that is served."""
        return [one for one in revisions.revisions(self.db) if one.number <= self._served]

    def _letters(self, since: int) -> tuple[Letter, ...]:
        """The letters for those who know that revision."""
        if since not in self._made:
            if since == NONE_YET:
                self._made[since] = first_letters(self.scenario, self.plan)
            else:
                (then,) = (one for one in self._before if one.number == since)
                knew = read_back(self.db, then)
                self._made[since] = notices(self.scenario, knew.scenario, knew.plan.placed, self.plan).letters
        return self._made[since]

    @cached_property
    def _made(self) -> dict[int, tuple[Letter, ...]]:
        return {}

    def _is_soon(self, touched: Touched) -> bool:
        """True if it starts soon, or was to."""
        today, zone = self.moment.astimezone(self.scenario.zone).date(), self.scenario.zone
        return any(start <= self.moment + SOON and start.astimezone(zone).date() >= today for start in touched.starts)

    def _is_pressing(self, touched: Touched) -> bool:
        """True if it starts soon, or is the party's no more."""
        return self._is_soon(touched) or not GOES.isdisjoint(touched.kinds)

    def _write(self, letter: Letter, since: int, address: str, *, urgent: bool = False) -> None:
        if not letter.lines:
            return
        made_of = mail_of_first_plan if letter.listed else mail_of_changes
        mail = made_of(self.scenario, letter, self.words)
        made = OutboxMessage(0, letter.to.id, address, mail, asks=False, actor=self.actor, at=self.now)
        outbox.put(self.db, replace(made, since=since, urgent=urgent))


def letters_of(scenario: Scenario, plan: Plan, news: Notices | None) -> tuple[Letter, ...]:
    """The letters of a revision; of the year's first one, to each that has a part in it."""
    return first_letters(scenario, plan) if news is None else news.letters
