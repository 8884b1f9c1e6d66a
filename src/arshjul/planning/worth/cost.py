"""What a rule costs: what would come in if it were a step looser.

Each step is a replan that delivers most under the looser rule: no plan leaves out less. What not even all steps
together change is proven for each of them at once. Of a first plan whose year has not begun the quality is compared
too, where nothing comes in: the year is then planned anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter

from arshjul.domain.level import Level
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message, NoAnswer
from arshjul.planning.effort import Effort
from arshjul.planning.first.plan import make_plan
from arshjul.planning.worth.delivered import Delivered, StandingYear
from arshjul.planning.worth.worth import months_ahead
from arshjul.rules import HARD
from arshjul.rules.builder import QUALITY
from arshjul.rules.rule import LooserStep, Rule


@dataclass(frozen=True, slots=True)
class CostOfStep:
    """A step, and what is delivered with it. `quality`: what it could be; None: not asked, or not found in time."""

    step: LooserStep
    after: Delivered
    quality: Level | None = None


@dataclass(frozen=True, slots=True)
class CostOfRule:
    """What a rule costs, step by step; those that were not reached in time are missing.

    `before`: what a replan delivers under the rule as it is, `quality` the plan's own.
    `unaided`: how many operations would come in by that replan alone.
    """

    rule: Rule
    before: Delivered
    unaided: int
    quality: Level | None
    steps: tuple[CostOfStep, ...]
    n_asked: int

    @property
    def is_whole(self) -> bool:
        """True if each step that was asked for is there, and proven."""
        return len(self.steps) == self.n_asked and all(map(self.is_proven, self.steps))

    def came_in(self, one: CostOfStep) -> list[str]:
        """The operations that come in with a step."""
        return sorted(self.before.left_out - one.after.left_out)

    def went_out(self, one: CostOfStep) -> list[str]:
        """The operations that are left out for others with a step."""
        return sorted(one.after.left_out - self.before.left_out)

    def is_idle(self, one: CostOfStep) -> bool:
        """True if it is proven that the step changes neither what is left out nor the quality."""
        own, quality = self.quality, one.quality
        same = quality is None or (own is not None and own.proven and own.value == quality.bound)
        return same and self.is_proven(one) and one.after.levels == self.before.levels

    def is_proven(self, one: CostOfStep) -> bool:
        """True if no plan delivers more, neither with the step nor without it."""
        return self.before.proven and one.after.proven


def stepping() -> tuple[Rule, ...]:
    """The rules that can be loosened a step."""
    return tuple(rule for rule in HARD if rule.has_step())


def choices() -> dict[str, Message]:
    """What can be loosened a step, by the words of the sheet Rules: a setting, or a rule that has none with a step."""
    found: dict[str, Message] = {}
    for rule in stepping():
        found |= {setting.key: setting.name for setting in rule.settings if setting.step} or {rule.id: rule.title}
    return found


def rule_meant(given: str) -> tuple[Rule, str | None]:
    """The rule of that id, or the one whose setting has that key, and the key.

    InputError with those that have a step if it is none of them.
    """
    for rule in stepping():
        if given == rule.id:
            return rule, None
        if given in (setting.key for setting in rule.settings if setting.step):
            return rule, given
    keys = [setting.key for rule in stepping() for setting in rule.settings if setting.step]
    rules = [Message("{id} ({title})", {"id": rule.id, "title": rule.title}) for rule in stepping()]
    known = {"rules": rules, "settings": keys}
    these = Message("These rules can be loosened a step: {rules}; by themselves these settings: {settings}.", known)
    raise InputError(Message('"{given}" cannot. {these}', {"given": given, "these": these}) if given else these)


def cost(
    scenario: Scenario,
    plan: Plan,
    asked: tuple[Rule, str | None],
    as_of: datetime,
    effort: Effort,
    told: Callable[[int, int], None] | None = None,
) -> CostOfRule:
    """What the rule costs, seen from that moment. `asked`: the rule, and of its steps the one alone if that is given.

    `told` hears how many steps are done, of how many. InputError if none of them can be taken. It ends when time is up,
    or Ctrl-C is pressed.
    """
    started, here, (rule, of) = perf_counter(), StandingYear(scenario, plan, as_of), asked
    within = months_ahead(scenario, as_of)
    steps = [step for step in rule.looser(scenario, within) if of in (None, step.of)]
    if not steps:
        values = {"rule": choices().get(of or rule.id, rule.title)}
        raise InputError(Message("{rule} is off here, or nobody comes under it: there is nothing to loosen.", values))
    before = here.as_it_is(effort)
    widest = scenario
    for step in steps:
        widest = step.make(widest)
    is_idle = here.gains_nothing(before, widest, effort.since(started))
    is_first = plan.revision == 1 and as_of.date() <= scenario.span.first
    found: list[CostOfStep] = []
    try:
        for step, left in effort.each(steps, started, told):
            given = step.make(scenario)
            after = before if is_idle else here.delivered(given, left)
            same = after.levels == before.levels
            quality = _quality(given, plan, effort.since(started)) if is_first and same else None
            found.append(CostOfStep(step, after, quality))
    except KeyboardInterrupt:
        pass
    own = next((level for level in plan.levels if level.id == QUALITY), None) if is_first else None
    return CostOfRule(rule, before, len(plan.unplaced) - before.out, own, tuple(found), len(steps))


def _quality(given: Scenario, plan: Plan, effort: Effort) -> Level | None:
    """The quality of the year planned anew; None if no plan was found in time."""
    if not effort.limit_s:
        return None
    try:
        made = make_plan(given, plan.as_of, replace(effort, bare=True)).plan
    except NoAnswer:
        return None
    return next((level for level in made.levels if level.id == QUALITY), None)
