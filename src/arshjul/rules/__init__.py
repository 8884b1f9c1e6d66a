"""The rules of a plan: one rule, one file. Listed here in the order in which they explain.

A rule says what it forbids for a single placement and what it demands of several, and checks a
finished plan by another method (see `rule`). `draft_of` has them all write on a board.
"""

from operator import attrgetter

from arshjul.domain.grid import SlotSet
from arshjul.domain.operation import Operation
from arshjul.domain.settings import UNKNOWN_END_DAYS, AnySetting
from arshjul.domain.situation import Situation
from arshjul.errors import Message
from arshjul.rules import objectives
from arshjul.rules.agency_load import AgencyLoad
from arshjul.rules.agency_teams import AgencyTeams
from arshjul.rules.apart import Apart
from arshjul.rules.daily_limit import DailyLimit
from arshjul.rules.daily_rest import DailyRest
from arshjul.rules.designated_officer import DesignatedOfficer
from arshjul.rules.designated_preferred import DesignatedPreferred
from arshjul.rules.draft import Draft
from arshjul.rules.even_load import EvenLoad
from arshjul.rules.fair_interest import FairInterest
from arshjul.rules.fixed import Fixed
from arshjul.rules.follow_up import FollowUpTime
from arshjul.rules.freeze import Freeze
from arshjul.rules.guessable import Guessable
from arshjul.rules.history import History
from arshjul.rules.kept_close import KeptClose
from arshjul.rules.lead_time import LeadTime
from arshjul.rules.notice import Notice
from arshjul.rules.often_withdrawn import OftenWithdrawn
from arshjul.rules.open_day import OpenDay
from arshjul.rules.optional_agency import OptionalAgency
from arshjul.rules.placement import PlacementForm
from arshjul.rules.police_officers import PoliceOfficers
from arshjul.rules.preferred_period import PreferredPeriod
from arshjul.rules.rule import Breach, Rule, SoftRule
from arshjul.rules.sector_spacing import SectorSpacing
from arshjul.rules.together import Together
from arshjul.rules.window import Window
from arshjul.texts import titled

HARD: tuple[Rule, ...] = (
    PlacementForm(),
    OpenDay(),
    Window(),
    LeadTime(),
    Fixed(),
    History(),
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
)

SOFT: tuple[SoftRule, ...] = (
    PreferredPeriod(),
    EvenLoad(),
    OptionalAgency(),
    DesignatedPreferred(),
    FairInterest(),
    OftenWithdrawn(),
    Guessable(),
    KeptClose(),
)

BY_ID = {rule.id: rule for rule in (*HARD, *SOFT)}

SETTINGS: tuple[AnySetting, ...] = tuple(
    sorted((UNKNOWN_END_DAYS, *(setting for rule in HARD for setting in rule.settings)), key=attrgetter("place"))
)
"""The section `rules` of a scenario, in the order in which files have it."""

__all__ = [
    "BY_ID",
    "HARD",
    "SETTINGS",
    "SOFT",
    "Breach",
    "Draft",
    "Rule",
    "SoftRule",
    "draft_of",
    "possible",
    "rule_titled",
]


def possible(situation: Situation, operation: Operation) -> dict[str | None, SlotSet]:
    """The slots that the single-placement rules leave an operation, by unit.

    What must be kept in a replan has its old place, whatever is offered now.
    """
    kept = situation.kept.get(operation.id)
    if kept is not None:
        return {kept.police: situation.grid.single(kept.slot)}
    slots = {}
    for unit in situation.scenario.units_for(operation):
        slots[unit] = situation.grid.all
        for rule in HARD:
            slots[unit] &= rule.allowed(situation, operation, unit)
    return slots


def draft_of(situation: Situation) -> Draft:
    """Every operation's possible placements, with what all rules and objectives write about them."""
    operations = situation.scenario.operations.values()
    draft = Draft(situation, {operation.id: possible(situation, operation) for operation in operations})
    objectives.post(situation, draft)
    for rule in HARD:
        rule.post(situation, draft)
    for soft in SOFT:
        if soft.price(situation):
            soft.post(situation, draft)
    return draft


def rule_titled(rule: str) -> Message:
    """The rule's word with its id; the id alone where it is none of ours."""
    return titled({id: known.title for id, known in BY_ID.items()}, rule)
