"""PyJobShop on the part of a board that it can express: capacities, allowed steps, optional tasks.

Asked of it, exactly: what each operation draws on, and how much there is at each step (cumulative
resources, and blocking tasks where less than the most is offered); on which steps it may start (a
mode for each way to draw, with a calendar of its own); lags; and the levels on which staying out
alone costs anything, musts and points: who stays out does another task, which is late, at that
price. It cannot lock a level, so an earlier one weighs more than all later ones together.

Not asked: the rows, hard (weekly loads, spacing, rest) and priced (even loads); conflicts; and
quality, since it prices lateness by the step and not by the start. Hard rows could be forced in,
with a mode for each option and a consumable for each row: that is our own model in disguise, which
nobody would write so. What is left is easier than the board: its value is at most the board's best,
and says nothing of quality. Only boards on which all draw for one step are tried, as ours do.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise, takewhile
from typing import Any

import pyjobshop

from arshjul.board import Activity, Board, Lag, Option
from tests.bench.by_hand import by_list
from tests.bench.runs import Clock, Run

Ways = dict[tuple[tuple[str, int], ...], set[int]]
"""What is drawn (resource, amount) -> the steps on which that may be."""


def pyjobshop_part(board: Board, limit_s: float, clock: Clock) -> Run:
    """PyJobShop as it comes, on as many workers as it chooses, which did best, from the list planner's plan."""
    weights = _weights(board)
    if not weights or any(len(d) > 1 for a in board.activities for o in a.options for d in o.demand.values()):
        return Run(note="nothing of this board can be asked of it")
    shop = _Shop(board, weights)
    start = pyjobshop.Solution(shop.model.data(), shop.by_hand)
    left = max(0.1, limit_s - clock.seconds)
    result = shop.model.solve(time_limit=left, display=False, initial_solution=start)
    end = clock.seconds
    run = Run(end_s=end, note=f"an easier problem: {' and '.join(weights)}, no rows; best s is the solve's end")
    run.bounds = _by_level(board, weights, math.ceil(result.lower_bound - 1e-6))
    if math.isfinite(result.objective):
        run.values, run.best_s = _by_level(board, weights, round(result.objective)), end
        for level in range(1, len(run.values)):  # a bound holds given the values of the levels before it
            if run.bounds[level - 1] != run.values[level - 1]:
                run.bounds[level] = None
    if result.status.value == "Optimal":
        run.proof_s = end
    return run


def _weights(board: Board) -> dict[str, int]:
    """What one unit of each first level weighs, as far as staying out alone costs anything there."""
    priced = {level for a in board.activities for o in a.options for level, cost in o.costs.items() if cost}
    priced |= {level for row in board.rows for level in row.over or {}}
    levels = list(takewhile(lambda level: level not in priced, board.levels))
    weights = dict.fromkeys(levels, 1)
    for before, level in reversed(list(pairwise(levels))):
        most = sum((activity.unplaced or {}).get(level, 0) for activity in board.activities)
        weights[before] = weights[level] * (most + 1)
    return weights


def _by_level(board: Board, weights: dict[str, int], total: int) -> list[int | None]:
    values: list[int | None] = []
    for weight in weights.values():
        value, total = divmod(total, weight)
        values.append(value)
    return values + [None] * (len(board.levels) - len(weights))


class _Shop:
    """The model being made; `by_hand` is where the list planner has its tasks, in their order."""

    def __init__(self, board: Board, weights: dict[str, int]) -> None:
        self.board = board
        self.weights = weights
        self.model: Any = pyjobshop.Model()
        most = {name: max(capacity, default=0) for name, capacity in board.capacities.items()}
        self.resources = {name: self.model.add_renewable(amount) for name, amount in most.items()}
        self.drawn: dict[str, set[int]] = defaultdict(set)
        self.by_hand: list[Any] = []
        tasks = [self._operation(activity, k) for activity, k in zip(board.activities, by_list(board), strict=True)]
        for name, steps in self.drawn.items():
            self._block(name, most[name], steps)
        for lag in board.lags:
            self._lag(tasks[lag.before], tasks[lag.after], lag)
        self.model.set_objective(weight_tardy_jobs=1)

    def _operation(self, activity: Activity, picked: int | None) -> Any:
        """Its task; one without options can be on no step."""
        horizon = self.board.steps
        ways: Ways = defaultdict(set)
        for option in activity.options:
            ways[_draws(option)].add(option.start)
        placed = self.model.add_task(latest_end=horizon, optional=activity.unplaced is not None)
        planned = None if picked is None else activity.options[picked]
        for draws, steps in (ways or {(): set()}).items():
            calendar = self.model.add_renewable(1, breaks=list(_gaps(steps, horizon)))
            resources = [calendar, *(self.resources[name] for name, _ in draws)]
            self.model.add_mode(placed, resources, 1, [1, *(amount for _, amount in draws)])
            if planned is not None and draws == _draws(planned):
                self._at(planned.start)
            for name, _ in draws:
                self.drawn[name] |= steps
        if planned is None:
            self._at(None)
        if activity.unplaced is not None:
            price = sum(weight * activity.unplaced.get(level, 0) for level, weight in self.weights.items())
            job = self.model.add_job(weight=price, due_date=horizon)
            out = self.model.add_task(job=job, earliest_start=horizon, latest_end=horizon + 1, optional=True)
            self.model.add_mode(out, [], 1)
            self._at(horizon if planned is None else None)
            self.model.add_select_exactly_one([placed, out])
        return placed

    def _block(self, name: str, most: int, steps: set[int]) -> None:
        """Tasks that take what is not offered on these steps, one for each run of steps with the same offer."""
        capacity = self.board.capacities[name]
        offers = {step: capacity[step] if step < len(capacity) else 0 for step in sorted(steps)}
        first = None
        for step, offer in offers.items():
            first = step if first is None else first
            if offers.get(step + 1) != offer:
                if offer < most:
                    task = self.model.add_task(earliest_start=first, latest_end=step + 1)
                    self.model.add_mode(task, [self.resources[name]], step + 1 - first, [most - offer])
                    self._at(first)
                first = None

    def _at(self, step: int | None) -> None:
        """The newest mode's task is there by hand, in that mode; None: nowhere."""
        mode = self.model.modes[-1]
        there = (
            (0, [], 0, 0) if step is None else (len(self.model.modes) - 1, mode.resources, step, step + mode.duration)
        )
        self.by_hand.append(pyjobshop.ScheduledTask(*there, present=step is not None))

    def _lag(self, before: Any, after: Any, lag: Lag) -> None:
        self.model.add_select_at_least_one([before], after)
        if lag.least is not None:
            self.model.add_start_before_start(before, after, lag.least)
        if lag.most is not None:
            self.model.add_start_before_start(after, before, -lag.most)


def _draws(option: Option) -> tuple[tuple[str, int], ...]:
    return tuple((name, amounts[0]) for name, amounts in option.demand.items() if amounts and amounts[0])


def _gaps(steps: set[int], horizon: int) -> Iterator[tuple[int, int]]:
    """The stretches without any of the steps, each as first and one past the last."""
    for before, after in pairwise([-1, *sorted(steps), horizon]):
        if after - before > 1:
            yield before + 1, after
