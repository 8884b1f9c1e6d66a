"""The events of the log: a class for each kind of action, with its fields and its sentence.

An event is stored in the log as JSON under the name of its action. Older lines, in plain words, are read as the same
events.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass
from dataclasses import fields as dataclass_fields
from datetime import date, datetime
from functools import cache
from typing import ClassVar, Protocol, get_origin, get_type_hints

from arshjul.errors import Message
from arshjul.rules.objectives import OPTION_NAMES
from arshjul.store import old_lines
from arshjul.texts import counted


class EventNames(Protocol):
    """Names for the ids in events. KeyError for unknown ids."""

    def party(self, id: str) -> Message: ...  # noqa: D102
    def subscriber(self, id: int) -> Message: ...  # noqa: D102
    def operation(self, id: str) -> Message: ...  # noqa: D102
    def published(self, number: int, hash: str = "") -> Message: ...  # noqa: D102
    def entry(self, number: int) -> Message: ...  # noqa: D102
    def role(self, id: str) -> Message: ...  # noqa: D102


EVENTS: dict[str, type["LogEvent"]] = {}
"""Every kind of event, by its action."""


@dataclass(frozen=True)
class LogEvent:
    """Something that was done. `done` follows the actor's name in a sentence, then `about`."""

    action: ClassVar[str]
    done: ClassVar[Message]

    def __init_subclass__(cls, action: str = "", done: Message | None = None) -> None:
        """Registers a kind of event by its action; a class without an action is a base of several kinds."""
        if done is not None:
            cls.action, cls.done = action, done
            EVENTS[action] = cls

    def about(self, names: EventNames) -> Message | None:  # noqa: ARG002
        """The object of the action; None if `done` says all."""
        return None

    @property
    def text(self) -> str:
        """The event as stored in the log."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True)
class RehearsalBegun(LogEvent, action="rehearsal", done=Message("began a rehearsal")):
    """The database was marked, by its first line, as a rehearsal."""


@dataclass(frozen=True)
class ClockSet(LogEvent, action="clock", done=Message("set the rehearsal's clock")):
    """A rehearsal was moved to that moment, local time."""

    moment: str

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return Message("{moment}", {"moment": datetime.fromisoformat(self.moment)})


@dataclass(frozen=True)
class OfRole(LogEvent):
    """Somebody signed in or out with that role; "" if an old line names none."""

    role: str

    def about(self, names: EventNames) -> Message | None:  # noqa: D102
        return names.role(self.role) if self.role else None


@dataclass(frozen=True)
class SignedIn(OfRole, action="sign-in", done=Message("came in")):
    """Somebody signed in."""


@dataclass(frozen=True)
class SignedOut(OfRole, action="sign-out", done=Message("went out")):
    """Somebody signed out."""


@dataclass(frozen=True)
class Invited(OfRole, action="invite", done=Message("made a link into the console")):
    """A link into the console was made."""


@dataclass(frozen=True)
class OfYear(LogEvent):
    """The whole year of that name was imported, edited or restored."""

    year: str

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return Message("{text}", {"text": self.year})


@dataclass(frozen=True)
class Imported(OfYear, action="import", done=Message("put the year into the database")):
    """A year was imported into the database."""


@dataclass(frozen=True)
class WorkbookTaken(OfYear, action="edit", done=Message("took a workbook over")):
    """A workbook was taken over."""


@dataclass(frozen=True)
class YearTurned(LogEvent, action="turn", done=Message("turned the year: it goes on until")):
    """The next year, to its last date, was taken into the plan's."""

    last: str

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return Message("{day}", {"day": date.fromisoformat(self.last)})


@dataclass(frozen=True)
class EditTakenBack(OfYear, action="take-back-edit", done=Message("took back what was edited")):
    """An edit was taken back."""


@dataclass(frozen=True)
class QuestionEnded(OfYear, action="end-question", done=Message("ended the question, since what it rested on is gone")):
    """An entry of a proposal was taken back, which ends its questions."""


