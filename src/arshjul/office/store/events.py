"""The events of the log: a line for each kind of action, with its fields, its sentence and what it is about.

An event is stored in the log as JSON under the name of its action. What it is about follows the sentence: what its
first field names, unless its line says otherwise.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Generic, NamedTuple, ParamSpec, Protocol, TypeVar, get_type_hints

from arshjul.errors import Message
from arshjul.year.domain.feature import FEATURES
from arshjul.year.rules.objectives import OPTION_NAMES
from arshjul.year.texts import counted

P = ParamSpec("P")
F = TypeVar("F")


class EventNames(Protocol):
    """Names for the ids in events, each by the kind of thing that its method is called. KeyError for unknown ids."""

    def party(self, id: str) -> Message: ...
    def subscriber(self, id: int) -> Message: ...
    def operation(self, id: str) -> Message: ...
    def published(self, number: int, hash: str = "") -> Message: ...
    def entry(self, number: int) -> Message: ...
    def role(self, id: str) -> Message: ...


@dataclass(frozen=True, eq=False, slots=True)
class EventKind(Generic[P, F]):
    """A kind of event: its action, the class of its fields, and its sentence, which follows the actor's name."""

    action: str
    of: Callable[P, F]
    done: Message
    about: Callable[[F, EventNames], Message | None] | None = None

    def __call__(self, *fields: P.args, **named: P.kwargs) -> "LogEvent":
        return LogEvent(self, self.of(*fields, **named))


@dataclass(frozen=True, slots=True)
class LogEvent:
    kind: EventKind[..., Any]
    fields: Any

    @property
    def text(self) -> str:
        return json.dumps(self.fields._asdict(), ensure_ascii=False, sort_keys=True)

    def about(self, names: EventNames) -> Message | None:
        """The object of the action; None if its sentence says all."""
        if self.kind.about is not None:
            return self.kind.about(self.fields, names)
        first = next(iter(self.fields._fields), "")
        return _NAMED[first](getattr(self.fields, first), names) if first in _NAMED else None


def _as_it_is(text: str, _: EventNames) -> Message:
    return Message("{text}", {"text": text})


_NAMED: Mapping[str, Callable[[Any, EventNames], Message | None]] = {
    "party": lambda id, names: names.party(id),
    "subscriber": lambda id, names: names.subscriber(id),
    "operation": lambda id, names: names.operation(id),
    "entry": lambda number, names: names.entry(number),
    "revision": lambda number, names: names.published(number),
    "role": lambda id, names: names.role(id) if id else None,
    "option": lambda id, _: OPTION_NAMES.get(id, Message("{id}", {"id": id})),
    "moment": lambda moment, _: Message("{moment}", {"moment": datetime.fromisoformat(moment)}),
    "last": lambda day, _: Message("{day}", {"day": date.fromisoformat(day)}),
    "feature": lambda id, _: FEATURES[id].name if id in FEATURES else Message("{id}", {"id": id}),
    **dict.fromkeys(("year", "object", "call"), _as_it_is),
}
"""The subject of an event, by its first field."""

STUDIES: Mapping[str, Message] = {
    "options": Message("options"),
    "what-if": Message("what one more, or a looser rule, would bring in"),
}

