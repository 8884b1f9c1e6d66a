"""The arguments and options that several commands share, and what they are read as."""

import getpass
import os
import shlex
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

from arshjul.cli.command import WRITTEN, Argument, Option, ReadAs
from arshjul.cli.console import Console
from arshjul.errors import InputError, Message, StorageError
from arshjul.year.domain.calendar import YEARS
from arshjul.year.texts import counted
from arshjul.year.texts.printable import on_one_line

if TYPE_CHECKING:
    from arshjul.office.store.store import Store
    from arshjul.year.domain.plan import Plan
    from arshjul.year.domain.scenario import Scenario

LONGEST_S, MOST_SEED = 1_000_000, 2**31 - 1
"""The limits for a solve: eleven days, and a seed of 31 bits, which is the engines' size."""
DEFAULT_DB = "arshjul.db"


def moment(text: str) -> datetime:
    """The given moment: local time of the plan if it has no offset. InputError if it cannot be read."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            Message('{given} is no moment: write for example "2027-05-12T06:30".', {"given": text})
        ) from None
    if given.year not in YEARS:
        values = {"given": text, "first": YEARS.start, "last": YEARS.stop - 1}
        raise InputError(Message("{given} lies outside the years {first} to {last}.", values))
    return given


def moment_or_now(text: str | None) -> datetime | None:
    """The given moment; None, which means now, if none was given."""
    return None if text is None else moment(text)


def day(text: str | None) -> date | None:
    """The given date, if there is one. InputError if it cannot be read."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise InputError(Message('{given} is no date: write for example "2027-05-12".', {"given": text})) from None


def actor(given: str = "") -> str:
    """The name to be written into the log."""
    if given.strip():
        return given.strip()
    try:
        return on_one_line(getpass.getuser())
    except (KeyError, ImportError, OSError):  # the user of a container may have no name
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "?"


def either(one: str, other: str) -> InputError:
    """The refusal of both or none of two things."""
    return InputError(Message("Give either {one} or {other}.", {"one": one, "other": other}))


def needs(what: str, needed: str) -> InputError:
    """The refusal of an option without another."""
    return InputError(Message("{option} needs {needed}.", {"option": what, "needed": needed}))


def lacking(given: Mapping[str, object]) -> InputError:
    """The refusal of a command that needs all of these: it names those that were not given."""
    return InputError(Message("Give {options}.", {"options": [name for name, value in given.items() if not value]}))


def opened(db: str) -> "Store":
    """The year's database, which must be there."""
    from arshjul.office.store.store import open_store

    return open_store(db)


def with_db(command: str, db: str) -> str:
    """The command as a person types it for that database: with `--db`, unless the command finds it without."""
    from arshjul.serving.sql.engine import place

    named, usual = place(db).name, os.environ.get("ARSHJUL_DB") or DEFAULT_DB
    with suppress(InputError):  # nobody has asked for what is usual, so it may be no address
        usual = place(usual).name
    return command if named == usual else f"{command} --db {shlex.quote(named)}"


def speak_as(console: Console, store: "Store") -> None:
    """Changes to the language of the year in the database; stays as it is if there is none that can be read."""
    from arshjul.office.draft.stored_draft import year_scenario

    with suppress(InputError, StorageError), store.reading() as db:
        console.speak(year_scenario(db).language)


