"""report, obstacles: the year in figures, and what stood in the way of sharing."""

from collections.abc import Collection, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import Console
from arshjul.cli.known_plan import KnownPlan, PlanDb, PlanFolder, known_plan
from arshjul.cli.options import AsOf, Commands, day, moment_or_now, say
from arshjul.domain.calendar import YEARS

if TYPE_CHECKING:
    from arshjul.agenda.evaluations import ToEvaluate
    from arshjul.agenda.improvements import FollowedImprovement
    from arshjul.agenda.sheet_completeness import SheetRegister
    from arshjul.planning.letters.called_off import CalledOff
    from arshjul.planning.report.obstacles import ObstacleReport
    from arshjul.planning.report.report import Counts, Report

INDENT = "  "

First = Annotated[str | None, typer.Option("--from", metavar="D", help=say("First date; default: the plan's."))]
Last = Annotated[str | None, typer.Option("--to", metavar="D", help=say("Last date; default: the plan's."))]
Xlsx = Annotated[
    Path | None,
    typer.Option("--xlsx", metavar="FILE", help=say("Write the figures as an Excel workbook besides.")),
]
ObstacleYear = Annotated[
    int | None,
    typer.Option("--year", metavar="Y", min=YEARS.start, max=YEARS.stop - 1, help=say("A calendar year that is over.")),
]
ObstacleQuarter = Annotated[
    str | None,
    typer.Option("--quarter", metavar="Q", help=say("A quarter like 2027-Q1; default: the last one that is over.")),
]
ObstacleFile = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE", help=say("A file besides that ends in .pdf, .xlsx or .csv.")),
]
Csv = Annotated[bool, typer.Option("--csv", help=say("Answer with a table, for spreadsheets."))]


@command
def obstacles(
    console: Console,
    folder: PlanFolder = None,
    db: PlanDb = None,
    year: ObstacleYear = None,
    quarter: ObstacleQuarter = None,
    as_of: AsOf = None,
    output: ObstacleFile = None,
) -> None:
    from arshjul.actions.folder.obstacles import obstacles as told
    from arshjul.actions.folder.obstacles import write_obstacles

    known = known_plan(console, folder, db)
    register = None if db is None else _kept(db, known)[0]
    found = told(known.scenario, known.plan, year, quarter, moment_or_now(as_of), register)
    if output is not None:
        write_obstacles(found, output)
    if console.as_json:
        console.json(_obstacles_mapping(found))
    else:
        _tell_obstacles(console, found)


def _obstacles_mapping(found: "ObstacleReport") -> dict[str, object]:
    from arshjul.planning.report.obstacle_text import all_tables

    tables = {
        table.id: {"rows": {id: n for id, _, n in table.rows}, "others": table.others} for table in all_tables(found)
    }
    left_out = [str(one) for one in found.left_out]
    return {"period": found.period, "obstacles": found.n, "tables": tables, "left_out": left_out}


def _tell_obstacles(console: Console, found: "ObstacleReport") -> None:
    from arshjul.planning.report.obstacle_text import all_tables, obstacle_sentences, obstacle_title, table_rows

    console.data(console.words.say(obstacle_title(found)))
    for sentence in obstacle_sentences(found):
        console.data(console.words.say(sentence))
    for table in all_tables(found):
        console.data("")
        console.data(console.words.say(table.heading))
        rows = [(console.words.say(name), n) for _, name, n in table_rows(table)]
        wide = max(len(name) for name, _ in rows)
        for name, n in rows:
            console.data(f"{INDENT}{name.ljust(wide)}{n:6}")


