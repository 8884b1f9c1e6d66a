"""`plan`, `calendar`, `shifts`, `rules`, `objective` and `cycle`: the year and the numbers that are set."""

import operator
import re
import unicodedata
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    RootModel,
    SerializerFunctionWrapHandler,
    create_model,
    model_serializer,
)

from arshjul.domain.calendar import Calendar
from arshjul.domain.declaration import (
    MOST,
    AgencyId,
    Clock,
    Day,
    Id,
    InvitedId,
    MeetingId,
    Minutes,
    Name,
    OwnId,
    OwnName,
    Points,
    Spoken,
    Text,
    Told,
    Unit,
    ValueKind,
    Weekday,
    Worded,
    WordId,
    ends_before,
)
from arshjul.domain.feature import FEATURES
from arshjul.domain.information_sheet.declared import MORE, SheetForm
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import (
    AnySetting,
    Cycle,
    Every,
    Meeting,
    MeetingWeeks,
    Milestone,
    MilestoneMeaning,
    MilestoneParty,
    Objective,
    Settings,
)
from arshjul.domain.taking_part import Meet
from arshjul.errors import KeyName, Message
from arshjul.formats.schema.days import Days, DaysAtAPrice
from arshjul.formats.schema.declared import shape
from arshjul.formats.schema.exceptions import WrittenOperationsException
from arshjul.formats.schema.place import WHERE_ANY, Dates, WrittenPeriod
from arshjul.formats.shape import Shape
from arshjul.formats.words import Weekdays, Written, choice, quoted, unknown, wrong, wrong_type
from arshjul.rules import SETTINGS, SOFT, SoftRule
from arshjul.rules.fill.quality import WISHES, Wish

# fmt: off
# A field is a line.

MOST_DAYS = 1900  # assumption: five years and a little, as a plan goes on; every rule has a column for each slot
MOST_CYCLE_DAYS = 3660  # assumption: no milestone is ten years from its operation
_NO_PLACES = frozenset({"right", "posix", "posixrules", "localtime", "Factory"})


def _timezone(given: object) -> str:
    if not isinstance(given, str):
        raise wrong_type(Message("a time zone like Europe/Stockholm"))
    if not _is_zone_of_calendars(given):
        known = sorted(zone for zone in available_timezones() if zone not in _NO_PLACES)
        text = Message(
            "The time zone {given} is unknown: name one like Europe/Stockholm",
            {"given": quoted(given)},
        )
        raise wrong("bad-value", unknown(given, known, text))
    return given


def _is_zone_of_calendars(name: str) -> bool:
    """True if it names the hours of a place. The computer's database also has zones that no calendar knows.

    `right/…` counts leap seconds, `localtime` is the computer's own zone, `Factory` means that none is set.
    """
    if name.partition("/")[0] in _NO_PLACES:
        return False
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _plan_name(given: str) -> str:
    """A plan's name with a letter or digit in ASCII (å being a), which the feeds' UIDs are made of."""
    if not re.search("[A-Za-z0-9]", unicodedata.normalize("NFKD", given)):
        raise wrong("bad-value", Message("The name needs a letter a to z or a digit."))
    return given


class WrittenPlan(Shape[Scenario]):
    """`plan`: the year, and its owner."""

    thing = Scenario
    flat = {"span": WrittenPeriod}

    name: Annotated[Name, AfterValidator(_plan_name), Told(Message("The plan's name"), label=Message("the plan's name"))]
    first: Annotated[Day, Told(Message("First date of the year"))] = Field(alias="from")
    last: Annotated[Day, Told(Message("Last date of the year"))] = Field(alias="to")
    timezone: Annotated[str, PlainValidator(_timezone, json_schema_input_type=str), Told(Message("Time zone"), label=Message("the time zone"))] = "Europe/Stockholm"
    language: Annotated[Literal["sv", "en"], choice("sv", "en"), Told(Message("Language: sv or en"))] = "sv"
    config: Text | None = None

    def model_post_init(self, _: object) -> None:
        """Refuses a year that ends before it begins, or is too long."""
        if self.last < self.first:
            raise wrong("bad-value", ends_before(self.first, self.last), "to")
        days = (self.last - self.first).days + 1
        if days > MOST_DAYS:
            values = {"days": days, "most": MOST_DAYS}
            raise wrong("too-large", Message("The plan has {days} days, more than {most}: divide it.", values), "to")


