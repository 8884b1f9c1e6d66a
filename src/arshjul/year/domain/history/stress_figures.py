"""The effect of simulated years on a plan: figures with their intervals, as they are shown and stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from arshjul.errors import Message
from arshjul.year.domain.declaration import Figure, Flat, Moment, Text, Whole
from arshjul.year.texts import counted


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over years with its 95 % interval."""

    mean: Figure
    low: Figure
    high: Figure


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

    placed: Whole
    totals: Annotated[Totals, Flat]
    answered: Whole
    proven: Whole
    operations: Mapping[Text, Estimate]
    months: Mapping[Text, Estimate]
    parties: Mapping[Text, PartyStressed]


@dataclass(frozen=True, slots=True, kw_only=True)
class StressFigures:
    """The `outcome` for the plan of `years` simulated from `as_of` on and answered with `option`.

    `withdrawals` in logs of `log_days` days are the basis of the rates.
    """

    years: Whole
    seed: Whole
    as_of: Moment
    option: Text
    withdrawals: Whole
    log_days: Whole = 0
    outcome: Stressed


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