ScenarioFolder = Annotated[Path, Argument("SCENARIO", "The scenario: a folder, or a workbook (.xlsx).")]
Folder = Annotated[Path, Argument("FOLDER", "A plan folder.")]
OperationId = Annotated[str, Argument("OPERATION", "The operation's id.")]
Out = Annotated[Path, Option("-o --output FOLDER", "Where to write.")]
OutOrNothing = Annotated[Path | None, Option("-o --output FOLDER", "Where to write.")]
OutFile = Annotated[Path, Option("-o --output FILE", "Where to write.")]
BookFile = Annotated[OutFile, WRITTEN]
Limit = Annotated[float, Option("--time-limit S", "Seconds for the whole solve.", min=0.1, max=LONGEST_S)]
Seed = Annotated[int, Option("--seed N", "The same seed gives the same plan.", min=0, max=MOST_SEED)]
Certify = Annotated[bool, Option("--certify", "Let a second engine prove every level too.")]
Executor = Annotated[str, Option("--executor E", "Where solves run: processes, processes:N or dask://HOST:PORT.")]
History = Annotated[
    list[Path] | None, Option("--history PATH", "Another year's log: a plan folder or a file; repeatable.")
]
Moment = Annotated[datetime, Option("--as-of T", "The moment, local time."), ReadAs(moment)]
AsOf = Annotated[datetime | None, Option("--as-of T", "The moment, local time; default: now."), ReadAs(moment_or_now)]
Choice = Annotated[str, Option("--choose OPTION", "fewest-changes, balanced or most-delivered.")]
Withdrawals = Annotated[Path | None, Option("--withdrawals FILE", "A file of withdrawals.")]

_DB = Option("--db URL", "The database: a file, or postgresql://USER@HOST/NAME.", env="ARSHJUL_DB")
Db = Annotated[str, _DB]
OpenDb = Annotated["Store", _DB, ReadAs(opened, DEFAULT_DB, speak_as)]
By = Annotated[str, Option("--by NAME", "Name in the log; default: the signed-in user."), ReadAs(actor, "")]
Days = Annotated[int | None, Option("--days N", "Days valid; default: the plan and 90 days more.", min=1, max=3650)]
Rehearsal = Annotated[bool, Option("--rehearsal", "Rehearse, in a database for that alone.")]
SiteKey = Annotated[
    Path | None, Option("--key-file FILE", "The objects' key file; created if missing.", env="ARSHJUL_SITE_KEY")
]

PlanFolder = Annotated[Path | None, Argument("FOLDER", "A plan folder.")]
PlanDb = Annotated[str | None, Option("--db URL", "The database: a file, or postgresql://USER@HOST/NAME.")]


class KnownPlan(Protocol):
    """A plan with its scenario, from either source."""

    @property
    def scenario(self) -> "Scenario": ...

    @property
    def plan(self) -> "Plan": ...


def known_plan(console: Console, folder: Path | None, db: str | None) -> KnownPlan:
    """The plan of the folder or of the database: exactly one of them must be given."""
    if (folder is None) == (db is None):
        raise either("FOLDER", "--db")
    if folder is not None:
        from arshjul.year.folder.reading import opened as read

        return read(folder, console.speak)
    from arshjul.office.publishing.ledger_entries import published

    store = opened(str(db))
    speak_as(console, store)
    known = published(store, console.speak)
    if known.is_overtaken:
        values = {"n": known.plan.revision, "command": with_db("arshjul checkout", str(db))}
        console.talk(
            Message(
                "Version {n} of the plan, as published. The draft is left out: take it out with `{command}`.", values
            )
        )
    return known


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def moment_in(zone: tzinfo, moment: datetime) -> str:
    """The moment as shown in lists, with the zone's name."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def tell_rehearsal(console: Console, store: "Store") -> bool:
    """Prints a note if the year in the database is a rehearsal; returns whether it is."""
    from arshjul.office.store import audit

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
        from arshjul.office.store.store import make_store

        return encrypted(console, make_store(given), site_key, by)

    return make


def encrypted(console: Console, store: "Store", site_key: Path | None, by: str) -> "Store":
    """The store with its sites under the key, if there is one; those that were stored plain are told."""
    from arshjul.office.database.purge_sites import encrypt_sites

    store = store.with_key(site_key)
    done = encrypt_sites(store, by, now())
    if done.n:
        console.talk(
            counted(
                done.n,
                "One object in plain text is now encrypted. Older copies still have it in plain text.",
                "{n} objects in plain text are now encrypted. Older copies still have them in plain text.",
            )
        )
    if not done.is_forgotten:
        values = {"name": store.name}
        console.talk(Message("Plain text may remain in the files of {name} while another process reads it.", values))
    return store