# fmt: off
OfNothing = NamedTuple("OfNothing", [])
OfMoment = NamedTuple("OfMoment", [("moment", str)])
OfRole = NamedTuple("OfRole", [("role", str)])
OfYear = NamedTuple("OfYear", [("year", str)])
OfLastDay = NamedTuple("OfLastDay", [("last", str)])
OfOperation = NamedTuple("OfOperation", [("operation", str)])
OfObject = NamedTuple("OfObject", [("object", str)])
OfEdit = NamedTuple("OfEdit", [("edit", str), ("about", str)])
OfFeature = NamedTuple("OfFeature", [("feature", str)])
OfCall = NamedTuple("OfCall", [("call", str)])
OfNumber = NamedTuple("OfNumber", [("n", int)])
OfEntry = NamedTuple("OfEntry", [("entry", int)])
OfStudy = NamedTuple("OfStudy", [("job", int), ("study", str)])
OfOption = NamedTuple("OfOption", [("option", str)])
OfChoice = NamedTuple("OfChoice", [("option", str), ("version", int)])
OfSlots = NamedTuple("OfSlots", [("operation", str), ("n", int)])
OfPublished = NamedTuple("OfPublished", [("revision", int)])
OfSubscriber = NamedTuple("OfSubscriber", [("subscriber", int)])
OfReissue = NamedTuple("OfReissue", [("subscriber", int), ("instead_of", int)])
OfCalendar = NamedTuple("OfCalendar", [("subscriber", int), ("party", str), ("level", str), ("content", str), ("client", str)])
OfParty = NamedTuple("OfParty", [("party", str)])
OfMessage = NamedTuple("OfMessage", [("party", str), ("message", int)])
OfContact = NamedTuple("OfContact", [("party", str), ("contact", str)])
OfPartyEntry = NamedTuple("OfPartyEntry", [("party", str), ("entry", str)])
OfPartyCall = NamedTuple("OfPartyCall", [("party", str), ("call", str)])
OfPartySheet = NamedTuple("OfPartySheet", [("party", str), ("operation", str)])
OfEvaluation = NamedTuple("OfEvaluation", [("party", str), ("operation", str), ("contact", str)])
OfSection = NamedTuple("OfSection", [("party", str), ("operation", str), ("section", str), ("reader", str)])
OfSheet = NamedTuple("OfSheet", [("operation", str), ("day", str)])
OfPurge = NamedTuple("OfPurge", [("operation", str), ("decision", str), ("purged_at", str)])
# fmt: on


class OfRevision(NamedTuple):
    """A revision that was made; None if nothing had changed, so none was."""

    revision: int | None = None
    hash: str = ""

    def said(self, names: EventNames) -> Message:
        return Message("nothing had changed") if self.revision is None else names.published(self.revision, self.hash)


class OfRestore(NamedTuple):
    """`closed`: the subscribers that it revoked; None: none. `damaged`: changed lines of the replaced log."""

    revision: int | None
    closed: list[int] | None
    damaged: list[int]

    def said(self, names: EventNames) -> Message:
        values = {"published": names.published(self.revision or 0)}
        if self.closed is None:
            return Message("{published}; addresses were kept", values)
        return Message("{published}; all addresses were closed", values)


def _sites(one: OfNumber, _: EventNames) -> Message:
    return counted(one.n, "one site", "{n} sites")


def _chosen(one: OfChoice, _: EventNames) -> Message:
    if one.option not in OPTION_NAMES:
        return Message("version {n}", {"n": one.version})
    return Message("{option}, version {n}", {"option": OPTION_NAMES[one.option], "n": one.version})


def _study(one: OfStudy, _: EventNames) -> Message:
    return STUDIES.get(one.study, Message("{text}", {"text": one.study}))


def _section(one: OfSection, names: EventNames) -> Message:
    values = {"operation": one.operation, "section": one.section, "owner": names.party(one.party)}
    return Message("{reader}, {operation}, {section} of {owner}", {**values, "reader": names.party(one.reader)})


def _edit(one: OfEdit, names: EventNames) -> Message:
    event = None if one.edit == OneEditTakenBack.action else event_of(one.edit, one.about)
    if event is None:
        return Message("{text}", {"text": one.edit})
    about = event.about(names)
    return event.kind.done if about is None else Message("{done} {about}", {"done": event.kind.done, "about": about})


def _purge(one: OfPurge, names: EventNames) -> Message:
    return Message("{operation}: {decision}", {"operation": names.operation(one.operation), "decision": one.decision})


