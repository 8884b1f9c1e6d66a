"""Entries of parties' contacts: reports are items of lists of the year's entries, declared there; others their own.

The portal reads its forms by this, and `carry` judges by it again what the portal passes on.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from arshjul.errors import InputError, Message, Problem
from arshjul.year.domain.business_traces import texts_in
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.declaration import (
    AgencyId,
    AreaId,
    Email,
    Id,
    Interest,
    Name,
    Officers,
    Teams,
    Text,
    Told,
    WordId,
)
from arshjul.year.domain.entries.amendment import TeamsLost
from arshjul.year.domain.entries.answer import MOST_INSTEAD, Reply
from arshjul.year.domain.entries.learnt import AgendaPoint, PartyCard, PartyEvaluation
from arshjul.year.domain.entries.obstacle import SharingObstacle
from arshjul.year.domain.entries.picture import SituationPicture
from arshjul.year.domain.information_sheet.declared import SECTIONS
from arshjul.year.domain.sent_offer import OfficersOffer, SentOffer, TeamsOffer
from arshjul.year.domain.withdrawal import GivenBack, Still, Withdrawal
from arshjul.year.formats.json_guard import json_data
from arshjul.year.formats.schema.declared import mapping, shape
from arshjul.year.formats.tree import FormDocument
from arshjul.year.formats.validation import validated
from arshjul.year.formats.words import Written, choice, quoted, read_text, wrong

# fmt: off
# A field is a line.


class WrittenNominatedOperation(Written):
    """An operation that a party wants; of a place no more than a reference of its own."""

    sector: Annotated[WordId, Told(Message("Sector"))]
    area: Annotated[AreaId, Told(Message("Area"))]
    purpose: Annotated[Name, Told(Message("What it is for"))]
    reference: Annotated[Name | None, Told(Message("Own reference"))] = None
    teams: Annotated[Teams | None, Told(Message("Own teams"))] = None
    agencies: Annotated[list[AgencyId], Told(Message("Other agencies wanted"))] = []
    why: Annotated[Text, Told(Message("Why they are wanted"))] = ""
    officers: Annotated[Officers | None, Told(Message("Police officers"))] = None
    window: Annotated[shape(Span) | None, Told(parts={"from": Told(Message("Earliest date")), "to": Told(Message("Latest date"))})] = None  # type: ignore[valid-type]
    interest: Annotated[Interest | None, Told(Message("Interest"))] = None


class WrittenNominatedObject(Written):
    """An object that a party wants a frame to visit."""

    sector: Annotated[WordId, Told(Message("Sector"))]
    area: Annotated[AreaId, Told(Message("Area"))]
    wanted: Annotated[Name, Told(Message("What is wanted there"))]
    reference: Annotated[Name, Told(Message("Own reference"))]


class WrittenRetraction(Written):
    """The retraction of a nomination, which the enclosing entry names."""


# fmt: on


CONTENTS = ("operations", "milestones", "all")


class WrittenPartyCalendar(Written):
    """The calendar that is wanted, at the level of all that the party may see; of its token, the SHA-256 alone."""

    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    content: Annotated[Literal["operations", "milestones", "all"], choice(*CONTENTS), Told(Message("Calendar"))]


LONGEST_TEXT, LONGEST_REMARK = 2000, 500
MOST_ANSWERS = 200


class WrittenReply(Written):
    """The answer to the question of that name. `remark`: for the coordinator alone. `instead` binds nothing.

    `asked`: the question's words, for the receipt, which shows them when it is asked no more.
    """

    question: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    answer: Reply
    remark: Annotated[str, Field(max_length=LONGEST_REMARK)] = ""
    instead: Annotated[list[shape(Slot)], Field(max_length=MOST_INSTEAD)] = []  # type: ignore[valid-type]
    asked: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""


class WrittenReplies(Written):
    """Answers that were sent together."""

    answers: Annotated[list[WrittenReply], Field(min_length=1, max_length=MOST_ANSWERS)]


def read_replies(body: Mapping[str, object]) -> list[WrittenReply]:
    """The answers of an entry in JSON, which was judged when it was sent."""
    return WrittenReplies.model_validate(body, context={"json": True}).answers


Count = Annotated[int, Field(ge=0, le=99)]


class WrittenGivenSection(Written):
    """A version of a section. `seal`: the SHA-256 over a secret salt and its content."""

    section: str
    version: Annotated[int, Field(ge=1, le=9999)]
    is_addendum: bool = False
    answered: Count
    unknown: Count
    withheld: Count
    seal: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]

    def model_post_init(self, _: object) -> None:
        """Refuses sections that there are not, and counts that are not their fields'."""
        declared = SECTIONS.get(self.section)
        if declared is None or self.answered + self.unknown + self.withheld != len(declared.required):
            raise wrong("bad-value", Message("The section does not exist, or not with so many answers."), "section")


