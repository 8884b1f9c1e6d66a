"""The log's lines: entries and actions, each with person and time, in words and with names instead of ids."""

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
    """An action, and its object; for an entry, its fate. `about`: None if there is nothing to add."""

    at: datetime
    who: str
    what: Message
    about: Message | None


@dataclass(frozen=True, slots=True)
class Names:
    """The things that lines of the database's log refer to: subscribers by id, revisions by hash."""

    draft: Draft
    subscribers: Mapping[int, Subscriber]
    revisions: Mapping[str, Revision]

    def party(self, id: str) -> Message:
        """The name of an agency or unit, from its id or the id of its feed."""
        bare = {str(party): party.id for party in parties(self.draft.scenario)}.get(id, id)
        if not bare:
            return Message("the coordinator")
        known = self.draft.scenario.parties.get(bare)
        return _as_it_is(bare if known is None else known.name)

    def subscriber(self, id: int) -> Message:
        """The label of a subscriber, and the party of its feed."""
        one = self.subscribers[id]
        return Message("{label}: {party}", {"label": one.label, "party": self.party(one.party)})

    def operation(self, id: str) -> Message:
        """The id and title of an operation."""
        return Message("{id} {title}", {"id": id, "title": self.draft.scenario.operations[id].title})

    def revision(self, number: int, hash: str) -> Message:
        """The number and reason of a revision, which may be missing since a backup was restored."""
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
    """The given slice of all lines, newest first; lines that are not shown are not put into words."""
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
    """The object of a line, in words; as it is stored if its form is unknown."""
    event = line.event
    if event is None:
        return _as_it_is(line.about)
    try:
        return event.about(names)
    except (KeyError, TypeError, ValueError):  # it names something that no longer exists
        return _as_it_is(line.about)


def _as_it_is(text: str) -> Message:
    return Message("{text}", {"text": text})
