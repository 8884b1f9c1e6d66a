"""The log's lines: what was entered and what was done, each with who and when, in words and names instead of ids."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from arshjul.actions.draft.draft import Draft
from arshjul.actions.publishing.revisions import reason_said
from arshjul.agenda.party import parties
from arshjul.console.access import ROLE_NAMES
from arshjul.console.told import done, entered
from arshjul.errors import Message
from arshjul.rules.objectives import OPTION_NAMES
from arshjul.store.audit import AuditLine
from arshjul.store.drafts import StoredEntry
from arshjul.store.readers import Subscriber
from arshjul.store.revisions import Revision
from arshjul.texts import counted

HASH_LENGTH = 64
"""The hex digits of a revision's hash."""


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
    told = _ABOUT.get(line.action)
    if told is None:
        return _as_it_is(line.about)
    try:
        return told(line.about.split(), names)
    except (IndexError, KeyError, ValueError):
        return _as_it_is(line.about)


Parts = list[str]


def _as_it_is(text: str) -> Message:
    return Message("{text}", {"text": text})


def _subscriber(words: Parts, names: Names) -> Message:
    one = names.subscribers[int(words[1])]
    return Message("{label}: {party}", {"label": one.label, "party": names.party(one.party)})


def _party(words: Parts, names: Names) -> Message:
    return names.party(words[-1])


def _operation(words: Parts, names: Names) -> Message:
    return Message("{id} {title}", {"id": words[0], "title": names.draft.scenario.operations[words[0]].title})


def _choice(words: Parts, _: Names) -> Message:
    option, version = words
    if option not in OPTION_NAMES:
        return Message("version {n}", {"n": version})
    return Message("{option}, version {n}", {"option": OPTION_NAMES[option], "n": version})


def _revision(words: Parts, names: Names) -> Message | None:
    if words == ["nothing", "changed"]:
        return Message("nothing had changed")
    number, hash = int(words[1]), words[2]
    one = names.revisions.get(hash)
    if one is None and len(hash) != HASH_LENGTH:
        raise ValueError(hash)
    if one is None:  # a backup was put back since, and its number may be another's
        return Message("revision {n}, which is there no more", {"n": number})
    return Message("revision {n}: {reason}", {"n": one.number, "reason": reason_said(one)})


def _restored(words: Parts, _: Names) -> Message:
    number = {"n": words[1].rstrip(",")}
    if words[4].startswith("True"):
        return Message("revision {n}; addresses were kept", number)
    return Message("revision {n}; all addresses were closed", number)


_ABOUT: Mapping[str, Callable[[Parts, Names], Message | None]] = {
    **dict.fromkeys(("subscribe", "rotate", "reissue", "unsubscribe"), _subscriber),
    **dict.fromkeys(("ask", "call", "post", "take-out"), _party),
    **dict.fromkeys(("publish", "refresh", "mend"), _revision),
    **dict.fromkeys(("invite", "sign-in"), lambda parts, _: ROLE_NAMES[parts[1]]),
    **dict.fromkeys(("sign-out", "rehearsal", "forget-sites"), lambda *_: None),
    "clock": lambda parts, _: Message("{moment}", {"moment": datetime.fromisoformat(parts[0])}),
    "edit-operation": _operation,
    "choose": _choice,
    "start-over": lambda parts, _: Message("revision {n}", {"n": parts[0]}),
    **dict.fromkeys(("purge-sites", "encrypt-sites"), lambda parts, _: counted(int(parts[0]), "one site", "{n} sites")),
    "restore": _restored,
}