class WrittenCalendar(Shape[Calendar]):
    """`calendar`. The holidays are the library's, or those in scenario.json."""

    thing = Calendar

    country: Annotated[Text | None, Told(Message("Country of public holidays"))] = None
    closed_weekdays: Annotated[Weekdays, Told(Message("Closed weekdays"))] = []
    closed: list[Days] = []
    opened: list[Dates] = Field([], alias="open")
    avoid: Annotated[list[DaysAtAPrice], Field(exclude_if=operator.not_)] = []


class WrittenNames(RootModel[dict[Id, Name]]):
    """`names`: the words shown for the ids of sectors and programmes."""


class WrittenReport(Shape[Scenario]):
    """`report`: the figures that outcomes count."""

    thing = Scenario

    figures: Annotated[list[WordId], Told(Message("Figures of outcomes, from the sheet Words"))] = []


class WrittenSheet(Shape[SheetForm]):
    """`sheet`: what information sheets have besides sections A to F."""

    thing = SheetForm

    sections: Annotated[list[Annotated[str, choice(*MORE), ValueKind("letter")]], Told(Message("Information sheets: sections besides A to F"))] = []


class WrittenUses(RootModel[list[Annotated[str, choice(*FEATURES)]]]):
    """`uses`: the features that are used; left out: all."""


class WrittenHolidays(RootModel[dict[Day, Name]]):
    """`holidays` of scenario.json: names by date, as of when it was made."""


class _Rules(Shape[Settings]):
    """`rules`: the settings that the rules declare, and the dates on which limits are larger."""

    thing = Settings

    def made_of(self) -> dict[str, Any]:
        """The given settings that differ from the default."""
        return {**super().made_of(), "given": self.model_dump(exclude_defaults=True, exclude={"exceptions"})}

    @classmethod
    def attributes(cls, thing: Settings) -> dict[str, Any]:
        """Every setting that has a value."""
        return {**super().attributes(thing), **{setting.key: thing[setting] for setting in SETTINGS}}


def _setting_field(setting: AnySetting) -> Any:
    size: Any = Annotated[int, Field(ge=setting.least, le=MOST), Unit(setting.unit)]
    return Annotated[size if setting.default is not None else size | None, Told(setting.name)], setting.default


WrittenRules = create_model(
    "WrittenRules",
    __base__=_Rules,
    **{s.key: _setting_field(s) for s in SETTINGS},
    exceptions=(Annotated[list[WrittenOperationsException], Field(exclude_if=operator.not_)], []),
)


def _left_out(priority: int) -> Told:
    return Told(Message("Points of an unplaced operation of priority {n}", {"n": priority}))


class WrittenPriorities(Written):
    """`priority_points`: the cost of an unplaced operation of each priority."""

    high: Annotated[Points, _left_out(1)] = Field(9, alias="1")
    middle: Annotated[Points, _left_out(2)] = Field(3, alias="2")
    low: Annotated[Points, _left_out(3)] = Field(1, alias="3")


class _Prices(Written):
    """`prices`: the points of soft rules and of wishes for fillings, by id; omitted ones have their default."""


def _price_field(rule: SoftRule | Wish) -> Any:
    name = rule.title if isinstance(rule, SoftRule) else rule.name
    told = Told(Message("Price: {what}", {"what": name}))
    return Annotated[Points | None, told], Field(None, alias=rule.id)


_BY_NAME: list[SoftRule | Wish] = sorted((*SOFT, *WISHES), key=lambda rule: rule.id)
WrittenPrices = create_model(
    "WrittenPrices", __base__=_Prices, **{rule.id.replace("-", "_"): _price_field(rule) for rule in _BY_NAME}
)


def _priorities(given: object) -> object:
    """The priorities with words as keys, which are numbers in YAML."""
    if not isinstance(given, dict):
        return given
    return {str(key) if isinstance(key, int) else key: value for key, value in given.items()}


