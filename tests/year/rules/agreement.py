"""The property that holds a rule's two sides together: its board accepts a plan exactly when its check does.

Each rule is tried alone, on a board with nothing but its own rows, whose options are those that some plan
of the specimen takes: so no other rule hides what it does, and no row is slack. Then all of them
together, on the board that is solved. Each function gives the disagreements in words; none is right.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, partial
from itertools import chain

from arshjul.solver.board import Board, Broken, Evaluation, evaluate
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.operation import Placement, Staffing
from arshjul.year.domain.plan import Base, Plan, Unplaced
from arshjul.year.domain.replan_context import ReplanContext, joined
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.verify import values
from arshjul.year.rules import BY_ID, HARD, BoardBuilder, Rule, SoftRule, builder_of, objectives
from arshjul.year.rules.causes import hit
from tests.year.rules.specimens import Specimen

# Rules that count operations tied by `same_slot_as` once: on a board they count the first of them, so
# the sides agree on plans that keep `together`, and only these are ever accepted.
RESTING_ON_TIES = ("sector-spacing", "daily-limit", "guessable")
ABOUT_KEPT = ("not-past", "freeze", "answers")


def hard_disagreements(rule: Rule, specimen: Specimen, context: ReplanContext) -> Iterator[str]:
    """Where the rule alone, on its board and by its check, gives two answers about a plan."""
    builder = _draft(context, specimen)
    rule.post(context, builder)
    board = builder.board(())
    yield from _strangers(rule, builder, board)
    allowed, tried = cache(partial(_allowed, rule, context)), set[Placement]()
    for number, plan in enumerate(specimen.plans):
        if rule.id in RESTING_ON_TIES and number not in specimen.ties_kept:
            continue
        if rule.id not in ABOUT_KEPT and not _history_stays(context, plan):
            continue
        if rule.id != "placement" and not _is_on_boards(context, plan, beyond=rule.id == "window"):
            continue
        bare = without_joins(plan)
        for place in bare.placements if context.base is None else ():
            if place not in tried:  # it comes to the same in every plan
                tried.add(place)
                yield from _alone(rule, context, builder, board, plan, place, allowed(place))
        refused = [place.operation for place in bare.placed.values() if not allowed(place)]
        broken = evaluate(board, choice_of(builder, plan)).broken
        breaches = list(rule.breaches(context, bare))
        if bool(refused or broken) != bool(breaches):
            found = [str(breach.text) for breach in breaches]
            yield f"{rule.id}: plan {number}: refused {refused}, broken {list(broken)}, breaches {found}\n{told(plan)}"


def _alone(
    rule: Rule, context: ReplanContext, builder: BoardBuilder, board: Board, plan: Plan, place: Placement, allowed: bool
) -> Iterator[str]:
    """Where a placement that the rule allows is refused by what it offers at that slot, or the other way round."""
    alone = replace(plan, placements=(place,), unplaced=_all_but(context, plan, place.operation))
    parts = {broken.part for broken in evaluate(board, choice_of(builder, alone)).broken}
    breached = any(rule.breaches(context, alone))
    if (not breached and not allowed) or (breached and allowed and parts <= {"capacity"}):
        yield f"{rule.id}: {place} alone: allowed {allowed}, broken {parts}, breached {breached}"


def _all_but(context: ReplanContext, plan: Plan, operation: str) -> tuple[Unplaced, ...]:
    others = (id for id in plan.placed if id != operation and id in context.scenario.planned)
    return (*plan.unplaced, *(Unplaced(id) for id in others))


def soft_disagreements(rule: SoftRule, specimen: Specimen, context: ReplanContext) -> Iterator[str]:
    """Where the rule alone charges two prices for a plan."""
    builder = _draft(context, specimen)
    rule.post(context, builder)
    board = builder.board(objectives.PLAN_LEVELS)
    for number, plan in enumerate(specimen.plans):
        if number in specimen.priced and _history_stays(context, plan) and _is_on_boards(context, plan):
            on_board = evaluate(board, choice_of(builder, plan)).values["quality"]
            prices = [price.points for price in rule.prices(context, plan)]
            if on_board != sum(prices) or 0 in prices:
                yield f"{rule.id}: plan {number}: {on_board} on the board, {prices} by its prices\n{told(plan)}"


def whole_disagreements(specimen: Specimen, context: ReplanContext) -> Iterator[str]:
    """Where the board that is solved, and the check of a finished plan, differ in what holds or what it is worth."""
    builder = builder_of(context)
    board = builder.board(objectives.ALL_LEVELS)
    for number, plan in enumerate(specimen.plans):
        bare = without_joins(plan)
        breaches = [breach for rule in HARD for breach in rule.breaches(context, bare)]
        outside = [p.operation for p in plan.placements if builder.option(p) is None]
        if outside:
            if not breaches:
                yield f"plan {number}: {outside} have no such option, and no rule is broken\n{told(plan)}"
            continue
        evaluation = evaluate(board, choice_of(builder, plan))
        judged = {rule.id for rule in HARD} - ({*ABOUT_KEPT} if evaluation.broken else set())
        judged -= set() if number in specimen.ties_kept else {*RESTING_ON_TIES}
        on_board = {rule_of(builder, broken) for broken in evaluation.broken} & judged
        by_check = {breach.rule for breach in breaches} & judged
        if on_board != by_check:
            found = [str(breach.text) for breach in breaches]
            yield f"plan {number}: broken {list(evaluation.broken)}, breaches {found}\n{told(plan)}"
        if context.kept.keys() | context.settled_places.keys() <= plan.placed.keys():
            yield from _worth(context, plan, evaluation, priced=number in specimen.priced)


def rule_of(builder: BoardBuilder, broken: Broken) -> str:
    """The rule that posted what is broken; empty where something that must stand does not."""
    if broken.part == "unplaced":
        return ""
    part = broken.about.partition(" ")[0] if broken.part == "capacity" else broken.part
    return builder.origin(part, broken.about)[0]


def _worth(context: ReplanContext, plan: Plan, evaluation: Evaluation, *, priced: bool) -> Iterator[str]:
    counted = values(context, plan)
    for level, value in evaluation.values.items():
        if (priced or level != "quality") and value != counted[level]:
            yield f"level {level}: {value} on the board, {counted[level]} counted\n{told(plan)}"


def context_disagreements(specimen: Specimen, context: ReplanContext) -> Iterator[str]:
    """Where what a context works out differs from what it rests on, asked slot by slot and plan by plan."""
    yield from _painted(context)
    yield from _tied(context)
    for plan in specimen.plans:
        yield from _joined(context, plan)
    base = specimen.context.base
    if base is not None:
        lost = hit(context)
        if lost != _hit(context, base):
            yield f"hit are {sorted(lost)}, should be {sorted(_hit(context, base))}"


def _painted(context: ReplanContext) -> Iterator[str]:
    """The offers spread over the grid, and those that unit, agency and calendar tell of a slot."""
    scenario, grid = context.scenario, context.slots.grid
    for number in range(grid.size):
        slot = grid.slot(number)
        if grid.number(slot) != number:
            yield f"{slot} has the number {grid.number(slot)}, not {number}"
        if bool(context.slots.year.open >> number & 1) != scenario.calendar.is_open(slot.day):
            yield f"{slot.day} is open on one side alone"
        for unit in scenario.police.values():
            if context.slots.offers.police[unit.id][number] != scenario.police_offer(unit.id, slot):
                yield f"{unit.id} {slot}: {context.slots.offers.police[unit.id][number]} painted"
            of_ten = unit.withdrawn_of_ten(slot) or 0
            if scenario.history:
                of_ten = context.slots.risk.withdrawn_of_ten(unit.id, slot)
            if context.slots.risk.by_unit.get(unit.id, [0] * grid.size)[number] != of_ten:
                yield f"{unit.id} {slot}: another risk is painted"
        for agency in scenario.agencies.values():
            if context.slots.year.teams[agency.id][number] != agency.offer(slot):
                yield f"{agency.id} {slot}: {context.slots.year.teams[agency.id][number]} teams painted"


def _tied(context: ReplanContext) -> Iterator[str]:
    """Those tied to a hit one, found by looking at every operation again and again."""
    loose, before = set(context.hit), -1
    while len(loose) > before:
        before = len(loose)
        for operation in context.scenario.operations.values():
            if operation.same_slot_as in loose or (operation.after is not None and operation.after.operation in loose):
                loose.add(operation.id)
            if operation.id in loose and operation.same_slot_as is not None:
                loose.add(operation.same_slot_as)
    if loose != context.loosened:
        yield f"loosened are {sorted(context.loosened)}, should be {sorted(loose)}"


def _hit(context: ReplanContext, base: Base) -> set[str]:
    """Those that lost what they stand on, by asking of each what all beside it need."""
    scenario, found = context.scenario, set()
    coming = [place for place in base.placements.values() if not context.started(place)]
    for place in coming:
        short = any(_is_short(context, place, slot, coming) for slot in _slots(scenario, place))
        if short or _is_unwanted(context, place):
            found.add(place.operation)
    return found


def _is_short(context: ReplanContext, place: Placement, slot: Slot, coming: list[Placement]) -> bool:
    """Whether an agency that is needed, or a unit that lends, has too little there for all that are to come."""
    scenario = context.scenario
    there = [other for other in coming if slot in _slots(scenario, other)]
    for agency in _sent(scenario, place):
        if sum(_sent(scenario, other).get(agency, 0) for other in there) > scenario.agencies[agency].offer(slot):
            return True
    for unit in _lent(scenario, place):
        offer = scenario.police_offer(unit, slot)
        if sum(_lent(scenario, other).get(unit, 0) for other in there) > offer.officers:
            return True
        requiring = [p.operation for p in there if scenario.operations[p.operation].designated == "require"]
        served = [p.operation for p in there if p.police == unit and p.operation in requiring]
        if place.operation in served and len(served) > offer.designated:
            return True
    return False


def _slots(scenario: Scenario, place: Placement) -> list[Slot]:
    days = scenario.operations[place.operation].days
    return [Slot(place.slot.day + timedelta(days=n), place.slot.shift) for n in range(days)]


def _lent(scenario: Scenario, place: Placement) -> dict[str, int]:
    """The officers that each unit must lend there."""
    operation = scenario.operations[place.operation]
    if place.police is None:
        return {}
    return {**operation.police_also, place.police: operation.officers_least or operation.officers}


def _is_unwanted(context: ReplanContext, place: Placement) -> bool:
    """Whether somebody who is needed said no to where it stands, or all agreed to have it elsewhere."""
    operation, held = context.scenario.operations[place.operation], context.settled_places.get(place.operation)
    for no in context.demands.refused.get(place.operation, ()):
        same_day = no.slot is not None and no.slot.day == place.slot.day
        if same_day and no.party in {*_sent(context.scenario, place), operation.lead_agency}:
            return True
        if no.slot == place.slot and no.party == place.police:
            return True
    where = (place.slot, place.police, place.any_of)
    return held is not None and (held.slot, held.police, held.any_of) != where


def _sent(scenario: Scenario, place: Placement) -> dict[str, int]:
    """The teams of the agencies that are required there."""
    operation = scenario.operations[place.operation]
    chosen = {agency: group.teams for group in operation.any_of for agency in place.any_of if agency in group.agencies}
    return {**operation.agencies, **chosen}


def _joined(context: ReplanContext, plan: Plan) -> Iterator[str]:
    """Those who could join and do not, or the other way round; a plan that overfills a slot has none who could."""
    scenario = context.scenario
    for place in joined(scenario, plan.placements):
        for agency, teams in scenario.operations[place.operation].optional_agencies.items():
            lefts, spare = [], True
            for slot in _slots(scenario, place):
                there = [other for other in plan.placements if slot in _slots(scenario, other)]
                sent = sum(_sent(scenario, other).get(agency, 0) for other in there)
                wishes = sum(scenario.operations[p.operation].optional_agencies.get(agency, 0) for p in there)
                lefts.append(scenario.agencies[agency].offer(slot) - sent)
                spare = spare and wishes <= lefts[-1]
            joins = agency in place.optional_agencies
            if (spare and not joins) or (teams > min(lefts) and joins):
                yield f"{agency} at {place}: {lefts} teams are left"
    filled = replace(plan, placements=joined(scenario, plan.placements))
    bare = list(BY_ID["agency-teams"].breaches(context, without_joins(plan)))
    if not bare and any(BY_ID["agency-teams"].breaches(context, filled)):
        yield f"those who join are more than there are teams\n{told(filled)}"


def without_joins(plan: Plan) -> Plan:
    """The plan as a board sees it: who joins is settled after it."""
    return replace(plan, placements=tuple(_alone_there(place) for place in plan.placements))


def _alone_there(place: Placement) -> Placement:
    return replace(place, optional_agencies=()) if place.optional_agencies else place


def told(plan: Plan) -> str:
    """A plan in words, for a failure."""
    lines = [
        f"  {p.operation} {p.slot.day} {p.slot.shift} {p.police} {p.optional_agencies} {p.any_of}"
        for p in plan.placements
    ]
    if plan.base is not None:
        lines.append(f"  as of {plan.base.as_of}, hit {sorted(plan.base.hit)}, before:")
        lines += [
            f"    {p.operation} {p.slot.day} {p.slot.shift} {p.police} {p.any_of}"
            for p in plan.base.placements.values()
        ]
    return "\n".join(lines)


def _draft(context: ReplanContext, specimen: Specimen) -> BoardBuilder:
    """A board with an option for each placement of some plan, and no rule's word yet."""
    possible: dict[str, dict[Staffing, int]] = {id: defaultdict(int) for id in context.scenario.operations}
    for placement in dict.fromkeys(chain.from_iterable(plan.placements for plan in specimen.plans)):
        if _is_choice(context, placement):
            possible[placement.operation][placement.staffing] |= context.slots.grid.single(placement.slot)
    return BoardBuilder(context, possible)


