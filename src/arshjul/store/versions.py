"""The version of a database's tables: reported, brought up to date, or refused if newer than this program."""

from pathlib import Path

from sqlalchemy import Connection, inspect
from sqlalchemy import text as sql

from arshjul.errors import InputError, Message, StorageError
from arshjul.store import migrations

HEAD = "0013"
"""The version that this program writes and reads."""

KNOWN = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013")


def version(connection: Connection) -> str | None:
    """The version of the tables; None if arshjul has made none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    number = connection.execute(sql("SELECT version_num FROM alembic_version")).scalar()
    return None if number is None else str(number)


def require(connection: Connection, name: str, *, also_older: bool = False) -> None:
    """Refuses tables of any other version than this program's; `also_older`: of a newer one only."""
    number = version(connection)
    if number == HEAD or (also_older and number in KNOWN):
        return
    if number is None:
        raise InputError(
            Message("There is nothing in {name} yet: `arshjul publish` puts a plan there.", {"name": name})
        )
    if number in KNOWN:
        raise StorageError(
            Message("{name} was made by an older version: `arshjul refresh` brings it up to date.", {"name": name})
        )
    raise _newer(name, number)


def bring_up_to_date(connection: Connection, name: str) -> None:
    """Makes or changes the tables, within the connection's transaction, which must be a writing one."""
    number = version(connection)
    if number == HEAD:
        return
    if number is not None and number not in KNOWN:
        raise _newer(name, number)
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(sql("SELECT pg_advisory_xact_lock(4272026)"))  # a single migration at a time
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)


def _newer(name: str, found: str) -> StorageError:
    return StorageError(
        Message(
            "{name} is of version {found}, newer than this program, which knows {known}: nothing was changed. Install "
            "the newer arshjul.",
            {"name": name, "found": found, "known": HEAD},
        )
    )
