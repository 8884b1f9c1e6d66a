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
from arshjul.errors import Message
from arshjul.planning.first_letters import first_letters
from arshjul.planning.notices import Letter, Notices, notices
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
            waits = self._waiting.get(letter.to.id, [])
            since = min((one.since for one in waits if one.since is not None), default=self._served)
            whole = self._whole(letter, since, waits)
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

    def _whole(self, letter: Letter, since: int, waits: Sequence[OutboxMessage]) -> Letter:
        """What the party has to be told: all since the revision that it knows.

        Where it has been told a part of that by mail, and only the telephone waits, what becomes other of this part
        is told too, also where the operation is now as the party knew it first.
        """
        if since == self._served:
            return letter
        whole = next(
            (one for one in self._letters(since) if one.to == letter.to), replace(letter, lines=(), touched=())
        )
        known = {touched.operation for touched in whole.touched}
        if since != NONE_YET and outbox.was_sent(self.db, letter.to.id, min(one.at for one in waits)):
            more = [pair for pair in zip(letter.lines, letter.touched, strict=True) if pair[1].operation not in known]
            lines, touched = tuple(line for line, _ in more), tuple(one for _, one in more)
            return whole.and_then(replace(letter, lines=lines, touched=touched))
        return whole

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
        self._write(letter, letter.lines, since, address, urgent=bool(soon) and not address)
        if soon and address:
            self._write(letter, soon, since, "", urgent=True)

    def _soon(self, letter: Letter) -> tuple[Message, ...]:
        """The sentences on what starts soon, or was to."""
        today, zone = self.moment.astimezone(self.scenario.zone).date(), self.scenario.zone
        return tuple(
            line
            for line, touched in zip(letter.lines, letter.touched, strict=bool(letter.touched))
            if any(start <= self.moment + SOON and start.astimezone(zone).date() >= today for start in touched.starts)
        )

    def _write(self, letter: Letter, lines: Sequence[Message], since: int, address: str, *, urgent: bool) -> None:
        words, name = self.words, self.scenario.name
        subject = words("Dates in {name}", name=name) if since == NONE_YET else words("Changes in {name}", name=name)
        body = "\n".join(words.say(line) for line in lines)
        made = OutboxMessage(0, letter.to.id, address, subject, body, asks=False, actor=self.actor, at=self.now)
        outbox.put(self.db, replace(made, since=since, urgent=urgent))


def letters_of(scenario: Scenario, plan: Plan, news: Notices | None) -> tuple[Letter, ...]:
    """The letters of a revision; of the year's first one, to each that has a part in it."""
    return first_letters(scenario, plan) if news is None else news.letters
