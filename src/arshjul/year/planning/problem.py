"""A plan laid on its board, to ask what another placement would break there."""

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from arshjul import solver
from arshjul.errors import Message
from arshjul.solver import Solution
from arshjul.solver.board import Board, Choice, Evaluator, Obstacle, restricted
from arshjul.year.domain.calendar import Slot, month_of
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation, Placement, Staffing
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules import BY_ID, HARD, OF_OFFERS, BoardBuilder, builder_of, but_for_offers, hard_builder_of
from arshjul.year.rules.builder import NOBODY, Subject
from arshjul.year.rules.hard.agency_teams import AgencyTeams
from arshjul.year.rules.hard.daily_rest import DailyRest
from arshjul.year.rules.objectives import ALL_LEVELS
from arshjul.year.rules.rule import Rule

Places = Mapping[Staffing, SlotSet]
"""The slots that an operation may have, by staffing."""

_RANK = {rule.id: n for n, rule in enumerate(HARD)}

_Nearness = tuple[int, int, int]
"""Distance of an operation from fitting a slot: 1 if only offers are missing, then the fewer the nearer."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """A rule that keeps an operation from a slot with a unit.

    `missing`: how many more officers or teams of `subject` would be enough; None if no offer helps, or the plan was not
    asked.
    """

    rule: str
    text: Message
    slot: Slot
    unit: str | None
    missing: int | None = None
    subject: Subject = NOBODY


class Taken(NamedTuple):
    """A slot, by number, that a rule takes. `missing`: how many more officers or teams would do; None: none would."""

    number: int
    rule: str
    missing: int | None


@dataclass(frozen=True)
class PlanningProblem:
    context: ReplanContext
    builder: BoardBuilder
    board: Board
    choice: Choice = ()

    @classmethod
    def of(
        cls,
        context: ReplanContext,
        builder: BoardBuilder,
        levels: tuple[str, ...],
        placed: Mapping[str, Placement | None],
    ) -> "PlanningProblem":
        """The placements on the builder's board; one that is no option there is left out."""
        choice = [None if (place := placed.get(id)) is None else builder.option(place) for id in builder.modes]
        return cls(context, builder, builder.board(levels), choice)

    @cached_property
    def evaluator(self) -> Evaluator:
        return Evaluator(self.board, self.choice)

    def options(self, operation: str) -> range:
        return range(len(self.board.activities[self.builder.number[operation]].options))

    def places(self, operation: str) -> list[Placement]:
        return [self.builder.placement(operation, option) for option in self.options(operation)]

    def is_free(self, number: int, option: int) -> bool:
        """True if that activity, which is taken out, can have the option beside all others."""
        return next(self.evaluator.obstacles(number, option), None) is None

    def solved(
        self,
        levels: tuple[str, ...],
        options: Mapping[int, Sequence[int]],
        required: Set[int],
        limit_s: float,
        seed: int = 0,
    ) -> Solution:
        """Activities in `options` are limited to these; `required` may not be left out."""
        board = restricted(replace(self.board, levels=levels), options, required)
        solution = solver.solve(board, limit_s=limit_s, seed=seed)
        if solution.choice is None:
            return solution
        choice = tuple(
            pick if pick is None or n not in options else options[n][pick] for n, pick in enumerate(solution.choice)
        )
        return replace(solution, choice=choice)

    @contextmanager
    def meanwhile(self, activity: int, option: int | None) -> Iterator[None]:
        """The activity has that option (None: it is taken out), and afterwards its own again."""
        old = self.evaluator.choice[activity]
        self.evaluator.put(activity, option)
        try:
            yield
        finally:
            self.evaluator.put(activity, old)

    def obstacles(self, placement: Placement) -> Sequence[Obstacle] | None:
        """The parts of the board that forbid a placement beside all others; None if a single-placement rule does."""
        option = self.builder.option(placement)
        if option is None:
            return None
        activity = self.builder.number[placement.operation]
        with self.meanwhile(activity, None):
            return list(self.evaluator.obstacles(activity, option))

    def hindrances(self, operation: Operation, slot: Slot, staffing: Staffing) -> Iterator[Hindrance]:
        """Everything that keeps the operation from the slot with that staffing, in the order of explanation.

        If a single-placement rule refuses it, the plan is asked only if the board has the slot anyway, as a board made
        by `beyond_offers` has if only offers refuse it.
        """
        bit, unit, chosen = self.context.slots.grid.single(slot), staffing.police, operation.choosing(staffing.any_of)
        refusing = [rule for rule in HARD if not rule.allowed(self.context, chosen, unit) & bit]
        obstacles = self.obstacles(Placement(operation.id, slot, unit, any_of=staffing.any_of))
        if obstacles is None:
            for rule in refusing:
                yield Hindrance(rule.id, rule.refusal(self.context, chosen, slot, unit), slot, unit)
            return
        short = {rule.id: rule.missing(self.context, chosen, slot, unit) for rule in refusing}
        for rule, subject, missing in self._most_of_each(chosen, obstacles):
            text = rule.shortage(self.context, subject, missing)
            if short.get(rule.id) == missing and subject.month is None:
                text = rule.refusal(self.context, chosen, slot, unit)
            yield Hindrance(rule.id, text, slot, unit, missing if rule.id in OF_OFFERS else None, subject)

    def _most_of_each(self, chosen: Operation, obstacles: Sequence[Obstacle]) -> list[tuple[Rule, Subject, int]]:
        """Each once, with the largest number missing. A need for rest is omitted where teams are too few anyway."""
        found: dict[tuple[str, Subject], int] = {}
        for obstacle in obstacles:
            origin = self.builder.origin(obstacle.part, obstacle.about)
            found[origin] = max(found.get(origin, 0), obstacle.missing + self._raised_by(origin[1], obstacle))
        for (id, subject), missing in list(found.items()):
            party = subject.party or ""
            if id == DailyRest.id and (AgencyTeams.id, Subject(party)) in found:
                staff = self.context.scenario.agencies[party].staff_teams
                if chosen.agencies[party] - staff >= missing:
                    del found[id, subject]
        return [(BY_ID[id], subject, missing) for (id, subject), missing in found.items()]

    def _raised_by(self, subject: Subject, obstacle: Obstacle) -> int:
        """Officers that begun operations have added to a unit's monthly limit, for a further request to make up."""
        unit = self.context.scenario.police.get(subject.party or "")
        usual = None if subject.month is None or unit is None else unit.month_limit(month_of(subject.month))
        if usual is None:
            return 0
        return next(row.at_most for row in self.board.rows if row.about == obstacle.about) - usual

    def nearest(self, operation: Operation, slot: Slot) -> list[Hindrance]:
        """The hindrances at a slot with the staffing that is nearest to fitting; empty if one fits.

        Nearest is a staffing that lacks only officers or teams, as few as possible. Hindrances that no offer helps come
        first, as the ones to name.
        """
        found = [list(self.hindrances(operation, slot, who)) for who in self.context.scenario.staffings(operation)]
        there = max(found, key=lambda there: _how_far(there) if there else (2, 0, 0), default=[])
        return sorted(there, key=lambda hindrance: hindrance.rule in OF_OFFERS)

    def taken(self, operation: Operation, slots: SlotSet) -> Iterator[Taken]:
        context, activity = self.context, self.builder.number[operation.id]
        chosen = [operation.choosing(who.any_of) for who in context.scenario.staffings(operation)]
        units = [who.police for who in context.scenario.staffings(operation)]
        allowed = [
            [(rule.id, rule.allowed(context, one, unit)) for rule in HARD]
            for one, unit in zip(chosen, units, strict=True)
        ]
        with self.meanwhile(activity, None):
            for number in context.slots.grid.numbers(slots):
                slot, bit = context.slots.grid.slot(number), 1 << number
                first = [
                    self._first(one, unit, slot, [rule for rule, there in by_rule if not there & bit])
                    for one, unit, by_rule in zip(chosen, units, allowed, strict=True)
                ]
                if first and None not in first:
                    near, rule = max((there for there in first if there is not None), key=lambda there: there[0])
                    yield Taken(number, rule, -near[1] if near[0] else None)

    def _first(
        self, chosen: Operation, unit: str | None, slot: Slot, refusing: Sequence[str]
    ) -> tuple[_Nearness, str] | None:
        option = None
        if all(rule in OF_OFFERS for rule in refusing):
            option = self.builder.option(Placement(chosen.id, slot, unit, any_of=chosen.chosen))
        if option is None:
            named = _to_name(refusing) if refusing else None
            return None if named is None else ((0, 0, _RANK[named]), named)
        obstacles = list(self.evaluator.obstacles(self.builder.number[chosen.id], option))
        if not obstacles:
            return None
        found = self._most_of_each(chosen, obstacles)
        named = _to_name([rule.id for rule, _, _ in found])
        missing = sum(missing for *_, missing in found)
        return ((1, -missing, 0) if named in OF_OFFERS else (0, 0, _RANK[named])), named


