"""A situation picture, as written: portal, console, workbook and files have its fields from here."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from arshjul.domain.entries.picture import DECISIONS, TRENDS, Decision, SituationPicture, Theme, Trend
from arshjul.errors import Message
from arshjul.formats.schema.fields import AreaId, PartyId, Spoken, Told, Worded, WordId
from arshjul.formats.schema.place import WrittenPeriod
from arshjul.formats.schema.written_entry import WrittenEntry
from arshjul.formats.shape import Shape
from arshjul.formats.words import Day, Id, Text, choice, wrong

TREND_WORDS = {"rising": Message("rising"), "steady": Message("unchanged"), "falling": Message("falling")}
MOST_THEMES = 20

# fmt: off
# A field is a line.

Level = Annotated[int, Field(ge=1, le=3)]


class WrittenTheme(Shape[Theme]):
    """What is seen of a sector, and what the coordinator makes of it."""

    thing = Theme

    sector: Annotated[WordId, Told(Message("Sector"))]
    level: Annotated[Level, Told(Message("Level"), Message("1 low, 2, 3 high."), prompt=Message("Level: 1 low to 3 high"))]
    trend: Annotated[Trend, choice(*TRENDS), Told(Message("Trend")), Spoken(TREND_WORDS)] = "steady"
    note: Annotated[Text, Told(Message("What is seen"), Message("No place or person."), prompt=Message("What you see: no place or person"))] = Field("", exclude_if=lambda text: not text)
    decision: Annotated[Decision, choice(*DECISIONS), Told(Message("Decision"), Message("open, priority, interest or no.")), Worded({"open": ("öppet", "open"), "priority": ("prioritet", "priority"), "interest": ("intresse", "interest"), "no": ("nej", "no")})] = Field("open", exclude_if=lambda decision: decision == "open")
    reason: Annotated[Text, Told(Message("Reason"))] = Field("", exclude_if=lambda text: not text)

    operations: Annotated[list[Id], Told(Message("Operations"))] = Field([], exclude_if=lambda ids: not ids)

    def model_post_init(self, _: object) -> None:
        """Refuses a decision without a reason."""
        if self.decision != "open" and not self.reason:
            raise wrong("missing-key", Message("The reason is missing: write why."), "reason")


class WrittenPicture(WrittenEntry[SituationPicture]):
    """What a party sees of an area in a period. One that is entered again under its id takes the place of the former."""

    thing = SituationPicture

    id: Annotated[Id, Told(Message("No"), Message("Like L1."), also=("Id",))]
    by: Annotated[PartyId, Told(Message("By"))]
    area: Annotated[AreaId, Told(Message("Area"))]
    period: Annotated[WrittenPeriod, Told(prompt=Message("Seen"), parts={"from": Told(Message("Seen from")), "to": Told(Message("Seen to"))})]
    valid_to: Annotated[Day, Told(Message("Valid to"), Message("Proposes nothing later."))]
    themes: Annotated[list[WrittenTheme], Field(min_length=1, max_length=MOST_THEMES), Told(prompt=Message("Themes"))]

    def model_post_init(self, _: object) -> None:
        """Refuses a sector that has two themes."""
        sectors = [theme.sector for theme in self.themes]
        twice = next((n for n, sector in enumerate(sectors) if sector in sectors[:n]), None)
        if twice is not None:
            text = Message("Two themes have this sector: join them.")
            raise wrong("bad-value", text, "themes", twice, "sector")

    @model_validator(mode="before")
    @classmethod
    def of_one_theme(cls, written: Any) -> Any:
        """A picture that has its only theme among its own keys, as they were written first, as one with a list."""
        if not isinstance(written, dict) or "themes" in written or "sector" not in written:
            return written
        theme = {key: written[key] for key in WrittenTheme.model_fields if key in written}
        period = {key: written[key] for key in ("from", "to") if key in written}
        own = {key: value for key, value in written.items() if key not in theme and key not in period}
        return {**own, "period": period, "themes": [theme]}
