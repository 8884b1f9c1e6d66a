"""The log: entries and actions, each with person and time, in words and with names instead of ids."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from arshjul.errors import InputError, Message, Refused
from arshjul.office.draft.draft import ANSWERS, Draft
from arshjul.office.publishing.revisions import reason_said
from arshjul.office.store import contacts, drafts, readers, revisions
from arshjul.office.store.audit import LINES, AuditLine
from arshjul.office.store.contacts import Contact
from arshjul.office.store.drafts import StoredEntry
from arshjul.office.store.events import EVENTS, EntryTakenBack
from arshjul.office.store.readers import Subscriber
from arshjul.office.store.revisions import Revision
from arshjul.office.store.store import Store
from arshjul.year.agenda.party import parties, party_named
from arshjul.year.domain.entries.learnt import LEARNT
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.letters.year_log import with_remark, year_log

LINES_A_PAGE = 200

_ROLE_NAMES: Mapping[str, Message] = {
    "coordinator": Message("as coordinator"),
    "deputy": Message("as deputy"),
    "viewer": Message("as viewer"),
    "auditor": Message("as auditor"),
}

_ANSWERS: Mapping[str, Message] = {
    "asked": Message("{party} was asked about {operation}."),
    "yes": Message("{party} said yes to {operation}."),
    "no": Message("{party} said no to {operation}."),
    "later": Message("{party} answers later about {operation}."),
}


class EntrySentences:
    """The entries of a draft in words, each put into words once."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.named = draft.ever_named()
        self._said: dict[int, Message] = {}

    def of(self, one: StoredEntry) -> Message:
        if one.number not in self._said:
            self._said[one.number] = entered(self.draft, one, self.named)
        return self._said[one.number]

    def waiting(self) -> list[tuple[int, Message]]:
        return [(entry.number, self.of(entry)) for entry in self.draft.waiting if entry.list != ANSWERS]


def entered(draft: Draft, one: StoredEntry, named: Scenario) -> Message:
    body = one.item
    if one.list == ANSWERS:
        party = draft.scenario.parties.get(body["party"])
        values = {"party": body["party"] if party is None else party.name, "operation": body["operation"]}
        return with_remark(replace(_ANSWERS[body["answer"]], values=values), body.get("remark", ""))
    try:
        return year_log(named, draft.alone(one, named))[0].text
    except (InputError, Refused):
        about = body.get("operation") or body.get("id") or "-"
        return Message("An entry about {about}, which names something removed.", {"about": about})


def done(line: AuditLine) -> Message:
    """A line of the database's log, after the name of the person."""
    known = EVENTS.get(line.action)
    return Message("{id}", {"id": line.action}) if known is None else known.done


@dataclass(frozen=True, slots=True)
class LogbookLine:
    """An action, and its object; for an entry, its fate. `about`: None if there is nothing to add."""

    at: datetime
    who: str
    what: Message
    about: Message | None


class Logbook(NamedTuple):
    page: int
    last: int
    lines: Sequence[LogbookLine]


@dataclass(frozen=True, slots=True)
class Names:
    """References of log lines: subscribers and contacts by id, revisions by hash, entries by number."""

    sentences: EntrySentences
    subscribers: Mapping[int, Subscriber]
    revisions: Mapping[str, Revision]
    entries: Mapping[int, StoredEntry]
    contacts: Mapping[str, Contact] = field(default_factory=dict)

    def actor(self, who: str) -> str:
        one = self.contacts.get(who)
        if one is None:
            return who
        party = self.sentences.draft.named.parties.get(party_named(one.party).id)
        return f"{one.function}, {one.party if party is None else party.name}"

    def party(self, id: str) -> Message:
        """The name of an agency or unit, from its id or the id of its feed."""
        scenario = self.sentences.draft.scenario
        bare = {str(party): party.id for party in parties(scenario)}.get(id, id)
        if not bare:
            return Message("the coordinator")
        known = scenario.parties.get(bare)
        return _as_it_is(bare if known is None else known.name)

    def subscriber(self, id: int) -> Message:
        one = self.subscribers[id]
        return Message("{label}: {party}", {"label": one.label, "party": self.party(one.party)})

    def operation(self, id: str) -> Message:
        return Message("{id} {title}", {"id": id, "title": self.sentences.named.operations[id].title})

    def published(self, number: int, hash: str = "") -> Message:
        """The version of the plan that a revision published, and why; it may be missing since a backup was restored."""
        of_number = (revision for revision in self.revisions.values() if not hash and revision.number == number)
        one = self.revisions.get(hash) or next(of_number, None)
        if one is None:
            return Message("a removed publishing")
        return Message("version {n}: {reason}", {"n": one.plan_revision, "reason": reason_said(one)})

    def role(self, id: str) -> Message:
        return _ROLE_NAMES[id]

    def entry(self, number: int) -> Message:
        return self.sentences.of(self.entries[number])


def logbook(store: Store, sentences: EntrySentences, page: int) -> Logbook:
    """The given page of all lines, or the last one; what is not shown is neither read nor put into words."""
    with store.reading() as db:
        last = max(1, -(-(drafts.ENTRIES.n(db) + LINES.n(db)) // LINES_A_PAGE))
        page = min(max(page, 1), last)
        shown = drafts.logged(db, (page - 1) * LINES_A_PAGE, LINES_A_PAGE)
        back = (line.event for line in shown if isinstance(line, AuditLine) and line.action == EntryTakenBack.action)
        named = drafts.entries(db, [event.fields.entry for event in back if event is not None])
        subscribers = {subscriber.id: subscriber for subscriber in readers.SUBSCRIBERS.all(db)}
        known = {revision.hash: revision for revision in revisions.REVISIONS.all(db)}
        there = {contact.id: contact for contact in contacts.CONTACTS.all(db)}
    names = Names(sentences, subscribers, known, {entry.number: entry for entry in named}, there)
    return Logbook(page, last, list(_lines(shown, names)))


def _lines(shown: Sequence[StoredEntry | AuditLine], names: Names) -> Iterator[LogbookLine]:
    """A line for each; one for what was done at one moment and reads the same, as the messages of one mail."""
    for line, same in groupby(_line(entry, names) for entry in shown):
        n, about = sum(1 for _ in same), line.about
        many = about is not None and n > 1
        yield replace(line, about=Message("{about} ({n} at once)", {"about": about, "n": n})) if many else line


def _line(one: StoredEntry | AuditLine, names: Names) -> LogbookLine:
    who = names.actor(one.actor)
    if isinstance(one, StoredEntry):
        return LogbookLine(one.at, who, names.sentences.of(one), _fate(one, names))
    return LogbookLine(one.at, who, done(one), about(one, names))


def _fate(one: StoredEntry, names: Names) -> Message | None:
    if one.taken_back_at is not None:
        return Message("taken back by {who}", {"who": names.actor(one.taken_back_by or "-")})
    if one.revision is not None:
        return Message("answered by version {n}", {"n": one.revision})
    return None if one.list in LEARNT else Message("waits")


def about(line: AuditLine, names: Names) -> Message | None:
    """The object of a line, in words; as it is stored if its form is unknown."""
    event = line.event
    if event is None:
        return _as_it_is(line.about)
    try:
        return event.about(names)
    except (KeyError, TypeError, ValueError):  # it names what is there no more
        return _as_it_is(line.about)


def _as_it_is(text: str) -> Message:
    return Message("{text}", {"text": text})