class WrittenGivenSections(Written):
    """The sections of a sheet that were given together, or that a reader was `taken_from`: nothing of what is in them."""

    operation: Id
    sections: Annotated[list[WrittenGivenSection], Field(max_length=len(SECTIONS))]
    taken_from: Annotated[str, Field(max_length=80)] = ""


def read_given(body: Mapping[str, object]) -> WrittenGivenSections:
    """The sections of an entry in JSON, which was judged when it was sent."""
    return WrittenGivenSections.model_validate(body, context={"json": True})


NOTE = "note"
"""The key for words to the coordinator alone, which stand in no entry of the year but where the entry has them."""

ANSWER, CALENDAR, OBSTACLE, SHEET, CARD, PICTURE = "answer", "calendar", "obstacle", "sheet", "card", "picture"
AGENDA_POINT, OPERATION, OBJECT = "agenda-point", "operation", "object"

RETRACTION = "retraction"
"""The kind that takes a nomination back: the one that it corrects."""

EVALUATION, EVALUATING = "evaluation", "evaluating"
"""The kinds of what a party says of an operation: all of it, and its first page, as it was saved on the way."""

NUMBER = "X"
"""Stands for the id that an entry gets when it is taken."""


@dataclass(frozen=True, slots=True)
class PartyEntryKind:
    """A kind of entry: the right that it needs, if any, the list that it becomes an item of, and that item's shape.

    `of`: the kinds of party that may send it. `party_key`: the key that names the party; `numbered`: it gets an id.
    `waits`: for the coordinator; else it takes effect when it is carried in.
    """

    may: str
    of: tuple[str, ...]
    list: str
    model: type[Written]
    party_key: str = ""
    numbered: bool = True
    waits: bool = True

    def is_allowed(self, may: Collection[str]) -> bool:
        """True if a contact may send it that may do these things."""
        return not self.may or self.may in may

    def is_of(self, party: str) -> bool:
        """True if that party, by the name of its feed, may send it."""
        return party.partition("-")[0] in self.of

    @property
    def known(self) -> frozenset[str]:
        """The keys that no form asks for."""
        return frozenset({"id", "reported", "revision", "until", self.party_key} - {""})

    def item(self, body: Mapping[str, object], party: str, id: str = NUMBER) -> dict[str, object]:
        """The item of the list, for the party of that id."""
        written = {key: value for key, value in body.items() if key != NOTE or NOTE in self.model.model_fields}
        if self.party_key:
            written[self.party_key] = [party] if self.party_key == "police" else party
        return {"id": id, **written} if self.numbered else written

    def problems(self, body: Mapping[str, object], party: str) -> tuple[Problem, ...]:
        """Everything that is wrong with an entry of this kind; paths begin with the list's name."""
        found = [
            Problem("bad-value", Message("Only the coordinator may write this."), path=f"{self.list}[0].{key}")
            for key in body
            if key in self.known
        ]
        for path, text in texts_in(body, f"{self.list}[0]", ""):
            if len(text) > LONGEST_TEXT:
                values = {"size": len(text), "most": LONGEST_TEXT}
                said = Message("The text has {size} characters, more than {most}: shorten it.", values)
                found.append(Problem("bad-value", said, path=path))
        if not isinstance(body.get(NOTE, ""), str):
            found.append(Problem("wrong-type", Message("The value is not a text."), path=f"{self.list}[0].{NOTE}"))
        document = FormDocument.of({self.list: [self.item(body, party)]})
        validated(self.model, document, (self.list, 0), is_json=True)
        return (*found, *document.problems())


ANY = ("police", "agency")

