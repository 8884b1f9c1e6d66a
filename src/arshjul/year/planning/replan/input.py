"""The input of a replan: entries as they come, the amended year, the remaining offers, what is hit, and what stays.

Usually all can be held where their participants agreed to have them. If officers were withdrawn since, or two need the
same ones, as few as possible yield. Unplaced musts count before that: such an operation is not a must.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from arshjul import solver
from arshjul.errors import InputError, Message, Refused
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.declaration import Entry
from arshjul.year.domain.entries.amended import Given, amended, with_teams_of
from arshjul.year.domain.entries.amendment import (
    Amendment,
    Cancelled,
    FewerOfficers,
    LeftOut,
    MilestoneHeld,
    Outcome,
    Pinned,
    Promoted,
    TeamsLost,
    Undone,
    WithoutPolice,
)
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Base, Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import UNKNOWN_END_DAYS
from arshjul.year.domain.slot_tables import SlotTables
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.planning.problem import Places, either
from arshjul.year.planning.replan.edit import Edit, edited, started_in
from arshjul.year.planning.replan.ladder import least_unplaced
from arshjul.year.planning.replan.undo import past_told, with_former_objects
from arshjul.year.planning.verify import refuse_broken, refuse_moment
from arshjul.year.rules import BoardBuilder, builder_of, possible
from arshjul.year.rules.causes import CauseFinder, hit
from arshjul.year.rules.objectives import MUSTS


def refuse_unfit(scenario: Scenario, plan: Plan, entered: Entries, as_of: datetime) -> None:
    """InputError or Refused if no replan at that moment could take the entries in."""
    refuse_moment(plan, entered, as_of)
    plan = corrected(scenario, plan, entered, as_of)
    settled = settle(scenario, plan, entered, as_of)
    amended(scenario, settled.changes)
    refuse_begun(scenario, plan, settled, as_of)


def corrected(scenario: Scenario, plan: Plan, entered: Entries, as_of: datetime) -> Plan:
    """The plan with operations called off by mistake where they took place. Refused if one has begun elsewhere."""
    places = {
        outcome.operation: place
        for outcome in entered.outcomes
        if outcome.result != "called-off" and (place := _called_off(plan, outcome)) is not None
    }
    if twice := sorted(places.keys() & started_in(scenario, plan, Entries(), as_of)):
        raise Refused(Message("{operations} has begun on another date, after being called off.", {"operations": twice}))
    unplaced = tuple(out for out in plan.unplaced if out.operation not in places)
    return replace(plan, placements=tuple({**plan.placed, **places}.values()), unplaced=unplaced)


def _called_off(plan: Plan, outcome: Outcome) -> Placement | None:
    """The place of an operation on the date of the outcome, from which it was called off; None if it was not."""
    known = plan.entries.known_outcomes().get((outcome.operation, outcome.day))
    if known is None or known.result != "called-off":
        return None
    moves = (
        move
        for revision in reversed(plan.revisions)
        for move in revision.changed
        if move.operation == outcome.operation
    )
    former = (move.old for move in moves if move.old is not None)
    return next((place for place in former if place.slot.day == outcome.day), None)


def settle(scenario: Scenario, plan: Plan, entered: Entries, as_of: datetime) -> Entries:
    """Refused if they cannot belong to this plan; InputError if what has begun, or to a past time, is to be pinned."""
    outcomes = tuple(_settled(scenario, plan, outcome, as_of) for outcome in entered.outcomes)
    begun = _begun(scenario, plan, outcomes, as_of)
    promoted = {change.operation for change in entered.changes if isinstance(change, Promoted)}
    coming = {change.operation for change in entered.changes if isinstance(change, Pinned)} & promoted
    others = (_completed(scenario, plan, entry, begun, coming, as_of) for entry in entered.with_lists(outcomes=()))
    return Entries((*outcomes, *others))


def _completed(
    scenario: Scenario, plan: Plan, entry: Entry | Withdrawal, begun: set[str], coming: set[str], as_of: datetime
) -> Entry | Withdrawal:
    """An entry other than an outcome, with what it is about as the plan has it. `coming`: reserves with a place."""
    match entry:
        case WithoutPolice(operation=operation) if operation not in coming:
            return replace(entry, slot=_coming(plan, operation, begun).slot)
        case Cancelled():
            known = scenario.operations.get(entry.operation)
            was = None if known is None else replace(known, sites=())
            return replace(entry, was=was, stood=plan.placed.get(entry.operation))
        case Undone():
            places = tuple(place for place in entry.places if place.operation not in begun)
            return replace(entry, places=places, left_out=tuple(id for id in entry.left_out if id not in begun))
        case FewerOfficers(operation=operation) if operation in begun:
            raise InputError(Message("{operation} has begun: it keeps its officers.", {"operation": operation}))
        case Pinned():
            _refuse_past_pin(scenario, entry, begun, as_of)
        case MilestoneHeld(operation=operation, day=date() as day) if day > as_of.date():
            values = {"operation": operation, "day": day, "as_of": as_of}
            raise Refused(Message("No milestone of {operation} was held on {day}, which is after {as_of}.", values))
        case LeftOut(operation=operation) if operation in plan.placed:
            _coming(plan, operation, begun)
    return entry


def refuse_begun(scenario: Scenario, plan: Plan, entered: Entries, as_of: datetime) -> None:
    """InputError if an operation to be cancelled has begun."""
    begun = _begun(scenario, plan, entered.outcomes, as_of)
    gone = [
        change.operation for change in entered.changes if isinstance(change, Cancelled) and change.operation in begun
    ]
    if gone:
        raise InputError(Message("{operations} cannot be cancelled: it has begun.", {"operations": gone}))


def _begun(scenario: Scenario, plan: Plan, outcomes: Iterable[Outcome], as_of: datetime) -> set[str]:
    called_off = {outcome.operation for outcome in outcomes if outcome.result == "called-off"}
    return {*scenario.begun(plan.placed, as_of)} - called_off


def _settled(scenario: Scenario, plan: Plan, outcome: Outcome, as_of: datetime) -> Outcome:
    placement = plan.placed.get(outcome.operation)
    values = {"operation": outcome.operation, "day": outcome.day, "as_of": as_of}
    if outcome.result == "called-off" and _called_off(plan, outcome) is not None:
        return outcome
    if placement is None:
        raise Refused(Message("{operation} is unplaced and has no outcome.", values))
    values["placed"] = placement.slot.day
    if outcome.day is not None and outcome.day != placement.slot.day:
        raise Refused(Message("{operation} is placed on {placed}, not {day}: give that date, or none.", values))
    has_begun = scenario.has_begun(placement.slot, as_of)
    if not has_begun and not (outcome.result == "called-off" and placement.slot.day == as_of.date()):
        text = Message(
            "{operation} has not begun at {as_of} and has no outcome. Cancel it under `cancelled`, or move it.", values
        )
        raise Refused(text)
    return replace(outcome, day=placement.slot.day)


def _coming(plan: Plan, operation: str, begun: set[str]) -> Placement:
    """The place of an operation that is still to come. Refused if it has none."""
    placement = plan.placed.get(operation)
    if placement is None or operation in begun:
        raise Refused(Message("{operation} is not a placed operation ahead.", {"operation": operation}))
    return placement


def _refuse_past_pin(scenario: Scenario, change: Pinned, begun: set[str], as_of: datetime) -> None:
    values = {"operation": change.operation, "day": change.pin.slot.day, "as_of": as_of}
    if change.operation in begun:
        raise InputError(Message("{operation} cannot be pinned: it has begun.", values))
    if scenario.moments(change.pin.slot)[0] <= as_of:
        raise InputError(Message("{operation} cannot be pinned to {day}, before {as_of}.", values))


def all_entered(scenario: Scenario, plan: Plan, entered: Entries, as_of: datetime) -> Entries:
    entries = plan.entries.and_then(entered.entered(plan.revision + 1, as_of))
    return entries.with_ends(as_of.date(), scenario.settings[UNKNOWN_END_DAYS])


def doubtful(context: ReplanContext, entries: Entries, revision: int) -> Mapping[str, tuple[str, ...]]:
    """Operations without an outcome that began with too few officers before the withdrawal's entry, or lose a date.

    By operation the ids of those withdrawals.
    """
    scenario, known = context.scenario, {(outcome.operation, outcome.day) for outcome in entries.outcomes}
    found = defaultdict[str, list[str]](list)
    for withdrawal in (withdrawal for withdrawal in entries.withdrawals if withdrawal.revision == revision):
        last = withdrawal.last or withdrawal.until or date.max
        for id, placement in context.history.items():
            asked = (id, placement.slot.day) not in known
            if asked and any(
                _is_short(context, withdrawal, last, placement, slot) for slot in scenario.slots(placement)
            ):
                found[id].append(withdrawal.id)
    return {id: tuple(found[id]) for id in scenario.operations if id in found}


def _is_short(context: ReplanContext, withdrawal: Withdrawal, last: date, placement: Placement, slot: Slot) -> bool:
    scenario, reported = context.scenario, withdrawal.reported
    starts = scenario.moments(slot)[0]
    if reported is None or reported >= starts or not withdrawal.covers(slot, last):
        return False
    # Officers given back after the slot has begun come too late.
    left = (
        withdrawal.officers_left if context.started(replace(placement, slot=slot)) else withdrawal.ceiling(slot, last)
    )
    return left is not None and any(
        unit in withdrawal.police and _too_few(context, left, placement, slot, unit)
        for unit in scenario.lenders(placement.operation, placement.police)
    )


def _too_few(context: ReplanContext, left: int, placement: Placement, slot: Slot, unit: str) -> bool:
    operations = context.scenario.operations
    there = [place for place in context.history.values() if slot in context.scenario.slots(place)]
    lent = sum(operations[place.operation].lent(place.police).get(unit, 0) for place in there)
    requiring = sum(place.police == unit and operations[place.operation].designated == "require" for place in there)
    needs_one = placement.police == unit and operations[placement.operation].designated == "require"
    return lent > left or (needs_one and requiring > left)


YIELDED = "yielded"
LIMIT_S = 20.0


def yielding(context: ReplanContext) -> frozenset[str]:
    """The operations that cannot all be held where their participants agreed to have them, or where they go back."""
    if not context.settled_places:
        return frozenset()
    found, musts = _solved(context.holding_the_rest(), context)
    free = context.without_settled_places()
    if not found and musts <= least_unplaced(free, free.scenario.planned)[0]:
        return found
    return _solved(context, context)[0]


def _solved(board_of: ReplanContext, context: ReplanContext) -> tuple[frozenset[str], int]:
    """The operations that yield in the best plan of a context, and the number of musts that it leaves out."""
    free, places = board_of.without_settled_places(), dict[str, Places]()
    for id, operation in board_of.scenario.operations.items():
        settled_too = possible(board_of, operation) if id in board_of.settled_places else {}  # at however short notice
        places[id] = either(possible(free, operation), settled_too)
    builder = builder_of(free, places)
    _charge(builder, context)
    solution = solver.solve(builder.board((MUSTS, YIELDED)), limit_s=LIMIT_S)
    if solution.choice is None:
        return frozenset(context.settled_places), 0
    chosen = builder.placements(solution.choice)
    out = (id for id, settled in context.settled_places.items() if not settled.same_place(chosen.get(id)))
    return frozenset(out), solution.levels[0].value or 0


def _charge(builder: BoardBuilder, context: ReplanContext) -> None:
    grid = context.slots.grid
    for id, settled in context.settled_places.items():
        number = grid.number(settled.slot)
        builder.cost_unplaced(id, YIELDED, 1)
        for mode in builder.modes[id]:
            for column, slot in enumerate(mode.slots, mode.column):
                if slot != number or mode.staffing != settled.staffing:
                    builder.cost(YIELDED, column, 1)


@dataclass(frozen=True, slots=True)
class ReplanInput:
    """The data that a replan is solved from.

    `scenario` is the one as read, with the changes made; `given` is what it was given as; `entries` are all so far;
    `edit` has the differences if the scenario was edited. `doubtful` are operations that began with too few officers
    left and have no outcome. `finder` finds the causes of any answer's changes. `former` is the scenario of the plan
    that the replan starts from.
    """

    former: Scenario
    scenario: Scenario
    given: Given
    context: ReplanContext
    as_of: datetime
    entries: Entries
    doubtful: Mapping[str, tuple[str, ...]]
    finder: CauseFinder
    edit: Edit | None = None


def replan_input(
    scenario: Scenario,
    plan: Plan,
    entered: Entries,
    as_of: datetime,
    given: Scenario | None = None,
    checked: bool = False,
    slots: SlotTables | None = None,
) -> ReplanInput:
    """Computes the remaining offers, the operations that were hit, and the pins that no longer bind.

    `given` is the edited scenario, if any; `checked`: the plan is known to break no rule; `slots`: tables computed of
    this scenario before. InputError if `as_of` lies before the plan's own or before a report, if the plan breaks a
    rule, or if an operation is cancelled that has begun. Refused if an entry, or the scenario, cannot belong to this
    plan.
    """
    refuse_moment(plan, entered, as_of)
    if not checked:
        refuse_broken(scenario, plan)
    plan, revision = corrected(scenario, plan, entered, as_of), plan.revision + 1
    entered = past_told(scenario, plan, entered, as_of)
    edit = edited(scenario, given, plan, entered, as_of)
    now = scenario if edit is None else edit.scenario
    settled = settle(now, plan, entered, as_of)
    if edit is not None:
        gone = tuple(Cancelled(id, undone=True) for id in edit.gone)
        settled = settled.and_then(settle(now, plan, Entries(gone), as_of))
    given_year = plan.given.scenario(scenario) if edit is None else edit.given
    decided = plan.entries.and_then(settled.entered(revision, as_of)).decided()
    changes: list[Amendment] = [
        teams_lost for teams_lost in decided if isinstance(teams_lost, TeamsLost)
    ]  # of one id the last alone
    changes += (change for change in settled.changes if not isinstance(change, TeamsLost))
    new = with_former_objects(
        amended(with_teams_of(given_year, now), changes), plan, entered, scenario.begun(plan.placed, as_of)
    )
    refuse_begun(now, plan, settled, as_of)
    if edit is not None and edit.difference is not None:
        settled = settled.and_then(Entries((edit.difference,)))
    entries = all_entered(new, plan, settled, as_of)
    left = new.after(entries.in_force(), as_of.date())
    planned = new.planned
    placed = {id: placement for id, placement in plan.placed.items() if id in planned}
    base = Base(plan.revision, as_of, placed)
    only_officers = edit is None and not (entered.outcomes or entered.changes or entered.fillings)
    tables = slots.after(left) if slots is not None and only_officers else SlotTables.of(left)
    demands, before = entries.demands(revision), plan.hit
    context = ReplanContext(tables, as_of, base, entries.loose_pins(before), demands=demands)
    base = replace(base, hit=hit(context, only_officers))
    context = replace(context, base=base, unpinned=entries.loose_pins({**before, revision: base.hit}))
    base = replace(base, yielded=yielding(context))
    lost = base.hit - (demands.restored.keys() - base.yielded)
    context = replace(context, base=base, unpinned=entries.loose_pins({**before, revision: lost}))
    as_given = Given.of(given_year, new)
    finder = CauseFinder(context, entries, revision, as_given, {} if edit is None else scenario.operations)
    found = doubtful(context, entries, revision)
    return ReplanInput(scenario, new, as_given, context, as_of, entries, found, finder, edit)
