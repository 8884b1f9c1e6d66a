"""What drawn years did to a plan: figures with their intervals, as they are shown and kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from arshjul.errors import Message
from arshjul.texts import counted

AS_IS, RESERVES, RESERVE_WEEK, RISK_PRICED = "as-is", "reserves", "reserve-week", "risk-priced"
"""The plan that was given, and those made anew to bend that meet the same years."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over years, and between which values the true one lies with 95 %."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures of whole years. `held` counts operations; `changes` and `short_notices` what had a place before."""

    held: Estimate
    changes: Estimate
    short_notices: Estimate
    points: Estimate


@dataclass(frozen=True, slots=True)
class PartyStressed:
    """What changes for a party in a year, and what of it is told on short notice."""

    changes: Estimate
    short_notices: Estimate


@dataclass(frozen=True, slots=True)
class Stressed:
    """What the years did to a plan with `placed` operations.

    `operations`: the chance of each to be held on its first date; `months`: the share of those that are held, by the
    month that they were planned in, like "2027-03". `answered` and `proven` are replans.
    """

    placed: int
    totals: Totals
    operations: Mapping[str, Estimate]
    months: Mapping[str, Estimate]
    parties: Mapping[str, PartyStressed]
    answered: int
    proven: int


@dataclass(frozen=True, slots=True)
class StressFigures:
    """So many years drawn from `as_of` on and met with an option, and what they did to each plan, by its name.

    `withdrawals`: so many in the logs, of so many `log_days`, tell how often they come. `differences`: by how much the
    other plans are above the one as it is.
    """

    years: int
    seed: int
    as_of: datetime
    option: str
    withdrawals: int
    plans: Mapping[str, Stressed]
    differences: Mapping[str, Totals] = field(default_factory=dict)
    log_days: int = 0


def basis(withdrawals: int, days: int = 0) -> Message:
    """The withdrawals and days of the log that rates rest on: said wherever one is shown."""
    if days and not withdrawals:
        return counted(
            days,
            "built on 0 withdrawals in one day, and on what is assumed",
            "built on 0 withdrawals in {n} days, and on what is assumed",
        )
    if not withdrawals:
        return Message("built on no withdrawals: the rates are assumed")
    return counted(
        withdrawals,
        "built on one withdrawal, and on what is assumed",
        "built on {n} withdrawals, and on what is assumed",
    )


def not_best(unproven: int, answered: int) -> Message:
    """How many of the answers to withdrawals are not proven."""
    return counted(
        unproven,
        "one answer of {all} is not proven to be the best",
        "{n} answers of {all} are not proven to be the best",
        all=answered,
    )
