"""stress.json: what drawn years did to a plan (docs/formats.md#stress), and back.

It names the plan.json that it is of by its SHA-256: beside another plan its figures say nothing.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from arshjul.domain.history.stressed import Estimate, PartyStressed, Stressed, StressFigures, Totals
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.formats.json_guard import json_bytes
from arshjul.formats.plan.plan_folder import PLAN, STRESS, PlanFolder, digest
from arshjul.formats.plan.plan_json import refuse_format
from arshjul.formats.schema.plan import Lenient
from arshjul.formats.shape import Mapped
from arshjul.formats.tree import Document, nodes
from arshjul.formats.validation import validated
from arshjul.formats.words import Moment, Text, Whole, local_time

FORMAT = "arshjul-stress/1"
DIGITS = 4

Figure = Annotated[float, Field(ge=-1e9, le=1e9)]


class WrittenEstimate(Lenient):
    """A mean with its ends."""

    mean: Figure
    low: Figure
    high: Figure

    def domain(self) -> Estimate:
        """The same."""
        return Estimate(self.mean, self.low, self.high)


class WrittenTotals(Lenient):
    """Figures of whole years."""

    held: WrittenEstimate
    changes: WrittenEstimate
    short_notices: WrittenEstimate
    points: WrittenEstimate

    def totals(self) -> Totals:
        """The same."""
        return Totals(self.held.domain(), self.changes.domain(), self.short_notices.domain(), self.points.domain())


class WrittenParty(Lenient):
    """A party's changes and short notices."""

    changes: WrittenEstimate
    short_notices: WrittenEstimate


class WrittenStressed(WrittenTotals):
    """What the years did to a plan."""

    placed: Whole
    answered: Whole
    proven: Whole
    operations: dict[Text, WrittenEstimate]
    months: dict[Text, WrittenEstimate]
    parties: dict[Text, WrittenParty]

    def domain(self) -> Stressed:
        """The same."""
        parties = {id: PartyStressed(p.changes.domain(), p.short_notices.domain()) for id, p in self.parties.items()}
        return Stressed(
            placed=self.placed,
            totals=self.totals(),
            operations={id: one.domain() for id, one in self.operations.items()},
            months={month: one.domain() for month, one in self.months.items()},
            parties=parties,
            answered=self.answered,
            proven=self.proven,
        )


class WrittenStress(Lenient):
    """stress.json."""

    years: Whole
    seed: Whole
    as_of: Moment
    option: Text
    withdrawals: Whole
    log_days: Whole = 0
    plans: dict[Text, WrittenStressed]
    differences: dict[Text, WrittenTotals] = Field(default_factory=dict)


def stress_bytes(figures: StressFigures, plan: bytes) -> bytes:
    """stress.json; `plan` is the plan.json that it is of."""
    return json_bytes({"format": FORMAT, "plan": digest(plan), **stress_mapping(figures)})


def stress_mapping(figures: StressFigures) -> Mapped:
    """The figures as JSON has them."""
    return {
        "years": figures.years,
        "seed": figures.seed,
        "as_of": local_time(figures.as_of),
        "option": figures.option,
        "withdrawals": figures.withdrawals,
        "log_days": figures.log_days,
        "plans": {name: _stressed(one) for name, one in figures.plans.items()},
        "differences": {name: _totals(one) for name, one in figures.differences.items()},
    }


def read_stress(read: PlanFolder) -> StressFigures | None:
    """What a folder's stress.json says of its plan; None where there is none, or it is of another plan.

    InputError where it cannot be used.
    """
    given, plan = read.data(STRESS), read.bytes(PLAN)
    if given is None or plan is None:
        return None
    refuse_format(given, FORMAT, STRESS)
    if not isinstance(given, Mapping) or given.get("plan") != digest(plan):
        return None
    return stress_of(given, read.scenario)


def stress_of(given: object, scenario: Scenario) -> StressFigures:
    """The figures that a mapping stands for. InputError where it cannot be used."""
    document = Document(nodes(given), STRESS)
    written = validated(WrittenStress, document, (), is_json=True)
    document.refuse(Message("{file} cannot be used: run `arshjul stress` again.", {"file": STRESS}))
    if written is None:
        raise TypeError("what cannot be read was not refused")
    return StressFigures(
        years=written.years,
        seed=written.seed,
        as_of=written.as_of.replace(tzinfo=scenario.zone),
        option=written.option,
        withdrawals=written.withdrawals,
        log_days=written.log_days,
        plans={name: one.domain() for name, one in written.plans.items()},
        differences={name: one.totals() for name, one in written.differences.items()},
    )


def _stressed(one: Stressed) -> Mapped:
    parties = {
        id: {"changes": _estimate(party.changes), "short_notices": _estimate(party.short_notices)}
        for id, party in one.parties.items()
    }
    return {
        "placed": one.placed,
        **_totals(one.totals),
        "answered": one.answered,
        "proven": one.proven,
        "operations": {id: _estimate(chance) for id, chance in one.operations.items()},
        "months": {month: _estimate(share) for month, share in one.months.items()},
        "parties": parties,
    }


def _totals(totals: Totals) -> Mapped:
    return {
        "held": _estimate(totals.held),
        "changes": _estimate(totals.changes),
        "short_notices": _estimate(totals.short_notices),
        "points": _estimate(totals.points),
    }


def _estimate(one: Estimate) -> Mapped:
    return {"mean": round(one.mean, DIGITS), "low": round(one.low, DIGITS), "high": round(one.high, DIGITS)}
