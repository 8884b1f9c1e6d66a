"""What the register has of sections that a party gives: which, when, and how complete; nothing of what is in them."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from arshjul.domain.declaration import Id
from arshjul.domain.information_sheet.declared import SECTIONS
from arshjul.errors import Message
from arshjul.formats.words import Written, wrong

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
    """The sections of an operation's sheet that were given together; or those that a reader was `taken_from`."""

    operation: Id
    sections: Annotated[list[WrittenGivenSection], Field(max_length=len(SECTIONS))]
    taken_from: Annotated[str, Field(max_length=80)] = ""


def read_given(body: Mapping[str, object]) -> WrittenGivenSections:
    """What an entry in JSON has, which was judged when it was sent."""
    return WrittenGivenSections.model_validate(body, context={"json": True})