KINDS: Mapping[str, PartyEntryKind] = {
    "report": PartyEntryKind("report", ("police",), "withdrawals", shape(Withdrawal), "police"),
    "given-back": PartyEntryKind("report", ("police",), "given_back", shape(GivenBack)),
    "still": PartyEntryKind("report", ("police",), "still", shape(Still), numbered=False),
    "teams": PartyEntryKind("report", ("agency",), "agencies", shape(TeamsLost), "agency"),
    ANSWER: PartyEntryKind("answer", ANY, "replies", WrittenReplies, numbered=False, waits=False),
    OPERATION: PartyEntryKind("nominate", ANY, "nominated_operation", WrittenNominatedOperation, numbered=False),
    OBJECT: PartyEntryKind("nominate", ANY, "nominated_object", WrittenNominatedObject, numbered=False),
    EVALUATION: PartyEntryKind(
        "evaluate", ANY, "evaluations", shape(PartyEvaluation), "party", numbered=False, waits=False
    ),
    EVALUATING: PartyEntryKind(
        "evaluate", ANY, "evaluations", shape(PartyEvaluation), "party", numbered=False, waits=False
    ),
    OBSTACLE: PartyEntryKind("", ANY, "obstacles", shape(SharingObstacle), waits=False),
    AGENDA_POINT: PartyEntryKind(
        "evaluate", ANY, "agenda_points", shape(AgendaPoint), "party", numbered=False, waits=False
    ),
    CARD: PartyEntryKind("card", ANY, "cards", shape(PartyCard), "party", numbered=False, waits=False),
    PICTURE: PartyEntryKind("picture", ANY, "pictures", shape(SituationPicture), "by", waits=False),
    SHEET: PartyEntryKind("sheet", ANY, "given_sections", WrittenGivenSections, numbered=False, waits=False),
    RETRACTION: PartyEntryKind("nominate", ANY, "retraction", WrittenRetraction, numbered=False, waits=False),
    "officers-offer": PartyEntryKind("offer", ("police",), "offers", shape(OfficersOffer), numbered=False),
    "teams-offer": PartyEntryKind("offer", ("agency",), "offers", shape(TeamsOffer), numbered=False),
    CALENDAR: PartyEntryKind("", ANY, "party_calendars", WrittenPartyCalendar, numbered=False, waits=False),
}
"""By the name that the portal and the databases have for each."""

REPORTS = tuple(name for name, kind in KINDS.items() if kind.may == "report")
"""The kinds that say what falls away, comes back, or goes on."""

NOMINATIONS = (OPERATION, OBJECT)

OFFERS = ("officers-offer", "teams-offer")
"""The kinds that answer calls: they become edits of the scenario, and no entries of the year."""

URGENT = ("report", "teams")
"""The kinds that go before all others."""


def read_body(text: str) -> dict[str, object]:
    """The keys and values of an entry in JSON. InputError if it is no mapping, or not clean."""
    data = json_data(text.encode("utf-8", "surrogatepass"), "entry")
    if not isinstance(data, dict):
        raise InputError(Message("The entry is not a mapping."))
    return {key: read_text(value) if key == NOTE and isinstance(value, str) else value for key, value in data.items()}


def given_back_of(body: Mapping[str, object]) -> GivenBack:
    """The officers that an entry gives back, which was judged when it was sent."""
    return shape(GivenBack).model_validate(KINDS["given-back"].item(body, ""), context={"json": True}).domain()


def written_body(body: Mapping[str, object]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True)


def body_of(offer: SentOffer) -> dict[str, object]:
    """The keys and values of an entry of that kind, without empty ones."""
    return {key: value for key, value in mapping(offer).items() if value != []}


def offer_of(kind: str, body: Mapping[str, object]) -> SentOffer:
    """The offer of an entry that has been judged."""
    keys = {key: value for key, value in body.items() if key != NOTE}
    offered = shape(OfficersOffer if kind == "officers-offer" else TeamsOffer)
    return offered.model_validate(keys, context={"json": True}).domain()


_PERSON = re.compile("[A-ZÅÄÖÉ][a-zåäöéü]+([- ][A-ZÅÄÖÉ][a-zåäöéü]+){1,3}")
"""Several words, all with a capital: functions have one at the beginning alone."""
_MAILBOX: TypeAdapter[str] = TypeAdapter(Email)


class WrittenInvitation(Written):
    """`contacts`: a function of a party that is invited to the portal."""

    party: Annotated[Name, Told(Message("Party"))]
    function: Annotated[Name, Told(Message("Function, never a person"))]
    may: Annotated[list[Name], Told(Message("May"))]
    email: Annotated[Email | None, Told(Message("E-mail"))] = None
    code_to: Annotated[Email | None, Told(Message("E-mail for codes"))] = None


def invitation_problems(item: Mapping[str, object], *, is_sure: bool) -> tuple[Problem, ...]:
    """Everything that is wrong with an invitation, and unless `is_sure` what is asked; paths begin with `contacts[0]`."""
    document = FormDocument.of({"contacts": [item]})
    validated(WrittenInvitation, document, ("contacts", 0), is_json=True)
    if not document.problems() and not is_sure and _PERSON.fullmatch(str(item["function"])):
        text = Message("{given} looks like a person's name: is it a function?", {"given": item["function"]})
        return (Problem("idle", text, path="contacts[0].function"),)
    return tuple(document.problems())


def refuse_no_mailbox(given: str) -> None:
    """InputError if it is neither empty nor a mail address."""
    try:
        if given:
            _MAILBOX.validate_python(given)
    except ValidationError:
        values = {"given": quoted(given)}
        raise InputError(
            Message("{given} is not an e-mail address: write NAME@PLACE, of a function.", values)
        ) from None
