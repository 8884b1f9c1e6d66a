"""What the log tells of: a class for each thing that can be done, with its fields and its sentence.

An event lies in the log as JSON under the name of its action. Lines of before, which have plain words there, are read
as the same events.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass
from dataclasses import fields as dataclass_fields
from datetime import datetime
from functools import cache
from typing import ClassVar, Protocol, get_origin, get_type_hints

from arshjul.errors import Message
from arshjul.rules.objectives import OPTION_NAMES
from arshjul.store import old_lines
from arshjul.texts import counted


class EventNames(Protocol):
    """The names by which people know what events name by ids. KeyError where nothing of that id is known."""

    def party(self, id: str) -> Message: ...  # noqa: D102
    def subscriber(self, id: int) -> Message: ...  # noqa: D102
    def operation(self, id: str) -> Message: ...  # noqa: D102
    def revision(self, number: int, hash: str) -> Message: ...  # noqa: D102
    def role(self, id: str) -> Message: ...  # noqa: D102


EVENTS: dict[str, type["LogEvent"]] = {}
"""Every kind of event, by its action."""


@dataclass(frozen=True)
class LogEvent:
    """Something that was done. `done` is told after the name of who did it, then what it was done to."""

    action: ClassVar[str]
    done: ClassVar[Message]

    def __init_subclass__(cls, action: str = "", done: Message | None = None) -> None:
        """Makes a kind of event known by its action; one without an action is what several kinds have in common."""
        if done is not None:
            cls.action, cls.done = action, done
            EVENTS[action] = cls

    def about(self, names: EventNames) -> Message | None:  # noqa: ARG002
        """What it was done to; None where `done` says all."""
        return None

    @property
    def text(self) -> str:
        """The event as the log has it."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True)
class RehearsalBegun(LogEvent, action="rehearsal", done=Message("began a rehearsal")):
    """The database was marked, by its first line, as one in which a year is only tried out."""


@dataclass(frozen=True)
class ClockSet(LogEvent, action="clock", done=Message("set the rehearsal's clock")):
    """A rehearsal was moved to that moment, local time."""

    moment: str

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return Message("{moment}", {"moment": datetime.fromisoformat(self.moment)})


@dataclass(frozen=True)
class OfRole(LogEvent):
    """Somebody was let in, or out, as somebody who may do what that role may; "" where an old line names none."""

    role: str

    def about(self, names: EventNames) -> Message | None:  # noqa: D102
        return names.role(self.role) if self.role else None


@dataclass(frozen=True)
class SignedIn(OfRole, action="sign-in", done=Message("came in")):
    """Somebody came in."""


@dataclass(frozen=True)
class SignedOut(OfRole, action="sign-out", done=Message("went out")):
    """Somebody went out."""


@dataclass(frozen=True)
class Invited(OfRole, action="invite", done=Message("made a link into the console")):
    """A link into the console was made."""


@dataclass(frozen=True)
class OfYear(LogEvent):
    """The whole year of that name was put in, edited or put back as it was."""

    year: str

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return Message("{text}", {"text": self.year})


@dataclass(frozen=True)
class Imported(OfYear, action="import", done=Message("put the year into the database")):
    """A year was put into the database."""


@dataclass(frozen=True)
class WorkbookTaken(OfYear, action="edit", done=Message("took a workbook over")):
    """A workbook was taken over."""


@dataclass(frozen=True)
class EditTakenBack(OfYear, action="take-back-edit", done=Message("took back what was edited")):
    """What was edited was taken back."""


@dataclass(frozen=True)
class QuestionEnded(OfYear, action="end-question", done=Message("ended the question, since what it rested on is gone")):
    """What a proposal was made with was taken back: nobody is asked about it any more."""


@dataclass(frozen=True)
class OperationEdited(LogEvent, action="edit-operation", done=Message("edited an operation")):
    """An operation was edited on its page."""

    operation: str

    def about(self, names: EventNames) -> Message:  # noqa: D102
        return names.operation(self.operation)


@dataclass(frozen=True)
class ObjectAdded(LogEvent, action="add-object", done=Message("added an object")):
    """An object was nominated on a page."""

    object: str

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return Message("{text}", {"text": self.object})


@dataclass(frozen=True)
class Chosen(LogEvent, action="choose", done=Message("chose an option")):
    """An option was chosen; `version` is the plan's, as it is now."""

    option: str
    version: int

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        if self.option not in OPTION_NAMES:
            return Message("version {n}", {"n": self.version})
        return Message("{option}, version {n}", {"option": OPTION_NAMES[self.option], "n": self.version})


@dataclass(frozen=True)
class StartedOver(LogEvent, action="start-over", done=Message("started over from what is published")):
    """The draft was begun anew from what is published."""

    revision: int

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return Message("revision {n}", {"n": self.revision})


