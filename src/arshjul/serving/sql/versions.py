"""The version of a database's tables: made where there are none, and refused where they are not this program's."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, inspect
from sqlalchemy import text as sql

from arshjul.errors import InputError, Message, StorageError

Kind = Literal["year", "portal"]
_KINDS: tuple[Kind, ...] = ("year", "portal")


@dataclass(frozen=True, slots=True)
class Lineage:
    """A kind of database: the folders of the steps that make its tables, and the version that they end with.

    The version begins with the kind. `made_by`: the command that makes a database. `other`: what is said of one that
    another version made, with the way.
    """

    kind: Kind
    steps: tuple[Path, ...]
    head: str
    made_by: str
    other: Message

    def missing(self, name: str) -> Message:
        return Message(
            "Database {name} does not exist: make it with `{command}`.", {"name": name, "command": self.made_by}
        )


def version(connection: Connection) -> str | None:
    """The version of the tables; None if arshjul has made none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    number = connection.execute(sql("SELECT version_num FROM alembic_version")).scalar()
    return None if number is None else str(number)


def require(connection: Connection, name: str, lineage: Lineage) -> None:
    """Refuses tables of any other version or kind than this, and a database that has none."""
    if (number := version(connection)) is None:
        values = {"name": name, "command": lineage.made_by}
        raise InputError(Message("{name} is empty: fill it with `{command}`.", values))
    _refuse_other(number, name, lineage)


def make(connection: Connection, name: str, lineage: Lineage) -> None:
    """Makes the tables where there are none, within the connection's transaction, which must be a writing one."""
    if (number := version(connection)) is None:
        upgrade(connection, lineage)
    else:
        _refuse_other(number, name, lineage)


def upgrade(connection: Connection, lineage: Lineage) -> None:
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(sql("SELECT pg_advisory_xact_lock(4272026)"))  # a single migration at a time
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("version_locations", "\n".join(map(str, lineage.steps)))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    command.upgrade(config, lineage.head)


def _refuse_other(number: str, name: str, lineage: Lineage) -> None:
    if number == lineage.head:
        return
    if any(number.startswith(f"{kind}_") for kind in _KINDS if kind != lineage.kind):
        raise InputError(
            Message("{name} is of the other kind: the year and the portal have one database each.", {"name": name})
        )
    raise StorageError(replace(lineage.other, values={"name": name}))
