"""A year in figures: what was planned and what became of it, with the denominator of each share.

Its first page has the eight proposals of Effektiva samarbetsformer, each with its figures, and last year's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from arshjul.errors import Message
from arshjul.year.agenda.evaluations import FollowedImprovement, ToEvaluate, followed
from arshjul.year.agenda.lenders import Coverage, coverage_now
from arshjul.year.agenda.party import name_of
from arshjul.year.agenda.sheet_completeness import SheetRegister
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.feature import OF_MEETINGS, OF_OBSTACLES, OF_PICTURES, OF_SHEETS
from arshjul.year.domain.history.lived_replans import ToldPlaces, lived_replans, told_places
from arshjul.year.domain.operation import OperationKind
from arshjul.year.domain.plan import Plan, ReplanRecord
from arshjul.year.domain.retired_parties import with_cancelled
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.report.cooperation import answered, cooperation, evaluated, improved, sheets
from arshjul.year.planning.report.figures import (
    COUNTED,
    CalledOff,
    Counts,
    DatedOperation,
    Figure,
    FigureGroup,
    Share,
    as_told,
    counts_by_part,
    counts_of,
    nominated,
    notice_figures,
    notices,
    occasions,
    summed,
    year_before,
)
from arshjul.year.planning.report.obstacles import obstacle_figures
from arshjul.year.planning.report.police import (
    LostPolice,
    UsedReserve,
    experience,
    figures_of_reserves,
    lost_figures,
    lost_police,
    shifts_held,
    used_reserves,
)
from arshjul.year.rules.hard.lead_time import LEAD_TIME_DAYS

KINDS: tuple[OperationKind, ...] = ("insats", "one-agency", "no-police")
PARTS: Mapping[OperationKind, str] = {"insats": "operations", "one-agency": "one_agency", "no-police": "controls"}
BESIDES: Mapping[OperationKind, Message] = {
    "one-agency": Message("with police and one agency (not counted as operations): done"),
    "no-police": Message("without police (not counted as operations): done"),
}
COUNCIL = ("arbetsmiljoverket", "migrationsverket", "skatteverket")
"""The ids of the agencies with which the council wants more joint operations; the report says how many."""


@dataclass(frozen=True, slots=True)
class Report:
    """A period: `groups` has its figures. `counts`: by kind; `parts`: those of operations, by kind of part and id.

    `called_off` are dates, `reserves` those that were carried out, and `lost` police called off, of whatever kind;
    `notice` the days of all moves; `improvements` those learnt from operations of it. `before`: the year before, where
    the plan has all of it.
    """

    scenario: Scenario
    span: Span
    as_of: datetime
    groups: Sequence[FigureGroup]
    counts: Mapping[OperationKind, Counts]
    parts: Mapping[str, Mapping[str, Counts]]
    called_off: Sequence[CalledOff]
    reserves: Sequence[UsedReserve]
    lost: Sequence[LostPolice]
    notice: Sequence[int]
    coverage: Coverage
    improvements: Sequence[FollowedImprovement]
    before: "Report | None" = None

    @property
    def operations(self) -> Counts:
        return self.counts["insats"]

    @property
    def figures(self) -> Iterator[Figure]:
        return (figure for group in self.groups for figure in group.figures)

    @property
    def lead_time_days(self) -> int:
        return self.scenario.settings[LEAD_TIME_DAYS]

    @property
    def besides(self) -> list[Figure]:
        """The figures that are no counts."""
        return [figure for figure in self.figures if figure.part not in PARTS.values()]


def report(
    scenario: Scenario,
    plan: Plan,
    as_of: datetime,
    span: Span | None = None,
    register: SheetRegister | None = None,
    contacts: ToEvaluate | None = None,
    told: Mapping[int, datetime] | None = None,
) -> Report:
    """As known at that moment; `span` None: the whole plan. `register` and `contacts` (asked to evaluate): where known.
    `told`: the versions that parties were told of and when, if not of each when it was made.
    """
    plan, register = plan.shown(scenario.uses), register if OF_SHEETS in scenario.uses else None
    known, told = with_cancelled(scenario, plan), _told(scenario, plan, told or {})
    made = list(lived_replans(known, plan, told))
    every = list(occasions(known, plan, made, as_of))
    places = told_places(plan, told)
    year = LivedYear(scenario, known, plan, as_of, made, every, register, contacts, told, places)
    period = span or scenario.span
    earlier = year_before(period, scenario.span)
    before = None if earlier is None else _of_period(year, earlier, Coverage((), ()))
    return _of_period(year, period, coverage_now(scenario, plan, period), before)


def _told(scenario: Scenario, plan: Plan, told: Mapping[int, datetime]) -> Mapping[int, datetime]:
    """Where operations had begun when the first version told was made, the year was lived elsewhere before: what is
    earlier was told when it was made.
    """
    made = plan.made_at
    first = min(told, default=0)
    if first not in made or not any(scenario.has_begun(placement.slot, made[first]) for placement in plan.placements):
        return told
    return {**{number: moment for number, moment in made.items() if number < first}, **told}


@dataclass(frozen=True, slots=True)
class LivedYear:
    """The source of the figures of any period. `known`: the scenario with its cancelled operations."""

    scenario: Scenario
    known: Scenario
    plan: Plan
    as_of: datetime
    made: Sequence[ReplanRecord]
    every: Sequence[DatedOperation]
    register: SheetRegister | None
    contacts: ToEvaluate | None
    told: Mapping[int, datetime]
    places: ToldPlaces


def _of_period(year: LivedYear, period: Span, coverage: Coverage, before: Report | None = None) -> Report:
    scenario, known, plan, today = year.scenario, year.known, year.plan, year.as_of.date()
    there = [operation for operation in year.every if operation.placement.slot.day in period]
    operations = [operation for operation in there if operation.kind == "insats"]
    counts = {kind: counts_of(known, [operation for operation in there if operation.kind == kind]) for kind in KINDS}
    whole = counts["insats"]
    improvements = _improvements(known, plan, year.as_of, period, year.every)
    given = list(answered(known, plan, today, period, year.contacts))
    by_party = [figure for figure in given if figure.part == "answered_by"]
    complete = [] if year.register is None else list(sheets(scenario, plan, year.register, period, today))
    learnt = [*improved(improvements, today), *cooperation(scenario, plan, today, period)]
    lost, used = lost_police(known, plan, year.made, year.places, period), used_reserves(plan, there)
    notice = notices(year.made, period)
    groups = (
        (
            Message("Operations"),
            [*figures_of_counts(whole), *figures_of_reserves(scenario, plan, used), *_besides(counts)],
        ),
        (Message("Joint operations with"), list(_with_agencies(known, operations))),
        (
            Message("Working together"),
            [
                *evaluated(known, plan, operations),
                *complete,
                *(figure for figure in given if figure not in by_party),
                *learnt,
            ],
        ),
        (Message("Evaluations, by party"), by_party),
        (Message("Obstacles to sharing"), list(obstacle_figures(scenario, plan, year.as_of, period))),
        (
            Message("Lead time and notice"),
            [
                *nominated(known, operations),
                *as_told(plan, operations, year.places, year.told),
                *notice_figures(notice),
            ],
        ),
        (Message("Police"), [*experience(known, plan, operations), *shifts_held(known, there, lost)]),
        (Message("Police withdrawn"), list(lost_figures(lost))),
        (Message("What came of it"), [*_came(known, operations), *figures_of_outcomes(known, whole)]),
    )
    return Report(
        known,
        period,
        year.as_of,
        groups=[FigureGroup(heading, figures) for heading, figures in groups if figures],
        counts=counts,
        parts=counts_by_part(known, operations),
        called_off=[operation.called_off for operation in there if operation.called_off is not None],
        reserves=used,
        lost=lost,
        notice=notice,
        coverage=coverage,
        improvements=improvements,
        before=before,
    )


def figures_of_counts(counts: Counts, part: str = "operations", id: str = "") -> Iterator[Figure]:
    """Counts as figures: all but what was planned, and dates, as shares of what was planned."""
    for key, label in COUNTED.items():
        n = getattr(counts, key)
        of = None if key in ("planned", "called_off") else counts.planned
        n, of = (n.n, n.of) if isinstance(n, Share) else (n, of)
        yield Figure(key, label, n, of, part, id)


def figures_of_outcomes(scenario: Scenario, counts: Counts, part: str = "operations", id: str = "") -> Iterator[Figure]:
    for figure, n in counts.figures.items():
        yield Figure(f"figure:{figure}", Message("{what}", {"what": scenario.figure(figure)}), n, None, part, id)


def _besides(counts: Mapping[OperationKind, Counts]) -> Iterator[Figure]:
    for kind, label in BESIDES.items():
        yield Figure("done", label, counts[kind].done, counts[kind].planned, PARTS[kind])


def _with_agencies(scenario: Scenario, operations: Sequence[DatedOperation]) -> Iterator[Figure]:
    for id in COUNCIL:
        if id in scenario.agencies:
            there = [operation for operation in operations if id in operation.agencies]
            done = {operation.operation.id for operation in there if operation.state == "done" and id in operation.came}
            label = Message("done with {agency}", {"agency": scenario.agencies[id].name})
            yield Figure(
                "done", label, len(done), len({operation.operation.id for operation in there}), "with_agency", id
            )


def _improvements(
    scenario: Scenario, plan: Plan, as_of: datetime, period: Span, there: Iterable[DatedOperation]
) -> list[FollowedImprovement]:
    """Improvements of the period's operations: by the last date, lost or not, or else by the report."""
    days = {operation.operation.id: operation.placement.slot.day for operation in there}
    known = [(tracked, tracked.improvement.reported or as_of) for tracked in followed(scenario, plan, as_of.date())]
    return [one for one, reported in known if days.get(one.improvement.origin, reported.date()) in period]


