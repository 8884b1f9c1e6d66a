"""The events of the log that are of parties: what they are told, who takes part at the portal, what they send."""

from dataclasses import dataclass

from arshjul.errors import Message
from arshjul.store.log_event import EventNames, LogEvent


@dataclass(frozen=True)
class OfParty(LogEvent):
    """Something was handed, mailed or told to a party."""

    party: str

    def about(self, names: EventNames) -> Message:  # noqa: D102
        return names.party(self.party)


class CalendarToMail(OfParty, action="calendar-mail", done=Message("put the way to a calendar into the outbox")):
    """A mail waits that brings the party an address of its calendar."""


class AnswerAddressMade(OfParty, action="ask", done=Message("handed out an address to answer at")):
    """An address to answer at was handed out."""


class QuestionWritten(OfParty, action="write-question", done=Message("put a question into the outbox")):
    """A question was put into the outbox once more."""


@dataclass(frozen=True)
class OfMessage(OfParty):
    """Something was done with a message of the outbox."""

    message: int


class Posted(OfMessage, action="post", done=Message("sent a message")):
    """A message was accepted by the mail server."""


class Called(OfMessage, action="call", done=Message("called a party, and told it what has changed")):
    """A party was told on the telephone."""


class SentByHand(OfMessage, action="send-by-hand", done=Message("told a party by a mail sent by hand")):
    """A party was told by somebody's own mail."""


class TakenOut(OfMessage, action="take-out", done=Message("took a message out of the outbox")):
    """A message was removed from the outbox."""


class TickTakenBack(
    OfMessage, action="take-back-tick", done=Message("took back a tick in the outbox: it is to be told")
):
    """A message that was ticked as told, or taken out, waits again."""


@dataclass(frozen=True)
class OfContact(OfParty):
    """Something was done with a contact of a party."""

    contact: str


class ContactInvited(OfContact, action="invite-contact", done=Message("invited a contact of a party")):
    """A function of a party was invited to the portal."""


class ContactReaddressed(OfContact, action="readdress-contact", done=Message("gave a contact a new address")):
    """A contact got another address, and the former ones were closed."""


class ContactEnded(OfContact, action="end-contact", done=Message("revoked a contact of a party")):
    """A contact was revoked, with its addresses and sessions."""


class ContactLocked(OfContact, action="lock-contact", done=Message("locked a contact of a party")):
    """A contact was shut out, and what it sends is put aside from now on."""


class ContactNarrowed(OfContact, action="narrow-contact", done=Message("changed what a contact may do")):
    """What a contact may do was changed."""


@dataclass(frozen=True)
class OfPartyEntry(OfParty):
    """Something was done with an entry that a contact of the party sent."""

    entry: str


class PartyEntryTaken(OfPartyEntry, action="take-report", done=Message("entered what a party has reported")):
    """A report became an entry of the year."""


class PartyEntryPutAside(OfPartyEntry, action="put-aside", done=Message("put aside what a party has sent")):
    """An entry was put aside."""


@dataclass(frozen=True)
class PartyEntryPutBack(
    OfPartyEntry, action="put-back-entry", done=Message("took back that what a party has sent was put aside")
):
    """An entry that was put aside waits again."""


class NominationAccepted(OfPartyEntry, action="accept-nomination", done=Message("accepted a party's nomination")):
    """A nomination became an operation or an object."""


class NominationDeclined(OfPartyEntry, action="decline-nomination", done=Message("declined a party's nomination")):
    """A nomination was declined, with a reason that its contact is told."""


class NominationMerged(OfPartyEntry, action="merge-nomination", done=Message("merged a party's nomination")):
    """A nomination was merged with another, or with what is planned."""


class OfferTakenOver(OfPartyEntry, action="take-offer-over", done=Message("took over what a party offers")):
    """An offer to a call became an edit of the year."""


@dataclass(frozen=True)
class OfCall(LogEvent):
    """Something was done with the call for offers of that id."""

    call: str

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return Message("{text}", {"text": self.call})


class CallEdited(OfCall, action="edit-call", done=Message("asked for offers by the call")):
    """A call was added or changed."""


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
    """What is given after that is an addendum, whatever its due date, as long as it is on that `day`."""

    operation: str
    day: str

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


class PartyFaultsSeen(LogEvent, action="see-faults", done=Message("has seen what was not taken in from the portal")):
    """The list of faults was emptied."""
