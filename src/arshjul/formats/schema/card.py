"""A party's card, as written: portal, console, workbook and files have its fields from here."""

from typing import Annotated

from pydantic import Field

from arshjul.domain.entries.card import PartyCard
from arshjul.errors import Message
from arshjul.formats.schema.fields import PartyId, Told, WordId
from arshjul.formats.schema.place import WHERE_ANY
from arshjul.formats.schema.written_entry import WrittenEntry
from arshjul.formats.words import Day, Text

# fmt: off
# A field is a line.


class WrittenCard(WrittenEntry[PartyCard]):
    """What a party may do. One that is entered again for it takes the place of the former."""

    thing = PartyCard

    party: Annotated[PartyId, Told(Message("Party"))]
    may: Annotated[Text, Field(min_length=1), Told(Message("May do"), Message("All may read it: no persons."), prompt=Message("What we may do"))]
    may_not: Annotated[Text, Told(Message("May not do"), prompt=Message("What we may not do"))] = Field("", exclude_if=lambda text: not text)
    looks_for: Annotated[Text, Told(Message("Looks for"), prompt=Message("What we look for"))] = Field("", exclude_if=lambda text: not text)
    told_when: Annotated[Text, Told(Message("To be told"), prompt=Message("When we want to be told"))] = Field("", exclude_if=lambda text: not text)
    before: Annotated[Text, Told(Message("Needed before"), prompt=Message("What we need before"))] = Field("", exclude_if=lambda text: not text)
    phone: Annotated[Text, Told(Message("Function to call"), prompt=Message("Whom to call: a function and telephone, no person"))] = Field("", exclude_if=lambda text: not text)
    sectors: Annotated[list[WordId], WHERE_ANY, Told(Message("Sectors"), Message("Of its operations. Empty: all."))] = Field([], exclude_if=lambda sectors: not sectors)
    review_by: Annotated[Day | None, Told(Message("Look through by"), Message("Marked as old from then on."), prompt=Message("To be looked through by"))] = Field(None, exclude_if=lambda day: day is None)
