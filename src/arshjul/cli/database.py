"""The options that commands on a database share: which database, who acts, and the time."""

import getpass
import os
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.console import Console
from arshjul.cli.options import say
from arshjul.errors import Message
from arshjul.texts import counted
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
By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help=say("Name in the log; default: the signed-in user."))
]
SiteKey = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        envvar="ARSHJUL_SITE_KEY",
        metavar="FILE",
        help=say("The objects' key file; created if missing."),
    ),
]
DEFAULT_DB = "arshjul.db"


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def moment_in(zone: tzinfo, moment: datetime) -> str:
    """The moment as shown in lists, with the zone's name."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def actor(given: str | None) -> str:
    """The name to be written into the log."""
    if given and given.strip():
        return given.strip()
    try:
        return on_one_line(getpass.getuser())
    except (KeyError, ImportError, OSError):  # the user of a container may have no name
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "?"


def tell_rehearsal(console: Console, store: "Store") -> bool:
    """Prints a note if the year in the database is a rehearsal; returns whether it is."""
    from arshjul.store import audit

    with store.reading() as db:
        is_rehearsal = audit.is_rehearsal(db)
    if is_rehearsal:
        say_rehearsal(console, store.name)
    return is_rehearsal


def say_rehearsal(console: Console, name: str) -> None:
    """Prints the note that the year in the database is a rehearsal."""
    console.talk(Message("REHEARSAL: {name}", {"name": name}))


def maker(console: Console, site_key: Path | None, by: str) -> "Callable[[str], Store]":
    """Returns a function that opens or makes a database for a command that changes it, and first encrypts its sites.

    If that fails, nothing has been changed yet; a change that was made is not followed by a failure.
    """

    def make(given: str) -> "Store":
        from arshjul.store.store import make_store

        store = make_store(given).with_key(site_key)
        encrypt_sites(console, store, by)
        return store

    return make


def encrypt_sites(console: Console, store: "Store", by: str) -> None:
    """Encrypts the sites that are stored plain, if the store has a key, and says so."""
    from arshjul.actions.database.purge_sites import encrypt_sites as encrypted

    done = encrypted(store, by, now())
    if done.n:
        console.talk(
            counted(
                done.n,
                "One object in plain text is now encrypted. Older copies still have it in plain text.",
                "{n} objects in plain text are now encrypted. Older copies still have them in plain text.",
            )
        )
    if not done.is_forgotten:
        console.talk(
            Message(
                "Plain text may remain in the files of {name} while another process reads it.",
                {"name": store.name},
            )
        )
