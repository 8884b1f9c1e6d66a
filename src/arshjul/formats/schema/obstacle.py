"""An obstacle to sharing as written: portal, console, workbook and files have its fields from here."""

from typing import Annotated, Any

from pydantic import Field

from arshjul.domain.entries.obstacle import (
    CATEGORIES,
    EFFECTS,
    GROUNDS,
    HOW_KNOWN,
    NEEDS,
    RULES,
    WISHES,
    WORKAROUNDS,
    SharingObstacle,
)
from arshjul.errors import Message
from arshjul.formats.schema.fields import OperationId, PartyId, Spoken, Told
from arshjul.formats.schema.written_entry import WrittenEntry
from arshjul.formats.words import Day, Days, Flag, Id, Whole, choice, ends_before, wrong

ASKED_OF_ALL = ("category", "rule", "needed_for", "effect", "how_known")
"""What forms ask of all, in this order, after the parties, the operation and the date; of the coordinator alone the rest, folded."""

# fmt: off
# A field is a line.


class WrittenObstacle(WrittenEntry[SharingObstacle]):
    """What one party could not share with another: categories alone, so no key takes a text."""

    thing = SharingObstacle

    id: Annotated[Id, Told(Message("No"), Message("Of two rows with one number the later holds."), also=("Id",))]
    day: Annotated[Day, Told(Message("Date"), Message("When it arose."))] = Field(alias="date")
    operation: Annotated[OperationId | None, Told(Message("Operation"), Message("The operation's number. Empty: none."))] = None
    asker: Annotated[PartyId, Told(Message("Who asked"), Message("The party in need."))]
    asked: Annotated[PartyId, Told(Message("Who was asked"), Message("The party with the information."))]
    category: Annotated[str, choice(*CATEGORIES), Spoken(CATEGORIES), Told(Message("What"), Message("A category, never the information."), prompt=Message("What could not be shared"))]
    needed_for: Annotated[str, choice(*NEEDS), Spoken(NEEDS), Told(Message("Needed for"))]
    rule: Annotated[str, choice(*RULES), Spoken(RULES), Told(Message("What stood in the way"))]
    how_known: Annotated[str, choice(*HOW_KNOWN), Spoken(HOW_KNOWN), Told(Message("How it is known"))]
    asked_on: Annotated[Day | None, Told(Message("Asked on"))] = None
    answered_on: Annotated[Day | None, Told(Message("Answered on"))] = None
    ground_tried: Annotated[str, choice(*GROUNDS), Spoken(GROUNDS), Told(Message("Ground that was tried"))] = "none"
    effect: Annotated[list[Annotated[str, choice(*EFFECTS)]], Field(min_length=1), Spoken(EFFECTS), Told(Message("What came of it"), Message("Several with semicolons."))]
    days: Annotated[Days | None, Told(Message("Days of delay"))] = None
    hours: Annotated[Whole | None, Told(Message("Hours of work"))] = None
    workaround: Annotated[str, choice(*WORKAROUNDS), Spoken(WORKAROUNDS), Told(Message("How you managed without"))] = "none"
    wish: Annotated[str | None, choice(*WISHES), Spoken(WISHES), Told(Message("What would help"))] = None
    quote: Annotated[Flag, Told(Message("May be told as an example"))] = False

    def made_of(self) -> dict[str, Any]:
        """What came of it, each once."""
        return {**super().made_of(), "effect": tuple(dict.fromkeys(self.effect))}

    def model_post_init(self, _: object) -> None:
        """Refuses a party beside itself, an answer before the question, and that it both mattered and did not."""
        if self.asker == self.asked:
            raise wrong("bad-value", Message("The asking and the asked party are the same: name two."), "asked")
        if self.asked_on is not None and self.answered_on is not None and self.answered_on < self.asked_on:
            raise wrong("bad-value", ends_before(self.asked_on, self.answered_on), "answered_on")
        if "none" in self.effect and len(set(self.effect)) > 1:
            raise wrong("bad-value", Message("No difference cannot be combined: keep one answer."), "effect")