@dataclass(frozen=True)
class OperationEdited(LogEvent, action="edit-operation", done=Message("edited an operation")):
    """An operation was edited on its page."""

    operation: str

    def about(self, names: EventNames) -> Message:  # noqa: D102
        return names.operation(self.operation)


@dataclass(frozen=True)
class OfObject(LogEvent):
    """Something was done with the object of that id."""

    object: str

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return Message("{text}", {"text": self.object})


@dataclass(frozen=True)
class ObjectAdded(OfObject, action="add-object", done=Message("added an object")):
    """An object was nominated on a page."""


@dataclass(frozen=True)
class ObjectEdited(OfObject, action="edit-object", done=Message("edited an object")):
    """An object was edited on its page."""


@dataclass(frozen=True)
class ObjectRemoved(OfObject, action="remove-object", done=Message("removed an object")):
    """An object is not to be visited any more."""


@dataclass(frozen=True)
class ObjectsTaken(LogEvent, action="take-objects", done=Message("took objects over from a workbook")):
    """Objects were taken over from a workbook's sheet: that many."""

    n: int

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return counted(self.n, "one object", "{n} objects")


@dataclass(frozen=True)
class EntryTakenBack(LogEvent, action="take-back", done=Message("took back what was entered")):
    """An entry that waited was taken back. That it was made, the entry itself tells."""

    entry: int

    def about(self, names: EventNames) -> Message:  # noqa: D102
        return names.entry(self.entry)


@dataclass(frozen=True)
class OfJob(LogEvent):
    """Something was done with the solve of that number."""

    job: int


@dataclass(frozen=True)
class OptionsBegun(OfJob, action="work-out", done=Message("had the options worked out")):
    """A job was begun."""


@dataclass(frozen=True)
class OptionsStopped(OfJob, action="stop", done=Message("ended the search for options with what had been found")):
    """A job was asked to end."""


@dataclass(frozen=True)
class WorthAsked(OfJob, action="ask-worth", done=Message("asked what one more of a party would be worth")):
    """A job was begun that works it out."""


@dataclass(frozen=True)
class WorthStopped(OfJob, action="stop-worth", done=Message("ended that with the months that were done")):
    """That job was asked to end."""


@dataclass(frozen=True)
class CostAsked(OfJob, action="ask-cost", done=Message("asked what a rule costs")):
    """A job was begun that works it out."""


@dataclass(frozen=True)
class CostStopped(OfJob, action="stop-cost", done=Message("ended that with the steps that were done")):
    """That job was asked to end."""


@dataclass(frozen=True)
class LeaksAsked(OfJob, action="ask-leaks", done=Message("asked what calendars give away")):
    """A job was begun that works it out."""


@dataclass(frozen=True)
class LeaksStopped(OfJob, action="stop-leaks", done=Message("ended that without an answer")):
    """That job was asked to end."""


@dataclass(frozen=True)
class OfOption(LogEvent):
    """Something was done with an option."""

    option: str

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return OPTION_NAMES.get(self.option, Message("{id}", {"id": self.option}))


@dataclass(frozen=True)
class ProposalMade(OfOption, action="propose", done=Message("asked all who have a part in an option")):
    """An option was proposed. What each was asked, an entry tells."""


@dataclass(frozen=True)
class SlotsOffered(LogEvent, action="offer-slots", done=Message("ticked other times that parties may choose from")):
    """Parties may choose from `n` slots instead of the one that they are asked about."""

    operation: str
    n: int

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return Message("{operation}: {n}", {"operation": self.operation, "n": self.n})


@dataclass(frozen=True)
class Chosen(LogEvent, action="choose", done=Message("chose an option")):
    """An option was chosen; `version` is the draft plan's after it."""

    option: str
    version: int

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        if self.option not in OPTION_NAMES:
            return Message("version {n}", {"n": self.version})
        return Message("{option}, version {n}", {"option": OPTION_NAMES[self.option], "n": self.version})


