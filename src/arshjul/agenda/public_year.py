"""The year as everybody may see it: the number of operations by weeks, and nothing else.

Targets read it too. A week with one operation reveals nearly as much as its date, and a week with none even more; so
weeks are joined until they have `LEAST`, and none is left out, or the year's number would reveal it. There is no field
for a date, an area, a sector, a shift or a party, so a picture cannot leak one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from arshjul.agenda.year import WeekLoad, iso_weeks, months
from arshjul.domain.calendar import Span
from arshjul.domain.operation import OperationKind
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario

LEAST = 5
"""The least number that is published, as is usual in statistics that must not identify anybody."""

LENGTHS = (1, 2, 4, 13, 26)
"""The numbers of weeks that may be counted together: the first that gives enough numbers is used."""

ENOUGH = 0.8
"""The share of numbers that must be published; with fewer, more weeks are counted together."""


@dataclass(frozen=True, slots=True)
class Total:
    """The total of operations in some weeks; None: fewer than `LEAST` in the whole period."""

    weeks: tuple[WeekLoad, ...]
    operations: int | None

    @property
    def span(self) -> Span:
        return Span(self.weeks[0].span.first, self.weeks[-1].span.last)

    @property
    def per_week(self) -> float:
        """The average of a week; the first and last week of the period may be cut."""
        n_days = (self.span.last - self.span.first).days + 1
        return 7 * (self.operations or 0) / n_days


@dataclass(frozen=True, slots=True)
class PublicYear:
    """`operations` of the year; None: fewer than `LEAST`. `besides`: what is none by definition, if it is as many."""

    name: str
    span: Span
    revision: int
    months: tuple[Span, ...]
    weeks: tuple[WeekLoad, ...]
    totals: tuple[Total, ...]
    operations: int | None
    besides: Mapping[OperationKind, int]


def public_year(scenario: Scenario, plan: Plan, shown: Span | None = None) -> PublicYear:
    shown = shown or scenario.year_on(plan.as_of.date())
    weeks = tuple(iso_weeks(shown))
    taken = [({day for day, _ in scenario.slots(one)}, scenario.kind_at(one)) for one in plan.placements]
    there = [(days, kind) for days, kind in taken if any(day in shown for day in days)]
    dates = [days for days, kind in there if kind == "insats"]
    kinds = Counter(kind for _, kind in there)
    counts = [sum(any(day in week.span for day in days) for days in dates) for week in weeks]
    return PublicYear(
        name=scenario.name_in(shown),
        span=shown,
        revision=plan.revision,
        months=tuple(months(shown)),
        weeks=weeks,
        totals=_totals(weeks, counts),
        operations=sum(counts) if sum(counts) >= LEAST else None,
        besides={kind: kinds[kind] for kind in ("one-agency", "no-police") if kinds[kind] >= LEAST},
    )


def _totals(weeks: Sequence[WeekLoad], counts: Sequence[int]) -> tuple[Total, ...]:
    """The totals of as few weeks as give enough numbers; weeks with too few operations join a neighbour."""
    for length in (*LENGTHS, len(weeks)):
        parts = list(_parts(len(weeks), length))
        sums = [sum(counts[part.start : part.stop]) for part in parts]
        if sum(amount >= LEAST for amount in sums) >= ENOUGH * len(sums):
            break
    while min(sums) < LEAST and len(sums) > 1:
        left = _smallest_pair(sums)
        parts[left : left + 2] = [range(parts[left].start, parts[left + 1].stop)]
        sums[left : left + 2] = [sums[left] + sums[left + 1]]
    return tuple(
        Total(tuple(weeks[part.start : part.stop]), amount if amount >= LEAST else None)
        for part, amount in zip(parts, sums, strict=True)
    )


def _parts(n: int, length: int) -> Iterator[range]:
    """Ranges of that length; a remainder at the end joins the last one."""
    n_parts = max(1, n // length)
    for number in range(n_parts):
        yield range(number * length, n if number == n_parts - 1 else (number + 1) * length)


def _smallest_pair(sums: Sequence[int]) -> int:
    least = min(range(len(sums)), key=lambda number: sums[number])
    pairs = [left for left in (least - 1, least) if 0 <= left < len(sums) - 1]
    return min(pairs, key=lambda left: sums[left] + sums[left + 1])
