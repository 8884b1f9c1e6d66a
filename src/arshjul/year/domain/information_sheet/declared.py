"""The fields of an information sheet, declared once: form, JSON Schema, PDF and completeness come from here.

Every sheet has sections A to F; G to J are written where the year says so. Where
the basis of a section may go to others than the section itself, it is one of its own, so that each has its readers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from arshjul.errors import Message
from arshjul.year.domain.declaration import ChoiceOf, Told, ValueKind

SCHEMA = "arshjul-sheet/1"
MOST_CHARACTERS = 2000
MOST_NUMBER = 9999

Kind = Literal["line", "text", "number", "choice", "several"]
By = Literal["lead", "each", "risk", "people"]
"""The writers of a section: the lead agency; each party; police and rescue service; who supports possible victims."""

Choices = Mapping[str, Message]
NEEDS = "G"
NONE = "none"
"""Among several choices, that none of the others is so."""

YES_NO: Choices = {"yes": Message("yes"), "no": Message("no")}


@dataclass(frozen=True, slots=True)
class SheetField:
    """A field. `is_required`: it counts as unanswered until it has a value or says why it has none.

    `recurs`: as a rule a party says the same of each operation, so that what it last gave is where the next one begins.
    Never of what is known of an object: that is another one each time. `hint`: what is meant, or an example. A number
    above `doubtful` is asked about.
    """

    key: str
    label: Message
    kind: Kind = "line"
    is_required: bool = False
    choices: Choices = field(default_factory=dict)
    recurs: bool = False
    hint: Message | None = None
    doubtful: int = MOST_NUMBER


@dataclass(frozen=True, slots=True)
class SheetSection:
    """A section: its letter, and a word after it where a letter has two."""

    id: str
    title: Message
    by: By
    fields: tuple[SheetField, ...]
    is_more: bool = False
    """True if it is written only where the year asks for it."""

    is_of_object: bool = False
    """True if it can be answered only by those who know which object the operation is for."""

    @property
    def required(self) -> tuple[SheetField, ...]:
        return tuple(field for field in self.fields if field.is_required)


_HEAD = SheetSection(
    "A",
    Message("Head"),
    "lead",
    (
        SheetField("meeting_place", Message("Meeting place")),
        SheetField("meeting_time", Message("Meeting time")),
        SheetField("leads", Message("Function that leads"), recurs=True),
        SheetField("call", Message("Functions to call"), recurs=True),
        SheetField("valid_to", Message("Valid to")),
    ),
)
_PURPOSE = SheetSection(
    "B",
    Message("Purpose"),
    "each",
    (
        SheetField(
            "purpose",
            Message("Purpose of your part"),
            "text",
            True,
            recurs=True,
            hint=Message("For example: food handling and registration."),
        ),
        SheetField(
            "legal_ground",
            Message("Legal ground of your control"),
            "text",
            True,
            recurs=True,
            hint=Message("Your right to enter and ask, like the Food Act, section 20."),
        ),
        SheetField(
            "decision",
            Message("Your own decision"),
            "choice",
            True,
            {
                "not-needed": Message("not needed"),
                "taken": Message("needed, and taken"),
                "open": Message("needed, but not taken yet"),
            },
            hint=Message("Your agency's decision on this control."),
        ),
    ),
)
_OBJECT = SheetSection(
    "C",
    Message("Object"),
    "lead",
    (
        SheetField("reference", Message("Reference, your own"), "line", True),
        SheetField("premises", Message("Kind of premises"), "line", True),
        SheetField("hours", Message("Opening hours")),
        SheetField("entrances", Message("Entrances"), "text"),
        SheetField("persons", Message("Persons expected"), "number", doubtful=500),
        SheetField("languages", Message("Languages")),
    ),
)
_PLACE = SheetSection(
    "C-place",
    Message("Name and address of the object"),
    "lead",
    (SheetField("name", Message("Name of the business")), SheetField("address", Message("Address"))),
)
_KNOWN = SheetSection(
    "D",
    Message("Known before"),
    "each",
    (
        SheetField(
            "visits",
            Message("Earlier visits: year and outcome"),
            "text",
            True,
            hint=Message("For example: 2024, remarks; 2025, none. Or write none."),
        ),
        SheetField("open_matter", Message("An open matter"), "choice", True, YES_NO),
        SheetField(
            "indicators",
            Message("Indicators"),
            "several",
            choices={
                NONE: Message("we know of none"),
                "no-permit": Message("no permit"),
                "undeclared-work": Message("undeclared work"),
                "no-work-permit": Message("work without a right to work"),
                "tax-debt": Message("unpaid taxes or fees"),
                "living-in": Message("somebody lives in the premises"),
                "fire-risk": Message("risk of fire"),
                "bad-conditions": Message("bad conditions of work"),
                "exploitation": Message("signs of exploitation"),
            },
        ),
        SheetField(
            "sure",
            Message("How sure"),
            "choice",
            choices={
                "1": Message("1 one tip"),
                "2": Message("2 several tips"),
                "3": Message("3 own observation"),
                "4": Message("4 established"),
            },
            hint=Message("Only with a tick."),
        ),
    ),
    is_of_object=True,
)
_RISK = SheetSection(
    "E",
    Message("Risk in the operation"),
    "risk",
    (
        SheetField(
            "risk",
            Message("Conclusion"),
            "choice",
            True,
            {"low": Message("low risk"), "medium": Message("medium risk"), "high": Message("high risk")},
        ),
        SheetField(
            "measures",
            Message("Measures"),
            "text",
            True,
            hint=Message("What others must do or not do, without names. Or write none."),
        ),
    ),
    is_of_object=True,
)
_BASIS = SheetSection(
    "E-basis",
    Message("Grounds of the risk"),
    "risk",
    (
        SheetField(
            "signs",
            Message("What is known"),
            "several",
            choices={
                "threats": Message("threats"),
                "weapons": Message("weapons"),
                "dogs": Message("dogs"),
                "chemicals": Message("chemicals"),
                "children": Message("children"),
            },
        ),
        SheetField("basis", Message("In words"), "text"),
    ),
    is_of_object=True,
)
_WANTED = SheetSection(
    "F",
    Message("What you will do"),
    "each",
    (
        SheetField(
            "checks",
            Message("What you check"),
            "text",
            True,
            recurs=True,
            hint=Message("For example: refrigerators, labels, staff."),
        ),
        SheetField(
            "evidence",
            Message("What you secure as evidence"),
            "text",
            True,
            recurs=True,
            hint=Message("For example: pictures, samples, copies of schedules."),
        ),
        SheetField("minutes", Message("Minutes on site"), "number", True, recurs=True, doubtful=600),
        SheetField(
            "order",
            Message("First or last"),
            "choice",
            False,
            {"any": Message("either"), "first": Message("first"), "last": Message("last")},
            recurs=True,
        ),
        SheetField(
            "breach",
            Message("Who leads on which breach"),
            "text",
            recurs=True,
            hint=Message("Only if agreed."),
        ),
    ),
    is_of_object=True,
)

_NEEDS = SheetSection(
    NEEDS,
    Message("What you need"),
    "each",
    (
        SheetField("officers", Message("Police officers needed"), "number", recurs=True, doubtful=30),
        SheetField("competence", Message("Competence"), "text", recurs=True),
        SheetField("interpreter", Message("Interpreter, and languages")),
        SheetField("equipment", Message("Equipment"), "text", recurs=True),
    ),
    is_more=True,
)
_METHOD = SheetSection(
    "H",
    Message("Method"),
    "lead",
    (
        SheetField("entry", Message("Order of entry"), "text"),
        SheetField("roles", Message("Roles on site"), "text", recurs=True),
        SheetField("break_off", Message("When you break off"), "text", recurs=True),
        SheetField("channel", Message("How you reach each other"), recurs=True),
        SheetField("media", Message("Who answers the media"), recurs=True),
    ),
    is_more=True,
)
_PEOPLE = SheetSection(
    "I",
    Message("People"),
    "people",
    (
        SheetField("victims", Message("Possible victims: number and signs, without names"), "text"),
        SheetField("support", Message("Who calls whom for support"), recurs=True),
    ),
    is_more=True,
)
_RELEASE = SheetSection(
    "J",
    Message("How it may be used"),
    "each",
    (
        SheetField("not_quoted", Message("What may not be quoted"), "text", recurs=True),
        SheetField("reservation", Message("Reservation"), "text", recurs=True),
        SheetField("destroy_by", Message("Readers destroy it by")),
    ),
    is_more=True,
)

SECTIONS: Mapping[str, SheetSection] = {
    section.id: section
    for section in (
        *(_HEAD, _PURPOSE, _OBJECT, _PLACE, _KNOWN, _RISK, _BASIS, _WANTED),
        *(_NEEDS, _METHOD, _PEOPLE, _RELEASE),
    )
}
"""All sections, by id, in their order."""

MORE = tuple(section.id for section in SECTIONS.values() if section.is_more)
"""Sections that the year may ask for."""


@dataclass(frozen=True, slots=True)
class SheetForm:
    """Sections of a year's sheets besides A to F."""

    sections: Annotated[
        tuple[Annotated[str, ChoiceOf(MORE), ValueKind("letter")], ...],
        Told(Message("Information sheets: sections besides A to F")),
    ] = ()


WHY_NOT: Choices = {"unknown": Message("not known"), "withheld": Message("may not be given")}
"""Answers to a required field in place of a value."""

USES: Choices = {
    "planning": Message("planning"),
    "on-site": Message("on site"),
    "own-case": Message("a case of their own"),
    "decision": Message("a decision"),
}
"""Purposes for which readers may use a section."""
