"""Hand-written cases: what a rule allows, forbids or charges, written from docs/formats.md and not from the code.

A file is `cases/<rule>.yaml`: `rule`, a `scenario`, and lists `holds` and `breaks` (of a soft rule:
`prices`, each with its `points`). A case gives `placements`, may replace sections of the scenario or
patch its operations, and may have a moment (`as_of`) or stand in a replan (`old`, `hit`, `withdrawals`
besides, and `answers` to a proposal with what has `yielded`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.entries.answer import Answered
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Base, Plan, Unplaced
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.formats.scenario.scenario import scenario_of
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.tree import Document, nodes

FOLDER = Path(__file__).parent / "cases"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LONG_AGO = datetime(2000, 1, 1)


@dataclass(frozen=True)
class Case:
    """One case: its rule, which list it stands in, and what it says."""

    rule: str
    kind: str
    told: Mapping[str, Any]
    shared: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.rule} {self.kind}: {self.told['name']}"

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario as the product reads it, less what is withdrawn."""
        sections = {**self.shared, **self.told.get("scenario", {})}
        patch = sections.pop("operations_patch", {})
        sections["operations"] = [_patched(operation, patch) for operation in sections["operations"]]
        scenario = _read(sections)
        if self.as_of is None:
            return scenario
        written = [shape(Withdrawal).model_validate(one) for one in self.told.get("withdrawals", ())]
        return scenario.after([one.domain() for one in written], self.as_of.date())

    @property
    def as_of(self) -> datetime | None:
        """The moment of the first plan or the replan."""
        if "as_of" not in self.told:
            return None
        zone = {**self.shared, **self.told.get("scenario", {})}["plan"]["timezone"]
        return datetime.fromisoformat(self.told["as_of"]).replace(tzinfo=ZoneInfo(zone))

    @cached_property
    def context(self) -> ReplanContext:
        """Where the plan is judged."""
        if self.as_of is None or "old" not in self.told:
            return ReplanContext.of(self.scenario, as_of=self.as_of)
        old = {placement.operation: placement for placement in _placements(self.told["old"])}
        hit = frozenset(self.told["hit"])
        unpinned = frozenset(id for id in hit if self.scenario.operations[id].fixed is not None)
        base = Base(1, self.as_of, old, hit, yielded=frozenset(self.told.get("yielded", ())))
        answers = [shape(Answered).model_validate(one).domain() for one in self.told.get("answers", ())]
        entries = Entries.of(changes=tuple(replace(answer, revision=answer.revision or 2) for answer in answers))
        return ReplanContext.of(self.scenario, base, unpinned, demands=entries.demands(2))

    @cached_property
    def plan(self) -> Plan:
        """The placements, and all other operations unplaced."""
        placements = tuple(_placements(self.told["placements"]))
        placed = {placement.operation for placement in placements}
        left_out = tuple(Unplaced(id) for id in self.scenario.planned if id not in placed)
        as_of = self.as_of or LONG_AGO.replace(tzinfo=self.scenario.zone)
        return Plan(as_of, placements, left_out, base=self.context.base)

    @property
    def joins_or_repeats(self) -> bool:
        """Whether an optional agency joins somewhere, or an operation stands twice."""
        placements = list(_placements(self.told["placements"]))
        operations = {place.operation for place in placements}
        return len(operations) < len(placements) or any(place.optional_agencies for place in placements)


_scenarios: dict[str, Scenario] = {}
"""Those that were read so far, by their sections: many cases have the same."""


@contextmanager
def read_anew() -> Iterator[None]:
    """All scenarios are read anew within, and forgotten after."""
    before = dict(_scenarios)
    _scenarios.clear()
    try:
        yield
    finally:
        _scenarios.clear()
        _scenarios.update(before)


def _read(sections: Mapping[str, Any]) -> Scenario:
    written = repr(sections)
    if written not in _scenarios:
        _scenarios[written] = scenario_of(Document(nodes(sections), "case"))
    return _scenarios[written]


@cache
def _file(rule: str) -> Mapping[str, Any]:
    with (FOLDER / f"{rule}.yaml").open(encoding="utf-8") as stream:
        told: Mapping[str, Any] = yaml.load(stream, LOADER)
    if told["rule"] != rule:
        raise ValueError(f"{rule}.yaml speaks of {told['rule']}")
    return told


def cases(rule: str) -> list[Case]:
    """The cases of a rule's file, in its order, with nothing worked out of them yet."""
    told = _file(rule)
    kinds = [kind for kind in ("holds", "breaks", "prices") if kind in told]
    return [Case(rule, kind, case, told["scenario"]) for kind in kinds for case in told[kind]]


def _patched(operation: Mapping[str, Any], patch: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    changed = {**operation, **patch.get(operation["id"], {})}
    return {key: value for key, value in changed.items() if value is not None}


def _placements(told: Mapping[str, Any] | list[Any]) -> Iterator[Placement]:
    rows = told if isinstance(told, list) else [[operation, *place] for operation, place in told.items()]
    for operation, day, shift, unit, *joining in rows:
        if not isinstance(day, date):
            raise TypeError(f"{operation}: {day} is no date")
        joins, chosen = (*joining, (), ())[:2]
        yield Placement(operation, Slot(day, shift), unit, tuple(joins), tuple(chosen))
