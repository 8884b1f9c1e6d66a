"""The rules of a plan: one rule, one file, listed in the order in which they are asked for an explanation.

A rule says what it forbids for a single placement and what it demands of several, and checks a finished plan by another
method (see `rule`). `builder_of` lets all of them write on a board.
"""

from collections.abc import Iterable, Mapping
from operator import attrgetter

from arshjul.errors import Message
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation, Staffing
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.settings import UNKNOWN_END_DAYS, AnySetting
from arshjul.year.rules import objectives
from arshjul.year.rules.builder import BoardBuilder
from arshjul.year.rules.fill.fits import FILL_DAYS, FITS
from arshjul.year.rules.hard.agency_load import AgencyLoad
from arshjul.year.rules.hard.agency_teams import AgencyTeams
from arshjul.year.rules.hard.answers import Answers
from arshjul.year.rules.hard.apart import Apart
from arshjul.year.rules.hard.daily_limit import DailyLimit
from arshjul.year.rules.hard.daily_rest import DailyRest
from arshjul.year.rules.hard.designated_officer import DesignatedOfficer
from arshjul.year.rules.hard.fixed import Fixed
from arshjul.year.rules.hard.follow_up import FollowUpTime
from arshjul.year.rules.hard.freeze import Freeze
from arshjul.year.rules.hard.lead_time import LeadTime
from arshjul.year.rules.hard.not_past import NotPast
from arshjul.year.rules.hard.notice import Notice
from arshjul.year.rules.hard.open_day import OpenDay
from arshjul.year.rules.hard.placement import PlacementForm
from arshjul.year.rules.hard.police_officers import PoliceOfficers
from arshjul.year.rules.hard.sector_spacing import SectorSpacing
from arshjul.year.rules.hard.together import Together
from arshjul.year.rules.hard.window import Window
from arshjul.year.rules.rule import Breach, Rule, SoftRule
from arshjul.year.rules.soft.avoided_day import AvoidedDay
from arshjul.year.rules.soft.designated_preferred import DesignatedPreferred
from arshjul.year.rules.soft.even_load import EvenLoad
from arshjul.year.rules.soft.fair_interest import FairInterest
from arshjul.year.rules.soft.fewer_officers import FewerThanWanted
from arshjul.year.rules.soft.guessable import Guessable
from arshjul.year.rules.soft.kept_close import KeptClose
from arshjul.year.rules.soft.often_withdrawn import OftenWithdrawn
from arshjul.year.rules.soft.optional_agency import OptionalAgency
from arshjul.year.rules.soft.preferred_period import PreferredPeriod
from arshjul.year.rules.soft.target import TargetReached
from arshjul.year.texts import titled

HARD: tuple[Rule, ...] = (
    PlacementForm(),
    OpenDay(),
    Window(),
    LeadTime(),
    Fixed(),
    NotPast(),
    Freeze(),
    Notice(),
    PoliceOfficers(),
    DesignatedOfficer(),
    AgencyTeams(),
    AgencyLoad(),
    DailyRest(),
    SectorSpacing(),
    DailyLimit(),
    FollowUpTime(),
    Apart(),
    Together(),
    Answers(),
)

OF_OFFICERS = tuple(rule for rule in HARD if rule.of_officers)

OF_OFFERS = ("police-officers", "designated-officer", "agency-teams")
"""Rules that refuse for lack of offers, so that a slot can be missed by a number."""

SOFT: tuple[SoftRule, ...] = (
    PreferredPeriod(),
    EvenLoad(),
    OptionalAgency(),
    DesignatedPreferred(),
    FewerThanWanted(),
    FairInterest(),
    OftenWithdrawn(),
    Guessable(),
    KeptClose(),
    TargetReached(),
    AvoidedDay(),
)

BY_ID = {rule.id: rule for rule in (*HARD, *SOFT)}

SETTINGS: tuple[AnySetting, ...] = tuple(
    sorted(
        (
            UNKNOWN_END_DAYS,
            FILL_DAYS,
            *(setting for rule in HARD for setting in rule.settings),
            *(setting for fit in FITS for setting in fit.settings),
        ),
        key=attrgetter("place"),
    )
)
"""The section `rules` of a scenario, in the order used in files."""

__all__ = [
    "BY_ID",
    "HARD",
    "OF_OFFERS",
    "OF_OFFICERS",
    "SETTINGS",
    "SOFT",
    "BoardBuilder",
    "Breach",
    "Rule",
    "SoftRule",
    "builder_of",
    "but_for_offers",
    "hard_builder_of",
    "possible",
    "rule_titled",
]


def possible(context: ReplanContext, operation: Operation) -> dict[Staffing, SlotSet]:
    """The slots that the single-placement rules leave an operation, for each staffing.

    An operation that a replan has to keep has only its old place, whatever is offered now.
    """
    kept = context.kept.get(operation.id)
    if kept is not None:
        return {kept.staffing: context.slots.grid.single(kept.slot)}
    return _allowed(context, operation, HARD)


def but_for_offers(context: ReplanContext, operation: Operation) -> dict[Staffing, SlotSet]:
    """The slots that the single-placement rules leave an operation whatever parties offer, for each staffing."""
    return _allowed(context, operation, [rule for rule in HARD if rule.id not in OF_OFFERS])


def _allowed(context: ReplanContext, operation: Operation, rules: Iterable[Rule]) -> dict[Staffing, SlotSet]:
    slots = {}
    for staffing in context.scenario.staffings(operation):
        slots[staffing] = context.slots.grid.all
        chosen = operation.choosing(staffing.any_of)
        for rule in rules:
            slots[staffing] &= rule.allowed(context, chosen, staffing.police)
    return slots


def builder_of(context: ReplanContext, places: Mapping[str, Mapping[Staffing, SlotSet]] | None = None) -> BoardBuilder:
    """A builder with every operation's possible placements, and what all rules and objectives write about them.

    `places`: each operation's slots by staffing, if they are to be others than the possible ones.
    """
    operations = context.scenario.operations.values()
    if places is None:
        places = {operation.id: possible(context, operation) for operation in operations}
    builder = hard_builder_of(context, places)
    objectives.post(context, builder)
    for soft in SOFT:
        if soft.price(context):
            soft.post(context, builder)
    return builder


def hard_builder_of(context: ReplanContext, places: Mapping[str, Mapping[Staffing, SlotSet]]) -> BoardBuilder:
    """A builder with what the hard rules alone write: enough to ask which of them a placement would break."""
    builder = BoardBuilder(context, places)
    for rule in HARD:
        rule.post(context, builder)
    return builder


def rule_titled(rule: str) -> Message:
    """The rule's name with its id; the id alone for an unknown rule."""
    return titled({id: known.title for id, known in BY_ID.items()}, rule)
