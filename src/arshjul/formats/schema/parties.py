"""`areas`, `police` and `agencies`: who can do what when."""

import operator
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Generic, Literal

from pydantic import Field

from arshjul.domain.parties import Agency, Area, Matching, OfficerLine, PoliceUnit, RiskLine, TeamLine
from arshjul.formats.schema.exceptions import WrittenLoadException
from arshjul.formats.schema.fields import AreaId, ShiftId
from arshjul.formats.shape import Shape, Thing
from arshjul.formats.words import (
    Day,
    Email,
    Flag,
    Id,
    Name,
    Ordinals,
    Phone,
    Text,
    Weekdays,
    Weeks,
    Whole,
    choice,
    ends_before,
    wrong,
)


class WrittenArea(Shape[Area]):
    """A local police area."""

    thing = Area

    id: Id
    name: Name
    neighbours: list[AreaId] = []


class WrittenMatching(Shape[Matching]):
    """Some slots; what is left out limits nothing."""

    thing: ClassVar[type] = Matching

    weekdays: Weekdays | None = None
    shift: ShiftId | None = None
    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")
    weeks: Weeks | None = None
    nth: Ordinals | None = None

    def model_post_init(self, _: object) -> None:
        """Refuses slots that end before they begin."""
        if self.first is not None and self.last is not None and self.last < self.first:
            raise wrong("bad-value", ends_before(self.first, self.last), "to")


class WrittenLine(WrittenMatching, Generic[Thing]):
    """A line of availability: something about some slots."""

    flat = {"when": WrittenMatching}


class WrittenOfficers(WrittenLine[OfficerLine]):
    """What a unit offers. Without `designated`: none; in an at_most line: no limit on them."""

    thing = OfficerLine

    officers: Whole
    designated: Whole | None = None
    at_most: Flag = False

    def made_of(self) -> dict[str, Any]:
        """The line, with what is unsaid of designated ones."""
        unsaid = None if self.at_most else 0
        return {**super().made_of(), "designated": unsaid if self.designated is None else self.designated}


class WrittenTeams(WrittenLine[TeamLine]):
    """What an agency offers."""

    thing = TeamLine

    teams: Whole
    at_most: Flag = False


class WrittenRisk(WrittenLine[RiskLine]):
    """The share of offered shifts that were withdrawn in the past, in tenths."""

    thing = RiskLine

    of_ten: Annotated[int, Field(ge=0, le=10)]


class WrittenPoliceUnit(Shape[PoliceUnit]):
    """A unit that lends officers."""

    thing = PoliceUnit

    id: Id
    name: Name
    kind: Annotated[Literal["local", "border"], choice("local", "border")]
    areas: list[AreaId]
    contact: Text = ""
    phone: Phone | None = None
    email: Email | None = None
    officers: list[WrittenOfficers] = []
    officer_shifts_per_month: Whole | None = None
    often_withdrawn: list[WrittenRisk] = []
    ask_days: Annotated[Whole, Field(exclude_if=operator.not_)] = 0


class WrittenAgency(Shape[Agency]):
    """A body that sends teams."""

    thing = Agency

    id: Id
    name: Name
    unit: Text = ""
    kind: Annotated[Literal["municipal", "state"], choice("municipal", "state")]
    contact: Text = ""
    phone: Phone | None = None
    email: Email | None = None
    teams: list[WrittenTeams] = []
    staff_teams: Whole | None = None
    team_shifts_per_week: Whole | None = None
    team_shifts_per_month: Whole | None = None
    load_exceptions: list[WrittenLoadException] = []

    def domain(self) -> Agency:
        """The agency. Its staff, where not given: the largest `teams` of the lines, at_most lines aside."""
        made = super().domain()
        most = max((line.teams for line in self.teams if not line.at_most), default=0)
        return made if self.staff_teams is not None else replace(made, staff_teams=most)
