"""What a replan starts from: the year as amended, what is left of the offers, what was hit, what stays."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from arshjul.domain.amended import amended, given_causes, unsettled
from arshjul.domain.amendment import Amendments
from arshjul.domain.hit import hit
from arshjul.domain.plan import Base, Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import UNKNOWN_END_DAYS
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import InputError, Message
from arshjul.planning.judge import context_of
from arshjul.planning.verify import breaches


@dataclass(frozen=True, slots=True)
class ReplanInput:
    """What a replan is solved from: the scenario as read, amended, and all withdrawals that were reported."""

    scenario: Scenario
    context: ReplanContext
    withdrawals: tuple[Withdrawal, ...]


def replan_input(scenario: Scenario, plan: Plan, amendments: Amendments, as_of: datetime) -> ReplanInput:
    """What is left of the offers, what was hit, and which pins have yielded.

    An operation that the coordinator pins elsewhere, or an agency asks away from its date, counts as
    hit. InputError where `as_of` lies before the plan's own or before a report, where the plan breaks
    a rule, or where an operation is cancelled that has begun.
    """
    _refuse_moment(plan, amendments, as_of)
    broken = breaches(context_of(scenario, plan), plan)
    if broken:
        texts = [breach.text for breach in broken]
        raise InputError(Message("The plan to start from breaks rules: {wrong}.", {"wrong": texts}))
    new = amended(scenario, amendments)
    reported = tuple(replace(withdrawal, answered=plan.revision + 1) for withdrawal in amendments.withdrawals)
    known = (*_with_ends(new, plan.withdrawals, plan.as_of), *_with_ends(new, reported, as_of))
    left = new.after(known, as_of.date())
    placed = {id: placement for id, placement in plan.placed.items() if id in new.operations}
    begun = {id for id, placement in plan.placed.items() if scenario.moments(placement.slot)[0] < as_of}
    lost = (hit(left, placed.values(), as_of) | unsettled(amendments, placed)) - begun
    if gone := sorted(begun & set(amendments.cancelled)):
        raise InputError(Message("{operations} cannot be cancelled: it has begun.", {"operations": gone}))
    _refuse_past_pins(scenario, amendments, begun, as_of)
    pinned_anew = {pin.operation for pin in amendments.pinned}
    yielding = {id for id in lost if new.operations[id].fixed is not None}
    unpinned = frozenset(((plan.unpinned & new.operations.keys()) | yielding) - pinned_anew)
    base = Base(plan.revision, as_of, placed, lost, given_causes(new, amendments, placed))
    return ReplanInput(new, ReplanContext.of(left, base, unpinned), known)


def _with_ends(scenario: Scenario, withdrawals: Iterable[Withdrawal], as_of: datetime) -> Iterator[Withdrawal]:
    """The withdrawals, each unknown end taken as seen from that moment, unless it was taken before."""
    days = scenario.settings[UNKNOWN_END_DAYS]
    for withdrawal in withdrawals:
        until = None if withdrawal.last is not None else withdrawal.ends(as_of.date(), days)
        yield replace(withdrawal, until=until)


def _refuse_past_pins(scenario: Scenario, amendments: Amendments, begun: set[str], as_of: datetime) -> None:
    for pin in amendments.pinned:
        values = {"operation": pin.operation, "day": pin.slot.day, "as_of": as_of}
        if pin.operation in begun:
            raise InputError(Message("{operation} cannot be pinned: it has begun.", values))
        if scenario.moments(pin.slot)[0] <= as_of:
            raise InputError(Message("{operation} cannot be pinned to {day}: that is before {as_of}.", values))


def _refuse_moment(plan: Plan, amendments: Amendments, as_of: datetime) -> None:
    if as_of < plan.as_of:
        text = Message("The moment {as_of} lies before the plan's own, {plans}.", {"as_of": as_of, "plans": plan.as_of})
        raise InputError(text)
    for withdrawal in amendments.withdrawals:
        if withdrawal.reported > as_of:
            raise InputError(
                Message(
                    "Withdrawal {id} was reported {reported}, after the moment {as_of} of the replan.",
                    {"id": withdrawal.id, "reported": withdrawal.reported, "as_of": as_of},
                )
            )