def choice_of(builder: BoardBuilder, plan: Plan) -> list[int | None]:
    """The plan as a choice among the builder's options; None also where it takes a place that is no option."""
    return [None if (place := plan.placed.get(id)) is None else builder.option(place) for id in builder.modes]


def _allowed(rule: Rule, context: ReplanContext, place: Placement) -> bool:
    """Whether the rule lets it stand there, alone; what has been is asked by none but the rule about it."""
    operation = context.scenario.operations[place.operation]
    if operation.id in context.history and rule.id not in ABOUT_KEPT:
        return True
    if rule.id == "placement":  # on the board it holds by construction
        may_serve = place.police in context.scenario.units_for(operation)
        return not operation.reserve and may_serve and _is_choice(context, place)
    chosen = operation.choosing(place.any_of)
    allowed = rule.allowed(context, chosen, place.police)
    return bool(allowed & context.slots.grid.single(place.slot))


def _is_on_boards(context: ReplanContext, plan: Plan, *, beyond: bool = False) -> bool:
    """Whether a board has it: agencies are chosen rightly, and no date lies after the plan's, or `beyond` any may."""
    last = date.max if beyond else context.scenario.span.last
    return all(
        _is_choice(context, place) and _slots(context.scenario, place)[-1].day <= last for place in plan.placements
    )


def _is_choice(context: ReplanContext, place: Placement) -> bool:
    """Whether its agencies are one of each group: on a board there is nothing else."""
    groups = context.scenario.operations[place.operation].any_of
    return len(groups) == len(place.any_of) and all(
        a in group.agencies for a, group in zip(place.any_of, groups, strict=True)
    )


def _history_stays(context: ReplanContext, plan: Plan) -> bool:
    return all(old.same_place(plan.placed.get(id)) for id, old in context.history.items())


def _strangers(rule: Rule, builder: BoardBuilder, board: Board) -> Iterator[str]:
    """What a rule posts under another's name: explanations look rules up by it."""
    names = {row.rule for row in board.rows} | {builder.origin(part, "")[0] for part in board.capacities}
    names |= {"follow-up"} if board.lags else set()
    names |= {"apart"} if board.conflicts else set()
    if names - {rule.id}:
        yield f"{rule.id} posts for {names - {rule.id}}"
