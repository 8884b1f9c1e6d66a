"""Binds objects to the frames of a plan: proven, explained, and checked before it is returned."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from arshjul import solver
from arshjul.agenda.visits import stops_by_frame
from arshjul.agenda.when import placed_when
from arshjul.domain.entries.entries import Entries
from arshjul.domain.level import Level
from arshjul.domain.plan import Plan, Price
from arshjul.domain.scenario import Scenario
from arshjul.domain.visit_object import Bindings, Filling, Freed, VisitObject
from arshjul.errors import EngineFault, Message, NoAnswer
from arshjul.planning.bindings import freed_said, standing
from arshjul.planning.effort import Effort
from arshjul.planning.fill.overview import Unbound, reason_said, unbound
from arshjul.planning.replan.entering import refuse_moment
from arshjul.planning.verify.verify import binding_breaches, filling_claims, refuse_broken
from arshjul.rules.fill.context import FillContext
from arshjul.rules.fill.fits import first_miss
from arshjul.rules.fill.quality import WISHES, filled_builder


@dataclass(frozen=True, slots=True)
class FillResult:
    """A plan with its frames filled. `scenario` holds the objects; `bound` are the new bindings.

    `empty` are the frames that are about to stay empty; `hopeless` the objects that no frame ahead could take, even an
    empty one; `seconds` are by proven level.
    """

    scenario: Scenario
    plan: Plan
    levels: tuple[Level, ...]
    bound: Bindings
    freed: tuple[Freed, ...]
    unbound: tuple[Unbound, ...]
    hopeless: tuple[str, ...]
    empty: tuple[str, ...]
    prices: tuple[Price, ...]
    seconds: Mapping[str, float]


def fill(
    scenario: Scenario, plan: Plan, objects: Mapping[str, VisitObject], as_of: datetime, effort: Effort
) -> FillResult:
    """The next revision: the same placements, and the objects bound as well as possible.

    InputError if the moment lies before the plan's own, or the plan breaks a rule.
    """
    refuse_moment(plan, Entries(), as_of)
    refuse_broken(scenario, plan)
    scenario = _with_objects(scenario, plan, objects, as_of)
    before = standing(scenario, plan, plan.placed, as_of)
    context = FillContext.of(scenario, plan.placed, as_of, before.bindings)
    builder = filled_builder(context)
    solution = solver.solve(builder.board(), limit_s=effort.limit_s, seed=effort.seed, progress=effort.progress)
    if solution.choice is None:
        raise NoAnswer(Message("No binding within the time limit: give more time."))
    done = context.binding(builder.bindings(solution.choice))
    levels = tuple(Level(level.id, level.value, level.bound) for level in solution.levels if level.value is not None)
    bound = _new(context, done.bindings)
    filling = Filling(bound, before.freed, levels, reported=as_of, revision=plan.revision + 1)
    new = replace(
        plan,
        as_of=as_of,
        revision=plan.revision + 1,
        bindings=done.bindings,
        placed_by=plan.placing,
        entries=plan.entries.and_then(Entries((filling,))),
    )
    _refuse_unsound(scenario, new)
    waiting = done.waiting
    return FillResult(
        scenario,
        new,
        levels,
        bound,
        before.freed,
        tuple(unbound(done, wanted) for wanted in waiting),
        tuple(wanted.id for wanted in waiting if not _has_hope(context, wanted)),
        done.empty(),
        tuple(price for wish in WISHES for price in wish.prices(done)),
        {level.id: level.seconds for level in solution.levels if level.proven},
    )


def _with_objects(scenario: Scenario, plan: Plan, objects: Mapping[str, VisitObject], as_of: datetime) -> Scenario:
    """The scenario with these objects, and those bound to frames that have begun."""
    context = FillContext.of(scenario, plan.placed, as_of)
    started = [id for id in plan.bindings if id in context.frames and id not in context.ahead]
    held = {object for id in started for object in plan.bindings[id]}
    past = {id: one for id, one in scenario.objects.items() if id in held and id not in objects}
    return replace(scenario, objects={**past, **objects})


def _new(context: FillContext, bindings: Bindings) -> Bindings:
    """The bindings without the earlier ones."""
    found = {id: tuple(one for one in objects if one not in context.kept) for id, objects in bindings.items()}
    return {id: objects for id, objects in found.items() if objects}


def _has_hope(context: FillContext, wanted: VisitObject) -> bool:
    """True if a frame ahead would take the object if it were empty."""
    empty = context.binding({})
    return any(first_miss(empty, wanted, frame) is None for frame in empty.near(wanted))


def _refuse_unsound(scenario: Scenario, plan: Plan) -> None:
    """Raises EngineFault if the check refuses the filling."""
    wrong = [*(breach.text for breach in binding_breaches(scenario, plan)), *filling_claims(scenario, plan)]
    if wrong:
        raise EngineFault(Message("The binding fails its own check: {wrong}", {"wrong": wrong}))


def filling_lines(result: FillResult) -> Iterator[Message]:
    """A line for each fact."""
    scenario, plan = result.scenario, result.plan
    yield from (freed_said(one) for one in result.freed)
    for frame, objects in result.bound.items():
        values = {"frame": frame_said(scenario, plan, frame), "objects": list(objects)}
        yield Message("{frame}: {objects}.", values)
    if not result.bound:
        yield Message("No object bound.")
    for one in result.unbound:
        if one.object not in result.hopeless:  # warnings tell of the hopeless ones
            yield Message("{object}: {why}", {"object": one.object, "why": reason_said(one)})
    yield from (empty_said(scenario, plan, frame) for frame in result.empty)


def frame_said(scenario: Scenario, plan: Plan, frame: str) -> Message:
    """A frame with its date and the number of its stops that are taken."""
    taken = stops_by_frame(scenario, plan)[frame].text
    when = placed_when(scenario, plan.placed[frame])
    return Message("{frame}, {when} ({taken})", {"frame": frame, "when": when, "taken": taken})


def empty_said(scenario: Scenario, plan: Plan, frame: str) -> Message:
    """A warning that a frame is about to stay empty."""
    values = {"frame": frame, "when": placed_when(scenario, plan.placed[frame])}
    return Message("{frame}, {when}, is likely to stay empty.", values)