class WrittenObjective(Shape[Objective]):
    """`objective`."""

    thing = Objective

    priority_points: Annotated[WrittenPriorities, BeforeValidator(_priorities)] = WrittenPriorities()
    change_points: Annotated[Points, Told(Message("Points of an unforced change"))] = 2
    prices: WrittenPrices = WrittenPrices()

    def domain(self) -> Objective:
        """The objective."""
        points = self.priority_points
        return Objective(
            priority_points={1: points.high, 2: points.middle, 3: points.low},
            change_points=self.change_points,
            prices=self.prices.model_dump(by_alias=True, exclude_none=True),
        )

    @classmethod
    def attributes(cls, thing: Objective) -> dict[str, Any]:
        """Points and prices as models of their own."""
        points = WrittenPriorities.model_validate({str(key): size for key, size in thing.priority_points.items()})
        return {
            "priority_points": points,
            "change_points": thing.change_points,
            "prices": WrittenPrices.model_validate(dict(thing.prices)),
        }


CycleDays = Annotated[int, Field(ge=0, le=MOST_CYCLE_DAYS), Unit("days")]


_DAYS = {"before": KeyName("days_before"), "after": KeyName("days_after")}


class WrittenMilestone(Shape[Milestone]):
    """A date around every operation, before it or after."""

    thing = Milestone

    id: OwnId
    name: OwnName
    days_before: Annotated[CycleDays | None, Told(Message("Days before"), Message("Or give Days after."))] = None
    days_after: Annotated[CycleDays | None, Told(Message("Days after"), Message("Or give Days before."))] = None
    start: Annotated[Clock | None, Told(Message("Start"), Message("Clock time, like 09:00."))] = None
    minutes: Annotated[Minutes, Told(Message("Minutes"), Message("Empty: 60."))] = 60
    counts_as: Annotated[MilestoneMeaning | None, choice(*get_args(MilestoneMeaning)), Told(Message("Counts as"), Message("In reports and reminders: evaluation, information sheet, nomination or planning. Empty: none of these.")), Worded({"evaluation": ("utvärdering", "evaluation"), "information-sheet": ("informationsblad", "information sheet"), "nomination": ("nominering", "nomination"), "planning": ("planering", "planning")})] = None
    at: Annotated[MeetingId | None, Told(Message("Dealt with at"), Message("A meeting's id: listed at the last one up to its date. Empty, or no such meeting: an entry of its own."))] = None
    parties: Annotated[list[Annotated[str, choice(*get_args(MilestoneParty))]], WHERE_ANY, Spoken({"all": Message("all that take part"), "lead": Message("the lead agency"), "police": Message("the police units")}), Told(Message("Who has it"), Message("all: participating agencies (default); lead: the lead agency; police: participating units too."))] = []

    def model_post_init(self, _: object) -> None:
        """Refuses a milestone with both distances, or none."""
        if self.days_before is None and self.days_after is None:
            raise wrong("missing-key", Message("{before} or {after} is missing.", _DAYS), "days_before")
        if self.days_before is not None and self.days_after is not None:
            raise wrong("bad-value", Message("Both {before} and {after} are given: keep one.", _DAYS), "days_after")

    def made_of(self) -> dict[str, Any]:
        """`days_before` is a negative number of days."""
        days = self.days_after if self.days_before is None else -self.days_before
        return {**super().made_of(), "days": days or 0, "after": self.days_after == 0 or None}

    @classmethod
    def attributes(cls, thing: Milestone) -> dict[str, Any]:
        """Its days as `days_before` or `days_after`."""
        days = (None, thing.days) if thing.comes_after else (-thing.days, None)
        return {**super().attributes(thing), "days_before": days[0], "days_after": days[1]}


