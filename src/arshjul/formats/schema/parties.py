"""`areas`, `police` and `agencies`: who can do what when."""

import operator
from dataclasses import fields, replace
from typing import Annotated, Any, Generic, Literal

from pydantic import Field

from arshjul.domain.parties import Agency, Area, Matching, OfficerLine, PoliceUnit, RiskLine, TeamLine
from arshjul.formats.schema.exceptions import WrittenLoadException
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
    neighbours: list[Id] = []


class WrittenLine(Shape[Thing], Generic[Thing]):
    """Which slots an availability line speaks of; what is left out limits nothing."""

    weekdays: Weekdays | None = None
    shift: Id | None = None
    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")
    weeks: Weeks | None = None
    nth: Ordinals | None = None

    def model_post_init(self, _: object) -> None:
        """Refuses a line that ends before it begins."""
        if self.first is not None and self.last is not None and self.last < self.first:
            raise wrong("bad-value", ends_before(self.first, self.last), "to")

    @property
    def when(self) -> Matching:
        """The slots."""
        weekdays = None if self.weekdays is None else frozenset(self.weekdays)
        weeks = frozenset(self.weeks) if isinstance(self.weeks, list) else self.weeks
        nth = None if self.nth is None else frozenset(self.nth)
        return Matching(weekdays, self.shift, self.first, self.last, weeks, nth)

    @classmethod
    def attributes(cls, thing: Any) -> dict[str, Any]:
        """The keys of its slots, and its own."""
        when = thing.when
        slots = {field.name: getattr(when, field.name) for field in fields(when)}
        return slots | {name: getattr(thing, name) for name in cls.model_fields if name not in slots}


class WrittenOfficers(WrittenLine[OfficerLine]):
    """What a unit offers. Without `designated`: none; in an at_most line: no limit on them."""

    officers: Whole
    designated: Whole | None = None
    at_most: Flag = False

    def domain(self) -> OfficerLine:
        """The line."""
        unsaid = None if self.at_most else 0
        designated = unsaid if self.designated is None else self.designated
        return OfficerLine(self.when, self.officers, designated, self.at_most)


class WrittenTeams(WrittenLine[TeamLine]):
    """What an agency offers."""

    teams: Whole
    at_most: Flag = False

    def domain(self) -> TeamLine:
        """The line."""
        return TeamLine(self.when, self.teams, self.at_most)


class WrittenRisk(WrittenLine[RiskLine]):
    """The share of offered shifts that were withdrawn in the past, in tenths."""

    of_ten: Annotated[int, Field(ge=0, le=10)]

    def domain(self) -> RiskLine:
        """The line."""
        return RiskLine(self.when, self.of_ten)


class WrittenPoliceUnit(Shape[PoliceUnit]):
    """A unit that lends officers."""

    thing = PoliceUnit

    id: Id
    name: Name
    kind: Annotated[Literal["local", "border"], choice("local", "border")]
    areas: list[Id]
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
