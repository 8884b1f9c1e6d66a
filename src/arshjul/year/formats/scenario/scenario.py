"""A scenario from its sections: those of a folder's files, of a workbook, or of scenario.json.

Every file is read and every section judged before anything is refused, so that all problems are reported together.
docs/formats.md#scenario describes the sections.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from arshjul.errors import Message
from arshjul.year.domain.calendar import Calendar, Shift, Span
from arshjul.year.domain.contact import MailWords, OfferCall
from arshjul.year.domain.feature import ALL_FEATURES, in_order
from arshjul.year.domain.information_sheet.declared import SheetForm
from arshjul.year.domain.operation import Operation, single
from arshjul.year.domain.parties import Agency, Area, PoliceUnit
from arshjul.year.domain.scenario import Scenario, Target
from arshjul.year.domain.settings import Cycle, Sharing
from arshjul.year.domain.visit_object import VisitObject
from arshjul.year.formats.scenario.consistency import (
    judge_operation,
    judge_pin,
    judge_ties,
    judge_uids,
    outside,
    warn_of_comments,
    warn_of_words,
)
from arshjul.year.formats.scenario.references import judge_parties, judge_references
from arshjul.year.formats.scenario.sections import Sections, Unfolded
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.scenario import OF_JSON, WrittenScenario
from arshjul.year.formats.schema.settings import (
    WrittenHeardLog,
    WrittenHolidays,
    WrittenNames,
    WrittenObjective,
    WrittenPlan,
    WrittenProgrammes,
    WrittenRates,
    WrittenReport,
    WrittenRules,
    WrittenUses,
)
from arshjul.year.formats.shape import Shape
from arshjul.year.formats.tree import Document, Loc
from arshjul.year.formats.words import quoted, unknown


@cache
def countries() -> tuple[str, ...]:
    """The codes of the countries that the library knows."""
    import holidays  # noqa: PLC0415 - 100 ms, and only scenarios with a country need it

    return tuple(holidays.list_supported_countries(include_aliases=False))


_AROUND = 31
"""Days beyond a milestone within which it may move to an open date."""


def holidays_around(country: str, year: Span, days_before: int, days_after: int) -> dict[date, str]:
    """The public holidays of all years in which a milestone of the year may fall, so many days from an operation."""
    first = year.first - timedelta(days=days_before + _AROUND)
    last = year.last + timedelta(days=days_after + _AROUND)
    return dict(public_holidays(country, first.year, last.year))


@cache
def public_holidays(
    country: str, first_year: int, last_year: int, category: str = "public"
) -> tuple[tuple[date, str], ...]:
    """The holidays of that category in those years, the last one included, ascending; none if there is no such one."""
    import holidays  # noqa: PLC0415

    if category not in getattr(holidays, country).supported_categories:
        return ()

    in_swedish = "sv" in holidays.list_localized_countries().get(country, ())
    # Without this, the library would use the language of the machine's user.
    language = "sv" if in_swedish else getattr(holidays, country).default_language
    years = range(first_year, last_year + 1)
    base = holidays.country_holidays(country, years=years, language=language, categories=(category,))
    return tuple(sorted(base.items()))


SECTIONS = tuple(key for key in WrittenScenario.model_fields if key not in OF_JSON)
_Dated = TypeVar("_Dated", Target, OfferCall)
REQUIRED = tuple(key for key, field in WrittenScenario.model_fields.items() if field.is_required())


def scenario_of(document: Document, *, is_json: bool = False) -> Scenario:
    """The scenario in a document. With `is_json`, dates are words and the holidays are included."""
    sections = Sections(document, is_json)
    sections.only((*SECTIONS, *OF_JSON, "format") if is_json else SECTIONS)
    if document.whole:
        _judge_presence(document)
    plan = sections.one("plan", WrittenPlan)
    year = None if plan is None else Span(plan.first, plan.last)
    shifts = sections.objects("shifts", Shift)
    areas = sections.objects("areas", Area)
    police = sections.objects("police", PoliceUnit)
    agencies = sections.objects("agencies", Agency)
    operations = _operations(sections, year)
    targets = _within(sections, "targets", Target, year)
    calls = _within(sections, "calls", OfferCall, year)
    objects = sections.objects("objects", VisitObject)
    cycle = sections.object("cycle", Cycle) or Cycle()
    calendar = sections.object("calendar", Calendar) or Calendar()
    holidays = _holidays(sections, calendar, year, cycle)
    names = sections.one("names", WrittenNames)
    programmes = sections.one("programmes", WrittenProgrammes)
    rules = sections.one("rules", WrittenRules) or WrittenRules()
    objective = sections.one("objective", WrittenObjective) or WrittenObjective()
    report = sections.one("report", WrittenReport) or WrittenReport()
    rates = sections.one("withdrawal_rates", WrittenRates) or WrittenRates()
    history = _history(document)
    mail = sections.object("mail", MailWords) or MailWords()
    share = sections.object("share", Sharing) or Sharing()
    sheet = sections.object("sheet", SheetForm) or SheetForm()
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
        calendar=replace(calendar, holidays=holidays),
        shifts=shifts,
        areas={area.id: area for area in areas},
        police={unit.id: unit for unit in police},
        agencies={agency.id: agency for agency in agencies},
        operations={
            part.id: _in_order(part, ids) for _, operation in operations for part in single(operation.domain())
        },
        settings=rules.domain(),
        objective=objective.domain(),
        cycle=cycle,
        names={} if names is None else names.root,
        programmes={} if programmes is None else programmes.domain(),
        targets=targets,
        objects={object.id: object for object in objects},
        withdrawal_rates=rates.domain(),
        figures=tuple(dict.fromkeys(report.figures)),
        history=tuple(log.domain().in_zone(ZoneInfo(plan.timezone)) for log in history),
        mail=mail,
        share=share,
        sheet=sheet,
        calls=calls,
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


def _within(sections: Sections, name: str, thing: type[_Dated], year: Span | None) -> tuple[_Dated, ...]:
    """The objects of a section, each with dates in the year."""
    found = [(loc, written.domain()) for loc, written in sections.items(name, shape(thing))]
    for loc, one in found:
        if year is not None and not one.span.overlaps(year):
            sections.document.add("outside-plan", loc, outside(year))
    return tuple(one for _, one in found)


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


def _holidays(sections: Sections, calendar: Calendar, year: Span | None, cycle: Cycle) -> dict[date, str]:
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
    before = max((*(-m.days for m in cycle.milestones), *((year.first - day).days for day in standing), 0))
    after = max((*(m.days for m in cycle.milestones), *((day - year.last).days for day in standing), 0))
    return holidays_around(calendar.country, year, before, after)