@dataclass(frozen=True)
class StartedOver(LogEvent, action="start-over", done=Message("started over from what is published")):
    """The draft was begun anew from the published revision."""

    revision: int

    def about(self, names: EventNames) -> Message:  # noqa: D102
        return names.published(self.revision)


@dataclass(frozen=True)
class OfRevision(LogEvent):
    """A revision was made; None if nothing had changed, so none was."""

    revision: int | None = None
    hash: str = ""

    def about(self, names: EventNames) -> Message:  # noqa: D102
        if self.revision is None:
            return Message("nothing had changed")
        return names.published(self.revision, self.hash)


@dataclass(frozen=True)
class YearPublished(OfRevision, action="publish", done=Message("published the year")):
    """A year was published."""


@dataclass(frozen=True)
class Refreshed(OfRevision, action="refresh", done=Message("rendered the calendars anew")):
    """The calendars were rendered again."""


@dataclass(frozen=True)
class Mended(OfRevision, action="mend", done=Message("said that the clock is right")):
    """Somebody confirmed that the clock is right."""


@dataclass(frozen=True)
class PublishingUndone(OfRevision, action="undo", done=Message("took back a publishing")):
    """A revision was taken back by the one that was published with this line."""


@dataclass(frozen=True)
class OfParty(LogEvent):
    """Something was handed, mailed or told to a party."""

    party: str

    def about(self, names: EventNames) -> Message:  # noqa: D102
        return names.party(self.party)


@dataclass(frozen=True)
class CalendarToMail(OfParty, action="calendar-mail", done=Message("put the way to a calendar into the outbox")):
    """A mail waits that brings the party an address of its calendar."""


@dataclass(frozen=True)
class AnswerAddressMade(OfParty, action="ask", done=Message("handed out an address to answer at")):
    """An address to answer at was handed out."""


@dataclass(frozen=True)
class QuestionWritten(OfParty, action="write-question", done=Message("put a question into the outbox")):
    """A question was put into the outbox once more."""


@dataclass(frozen=True)
class OfMessage(OfParty):
    """Something was done with a message of the outbox."""

    message: int


@dataclass(frozen=True)
class Posted(OfMessage, action="post", done=Message("sent a message")):
    """A message was accepted by the mail server."""


@dataclass(frozen=True)
class Called(OfMessage, action="call", done=Message("called a party, and told it what has changed")):
    """A party was told on the telephone."""


@dataclass(frozen=True)
class TakenOut(OfMessage, action="take-out", done=Message("took a message out of the outbox")):
    """A message was removed from the outbox."""


@dataclass(frozen=True)
class TickTakenBack(
    OfMessage, action="take-back-tick", done=Message("took back a tick in the outbox: it is to be told")
):
    """A message that was ticked as told, or taken out, waits again."""


@dataclass(frozen=True)
class OfSubscriber(LogEvent):
    """Something was done with a subscriber."""

    subscriber: int

    def about(self, names: EventNames) -> Message:  # noqa: D102
        return names.subscriber(self.subscriber)


@dataclass(frozen=True)
class Subscribed(OfSubscriber, action="subscribe", done=Message("handed out a calendar's address")):
    """An address was handed out to a new subscriber of that feed."""

    party: str
    level: str
    content: str
    client: str


@dataclass(frozen=True)
class Rotated(OfSubscriber, action="rotate", done=Message("changed a calendar's address")):
    """A subscriber got another address."""


@dataclass(frozen=True)
class Reissued(OfSubscriber, action="reissue", done=Message("handed out a calendar's address anew")):
    """A subscriber was made in place of one that a restore had closed."""

    instead_of: int


@dataclass(frozen=True)
class Unsubscribed(OfSubscriber, action="unsubscribe", done=Message("revoked a calendar's address")):
    """A subscriber was revoked by hand."""


@dataclass(frozen=True)
class OfContact(OfParty):
    """Something was done with a contact of a party."""

    contact: str


