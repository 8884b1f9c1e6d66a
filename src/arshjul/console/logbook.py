"""The log's lines: what was entered and what was done, each with who and when, in words and names instead of ids."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from arshjul.actions.draft.draft import Draft
from arshjul.actions.publishing.revisions import reason_said
from arshjul.agenda.party import parties
from arshjul.console.access import ROLE_NAMES
from arshjul.console.told import done, entered
from arshjul.errors import Message
from arshjul.store.audit import AuditLine
from arshjul.store.drafts import StoredEntry
from arshjul.store.readers import Subscriber
from arshjul.store.revisions import Revision


@dataclass(frozen=True, slots=True)
class LogbookLine:
    """What somebody did, and about what; of an entry, what has become of it. `about` None: nothing more to say."""

    at: datetime
    who: str
    what: Message
    about: Message | None


@dataclass(frozen=True, slots=True)
class Names:
    """What the lines of the database's own log name: subscribers by id, revisions by hash."""

    draft: Draft
    subscribers: Mapping[int, Subscriber]
    revisions: Mapping[str, Revision]

    def party(self, id: str) -> Message:
        """The name of an agency or unit, from its id or its feed's."""
        bare = {str(party): party.id for party in parties(self.draft.scenario)}.get(id, id)
        if not bare:
            return Message("the coordinator")
        known = self.draft.scenario.parties.get(bare)
        return _as_it_is(bare if known is None else known.name)

    def subscriber(self, id: int) -> Message:
        """The label of a subscriber, and whose feed it reads."""
        one = self.subscribers[id]
        return Message("{label}: {party}", {"label": one.label, "party": self.party(one.party)})

    def operation(self, id: str) -> Message:
        """The id and title of an operation."""
        return Message("{id} {title}", {"id": id, "title": self.draft.scenario.operations[id].title})

    def revision(self, number: int, hash: str) -> Message:
        """The number and reason of a revision, which may be there no more since a backup was put back."""
        one = self.revisions.get(hash)
        if one is None:
            return Message("revision {n}, which is there no more", {"n": number})
        return Message("revision {n}: {reason}", {"n": one.number, "reason": reason_said(one)})

    def role(self, id: str) -> Message:
        """The name of a role."""
        return ROLE_NAMES[id]


def logbook(
    entries: Iterable[StoredEntry], lines: Iterable[AuditLine], names: Names, shown: slice
) -> list[LogbookLine]:
    """Those of all, the newest first, that are shown: a year of thousands is not put into words for a page of it."""
    every: list[StoredEntry | AuditLine] = [*entries, *lines]
    return [_line(one, names) for one in sorted(every, key=lambda one: one.at)[::-1][shown]]


def _line(one: StoredEntry | AuditLine, names: Names) -> LogbookLine:
    if isinstance(one, StoredEntry):
        return LogbookLine(one.at, one.actor, entered(names.draft, one), _became(one))
    return LogbookLine(one.at, one.actor, done(one), about(one, names))


def _became(one: StoredEntry) -> Message:
    if one.taken_back_at is not None:
        return Message("taken back by {who}", {"who": one.taken_back_by or "-"})
    if one.revision is not None:
        return Message("answered by version {n}", {"n": one.revision})
    return Message("waits")


def about(line: AuditLine, names: Names) -> Message | None:
    """The thing that a line is about; as it stands there where it is of no form that is known."""
    event = line.event
    if event is None:
        return _as_it_is(line.about)
    try:
        return event.about(names)
    except (KeyError, TypeError, ValueError):  # it names what is there no more
        return _as_it_is(line.about)


def _as_it_is(text: str) -> Message:
    return Message("{text}", {"text": text})
