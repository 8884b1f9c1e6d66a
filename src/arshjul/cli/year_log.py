"""log: the entries of a year."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.console import Console, answering
from arshjul.cli.database import on_database
from arshjul.cli.options import Commands, Debug, Json, say
from arshjul.errors import InputError, Message

if TYPE_CHECKING:
    from arshjul.actions.log import YearLog

LogFolder = Annotated[Path | None, typer.Argument(metavar="[FOLDER]", help=say("A plan folder."))]
LogDb = Annotated[
    str | None, typer.Option("--db", metavar="URL", help=say("The database, for the plan that is published."))
]


def log(folder: LogFolder = None, db: LogDb = None, as_json: Json = False, debug: Debug = False) -> None:
    if db is not None and folder is None:
        with on_database(as_json, debug) as console:
            from arshjul.actions.published_log import published_log
            from arshjul.store.store import open_store

            _show(console, published_log(open_store(db), console.speak))
        return
    with answering(as_json, debug) as console:
        from arshjul.actions.log import log as told

        if folder is None or db is not None:
            raise InputError(Message("Name a plan folder, or a database with --db: one of the two."))
        _show(console, told(folder, console.speak))


def _show(console: Console, found: "YearLog") -> None:
    from arshjul.formats.plan.log_json import log_mapping

    if console.as_json:
        texts = [{"revision": one.entry.revision, "text": console.words.say(one.text)} for one in found.lines]
        console.json({**log_mapping(found.entries), "log": texts})
        return
    for line in found.lines:
        console.data(console.words.say(line.text))
    if not found.lines:
        console.talk(Message("Nothing has been entered yet."))


commands: Commands = {"log": (log, say("What happened in the year and what was decided, the newest first."))}
