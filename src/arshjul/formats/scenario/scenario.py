"""A scenario from its sections: those of a folder's files, of a workbook, or of scenario.json.

Every file is read and every section judged before anything is refused, so that all problems are reported together.
docs/formats.md#scenario describes the sections.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from arshjul.domain.calendar import Shift, Span
from arshjul.domain.feature import ALL_FEATURES, in_order
from arshjul.domain.operation import Operation
from arshjul.domain.parties import Area
from arshjul.domain.party_mail import MailWords
from arshjul.domain.repeat import single
from arshjul.domain.scenario import Scenario
from arshjul.domain.taking_part import Sharing
from arshjul.domain.visit_object import VisitObject
from arshjul.errors import Message
from arshjul.formats.scenario.consistency import (
    judge_operation,
    judge_pin,
    judge_ties,
    outside,
    warn_of_comments,
    warn_of_words,
)
from arshjul.formats.scenario.public_holidays import countries, holidays_around
from arshjul.formats.scenario.references import judge_parties, judge_references
from arshjul.formats.scenario.sections import Sections
from arshjul.formats.scenario.uids import judge_uids
from arshjul.formats.scenario.unfolding import Unfolded
from arshjul.formats.schema.call import WrittenCall
from arshjul.formats.schema.declared import shape
from arshjul.formats.schema.history import WrittenHeardLog
from arshjul.formats.schema.parties import WrittenAgency, WrittenPoliceUnit
from arshjul.formats.schema.place import WrittenDates
from arshjul.formats.schema.programme import WrittenProgrammes
from arshjul.formats.schema.rates import WrittenRates
from arshjul.formats.schema.scenario import OF_JSON, WrittenScenario
from arshjul.formats.schema.settings import (
    WrittenCalendar,
    WrittenCycle,
    WrittenHolidays,
    WrittenNames,
    WrittenObjective,
    WrittenPlan,
    WrittenReport,
    WrittenRules,
    WrittenSheet,
    WrittenUses,
)
from arshjul.formats.schema.target import WrittenTarget
from arshjul.formats.shape import Shape
from arshjul.formats.tree import Document, Loc
from arshjul.formats.words import quoted, unknown

SECTIONS = tuple(key for key in WrittenScenario.model_fields if key not in OF_JSON)
_Dated = TypeVar("_Dated", bound=WrittenDates[Any])
REQUIRED = tuple(key for key, field in WrittenScenario.model_fields.items() if field.is_required())


def scenario_of(document: Document, *, is_json: bool = False) -> Scenario:
    """The scenario in a document. With `is_json`, dates are words and the holidays are included."""
    sections = Sections(document, is_json)
    sections.only((*SECTIONS, *OF_JSON, "format") if is_json else SECTIONS)
    if document.whole:
        _judge_presence(document)
    plan = sections.one("plan", WrittenPlan)
    year = None if plan is None else Span(plan.first, plan.last)
    shifts = sections.many("shifts", shape(Shift))
    areas = sections.many("areas", shape(Area))
    police = sections.many("police", WrittenPoliceUnit)
    agencies = sections.many("agencies", WrittenAgency)
    operations = _operations(sections, year)
    targets = _within(sections, "targets", WrittenTarget, year)
    calls = _within(sections, "calls", WrittenCall, year)
    objects = sections.many("objects", shape(VisitObject))
    cycle = sections.one("cycle", WrittenCycle) or WrittenCycle()
    calendar = sections.one("calendar", WrittenCalendar) or WrittenCalendar()
    holidays = _holidays(sections, calendar, year, cycle)
    names = sections.one("names", WrittenNames)
    programmes = sections.one("programmes", WrittenProgrammes)
    rules = sections.one("rules", WrittenRules) or WrittenRules()
    objective = sections.one("objective", WrittenObjective) or WrittenObjective()
    report = sections.one("report", WrittenReport) or WrittenReport()
    rates = sections.one("withdrawal_rates", WrittenRates) or WrittenRates()
    history = _history(document)
    mail = sections.one("mail", shape(MailWords)) or shape(MailWords)()
    share = sections.one("share", shape(Sharing))
    sheet = sections.one("sheet", WrittenSheet) or WrittenSheet()
    uses = sections.one("uses", WrittenUses)
    unfolded = Unfolded.of(document)
    judge_references(unfolded.document)
    if not is_json:  # one that was published before this rule can still be read
        judge_parties(unfolded.document)
    judge_ties(unfolded.document)
    judge_uids(unfolded.document)
    unfolded.fold()
    for loc, operation in operations:
        judge_pin(document, loc, operation.domain())
    warn_of_comments(document)
    if not is_json:
        warn_of_words(document)
    document.refuse(Message("The scenario cannot be used."))
    if plan is None or year is None:
        raise TypeError("a scenario without a plan was not refused")
    ids = [agency.id for agency in agencies]
    return Scenario(
        name=plan.name,
        span=year,
        timezone=plan.timezone,
        language=plan.language,
        calendar=replace(calendar.domain(), holidays=holidays),
        shifts=tuple(shift.domain() for shift in shifts),
        areas={one.id: one for one in map(Shape.domain, areas)},
        police={unit.id: unit.domain() for unit in police},
        agencies={agency.id: agency.domain() for agency in agencies},
        operations={one.id: _in_order(one, ids) for _, operation in operations for one in single(operation.domain())},
        settings=rules.domain(),
        objective=objective.domain(),
        cycle=cycle.domain(),
        names={} if names is None else names.root,
        programmes={} if programmes is None else programmes.domain(),
        targets=tuple(target.domain() for target in targets),
        objects={one.id: one for one in map(Shape.domain, objects)},
        withdrawal_rates=rates.domain(),
        figures=tuple(dict.fromkeys(report.figures)),
        history=tuple(log.domain().in_zone(ZoneInfo(plan.timezone)) for log in history),
        mail=mail.domain(),
        share=Sharing() if share is None else share.domain(),
        sheet=sheet.domain(),
        calls=tuple(call.domain() for call in calls),
        uses=ALL_FEATURES if uses is None else in_order(uses.root),
    )


def _judge_presence(document: Document) -> None:
    for section in REQUIRED:
        if section not in document.tree.parts:
            document.add("missing-key", (section,), Message("The section {key} is missing.", {"key": section}))
    shifts = document.tree.at(("shifts",))
    if shifts is not None and shifts.value == []:
        document.add("bad-value", ("shifts",), Message("The shifts are missing: give at least one."))


def _operations(sections: Sections, year: Span | None) -> list[tuple[Loc, Shape[Operation]]]:
    """The operations and their places, each judged within the year."""
    found = sections.items("operations", shape(Operation))
    for loc, operation in found:
        judge_operation(sections.document, loc, operation.domain(), year)
    return found


def _in_order(operation: Operation, ids: Sequence[str]) -> Operation:
    """The operation with its agencies in the order of all: written in another, or as columns, the year is the same."""
    needed, wanted = operation.agencies, operation.optional_agencies
    return replace(
        operation,
        agencies={id: needed[id] for id in ids if id in needed},
        optional_agencies={id: wanted[id] for id in ids if id in wanted},
    )


def _within(sections: Sections, name: str, model: type[_Dated], year: Span | None) -> list[_Dated]:
    """The items of a section, each with dates in the year."""
    found = sections.items(name, model)
    for loc, one in found:
        if year is not None and (one.last < year.first or one.first > year.last):
            sections.document.add("outside-plan", loc, outside(year))
    return [one for _, one in found]


def _history(document: Document) -> list[WrittenHeardLog]:
    """The logs of other years; no date may be in two of them."""
    logs: list[WrittenHeardLog] = []
    for loc, log in Sections(document, is_json=True).items("history", WrittenHeardLog):
        for other in logs:
            if log.first <= other.last and other.first <= log.last:
                values = {"first": str(other.first), "last": str(other.last)}
                text = Message("Another log has these dates too, {first} to {last}: keep one.", values)
                document.add("bad-value", loc, text)
        logs.append(log)
    return logs


def _holidays(sections: Sections, calendar: WrittenCalendar, year: Span | None, cycle: WrittenCycle) -> dict[date, str]:
    """The public holidays of all years in which a milestone or a standing meeting may fall."""
    if sections.is_json:
        held = sections.one("holidays", WrittenHolidays)
        return {} if held is None else held.root
    if calendar.country is None or year is None:
        return {}
    if calendar.country not in countries():
        text = Message(
            "The country {given} is unknown: write a two-letter code, like SE", {"given": quoted(calendar.country)}
        )
        sections.document.add("bad-value", ("calendar", "country"), unknown(calendar.country, countries(), text))
        return {}
    standing = [day for m in cycle.meetings if m.every for day in (m.every.first, m.every.last) if day is not None]
    before = max((*(m.days_before or 0 for m in cycle.milestones), *((year.first - day).days for day in standing), 0))
    after = max((*(m.days_after or 0 for m in cycle.milestones), *((day - year.last).days for day in standing), 0))
    return holidays_around(calendar.country, year, before, after)