def _came(scenario: Scenario, operations: Iterable[DatedOperation]) -> Iterator[Figure]:
    outcomes = [operation.outcome for operation in operations if operation.outcome]
    officers = [outcome.officers for outcome in outcomes if outcome.officers is not None]
    yield Figure("came", Message("officers that came"), sum(officers), None, "officers")
    label = Message("operations with counted officers")
    yield Figure("operations", label, len(officers), None, "officers")
    for agency, n in summed(outcome.teams for outcome in outcomes).items():
        label = Message("teams that came, {agency}", {"agency": name_of(scenario, agency)})
        yield Figure("came", label, n, None, "teams", agency)


class WantedFigure(NamedTuple):
    """By part, and by id or else key. `none` is said if none of those with the same is there; None: nothing is."""

    part: str
    key: str
    none: Message | None


class ReportProposal(NamedTuple):
    """`number` in the report of 2024; None: besides them. `feature`: what the year must use for it; None: nothing."""

    number: int | None
    name: Message
    wanted: Sequence[WantedFigure]
    feature: str | None = None


class ShownFigure(NamedTuple):
    """A figure beside the same one of the year before. `before` None: there is no such year."""

    figure: Figure
    before: Figure | None


class ShownProposal(NamedTuple):
    number: int | None
    name: Message
    figures: Sequence[ShownFigure]