# fmt: off
# The database, and who comes and goes. An old line of who came or went may name no role.
RehearsalBegun = EventKind("rehearsal", OfNothing, Message("began a rehearsal"))
ClockSet = EventKind("clock", OfMoment, Message("set the rehearsal's clock"))
SignedIn = EventKind("sign-in", OfRole, Message("came in"))
SignedOut = EventKind("sign-out", OfRole, Message("went out"))
Invited = EventKind("invite", OfRole, Message("made a link into the console"))
SitesPurged = EventKind("purge-sites", OfNumber, Message("removed sites"), _sites)
SitesEncrypted = EventKind("encrypt-sites", OfNumber, Message("encrypted sites"), _sites)
SitesForgotten = EventKind("forget-sites", OfNothing, Message("took sites that lay in clear out of the database's files"))
Restored = EventKind("restore", OfRestore, Message("put a backup back"), OfRestore.said)

# The year. That an entry was made, the entry itself tells.
Imported = EventKind("import", OfYear, Message("put the year into the database"))
WorkbookTaken = EventKind("edit", OfYear, Message("took a workbook over"))
YearTurned = EventKind("turn", OfLastDay, Message("turned the year: it goes on until"))
OneEditTakenBack = EventKind("take-back-one-edit", OfEdit, Message("took back an edit:"), _edit)
EditTakenBack = EventKind("take-back-edit", OfYear, Message("took back what was edited"))
EntryTakenBack = EventKind("take-back", OfEntry, Message("took back what was entered"))
OperationEdited = EventKind("edit-operation", OfOperation, Message("edited an operation"))
OperationsEdited = EventKind("edit-operations", OfNumber, Message("edited several operations at once"), lambda one, _: counted(one.n, "one operation", "{n} operations"))
ObjectAdded = EventKind("add-object", OfObject, Message("added an object"))
ObjectEdited = EventKind("edit-object", OfObject, Message("edited an object"))
ObjectRemoved = EventKind("remove-object", OfObject, Message("removed an object"))
ObjectsTaken = EventKind("take-objects", OfNumber, Message("took objects over from a workbook"), lambda one, _: counted(one.n, "one object", "{n} objects"))

# Options and questions. What each was asked, an entry tells; the version is the draft plan's after the choice.
StudyAsked = EventKind("work-out", OfStudy, Message("had worked out"), _study)
StudyEnded = EventKind("stop", OfStudy, Message("ended, with what had been found:"), _study)
ProposalMade = EventKind("propose", OfOption, Message("asked all who have a part in an option"))
SlotsOffered = EventKind("offer-slots", OfSlots, Message("ticked other times that parties may choose from"), lambda one, _: Message("{operation}: {n}", {"operation": one.operation, "n": one.n}))
QuestionEnded = EventKind("end-question", OfYear, Message("ended the question, since what it rested on is gone"))
Chosen = EventKind("choose", OfChoice, Message("chose an option"), _chosen)

# Revisions, and the calendars that follow them.
StartedOver = EventKind("start-over", OfPublished, Message("started over from what is published"))
YearPublished = EventKind("publish", OfRevision, Message("published the year"), OfRevision.said)
Refreshed = EventKind("refresh", OfRevision, Message("rendered the calendars anew"), OfRevision.said)
Mended = EventKind("mend", OfRevision, Message("said that the clock is right"), OfRevision.said)
PublishingUndone = EventKind("undo", OfRevision, Message("took back a publishing"), OfRevision.said)
Subscribed = EventKind("subscribe", OfCalendar, Message("handed out a calendar's address"))
Rotated = EventKind("rotate", OfSubscriber, Message("changed a calendar's address"))
Reissued = EventKind("reissue", OfReissue, Message("handed out a calendar's address anew"))
Unsubscribed = EventKind("unsubscribe", OfSubscriber, Message("revoked a calendar's address"))

# What parties are told.
CalendarToMail = EventKind("calendar-mail", OfParty, Message("put the way to a calendar into the outbox"))
AnswerAddressMade = EventKind("ask", OfParty, Message("handed out an address to answer at"))
QuestionWritten = EventKind("write-question", OfParty, Message("put a question into the outbox"))
Posted = EventKind("post", OfMessage, Message("sent a message"))
Called = EventKind("call", OfMessage, Message("called a party, and told it what has changed"))
SentByHand = EventKind("send-by-hand", OfMessage, Message("told a party by a mail sent by hand"))
TickTakenBack = EventKind("take-back-tick", OfMessage, Message("took back a tick in the outbox: it is to be told"))
PartyReminded = EventKind("remind-party", OfPartyCall, Message("reminded a party that has not answered a call"))
SheetReminded = EventKind("remind-sheet", OfPartySheet, Message("reminded a party that owes sections of a sheet"))
PartyAskedToEvaluate = EventKind("ask-to-evaluate", OfEvaluation, Message("asked a party how an operation went"))

