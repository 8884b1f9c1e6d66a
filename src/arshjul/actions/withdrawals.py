"""withdrawals: who withdrew what, when and why."""

from dataclasses import dataclass
from pathlib import Path

from arshjul.actions.reading import Speak, opened
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal


@dataclass(frozen=True, slots=True)
class Known:
    """The withdrawals that a plan knows of, in the order in which they were reported."""

    scenario: Scenario
    withdrawals: tuple[Withdrawal, ...]


def withdrawals(folder: Path, speak: Speak) -> Known:
    """Those of a plan folder."""
    read = opened(folder, speak)
    ordered = sorted(read.plan.withdrawals, key=lambda withdrawal: (withdrawal.reported, withdrawal.id))
    return Known(read.scenario, tuple(ordered))
