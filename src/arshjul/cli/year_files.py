"""import, checkout: a year put into the database, and taken out of it."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import Console
from arshjul.cli.database import DEFAULT_DB, By, Db, SiteKey, actor, maker, now
from arshjul.cli.options import Commands, Out, say
from arshjul.errors import InputError, Message
from arshjul.texts import counted

if TYPE_CHECKING:
    from arshjul.actions.draft.draft import Draft
    from arshjul.formats.own.proposal import ColumnProposal


@command
def bring_in(
    console: Console,
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help=say("A plan folder, a scenario or a workbook."))],
    db: Db = DEFAULT_DB,
    rehearsal: Annotated[
        bool, typer.Option("--rehearsal", help=say("Rehearse, in a database for that alone."))
    ] = False,
    map_path: Annotated[
        Path | None,
        typer.Option(
            "--map",
            metavar="FILE",
            help=say("The mapping of your spreadsheet's columns; proposed if missing."),
        ),
    ] = None,
    rest: Annotated[
        Path | None,
        typer.Option(
            "--rest", metavar="SCENARIO", help=say("The scenario with shifts, areas and agencies, for a new --map.")
        ),
    ] = None,
    replace_edit: Annotated[
        bool, typer.Option("--replace-edit", help=say("Overwrite an edit that waits for a plan."))
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help=say("Overwrite another year without a plan, or most of the operations."))
    ] = False,
    site_key: SiteKey = None,
    by: By = None,
) -> None:
    from arshjul.actions.draft.compare_scenario import workbook_scenario
    from arshjul.actions.draft.import_year import import_year
    from arshjul.actions.folder.workbook import own_scenario, propose_mapping
    from arshjul.domain.known_sites import n_kept, n_kept_said
    from arshjul.formats.plan.plan_folder import is_plan_folder
    from arshjul.formats.workbook.reading import is_workbook, opened_book
    from arshjul.planning.check.secret_places import secret_doubts

    own = None
    if map_path is not None and not map_path.exists():
        _tell_mapping(console, map_path, propose_mapping(source, map_path, rest, console.speak))
        return
    if rest is not None:
        raise InputError(Message("--rest is only for a new mapping: leave it out."))
    if map_path is not None or is_workbook(source):
        if map_path is None:
            read = workbook_scenario(opened_book(source, source.name))
        else:
            read = own_scenario(source, map_path, console.speak)
        own = read.scenario
        console.speak(own.language)
        for note in read.notes:
            console.talk(note)
    who, more = actor(by), {"rehearsal": rehearsal, "replace_edit": replace_edit, "replace_year": replace}
    opening = partial(maker(console, site_key, who), db)
    done = import_year(own or source, opening, who, now(), console.speak, **more)
    if own is not None and (n := n_kept(own, done.present)):
        console.talk(n_kept_said(n))
    for doubt in secret_doubts(done.present):
        console.talk(Message("Warning: {text}", {"text": doubt.text}))
    if console.as_json:
        console.json({"operations": len(done.scenario.operations), "planned": done.plan is not None})
        return
    _tell_year(console, done, is_new=done.plan is None or is_plan_folder(source))


def _tell_year(console: Console, done: "Draft", *, is_new: bool) -> None:
    """Prints what lies in the database now: a year that `is_new`, or beside a plan an edit that waits."""
    from arshjul.actions.draft.compare_scenario import waiting_edit

    if (edit := waiting_edit(done, done.begun(now()), console.words)) is not None:
        values = {"name": done.scenario.name, "edit": edit.summary}
        console.talk(
            Message(
                "{edit} The edit of {name} waits for a plan: see Today in `arshjul console`.",
                values,
            )
        )
    elif not is_new:
        values = {"name": done.scenario.name}
        console.talk(Message("Nothing has changed: {name} in the database is the same.", values))
    else:
        values = {"name": done.scenario.name, "n": len(done.scenario.operations)}
        console.talk(Message("{name} is in the database, with {n} operations: see `arshjul console`.", values))


def _tell_mapping(console: Console, path: Path, made: "ColumnProposal") -> None:
    """Prints the proposed meaning of each column, and what to do next."""
    (sheet,) = made.map.sheets
    if console.as_json:
        columns = {
            "columns": sheet.columns,
            "always": sheet.always,
            "ignored": sheet.ignored,
            "missing": list(made.missing),
            "unsaid": list(made.unsaid),
        }
        console.json({"map": str(path), "sheet": sheet.sheet, **columns})
        return
    width = max(len(heading) for heading in (*sheet.columns, *sheet.ignored, *made.unsaid))
    for heading, ours in sheet.columns.items():
        console.data(f"{heading.ljust(width)}  {ours}  ({console.words.say(made.why[sheet.sheet, heading])})")
    for heading in sheet.ignored:
        console.data(f"{heading.ljust(width)}  –")
    for heading, why in made.unsaid.items():
        console.data(f"{heading.ljust(width)}  ?  ({console.words.say(why)})")
    for ours, why in made.guessed.items():
        values = {"heading": ours, "value": sheet.always[ours], "why": why}
        console.talk(Message("{heading} is set to {value} in each row ({why}).", values))
    if made.missing:
        console.talk(Message("No column for {missing} was found.", {"missing": list(made.missing)}))
    if made.no_teams is not None:
        console.talk(made.no_teams)
    values = {"file": str(path)}
    console.talk(Message("Check and correct {file}, then run the command again.", values))


@command
def checkout(console: Console, output: Out, db: Db = DEFAULT_DB, site_key: SiteKey = None) -> None:
    from arshjul.actions.draft.import_year import checkout as taken_out
    from arshjul.store.store import open_store

    done = taken_out(open_store(db).with_key(site_key), output, console.speak)
    if console.as_json:
        told = {"published": done.is_published, "waiting": done.n_waiting}
        console.json({"folder": str(output), "revision": done.plan.revision, **told})
        return
    values = {"folder": str(output), "n": done.plan.revision}
    if done.is_published:
        console.talk(Message("{folder} has version {n} of the plan, as published.", values))
    else:
        console.talk(Message("{folder} has version {n} of the plan, chosen but not published.", values))
    if done.n_waiting:
        console.talk(
            counted(
                done.n_waiting,
                "One entry waits for a plan, and is left out: choose an option in the console.",
                "{n} entries wait for a plan, and are left out: choose an option in the console.",
            )
        )


commands: Commands = {
    "import": (bring_in, say("Import a plan folder or a scenario.")),
    "checkout": (checkout, say("Write the year to a plan folder.")),
}
