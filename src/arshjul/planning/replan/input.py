"""The input of a replan: the amended year, the remaining offers, the operations hit, and those that stay."""

from dataclasses import dataclass, replace
from datetime import datetime

from arshjul.domain.entries.amended import amended
from arshjul.domain.entries.amendment import Pinned, WithoutPolice
from arshjul.domain.entries.entries import Entries
from arshjul.domain.operation import Pin
from arshjul.domain.plan import Base, Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.domain.slot_tables import SlotTables
from arshjul.planning.replan.agreement import yielding
from arshjul.planning.replan.edit import Edit, edited
from arshjul.planning.replan.entering import all_entered, doubtful, refuse_begun, refuse_moment, settle
from arshjul.planning.replan.undo import taken_back, with_former_objects
from arshjul.planning.verify.verify import refuse_broken
from arshjul.rules.causes import CauseFinder
from arshjul.rules.hit import hit


@dataclass(frozen=True, slots=True)
class ReplanInput:
    """The data that a replan is solved from.

    `scenario` is the one as read, with the changes made; `entries` are all so far; `edit` has the differences if the
    scenario was edited. `doubtful` are operations that began with too few officers left and have no outcome. `finder`
    finds the causes of any answer's changes. `former` is the scenario of the plan that the replan starts from.
    """

    former: Scenario
    scenario: Scenario
    context: ReplanContext
    as_of: datetime
    entries: Entries
    doubtful: tuple[str, ...]
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
    revision = plan.revision + 1
    given, entered = taken_back(scenario, given, plan, entered, as_of)
    edit = None if given is None else edited(scenario, given, plan, entered, as_of)
    now = scenario if edit is None else edit.scenario
    settled = settle(now, plan, entered, as_of)
    standing = plan.entries.standing(entered).changes
    new = with_former_objects(
        amended(now, settled.changes, standing), plan, entered, scenario.begun(plan.placed, as_of)
    )
    refuse_begun(now, plan, settled, as_of)
    if edit is not None:
        settled = replace(settled, changes=(edit.difference, *settled.changes))
    entries = all_entered(new, plan, settled, as_of)
    left = new.after(entries.in_force(), as_of.date())
    planned = new.planned
    placed = {id: placement for id, placement in plan.placed.items() if id in planned}
    pinned_anew = {id for id, one in new.operations.items() if one.fixed not in (None, _pin(scenario, id))}
    pinned_anew |= {change.operation for change in settled.changes if isinstance(change, Pinned | WithoutPolice)}
    unpinned = frozenset(plan.unpinned & new.operations.keys()) - pinned_anew
    base = Base(plan.revision, as_of, placed)
    only_officers = edit is None and _only_officers(entered)
    tables = slots.after(left) if slots is not None and only_officers else SlotTables.of(left)
    context = ReplanContext(tables, as_of, base, unpinned, demands=entries.demands(revision))
    lost = hit(context, only_officers)
    loose = {id for id in lost if new.operations[id].fixed is not None}
    base = replace(base, hit=lost)
    context = replace(context, base=base, unpinned=unpinned | (loose - pinned_anew))
    context = replace(context, base=replace(base, yielded=yielding(context)))
    finder = CauseFinder(context, entries, revision, {} if edit is None else scenario.operations)
    return ReplanInput(scenario, new, context, as_of, entries, doubtful(context, entries, revision), finder, edit)


def _only_officers(entered: Entries) -> bool:
    """True if only withdrawals and officers given back are new, so that all other rules still hold."""
    return not (entered.outcomes or entered.changes or entered.fillings)


def _pin(scenario: Scenario, operation: str) -> Pin | None:
    known = scenario.operations.get(operation)
    return None if known is None else known.fixed
