"""The effect of simulated years on a plan: figures with their intervals, as they are shown and stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from arshjul.errors import Message
from arshjul.texts import counted


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over years with its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures of whole years. `held` counts operations; `changes` and `short_notices` those that had a place before."""

    held: Estimate
    changes: Estimate
    short_notices: Estimate
    points: Estimate


@dataclass(frozen=True, slots=True)
class PartyStressed:
    """The changes for a party in a year, and those of them that come at short notice."""

    changes: Estimate
    short_notices: Estimate


@dataclass(frozen=True, slots=True)
class Stressed:
    """The effect of the years on a plan with `placed` operations.

    `operations`: the chance of each to be held on its first date; `months`: the share of operations that are held, by
    the month that they were planned in, like "2027-03". `answered` counts replans, `proven` the proven ones of them.
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
    """The `outcome` for the plan of `years` simulated from `as_of` on and answered with `option`.

    `withdrawals` in logs of `log_days` days are the basis of the rates.
    """

    years: int
    seed: int
    as_of: datetime
    option: str
    withdrawals: int
    outcome: Stressed
    log_days: int = 0


def basis(withdrawals: int, days: int = 0) -> Message:
    """The withdrawals and days of the log that rates are built on, in words, shown beside each figure."""
    if days and not withdrawals:
        return counted(
            days,
            "built on 0 withdrawals in one day, and on assumptions",
            "built on 0 withdrawals in {n} days, and on assumptions",
        )
    if not withdrawals:
        return Message("built on assumptions alone")
    return counted(
        withdrawals,
        "built on one withdrawal, and on assumptions",
        "built on {n} withdrawals, and on assumptions",
    )


def not_best(unproven: int, answered: int) -> Message:
    """The number of answers to withdrawals that are not proven, in words."""
    return counted(
        unproven,
        "one answer of {all} is not proven best",
        "{n} answers of {all} are not proven best",
        all=answered,
    )
