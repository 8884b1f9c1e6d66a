"""sheet, purge-sheets: a party's own copy of a sheet, and the end of one."""

import json
from pathlib import Path
from typing import Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import Console
from arshjul.cli.contacts import PortalDb
from arshjul.cli.database import now
from arshjul.cli.options import Commands, OperationId, say
from arshjul.cli.sheet_files import GroundsFile
from arshjul.errors import Message

SheetKeysFile = Annotated[
    Path,
    typer.Option(
        "--sheet-keys", envvar="ARSHJUL_SHEET_KEYS", metavar="FILE", help=say("The keys of information sheets.")
    ),
]


@command
def sheet(
    console: Console,
    operation: OperationId,
    portal_db: PortalDb,
    sheet_keys: SheetKeysFile,
    party: Annotated[
        str, typer.Option("--party", metavar="PARTY", help=say("Whose copy it is: agency-ID or police-ID."))
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help=say("A file that ends in .pdf or .json."))
    ],
    grounds: GroundsFile = None,
) -> None:
    from arshjul.actions.parties.own_database import open_own
    from arshjul.actions.parties.sheet_copy import copy_in_words, copy_of
    from arshjul.actions.parties.sheets import note_reading
    from arshjul.actions.pdf import pdf_of
    from arshjul.domain.information_sheet.grounds import Grounds
    from arshjul.formats.atomic import write_named
    from arshjul.formats.catalogues import words
    from arshjul.formats.information_sheet.grounds import read_grounds
    from arshjul.formats.information_sheet.sheet_json import to_mapping
    from arshjul.store.portal.sheet_keys import SheetKeys

    lists = Grounds() if grounds is None else read_grounds(grounds)
    portal = open_own(portal_db)
    copy, view = copy_of(portal, SheetKeys(sheet_keys), party, operation)
    if output.suffix == ".json":
        pdf, made = b"", json.dumps(to_mapping(copy), ensure_ascii=False, indent=2).encode() + b"\n"
    else:
        pdf = made = pdf_of(copy_in_words(copy, view, lists, words(view.language)))
    note_reading(portal, copy, "", now(), pdf)
    write_named(output, made)
    values = {"file": str(output), "n": len(copy.sections)}
    console.talk(Message("{file} holds {n} sections, and is readable by its owner alone.", values))


@command
def purge_sheets(
    console: Console,
    operation: OperationId,
    portal_db: PortalDb,
    sheet_keys: SheetKeysFile,
    decision: Annotated[
        str,
        typer.Option(
            "--decision", metavar="TEXT", help=say("By which decision: it is kept, and shown to the parties.")
        ),
    ],
    sure: Annotated[
        bool, typer.Option("--sure", help=say("Also an operation that lies ahead, or whose key is gone already."))
    ] = False,
) -> None:
    from arshjul.actions.parties.own_database import open_own
    from arshjul.actions.parties.purging import purge_sheets as purged
    from arshjul.store.portal.sheet_keys import SheetKeys

    n = purged(open_own(portal_db), SheetKeys(sheet_keys), operation, decision, now(), is_sure=sure)
    if console.as_json:
        console.json({"operation": operation, "keys": n})
        return
    values = {"operation": operation, "file": str(sheet_keys)}
    if not n:
        console.talk(
            Message(
                "What was written of {operation} is purged. No key in {file} opened it, and none was taken away: "
                "whoever has its key opens copies of the database still.",
                values,
            )
        )
        return
    console.talk(
        Message(
            "What was written of {operation} is purged, and its key is gone from {file}. A copy of that file still "
            "opens what stands in copies of the database: destroy those too.",
            values,
        )
    )


commands: Commands = {
    "sheet": (sheet, say("A party's own copy of an information sheet.")),
    "purge-sheets": (
        purge_sheets,
        say("Destroy an information sheet, by a decision."),
    ),
}
