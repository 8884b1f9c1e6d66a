"""The wishes for a filling, each with a price: the level `quality`.

Each wish writes its charge on the board in `post` and counts it on a finished filling in `prices`, by another method.
Leaving out an object that could be bound always costs more than binding it. Source: docs/formats.md#objects; all sizes
are assumptions.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import ClassVar

from arshjul.errors import Message
from arshjul.solver.board import Activity, Board, Choice, Option, Row
from arshjul.year.domain.placed_frame import PlacedFrame
from arshjul.year.domain.plan import Price
from arshjul.year.domain.visit_object import Bindings, VisitObject
from arshjul.year.rules.fill.fits import FillContext, first_miss
from arshjul.year.texts import counted

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
        self._costs[column][level] = self._costs[column].get(level, 0) + points

    def cost_unbound(self, number: int, level: str, points: int) -> None:
        self._unplaced[number][level] = self._unplaced[number].get(level, 0) + points

    def charge_short(self, rule: str, level: str, terms: Sequence[tuple[int, int]], wanted: int, points: int) -> None:
        """Charges points for each unit by which the sum of the (column, amount) terms stays below `wanted`."""
        if wanted > 0 and points:
            columns, amounts = [column for column, _ in terms], [-amount for _, amount in terms]
            self._rows.append(Row(rule, f"row {len(self._rows)}", columns, amounts, -wanted, {level: points}))

    def board(self) -> Board:
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


SHARES = (10, 25, 50)
"""The percentages of an agency's interest above which each further unserved unit costs, one price for each passed."""

DEADLINE_WEEKS = 12
"""The weeks before its window ends during which leaving out an object costs more each week."""


class Wish:
    """Something that a filling pays for."""

    id: ClassVar[str]
    name: ClassVar[Message]
    points: ClassVar[int] = 1

    def price(self, context: FillContext) -> int:
        """The points of one unit in this scenario; 0 switches the wish off."""
        return context.scenario.objective.prices.get(self.id, self.points)

    def post(self, builder: FillBuilder) -> None:
        raise NotImplementedError

    def prices(self, context: FillContext) -> Iterator[Price]:
        """The charge for what is bound, one price for each thing; none of 0 points."""
        raise NotImplementedError


class MissedInterest(Wish):
    """An object is visited by the agencies that have an interest in it.

    Each interested agency that does not come costs its interest; no agency comes to an object that is left out.
    """

    id = "missed-interest"
    name = Message("interested agencies do not come")

    def post(self, builder: FillBuilder) -> None:
        points = self.price(builder.context)
        for column, wanted, frame in builder.pairs():
            absent = [agency for agency in builder.context.scenario.agencies if agency not in frame.coming]
            builder.cost(QUALITY, column, points * sum(wanted.stake(agency) for agency in absent))
        for number, wanted in enumerate(builder.waiting):
            everyone = sum(wanted.stake(agency) for agency in builder.context.scenario.agencies)
            builder.cost_unbound(number, QUALITY, points * everyone)

    def prices(self, context: FillContext) -> Iterator[Price]:
        for object, frame in _judged(context):
            missed = {
                agency.name: object.interest.get(agency.id, 1 if agency.id in object.agencies else 0)
                for agency in context.scenario.agencies.values()
                if frame is None or agency.id not in frame.coming
            }
            points = self.price(context) * sum(missed.values())
            if points:
                names = [name for name, worth in missed.items() if worth]
                values = {"object": object.id, "agencies": names}
                text = Message("{object} interests {agencies}, who do not come", values)
                yield Price(self.id, object.id, points, text)


