"""A scenario: from a folder of YAML files, or from the mapping that scenario.json holds.

Every file is read and every section judged before anything is refused, so that all problems come at
once. What a whole scenario is stands in contract 1.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from arshjul.domain.calendar import Span
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message, Problem
from arshjul.files.folder import section_document
from arshjul.files.public_holidays import countries, public_holidays
from arshjul.files.references import judge_references
from arshjul.files.schema.operation import WrittenOperation
from arshjul.files.schema.parties import WrittenAgency, WrittenArea, WrittenPoliceUnit
from arshjul.files.schema.settings import (
    WrittenCalendar,
    WrittenCycle,
    WrittenHolidays,
    WrittenNames,
    WrittenObjective,
    WrittenPlan,
    WrittenRules,
    WrittenShift,
)
from arshjul.files.schema.words import quoted, unknown
from arshjul.files.sense import judge_operation, judge_ties
from arshjul.files.tree import Document, Loc
from arshjul.files.uids import judge_uids
from arshjul.files.validation import unknown_key, validated

SECTIONS = (
    "plan", "calendar", "shifts", "names", "areas", "police", "agencies", "operations", "rules", "objective", "cycle",
)  # fmt: skip
REQUIRED = ("plan", "shifts", "areas", "agencies", "operations")
MOST_ITEMS = 5000  # assumption: operations of ten years in a whole region (threats.md 4, row 24)

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A scenario as read, and where in which file each part of it stands."""

    scenario: Scenario
    document: Document

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is odd about it, but not wrong."""
        return tuple(self.document.warnings)

    def problem(self, kind: str, text: Message, *loc: str | int) -> Problem:
        """A problem found later, at a place like `"operations", 1`."""
        return self.document.problem(kind, loc, text)


def read_scenario(folder: Path) -> ScenarioFile:
    """The scenario in a folder. InputError with all problems where it is wrong."""
    document = section_document(folder)
    return ScenarioFile(scenario_of(document), document)


def scenario_of(document: Document, *, is_json: bool = False) -> Scenario:
    """The scenario that a document holds. With `is_json`, dates are words and the holidays are in it."""
    _judge_sections(document, (*SECTIONS, "holidays", "format") if is_json else SECTIONS)
    reading = _Reading(document, is_json)
    plan = reading.one("plan", WrittenPlan)
    year = None if plan is None else Span(plan.first, plan.last)
    shifts = reading.many("shifts", WrittenShift)
    areas = reading.many("areas", WrittenArea)
    police = reading.many("police", WrittenPoliceUnit)
    agencies = reading.many("agencies", WrittenAgency)
    operations = reading.operations(year)
    cycle = reading.one("cycle", WrittenCycle) or WrittenCycle()
    calendar = reading.one("calendar", WrittenCalendar) or WrittenCalendar()
    holidays = reading.holidays(calendar, year, cycle)
    names = reading.one("names", WrittenNames)
    rules = reading.one("rules", WrittenRules) or WrittenRules()
    objective = reading.one("objective", WrittenObjective) or WrittenObjective()
    judge_references(document)
    judge_ties(document)
    judge_uids(document)
    document.refuse(Message("The scenario cannot be used"))
    if plan is None or year is None:
        raise TypeError("a scenario without a plan was not refused")
    return Scenario(
        name=plan.name,
        span=year,
        timezone=plan.timezone,
        language=plan.language,
        calendar=calendar.domain(holidays),
        shifts=tuple(shift.domain() for shift in shifts),
        areas={area.id: area.domain() for area in areas},
        police={unit.id: unit.domain() for unit in police},
        agencies={agency.id: agency.domain() for agency in agencies},
        operations={operation.id: operation.domain() for operation in operations},
        limits=rules.domain(),
        objective=objective.domain(),
        cycle=cycle.domain(),
        names={} if names is None else names.root,
    )


def _judge_sections(document: Document, known: tuple[str, ...]) -> None:
    for section in document.tree.parts:
        if section not in known:
            document.add("unknown-key", (section,), unknown_key(str(section), SECTIONS))
    if document.whole:
        for section in REQUIRED:
            if section not in document.tree.parts:
                document.add("missing-key", (section,), Message("The section {key} is missing", {"key": section}))


@dataclass(frozen=True, slots=True)
class _Reading:
    """Sections of a document as models; what is wrong is noted and left out."""

    document: Document
    is_json: bool

    def one(self, section: str, model: type[Model]) -> Model | None:
        """A section that is a mapping."""
        return validated(model, self.document, (section,), is_json=self.is_json)

    def many(self, section: str, model: type[Model]) -> list[Model]:
        """A section that is a list."""
        return [item for _, item in self.items(section, model)]

    def items(self, section: str, model: type[Model]) -> list[tuple[Loc, Model]]:
        """A section's items and their places, each read by itself, so that a wrong one hides no other."""
        node = self.document.tree.at((section,))
        if node is None:
            return []
        if not isinstance(node.value, list):
            self.document.add("wrong-type", (section,), Message("A list belongs here: begin every part with a dash"))
            return []
        if len(node.value) > MOST_ITEMS:
            values = {"n": len(node.value), "most": MOST_ITEMS}
            text = Message("The list has {n} parts, more than {most}: divide the scenario", values)
            self.document.add("too-large", (section,), text)
            return []
        locs: list[Loc] = [(section, position) for position in range(len(node.value))]
        read = ((loc, validated(model, self.document, loc, is_json=self.is_json)) for loc in locs)
        return [(loc, item) for loc, item in read if item is not None]

    def operations(self, year: Span | None) -> list[WrittenOperation]:
        """The operations, each judged within the year."""
        found = self.items("operations", WrittenOperation)
        for loc, operation in found:
            judge_operation(self.document, loc, operation, year)
        return [operation for _, operation in found]

    def holidays(self, calendar: WrittenCalendar, year: Span | None, cycle: WrittenCycle) -> dict[date, str]:
        """The public holidays of all years in which a milestone may fall."""
        if self.is_json:
            held = self.one("holidays", WrittenHolidays)
            return {} if held is None else held.domain()
        if calendar.country is None or year is None:
            return {}
        if calendar.country not in countries():
            text = Message(
                "No country {given} is known: a code of two letters, like SE", {"given": quoted(calendar.country)}
            )
            self.document.add("bad-value", ("calendar", "country"), unknown(calendar.country, countries(), text))
            return {}
        before = max((m.days_before or 0 for m in cycle.milestones), default=0)
        after = max((m.days_after or 0 for m in cycle.milestones), default=0)
        first, last = year.first - timedelta(days=before + 31), year.last + timedelta(days=after + 31)
        return dict(public_holidays(calendar.country, first.year, last.year))
