"""The events of the log: a class for each kind of action, with its fields and its sentence.

An event is stored in the log as JSON under the name of its action. Older lines, in plain words, are read as the same
events. Those of parties stand in `party_events`.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from dataclasses import fields as dataclass_fields
from datetime import date, datetime
from functools import cache
from typing import ClassVar, get_origin, get_type_hints

from arshjul.errors import Message
from arshjul.rules.objectives import OPTION_NAMES
from arshjul.store import party_events  # noqa: F401 - who reads lines knows the events of parties too
from arshjul.store.log_event import EVENTS, EventNames, LogEvent
from arshjul.texts import counted


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


class SignedIn(OfRole, action="sign-in", done=Message("came in")):
    """Somebody signed in."""


class SignedOut(OfRole, action="sign-out", done=Message("went out")):
    """Somebody signed out."""


class Invited(OfRole, action="invite", done=Message("made a link into the console")):
    """A link into the console was made."""


@dataclass(frozen=True)
class OfYear(LogEvent):
    """The whole year of that name was imported, edited or restored."""

    year: str

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return Message("{text}", {"text": self.year})


class Imported(OfYear, action="import", done=Message("put the year into the database")):
    """A year was imported into the database."""


class WorkbookTaken(OfYear, action="edit", done=Message("took a workbook over")):
    """A workbook was taken over."""


@dataclass(frozen=True)
class YearTurned(LogEvent, action="turn", done=Message("turned the year: it goes on until")):
    """The next year, to its last date, was taken into the plan's."""

    last: str

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return Message("{day}", {"day": date.fromisoformat(self.last)})


class EditTakenBack(OfYear, action="take-back-edit", done=Message("took back what was edited")):
    """An edit was taken back."""


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


class ObjectAdded(OfObject, action="add-object", done=Message("added an object")):
    """An object was nominated on a page."""


class ObjectEdited(OfObject, action="edit-object", done=Message("edited an object")):
    """An object was edited on its page."""


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


class OptionsBegun(OfJob, action="work-out", done=Message("had the options worked out")):
    """A job was begun."""


class OptionsStopped(OfJob, action="stop", done=Message("ended the search for options with what had been found")):
    """A job was asked to end."""


class WhatIfAsked(OfJob, action="ask-what-if", done=Message("asked what one more, or a looser rule, would bring in")):
    """A job was begun that works it out."""


class WhatIfStopped(OfJob, action="stop-what-if", done=Message("ended that with what was done")):
    """That job was asked to end."""


@dataclass(frozen=True)
class OfOption(LogEvent):
    """Something was done with an option."""

    option: str

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return OPTION_NAMES.get(self.option, Message("{id}", {"id": self.option}))


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


class YearPublished(OfRevision, action="publish", done=Message("published the year")):
    """A year was published."""


class Refreshed(OfRevision, action="refresh", done=Message("rendered the calendars anew")):
    """The calendars were rendered again."""


class Mended(OfRevision, action="mend", done=Message("said that the clock is right")):
    """Somebody confirmed that the clock is right."""


class PublishingUndone(OfRevision, action="undo", done=Message("took back a publishing")):
    """A revision was taken back by the one that was published with this line."""


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


class Rotated(OfSubscriber, action="rotate", done=Message("changed a calendar's address")):
    """A subscriber got another address."""


@dataclass(frozen=True)
class Reissued(OfSubscriber, action="reissue", done=Message("handed out a calendar's address anew")):
    """A subscriber was made in place of one that a restore had closed."""

    instead_of: int


class Unsubscribed(OfSubscriber, action="unsubscribe", done=Message("revoked a calendar's address")):
    """A subscriber was revoked by hand."""


@dataclass(frozen=True)
class OfSites(LogEvent):
    """Something was done with `n` sites."""

    n: int

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return counted(self.n, "one site", "{n} sites")


class SitesPurged(OfSites, action="purge-sites", done=Message("removed sites")):
    """Sites were removed."""


class SitesEncrypted(OfSites, action="encrypt-sites", done=Message("encrypted sites")):
    """Plain sites were encrypted."""


class SitesForgotten(
    LogEvent, action="forget-sites", done=Message("took sites that lay in clear out of the database's files")
):
    """Remains of plain sites were removed from the database's files."""


@dataclass(frozen=True)
class Restored(LogEvent, action="restore", done=Message("put a backup back")):
    """A backup was restored. `closed`: the ids of subscribers that it revoked; None if addresses were kept.

    `damaged`: the numbers of lines of the replaced database's log that had been changed.
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
