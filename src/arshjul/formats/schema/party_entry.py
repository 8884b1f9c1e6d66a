"""What contacts of parties send: reports are items of lists of the year's entries, declared there; others their own.

The portal reads its forms by this, and `carry` judges by it again what the portal passes on.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from arshjul.domain.entries.card import PartyCard
from arshjul.domain.entries.learnt import PartyEvaluation
from arshjul.domain.entries.meeting import AgendaPoint
from arshjul.domain.entries.obstacle import SharingObstacle
from arshjul.domain.entries.picture import SituationPicture
from arshjul.domain.withdrawal import GivenBack, Still
from arshjul.domain.written_texts import texts_in
from arshjul.errors import InputError, Message, Problem
from arshjul.formats.form_document import FormDocument
from arshjul.formats.json_guard import json_data
from arshjul.formats.schema.amendment import WrittenTeamsLost
from arshjul.formats.schema.declared import shape
from arshjul.formats.schema.entry import WrittenWithdrawal
from arshjul.formats.schema.given_sections import WrittenGivenSections
from arshjul.formats.schema.nomination import WrittenNominatedObject, WrittenNominatedOperation, WrittenRetraction
from arshjul.formats.schema.offer import WrittenOfficersOffer, WrittenTeamsOffer
from arshjul.formats.schema.party_calendar import WrittenPartyCalendar
from arshjul.formats.schema.replies import WrittenReplies
from arshjul.formats.validation import validated
from arshjul.formats.words import Written, read_text

LONGEST_TEXT = 2000
NOTE = "note"
"""The key for words to the coordinator alone, which stand in no entry of the year but where the entry has them."""

ANSWER = "answer"
"""The kind of answers to questions."""

CALENDAR = "calendar"
"""The kind that asks for an address of a calendar."""

OPERATION, OBJECT = "operation", "object"
"""The kinds of nominations."""

RETRACTION = "retraction"
"""The kind that takes a nomination back: the one that it corrects."""

OBSTACLE = "obstacle"
"""The kind that says what could not be shared: any contact may."""

SHEET = "sheet"
"""The kind that says which sections of an information sheet are given."""

EVALUATION, EVALUATING = "evaluation", "evaluating"
"""The kinds of what a party says of an operation: all of it, and its first page, as it was saved on the way."""

CARD = "card"
"""The kind of what a party says of itself, for all to read."""

PICTURE = "picture"
"""The kind of a situation picture."""

AGENDA_POINT = "agenda-point"
"""The kind of what a party wants to be spoken of at a meeting."""

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
    "report": PartyEntryKind("report", ("police",), "withdrawals", WrittenWithdrawal, "police"),
    "given-back": PartyEntryKind("report", ("police",), "given_back", shape(GivenBack)),
    "still": PartyEntryKind("report", ("police",), "still", shape(Still), numbered=False),
    "teams": PartyEntryKind("report", ("agency",), "agencies", WrittenTeamsLost, "agency"),
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
    "officers-offer": PartyEntryKind("offer", ("police",), "offers", WrittenOfficersOffer, numbered=False),
    "teams-offer": PartyEntryKind("offer", ("agency",), "offers", WrittenTeamsOffer, numbered=False),
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
    """What an entry gives back that was judged when it was sent."""
    return shape(GivenBack).model_validate(KINDS["given-back"].item(body, ""), context={"json": True}).domain()


def written_body(body: Mapping[str, object]) -> str:
    """The same as text."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True)
