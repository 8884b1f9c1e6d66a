"""The board of a filling: waiting objects are its activities, and frames that can take them their options.

A frame's stops are a resource. Bindings that stay are on the board only as the stops that they take.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate

from arshjul.board import Activity, Board, Choice, Option, Row
from arshjul.domain.placed_frame import PlacedFrame
from arshjul.domain.visit_object import Bindings, VisitObject
from arshjul.rules.fill.context import FillContext
from arshjul.rules.fill.fits import first_miss

MUSTS, POINTS, EMPTY, QUALITY = "musts", "points", "empty", "quality"
FILL_LEVELS = (MUSTS, POINTS, EMPTY, QUALITY)


class FillBuilder:
    """The options that the conditions leave, and what the levels and wishes write about them."""

    def __init__(self, context: FillContext) -> None:
        self.context = context
        self.waiting = context.waiting
        self.options: list[list[PlacedFrame]] = [
            [frame for frame in context.near(wanted) if first_miss(context, wanted, frame) is None]
            for wanted in self.waiting
        ]
        self._first = list(accumulate((len(frames) for frames in self.options), initial=0))
        self._costs: list[dict[str, int]] = [{} for _ in range(self._first[-1])]
        self._unplaced: list[dict[str, int]] = [{} for _ in self.waiting]
        self._rows: list[Row] = []

    def pairs(self) -> Iterable[tuple[int, VisitObject, PlacedFrame]]:
        """Every option: its column, its object and its frame."""
        for number, wanted in enumerate(self.waiting):
            for column, frame in enumerate(self.options[number], self._first[number]):
                yield column, wanted, frame

    def cost(self, level: str, column: int, points: int) -> None:
        """Adds points to the column's cost on the level."""
        self._costs[column][level] = self._costs[column].get(level, 0) + points

    def cost_unbound(self, number: int, level: str, points: int) -> None:
        """Adds points to the cost of leaving out the object of that number on the level."""
        self._unplaced[number][level] = self._unplaced[number].get(level, 0) + points

    def charge_short(self, rule: str, level: str, terms: Sequence[tuple[int, int]], wanted: int, points: int) -> None:
        """Charges points for each unit by which the sum of the (column, amount) terms stays below `wanted`."""
        if wanted > 0 and points:
            columns, amounts = [column for column, _ in terms], [-amount for _, amount in terms]
            self._rows.append(Row(rule, f"row {len(self._rows)}", columns, amounts, -wanted, {level: points}))

    def board(self) -> Board:
        """The finished board."""
        frames = {id: number for number, id in enumerate(self.context.ahead)}
        capacities = {f"f{frames[id]}": [self.context.left(frame)] for id, frame in self.context.ahead.items()}
        activities = [
            Activity(
                f"o{number}",
                [
                    Option(0, {f"f{frames[frame.id]}": [wanted.stops]}, _given(self._costs[column]))
                    for column, frame in enumerate(self.options[number], self._first[number])
                ],
                _given(self._unplaced[number]),
            )
            for number, wanted in enumerate(self.waiting)
        ]
        return Board(FILL_LEVELS, 1, capacities, activities, rows=self._rows)

    def bindings(self, choice: Choice) -> Bindings:
        """The bindings under a choice: the earlier ones, then the new ones in their order."""
        bound = {id: list(objects) for id, objects in self.context.bindings.items()}
        for wanted, frames, pick in zip(self.waiting, self.options, choice, strict=True):
            if pick is not None:
                bound.setdefault(frames[pick].id, []).append(wanted.id)
        return {id: tuple(bound[id]) for id in self.context.frames if bound.get(id)}


def _given(costs: dict[str, int]) -> dict[str, int]:
    return {level: points for level, points in costs.items() if points}
