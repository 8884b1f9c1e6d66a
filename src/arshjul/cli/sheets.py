"""sheet, purge-sheets: a party's own copy of a sheet or an empty one, and the end of one."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from arshjul.cli.command import command
from arshjul.cli.console import Console
from arshjul.cli.contacts import PORTAL_DB, PortalDb
from arshjul.cli.database import now
from arshjul.cli.options import WRITTEN, Commands, OperationId, say
from arshjul.cli.sheet_files import GroundsFile
from arshjul.errors import InputError, Message

SHEET_KEYS = typer.Option(
    "--sheet-keys", envvar="ARSHJUL_SHEET_KEYS", metavar="FILE", help=say("The keys of information sheets.")
)
SheetKeysFile = Annotated[Path, SHEET_KEYS]


@command
def sheet(
    console: Console,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help=say("A .pdf or .json file; of a blank sheet .pdf or .xlsx."),
        ),
        WRITTEN,
    ],
    operation: Annotated[str | None, typer.Argument(metavar="OPERATION", help=say("The operation's id."))] = None,
    portal_db: Annotated[str | None, PORTAL_DB] = None,
    sheet_keys: Annotated[Path | None, SHEET_KEYS] = None,
    party: Annotated[
        str | None, typer.Option("--party", metavar="PARTY", help=say("The party: agency-ID or police-ID."))
    ] = None,
    grounds: GroundsFile = None,
    blank: Annotated[bool, typer.Option("--blank", help=say("A blank sheet, without an operation."))] = False,
    language: Annotated[
        Literal["sv", "en"] | None,
        typer.Option("--language", metavar="LANGUAGE", help=say("The blank sheet's language: sv or en.")),
    ] = None,
) -> None:
    if blank:
        if given := [name for name, value in (("OPERATION", operation), ("--party", party)) if value is not None]:
            raise InputError(Message("A blank sheet has no operation: leave out {options}.", {"options": given}))
        _write_blank(console, output, language)
        return
    if language is not None:
        raise InputError(Message("{option} needs {needed}.", {"option": "--language", "needed": "--blank"}))
    if operation is None or party is None or portal_db is None or sheet_keys is None:
        own = {"OPERATION": operation, "--party": party, "--portal-db": portal_db, "--sheet-keys": sheet_keys}
        missing = [name for name, value in own.items() if value is None]
        raise InputError(Message("Give {options}, or --blank.", {"options": missing}))
    _write_copy(console, output, operation, portal_db, sheet_keys, party, grounds)


def _write_blank(console: Console, output: Path, language: str | None) -> None:
    from arshjul.actions.parties.sheet_copy import write_blank_sheet
    from arshjul.formats.catalogues import words

    write_blank_sheet(output, console.words if language is None else words(language))
    if console.as_json:
        console.json({"file": str(output)})
    else:
        console.data(str(output))


def _write_copy(
    console: Console, output: Path, operation: str, portal_db: str, sheet_keys: Path, party: str, grounds: Path | None
) -> None:
    """Writes the party's own copy, and notes the reading."""
    from arshjul.actions.parties.sheet_copy import copy_in_words, copy_of
    from arshjul.actions.parties.sheets import note_reading
    from arshjul.actions.pdf import pdf_of
    from arshjul.domain.information_sheet.sections import Grounds
    from arshjul.formats.atomic import write_named
    from arshjul.formats.catalogues import words
    from arshjul.formats.information_sheet.grounds import read_grounds
    from arshjul.formats.information_sheet.sheet_json import to_mapping
    from arshjul.store.portal.schema import open_own
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
    console.talk(Message("{file} has {n} sections, readable by its owner only.", values))


@command
def purge_sheets(
    console: Console,
    operation: OperationId,
    portal_db: PortalDb,
    sheet_keys: SheetKeysFile,
    decision: Annotated[
        str,
        typer.Option("--decision", metavar="TEXT", help=say("The decision, kept and shown to the parties.")),
    ],
    sure: Annotated[
        bool, typer.Option("--sure", help=say("Purge a future operation too, or one whose key is gone."))
    ] = False,
) -> None:
    from arshjul.actions.parties.purging import purge_sheets as purged
    from arshjul.store.portal.schema import open_own
    from arshjul.store.portal.sheet_keys import SheetKeys

    n = purged(open_own(portal_db), SheetKeys(sheet_keys), operation, decision, now(), is_sure=sure)
    if console.as_json:
        console.json({"operation": operation, "keys": n})
        return
    values = {"operation": operation, "file": str(sheet_keys)}
    if not n:
        console.talk(
            Message(
                "The sheet of {operation} is purged. {file} had no key for it: a key kept elsewhere "
                "still opens copies of the database.",
                values,
            )
        )
        return
    console.talk(
        Message(
            "The sheet of {operation} and its key in {file} are purged. Destroy copies of that "
            "file too: they open copies of the database.",
            values,
        )
    )


commands: Commands = {
    "sheet": (sheet, say("A party's copy of an information sheet, or a blank one.")),
    "purge-sheets": (
        purge_sheets,
        say("Purge an information sheet, by a decision."),
    ),
}
