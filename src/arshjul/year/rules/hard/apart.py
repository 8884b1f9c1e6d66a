"""Operations that shall not share a day, or not a week."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from arshjul.errors import Message
from arshjul.solver.board import Conflict
from arshjul.year.domain.calendar import Week
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import BoardBuilder, Subject, Sum
from arshjul.year.rules.rule import Breach, Rule


class Apart(Rule):
    """Two operations have no date in common if one names the other in `not_same_day_as`.

    With `not_same_week_as` they have no ISO week in common. Either of the two may name the other. Source:
    docs/formats.md#rules.
    """

    id = "apart"
    title = Message("not on the same day")
    name = Message("another operation may not share its day")

    def shortage(self, context: ReplanContext, subject: Subject, missing: int) -> Message:
        """The day or the week: only rows for weeks have a subject."""
        return self.name if subject.week is None else Message("another operation may not share its week")

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        """A conflict for each pair of days, and a row for each pair and week."""
        on_days = _pairs(context, builder, lambda operation: operation.not_same_day_as)
        builder.conflicts += [Conflict(first, second) for first, second in on_days]
        modes = list(builder.modes.values())
        for pair in _pairs(context, builder, lambda operation: operation.not_same_week_as):
            weeks: dict[Week, Sum] = defaultdict(Sum)
            for mode in (mode for number in pair for mode in modes[number]):
                for column, week in mode.in_periods(context.slots.year.weeks.__getitem__):
                    weeks[week].add(mode, column, 1)
            for week, both in weeks.items():
                builder.limit(self.id, both, 1, Subject(week=week))

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        operations = context.scenario.operations.values()
        days = [(operation.id, other) for operation in operations for other in operation.not_same_day_as]
        weeks = [(operation.id, other) for operation in operations for other in operation.not_same_week_as]
        for both in _sharing(context, plan, days, lambda day: day):
            text = Message("{first} and {second} share a date", {"first": both[0], "second": both[1]})
            yield Breach(self.id, both, text)
        for both in _sharing(context, plan, weeks, lambda day: day.isocalendar()[:2]):
            text = Message("{first} and {second} share an ISO week", {"first": both[0], "second": both[1]})
            yield Breach(self.id, both, text)


def _pairs(
    context: ReplanContext, builder: BoardBuilder, named: Callable[[Operation], Sequence[str]]
) -> list[tuple[int, ...]]:
    """The numbers of each pair in which one names the other, unless both have begun."""
    pairs = {
        tuple(sorted((builder.number[operation.id], builder.number[other])))
        for operation in context.scenario.operations.values()
        for other in named(operation)
        if not {operation.id, other} <= context.history.keys()
    }
    return sorted(pairs)


def _sharing(
    context: ReplanContext, plan: Plan, pairs: Sequence[tuple[str, str]], period: Callable[[date], object]
) -> Iterator[tuple[str, str]]:
    """The pairs that lie in one period, each once, unless both have begun."""
    for first, second in dict.fromkeys((min(pair), max(pair)) for pair in pairs):
        one, two = plan.placed.get(first), plan.placed.get(second)
        if one is None or two is None or {first, second} <= context.history.keys():
            continue
        periods = ({period(slot.day) for slot in context.scenario.slots(placement)} for placement in (one, two))
        if set.intersection(*periods):
            yield first, second
