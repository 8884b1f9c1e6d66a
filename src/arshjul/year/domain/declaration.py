"""The words by which a class declares its fields: once, for files, forms, workbooks and the manual.

    area: Annotated[AreaId, Told(Message("Area"), Message("Where it is struck: …"), Message("area"))]

The type says what kind of value it is (`ValueKind`) and what an id refers to (`Refers`), `Told` its words for people.
`year/formats/schema/declared.py` makes of such a class what reads and writes it. `Entry` is the base of all that happens.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Annotated, Any, ClassVar, NamedTuple

from annotated_types import Interval

from arshjul.errors import Message

MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class ValueKind:
    """A word for a kind of value, used for cells, form fields and the manual.

    `readers` says how each kind is read, by its word or `read_as`; year/formats/words.py, and nothing else, fills it, so
    that it is empty or whole. Others are read by their type.
    """

    word: str
    read_as: str = ""
    readers: ClassVar[dict[str, Any]] = {}

    @property
    def reader(self) -> Any:
        """Its reader; None: that of its type."""
        return self.readers.get(self.read_as or self.word)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """The reader, for the library that asks by this name; never a guess made before they are known."""
        if not self.readers:
            raise LookupError(
                "How kinds of values are read is not known before arshjul.year.formats.words is imported."
            )
        return handler(source) if self.reader is None else handler.generate_schema(self.reader)


@dataclass(frozen=True, slots=True)
class Unit:
    """The things that a number counts, in the plural."""

    word: str


@dataclass(frozen=True, slots=True)
class Refers:
    """The id is one of that section, and must exist unless it is `free`."""

    section: str
    free: bool = False


class FromReplan:
    """The key is only in plan.json: it follows from the replan, and people omit it."""


@dataclass(frozen=True, slots=True)
class Told:
    """The words for a key: the heading of its column, a note on its contents, and its name in a sentence.

    `prompt` is its label in a form if that is not the heading. `also` are further headings. `parts` are the words for
    the keys of a mapping, or of what is `Flat`, that is used in several places.
    """

    heading: Message | None = None
    note: Message | None = None
    label: Message | None = None
    prompt: Message | None = None
    also: tuple[str, ...] = ()
    parts: "Mapping[str, Told]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Worded:
    """A workbook's words for those in files, in Swedish and in English."""

    words: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """The word for each choice, in forms and in a workbook."""

    words: Mapping[str, Message]


class ListWords(NamedTuple):
    """The words of a list whose sheet, pages, sentences and figure follow from its declaration: of all, and of one."""

    many: Message
    one: Message
    about: Message


@dataclass(frozen=True, slots=True)
class WrittenKey:
    """The key in files, where the attribute has another name."""

    word: str