def _wanted(part: str, *keys: str, none: Message | None = None) -> list[WantedFigure]:
    return [WantedFigure(part, key, none) for key in keys]


_NO_OBSTACLES = Message("no obstacles reported in a past quarter")
_NO_MINUTES = Message("network meetings: no minutes")
_NO_ANSWERS = Message("marks: no evaluations")
_NO_SHEETS = Message("information sheets: none was due")
_NO_PICTURES = Message("situation pictures: none entered")
_NO_AGENCIES = Message("no agency named by the council is in the plan")
PROPOSALS = (
    ReportProposal(
        1,
        Message("Raise obstacles to sharing information"),
        _wanted("obstacles_raised", "raised", "across", none=_NO_OBSTACLES),
        OF_OBSTACLES,
    ),
    ReportProposal(
        2,
        Message("Meet regularly in the network"),
        [*_wanted("meetings", "network-meeting", none=_NO_MINUTES), *_wanted("network", "came", none=_NO_MINUTES)],
        OF_MEETINGS,
    ),
    ReportProposal(
        3,
        Message("Evaluate continually"),
        [
            *_wanted("", "evaluated"),
            *_wanted("evaluation", "days"),
            *_wanted("marks", "lead_time", "information", "right_object", "roles", "police", none=_NO_ANSWERS),
            *_wanted("worst", "worst"),
        ],
    ),
    ReportProposal(
        4,
        Message("Plan and staff together by an annual wheel"),
        [*_wanted("lead_time", "told_days", "first_date"), *_wanted("with_agency", *COUNCIL, none=_NO_AGENCIES)],
    ),
    ReportProposal(5, Message("Share information alike"), _wanted("", "sheets", none=_NO_SHEETS), OF_SHEETS),
    ReportProposal(6, Message("Designate operation officers"), _wanted("police", "designated", "same_unit")),
    ReportProposal(7, Message("Make roles clear to the police"), _wanted("marks", "roles", none=_NO_ANSWERS)),
    ReportProposal(
        8,
        Message("Develop the municipal police's pictures"),
        _wanted("pictures", "police", "areas", none=_NO_PICTURES),
        OF_PICTURES,
    ),
    ReportProposal(
        None,
        Message("Be ready for withdrawals"),
        [*_wanted("police_lost", "lost", "short"), *_wanted("operations", "saved")],
    ),
)


def first_page(found: Report) -> list[ShownProposal]:
    used = (proposal for proposal in PROPOSALS if proposal.feature is None or proposal.feature in found.scenario.uses)
    return [ShownProposal(proposal.number, proposal.name, list(_shown(found, proposal.wanted))) for proposal in used]


def _shown(found: Report, wanted: Iterable[WantedFigure]) -> Iterable[ShownFigure]:
    figures = [(figure, _figure(found, figure)) for figure in wanted]
    known = [one.none for one, figure in figures if figure is not None]
    for one, figure in figures:
        if figure is not None:
            yield ShownFigure(figure, None if found.before is None else _figure(found.before, one))
        elif one.none is not None and one.none not in known:
            known.append(one.none)
            yield ShownFigure(Figure(one.key, one.none, None, part=one.part), None)


def _figure(found: Report, wanted: WantedFigure) -> Figure | None:
    return next(
        (figure for figure in found.figures if figure.part == wanted.part and wanted.key in (figure.id, figure.key)),
        None,
    )
