"""workbook, unit-list, turn, import, checkout: a year as an Excel workbook, into the database, and out of it."""

from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from arshjul.cli.command import Argument, Option, ReadAs, command
from arshjul.cli.console import Console
from arshjul.cli.options import (
    DEFAULT_DB,
    AsOf,
    BookFile,
    By,
    Db,
    Folder,
    OpenDb,
    Out,
    PlanDb,
    PlanFolder,
    Rehearsal,
    SiteKey,
    day,
    either,
    known_plan,
    maker,
    now,
    with_db,
)
from arshjul.errors import InputError, Message
from arshjul.year.domain.calendar import Span
from arshjul.year.texts import FirstToLast, counted

if TYPE_CHECKING:
    from arshjul.office.draft.draft import Draft
    from arshjul.year.formats.mapped_workbook.proposal import ColumnProposal


@command("workbook", "Write a scenario as an Excel workbook.")
def workbook(
    console: Console,
    output: BookFile,
    source: Annotated[Path | None, Argument("SCENARIO", "A plan folder, a scenario or a workbook.")] = None,
    template: Annotated[bool, Option("--template", "Write the template, with example rows.")] = False,
    party: Annotated[str | None, Option("--party PARTY", "Write this party's calendars, from a plan folder.")] = None,
    map_path: Annotated[
        Path | None, Option("--map FILE", "Read your own spreadsheet, with the mapping of `arshjul import --map`.")
    ] = None,
) -> None:
    from arshjul.year.folder.workbook import empty_workbook, party_workbook, workbook, workbook_of_mapped

    if (source is None) != template:
        raise either("SCENARIO", "--template")
    if template and party is not None:
        raise InputError(Message("--party needs a plan folder: leave out --template."))
    if map_path is not None and (template or party is not None):
        raise InputError(Message("--map excludes --template and --party."))
    if source is None:
        empty_workbook(output, console.words)
    elif map_path is not None:
        console.talk(*workbook_of_mapped(source, map_path, output, console.speak))
    elif party is not None:
        party_workbook(source, party, output, console.speak)
    else:
        workbook(source, output, console.speak)
    if not console.answered({"file": output}):
        console.data(str(output))


@command("unit-list", "A plan's requests of one police unit.")
def unit_list(
    console: Console,
    output: BookFile,
    folder: PlanFolder = None,
    db: PlanDb = None,
    unit: Annotated[str, Option("--unit UNIT", "The police unit.")] = "",
    as_of: AsOf = None,
) -> None:
    from arshjul.year.folder.reading import moment_in
    from arshjul.year.folder.unit_list import write_unit_list

    known = known_plan(console, folder, db)
    first = moment_in(known.scenario, as_of).date()
    found = write_unit_list(known.scenario, known.plan, unit, first, output)
    if not console.answered({"file": output, "orders": len(found.orders), "at_once": found.n_at_once}):
        console.data(str(output))


@command("turn", "Next year's scenario from this year's, as a workbook.")
def turn(
    console: Console,
    folder: Folder,
    output: BookFile,
    to: Annotated[
        date | None, Option("--to D", "The next year's last date; default: a whole year."), ReadAs(day)
    ] = None,
    sector: Annotated[
        list[str] | None,
        Option("--sector SECTOR", "Repeat only operations of this sector; repeatable. none: no operations."),
    ] = None,
    ask: Annotated[
        list[str] | None, Option("--ask PARTY", "A party with no offer until it answers anew; repeatable.")
    ] = None,
    as_of: AsOf = None,
) -> None:
    from arshjul.year.folder.turn import turn
    from arshjul.year.planning.next_year import Wishes

    sectors = None if sector is None else frozenset(sector) - {"none"}
    made = turn(folder, output, Wishes(to, sectors, frozenset(ask or ())), as_of, console.speak)
    dates = [
        {"key": moved.key, "from": moved.new.first, "to": moved.new.last, "was_from": moved.old.first}
        for moved in made.dates
    ]
    if console.answered({"file": output, "to": made.year.last, "again": dict(made.again), "dates": dates}):
        return
    n = len(made.again)
    console.talk(counted(n, "One operation comes again.", "{n} operations come again, under new numbers."))
    for moved in made.dates:
        values = {
            "kind": moved.kind,
            "name": moved.name and f" {moved.name}",
            "old": _said(moved.old),
            "new": _said(moved.new),
        }
        console.talk(Message("{kind}{name}: {old} becomes {new}.", values))
    console.data(str(output))