@dataclass(frozen=True, slots=True)
class ChoiceOf:
    """The words that may stand, where the type does not list them."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ById:
    """A mapping that is written as a list: each item has its key as `key`, and is the value, or has it as `value`."""

    key: str
    value: str = ""
    in_order_of_ids: bool = False


class Unstated:
    """The key is left out where the value is the default."""


class Omissible:
    """The key may be left out. The object is then made with None, and its `__post_init__` says what holds."""


class Flat:
    """Its own keys lie among the others, each with its words in `Told.parts`; a refusal of the whole is at the last."""


class MayBeGone:
    """The ids in what lies `Flat` need not exist any more."""


class Unkeyed:
    """The attribute is no key: it follows from others."""


class OnceEach:
    """Duplicates in a list count once."""


class BareWords:
    """Among the choices are yes and no, which YAML reads as truth values unless they are quoted."""


class FieldRefusal(NamedTuple):
    """Why an object cannot be as it is written (`refusals`): the kind of error, and the keys that lead to its place."""

    kind: str
    text: Message
    below: tuple[str | int, ...] = ()


def ends_before(first: date, last: date) -> Message:
    return Message("The period ends {last}, before it begins {first}.", {"first": str(first), "last": str(last)})


Id = Annotated[str, ValueKind("id")]
Text = Annotated[str, ValueKind("text")]
Name = Annotated[str, ValueKind("name")]
Line = Annotated[str, ValueKind("line")]
LineOrNone = Annotated[str, ValueKind("line", read_as="line or none")]
Figure = Annotated[float, ValueKind("figure"), Interval(ge=-1e9, le=1e9)]
"""Written with four digits."""
Phone = Annotated[str, ValueKind("phone")]
Email = Annotated[str, ValueKind("email")]
Day = Annotated[date, ValueKind("day")]
Clock = Annotated[time, ValueKind("clock")]
Moment = Annotated[datetime, ValueKind("moment")]
Weekday = Annotated[int, ValueKind("weekday")]
Flag = Annotated[bool, Unstated]
"""Yes or no; no is omitted."""
Decision = Annotated[bool, ValueKind("decision")]
"""Yes or no; left out it is undecided, and what is usual holds."""

Whole = Annotated[int, Interval(ge=0, le=MOST)]
Officers = Annotated[Whole, Unit("officers")]
Teams = Annotated[Whole, Unit("teams")]
Days = Annotated[Whole, Unit("days")]
Minutes = Annotated[Whole, Unit("minutes")]
Points = Annotated[Whole, Unit("points")]
Operations = Annotated[Whole, Unit("operations")]
SomeOfficers = Annotated[int, Interval(ge=1, le=MOST), Unit("officers")]
SomeTeams = Annotated[int, Interval(ge=1, le=MOST), Unit("teams")]
Stops = Annotated[int, Interval(ge=1, le=MOST), Unit("stops")]
_LARGEST = 2**53  # the largest that every reader of JSON keeps exactly
Amount = Annotated[int, Interval(ge=-_LARGEST, le=_LARGEST)]
Interest = Annotated[int, Interval(ge=0, le=3)]
Priority = Annotated[int, Interval(ge=1, le=3), ValueKind("priority")]

OwnId = Annotated[Id, Told(Message("Id"), Message("Short and permanent: a-z, digits, and . _ - after the first."))]
OwnName = Annotated[Name, Told(Message("Name"), Message("The word shown."))]
ShiftId = Annotated[Id, Refers("shifts")]
AreaId = Annotated[Id, Refers("areas")]
UnitId = Annotated[Id, Refers("police")]
AgencyId = Annotated[Id, Refers("agencies")]
OperationId = Annotated[Id, Refers("operations")]
WithdrawalId = Annotated[Id, Refers("withdrawals")]
PartyId = Annotated[Id, Refers("parties")]
InvitedId = Annotated[
    Id,
    Refers("invited"),
    Worded({"agencies": ("myndigheter", "agencies"), "units": ("enheter", "units"), "owners": ("ägare", "owners")}),
]
"""A party, or a word for a group of them (`MEETING_GROUPS`)."""
MeetingId = Annotated[Id, Refers("cycle.meetings")]
WordId = Annotated[Id, Refers("names", free=True)]
"""A sector; the section `names` may have a word for it."""
ProgrammeId = Annotated[Id, Refers("programmes", free=True)]
"""A programme; a word of `names` holds where the section `programmes` has none."""

FROM = Told(Message("From"), Message("First date: 2027-05-12, 12 May 2027, or week 19."))
TO = Told(Message("To"), Message("Included. Empty beside a week: its Sunday."))
SHIFTS = Told(
    Message("Shifts"),
    Message("Several with commas. Empty: all."),
    Message("shifts"),
    Message("Shifts (none ticked: all)"),
    ("Shift",),
)
WEEKDAYS = Told(
    Message("Weekdays"),
    Message("Like Mon, Wed–Fri. Empty: all."),
    Message("weekdays"),
    Message("Weekdays (none ticked: all)"),
)


LONGEST_ID = 64
"""The most characters of an id."""


def same_id(given: str, known: Iterable[str]) -> str | None:
    """The known id that differs from the given one only in case and in leading zeros of its numbers."""
    plain = _plain(given)
    return next((id for id in known if _plain(id) == plain), None)


def _plain(id: str) -> str:
    return re.sub(r"(?<!\d)0+(?=\d)", "", id.casefold())


_NUMBERED = re.compile(r"(|.*[^\d.])(\d{1,9})")


def numbered(id: str) -> tuple[str, str] | None:
    """The beginning and the number of an id that ends with one; None if it does not."""
    match = _NUMBERED.fullmatch(id)
    return None if match is None else (match[1], match[2])


# fmt: off
# A field is a line.


Reported = Annotated[Moment | None, Told(Message("Reported"), Message("When it was reported. Empty: at the replan."), prompt=Message("Reported (empty: now)"))]
Revision = Annotated[Whole | None, FromReplan]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that happened, or was decided, and is kept for good.

    `reported` is the moment of its report, `revision` the one that answered it; None: not entered yet.
    `prefix`: what ids begin with that are given here.
    """

    prefix: ClassVar[str] = ""
    plain: ClassVar[ListWords | None] = None

    reported: Reported = None
    revision: Revision = None
