"""Follow-up operations."""

from collections.abc import Iterator

from arshjul.errors import Message
from arshjul.solver.board import Lag
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import BoardBuilder
from arshjul.year.rules.rule import Breach, Rule
from arshjul.year.texts import counted


class FollowUpTime(Rule):
    """A follow-up comes `min_days` to `max_days` after its earlier operation, which is placed too.

    Days count from the last date of the earlier to the first of the later. Without `max_days` there is no upper limit.
    Source: docs/formats.md#rules; domain: follow-ups are normal. A follow-up that has begun is exempt, even if its
    earlier operation stands later on the same date and is taken away.
    """

    id = "follow-up"
    title = Message("follow-up")
    name = Message("wrong distance to the operation that it follows up")
    hereditary = False

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        """A lag in days, from start to start."""
        for operation in context.scenario.operations.values():
            after = operation.after
            if after is not None and operation.id not in context.history:
                numbers = builder.number[after.operation], builder.number[operation.id]
                longer = context.scenario.operations[after.operation].days - 1
                most = None if after.max_days is None else after.max_days + longer
                builder.lags.append(Lag(*numbers, after.min_days + longer, most))

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        for placement in plan.placements:
            operation = context.scenario.operations.get(placement.operation)
            if operation is None or operation.after is None:
                continue
            if operation.id in context.history:
                continue
            both = (operation.after.operation, operation.id)
            earlier = plan.placed.get(operation.after.operation)
            if earlier is None:
                text = Message("{second} follows up {first}, which is unplaced", {"first": both[0], "second": both[1]})
                yield Breach(self.id, both, text, at_fault=(operation.id,))
                continue
            days = (placement.slot.day - context.scenario.last_day(earlier)).days
            most = operation.after.max_days
            if days < operation.after.min_days or (most is not None and days > most):
                text = counted(
                    days,
                    "{second} comes one day after {first}",
                    "{second} comes {n} days after {first}",
                    first=both[0],
                    second=both[1],
                )
                yield Breach(self.id, both, text, at_fault=(operation.id,))