class FairVisits(Wish):
    """No agency gets much less of what it is interested in than the others.

    Counted over the year, with objects bound to frames that have begun: each unit of an agency's interest that stays
    unserved beyond 10 % of the whole costs, beyond 25 % twice, beyond 50 % three times.
    """

    id = "fair-visits"
    name = Message("an agency's interest in objects is poorly served")

    def post(self, builder: FillBuilder) -> None:
        context = builder.context
        terms: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for column, wanted, frame in builder.pairs():
            for agency in frame.coming:
                if stake := wanted.stake(agency):
                    terms[agency].append((column, stake))
        for agency in context.scenario.agencies:
            whole = sum(object.stake(agency) for object in context.scenario.objects.values())
            served = sum(
                context.scenario.objects[object].stake(agency)
                for object, frame in context.bound_to.items()
                if agency in context.frames[frame].coming
            )
            for share in SHARES:
                asked = whole - whole * share // 100
                builder.charge_short(self.id, QUALITY, terms[agency], asked - served, self.price(context))

    def prices(self, context: FillContext) -> Iterator[Price]:
        for agency in context.scenario.agencies.values():
            missed = total = 0
            for object in context.scenario.objects.values():
                worth = object.interest.get(agency.id, 1 if agency.id in object.agencies else 0)
                frame = context.frames.get(context.bound_to.get(object.id, ""))
                total += worth
                missed += worth if frame is None or agency.id not in frame.coming else 0
            beyond = sum(max(0, missed - total * share // 100) for share in SHARES) * self.price(context)
            if beyond:
                values = {"agency": agency.name, "missed": missed, "total": total}
                text = Message("{agency}: {missed} of {total} points of interest in objects unserved", values)
                yield Price(self.id, agency.id, beyond, text)


class EarlierVisits(Wish):
    """Earlier frames are filled first: a later one can still take objects that are nominated later.

    Each whole week from the moment to the visit costs; an object that is left out waits until a week after the year.
    This wish costs more than the others, since without it a year of frames visits fewer objects
    (docs/guide.md#frames-and-objects).
    """

    id = "earlier-visits"
    name = Message("an object waits")
    points = 3

    def post(self, builder: FillBuilder) -> None:
        context = builder.context
        for column, _, frame in builder.pairs():
            builder.cost(QUALITY, column, self.price(context) * _weeks(context.today, frame.dates.first))
        longest = max(0, _weeks(context.today, context.scenario.span.last)) + 1
        for number, _ in enumerate(builder.waiting):
            builder.cost_unbound(number, QUALITY, self.price(context) * longest)

    def prices(self, context: FillContext) -> Iterator[Price]:
        days_left = max(0, (context.scenario.span.last - context.today).days)
        for object, frame in _judged(context):
            weeks = days_left // 7 + 1 if frame is None else (frame.dates.first - context.today).days // 7
            if points := weeks * self.price(context):
                text = counted(weeks, "{object} waits for one week", "{object} waits for {n} weeks", object=object.id)
                yield Price(self.id, object.id, points, text)


class NearDeadline(Wish):
    """If not all objects can be bound, those whose window ends first are.

    An object that is left out costs a point for each started week by which less than 12 are left of its window.
    """

    id = "near-deadline"
    name = Message("a left-out object's window soon ends")

    def post(self, builder: FillBuilder) -> None:
        context = builder.context
        for number, wanted in enumerate(builder.waiting):
            if wanted.window is not None:
                left = max(0, _weeks(context.today, wanted.window.last))
                builder.cost_unbound(number, QUALITY, self.price(context) * max(0, DEADLINE_WEEKS - left))

    def prices(self, context: FillContext) -> Iterator[Price]:
        for object, frame in _judged(context):
            if frame is not None or object.window is None:
                continue
            days = (object.window.last - context.today).days
            weeks = DEADLINE_WEEKS - days // 7 if days >= 0 else DEADLINE_WEEKS
            if weeks > 0 and self.price(context):
                values = {"object": object.id, "day": object.window.last}
                text = Message("{object} is left out; its window ends on {day}", values)
                yield Price(self.id, object.id, weeks * self.price(context), text)


WISHES: tuple[Wish, ...] = (MissedInterest(), FairVisits(), EarlierVisits(), NearDeadline())


def _weeks(first: date, last: date) -> int:
    return (last - first).days // 7


def _judged(context: FillContext) -> Iterator[tuple[VisitObject, PlacedFrame | None]]:
    """The objects that were not bound before, each with its present frame."""
    for id, object in context.scenario.objects.items():
        if id not in context.kept:
            yield object, context.frames.get(context.bound_to.get(id, ""))


FILL_LEVEL_MEANINGS: Mapping[str, Message] = {
    MUSTS: Message("unbound objects that must be visited"),
    POINTS: Message("priority points of all unbound objects"),
    EMPTY: Message("frames soon empty"),
    QUALITY: Message("penalty points for unmet wishes"),
}


def filled_builder(context: FillContext) -> FillBuilder:
    builder = FillBuilder(context)
    points = context.scenario.objective.priority_points
    for number, wanted in enumerate(builder.waiting):
        builder.cost_unbound(number, MUSTS, int(wanted.must))
        builder.cost_unbound(number, POINTS, points[wanted.priority])
    columns: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for column, _, frame in builder.pairs():
        columns[frame.id].append((column, 1))
    for frame_id in context.empty():
        builder.charge_short(EMPTY, EMPTY, columns[frame_id], 1, 1)
    for wish in WISHES:
        if wish.price(context):
            wish.post(builder)
    return builder
