"""log, withdrawals: a year's entries and decisions."""

from typing import NamedTuple

from arshjul.agenda.overview import UnknownEnd, unknown_ends
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal


class WithdrawalLog(NamedTuple):
    """In order. `replaced` are the numbers of those that a later report of the same id has replaced."""

    scenario: Scenario
    withdrawals: tuple[Withdrawal, ...]
    replaced: frozenset[int]
    unknown_ends: tuple[UnknownEnd, ...]


def withdrawal_log(scenario: Scenario, plan: Plan) -> WithdrawalLog:
    ordered = sorted(plan.entries.withdrawals, key=lambda report: (report.reported or plan.as_of, report.id))
    last = {withdrawal.id: number for number, withdrawal in enumerate(ordered)}
    replaced = frozenset(range(len(ordered))) - frozenset(last.values())
    return WithdrawalLog(scenario, tuple(ordered), replaced, tuple(unknown_ends(scenario, plan)))