# Who takes part at the portal, and what they send.
ContactInvited = EventKind("invite-contact", OfContact, Message("invited a contact of a party"))
ContactReaddressed = EventKind("readdress-contact", OfContact, Message("gave a contact a new address"))
ContactEnded = EventKind("end-contact", OfContact, Message("revoked a contact of a party"))
ContactSignedOut = EventKind("sign-contact-out", OfContact, Message("signed a device of a contact out"))
ContactLocked = EventKind("lock-contact", OfContact, Message("locked a contact of a party"))
ContactNarrowed = EventKind("narrow-contact", OfContact, Message("changed what a contact may do"))
PartyEntryTaken = EventKind("take-report", OfPartyEntry, Message("entered what a party has reported"))
PartyEntryPutAside = EventKind("put-aside", OfPartyEntry, Message("put aside what a party has sent"))
PartyEntryPutBack = EventKind("put-back-entry", OfPartyEntry, Message("took back that what a party has sent was put aside"))
PartyFaultsSeen = EventKind("see-faults", OfNothing, Message("has seen what was not taken in from the portal"))
NominationAccepted = EventKind("accept-nomination", OfPartyEntry, Message("accepted a party's nomination"))
NominationDeclined = EventKind("decline-nomination", OfPartyEntry, Message("declined a party's nomination"))
NominationMerged = EventKind("merge-nomination", OfPartyEntry, Message("merged a party's nomination"))
OfferTakenOver = EventKind("take-offer-over", OfPartyEntry, Message("took over what a party offers"))
CallEdited = EventKind("edit-call", OfCall, Message("asked for offers by the call"))
CallRemoved = EventKind("remove-call", OfCall, Message("removed the call for offers"))
FeatureOn = EventKind("feature-on", OfFeature, Message("switched on"))
FeatureOff = EventKind("feature-off", OfFeature, Message("switched off"))

# Information sheets. What is given after one was frozen is an addendum as long as it is on that day; `party` and
# `reader` are named as their feeds are; `purged_at` is by the portal's clock.
SheetNarrowed = EventKind("narrow-sheet", OfSection, Message("took a reader from a section of a sheet"), _section)
SheetLocked = EventKind("lock-sheet", OfSheet, Message("froze the sheet of"))
SheetPurged = EventKind("purge-sheet", OfPurge, Message("purged, at the portal, the sheet of"), _purge)
# fmt: on

EVENTS: Mapping[str, EventKind[..., Any]] = {
    one.action: one for one in [*globals().values()] if isinstance(one, EventKind)
}

OF_REVISION: Mapping[str, EventKind[..., OfRevision]] = {
    kind.action: kind for kind in (YearPublished, Refreshed, Mended)
}


def event_of(action: str, text: str) -> LogEvent | None:
    """The event in a line of the log; None if its kind or form is unknown, since it may come from anybody's backup."""
    try:
        event = EVENTS[action](**json.loads(text))
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    types = _types(action)
    return event if all(_is_of(value, types[name]) for name, value in event.fields._asdict().items()) else None


@cache
def _types(action: str) -> Mapping[str, object]:
    return get_type_hints(EVENTS[action].of)


def _is_of(value: object, wanted: object) -> bool:
    if isinstance(value, str):
        return wanted is str and value.isprintable()
    if isinstance(value, int):
        return not isinstance(value, bool) and wanted in (int, int | None) and abs(value) < 1 << 63
    if isinstance(value, list):
        return wanted in (list[int], list[int] | None) and all(_is_of(one, int) for one in value)
    return value is None and wanted in (int | None, list[int] | None)
