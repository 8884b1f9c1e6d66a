"""The sections that are written otherwise than they are held: the plan, rules, prices, programmes, rates, history."""

import operator
import re
import unicodedata
from typing import Annotated, Any, Literal, cast
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    RootModel,
    create_model,
)

from arshjul.errors import Message
from arshjul.year.agenda.cause import KINDS as CAUSES
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.declaration import (
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
from arshjul.year.domain.feature import FEATURES
from arshjul.year.domain.scenario import Programme, Scenario
from arshjul.year.domain.settings import (
    AnySetting,
    Objective,
    Settings,
)
from arshjul.year.domain.withdrawal import KINDS, AssumedRates, Kind, Withdrawal, WithdrawalHistory
from arshjul.year.formats.schema.custom_shapes import WrittenOperationsException
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.shape import Shape
from arshjul.year.formats.words import Written, choice, quoted, unknown, wrong, wrong_type
from arshjul.year.rules import SETTINGS, SOFT, SoftRule
from arshjul.year.rules.fill.quality import WISHES, Wish

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

    def domain_fields(self) -> dict[str, Any]:
        """The given settings that differ from the default."""
        return {**super().domain_fields(), "given": self.model_dump(exclude_defaults=True, exclude={"exceptions"})}

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


# fmt: off
# A field is a line.


WrittenEarlierWithdrawal = cast(Any, create_model("WrittenEarlierWithdrawal", __base__=shape(Withdrawal)))
"""A withdrawal of another year."""
WrittenEarlierWithdrawal.told = {
    "id": Told(Message("No"), also=("Id",)),
    "reported": Told(Message("Reported"), Message("When it was reported: 2026-05-12 06:30. Empty: unknown.")),
    "police": Told(Message("Units"), Message("Units that withdraw officers."), also=("Enhet", "Unit")),
    "from": Told(Message("From"), Message("In a year of the sheet Earlier years.")),
    "until_further_notice": Told(Message("Until further notice"), Message("yes: went on at the year's end. Leave To empty.")),
    "officers_left": Told(Message("Officers left"), Message("Left in each shift. Empty: none.")),
    "cause": Told(Message("Cause"), Message("shooting, accident, match, demonstration or special-event. Others: other causes.")),
}


class WrittenHeardLog(Shape[WithdrawalHistory]):
    """The withdrawals of a year, or of the part of it that is known."""

    thing = WithdrawalHistory
    flat = {"year": shape(Span)}

    first: Annotated[Day, Told(Message("From"), Message("First date of the log."))] = Field(alias="from")
    last: Annotated[Day, Told(Message("To"), Message("Last date of the log."))] = Field(alias="to")
    withdrawals: list[WrittenEarlierWithdrawal] = []  # type: ignore[valid-type]

    def model_post_init(self, _: object) -> None:
        """Refuses an end before the beginning, and withdrawals that do not begin in between."""
        for refusal in Span(self.first, self.last).refusals():
            raise wrong(refusal.kind, refusal.text, "to")
        withdrawals: list[Any] = self.withdrawals
        for n, withdrawal in enumerate(withdrawals):
            if key := next((key for key in ("revision", "until") if getattr(withdrawal, key) is not None), None):
                text = Message("{key} follows from the replan: remove it.", {"key": key})
                raise wrong("unknown-key", text, "withdrawals", n, key)
            if not self.first <= withdrawal.first <= self.last:
                told = {"first": str(self.first), "last": str(self.last)}
                text = Message(
                    "The withdrawal begins outside the log, {first} to {last}: widen the log, or remove it.", told
                )
                raise wrong("outside-plan", text, "withdrawals", n, "from")


FIGURES = {
    "per_year": (0, 1000, "withdrawals", Message("a year")),
    "days": (1, 366, "days", Message("mean days")),
    "notice_hours": (0, 8784, "hours", Message("mean hours of notice")),
    "units_percent": (1, 100, "percent", Message("percent that take a given unit's officers")),
}
"""The figures of a kind, with their least and most, what they count, and their words."""
MOST_WEIGHT = 1000


def _key(kind: Kind, figure: str) -> str:
    """The figure's key, like `special_event_days`."""
    return f"{kind.cause.replace('-', '_')}_{figure}"


class _Rates(Shape[AssumedRates]):
    """`withdrawal_rates`."""

    thing = AssumedRates

    def domain_fields(self) -> dict[str, Any]:
        given = self.model_dump()
        kinds = (
            Kind(kind.cause, **{figure: given[_key(kind, figure)] for figure in FIGURES}, open_ended=kind.open_ended)
            for kind in KINDS
        )
        return {"years": given["years"], "withdrawals": given["withdrawals"], "kinds": tuple(kinds)}

    @classmethod
    def attributes(cls, thing: AssumedRates) -> dict[str, Any]:
        figures = {_key(kind, figure): getattr(kind, figure) for kind in thing.kinds for figure in FIGURES}
        return {**super().attributes(thing), **figures}


def _within(default: int, least: int, most: int, unit: str, name: Message) -> Any:
    return Annotated[int, Field(ge=least, le=most), Unit(unit), Told(name)], default


def _figure(kind: Kind, figure: str) -> Any:
    least, most, unit, what = FIGURES[figure]
    name = Message("Withdrawn for {cause}: {figure}", {"cause": CAUSES[kind.cause], "figure": what})
    return _within(getattr(kind, figure), least, most, unit, name)


_YEARS = Message("Years of log that weigh as much as assumptions")
_WITHDRAWALS = Message("Logged withdrawals that weigh as much as assumptions")
WrittenRates = create_model(
    "WrittenRates",
    __base__=_Rates,
    years=_within(AssumedRates().years, 1, MOST_WEIGHT, "years", _YEARS),
    withdrawals=_within(AssumedRates().withdrawals, 1, MOST_WEIGHT, "withdrawals", _WITHDRAWALS),
    **{_key(kind, figure): _figure(kind, figure) for kind in KINDS for figure in FIGURES},
)
