"""A year in figures: what was planned and what became of it, with the denominator of each share."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from arshjul.agenda.evaluations import ToEvaluate
from arshjul.agenda.improvements import FollowedImprovement, followed
from arshjul.agenda.lenders import Coverage, coverage_now
from arshjul.agenda.sheet_completeness import SheetRegister
from arshjul.domain.calendar import Span
from arshjul.domain.former import with_cancelled
from arshjul.domain.history.lived_replans import lived_replans
from arshjul.domain.plan import Plan, ReplanRecord
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.letters.called_off import CalledOff
from arshjul.planning.report.figures import Figure, FigureGroup
from arshjul.planning.report.obstacles import LEAST, obstacles_by_quarter
from arshjul.planning.report.occasions import (
    Counts,
    DatedOperation,
    Share,
    counts_by_part,
    counts_of,
    occasions,
    summed,
)
from arshjul.planning.report.reserves import UsedReserve, figures_of_reserves, used_reserves
from arshjul.planning.report.together import answered, evaluated, improved, sheets, together
from arshjul.rules.hard.lead_time import LEAD_TIME_DAYS

SHORT_NOTICE_DAYS = 14

COLUMNS: Mapping[str, Message] = {
    "planned": Message("planned"),
    "done": Message("done"),
    "without_police": Message("without police"),
    "aborted": Message("aborted"),
    "without_date": Message("called off"),
    "no_outcome": Message("outcome missing"),
    "to_come": Message("to come"),
    "moved": Message("moved"),
    "saved": Message("saved"),
}
"""What tables tell of each part."""
COUNTED = {
    **{key: label for key, label in COLUMNS.items() if key != "saved"},
    "called_off": Message("dates that were called off"),
    "saved": Message("affected by a withdrawal, and still done"),
}


@dataclass(frozen=True, slots=True)
class Report:
    """A period: `groups` has its figures. `parts`: the counts of operations with police, by kind and id.

    `called_off` are dates of operations and controls, `reserves` those that were carried out, `improvements` those that
    were learnt from operations of it.
    """

    scenario: Scenario
    span: Span
    as_of: datetime
    groups: Sequence[FigureGroup]
    operations: Counts
    controls: Counts
    parts: Mapping[str, Mapping[str, Counts]]
    called_off: Sequence[CalledOff]
    reserves: Sequence[UsedReserve]
    coverage: Coverage
    improvements: Sequence[FollowedImprovement]

    @property
    def lead_time_days(self) -> int:
        """The least of the rule."""
        return self.scenario.settings[LEAD_TIME_DAYS]

    @property
    def besides(self) -> list[Figure]:
        """The figures that are no counts."""
        figures = (one for group in self.groups for one in group.figures)
        return [one for one in figures if one.part not in ("operations", "controls")]


def report(
    scenario: Scenario,
    plan: Plan,
    as_of: datetime,
    span: Span | None = None,
    register: SheetRegister | None = None,
    contacts: ToEvaluate | None = None,
    told: Collection[int] = (),
) -> Report:
    """The figures of a period, both dates included, as known at that moment; by default of the whole plan.

    `register`: of information sheets, `contacts`: those that are asked to evaluate, where they are known. `told`: the
    versions of the plan that parties were told of, if not of each.
    """
    period, known, today = span or scenario.span, with_cancelled(scenario, plan), as_of.date()
    made = list(lived_replans(known, plan, told))
    every = list(occasions(known, plan, made, as_of))
    there = [one for one in every if one.placement.slot.day in period]
    operations = [one for one in there if not one.is_control]
    whole, controls = counts_of(known, operations), counts_of(known, [one for one in there if one.is_control])
    improvements = _improvements(known, plan, as_of, period, every)
    given = list(answered(known, plan, today, period, contacts))
    complete = [] if register is None else list(sheets(scenario, plan, register, period, today))
    learnt = [*given[:1], *improved(improvements, today), *together(scenario, plan, today, period)]
    used = used_reserves(plan, there)
    groups = (
        (
            Message("Operations"),
            [*figures_of_counts(whole), *figures_of_reserves(scenario, plan, used), _controls(controls)],
        ),
        (Message("Working together"), [evaluated(known, plan, operations), *complete, *learnt]),
        (Message("Evaluations, by party"), given[1:]),
        (Message("Obstacles to sharing"), list(_obstacles(plan, as_of, period))),
        (Message("Lead time and notice"), [*_lead_time(known, operations), *_notice(made, period)]),
        (Message("What came of it"), [*_came(known, operations), *figures_of_outcomes(known, whole)]),
    )
    return Report(
        known,
        period,
        as_of,
        groups=[FigureGroup(heading, figures) for heading, figures in groups if figures],
        operations=whole,
        controls=controls,
        parts=counts_by_part(known, operations),
        called_off=[one.called_off for one in there if one.called_off is not None],
        reserves=used,
        coverage=coverage_now(scenario, plan, period),
        improvements=improvements,
    )


def figures_of_counts(counts: Counts, part: str = "operations", id: str = "") -> Iterator[Figure]:
    """Counts as figures: all but what was planned, and dates, as shares of what was planned."""
    for key, label in COUNTED.items():
        n = getattr(counts, key)
        of = None if key in ("planned", "called_off") else counts.planned
        n, of = (n.n, n.of) if isinstance(n, Share) else (n, of)
        yield Figure(key, label, n, of, part, id)


def figures_of_outcomes(scenario: Scenario, counts: Counts, part: str = "operations", id: str = "") -> Iterator[Figure]:
    """What outcomes have counted besides."""
    for figure, n in counts.figures.items():
        yield Figure(f"figure:{figure}", Message("{what}", {"what": scenario.figure(figure)}), n, None, part, id)


def _controls(counts: Counts) -> Figure:
    label = Message("controls without police, which are no operations by definition: done")
    return Figure("done", label, counts.done, counts.planned, "controls")


def _improvements(
    scenario: Scenario, plan: Plan, as_of: datetime, period: Span, there: Iterable[DatedOperation]
) -> list[FollowedImprovement]:
    """Those of operations of the period: by the last date, lost or not, or else by when they were reported."""
    days = {one.operation.id: one.placement.slot.day for one in there}
    known = [(one, one.improvement.reported or as_of) for one in followed(scenario, plan, as_of.date())]
    return [one for one, reported in known if days.get(one.improvement.origin, reported.date()) in period]


def _obstacles(plan: Plan, as_of: datetime, period: Span) -> Iterator[Figure]:
    for quarter, n in obstacles_by_quarter(plan, as_of, period):
        values = {"quarter": str(quarter), "least": LEAST}
        few = Message("{quarter}, fewer than {least} reported", values)
        label = few if n is None else Message("{quarter}, reported", values)
        yield Figure("reported", label, n, None, "obstacles", str(quarter))


def _lead_time(scenario: Scenario, operations: Iterable[DatedOperation]) -> Iterator[Figure]:
    """Days from nomination to date, if a nomination is given; a date lost beforehand has none."""
    least = scenario.settings[LEAD_TIME_DAYS]
    days = [
        (one.placement.slot.day - one.operation.nominated_on).days
        for one in operations
        if one.operation.nominated_on is not None and (one.called_off is None or one.called_off.on_the_day)
    ]
    none = Message("lead time: unknown, since no date of nomination is known")
    yield _median(days, "lead_time", Message("lead time: median days"), none)
    rule = Message("lead time: at least the rule's {days} days, of those with a nomination date", {"days": least})
    yield Figure("at_least_rule", rule, sum(n >= least for n in days), len(days), "lead_time")


def _notice(made: Iterable[ReplanRecord], period: Span) -> Iterator[Figure]:
    """Days from each replan to the first date that its move touched, if one of its dates lies in the period."""
    moves = [(revision.as_of.date(), move) for revision in made for move in revision.changed if move.is_moved]
    places = [(move.notice_days(at), [place.slot.day for place in (move.old, move.new) if place]) for at, move in moves]
    days = [notice for notice, dates in places if any(day in period for day in dates)]
    none = Message("notice of moves: nothing was moved")
    yield _median(days, "notice", Message("notice of moves: median days"), none)
    short = Message("notice of moves: under {days} days", {"days": SHORT_NOTICE_DAYS})
    yield Figure("under_14_days", short, sum(n < SHORT_NOTICE_DAYS for n in days), len(days), "notice")


def _median(days: Sequence[int], part: str, label: Message, none: Message) -> Figure:
    key = "median_days"
    return Figure(key, label, median(days), part=part) if days else Figure(key, none, None, part=part)


def _came(scenario: Scenario, operations: Iterable[DatedOperation]) -> Iterator[Figure]:
    outcomes = [one.outcome for one in operations if one.outcome]
    officers = [one.officers for one in outcomes if one.officers is not None]
    yield Figure("came", Message("officers that came"), sum(officers), None, "officers")
    label = Message("operations at which the officers that came were counted")
    yield Figure("operations", label, len(officers), None, "officers")
    for agency, n in summed(one.teams for one in outcomes).items():
        known = scenario.agencies.get(agency)
        label = Message("teams that came, {agency}", {"agency": known.name if known else agency})
        yield Figure("came", label, n, None, "teams", agency)
