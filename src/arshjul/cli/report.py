"""report, obstacles: the year in figures, and what stood in the way of sharing."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from arshjul.cli.command import Option, ReadAs, command
from arshjul.cli.console import Console
from arshjul.cli.options import AsOf, KnownPlan, PlanDb, PlanFolder, day, known_plan, opened
from arshjul.year.domain.calendar import YEARS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from arshjul.year.agenda.evaluations import FollowedImprovement, ToEvaluate
    from arshjul.year.agenda.sheet_completeness import SheetRegister
    from arshjul.year.planning.report.figures import CalledOff
    from arshjul.year.planning.report.police import LostPolice
    from arshjul.year.planning.report.report import Report, ShownProposal

_ALWAYS = (
    "answered_by", "evaluation", "lost_by_cause", "lost_by_notice", "lost_by_way", "marks", "meetings", "network",
    "network_by_party", "obstacles", "obstacles_raised", "officers", "pictures", "police", "police_lost",
    "shifts_held", "teams", "together", "with_agency", "worst",
)  # fmt: skip
"""The parts that an answer for programs has without figures too."""


@command("obstacles", "Obstacles to sharing information.")
def obstacles(
    console: Console,
    folder: PlanFolder = None,
    db: PlanDb = None,
    year: Annotated[
        int | None, Option("--year Y", "A past calendar year.", min=YEARS.start, max=YEARS.stop - 1)
    ] = None,
    quarter: Annotated[str | None, Option("--quarter Q", "A quarter like 2027-Q1; default: the last one.")] = None,
    as_of: AsOf = None,
    output: Annotated[Path | None, Option("-o --output FILE", "Write a .pdf, .xlsx or .csv file too.")] = None,
) -> None:
    from arshjul.year.folder.report import obstacles, write_obstacles
    from arshjul.year.planning.report.figures import group_lines, tree
    from arshjul.year.planning.report.obstacles import obstacle_sentences, obstacle_title

    known = known_plan(console, folder, db)
    register = None if db is None else _kept(db, known)[0]
    obstacle_report = obstacles(known.scenario, known.plan, year, quarter, as_of, register)
    if output is not None:
        write_obstacles(obstacle_report, output)
    tables, left_out = (
        tree(figure for table in obstacle_report.tables for figure in table.figures),
        [*map(str, obstacle_report.left_out)],
    )
    if not console.answered(
        {"period": obstacle_report.period, "obstacles": obstacle_report.n, "tables": tables, "left_out": left_out}
    ):
        console.sections(
            [
                (None, [obstacle_title(obstacle_report), *obstacle_sentences(obstacle_report)]),
                *group_lines(obstacle_report.tables),
            ]
        )


@command("report", "The year in figures.")
def report(
    console: Console,
    folder: PlanFolder = None,
    db: PlanDb = None,
    first: Annotated[date | None, Option("--from D", "First date; default: the plan's."), ReadAs(day)] = None,
    last: Annotated[date | None, Option("--to D", "Last date; default: the plan's."), ReadAs(day)] = None,
    as_of: AsOf = None,
    as_csv: Annotated[bool, Option("--csv", "Answer with CSV.")] = False,
    xlsx: Annotated[Path | None, Option("--xlsx FILE", "Write the figures to an Excel workbook too.")] = None,
) -> None:
    from arshjul.year.folder.report import Period, report, report_workbook
    from arshjul.year.planning.report.text import report_rows

    known = known_plan(console, folder, db)
    kept = (None, None, None) if db is None else _kept(db, known)
    found = report(known.scenario, known.plan, Period(first, last), as_of, *kept)
    if xlsx is not None:
        report_workbook(found, xlsx)
    if console.answered(_mapping(found)):
        return
    if as_csv:
        console.table(report_rows(found, console.words))
    else:
        _tell(console, found)


def _kept(db: str, known: KnownPlan) -> "tuple[SheetRegister | None, ToEvaluate | None, Mapping[int, datetime] | None]":
    """Report data from a database beyond its plan folder."""
    from arshjul.office.contacts.asking_to_evaluate import to_evaluate
    from arshjul.office.contacts.sheets import sheet_register
    from arshjul.office.publishing.revisions import told_versions

    with opened(db).reading() as reading:
        register = sheet_register(reading, known.scenario, known.plan)
        return register, to_evaluate(reading, known.scenario), told_versions(reading)


def _tell(console: Console, found: "Report") -> None:
    from arshjul.year.planning.report.figures import COLUMNS
    from arshjul.year.planning.report.text import sections, tables

    say = console.words.say
    console.sections(sections(found))
    for heading, rows in tables(found):
        lines = ([say(name), *map(str, row)] for name, row in rows)
        console.columns([list(map(say, (heading, *COLUMNS.values()))), *lines])


def _mapping(found: "Report") -> dict[str, object]:
    from arshjul.year.formats.plan.changes_json import place_mapping
    from arshjul.year.planning.report.figures import tree
    from arshjul.year.planning.report.report import PARTS, first_page

    figures = tree(found.besides, _ALWAYS)
    whole, lead_time, notice = (figures.pop(part) for part in ("", "lead_time", "notice"))
    figures.pop("improvements", None)  # they are told one by one
    return {
        "from": found.span.first,
        "to": found.span.last,
        "as_of": f"{found.as_of:%Y-%m-%dT%H:%M}",
        "proposals": [_proposal(proposal) for proposal in first_page(found)],
        **{PARTS[kind]: asdict(counts) for kind, counts in found.counts.items()},
        "called_off": [_called_off(off) for off in found.called_off],
        "parts": {part: {id: asdict(counts) for id, counts in group.items()} for part, group in found.parts.items()},
        "lead_time": {"rule_days": found.lead_time_days, **lead_time},
        "notice": notice,
        **whole,
        "saved_by_reserve": [
            {
                "operation": reserve.placement.operation,
                **place_mapping(reserve.placement),
                "meanwhile": list(reserve.meanwhile),
            }
            for reserve in found.reserves
        ],
        "improvements": [_improvement(found, improvement) for improvement in found.improvements],
        **figures,
        "lost": [_lost(police) for police in found.lost],
        "coverage": _coverage(found),
    }


def _proposal(one: "ShownProposal") -> dict[str, object]:
    """A proposal of the first page: its figures by part, and by id or key, each with the year before."""
    return {
        "number": one.number,
        "name": one.name,
        "figures": [
            {"part": now.part, "key": now.id or now.key, "said": now.label, "n": now.n, "of": now.of}
            | ({} if before is None else {"before": {"n": before.n, "of": before.of}})
            for now, before in one.figures
        ],
    }


def _lost(one: "LostPolice") -> dict[str, object]:
    """Police called off from an operation: where it was to be, why, how long before, and what became of it."""
    from arshjul.year.formats.plan.changes_json import place_mapping

    return {
        "operation": one.old.operation,
        **place_mapping(one.old),
        "cause": one.cause,
        "hours": round(one.hours, 1),
        "way": one.way,
        "reserve": one.reserve,
    }


def _improvement(found: "Report", one: "FollowedImprovement") -> dict[str, object]:
    from arshjul.year.formats.schema.declared import mapping

    written = mapping(one.improvement)
    overdue, on = one.is_overdue(found.as_of.date()), one.asked_on or None
    return {**written, "state": one.state, "overdue": overdue, "asked_on": on, "helped": one.yes, "did_not": one.no}


def _coverage(found: "Report") -> dict[str, dict[str, object]]:
    """By party and month: what is needed, offered, used and spare."""
    from arshjul.year.agenda.lenders import FIGURES
    from arshjul.year.agenda.year import months

    there = [f"{month.first:%Y-%m}" for month in months(found.span)]
    return {
        lender.id: {
            month: {name: round(getattr(use, name), 1) for name in FIGURES}
            for month, use in zip((*there, "in_all"), (*lender.by_month, lender.total), strict=True)
        }
        for lender in (*found.coverage.police, *found.coverage.agencies)
    }


def _called_off(one: "CalledOff") -> dict[str, object]:
    from arshjul.year.formats.plan.changes_json import place_mapping

    return {
        "operation": one.placement.operation,
        **place_mapping(one.placement),
        "decided": f"{one.decided:%Y-%m-%dT%H:%M}",
        "on_the_day": one.on_the_day,
        "why": one.why,
        "new": None if one.anew is None else place_mapping(one.anew),
    }
