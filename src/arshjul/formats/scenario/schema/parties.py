"""`areas`, `police` and `agencies`: who can do what when."""

from typing import Annotated, Literal

from pydantic import Field

from arshjul.domain.parties import Agency, Area, Matching, OfficerLine, PoliceUnit, RiskLine, TeamLine
from arshjul.formats.words import Day, Id, Name, Text, Weekdays, Whole, Written, choice, ends_before, wrong


class WrittenArea(Written):
    """A local police area."""

    id: Id
    name: Name
    neighbours: list[Id] = []

    def domain(self) -> Area:
        """The area."""
        return Area(self.id, self.name, tuple(self.neighbours))


class Line(Written):
    """Which slots an availability line speaks of; what is left out limits nothing."""

    weekdays: Weekdays | None = None
    shift: Id | None = None
    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")

    def model_post_init(self, _: object) -> None:
        """Refuses a line that ends before it begins."""
        if self.first is not None and self.last is not None and self.last < self.first:
            raise wrong("bad-value", ends_before(self.first, self.last), "to")

    @property
    def when(self) -> Matching:
        """The slots."""
        weekdays = None if self.weekdays is None else frozenset(self.weekdays)
        return Matching(weekdays, self.shift, self.first, self.last)


class WrittenOfficers(Line):
    """What a unit offers. Without `designated`: none; in an at_most line: no limit on them."""

    officers: Whole
    designated: Whole | None = None
    at_most: bool = False

    def domain(self) -> OfficerLine:
        """The line."""
        unsaid = None if self.at_most else 0
        designated = unsaid if self.designated is None else self.designated
        return OfficerLine(self.when, self.officers, designated, self.at_most)


class WrittenTeams(Line):
    """What an agency offers."""

    teams: Whole
    at_most: bool = False

    def domain(self) -> TeamLine:
        """The line."""
        return TeamLine(self.when, self.teams, self.at_most)


class WrittenRisk(Line):
    """How many of ten offered shifts were withdrawn in the past."""

    of_ten: Annotated[int, Field(ge=0, le=10)]

    def domain(self) -> RiskLine:
        """The line."""
        return RiskLine(self.when, self.of_ten)


class WrittenPoliceUnit(Written):
    """A unit that lends officers."""

    id: Id
    name: Name
    kind: Annotated[Literal["local", "border"], choice("local", "border")]
    areas: list[Id]
    contact: Text = ""
    officers: list[WrittenOfficers] = []
    officer_shifts_per_month: Whole | None = None
    often_withdrawn: list[WrittenRisk] = []

    def domain(self) -> PoliceUnit:
        """The unit."""
        return PoliceUnit(
            id=self.id,
            name=self.name,
            kind=self.kind,
            areas=tuple(self.areas),
            contact=self.contact,
            officers=tuple(line.domain() for line in self.officers),
            officer_shifts_per_month=self.officer_shifts_per_month,
            often_withdrawn=tuple(line.domain() for line in self.often_withdrawn),
        )


class WrittenAgency(Written):
    """A body that sends teams."""

    id: Id
    name: Name
    kind: Annotated[Literal["municipal", "state"], choice("municipal", "state")]
    unit: Text = ""
    contact: Text = ""
    teams: list[WrittenTeams] = []
    staff_teams: Whole | None = None
    team_shifts_per_week: Whole | None = None
    team_shifts_per_month: Whole | None = None

    def domain(self) -> Agency:
        """The agency. Its staff, where not given: the largest `teams` of the lines, at_most lines aside."""
        most = max((line.teams for line in self.teams if not line.at_most), default=0)
        return Agency(
            id=self.id,
            name=self.name,
            kind=self.kind,
            unit=self.unit,
            contact=self.contact,
            teams=tuple(line.domain() for line in self.teams),
            staff_teams=most if self.staff_teams is None else self.staff_teams,
            team_shifts_per_week=self.team_shifts_per_week,
            team_shifts_per_month=self.team_shifts_per_month,
        )
