"""A simulated or recorded year: withdrawals answered one by one as they are reported, and the year summed up."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from arshjul import solver
from arshjul.agenda.part_change import Former
from arshjul.agenda.recipients import tell
from arshjul.domain.change import changes
from arshjul.domain.entries.entries import Entries
from arshjul.domain.former import with_former_lenders
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import InputError, Message
from arshjul.planning.effort import Effort
from arshjul.planning.first.plan import plan_of
from arshjul.planning.problem import PlanningProblem
from arshjul.planning.replan.input import replan_input
from arshjul.planning.replan.replan import replan
from arshjul.rules import builder_of
from arshjul.rules.objectives import MUSTS, OPTION_NAMES, POINTS
from arshjul.texts import counted

YEAR_NAMES = {**OPTION_NAMES, "from-scratch": Message("solved anew each time")}
"""Names of the ways to answer a year's withdrawals."""


@dataclass(slots=True)
class Year:
    """The result of a year. `notice` are the days' notice of each change, `told` the number of changes by party."""

    operations: int
    as_planned: int = 0
    moved: int = 0
    dropped: int = 0
    placed_late: int = 0
    hit: int = 0
    changes: int = 0
    proven: int = 0
    answered: int = 0
    points: int = 0
    points_delivered: int = 0
    notice: list[int] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)

    def mapping(self) -> dict[str, object]:
        """The figures for a program."""
        ordered = sorted(self.notice)
        median = ordered[len(ordered) // 2] if ordered else None
        return {
            "operations": self.operations,
            "as_planned": self.as_planned,
            "moved": self.moved,
            "dropped": self.dropped,
            "placed_late": self.placed_late,
            "hit": self.hit,
            "changes": self.changes,
            "withdrawals": self.answered,
            "proven": self.proven,
            "points": self.points,
            "points_delivered": self.points_delivered,
            "notice_days_median": median,
            "told": dict(sorted(self.told.items())),
        }

    def lines(self, scenario: Scenario) -> Iterator[Message]:
        """The figures for people, parties by name."""
        values = {"n": self.as_planned, "all": self.operations}
        yield Message("as planned: {n} of {all}", values)
        yield Message("moved: {n}", {"n": self.moved})
        yield Message("called off: {n}", {"n": self.dropped})
        yield Message("changes in all: {n}, operations affected: {hit}", {"n": self.changes, "hit": self.hit})
        yield Message("points of what is placed: {n} of {all}", {"n": self.points_delivered, "all": self.points})
        median = self.mapping()["notice_days_median"]
        if isinstance(median, int):
            yield counted(median, "notice, median: one day", "notice, median: {n} days")
        yield Message(
            "withdrawals answered: {n}, all levels proven: {proven}", {"n": self.answered, "proven": self.proven}
        )
        for party, n in self.told.most_common():
            known = scenario.parties[party]
            yield counted(n, "{party}: one change", "{party}: {n} changes", party=known.name)


def replay(
    scenario: Scenario, plan: Plan, withdrawals: tuple[Withdrawal, ...], option: str | None, effort: Effort
) -> Year:
    """Answers the withdrawals in order of report; those of one moment together.

    `option` None: the year is solved anew each time, as if nobody had been told anything.
    """
    for one in withdrawals:
        if one.reported is None:
            raise InputError(Message("When was {id} reported? A year needs it of each withdrawal.", {"id": one.id}))

    def answer(plan: Plan, reported: Entries, moment: datetime) -> tuple[Plan, bool]:
        new = _answered(scenario, plan, reported, moment, option, effort)
        return new, new.status == "optimal"

    first, year = plan.placed, Year(len(scenario.operations))
    for step in steps(scenario, plan, withdrawals, answer):
        plan = step.after
        year.answered += 1
        year.proven += step.proven
        year.hit += 0 if plan.base is None else len(plan.base.hit)
        year.changes += len(step.notice)
        year.notice += step.notice.values()
        for party, operations in step.told.items():
            year.told[party] += len(operations)
    for id, old in first.items():
        new = plan.placed.get(id)
        year.as_planned += old.same_place(new)
        year.moved += new is not None and not old.same_place(new)
        year.dropped += new is None
    year.placed_late = len(plan.placed.keys() - first.keys())
    points = scenario.objective.priority_points
    worth = {operation.id: points[operation.priority] for operation in scenario.operations.values()}
    year.points = sum(worth.values())
    year.points_delivered = sum(worth[id] for id in plan.placed)
    return year


@dataclass(frozen=True, slots=True)
class YearStep:
    """An answer to the reports of one moment of a year, and its changes.

    `notice`: the days' notice of each changed operation; `told`: the operations that each party is told of.
    """

    after: Plan
    proven: bool
    notice: Mapping[str, int]
    told: Mapping[str, tuple[str, ...]]


def steps(
    scenario: Scenario,
    plan: Plan,
    withdrawals: Iterable[Withdrawal],
    answer: Callable[[Plan, Entries, datetime], tuple[Plan, bool]],
) -> Iterator[YearStep]:
    """The year step by step. `answer` gives the plan after each, and whether it is proven."""
    for moment, reported in by_moment(withdrawals, plan.as_of):
        before, (plan, proven) = plan, answer(plan, reported, moment)
        changed = changes(before.placed, plan.placed).changed
        former = Former(with_former_lenders(scenario, plan), before.placed)
        notice = {move.operation: move.notice_days(plan.as_of.date()) for move in changed}
        yield YearStep(plan, proven, notice, tell(former, scenario, plan.placed))


def by_moment(withdrawals: Iterable[Withdrawal], unknown: datetime) -> Iterator[tuple[datetime, Entries]]:
    """The withdrawals in order of report, those of one moment together; `unknown` stands in for a missing moment."""
    ordered = sorted(withdrawals, key=lambda one: (one.reported or unknown, one.id))
    for moment, reported in groupby(ordered, key=lambda one: one.reported or unknown):
        yield moment, Entries.of(withdrawals=tuple(reported))


def _answered(
    scenario: Scenario, plan: Plan, asked: Entries, moment: datetime, option: str | None, effort: Effort
) -> Plan:
    if option is not None:
        return replan(scenario, plan, asked, moment, effort, (option,)).options[option]
    given = replan_input(scenario, plan, asked, moment)
    builder = builder_of(given.context)
    board = builder.board((MUSTS, POINTS))
    solution = solver.solve(board, limit_s=effort.limit_s, seed=effort.seed)
    new = plan_of(PlanningProblem(given.context, builder, board), solution, moment)
    return replace(new, entries=given.entries, given=given.given, revision=plan.revision + 1)
