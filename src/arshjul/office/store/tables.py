"""The year's tables: how one follows from a class, and those whose rows are no objects."""

from functools import partial

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from arshjul.serving.sql.columns import NAMING, Digest, Moment, table_of

metadata = MetaData(naming_convention=NAMING)

declared = partial(table_of, metadata)


def of_revision() -> Column[int]:
    return Column("revision", Integer, ForeignKey("revision.number"), primary_key=True, autoincrement=False)


blob = Table(
    "blob",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("gzipped", LargeBinary, nullable=False),
    Column("seal", Digest, nullable=False),  # of the gzipped bytes, whose header the digest does not cover
)

cause = Table(
    "cause",
    metadata,
    of_revision(),
    Column("withdrawal", String(80), primary_key=True),
    Column("body", Text, nullable=False),
)

site_seal = Table(
    "site_seal",
    metadata,
    of_revision(),
    Column("operation", String(64), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("seal", Digest, nullable=False),
)

# Personal data, and so in a table that can be emptied: the seals stay, and reveal nothing without the salt.
site = Table(
    "site",
    metadata,
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("operation", String(64), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("salt", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["revision", "operation", "position"],
        ["site_seal.revision", "site_seal.operation", "site_seal.position"],
    ),
)

# One row. `revision` is the pointer that a publish moves last; `generation` grows with every change that feed servers
# must notice; nothing is served as older than `floor`, the moment of a restore.
state = Table(
    "state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, ForeignKey("revision.number")),
    Column("generation", Integer, nullable=False),
    Column("floor", Moment, nullable=False),
)

# One row, made with the table: the key that hides the events' identities in feeds that show only times or areas.
uid_key = Table(
    "uid_key",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False),
)

# Personal data, and so in a table that can be emptied. `part`: `draft` or `given`, one of the draft's two scenarios, or
# an edit's side, `b1` or `a1`.
draft_site = Table(
    "draft_site",
    metadata,
    Column("part", String(8), primary_key=True),
    Column("operation", String(64), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

OF_SITES = (site, draft_site)
"""Tables with personal data: a backup has them only on request."""