def _said(span: Span) -> date | FirstToLast:
    return span.first if span.first == span.last else FirstToLast(span.first, span.last)


@command("import", "Import a plan folder or a scenario.")
def bring_in(
    console: Console,
    *,
    source: Annotated[Path, Argument("SOURCE", "A plan folder, a scenario or a workbook.")],
    db: Db = DEFAULT_DB,
    rehearsal: Rehearsal = False,
    map_path: Annotated[
        Path | None, Option("--map FILE", "The mapping of your spreadsheet's columns; proposed if missing.")
    ] = None,
    rest: Annotated[
        Path | None, Option("--rest SCENARIO", "The scenario with shifts, areas and agencies, for a new --map.")
    ] = None,
    replace_edit: Annotated[bool, Option("--replace-edit", "Overwrite an edit that waits for a plan.")] = False,
    replace: Annotated[
        bool, Option("--replace", "Overwrite another year without a plan, or most of the operations.")
    ] = False,
    site_key: SiteKey = None,
    by: By,
) -> None:
    from arshjul.office.draft.compare_scenario import workbook_scenario
    from arshjul.office.draft.import_year import import_year
    from arshjul.year.domain.retired_parties import n_kept, n_kept_said
    from arshjul.year.folder.workbook import mapped_scenario, propose_mapping
    from arshjul.year.formats.plan.plan_folder import is_plan_folder
    from arshjul.year.formats.workbook.reading import is_workbook, opened_book
    from arshjul.year.planning.check.secret_places import secret_doubts

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
            read = mapped_scenario(source, map_path, console.speak)
        own = read.scenario
        console.speak(own.language)
        console.talk(*read.notes)
    more = {"rehearsal": rehearsal, "replace_edit": replace_edit, "replace_year": replace}
    opening = partial(maker(console, site_key, by), db)
    done = import_year(own or source, opening, by, now(), console.speak, **more)
    if own is not None and (n := n_kept(own, done.present)):
        console.talk(n_kept_said(n))
    for doubt in secret_doubts(done.present):
        console.talk(Message("Warning: {text}", {"text": doubt.text}))
    if not console.answered({"operations": len(done.scenario.operations), "planned": done.plan is not None}):
        _tell_year(console, done, db, is_new=done.plan is None or is_plan_folder(source))


def _tell_year(console: Console, done: "Draft", db: str, *, is_new: bool) -> None:
    """Prints what lies in the database now: a year that `is_new`, or beside a plan an edit that waits."""
    from arshjul.office.draft.compare_scenario import waiting_edit

    values: dict[str, object] = {"name": done.scenario.name, "command": with_db("arshjul console", db)}
    if (edit := waiting_edit(done, done.begun(now()), console.words)) is not None:
        values |= {"edit": edit.summary}
        console.talk(Message("{edit} The edit of {name} waits for a plan: see Today in `{command}`.", values))
    elif not is_new:
        console.talk(Message("Nothing has changed: {name} in the database is the same.", values))
    else:
        values |= {
            "n": len(done.scenario.planned),
            "reserves": len(done.scenario.operations) - len(done.scenario.planned),
        }
        console.talk(
            Message("{name} is in the database: {n} operations, {reserves} reserves. See `{command}`.", values)
        )


def _tell_mapping(console: Console, path: Path, made: "ColumnProposal") -> None:
    """Prints the proposed meaning of each column, and what to do next."""
    (sheet,) = made.map.sheets
    columns = {
        "columns": sheet.columns,
        "always": sheet.always,
        "ignored": sheet.ignored,
        "missing": list(made.missing),
        "unsaid": list(made.unsaid),
    }
    if console.answered({"map": path, "sheet": sheet.sheet, **columns}):
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
    console.talk(Message("Check and correct {file}, then run the command again.", {"file": str(path)}))


@command("checkout", "Write the year to a plan folder.")
def checkout(console: Console, *, output: Out, store: OpenDb, site_key: SiteKey = None) -> None:
    from arshjul.office.draft.import_year import checkout

    done = checkout(store.with_key(site_key), output, console.speak)
    told = {"published": done.is_published, "waiting": done.n_waiting}
    if console.answered({"folder": output, "revision": done.plan.revision, **told}):
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
