"""What one more of a party would be worth: the operations that it would bring in, or give a fall-back slot, by month.

Each month is a replan that delivers most, of a scenario in which the party comes with one more then (`one_more`): no
plan leaves out less. Fall-back slots are those of the plan as it stands. What not even all months together change is
proven for each of them at once.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from arshjul.agenda.year import months
from arshjul.domain.calendar import Span
from arshjul.domain.one_more import more_shifts, with_one_more
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.planning.effort import Effort
from arshjul.planning.worth.delivered import Delivered, StandingYear


@dataclass(frozen=True, slots=True)
class MonthWorth:
    """One more of a party in a month, or in what is left of it, at so many `shifts`.

    `operations` would come in, with their `musts` and `points`, and `moved` others would have to move for that. `firms`
    would get a fall-back slot. Not `proven`: there may be more, as the time was up.
    """

    month: Span
    shifts: int
    operations: int = 0
    musts: int = 0
    points: int = 0
    moved: int = 0
    firms: tuple[str, ...] = ()
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Worth:
    """What one more of a party is worth in each month; those that were not reached in time are missing.

    `left_out`: how many operations stay out without it, whatever moves; `weak`: how many have no fall-back slot.
    `unaided`: how many would come in without it, by a replan alone.
    """

    party: str
    left_out: int
    weak: int
    unaided: int
    months: tuple[MonthWorth, ...]
    n_asked: int = 0

    @property
    def is_whole(self) -> bool:
        """True if each month that was asked for is there, and proven."""
        return len(self.months) == self.n_asked and all(one.proven for one in self.months)


def months_ahead(scenario: Scenario, as_of: datetime) -> list[Span]:
    """The months of the plan that are not over, the first without the days before the moment."""
    today = as_of.date()
    return [Span(max(one.first, today), one.last) for one in months(scenario.span) if one.last >= today]


def worth(
    scenario: Scenario,
    plan: Plan,
    party: str,
    as_of: datetime,
    effort: Effort,
    wanted: Collection[Span] | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Worth:
    """The worth of one more of the party in the `wanted` months, seen from that moment; None: in all that are ahead.

    `told` hears how many months are done, of how many. With those it ends when time is up, or Ctrl-C is pressed.
    """
    started, ahead = perf_counter(), months_ahead(scenario, as_of) if wanted is None else list(wanted)
    here = StandingYear(scenario, plan, as_of)
    weak = here.without_fall_back(scenario)
    usual = here.as_it_is(effort)
    widest = with_one_more(scenario, party, ahead)
    is_idle = here.gains_nothing(usual, widest, effort.since(started))
    helped = set(weak).difference(here.without_fall_back(widest, weak))
    found: list[MonthWorth] = []
    try:
        for month, left in effort.each(ahead, started, told):
            given, shifts = with_one_more(scenario, party, [month]), more_shifts(scenario, party, month)
            still = here.without_fall_back(given, helped) if shifts and helped else helped
            firms = tuple(id for id in weak if id in helped and id not in still)
            best = usual if is_idle or not shifts else here.delivered(given, left)
            found.append(_compared(month, shifts, usual, best, firms))
    except KeyboardInterrupt:
        pass
    return Worth(party, usual.out, len(weak), len(plan.unplaced) - usual.out, tuple(found), len(ahead))


def _compared(month: Span, shifts: int, usual: Delivered, best: Delivered, firms: tuple[str, ...]) -> MonthWorth:
    musts, points = (before - now for before, now in zip(usual.levels, best.levels, strict=True))
    are_proven = best is usual or (usual.proven and best.proven)
    return MonthWorth(month, shifts, usual.out - best.out, musts, points, best.moved - usual.moved, firms, are_proven)
