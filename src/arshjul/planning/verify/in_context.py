"""A plan from a folder, judged in the context in which it was made."""

from collections.abc import Iterator
from dataclasses import replace

from arshjul.domain.change import changes
from arshjul.domain.plan import Base, Plan
from arshjul.domain.replan_context import ReplanContext, context_of
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.verify.verify import Verdict, binding_breaches, breaches, filling_claims, verify
from arshjul.rules import objectives
from arshjul.rules.causes import CauseFinder, hit
from arshjul.texts import titled

_STATUSES = {"optimal": Message("proven"), "feasible": Message("not proven")}


def judge(scenario: Scenario, plan: Plan, status: str | None = None) -> Verdict:
    """The verdict on a plan. `scenario` as read; `status` is what its file claims."""
    context = context_of(scenario, plan)
    verdict = verify(context, plan)
    claims = [*verdict.claims, *_levels(plan)]
    if status is not None and status != plan.status:
        claims.append(
            Message(
                "the plan calls itself {claimed}, its levels say {status}",
                {"claimed": titled(_STATUSES, status), "status": titled(_STATUSES, plan.status)},
            )
        )
    claims += _of_base(context, plan)
    claims += filling_claims(scenario, plan)
    return Verdict((*verdict.breaches, *binding_breaches(scenario, plan)), tuple(claims))


def _of_base(context: ReplanContext, plan: Plan) -> Iterator[Message]:
    """The untrue claims of a replan about its start: the moment, and the operations hit."""
    base = plan.base
    if base is None:
        return
    if base.as_of != plan.placing.as_of:
        values = {"plan": plan.placing.as_of, "base": base.as_of}
        yield Message("the plan is of {plan}, but its base of {base}", values)
    if base.placements.keys() <= context.scenario.operations.keys():
        lost = hit(context)
        if missing := lost - base.hit:
            yield Message("affected, but not so in the plan: {operations}", {"operations": sorted(missing)})
        if surplus := base.hit - lost:
            yield Message("not affected, but so in the plan: {operations}", {"operations": sorted(surplus)})
    yield from _yielded(context, plan, base)
    yield from _of_causes(context, plan, base)


def _of_causes(context: ReplanContext, plan: Plan, base: Base) -> Iterator[Message]:
    """The untrue claims about causes: a change without any, or a withdrawal that leaves enough officers."""
    if plan.causes is None or not base.placements.keys() <= context.scenario.operations.keys():
        return
    changed = {move.operation for move in changes(base.placements, plan.placed).changed}
    if silent := {id for id in changed if all(one.absent for one in plan.causes.get(id, ()))}:
        yield Message("changed without a cause in the plan: {operations}", {"operations": sorted(silent)})
    finder = CauseFinder(context, plan.entries, plan.placing.revision, plan.given)
    for id in sorted(plan.causes):
        old = base.placements.get(id)
        biting = set() if old is None else {withdrawal.id for withdrawal in finder.withdrawals(old)}
        for told in plan.causes[id]:
            if told.kind == "withdrawal" and told.id not in biting:
                values = {"operation": id, "withdrawal": told.id}
                yield Message("{operation} left its place for {withdrawal}, which leaves enough", values)


def _yielded(context: ReplanContext, plan: Plan, base: Base) -> Iterator[Message]:
    """Operations that are claimed to have yielded, though they could stand where all agreed beside the rest."""
    for id in sorted(base.yielded):
        tried = replace(context, base=replace(base, yielded=base.yielded - {id}))
        held = tried.settled_places.get(id)
        if held is None:
            yield Message("{operation} yielded, but nothing holds it", {"operation": id})
            continue
        if context.slots.grid.number(held.slot) is None or held.police not in (None, *context.scenario.police):
            continue  # the shift or the unit no longer exists
        others = tuple(placement for placement in plan.placements if placement.operation != id)
        out = tuple(one for one in plan.unplaced if one.operation != id)
        place = replace(held, optional_agencies=())
        if not breaches(tried, replace(plan, placements=(*others, place), unplaced=out)):
            yield Message("{operation} could lie where agreed, or where it was, but does not", {"operation": id})


def _levels(plan: Plan) -> Iterator[Message]:
    """The claim of wrong levels: a plan has all those of its kind, each once, in order, or none."""
    wanted = objectives.PLAN_LEVELS if plan.option is None else objectives.REPLAN_LEVELS.get(plan.option, ())
    found = tuple(level.id for level in plan.levels)
    if found and found != wanted:
        values = {
            kind: [objectives.level_titled(id) for id in ids] for kind, ids in (("found", found), ("wanted", wanted))
        }
        yield Message("the levels are {found}, they should be {wanted}", values)