@dataclass(frozen=True)
class OfRevision(LogEvent):
    """A revision was made; None where nothing had changed, and none was."""

    revision: int | None = None
    hash: str = ""

    def about(self, names: EventNames) -> Message:  # noqa: D102
        if self.revision is None:
            return Message("nothing had changed")
        return names.revision(self.revision, self.hash)


@dataclass(frozen=True)
class YearPublished(OfRevision, action="publish", done=Message("published the year")):
    """A year was published."""


@dataclass(frozen=True)
class Refreshed(OfRevision, action="refresh", done=Message("rendered the calendars anew")):
    """The calendars were rendered anew."""


@dataclass(frozen=True)
class Mended(OfRevision, action="mend", done=Message("said that the clock is right")):
    """Somebody said that the clock is right."""


@dataclass(frozen=True)
class OfParty(LogEvent):
    """Something was handed, mailed or told to a party."""

    party: str

    def about(self, names: EventNames) -> Message:  # noqa: D102
        return names.party(self.party)


@dataclass(frozen=True)
class AnswerAddressMade(OfParty, action="ask", done=Message("handed out an address to answer at")):
    """An address to answer at was handed out."""


@dataclass(frozen=True)
class OfMessage(OfParty):
    """Something was done with a message of the outbox."""

    message: int


@dataclass(frozen=True)
class Posted(OfMessage, action="post", done=Message("sent a message")):
    """A message was taken by the mail server."""


@dataclass(frozen=True)
class Called(OfMessage, action="call", done=Message("called a party, and told it what has changed")):
    """A party was told on the telephone."""


@dataclass(frozen=True)
class TakenOut(OfMessage, action="take-out", done=Message("took a message out of the outbox")):
    """A message was taken out of the outbox."""


@dataclass(frozen=True)
class OfSubscriber(LogEvent):
    """Something was done with a subscriber."""

    subscriber: int

    def about(self, names: EventNames) -> Message:  # noqa: D102
        return names.subscriber(self.subscriber)


@dataclass(frozen=True)
class Subscribed(OfSubscriber, action="subscribe", done=Message("handed out a calendar's address")):
    """An address was handed out, to a new subscriber of that feed."""

    party: str
    level: str
    content: str
    client: str


@dataclass(frozen=True)
class Rotated(OfSubscriber, action="rotate", done=Message("changed a calendar's address")):
    """A subscriber got another address."""


@dataclass(frozen=True)
class Reissued(OfSubscriber, action="reissue", done=Message("handed out a calendar's address anew")):
    """A subscriber was made in the place of one that a restore had closed."""

    instead_of: int


@dataclass(frozen=True)
class Unsubscribed(OfSubscriber, action="unsubscribe", done=Message("revoked a calendar's address")):
    """A subscriber was revoked by hand."""


@dataclass(frozen=True)
class OfSites(LogEvent):
    """Something was done with so many sites."""

    n: int

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        return counted(self.n, "one site", "{n} sites")


@dataclass(frozen=True)
class SitesPurged(OfSites, action="purge-sites", done=Message("removed sites")):
    """Sites were removed."""


@dataclass(frozen=True)
class SitesEncrypted(OfSites, action="encrypt-sites", done=Message("encrypted sites")):
    """Sites that lay in clear were encrypted."""


@dataclass(frozen=True)
class SitesForgotten(
    LogEvent, action="forget-sites", done=Message("took sites that lay in clear out of the database's files")
):
    """Nothing of what had lain in clear is left in the database's files."""


@dataclass(frozen=True)
class Restored(LogEvent, action="restore", done=Message("put a backup back")):
    """A backup was put back. `closed`: the subscribers that it let in no more, by id; None where addresses were kept.

    A line of before names none of them: they were revoked at its moment.
    `damaged`: the numbers of lines of the replaced database's log that were not as they had been written.
    """

    revision: int | None
    closed: list[int] | None
    damaged: list[int]

    def about(self, names: EventNames) -> Message:  # noqa: ARG002, D102
        number = {"n": self.revision or 0}
        if self.closed is None:
            return Message("revision {n}; addresses were kept", number)
        return Message("revision {n}; all addresses were closed", number)


OF_REVISION: Mapping[str, type[OfRevision]] = {kind.action: kind for kind in (YearPublished, Refreshed, Mended)}
"""The events that make a revision, by the revision's kind."""


def event_of(action: str, text: str) -> LogEvent | None:
    """The event that a line of the log holds; None where it is of no kind, or of no form, that is known here."""
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
    """True if those are the fields of that event, each of its type: a log may come from anybody's backup."""
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
