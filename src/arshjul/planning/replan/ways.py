"""The different plans among the options of a replan, and what each is better at than the others."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from math import inf

from arshjul.domain.level import Level
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.verify.verify import counted_values
from arshjul.rules.builder import QUALITY
from arshjul.rules.objectives import BALANCE, CHANGES, MUSTS, POINTS

ALL_ALIKE = Message("All three options are equally good.")
ALIKE_SO_FAR = Message("All three options gave the same plan. A better one may exist.")
ADVANTAGES: Mapping[str, Message] = {
    MUSTS: Message("fewest musts left out, {n} (otherwise {others})"),
    POINTS: Message("fewest priority points left out, {n} (otherwise {others})"),
    CHANGES: Message("fewest operations changed, {n} (otherwise {others})"),
    QUALITY: Message("best quality, {n} penalty points (otherwise {others})"),
}
BOTH_TOGETHER = Message("fewest points for operations left out and unforced changes, {n} (otherwise {others})")
NO_ADVANTAGE = Message("none over the others")


@dataclass(frozen=True, slots=True)
class Way:
    """`advantages`: over another way; empty if it is the only one. `levels`: of its options, proven for each."""

    ids: tuple[str, ...]
    plan: Plan
    advantages: tuple[Message, ...]
    levels: tuple[Level, ...]

    @property
    def is_proven(self) -> bool:
        return all(level.proven for level in self.levels)

    @property
    def alike(self) -> Message:
        return ALL_ALIKE if self.is_proven else ALIKE_SO_FAR

    @property
    def advantage(self) -> Message | None:
        if not self.advantages:
            return None
        return Message("{advantages}", {"advantages": self.advantages})


def ways(scenario: Scenario, options: Mapping[str, Plan]) -> tuple[Way, ...]:
    alike: list[list[str]] = []
    for id, plan in options.items():
        same = next((ids for ids in alike if options[ids[0]].placements == plan.placements), None)
        if same is None:
            alike.append([id])
        else:
            same.append(id)
    firsts = [options[ids[0]] for ids in alike]
    values = [counted_values(scenario, plan.base, plan, plan.prices) for plan in firsts]
    return tuple(
        Way(tuple(ids), plan, _advantages(n, values), _levels([options[id] for id in ids]))
        for n, (ids, plan) in enumerate(zip(alike, firsts, strict=True))
    )


def _advantages(n: int, values: Sequence[Mapping[str, int]]) -> tuple[Message, ...]:
    if len(values) == 1:
        return ()
    for told in (ADVANTAGES, {BALANCE: BOTH_TOGETHER}):
        found = [_told(text, values[n][level], [one[level] for one in values]) for level, text in told.items()]
        if best := tuple(one for one in found if one is not None):
            return best
    return (NO_ADVANTAGE,)


def _told(text: Message, value: int, of_all: Sequence[int]) -> Message | None:
    others = sorted({one for one in of_all if one > value})
    if value > min(of_all) or not others:
        return None
    return replace(text, values={"n": value, "others": others})


def _levels(plans: Sequence[Plan]) -> tuple[Level, ...]:
    """Each level with the least bound that the options have for it, the quality last: it is below all the others."""
    found: dict[str, Level] = {}
    for level in (level for plan in plans for level in plan.levels):
        found[level.id] = min(found.get(level.id, level), level, key=_least)
    return tuple(sorted(found.values(), key=lambda level: level.id == QUALITY))


def with_shared_proofs(options: Mapping[str, Plan]) -> Mapping[str, Plan]:
    """The options, each with what another one that has come to the same plan has proven of it."""
    found = {}
    for id, plan in options.items():
        alike = [one for one in options.values() if one.placements == plan.placements]
        known = (_known(level.id, _ids(plan.levels[:n]), alike) for n, level in enumerate(plan.levels))
        found[id] = replace(plan, levels=tuple(known))
    return found


def _known(level: str, above: Set[str], plans: Sequence[Plan]) -> Level:
    """A bound holds for plans as good on the levels above it, in whatever order: so it holds below more of them."""
    return max(
        (
            one
            for plan in plans
            for n, one in enumerate(plan.levels)
            if one.id == level and _ids(plan.levels[:n]) <= above
        ),
        key=_least,
    )


def _ids(levels: Sequence[Level]) -> Set[str]:
    return {level.id for level in levels}


def _least(level: Level) -> float:
    return -inf if level.bound is None else level.bound
