"""withdrawals: who withdrew what, when and why."""

from dataclasses import dataclass
from pathlib import Path

from arshjul.actions.folder.plan_reading import opened
from arshjul.actions.folder.reading import Speak
from arshjul.agenda.unknown_ends import UnknownEnd, unknown_ends
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal


@dataclass(frozen=True, slots=True)
class WithdrawalLog:
    """All reports of withdrawals that a plan knows of, in order.

    `replaced` are the numbers of those that a later report of the same id has replaced.
    """

    scenario: Scenario
    withdrawals: tuple[Withdrawal, ...]
    replaced: frozenset[int]
    unknown_ends: tuple[UnknownEnd, ...]


def withdrawals(folder: Path, speak: Speak) -> WithdrawalLog:
    """The reports in a plan folder."""
    read = opened(folder, speak)
    ordered = sorted(read.plan.entries.withdrawals, key=lambda one: (one.reported or read.plan.as_of, one.id))
    last = {withdrawal.id: number for number, withdrawal in enumerate(ordered)}
    replaced = frozenset(range(len(ordered))) - frozenset(last.values())
    return WithdrawalLog(read.scenario, tuple(ordered), replaced, tuple(unknown_ends(read.scenario, read.plan)))
