"""Distance between operations of one kind."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from arshjul.domain.plan import Placement, Plan
from arshjul.domain.settings import Setting
from arshjul.domain.situation import Situation
from arshjul.errors import Message
from arshjul.rules.draft import Draft, Sum, Way
from arshjul.rules.rule import Breach, Rule
from arshjul.texts import counted

SECTOR_SPACING_DAYS = Setting("sector_spacing_days", 2, 0, "days")


class SectorSpacing(Rule):
    """Two operations of one sector in one area are at least `sector_spacing_days` apart.

    With 14, Monday and the Monday two weeks later are allowed. Operations tied by `same_slot_as` do
    not count among themselves: they are one occasion. 0 switches it off. A trade warns its own
    within hours. Source: contract 2.
    """

    id = "sector-spacing"
    title = Message("days between operations of a sector")
    name = Message("too near another operation of the same sector in the area")
    settings = (SECTOR_SPACING_DAYS,)

    def post(self, situation: Situation, draft: Draft) -> None:
        """At most one in every so many dates in a row: a row for each largest such stretch."""
        spacing = situation.scenario.settings[SECTOR_SPACING_DAYS]
        if not spacing:
            return
        groups: dict[tuple[str, str], list[Way]] = defaultdict(list)
        counted = situation.counted_once(lambda operation: (operation.sector, operation.area))
        for way in draft.all_ways():
            if way.operation.id in counted:
                groups[way.operation.sector, way.operation.area].append(way)
        for ways in groups.values():
            if len({way.operation.id for way in ways}) > 1:
                for total in _stretches(ways, spacing):
                    draft.limit(self.id, total, 1)

    def breaches(self, situation: Situation, plan: Plan) -> Iterator[Breach]:
        """Compares every pair."""
        spacing = situation.scenario.settings[SECTOR_SPACING_DAYS]
        tie = {id: group[0] for group in situation.scenario.ties() for id in group}
        kinds: dict[tuple[str, str], list[Placement]] = defaultdict(list)
        for placement in plan.placements:
            operation = situation.scenario.operations[placement.operation]
            kinds[operation.sector, operation.area].append(placement)
        for one, other in (pair for there in kinds.values() for pair in combinations(there, 2)):
            first, second = (situation.scenario.operations[p.operation] for p in (one, other))
            if tie.get(first.id, first.id) == tie.get(second.id, second.id):
                continue
            if first.id in situation.history and second.id in situation.history:
                continue
            days = abs((one.slot.day - other.slot.day).days)
            if days < spacing:
                text = counted(
                    days,
                    "{first} and {second} are one day apart, {spacing} are asked for",
                    "{first} and {second} are {n} days apart, {spacing} are asked for",
                    first=first.id,
                    second=second.id,
                    spacing=spacing,
                )
                yield Breach(self.id, (first.id, second.id), text)


def _stretches(ways: list[Way], spacing: int) -> Iterator[Sum]:
    """The columns of every stretch of dates that no other one contains."""
    order = {way.operation.id: number for number, way in enumerate(ways)}
    way_of = {column: way for way in ways for column in range(way.column, way.column + len(way.days))}
    entries = sorted(
        (day, order[way.operation.id], column) for way in ways for column, day in enumerate(way.days, way.column)
    )
    days = [entry[0] for entry in entries]
    reached = 0
    for position, first in enumerate(days):
        if position and days[position - 1] == first:
            continue
        end = bisect_right(days, first + spacing - 1)
        if end > reached:
            reached = end
            total = Sum()
            for _, _, column in sorted(entries[position:end], key=lambda entry: entry[1:]):
                total.add(way_of[column], column, 1)
            yield total
