"""A theme of a situation picture, as written: portal, console, workbook and files have its fields from here."""

from typing import Annotated

from pydantic import Field

from arshjul.domain.entries.picture import DECISIONS, TRENDS, Decision, PictureTheme, Trend
from arshjul.errors import Message
from arshjul.formats.schema.fields import AreaId, PartyId, Spoken, Told, Worded, WordId
from arshjul.formats.schema.written_entry import WrittenEntry
from arshjul.formats.words import Day, Id, Text, choice, ends_before, wrong

TREND_WORDS = {"rising": Message("rising"), "steady": Message("unchanged"), "falling": Message("falling")}

# fmt: off
# A field is a line.

Level = Annotated[int, Field(ge=1, le=3)]


class WrittenPictureTheme(WrittenEntry[PictureTheme]):
    """What a party sees of a sector in an area. One that is entered again under its id takes the place of the former."""

    thing = PictureTheme

    id: Annotated[Id, Told(Message("No"), Message("Number of the theme: L1."), also=("Id",))]
    by: Annotated[PartyId, Told(Message("By"), Message("The unit or agency that sees it."))]
    area: Annotated[AreaId, Told(Message("Area"))]
    sector: Annotated[WordId, Told(Message("Sector"))]
    first: Annotated[Day, Told(Message("Seen from"))] = Field(alias="from")
    last: Annotated[Day, Told(Message("Seen to"))] = Field(alias="to")
    valid_to: Annotated[Day, Told(Message("Valid to"), Message("After that date it proposes nothing."))]
    level: Annotated[Level, Told(Message("Level"), Message("1 low, 2, 3 high."), prompt=Message("Level: 1 low to 3 high"))]
    trend: Annotated[Trend, choice(*TRENDS), Told(Message("Trend")), Spoken(TREND_WORDS)] = "steady"
    note: Annotated[Text, Told(Message("What is seen"), Message("No place, and no person."), prompt=Message("What you see: no place and no person"))] = Field("", exclude_if=lambda text: not text)
    decision: Annotated[Decision, choice(*DECISIONS), Told(Message("Decision"), Message("open, priority, interest or no.")), Worded({"open": ("öppet", "open"), "priority": ("prioritet", "priority"), "interest": ("intresse", "interest"), "no": ("nej", "no")})] = "open"
    reason: Annotated[Text, Told(Message("Reason"), Message("Why it is taken over, or not."))] = Field("", exclude_if=lambda text: not text)

    def model_post_init(self, _: object) -> None:
        """Refuses an end before the beginning, and a decision without a reason."""
        if self.last < self.first:
            raise wrong("bad-value", ends_before(self.first, self.last), "to")
        if self.decision != "open" and not self.reason:
            raise wrong("missing-key", Message("It is decided: say why."), "reason")