class WrittenEvery(Shape[Every]):
    """A weekday on which a meeting comes again."""

    thing = Every

    weekday: Annotated[Weekday, Told(Message("Every"), Message("Weekday of a standing meeting. Closed dates are left out."))]
    at: Annotated[Clock | None, Told(Message("At"), Message("Clock time. Empty: as Start."))] = None
    weeks: Annotated[MeetingWeeks | None, choice(*get_args(MeetingWeeks)), Told(Message("In weeks"), Message("odd or even ISO weeks. Empty: all.")), Worded({"all": ("alla", "all"), "odd": ("udda", "odd"), "even": ("jämna", "even")})] = None
    first: Annotated[Day | None, Told(Message("Every, from"), Message("Empty: from the plan's first date."))] = Field(None, alias="from")
    last: Annotated[Day | None, Told(Message("Every, to"), Message("Empty: to the plan's last date."))] = Field(None, alias="to")

    def model_post_init(self, _: object) -> None:
        """Refuses an end before the beginning."""
        if self.first is not None and self.last is not None and self.last < self.first:
            raise wrong("bad-value", ends_before(self.first, self.last), "to")

    def made_of(self) -> dict[str, Any]:
        """None means all weeks."""
        return {**super().made_of(), "weeks": self.weeks or "all"}

    @classmethod
    def attributes(cls, thing: Every) -> dict[str, Any]:
        """None means all weeks."""
        return {**super().attributes(thing), "weeks": None if thing.weeks == "all" else thing.weeks}


def _agencies(given: object) -> object:
    return None if given == "all" else given


class WrittenMeeting(Shape[Meeting]):
    """The year's own dates."""

    thing = Meeting

    id: OwnId
    name: OwnName
    dates: Annotated[list[Day], Told(Message("Dates"), Message("Like 2027-03-17, 2027-06-09."))] = []
    every: Annotated[WrittenEvery | None, Told(label=Message("standing meetings"))] = None
    start: Annotated[Clock | None, Told(Message("Start"), Message("Clock time, like 09:00."))] = None
    minutes: Annotated[Minutes, Told(Message("Minutes"), Message("Empty: 60."))] = 60
    agencies: Annotated[list[AgencyId] | None, BeforeValidator(_agencies, json_schema_input_type=Literal["all"] | list[AgencyId] | None), ValueKind("ids or all"), Told(Message("Agencies"), Message("ids, or all. Empty: all, unless Others are named."))] = None
    parties: Annotated[list[InvitedId], WHERE_ANY, Told(Message("Parties"), Message("ids, or agencies, units (police), owners (of programmes)."))] = []
    meet: Annotated[shape(Meet) | None, Told(label=Message("meeting place"))] = None  # type: ignore[valid-type]

    def model_post_init(self, _: object) -> None:
        """Refuses a meeting without dates, and a duplicate date, which would be two events with one UID."""
        if not self.dates and self.every is None and "dates" not in self.model_fields_set:
            keys = {"dates": KeyName("dates"), "every": KeyName("every")}
            raise wrong("missing-key", Message("{dates} or {every} is missing.", keys), "dates")
        for position, day in enumerate(self.dates):
            if day in self.dates[:position]:
                raise wrong("bad-value", Message("The date stands twice: keep one."), "dates", position)

    def made_of(self) -> dict[str, Any]:
        """None means all agencies, and none of them where others are named alone."""
        is_all = self.agencies is None and (not self.parties or "agencies" in self.model_fields_set)
        return {**super().made_of(), "agencies": "all" if is_all else tuple(self.agencies or ())}

    @classmethod
    def attributes(cls, thing: Meeting) -> dict[str, Any]:
        """None means all agencies."""
        return {**super().attributes(thing), "agencies": None if thing.agencies == "all" else thing.agencies}

    @model_serializer(mode="wrap")
    def _with_all_said(self, written: SerializerFunctionWrapHandler) -> dict[str, object]:
        keys: dict[str, object] = written(self)
        if not self.dates and self.every is not None:
            del keys["dates"]
        if self.agencies is None:
            keys["agencies"] = "all"
        elif not self.agencies and self.parties:
            del keys["agencies"]
        return keys


class WrittenCycle(Shape[Cycle]):
    """`cycle`."""

    thing = Cycle

    milestones: list[WrittenMilestone] = []
    meetings: list[WrittenMeeting] = []
