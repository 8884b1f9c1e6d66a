"""Operations that shall not share a day."""

from collections.abc import Iterator

from arshjul.board import Conflict
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.errors import Message
from arshjul.rules.builder import BoardBuilder
from arshjul.rules.rule import Breach, Rule


class Apart(Rule):
    """Two operations of which one names the other in `not_same_day_as` stand on different dates.

    It holds in either direction. Source: docs/formats.md#rules.
    """

    id = "apart"
    title = Message("not on the same day")
    name = Message("not on the same day as another operation")

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        """A conflict for each pair: steps are dates, and an option lasts one."""
        pairs = {
            tuple(sorted((builder.number[operation.id], builder.number[other])))
            for operation in context.scenario.operations.values()
            for other in operation.not_same_day_as
            if not {operation.id, other} <= context.history.keys()
        }
        builder.conflicts += [Conflict(first, second) for first, second in sorted(pairs)]

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        """Looks both dates up."""
        seen = set()
        for operation in context.scenario.operations.values():
            for other in operation.not_same_day_as:
                both = tuple(sorted((operation.id, other)))
                one, two = plan.placed.get(both[0]), plan.placed.get(both[1])
                if one is None or two is None or both in seen or set(both) <= context.history.keys():
                    continue
                seen.add(both)
                if one.slot.day == two.slot.day:
                    text = Message("{first} and {second} share a date", {"first": both[0], "second": both[1]})
                    yield Breach(self.id, both, text)
