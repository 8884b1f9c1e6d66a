"""What a rule costs, in sentences for a steering group: operations are named as far as a level of detail allows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from arshjul.agenda.channel import Level
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.worth.cost import CostOfRule, CostOfStep
from arshjul.texts import counted, without_capital


def cost_said(
    scenario: Scenario, found: CostOfRule, level: Level
) -> Iterator[tuple[Message | None, Sequence[Message]]]:
    """All of it: sentences, those of a step under its heading."""
    yield None, list(beforehand(found))
    for one in found.steps:
        if not found.is_idle(one):
            first, *rest = step_said(scenario, found, one, level)
            yield first, rest
    yield None, [*idle_said(found), *afterwards(found)]


def beforehand(found: CostOfRule) -> Iterator[Message]:
    """The rule, and what is left out under it."""
    yield Message("What the rule {rule} costs", {"rule": found.rule.title})
    musts, points = found.before.levels
    if not found.before.out:
        yield Message("No operation is left out as it is: no rule can bring any in.")
    else:
        yield counted(
            found.before.out,
            "As it is, one operation is left out whatever moves: {musts} musts, {points} priority points.",
            "As it is, {n} operations are left out whatever moves: {musts} musts, {points} priority points.",
            musts=musts,
            points=points,
        )
    if found.unaided > 0:
        yield counted(
            found.unaided,
            "One operation that is left out would come in by a replan alone: it is not counted below.",
            "{n} operations that are left out would come in by a replan alone: they are not counted below.",
        )


def step_said(scenario: Scenario, found: CostOfRule, one: CostOfStep, level: Level) -> Iterator[Message]:
    """A step, what comes in and goes out with it, what has to move, and what is proven."""
    came_in, went_out, moved = found.came_in(one), found.went_out(one), one.after.moved - found.before.moved
    yield Message("{what}:", {"what": one.step.text})
    if came_in:
        yield counted(
            len(came_in),
            "one operation comes in: {which}.",
            "{n} operations come in: {which}.",
            which=list(named(scenario, came_in, level)),
        )
    if went_out:
        yield counted(
            len(went_out),
            "one is left out instead: {which}.",
            "{n} are left out instead: {which}.",
            which=list(named(scenario, went_out, level)),
        )
    if moved > 0 and came_in:
        yield counted(moved, "one other has to move for that.", "{n} others have to move for that.")
    if one.after.levels != found.before.levels:
        names = Message("Musts left out"), Message("Priority points left out")
        for name, before, after in zip(names, found.before.levels, one.after.levels, strict=True):
            yield Message("{level}: {after}, now {before}.", {"level": name, "before": before, "after": after})
        yield _proof(found.is_proven(one))
    elif found.is_proven(one):
        yield Message("No plan under this rule leaves out less, proven.")
        yield from _quality(found, one)
    else:
        yield Message("Nothing that comes in was found in time: more may be possible.")


def idle_said(found: CostOfRule) -> Iterator[Message]:
    """The steps that change nothing, in one sentence."""
    idle = [one.step.text for one in found.steps if found.is_idle(one)]
    if idle:
        yield Message("Changes nothing, proven: {steps}.", {"steps": idle})


def _proof(is_proven: bool) -> Message:
    if is_proven:
        return Message("Proven: no plan under this rule leaves out less.")
    return Message("Not proven: the time was up, and more may be possible.")


def _quality(found: CostOfRule, one: CostOfStep) -> Iterator[Message]:
    own, quality = found.quality, one.quality
    if own is None or quality is None:
        return
    values = {"after": quality.value, "before": own.value}
    if quality.value >= own.value:
        yield Message("Quality: nothing better was found in time.")
    elif quality.proven:
        yield Message("Quality: {after} penalty points, now {before}; no plan has fewer, proven.", values)
    else:
        yield Message("Quality: {after} penalty points, now {before}; fewer may be possible.", values)


def afterwards(found: CostOfRule) -> Iterator[Message]:
    """What was not reached, and that nothing is decided."""
    if len(found.steps) < found.n_asked:
        values = {"n": found.n_asked - len(found.steps)}
        yield Message("Time was up before {n} more: give it more time.", values)
    yield Message(
        "The plan stands as it did: whoever wants the step changes the rule in the workbook or scenario, and replans."
    )


def named(scenario: Scenario, operations: Iterable[str], level: Level) -> Iterator[Message]:
    """The operations: number, area and sector; by area; or how many. Their titles may hint at a target."""
    there = [scenario.operations[id] for id in operations]
    if level == "busy":
        yield counted(len(there), "one operation", "{n} operations")
    elif level == "area":
        for area, n in sorted(Counter(one.area for one in there).items()):
            yield counted(n, "one in {area}", "{n} in {area}", area=scenario.areas[area].name)
    else:
        for one in there:
            values = {
                "id": one.id,
                "area": scenario.areas[one.area].name,
                "sector": without_capital(scenario.word(one.sector)),
            }
            yield Message("{id} ({area}, {sector})", values)