def laid_out(context: ReplanContext) -> PlanningProblem:
    """The board of a context with all levels of plans and options; nothing is chosen on it."""
    builder = builder_of(context)
    return PlanningProblem(context, builder, builder.board(ALL_LEVELS))


def own_place(context: ReplanContext, placement: Placement | None) -> Places:
    return {} if placement is None else {placement.staffing: context.slots.grid.single(placement.slot)}


def either(some: Places, others: Places) -> Places:
    return {who: some.get(who, 0) | others.get(who, 0) for who in (*some, *(who for who in others if who not in some))}


def _how_far(there: Sequence[Hindrance]) -> _Nearness:
    if all(hindrance.missing is not None for hindrance in there):
        return 1, -sum(hindrance.missing or 0 for hindrance in there), 0
    return 0, 0, _RANK[_to_name([hindrance.rule for hindrance in there])]


def _to_name(rules: Sequence[str]) -> str:
    """The first of the rules that no offer could satisfy; if offers could satisfy all, the first one."""
    return next((rule for rule in rules if rule not in OF_OFFERS), rules[0])


def beyond_offers(problem: PlanningProblem, slots: Mapping[str, SlotSet]) -> PlanningProblem:
    """The plan on a board on which those operations may also stand where only officers or teams are missing.

    `slots` are the ones allowed to each. All others are held, and only the hard rules are on the board: it serves to
    ask what a placement would break, missing officers and teams included.
    """
    context = problem.context
    held = problem.builder.placements(problem.choice)
    places: dict[str, Places] = {}
    for id, operation in context.scenario.operations.items():
        wide = but_for_offers(context, operation) if id in slots else {}
        wide = {who: left & slots[id] for who, left in wide.items()}
        places[id] = either(wide, own_place(context, held.get(id)))
    return PlanningProblem.of(context, hard_builder_of(context, places), (), held)
