"""workbook, unit-list, turn: a scenario, a party's part of a plan, or a plan's next year, as an Excel workbook."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from arshjul.cli.boards import OutFile
from arshjul.cli.command import command
from arshjul.cli.console import Console
from arshjul.cli.known_plan import PlanDb, PlanFolder, known_plan
from arshjul.cli.options import WRITTEN, AsOf, Commands, Folder, day, moment_or_now, say
from arshjul.domain.calendar import Span
from arshjul.errors import InputError, Message
from arshjul.texts import FirstToLast, counted

BookFile = Annotated[OutFile, WRITTEN]
Source = Annotated[
    Path | None, typer.Argument(metavar="SCENARIO", help=say("A plan folder, a scenario or a workbook."))
]
Template = Annotated[
    bool,
    typer.Option("--template", help=say("Write the template, with example rows.")),
]
Whose = Annotated[
    str | None,
    typer.Option("--party", metavar="PARTY", help=say("Write this party's calendars, from a plan folder.")),
]
OwnMap = Annotated[
    Path | None,
    typer.Option(
        "--map", metavar="FILE", help=say("Read your own spreadsheet, with the mapping of `arshjul import --map`.")
    ),
]


@command
def workbook(
    console: Console,
    output: BookFile,
    source: Source = None,
    template: Template = False,
    party: Whose = None,
    map_path: OwnMap = None,
) -> None:
    from arshjul.actions.folder.workbook import empty_workbook, party_workbook, workbook_of_own
    from arshjul.actions.folder.workbook import workbook as written

    if (source is None) != template:
        raise InputError(Message("Give either {one} or {other}.", {"one": "SCENARIO", "other": "--template"}))
    if template and party is not None:
        raise InputError(Message("--party needs a plan folder: leave out --template."))
    if map_path is not None and (template or party is not None):
        raise InputError(Message("--map excludes --template and --party."))
    if source is None:
        empty_workbook(output, console.words)
    elif map_path is not None:
        for note in workbook_of_own(source, map_path, output, console.speak):
            console.talk(note)
    elif party is not None:
        party_workbook(source, party, output, console.speak)
    else:
        written(source, output, console.speak)
    if console.as_json:
        console.json({"file": str(output)})
    else:
        console.data(str(output))


@command
def unit_list(
    console: Console,
    output: BookFile,
    folder: PlanFolder = None,
    db: PlanDb = None,
    unit: Annotated[str, typer.Option("--unit", metavar="UNIT", help=say("The police unit."))] = "",
    as_of: AsOf = None,
) -> None:
    from arshjul.actions.folder.reading import moment_in
    from arshjul.actions.folder.unit_list import write_unit_list

    known = known_plan(console, folder, db)
    first = moment_in(known.scenario, moment_or_now(as_of)).date()
    found = write_unit_list(known.scenario, known.plan, unit, first, output)
    if console.as_json:
        console.json({"file": str(output), "orders": len(found.orders), "at_once": found.n_at_once})
    else:
        console.data(str(output))


@command
def turn(
    console: Console,
    folder: Folder,
    output: BookFile,
    to: Annotated[
        str | None, typer.Option("--to", metavar="D", help=say("The next year's last date; default: a whole year."))
    ] = None,
    sector: Annotated[
        list[str] | None,
        typer.Option(
            "--sector",
            metavar="SECTOR",
            help=say("Repeat only operations of this sector; repeatable. none: no operations."),
        ),
    ] = None,
    ask: Annotated[
        list[str] | None,
        typer.Option("--ask", metavar="PARTY", help=say("A party with no offer until it answers anew; repeatable.")),
    ] = None,
    as_of: AsOf = None,
) -> None:
    from arshjul.actions.folder.turn import turn as turned
    from arshjul.planning.turn.next_year import Wishes

    sectors = None if sector is None else frozenset(sector) - {"none"}
    wishes = Wishes(None if to is None else day(to), sectors, frozenset(ask or ()))
    made = turned(folder, output, wishes, moment_or_now(as_of), console.speak)
    if console.as_json:
        dates = [
            {"key": one.key, "from": f"{one.new.first}", "to": f"{one.new.last}", "was_from": f"{one.old.first}"}
            for one in made.dates
        ]
        console.json({"file": str(output), "to": f"{made.year.last}", "again": dict(made.again), "dates": dates})
        return
    console.talk(
        counted(len(made.again), "One operation comes again.", "{n} operations come again, under new numbers.")
    )
    for one in made.dates:
        values = {"kind": one.kind, "name": one.name and f" {one.name}", "old": _said(one.old), "new": _said(one.new)}
        console.talk(Message("{kind}{name}: {old} becomes {new}.", values))
    console.data(str(output))


def _said(span: Span) -> date | FirstToLast:
    return span.first if span.first == span.last else FirstToLast(span.first, span.last)


commands: Commands = {
    "workbook": (workbook, say("Write a scenario as an Excel workbook.")),
    "unit-list": (unit_list, say("A plan's requests of one police unit.")),
    "turn": (turn, say("Next year's scenario from this year's, as a workbook.")),
}
