"""A rule: one condition on a plan, with its settings and its names.

`allowed` and `post` put it on the board, for a single placement and for several together; `refusal` says it in words;
`breaches` checks a finished plan by another method, from dates and not from slot numbers, and shares no helper with
`post`. A soft rule has `prices` in place of `breaches`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.plan import Plan, Price
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import AnySetting
from arshjul.year.rules.builder import BoardBuilder, Subject
from arshjul.year.texts import counted


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach of a rule by some operations. `at_fault`: those of them that must give way; None: any of them."""

    rule: str
    operations: tuple[str, ...]
    text: Message
    at_fault: tuple[str, ...] | None = None

    @property
    def yielding(self) -> tuple[str, ...]:
        return self.operations if self.at_fault is None else self.at_fault


def excess(context: ReplanContext, used: Mapping[str, int], limit: int) -> int | None:
    """The sum of what operations use if it is above the limit and what begun ones used; else None. For checks alone."""
    total = sum(used.values())
    before = sum(amount for id, amount in used.items() if id in context.history) if total > limit else 0
    return total if total > max(limit, before) else None


def too_few(there_are: Message, needed: int) -> Message:
    """The refusal of a slot at which `there_are`, in words, fewer than needed."""
    return Message(
        "{there_are}, {needed}", {"there_are": there_are, "needed": counted(needed, "one is needed", "{n} are needed")}
    )


@dataclass(frozen=True, slots=True)
class Loosening:
    """One way to loosen a rule a little; `of` is the setting's key, or the party."""

    of: str
    text: Message
    make: Callable[[Scenario], Scenario]


class Rule:
    """A condition that every plan keeps. The class docstring states it and ends with its source.

    `title` is a name of a word or two; `name` says why it forbids a slot, as part of a sentence; `settings` are its
    sizes in the section `rules`. `of_officers`: a plan that kept it may break it when officers are withdrawn.
    `hereditary`: a plan that keeps it also keeps it when any one placement is removed (as in independence systems).
    """

    id: ClassVar[str]
    title: ClassVar[Message]
    name: ClassVar[Message]
    settings: ClassVar[tuple[AnySetting, ...]] = ()
    of_officers: ClassVar[bool] = False
    hereditary: ClassVar[bool] = True

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        """The slots at which the rule allows the operation by itself, served by that unit; its agencies are chosen."""
        return context.slots.grid.all

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        """The reason why a slot is not among the allowed ones."""
        return self.name

    def missing(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> int | None:
        """The number of officers or teams that a refused slot lacks; None if it cannot be counted."""
        return None

    def shortage(self, context: ReplanContext, subject: Subject, missing: int) -> Message:
        """The reason why the placement cannot stand beside the others. `subject`: that of the row or capacity."""
        return self.name

    def looser(self, scenario: Scenario, within: Collection[Span]) -> Iterator[Loosening]:
        """The ways to loosen the rule a step in those dates: by default each of its settings that is on and has one."""
        for setting in self.settings:
            size = scenario.settings.looser(setting)
            if size is not None:
                values = {"name": setting.name, "now": scenario.settings[setting], "then": size}
                yield Loosening(
                    setting.key, Message("{name}: {then} instead of {now}", values), _set(setting.key, size)
                )

    @classmethod
    def has_step(cls) -> bool:
        return cls.looser is not Rule.looser or any(setting.step for setting in cls.settings)

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        """Writes on the board what the rule demands of several placements together."""

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        """The breaches of a finished plan; empty if the rule holds."""
        yield from ()


def _set(key: str, size: int) -> Callable[[Scenario], Scenario]:
    def make(scenario: Scenario) -> Scenario:
        settings = scenario.settings
        more = size - settings.given.get(key, size)  # what exceptions allow on some dates grows as much
        exceptions = tuple(
            replace(exception, limits={**exception.limits, key: exception.limits[key] + more})
            if key in exception.limits
            else exception
            for exception in settings.exceptions
        )
        return replace(scenario, settings=replace(settings, given={**settings.given, key: size}, exceptions=exceptions))

    return make


class SoftRule(Rule):
    """A condition that may be broken at a price, part of the level `quality`.

    `points` is the price of one unit unless the scenario says otherwise.
    """

    points: ClassVar[int]

    def price(self, context: ReplanContext) -> int:
        """The points of one unit in this scenario; 0 switches the rule off."""
        return context.scenario.objective.prices.get(self.id, self.points)

    def prices(self, context: ReplanContext, plan: Plan) -> Iterator[Price]:
        """The prices of a finished plan, one for each thing."""
        yield from ()
