"""The input of a replan: the amended year, the remaining offers, the operations hit, and those that stay.

Usually all can be held where their participants agreed to have them. If officers were withdrawn since, or two need the
same ones, as few as possible yield. Unplaced musts count before that: such an operation is not a must.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from arshjul import solver
from arshjul.domain.entries.amended import Given, amended, with_teams_of
from arshjul.domain.entries.amendment import Amendment, Cancelled, TeamsLost
from arshjul.domain.entries.entries import Entries
from arshjul.domain.plan import Base, Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.domain.slot_tables import SlotTables
from arshjul.planning.problem import Places, either
from arshjul.planning.replan.edit import Edit, edited
from arshjul.planning.replan.entering import all_entered, corrected, doubtful, refuse_begun, refuse_moment, settle
from arshjul.planning.replan.ladder import least_unplaced
from arshjul.planning.replan.undo import past_told, with_former_objects
from arshjul.planning.verify.verify import refuse_broken
from arshjul.rules import BoardBuilder, builder_of, possible
from arshjul.rules.causes import CauseFinder, hit
from arshjul.rules.objectives import MUSTS

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
    picks = dict(zip(builder.modes, solution.choice, strict=True))
    out = set()
    for id, settled in context.settled_places.items():
        place = None if (pick := picks.get(id)) is None else builder.placement(id, pick)
        if not settled.same_place(place):
            out.add(id)
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
    changes: list[Amendment] = [one for one in decided if isinstance(one, TeamsLost)]  # of one id the last alone
    changes += (one for one in settled.changes if not isinstance(one, TeamsLost))
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
