"""`plan`, `calendar`, `shifts`, `rules`, `objective` and `cycle`: the year and the numbers that are set."""

import operator
import re
import unicodedata
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    RootModel,
    create_model,
)

from arshjul.domain.calendar import Span
from arshjul.domain.declaration import (
    MOST,
    AgencyId,
    Day,
    Id,
    Name,
    OwnName,
    Points,
    Text,
    Told,
    Unit,
    WordId,
    ends_before,
)
from arshjul.domain.feature import FEATURES
from arshjul.domain.scenario import Programme, Scenario
from arshjul.domain.settings import (
    AnySetting,
    Objective,
    Settings,
)
from arshjul.errors import Message
from arshjul.formats.schema.by_hand import WrittenOperationsException
from arshjul.formats.schema.declared import shape
from arshjul.formats.shape import Shape
from arshjul.formats.words import Written, choice, quoted, unknown, wrong, wrong_type
from arshjul.rules import SETTINGS, SOFT, SoftRule
from arshjul.rules.fill.quality import WISHES, Wish

# fmt: off
# A field is a line.

MOST_DAYS = 1900  # assumption: five years and a little, as a plan goes on; every rule has a column for each slot
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
    flat = {"span": shape(Span)}

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


class WrittenNames(RootModel[dict[Id, Name]]):
    """`names`: the words shown for the ids of sectors and programmes."""


class WrittenReport(Shape[Scenario]):
    """`report`: the figures that outcomes count."""

    thing = Scenario

    figures: Annotated[list[WordId], Told(Message("Figures of outcomes, from the sheet Words"))] = []


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
        points = self.priority_points
        return Objective(
            priority_points={1: points.high, 2: points.middle, 3: points.low},
            change_points=self.change_points,
            prices=self.prices.model_dump(by_alias=True, exclude_none=True),
        )

    @classmethod
    def attributes(cls, thing: Objective) -> dict[str, Any]:
        points = WrittenPriorities.model_validate({str(key): size for key, size in thing.priority_points.items()})
        return {
            "priority_points": points,
            "change_points": thing.change_points,
            "prices": WrittenPrices.model_validate(dict(thing.prices)),
        }


class WrittenProgramme(Shape[Programme]):
    """A programme; its id is its key."""

    thing = Programme

    name: OwnName
    owner: Annotated[AgencyId | None, Told(Message("Owner"), Message("The agency, perhaps without teams. It reads of all its operations. Empty: none."))] = None
    purpose: Annotated[Text, Told(Message("Purpose"), Message("Read by all participants."))] = ""


class WrittenProgrammes(RootModel[dict[Id, WrittenProgramme]]):
    """The section: programmes by id."""

    def domain(self) -> dict[str, Programme]:
        return {id: Programme(id, one.name, one.owner, one.purpose) for id, one in self.root.items()}
