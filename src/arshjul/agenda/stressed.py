"""How a plan withstands ordinary years, for its coordinator's page: by month, by party, by operation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from arshjul.domain.history.stressed import Estimate, PartyStressed, StressFigures, Totals
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario

MOST_UNSURE = 12
"""The most operations shown, those least likely to be held on their first date."""


@dataclass(frozen=True, slots=True)
class StressedView:
    """The effect of simulated years on the plan. Rates rest on `withdrawals` in a log of `log_days` days.

    `months`: by its first date, each month's share of operations held on their first date. `parties`: by name, those
    with most changes first; `unsure`: by operation, the least likely first.
    """

    years: int
    withdrawals: int
    log_days: int
    unproven: int
    answered: int
    placed: int
    totals: Totals
    months: tuple[tuple[date, Estimate], ...]
    parties: tuple[tuple[str, PartyStressed], ...]
    unsure: tuple[tuple[str, Estimate], ...]


def stressed_view(scenario: Scenario, plan: Plan, figures: StressFigures) -> StressedView:
    """The figures as the page shows them."""
    found = figures.outcome
    months = sorted({place.slot.day.replace(day=1) for place in plan.placements})
    unsure = [(id, chance) for id, chance in found.operations.items() if id in plan.placed and chance.mean < 1]
    return StressedView(
        years=figures.years,
        withdrawals=figures.withdrawals,
        log_days=figures.log_days,
        unproven=found.answered - found.proven,
        answered=found.answered,
        placed=found.placed,
        totals=found.totals,
        months=tuple((month, found.months[label]) for month in months if (label := f"{month:%Y-%m}") in found.months),
        parties=tuple(_parties(scenario, found.parties)),
        unsure=tuple(sorted(unsure, key=lambda item: (item[1].mean, item[0]))[:MOST_UNSURE]),
    )


def _parties(scenario: Scenario, parties: Mapping[str, PartyStressed]) -> Iterator[tuple[str, PartyStressed]]:
    """The parties with any changes."""
    for id, one in sorted(parties.items(), key=lambda item: (-item[1].changes.mean, item[0])):
        if id in scenario.parties and one.changes.mean:
            yield scenario.parties[id].name, one