@command
def report(
    console: Console,
    folder: PlanFolder = None,
    db: PlanDb = None,
    first: First = None,
    last: Last = None,
    as_of: AsOf = None,
    as_csv: Csv = False,
    xlsx: Xlsx = None,
) -> None:
    from arshjul.actions.folder.report import Period, report_workbook
    from arshjul.actions.folder.report import report as figures_of

    known = known_plan(console, folder, db)
    period = Period(None if first is None else day(first), None if last is None else day(last))
    kept = (None, None, ()) if db is None else _kept(db, known)
    found = figures_of(known.scenario, known.plan, period, moment_or_now(as_of), *kept)
    if xlsx is not None:
        report_workbook(found, xlsx)
    if console.as_json:
        console.json(_mapping(console, found))
    elif as_csv:
        _table(console, found)
    else:
        _tell(console, found)


def _kept(db: str, known: KnownPlan) -> "tuple[SheetRegister | None, ToEvaluate | None, Collection[int]]":
    """What a database knows beside the plan, and a plan folder does not."""
    from arshjul.actions.contacts.asking_to_evaluate import to_evaluate
    from arshjul.actions.contacts.sheets import sheet_register
    from arshjul.actions.publishing.revisions import told_versions
    from arshjul.store.store import open_store

    with open_store(db).reading() as reading:
        register = sheet_register(reading, known.scenario, known.plan)
        return register, to_evaluate(reading, known.scenario), told_versions(reading)


def _tell(console: Console, found: "Report") -> None:
    from arshjul.planning.report.text import COLUMNS, called_off_said, improvements_said, sentences, tables

    for sentence in sentences(found):
        console.data(console.words.say(sentence))
    if found.called_off:
        console.data("")
        console.data(console.words("Dates that were called off:"))
        for sentence in called_off_said(found):
            console.data(INDENT + console.words.say(sentence))
    if found.improvements:
        console.data("")
        console.data(console.words("Improvements:"))
        for sentence in improvements_said(found):
            console.data(INDENT + console.words.say(sentence))
    say = console.words.say
    for table in tables(found):
        rows = ([say(name), *map(str, row)] for name, row in table.rows)
        console.columns([list(map(say, (table.heading, *COLUMNS.values()))), *rows])


def _mapping(console: Console, found: "Report") -> dict[str, object]:
    return {
        "from": found.span.first.isoformat(),
        "to": found.span.last.isoformat(),
        "as_of": f"{found.as_of:%Y-%m-%dT%H:%M}",
        "operations": asdict(found.operations),
        "controls": asdict(found.controls),
        "called_off": [_called_off(console, one) for one in found.called_off],
        "parts": {part: {id: asdict(counts) for id, counts in group.items()} for part, group in found.parts.items()},
        "lead_time": {
            "median_days": found.lead_time.median_days,
            "rule_days": found.lead_time_days,
            "at_least_rule": asdict(found.lead_time.share),
        },
        "notice": {"median_days": found.notice.median_days, "under_14_days": asdict(found.notice.share)},
        "evaluated": asdict(found.evaluated),
        **({} if found.sheets is None else {"sheets": asdict(found.sheets)}),
        "answered": {**asdict(found.answered), "by_party": {id: asdict(one) for id, one in found.answered_by.items()}},
        "obstacles": {str(quarter): n for quarter, n in found.obstacles},
        "improvements": [_improvement(found, one) for one in found.improvements],
        "together": {key: {"n": n, "of": of} for key, (n, of) in found.together.items()},
        "officers": {"came": found.officers.n, "operations": found.officers.of},
        "teams": dict(found.teams),
        "reserves": {"promoted": found.reserves.n, "of": found.reserves.of},
        "coverage": _coverage(found),
    }


def _improvement(found: "Report", one: "FollowedImprovement") -> dict[str, object]:
    from arshjul.formats.schema.learnt import WrittenImprovement

    written = WrittenImprovement.of(one.improvement).mapping()
    overdue, on = one.is_overdue(found.as_of.date()), one.asked_on or None
    return {**written, "state": one.state, "overdue": overdue, "asked_on": on, "helped": one.yes, "did_not": one.no}