@dataclass(frozen=True)
class ContactInvited(OfContact, action="invite-contact", done=Message("invited a contact of a party")):
    """A function of a party was invited to the portal."""


@dataclass(frozen=True)
class ContactReaddressed(OfContact, action="readdress-contact", done=Message("gave a contact a new address")):
    """A contact got another address, and the former ones were closed."""


@dataclass(frozen=True)
class ContactEnded(OfContact, action="end-contact", done=Message("revoked a contact of a party")):
    """A contact was revoked, with its addresses and sessions."""


@dataclass(frozen=True)
class ContactLocked(OfContact, action="lock-contact", done=Message("locked a contact of a party")):
    """What the contact sends is put aside from now on."""


@dataclass(frozen=True)
class ContactUnlocked(OfContact, action="unlock-contact", done=Message("unlocked a contact of a party")):
    """What the contact sends counts again."""


@dataclass(frozen=True)
class ContactNarrowed(OfContact, action="narrow-contact", done=Message("changed what a contact may do")):
    """What a contact may do was changed."""


@dataclass(frozen=True)
class OfPartyEntry(OfParty):
    """Something was done with an entry that a contact of the party sent."""

    entry: str


@dataclass(frozen=True)
class PartyEntryTaken(OfPartyEntry, action="take-report", done=Message("entered what a party has reported")):
    """A report became an entry of the year."""


@dataclass(frozen=True)
class PartyEntryPutAside(OfPartyEntry, action="put-aside", done=Message("put aside what a party has sent")):
    """An entry was put aside, and stays so."""


@dataclass(frozen=True)
class NominationAccepted(OfPartyEntry, action="accept-nomination", done=Message("accepted a party's nomination")):
    """A nomination became an operation or an object."""


@dataclass(frozen=True)
class NominationDeclined(OfPartyEntry, action="decline-nomination", done=Message("declined a party's nomination")):
    """A nomination was declined, with a reason that its contact is told."""


@dataclass(frozen=True)
class NominationMerged(OfPartyEntry, action="merge-nomination", done=Message("merged a party's nomination")):
    """A nomination was merged with another, or with what is planned."""


@dataclass(frozen=True)
class OfferTakenOver(OfPartyEntry, action="take-offer-over", done=Message("took over what a party offers")):
    """An offer to a call became an edit of the year."""


@dataclass(frozen=True)
class OfCall(LogEvent):
    """Something was done with the call for offers of that id."""

    call: str

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return Message("{text}", {"text": self.call})


@dataclass(frozen=True)
class CallEdited(OfCall, action="edit-call", done=Message("asked for offers by the call")):
    """A call was added or changed."""


@dataclass(frozen=True)
class CallRemoved(OfCall, action="remove-call", done=Message("removed the call for offers")):
    """Nobody is asked by it any more."""


@dataclass(frozen=True)
class PartyReminded(OfParty, action="remind-party", done=Message("reminded a party that has not answered a call")):
    """A reminder was put into the outbox."""

    call: str


@dataclass(frozen=True)
class SheetReminded(OfParty, action="remind-sheet", done=Message("reminded a party that owes sections of a sheet")):
    """A reminder of the sheet of that operation was put into the outbox."""

    operation: str


@dataclass(frozen=True)
class SheetNarrowed(OfParty, action="narrow-sheet", done=Message("took a reader from a section of a sheet")):
    """Of what `party` had given of the section, `reader` reads no more; both as their feeds are called."""

    operation: str
    section: str
    reader: str

    def about(self, names: EventNames) -> Message:  # noqa: D102
        values = {"operation": self.operation, "section": self.section, "owner": names.party(self.party)}
        return Message("{reader}, {operation}, {section} of {owner}", {**values, "reader": names.party(self.reader)})


@dataclass(frozen=True)
class SheetLocked(LogEvent, action="lock-sheet", done=Message("froze the sheet of")):
    """What is given after that is an addendum, whatever its due date."""

    operation: str

    def about(self, names: EventNames) -> Message:  # noqa: D102
        return names.operation(self.operation)


