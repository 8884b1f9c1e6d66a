"""`areas`, `police` and `agencies`: who is available when."""

import operator
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Generic, Literal

from pydantic import BeforeValidator, Field

from arshjul.domain.declaration import (
    FROM,
    TO,
    WEEKDAYS,
    AreaId,
    Day,
    Days,
    Email,
    Id,
    Officers,
    OwnId,
    OwnName,
    Phone,
    ShiftId,
    Teams,
    Text,
    Told,
    Worded,
    ends_before,
)
from arshjul.domain.parties import Agency, Matching, OfficerLine, PoliceUnit, RiskLine, TeamLine
from arshjul.errors import Message
from arshjul.formats.schema.exceptions import WrittenLoadException
from arshjul.formats.shape import Shape, Thing
from arshjul.formats.words import Flag, Ordinals, Weekdays, Weeks, choice, wrong

# fmt: off
# A field is a line.


class WrittenMatching(Shape[Matching]):
    """Some slots; an omitted key is no restriction."""

    thing: ClassVar[type] = Matching

    weekdays: Annotated[Weekdays | None, WEEKDAYS] = None
    shift: Annotated[ShiftId | None, Told(Message("Shift"), Message("One shift. Empty: all."), also=("Shifts",))] = None
    first: Annotated[Day | None, FROM] = Field(None, alias="from")
    last: Annotated[Day | None, TO] = Field(None, alias="to")
    weeks: Annotated[Weeks | None, Told(Message("Weeks"), Message("ISO weeks: odd, even, or 19, 21. Empty: all."))] = None
    nth: Annotated[Ordinals | None, Told(Message("Nth in month"), Message("The weekday's number in the month: 1 to 5, or -1 to -5 from its end."))] = None

    def model_post_init(self, _: object) -> None:
        """Refuses slots that end before they begin."""
        if self.first is not None and self.last is not None and self.last < self.first:
            raise wrong("bad-value", ends_before(self.first, self.last), "to")


class WrittenLine(WrittenMatching, Generic[Thing]):
    """A line of availability: something about some slots."""

    flat = {"when": WrittenMatching}


class WrittenOfficers(WrittenLine[OfficerLine]):
    """A unit's offer. Without `designated`: none; in an at_most line: no limit on them."""

    thing = OfficerLine

    officers: Annotated[Officers, Told(Message("Number"), Message("Offered per shift."))]
    designated: Annotated[Officers | None, Told(Message("Designated officers"), Message("Of these officers."), also=("Designated",))] = None
    at_most: Annotated[Flag, Told(Message("At most"), Message("yes: the row only lowers those above."))] = False

    def made_of(self) -> dict[str, Any]:
        """The line with an omitted `designated` replaced by its meaning."""
        unsaid = None if self.at_most else 0
        return {**super().made_of(), "designated": unsaid if self.designated is None else self.designated}


class WrittenTeams(WrittenLine[TeamLine]):
    """An agency's offer."""

    thing = TeamLine

    teams: Annotated[Teams, Told(Message("Number"), Message("Offered per shift."))]
    at_most: Annotated[Flag, Told(Message("At most"), Message("yes: the row only lowers those above."))] = False


class WrittenRisk(WrittenLine[RiskLine]):
    """The share of offered shifts that were withdrawn in the past, in tenths."""

    thing = RiskLine

    of_ten: Annotated[int, Field(ge=0, le=10), Told(Message("Of ten"), Message("Withdrawn of ten shifts, 0 to 10."))]


class WrittenPoliceUnit(Shape[PoliceUnit]):
    """A unit that lends officers."""

    thing = PoliceUnit

    id: OwnId
    name: OwnName
    kind: Annotated[Literal["local", "border"], choice("local", "border"), Told(Message("Kind"), Message("local or border.")), Worded({"local": ("lokal", "local"), "border": ("gräns", "border")})]
    areas: Annotated[list[AreaId], Told(Message("Areas"), Message("Areas that it serves."))]
    contact: Annotated[Text, Told(Message("Contact"), Message("Function, never a person"))] = ""
    phone: Annotated[Phone | None, Told(Message("Phone"), Message("Of the function. Shown in participants' calendars."))] = None
    email: Annotated[Email | None, Told(Message("E-mail"), Message("Of the function, not of a person."))] = None
    officers: list[WrittenOfficers] = []
    officer_shifts_per_month: Annotated[Officers | None, Told(Message("Officer shifts a month"), Message("The month's sum. Empty: no limit."))] = None
    often_withdrawn: list[WrittenRisk] = []
    ask_days: Annotated[Days, Field(exclude_if=operator.not_), Told(Message("Ask days ahead"), Message("Notice of changed plans. Empty: 0."))] = 0
    on_request: Annotated[Flag, Told(Message("On request"), Message("yes: only when named under Units or Officers also from."))] = False
    offers: Annotated[list[Id], Field(exclude_if=operator.not_), Told(Message("Taken over"), Message("Offers taken over from the portal. Do not change."))] = []


def _lines(given: object) -> object:
    """The lines; those of an agency that has no teams at any time for `none`."""
    return [{"teams": 0}] if given == "none" else given


NONE_OR_LINES = BeforeValidator(_lines, json_schema_input_type=list[WrittenTeams] | Literal["none"])


class WrittenAgency(Shape[Agency]):
    """A body that sends teams."""

    thing = Agency

    id: OwnId
    name: OwnName
    unit: Annotated[Text, Told(Message("Unit"), Message("Shown to the police."))] = ""
    kind: Annotated[Literal["municipal", "state"], choice("municipal", "state"), Told(Message("Kind"), Message("municipal or state.")), Worded({"municipal": ("kommunal", "municipal"), "state": ("statlig", "state")})]
    contact: Annotated[Text, Told(Message("Contact"), Message("Function, never a person"))] = ""
    phone: Annotated[Phone | None, Told(Message("Phone"), Message("Of the function. Shown in participants' calendars."))] = None
    email: Annotated[Email | None, Told(Message("E-mail"), Message("Of the function, not of a person."))] = None
    teams: Annotated[list[WrittenTeams], NONE_OR_LINES] = []
    staff_teams: Annotated[Teams | None, Told(Message("Teams in all"), Message("For the daily rest. Empty: the most offered at once."))] = None
    team_shifts_per_week: Annotated[Teams | None, Told(Message("Team shifts a week"), Message("Empty: no limit."))] = None
    team_shifts_per_month: Annotated[Teams | None, Told(Message("Team shifts a month"), Message("Empty: no limit."))] = None
    load_exceptions: list[WrittenLoadException] = []
    writes_risk: Annotated[Flag, Told(Message("Writes of the risk"), Message("yes: in information sheets, as police do. For the rescue service."))] = False
    writes_people: Annotated[Flag, Told(Message("Writes of victims"), Message("yes: possible victims, in section I."))] = False
    offers: Annotated[list[Id], Field(exclude_if=operator.not_), Told(Message("Taken over"), Message("Offers taken over from the portal. Do not change."))] = []

    def domain(self) -> Agency:
        """The agency. Staff that is not given is the largest `teams` of the lines, at_most lines aside."""
        made = super().domain()
        most = max((line.teams for line in self.teams if not line.at_most), default=0)
        return made if self.staff_teams is not None else replace(made, staff_teams=most)
