"""log, withdrawals: a year's entries and decisions."""

from dataclasses import dataclass

from arshjul.agenda.overview import UnknownEnd, unknown_ends
from arshjul.domain.entries.entries import Entries
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal
from arshjul.planning.letters.year_log import LogLine, year_log


@dataclass(frozen=True, slots=True)
class YearLog:
    entries: Entries
    lines: tuple[LogLine, ...]


@dataclass(frozen=True, slots=True)
class WithdrawalLog:
    """In order. `replaced` are the numbers of those that a later report of the same id has replaced."""

    scenario: Scenario
    withdrawals: tuple[Withdrawal, ...]
    replaced: frozenset[int]
    unknown_ends: tuple[UnknownEnd, ...]


def log(scenario: Scenario, plan: Plan) -> YearLog:
    return YearLog(plan.entries, tuple(year_log(scenario, plan.entries)))


def withdrawal_log(scenario: Scenario, plan: Plan) -> WithdrawalLog:
    ordered = sorted(plan.entries.withdrawals, key=lambda report: (report.reported or plan.as_of, report.id))
    last = {withdrawal.id: number for number, withdrawal in enumerate(ordered)}
    replaced = frozenset(range(len(ordered))) - frozenset(last.values())
    return WithdrawalLog(scenario, tuple(ordered), replaced, tuple(unknown_ends(scenario, plan)))
