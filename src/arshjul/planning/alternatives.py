"""The other slots of one operation: those that move nothing else, then those that move others.

What moves nothing else is tried on the finished plan, without a solver. What moves one other is
tried too, every blocker and every slot of it; what moves two is one forced solve each, proven.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from arshjul import solver
from arshjul.board import evaluate
from arshjul.board.restricted import restricted
from arshjul.domain.calendar import Slot
from arshjul.domain.plan import Base, Placement, Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.situation import Situation
from arshjul.planning.reasons import Bench
from arshjul.rules import draft_of
from arshjul.rules.draft import QUALITY
from arshjul.rules.kept_close import KeptClose
from arshjul.rules.objectives import CHANGES, MUSTS, POINTS

LEVELS = (MUSTS, POINTS, CHANGES, QUALITY)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another place for an operation. `cost`: quality more than today (negative: less); `moves`: the others."""

    placement: Placement
    cost: int
    moves: tuple[tuple[Placement, Placement], ...] = ()


def standing_plan(scenario: Scenario, plan: Plan) -> Bench:
    """A plan on its board, every operation free to go elsewhere, as seen from the plan's own moment."""
    return _bench(scenario, plan, frozenset(plan.placed), plan.as_of)


def wish(scenario: Scenario, plan: Plan, operation: str, as_of: datetime | None = None) -> Bench:
    """A plan on its board, with one operation free to go elsewhere: as seen from `as_of`, by default the plan's."""
    return _bench(scenario, plan, frozenset({operation}), as_of or plan.as_of)


def _bench(scenario: Scenario, plan: Plan, loose: frozenset[str], as_of: datetime) -> Bench:
    left = scenario.after(plan.withdrawals, as_of.date())
    base = Base(plan.revision, as_of, plan.placed, loose)
    # What following a change costs is no cost of a slot: only what the year itself charges.
    prices = {**left.objective.prices, KeptClose.id: 0}
    left = replace(left, objective=replace(left.objective, prices=prices))
    situation = Situation(left, base, plan.unpinned | loose)
    draft = draft_of(situation)
    return Bench.of(situation, draft, draft.board(LEVELS), plan)


def moving_nothing(bench: Bench, operation: str) -> list[Alternative]:
    """The slots at which it could stand beside everything else, the cheapest first."""
    standing, number = bench.standing, bench.draft.number[operation]
    here = standing.choice[number]
    gone = _take_out(bench, number)
    found = [
        Alternative(bench.draft.placement(operation, option), _cost(bench, number, option) - gone)
        for option, _ in enumerate(bench.board.activities[number].options)
        if option != here and next(standing.obstacles(number, option), None) is None
    ]
    standing.put(number, here)
    return sorted(found, key=_order)


def fall_backs(bench: Bench) -> dict[str, int]:
    """For each placed operation, at how many other slots it could stand without moving anything."""
    return {
        id: len({alternative.placement.slot for alternative in moving_nothing(bench, id)})
        for id, pick in zip(bench.draft.ways, bench.choice, strict=True)
        if pick is not None and id not in bench.situation.kept
    }


def moving_one(bench: Bench, operation: str) -> list[Alternative]:
    """The slots at which it could stand if one other moved, each with that other's best new place.

    Exact: every slot, everyone in its way there, and every other slot of theirs is tried.
    """
    number = bench.draft.number[operation]
    standing, here = bench.standing, bench.standing.choice[number]
    gone = _take_out(bench, number)
    found: dict[tuple[object, str | None], Alternative] = {}
    for option, _ in enumerate(bench.board.activities[number].options):
        if option == here or next(standing.obstacles(number, option), None) is None:
            continue
        for other in sorted(standing.blockers(number, option)):
            place = bench.draft.placement(operation, option)
            for cost, old, new in _making_way(bench, number, option, other):
                moved = Alternative(place, cost - gone, ((old, new),))
                known = found.get((place.slot, place.police))
                if known is None or moved.cost < known.cost:
                    found[place.slot, place.police] = moved
    standing.put(number, here)
    return sorted(found.values(), key=_order)


def _making_way(bench: Bench, number: int, option: int, other: int) -> Iterator[tuple[int, Placement, Placement]]:
    """What it costs to put the one, which is out, at an option and the other elsewhere, for each elsewhere."""
    standing, theirs = bench.standing, bench.standing.choice[other]
    id = bench.board.activities[other].id
    if theirs is None or id in bench.situation.kept:
        return
    gone = _take_out(bench, other)
    if next(standing.obstacles(number, option), None) is None:
        cost = _cost(bench, number, option)
        standing.put(number, option)
        for elsewhere, _ in enumerate(bench.board.activities[other].options):
            if elsewhere != theirs and next(standing.obstacles(other, elsewhere), None) is None:
                whole = cost + _cost(bench, other, elsewhere) - gone
                yield whole, bench.draft.placement(id, theirs), bench.draft.placement(id, elsewhere)
        standing.put(number, None)
    standing.put(other, theirs)


def moving_two(bench: Bench, operation: str, closed: Container[Slot], limit_s: float = 20) -> Alternative | None:
    """A slot, none of the closed ones, at which it could stand if two others moved.

    The two are then put at their best places, proven. `closed` are the slots that are to be had for
    less. None: it takes more than two, or something would have to be left out.
    """
    number = bench.draft.number[operation]
    own = [
        option
        for option, _ in enumerate(bench.board.activities[number].options)
        if option != bench.choice[number] and bench.draft.placement(operation, option).slot not in closed
    ]
    board = restricted(replace(bench.board, levels=(MUSTS, POINTS, CHANGES)), {number: own}, required={number})
    solution = solver.solve(board, limit_s=limit_s)
    if solution.choice is None or solution.status != "optimal":
        return None
    picked = solution.choice[number]
    choice = [own[o] if i == number and o is not None else o for i, o in enumerate(solution.choice)]
    changed = [i for i, (old, new) in enumerate(zip(bench.choice, choice, strict=True)) if old != new and i != number]
    if picked is None or len(changed) > 2 or any(choice[i] is None for i in changed):
        return None
    ways = {i: list(range(len(bench.board.activities[i].options))) for i in changed}
    held = {i: [o] for i, o in enumerate(choice) if o is not None and i not in changed}
    small = restricted(replace(bench.board, levels=(QUALITY,)), {**held, **ways}, required=set(held) | set(ways))
    best = solver.solve(small, limit_s=limit_s)
    if best.choice is None:
        return None
    final = [ways[i][o] if i in ways and o is not None else choice[i] for i, o in enumerate(best.choice)]
    cost = evaluate(bench.board, final).values[QUALITY] - evaluate(bench.board, bench.choice).values[QUALITY]
    moves = tuple((_placement(bench, i, bench.choice[i]), _placement(bench, i, final[i])) for i in changed)
    return Alternative(_placement(bench, number, final[number]), cost, moves)


def _placement(bench: Bench, number: int, option: int | None) -> Placement:
    return bench.draft.placement(bench.board.activities[number].id, option or 0)


def _take_out(bench: Bench, number: int) -> int:
    """Takes an activity out of the standing plan; gives the quality that it cost there."""
    here = bench.standing.choice[number]
    bench.standing.put(number, None)
    return _cost(bench, number, here)


def _cost(bench: Bench, number: int, option: int | None) -> int:
    return bench.standing.cost(number, option).get(QUALITY, 0)


def _order(alternative: Alternative) -> tuple[int, object, str]:
    return alternative.cost, alternative.placement.slot, alternative.placement.police or ""