@dataclass(frozen=True)
class SheetPurged(LogEvent, action="purge-sheet", done=Message("purged, at the portal, the sheet of")):
    """What was written there is destroyed, and nothing more is owed. `purged_at`: by the portal's clock."""

    operation: str
    decision: str
    purged_at: str

    def about(self, names: EventNames) -> Message:  # noqa: D102
        values = {"operation": names.operation(self.operation), "decision": self.decision}
        return Message("{operation}: {decision}", values)


@dataclass(frozen=True)
class PartyAskedToEvaluate(OfParty, action="ask-to-evaluate", done=Message("asked a party how an operation went")):
    """A mail that asks was put into the outbox, or one that reminds."""

    operation: str
    contact: str


@dataclass(frozen=True)
class PartyFaultsSeen(LogEvent, action="see-faults", done=Message("has seen what was not taken in from the portal")):
    """The list of faults was emptied."""


@dataclass(frozen=True)
class OfSites(LogEvent):
    """Something was done with `n` sites."""

    n: int

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return counted(self.n, "one site", "{n} sites")


@dataclass(frozen=True)
class SitesPurged(OfSites, action="purge-sites", done=Message("removed sites")):
    """Sites were removed."""


@dataclass(frozen=True)
class SitesEncrypted(OfSites, action="encrypt-sites", done=Message("encrypted sites")):
    """Plain sites were encrypted."""


@dataclass(frozen=True)
class SitesForgotten(
    LogEvent, action="forget-sites", done=Message("took sites that lay in clear out of the database's files")
):
    """Remains of plain sites were removed from the database's files."""


@dataclass(frozen=True)
class Restored(LogEvent, action="restore", done=Message("put a backup back")):
    """A backup was restored. `closed`: the ids of subscribers that it revoked; None if addresses were kept.

    An older line names none of them: they were revoked at its moment. `damaged`: the numbers of lines of the replaced
    database's log that had been changed.
    """

    revision: int | None
    closed: list[int] | None
    damaged: list[int]

    def about(self, names: EventNames) -> Message:  # noqa: D102
        values = {"published": names.published(self.revision or 0)}
        if self.closed is None:
            return Message("{published}; addresses were kept", values)
        return Message("{published}; all addresses were closed", values)


OF_REVISION: Mapping[str, type[OfRevision]] = {kind.action: kind for kind in (YearPublished, Refreshed, Mended)}
"""The events that make a revision, by the revision's kind."""


def event_of(action: str, text: str) -> LogEvent | None:
    """The event in a line of the log; None if its kind or form is unknown."""
    kind = EVENTS.get(action)
    if kind is None:
        return None
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):  # a number alone is JSON too
        fields = old_lines.fields(action, text)
    return kind(**fields) if _fits(fields, action) else None


def _fits(fields: object, action: str) -> bool:
    """True if the fields are those of that event, with the right types: a log may come from anybody's backup."""
    types, needed = _types(action), _needed(action)
    if not isinstance(fields, dict) or not needed <= fields.keys() <= types.keys():
        return False
    return all(_is_of(value, types[name]) for name, value in fields.items())


@cache
def _types(action: str) -> Mapping[str, object]:
    return {name: of for name, of in get_type_hints(EVENTS[action]).items() if get_origin(of) is not ClassVar}


@cache
def _needed(action: str) -> frozenset[str]:
    return frozenset(field.name for field in dataclass_fields(EVENTS[action]) if field.default is MISSING)


def _is_of(value: object, wanted: object) -> bool:
    if isinstance(value, str):
        return wanted is str and value.isprintable()
    if isinstance(value, int):
        return not isinstance(value, bool) and wanted in (int, int | None) and abs(value) < 1 << 63
    if isinstance(value, list):
        return wanted in (list[int], list[int] | None) and all(_is_of(one, int) for one in value)
    return value is None and wanted in (int | None, list[int] | None)
