"""What each party is owed of the plan: the difference between what it was told, or could read since, and what stands.

Nothing of it is stored but lines of what was told, which `PartyKnowledge` sums up. One that may or may not have had a
message is told both what it knew and what that said.

Operations that start soon, or were to by anything that the party was shown, are also told on the telephone, even to
parties with mail: from when they are soon until somebody has called. A party that has not had its first message may
have read its calendar: with that message it is told what it has lost of it, and what starts at another time soon.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cached_property

from arshjul.errors import InputError
from arshjul.office.publishing.contacts import Contacts, mailbox, parties_reached
from arshjul.office.publishing.party_knowledge import NONE_YET, PartyKnowledge, lines_of_plan
from arshjul.office.publishing.served_revision import ServedRevision
from arshjul.office.store import contacts as portal
from arshjul.office.store import outbox, readers, revisions
from arshjul.office.store.outbox import How, Owed, ToldLine
from arshjul.office.store.revisions import ToldRevision
from arshjul.office.store.store import Transaction
from arshjul.year.agenda.party import COORDINATOR, Party, parties
from arshjul.year.agenda.party_part import GOES
from arshjul.year.domain.parties import Agency, PoliceUnit
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.plan.plan_folder import year_of_json
from arshjul.year.planning.letters.notices import (
    Letter,
    Notices,
    ShownYear,
    ToldUpTo,
    Touched,
    Untold,
    first_letters,
    knowing_both,
)
from arshjul.year.planning.letters.party_mail import mail_of_changes, mail_of_first_plan, mail_of_withdrawn

SOON = timedelta(hours=48)
"""The time ahead within which a start is told on the telephone."""

DAY = timedelta(days=1)


_NOTHING = PartyKnowledge()


@dataclass(frozen=True)
class RevisionMessages:
    """What parties are owed of a plan that replaces the `served` one. Not slotted: letters are cached.

    `plan` is as they see it; `moment` is now, or a rehearsal's. `knew`: the hash of the revision that is known to
    parties that were owed nothing; by default, the served one. `only`: this party alone.
    """

    db: Transaction
    scenario: Scenario
    plan: Plan
    served: ServedRevision | None
    actor: str
    now: datetime
    moment: datetime
    knew: str = ""
    only: str | None = None

    def tell(self, *, mail: bool) -> None:
        """Lets everybody whose part is new be told, by mail where it has a mailbox, or on the telephone."""
        self._note_all(lambda letter: (self._mailbox(letter) if mail else "") if self._is_new(letter) else None)

    def leave(self) -> None:
        """Lets those be told what now holds who were owed something; others are called about what starts soon."""

        def address(letter: Letter) -> str | None:
            due = self._standing(letter).due
            return due.address if due is not None and self._is_new(letter) else None

        self._note_all(address)

    def reconcile(self, mailboxes: Mapping[str, str]) -> None:
        """Lets everybody be told in what its knowledge differs from what is served, as it was to be told, or by a call.

        Nothing is mailed that nobody has reviewed yet, or that was to go to another of the `mailboxes`.
        """

        def address(letter: Letter) -> str | None:
            due, present = self._standing(letter).due, self._mailbox(letter)
            is_known = due is None or not due.address or mailboxes.get(letter.to.id, "") == present
            if not self._is_new(letter) and is_known:
                return None
            return present if due is not None and due.address and is_known else ""

        self._note_all(address)

    def owed(self) -> list[Owed]:
        """All that parties are owed now."""
        return [message for letter in self._everybody for message in self._messages(letter)]

    def withdraw(self, letters: Iterable[Letter], *, mail: bool) -> None:
        for letter in letters:
            address = self._mailbox(letter) if mail else ""
            written = mail_of_withdrawn(self.scenario, letter, words(self.scenario.language))
            outbox.add(self.db, letter.to.id, address, written, self.actor, self.now)

    def _note_all(self, address: Callable[[Letter], str | None]) -> None:
        """Lets who is owed something be told at that `address`; empty: on the telephone. None: nobody decides that."""
        for letter in self._everybody:
            to = address(letter) if self._owes(letter) else None
            if to is None:
                self._leave(letter)
            else:
                self._note(letter, "due", address=to)

    def _leave(self, letter: Letter) -> None:
        """Notes what changes what the party is owed, though nobody decides that it is to be told."""
        known = self._standing(letter)
        if known.due is not None and self._owes(letter):
            return
        soon = tuple(_operations(self._soon(letter)))
        if known.due is not None or (soon and self._is_new(letter)):
            self._note(letter, "left", uncalled=soon)

    def _note(self, letter: Letter, how: How, address: str = "", uncalled: tuple[str, ...] = ()) -> None:
        knows, tells = self._hash(self._since(letter)), self._tells
        line = ToldLine(0, 0, letter.to.id, how, self.now, self.actor, "", address, knows, tells, uncalled=uncalled)
        outbox.note(self.db, line)

    def _owes(self, letter: Letter) -> bool:
        return bool(self._first(letter) or self._news(letter).lines)

    def _messages(self, letter: Letter) -> list[Owed]:
        if self._standing(letter).due is None:
            return self._besides(letter)
        address, since = self._address(letter), self._since(letter)
        first, news = self._first(letter), self._news(letter)
        if address:
            besides = self._besides(letter)
            uncalled = tuple(id for beside in besides for id in beside.about)
            mailed = [*first, *([news] if news.lines else [])]
            made = [self._message(part, since, address) for part in mailed]
            return [*(replace(owed, uncalled=uncalled) for owed in made), *besides]
        soon = self._soon(letter)
        called = soon.and_others(news)
        knows = min((since, *map(self._called(letter).place, _operations(called))))
        for year in first:
            called = replace(called, lines=(*called.lines, *year.lines), listed=year.listed)
        return [self._message(called, knows, "", soon)] if called.lines else []

    def _besides(self, letter: Letter) -> list[Owed]:
        """The message about what starts soon, to be told on the telephone in addition; none if nothing does."""
        soon = self._soon(letter)
        about = tuple(_operations(soon))
        knows = min(map(self._called(letter).place, about), default=NONE_YET)
        return [self._message(soon, knows, "", soon, about)] if about else []

    def _address(self, letter: Letter) -> str:
        """The mailbox that changes of the plan go to; empty if its party is to be called."""
        due = self._standing(letter).due
        return self._mailbox(letter) if due is not None and due.address else ""

    def _mailbox(self, letter: Letter) -> str:
        return mailbox(self._contacts, letter.to.id)

    @cached_property
    def _contacts(self) -> Contacts:
        """Parties are reached as they are now, and those that have left the year as they last were in it."""
        return {**{id: known for id, (_, known) in self._parties.items()}, **parties_reached(self.db)}

    @cached_property
    def _everybody(self) -> list[Letter]:
        """Empty letters to all present and former parties."""
        return [Letter(party, known.name, known.contact, ()) for party, known in self._parties.values()]

    @cached_property
    def _parties(self) -> Mapping[str, tuple[Party, Agency | PoliceUnit]]:
        """All present and former parties by id, each as it last was in a year."""
        found: dict[str, tuple[Party, Agency | PoliceUnit]] = {}
        for scenario in self._scenarios():
            for party in parties(scenario):
                if party != COORDINATOR and party.id not in found and self.only in (None, party.id):
                    found[party.id] = party, scenario.parties[party.id]
            if {id for id, known in self._standings.items() if known.due or known.calls} <= found.keys():
                break
        return found

    def _scenarios(self) -> Iterator[Scenario]:
        """The scenario extended by the served one, then earlier ones, latest first."""
        yield self.scenario if self.served is None else knowing_both(self.scenario, self.served.scenario)
        for at in reversed(range(1, self._untold.n)):
            yield self._untold.shown(at).scenario

    def _is_new(self, letter: Letter) -> bool:
        return bool(self._untold.letter(letter, ToldUpTo(self._knew)).lines)

    @cached_property
    def _knew(self) -> int:
        """The place of the revision that is known to parties that were owed nothing."""
        served = "" if self.served is None else self.served.revision.hash
        return self._place(self.knew or served)

    @cached_property
    def _tells(self) -> str:
        """The hash of the revision that parties are told of, which is already stored."""
        made = revisions.current(self.db)
        return "" if made is None else made.hash

    @cached_property
    def _lines(self) -> list[ToldLine]:
        return lines_of_plan(self.db, self.only)

    @cached_property
    def _standings(self) -> Mapping[str, PartyKnowledge]:
        found: dict[str, PartyKnowledge] = defaultdict(PartyKnowledge)
        for line in self._lines:
            found[line.party].take(line, self._place)
        return found

    def _standing(self, letter: Letter) -> PartyKnowledge:
        return self._standings.get(letter.to.id, _NOTHING)

    @cached_property
    def _told_of(self) -> Mapping[str, set[str]]:
        """The hashes of the revisions that a party may have been told of, by party."""
        found: dict[str, set[str]] = defaultdict(set)
        for line in self._lines:
            if line.how not in ("due", "left", "back"):
                found[line.party].add(line.tells)
        return found

    def _since(self, letter: Letter) -> int:
        """The place of the revision that the party knows, additional calls aside."""
        known = self._standing(letter)
        return self._knew if known.due is None else known.since

    def _called(self, letter: Letter) -> ToldUpTo:
        """The revisions known to the party for what starts soon: a mail sent before it was soon is enough."""
        return ToldUpTo(self._since(letter), self._standing(letter).calls)

    def _first(self, letter: Letter) -> list[Letter]:
        """The first letter to the party, if it is still to have one."""
        lacks_first = self._since(letter) == NONE_YET and not self._standing(letter).had
        return [first for first in self._first_letters if lacks_first and first.to == letter.to]

    def _news(self, letter: Letter) -> Letter:
        """The changes since what it knows by mail, or was called about if it is called, and from what it may know.

        Beside a first message, which has all, what presses.
        """
        known = self._standing(letter)
        since, latest = self._since(letter), known.latest
        calls = {} if self._address(letter) else known.calls
        news = self._untold.letter(letter, ToldUpTo(since, calls))
        news = news.about(self._is_pressing) if since == NONE_YET else news
        perhaps = ToldUpTo(latest, {id: at for id, at in calls.items() if at > latest})
        return news.and_others(self._untold.letter(letter, perhaps)) if latest > since else news

    def _soon(self, letter: Letter) -> Letter:
        """First what starts soon, then what has begun, or was to, unless every calendar showed it from the first."""
        called = self._called(letter)
        urgent = self._untold.letter(letter, called).about(self._is_urgent)
        passed = urgent.about(lambda touched: "new" not in touched.kinds or called.place(touched.operation) != NONE_YET)
        return urgent.about(self._is_soon).and_others(passed)

    def _hash(self, place: int) -> str:
        return "" if place == NONE_YET else self._timeline[place - 1].hash

    def _place(self, hash: str) -> int:
        return next((i for i, revision in enumerate(self._timeline, 1) if revision.hash == hash), NONE_YET)

    @cached_property
    def _timeline(self) -> list[ToldRevision]:
        return revisions.told_timeline(self.db, 0 if self.served is None else self.served.revision.number)

    @cached_property
    def _untold(self) -> Untold:
        made = revisions.current(self.db)
        now = ShownYear(self.scenario, self.plan, "" if made is None else made.scenario)
        nothing = ShownYear(self.scenario, None, now.mark)
        gone = {revision.hash for revision in revisions.FORMER.all(self.db)}
        read: dict[int, ShownYear] = {NONE_YET: nothing}

        def shown(at: int) -> ShownYear:
            if at not in read:
                revision = self._timeline[at - 1]
                read[at] = nothing  # what cannot be read any more counts as never shown: its parties are told all
                with suppress(InputError):
                    names = (revision.scenario, revision.plan)
                    scenario, plan = year_of_json(*(revisions.blob(self.db, name) for name in names))
                    read[at] = ShownYear(scenario, plan, revision.scenario, is_gone=revision.hash in gone)
            return read[at]

        return Untold(shown, len(self._timeline) + 1, now, self._reads)

    def _reads(self, at: int, party: Party) -> bool:
        """True if the party was told of that revision, or had a calendar or a contact while it was served."""
        if at == NONE_YET:
            return False
        if self._timeline[at - 1].hash in self._told_of.get(party.id, ()):
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
        """True if a list of what the party has does not say it: a change of what is urgent, or no longer its own."""
        return "new" not in touched.kinds and (self._is_urgent(touched) or not GOES.isdisjoint(touched.kinds))

    def _message(
        self, letter: Letter, since: int, address: str, soon: Letter | None = None, about: tuple[str, ...] = ()
    ) -> Owed:
        """A message with the sentences that are also `soon` first."""
        known, knows = self._standing(letter), self._hash(since)
        line = known.due or next(line for line in reversed(self._lines) if line.number == known.serial)
        made_of = mail_of_first_plan if letter.listed else mail_of_changes
        n_soon = 0 if soon is None else len(soon.about(self._is_soon).lines)
        message = Owed(
            outbox.number_of(letter.to.id, known.serial, knows, address, about),
            letter.to.id,
            address,
            made_of(self.scenario, letter, words(self.scenario.language)),
            actor=line.by,
            at=line.at,
            knows=knows,
            tells=self._tells,
            about=about,
            due=known.serial,
            soon=n_soon,
            passed=0 if soon is None else len(soon.lines) - n_soon,
            until=self._until(letter),
        )
        return message if known.doubted_at is None else message.doubted(known.doubted_at)

    def _until(self, letter: Letter) -> datetime:
        """The moment up to which its sentences hold: the end of the day, or when something in it becomes soon.

        A first message holds until something that it lists has begun.
        """
        untold = self._untold.letter(letter, self._called(letter))
        near = [start - SOON for touched in untold.touched for start in touched.starts]
        near += [self.scenario.moments(placement.slot)[0] + timedelta.resolution for placement in letter.listed]
        return min((self.midnight, *(moment for moment in near if moment > self.moment)))

    @property
    def midnight(self) -> datetime:
        return datetime.combine(self.moment.astimezone(self.scenario.zone).date() + DAY, time(), self.scenario.zone)


def _operations(letter: Letter) -> Iterator[str]:
    yield from dict.fromkeys(touched.operation for touched in letter.touched)


def letters_of(scenario: Scenario, plan: Plan, news: Notices | None) -> tuple[Letter, ...]:
    """The letters of a revision; of the first one of a year, to each party with a part in it."""
    return first_letters(scenario, plan) if news is None else news.letters
