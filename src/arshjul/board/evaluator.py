"""A choice on a board together with what it uses, so that one more option can be judged quickly."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from arshjul.board import Board, Choice, Conflict, Costs, Lag


@dataclass(frozen=True, slots=True)
class Obstacle:
    """An obstacle to an option. `missing`: by how many units; `part`: a resource, or a rule."""

    part: str
    about: str
    missing: int


class PlacementEvaluator:
    """A choice and the sums that follow from it. One activity at a time may be taken out and placed elsewhere."""

    def __init__(self, board: Board, choice: Choice) -> None:
        self.board = board
        self.choice = list(choice)
        self._used: dict[tuple[str, int], int] = defaultdict(int)
        self._sums = [0] * len(board.rows)
        # The activities that draw on each resource and stand in each row, to name those in the way at once.
        self._takers: dict[tuple[str, int], set[int]] = defaultdict(set)
        self._members: list[set[int]] = [set() for _ in board.rows]
        self._rows_of: list[list[tuple[int, int]]] = [[] for _ in range(board.first_column[-1])]
        for number, row in enumerate(board.rows):
            for column, coefficient in zip(row.columns, row.coefficients, strict=True):
                self._rows_of[column].append((number, coefficient))
        self._ties: list[list[Lag | Conflict]] = [[] for _ in board.activities]
        for lag in board.lags:
            self._ties[lag.before].append(lag)
            self._ties[lag.after].append(lag)
        for conflict in board.conflicts:
            self._ties[conflict.first].append(conflict)
            self._ties[conflict.second].append(conflict)
        for activity, option in enumerate(self.choice):
            self._count(activity, option, 1)

    def put(self, activity: int, option: int | None) -> None:
        """Moves an activity to an option, or takes it out."""
        self._count(activity, self.choice[activity], -1)
        self.choice[activity] = option
        self._count(activity, option, 1)

    def _count(self, activity: int, option: int | None, sign: int) -> None:
        if option is None:
            return
        chosen = self.board.activities[activity].options[option]
        enter = set.add if sign > 0 else set.discard
        for resource, amounts in chosen.demand.items():
            for step, amount in enumerate(amounts, chosen.start):
                self._used[resource, step] += sign * amount
                enter(self._takers[resource, step], activity)
        for row, coefficient in self._rows_of[self.board.first_column[activity] + option]:
            self._sums[row] += sign * coefficient
            enter(self._members[row], activity)

    def obstacles(self, activity: int, option: int) -> Iterator[Obstacle]:
        """All that forbids the option next to the other activities; the activity itself should be taken out first."""
        board, chosen = self.board, self.board.activities[activity].options[option]
        for resource, amounts in chosen.demand.items():
            capacity = board.capacities[resource]
            for step, amount in enumerate(amounts, chosen.start):
                free = (capacity[step] if step < len(capacity) else 0) - self._used[resource, step]
                if amount > free:
                    yield Obstacle(resource, str(step), amount - free)
        for number, coefficient in self._rows_of[board.first_column[activity] + option]:
            row = board.rows[number]
            excess = self._sums[number] + coefficient - row.at_most
            if row.over is None and excess > 0:
                yield Obstacle(row.rule, row.about, excess)
        for tie in self._ties[activity]:
            if self._forbids(tie, activity, option):
                other = (tie.before, tie.after) if isinstance(tie, Lag) else (tie.first, tie.second)
                about = board.activities[other[0] if other[1] == activity else other[1]].id
                yield Obstacle("lag" if isinstance(tie, Lag) else "conflict", about, 1)

    def blockers(self, activity: int, option: int) -> set[int]:
        """The placed activities that contribute to an obstacle to the option."""
        board, chosen = self.board, self.board.activities[activity].options[option]
        found: set[int] = set()
        for obstacle in self.obstacles(activity, option):
            if obstacle.part in chosen.demand:
                found |= self._takers[obstacle.part, int(obstacle.about)]
        for row, coefficient in self._rows_of[board.first_column[activity] + option]:
            if board.rows[row].over is None and self._sums[row] + coefficient > board.rows[row].at_most:
                found |= self._members[row]
        for tie in self._ties[activity]:
            first, second = (tie.before, tie.after) if isinstance(tie, Lag) else (tie.first, tie.second)
            other = second if first == activity else first
            if self.choice[other] is not None and self._forbids(tie, activity, option):
                found.add(other)
        return found - {activity}

    def _forbids(self, tie: Lag | Conflict, activity: int, option: int) -> bool:
        start = self.board.activities[activity].options[option].start
        if isinstance(tie, Lag):
            other = tie.before if tie.after == activity else tie.after
            picked = self.choice[other]
            if picked is None:
                return tie.after == activity
            there = self.board.activities[other].options[picked].start
            apart = start - there if tie.after == activity else there - start
            return not ((tie.least is None or apart >= tie.least) and (tie.most is None or apart <= tie.most))
        other = tie.second if tie.first == activity else tie.first
        picked = self.choice[other]
        if picked is None:
            return False
        mine, theirs = self.board.activities[activity].options[option], self.board.activities[other].options[picked]
        last = min(mine.start + mine.length, theirs.start + theirs.length)
        both = range(max(mine.start, theirs.start), last)
        return bool(both) if tie.steps is None else any(step in both for step in tie.steps)

    def cost(self, activity: int, option: int | None) -> Costs:
        """The cost that the option adds to each level: its own, and the increase in what priced rows charge."""
        costs: dict[str, int] = defaultdict(int)
        own = self.board.activities[activity]
        if option is None:
            costs.update(own.unplaced or {})
            return costs
        costs.update(own.options[option].costs)
        for number, coefficient in self._rows_of[self.board.first_column[activity] + option]:
            row = self.board.rows[number]
            if row.over is not None:
                before = max(self._sums[number] - row.at_most, 0)
                after = max(self._sums[number] + coefficient - row.at_most, 0)
                for level, price in row.over.items():
                    costs[level] += price * (after - before)
        return costs