def _coverage(found: "Report") -> dict[str, dict[str, object]]:
    """By party and month: what is needed, offered, used and spare."""
    from arshjul.agenda.lenders import FIGURES
    from arshjul.agenda.year import months

    there = [f"{month.first:%Y-%m}" for month in months(found.span)]
    return {
        lender.id: {
            month: {name: round(getattr(use, name), 1) for name in FIGURES}
            for month, use in zip((*there, "in_all"), (*lender.by_month, lender.total), strict=True)
        }
        for lender in (*found.coverage.police, *found.coverage.agencies)
    }


def _called_off(console: Console, one: "CalledOff") -> dict[str, object]:
    from arshjul.formats.plan.changes_json import place_mapping

    return {
        "operation": one.placement.operation,
        **place_mapping(one.placement),
        "decided": f"{one.decided:%Y-%m-%dT%H:%M}",
        "on_the_day": one.on_the_day,
        "why": None if one.why is None else console.words.say(one.why),
        "new": None if one.anew is None else place_mapping(one.anew),
    }


def _table(console: Console, found: "Report") -> None:
    """Prints a row per figure: its part, id and name, the figure, the count, and the total if it is a share."""
    say = console.words
    heads = [say("Part"), say("Id"), say("Name"), say("Figure"), say("Number"), say("Of")]
    console.table([heads, *_rows(console, found)])


def _rows(console: Console, found: "Report") -> Iterator[list[object]]:
    from arshjul.planning.report.text import named_parts, part_name

    yield from _of("operations", "", "", found.operations)
    yield from _of("controls", "", "", found.controls)
    for part in found.parts:
        for id, called, counts in named_parts(found, part):
            yield from _of(part, id, console.words.say(called), counts)
    for name, spread in (("lead_time", found.lead_time), ("notice", found.notice)):
        median = "" if spread.median_days is None else spread.median_days
        yield ["operations", "", "", f"{name}_median_days", median, spread.share.of]
    yield ["operations", "", "", "lead_time_at_least_rule", found.lead_time.share.n, found.lead_time.share.of]
    yield ["operations", "", "", "notice_under_14_days", found.notice.share.n, found.notice.share.of]
    yield ["operations", "", "", "evaluated", found.evaluated.n, found.evaluated.of]
    if found.sheets is not None:
        yield ["operations", "", "", "sheets_complete", found.sheets.n, found.sheets.of]
    yield ["operations", "", "", "answered", found.answered.n, found.answered.of]
    for state in ("open", "done", "checked", "dropped"):
        yield ["improvements", "", "", state, found.n_improvements(state), len(found.improvements)]
    yield ["improvements", "", "", "overdue", found.overdue, len(found.improvements)]
    for key, (made, of) in found.together.items():
        yield ["together", "", "", key, made, of]
    for quarter, n in found.obstacles:
        yield ["obstacles", str(quarter), "", "reported", "" if n is None else n, ""]
    yield ["operations", "", "", "officers_came", found.officers.n, found.officers.of]
    yield ["operations", "", "", "reserves_promoted", found.reserves.n, found.reserves.of]
    for agency, n in found.teams.items():
        yield ["agency", agency, console.words.say(part_name(found, "agency", agency)), "teams_came", n, ""]


def _of(part: str, id: str, name: str, counts: "Counts") -> Iterator[list[object]]:
    for key, value in asdict(counts).items():
        if key == "figures":
            for figure, n in value.items():
                yield [part, id, name, f"figure:{figure}", n, ""]
        elif key == "saved":
            yield [part, id, name, key, value["n"], value["of"]]
        else:
            yield [part, id, name, key, value, "" if key in ("planned", "called_off") else counts.planned]


commands: Commands = {
    "obstacles": (
        obstacles,
        say("What stood in the way of sharing information, in whole quarters, for those who decide."),
    ),
    "report": (report, say("What was planned, done, called off, saved and moved in a period, in figures.")),
}
