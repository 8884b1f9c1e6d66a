"""What a party offers to a call, as the portal sends it: availability lines as in `police` and `agencies`."""

from typing import Annotated

from pydantic import Field

from arshjul.domain.declaration import Officers, OwnId, Teams, Told
from arshjul.domain.sent_offer import SentOffer
from arshjul.errors import Message
from arshjul.formats.schema.parties import WrittenOfficers, WrittenTeams
from arshjul.formats.shape import Shape
from arshjul.formats.words import Flag, wrong

# fmt: off
# A field is a line.

MOST_LINES = 80

NOTHING = Message("Nothing to offer")
EMPTY = Message("The offer is empty: fill in the table, or tick Nothing to offer.")


class _Offer(Shape[SentOffer]):
    """An offer to the call of that id. `nothing`: there is none, which is an answer too."""

    thing = SentOffer

    call: OwnId
    nothing: Annotated[Flag, Told(NOTHING)] = False

    def model_post_init(self, _: object) -> None:
        """Refuses an offer that says nothing, or two things."""
        if self.nothing == bool(getattr(self, _LINES[type(self)])):
            raise wrong("bad-value", EMPTY)


class WrittenOfficersOffer(_Offer):
    """Of a police unit."""

    officer_shifts_per_month: Annotated[Officers | None, Told(Message("Officer shifts a month, at most (empty: no limit)"))] = None
    officers: Annotated[list[WrittenOfficers], Field(max_length=MOST_LINES), Told(Message("Officers"))] = []


class WrittenTeamsOffer(_Offer):
    """Of an agency."""

    staff_teams: Annotated[Teams | None, Told(Message("Teams in all (empty: the most offered at once)"))] = None
    team_shifts_per_week: Annotated[Teams | None, Told(Message("Team shifts a week, at most (empty: no limit)"))] = None
    team_shifts_per_month: Annotated[Teams | None, Told(Message("Team shifts a month, at most (empty: no limit)"))] = None
    teams: Annotated[list[WrittenTeams], Field(max_length=MOST_LINES), Told(Message("Teams"))] = []


_LINES: dict[type, str] = {WrittenOfficersOffer: "officers", WrittenTeamsOffer: "teams"}
