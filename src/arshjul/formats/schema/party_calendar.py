"""An address of a calendar, as a contact asks for one at the portal: of its token only the SHA-256 leaves the portal."""

from typing import Annotated, Literal

from pydantic import Field

from arshjul.domain.declaration import Told
from arshjul.errors import Message
from arshjul.formats.words import Written, choice

CONTENTS = ("operations", "milestones", "all")


class WrittenPartyCalendar(Written):
    """The calendar that is wanted, at the level of all that the party may see."""

    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    content: Annotated[Literal["operations", "milestones", "all"], choice(*CONTENTS), Told(Message("Calendar"))]
