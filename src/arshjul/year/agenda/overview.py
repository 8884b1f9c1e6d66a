"""The year as the coordinator's own page may show it: the picture, and all that explains it.

It has titles, which the coordinator wrote, but no field for sites.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from arshjul.errors import Message
from arshjul.year.agenda.lenders import Coverage, Gain, StopsTaken, coverage, gains, stops_by_frame
from arshjul.year.agenda.revised import Revised, alarms, operation_said, revised
from arshjul.year.agenda.time_text import when_said
from arshjul.year.agenda.year import STARTED, YearView, unplaced_in, year
from arshjul.year.domain.calendar import Span, year_label
from arshjul.year.domain.entries.answer import unanswered as open_questions
from arshjul.year.domain.history.stress_figures import Estimate, PartyStressed, StressFigures, Totals
from arshjul.year.domain.level import Level
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.parties import Agency, PoliceUnit
from arshjul.year.domain.plan import Plan, Price, Unplaced
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import UNKNOWN_END_DAYS
from arshjul.year.rules import BY_ID
from arshjul.year.rules.objectives import is_unsettled
from arshjul.year.texts import counted


@dataclass(frozen=True, slots=True)
class UnknownEnd:
    withdrawal: str
    units: tuple[str, ...]
    until: date
    text: Message

    @property
    def mapping(self) -> dict[str, str]:
        return {"withdrawal": self.withdrawal, "until": self.until.isoformat()}


def unknown_ends(scenario: Scenario, plan: Plan) -> Iterator[UnknownEnd]:
    today = plan.as_of.date()
    for withdrawal in plan.entries.in_force():
        until = withdrawal.ends(today, scenario.settings[UNKNOWN_END_DAYS])
        if withdrawal.last is None and until >= today:
            units = [scenario.police[unit].name for unit in withdrawal.police]
            text = Message(
                '{id} ({units}): unknown end, taken as {until}. Confirm on its page, or under "still" in a '
                "file, if it goes on.",
                {"id": withdrawal.id, "units": units, "until": until},
            )
            yield UnknownEnd(withdrawal.id, tuple(units), until, text)


MOST_UNSURE = 12
"""The most operations shown, those least likely to be held on their first date."""


@dataclass(frozen=True, slots=True)
class StressedView:
    """The effect of simulated years on the plan. Rates rest on `withdrawals` in a log of `log_days` days.

    `months`: by its first date, each month's share of operations held on their first date. `parties`: by name, those
    with most changes first; `unsure`: by operation, the least likely first.
    """

    years: int
    withdrawals: int
    log_days: int
    unproven: int
    answered: int
    placed: int
    totals: Totals
    months: tuple[tuple[date, Estimate], ...]
    parties: tuple[tuple[str, PartyStressed], ...]
    unsure: tuple[tuple[str, Estimate], ...]


def stressed_view(scenario: Scenario, plan: Plan, figures: StressFigures) -> StressedView:
    stressed = figures.outcome
    months = sorted({place.slot.day.replace(day=1) for place in plan.placements})
    unsure = [(id, chance) for id, chance in stressed.operations.items() if id in plan.placed and chance.mean < 1]
    return StressedView(
        years=figures.years,
        withdrawals=figures.withdrawals,
        log_days=figures.log_days,
        unproven=stressed.answered - stressed.proven,
        answered=stressed.answered,
        placed=stressed.placed,
        totals=stressed.totals,
        months=tuple(
            (month, stressed.months[label]) for month in months if (label := f"{month:%Y-%m}") in stressed.months
        ),
        parties=tuple(_parties(scenario, stressed.parties)),
        unsure=tuple(sorted(unsure, key=lambda item: (item[1].mean, item[0]))[:MOST_UNSURE]),
    )


def _parties(scenario: Scenario, parties: Mapping[str, PartyStressed]) -> Iterator[tuple[str, PartyStressed]]:
    for id, one in sorted(parties.items(), key=lambda item: (-item[1].changes.mean, item[0])):
        if id in scenario.parties and one.changes.mean:
            yield scenario.parties[id].name, one


@dataclass(frozen=True, slots=True)
class Unanswered:
    operation: str
    placement: Placement
    party: Agency | PoliceUnit
    text: Message


def unanswered(scenario: Scenario, plan: Plan, as_of: datetime) -> Iterator[Unanswered]:
    parties = scenario.parties
    found = []
    for question in open_questions(plan.entries.answers):
        place, party = plan.placed.get(question.operation), parties.get(question.party)
        if place is None or party is None or not question.is_about(place):
            continue
        if not scenario.has_begun(place.slot, as_of):
            values = {
                "party": party.name,
                "operation": operation_said(scenario, question.operation),
                "when": when_said(scenario, place.slot),
            }
            text = Message("{party} has not answered about {operation}, {when}.", values)
            if question.answer == "later":
                text = Message("{party} answers later about {operation}, {when}.", values)
            found.append((scenario.moments(place.slot)[0], Unanswered(question.operation, place, party, text)))
    yield from (question for _, question in sorted(found, key=lambda pair: pair[0]))


@dataclass(frozen=True, slots=True)
class TargetView:
    name: str
    span: Span
    placed: int
    wanted: int

    @property
    def missing(self) -> int:
        return max(self.wanted - self.placed, 0)


def targets(scenario: Scenario, plan: Plan) -> Iterator[TargetView]:
    for target in scenario.targets:
        there = [
            placement
            for placement in plan.placements
            if placement.slot.day in target.span and target.is_kind(scenario.operations[placement.operation])
        ]
        yield TargetView(target.name, target.span, len(there), target.at_least)


@dataclass(frozen=True, slots=True)
class UnplacedView:
    id: str
    title: str
    sector: str
    area: str
    priority: int
    points: int
    is_must: bool
    reasons: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    name: Message
    points: int
    prices: tuple[Price, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """A plan for its coordinator. `titles` by operation; `weak`: operations ahead without a fall-back slot.

    `weak` is None if fall-back slots were not counted, `revised` is in a first plan. `is_unsettled`: operations left
    out might yet fit. `n_uncounted`: the number of operations whose fall-back slots were not counted. `stops` are by
    frame, `gains` by agency; `other_years` of the plan are not shown.
    """

    year: YearView
    titles: Mapping[str, str]
    coverage: Coverage
    left_out: tuple[UnplacedView, ...]
    levels: tuple[Level, ...]
    costs: tuple[Cost, ...]
    weak: tuple[str, ...] | None
    revised: Revised | None
    is_unsettled: bool = False
    unknown_ends: tuple[UnknownEnd, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()
    n_uncounted: int = 0
    stops: Mapping[str, StopsTaken] = field(default_factory=dict)
    gains: tuple[Gain, ...] = ()
    targets: tuple[TargetView, ...] = ()
    stressed: StressedView | None = None
    other_years: tuple[str, ...] = ()
    alarms: tuple[Message, ...] = ()

    @property
    def is_proven(self) -> bool:
        return bool(self.levels) and all(level.proven for level in self.levels)


def overview(
    scenario: Scenario,
    plan: Plan,
    fallback_slots: Mapping[str, int] | None = None,
    n_uncounted: int = 0,
    stressed: StressFigures | None = None,
    told: Mapping[str, tuple[str, ...]] | None = None,
    shown: Span | None = None,
) -> Overview:
    """All that the coordinator's page shows of a year, or of all dates `shown`; None: the year of the plan's moment.

    `fallback_slots`: for each placed operation, the number of other slots that it has without moving others;
    `n_uncounted` operations are missing there, for lack of time. `stressed`: the effect of simulated years on this
    plan; `told` as in `revised`.
    """
    scenario = scenario.after(plan.entries.in_force(), plan.as_of.date())
    shown = shown or scenario.year_on(plan.as_of.date())
    view = year(scenario, plan, shown)
    ahead = [operation.id for operation in view.operations if operation.status not in STARTED]
    return Overview(
        year=view,
        titles={operation.id: operation.title for operation in scenario.operations.values()},
        coverage=coverage(ReplanContext.of(scenario), plan, shown),
        left_out=tuple(_left_out(scenario, unplaced_in(scenario, plan, shown))),
        levels=plan.levels,
        costs=tuple(costs(plan.prices)),
        weak=None if fallback_slots is None else tuple(id for id in ahead if fallback_slots.get(id) == 0),
        revised=revised(scenario, plan, told),
        is_unsettled=is_unsettled(plan),
        unknown_ends=tuple(unknown_ends(scenario, plan)),
        unanswered=tuple(unanswered(scenario, plan, plan.as_of)),
        n_uncounted=n_uncounted,
        stops=stops_by_frame(scenario, plan),
        gains=tuple(gains(scenario, plan)),
        targets=tuple(target for target in targets(scenario, plan) if target.span.overlaps(shown)),
        stressed=None if stressed is None else stressed_view(scenario, plan, stressed),
        other_years=tuple(year_label(other) for other in scenario.years if not other.overlaps(shown)),
        alarms=alarms(scenario, plan.placed, {} if plan.base is None else plan.base.placements),
    )


def uncounted(n: int) -> Message:
    return counted(
        n,
        "Other slots of one operation are not counted within the time limit: run `arshjul explain --others`.",
        "Other slots of {n} operations are not counted within the time limit: run `arshjul explain --others`.",
    )


def _left_out(scenario: Scenario, left_out: Iterable[Unplaced]) -> Iterator[UnplacedView]:
    there = [(scenario.operations[unplaced.operation], unplaced) for unplaced in left_out]
    for operation, unplaced in sorted(there, key=lambda one: (not one[0].is_must, one[0].priority, one[0].id)):
        yield UnplacedView(
            id=operation.id,
            title=operation.title,
            sector=scenario.word(operation.sector),
            area=scenario.areas[operation.area].name,
            priority=operation.priority,
            points=scenario.objective.priority_points[operation.priority],
            is_must=operation.is_must,
            reasons=tuple(reason.text for reason in unplaced.reasons),
        )


def costs(prices: Iterable[Price]) -> Iterable[Cost]:
    by_rule: dict[str, list[Price]] = defaultdict(list)
    for price in prices:
        by_rule[price.rule].append(price)
    costs = [
        Cost(
            BY_ID[rule].name if rule in BY_ID else Message("{rule}", {"rule": rule}),
            sum(price.points for price in charged),
            tuple(sorted(charged, key=lambda price: (-price.points, price.about))),
        )
        for rule, charged in by_rule.items()
    ]
    return sorted(costs, key=lambda cost: -cost.points)
