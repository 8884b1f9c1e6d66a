"""The version of a database's tables: reported, brought up to date, or refused if newer than this program."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect
from sqlalchemy import text as sql

from arshjul.errors import InputError, Message, StorageError
from arshjul.store import migrations

_MIGRATIONS = Path(migrations.__file__).parent


@dataclass(frozen=True, slots=True)
class Lineage:
    """The versions of one kind of database, the oldest first, and the folder of the steps between them.

    `head`: the version that this program writes and reads. `made_by` and `renewed_by`: the commands that make a
    database, and bring it up to date.
    """

    steps: str
    known: tuple[str, ...]
    head: str
    made_by: str
    renewed_by: str

    def missing(self, name: str) -> Message:
        """The message that there is no such database."""
        return Message("There is no database {name}: `{command}` makes it.", {"name": name, "command": self.made_by})


YEAR = Lineage(
    "versions", tuple(f"{number:04}" for number in range(1, 22)), "0021", "arshjul import", "arshjul refresh"
)
"""The year's database."""

PORTAL = Lineage("portal", tuple(f"p{number:04}" for number in range(1, 14)), "p0013", "arshjul carry", "arshjul carry")
"""The portal's database."""


def version(connection: Connection) -> str | None:
    """The version of the tables; None if arshjul has made none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    number = connection.execute(sql("SELECT version_num FROM alembic_version")).scalar()
    return None if number is None else str(number)


def require(connection: Connection, name: str, lineage: Lineage, *, also_older: bool = False) -> None:
    """Refuses tables of any other version than this program's; `also_older`: of a newer one only."""
    number = version(connection)
    if number == lineage.head or (also_older and number in lineage.known):
        return
    if number is None:
        values = {"name": name, "command": lineage.made_by}
        raise InputError(Message("There is nothing in {name} yet: `{command}` makes what it needs.", values))
    if number in lineage.known:
        values = {"name": name, "command": lineage.renewed_by}
        raise StorageError(Message("{name} was made by an older version: `{command}` brings it up to date.", values))
    raise _newer(name, number, lineage)


def bring_up_to_date(connection: Connection, name: str, lineage: Lineage) -> None:
    """Makes or changes the tables, within the connection's transaction, which must be a writing one."""
    number = version(connection)
    if number == lineage.head:
        return
    if number is not None and number not in lineage.known:
        raise _newer(name, number, lineage)
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(sql("SELECT pg_advisory_xact_lock(4272026)"))  # a single migration at a time
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("version_locations", str(_MIGRATIONS / lineage.steps))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, lineage.head)


def _newer(name: str, found: str, lineage: Lineage) -> StorageError:
    return StorageError(
        Message(
            "{name} is of version {found}, newer than this program, which knows {known}: nothing was changed. Install "
            "the newer arshjul.",
            {"name": name, "found": found, "known": lineage.head},
        )
    )
