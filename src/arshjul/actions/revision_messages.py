"""The messages of a revision: to each party, once, all that it has not been told yet, and by which way.

What waits of an earlier revision is replaced by what now holds: a party is told what has become of the part that it
knows of, not each step on the way. What starts soon is said on the telephone too, whoever has mail.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from arshjul.actions.served_revision import Current, read_back
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.planning.first_letters import first_letters
from arshjul.planning.notices import Letter, Notices, notices
from arshjul.planning.party_mail import mail_of_changes, mail_of_first_plan
from arshjul.store import outbox, revisions
from arshjul.store.outbox import OutboxMessage
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
        since = min((one.since for one in waits if one.since is not None), default=self._served)
        whole = self._whole(letter, since)
        for one in waits:
            outbox.take_out(self.db, one.number)
        if whole.lines:
            self._add(whole, since, mail=mail)

    @property
    def _served(self) -> int:
        return NONE_YET if self.served is None else self.served.revision.number

    @cached_property
    def _waiting(self) -> Mapping[str, list[OutboxMessage]]:
        """The messages by party that have not gone, and are not going now; questions aside."""
        found: dict[str, list[OutboxMessage]] = defaultdict(list)
        for one in outbox.unsent(self.db):
            if not one.asks and one.since is not None and not one.is_going(self.now):
                found[one.party].append(one)
        return found

    def _whole(self, letter: Letter, since: int) -> Letter:
        """What the party has to be told: all since the revision that it knows.

        Where it has been told a part of that by mail, and only the telephone waits, what becomes other of this part
        is told too, also where the operation is now as the party knew it first.
        """
        if since == self._served:
            return letter
        whole, mailed = self._to(letter, since), outbox.last_sent(self.db, letter.to.id, since)
        if since == NONE_YET or mailed is None:
            return whole
        known = {touched.operation for touched in whole.touched}
        later = self._to(letter, self._served_at(mailed))
        more = [pair for pair in zip(later.lines, later.touched, strict=True) if pair[1].operation not in known]
        lines, touched = tuple(line for line, _ in more), tuple(one for _, one in more)
        return whole.and_then(replace(later, lines=lines, touched=touched))

    def _to(self, letter: Letter, since: int) -> Letter:
        """The letter to the same party where it knows that revision; without a sentence where nothing is other."""
        nothing = replace(letter, lines=(), touched=(), listed=())
        return next((one for one in self._letters(since) if one.to == letter.to), nothing)

    def _served_at(self, moment: datetime) -> int:
        """The revision that was served at that moment."""
        known = (one for one in revisions.revisions(self.db) if one.number <= self._served)
        return max(one.number for one in known if one.published_at <= moment)

    def _letters(self, since: int) -> tuple[Letter, ...]:
        """The letters for those who know that revision."""
        if since not in self._made:
            if since == NONE_YET:
                self._made[since] = first_letters(self.scenario, self.plan)
            else:
                (then,) = (one for one in revisions.revisions(self.db) if one.number == since)
                knew = read_back(self.db, then)
                self._made[since] = notices(self.scenario, knew.scenario, knew.plan.placed, self.plan).letters
        return self._made[since]

    @cached_property
    def _made(self) -> dict[int, tuple[Letter, ...]]:
        return {}

    def _add(self, letter: Letter, since: int, *, mail: bool) -> None:
        party = self.scenario.parties.get(letter.to.id)
        address = (party.email or "") if mail and party is not None else ""
        soon = self._soon(letter)
        self._write(letter, since, address, urgent=bool(soon.lines) and not address)
        if soon.lines and address:
            self._write(soon, since, "", urgent=True)

    def _soon(self, letter: Letter) -> Letter:
        """The sentences on what starts soon, or was to."""
        today, zone = self.moment.astimezone(self.scenario.zone).date(), self.scenario.zone
        pairs = [
            (line, touched)
            for line, touched in zip(letter.lines, letter.touched, strict=bool(letter.touched))
            if any(start <= self.moment + SOON and start.astimezone(zone).date() >= today for start in touched.starts)
        ]
        return replace(letter, lines=tuple(line for line, _ in pairs), touched=tuple(one for _, one in pairs))

    def _write(self, letter: Letter, since: int, address: str, *, urgent: bool) -> None:
        made_of = mail_of_first_plan if letter.listed else mail_of_changes
        mail = made_of(self.scenario, letter, self.words)
        made = OutboxMessage(0, letter.to.id, address, mail, asks=False, actor=self.actor, at=self.now)
        outbox.put(self.db, replace(made, since=since, urgent=urgent))


def letters_of(scenario: Scenario, plan: Plan, news: Notices | None) -> tuple[Letter, ...]:
    """The letters of a revision; of the year's first one, to each that has a part in it."""
    return first_letters(scenario, plan) if news is None else news.letters
