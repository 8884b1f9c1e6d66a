"""The options that commands on a database share: which one it is, who acts, and the time."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.console import Console, answering
from arshjul.cli.options import say
from arshjul.errors import InputError, Message
from arshjul.texts.printable import on_one_line

if TYPE_CHECKING:
    from arshjul.store.store import Store

Db = Annotated[
    str,
    typer.Option(
        "--db",
        envvar="ARSHJUL_DB",
        metavar="URL",
        help=say("The database: a file, or postgresql://USER@HOST/NAME."),
    ),
]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help=say("Who does it; default: who is logged in."))]
SiteKey = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        envvar="ARSHJUL_SITE_KEY",
        metavar="FILE",
        help=say("The key under which sites are kept in the database; made if missing."),
    ),
]
DEFAULT_DB = "arshjul.db"


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def moment_in(zone: tzinfo, moment: datetime) -> str:
    """The moment as lists tell it, with the zone's name."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def actor(given: str | None) -> str:
    """The name that is written into the log."""
    if given and given.strip():
        return given.strip()
    try:
        return on_one_line(getpass.getuser())
    except (KeyError, OSError):  # a container may know no name for its user
        return f"uid {os.getuid()}"


def tell_rehearsal(console: Console, store: "Store") -> bool:
    """Says so where a year is only tried out in the database; whether it is."""
    from arshjul.store import audit

    with store.reading() as db:
        is_rehearsal = audit.is_rehearsal(db)
    if is_rehearsal:
        console.talk(Message("REHEARSAL: in {name} a year is only tried out.", {"name": store.name}))
    return is_rehearsal


@contextmanager
def on_database(as_json: bool, debug: bool) -> Iterator[Console]:
    """A console for a command that needs the libraries of the service, which are an extra."""
    with answering(as_json, debug) as console:
        try:
            from arshjul.store import schema  # noqa: F401
        except ModuleNotFoundError:
            raise InputError(
                Message("This command needs more libraries: pip install '.[server]', where arshjul's source is.")
            ) from None
        yield console
