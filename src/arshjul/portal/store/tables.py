"""The portal's tables: how one follows from a class, and those whose rows are no objects.

Each is written from one side alone. From outside, by the portal: what contacts send, and sessions, with a row to hold
meanwhile. From inside, by `carry`: who the contacts are, what each party may see, and what became of an entry. So a
role of PostgreSQL has rights on whole tables.
"""

from functools import partial

from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, Text

from arshjul.serving.sql.columns import NAMING, Digest, Moment, table_of

metadata = MetaData(naming_convention=NAMING)

declared = partial(table_of, metadata)

# One row, made with the table. `epoch` names the year's database as it was last restored: outcomes are of that one.
# `year` names it, restored or not: sections are of its operations, whose numbers every year has anew.
state = Table(
    "state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Digest, nullable=False),
    Column("year", Digest, nullable=False, server_default=""),
)

# What a party may see, as JSON: nothing else of the year is in this database. `mark` changes with the body.
view = Table(
    "view",
    metadata,
    Column("party", String(80), primary_key=True),
    Column("mark", Digest, nullable=False),
    Column("body", Text, nullable=False),
)

# One row, made with the table: the portal holds it while it writes, as `carry` holds that of `state`.
portal_writer = Table("portal_writer", metadata, Column("id", Integer, primary_key=True, autoincrement=False))

# What became of the row of the inbox with that number, whatever stands in it. `about`: the version of the plan that
# answers it, or why it was not taken in; of a nomination, the number of what it becomes, or the reason.
outcome = Table(
    "outcome",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("about", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

# One row, made with the table, for servers of feeds outside to compare. `mark`: the year's database that the feeds are
# of, as it was last restored; `carried`: its generation.
feed_state = Table(
    "feed_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("generation", Integer, nullable=False),
    Column("restored_at", String(27), nullable=False),
    Column("mark", Digest, nullable=False),
    Column("carried", Integer, nullable=False),
    Column("revision", Integer),
    Column("published_at", Moment),
)

# One row, made with the table: the server of feeds holds it while it notes what was fetched.
feed_writer = Table("feed_writer", metadata, Column("id", Integer, primary_key=True, autoincrement=False))


def _key(*, primary_key: bool) -> tuple[Column[str], ...]:
    sizes = (("party", 80), ("level", 16), ("content", 16))
    return tuple(Column(name, String(size), primary_key=primary_key, nullable=False) for name, size in sizes)


# The feeds that somebody has an address to, as their readers get them: whatever those may see stands in them.
feed = Table(
    "feed",
    metadata,
    *_key(primary_key=True),
    Column("digest", Digest, nullable=False),
    Column("last_modified", Moment, nullable=False),
    Column("gzipped", LargeBinary, nullable=False),
)

# Of an address only the SHA-256 of its token. `note`: what its own feed says besides, about its end.
feed_address = Table(
    "feed_address",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("subscriber", Integer, nullable=False),
    *_key(primary_key=False),
    Column("client", String(16), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("noted_since", Moment),
    Column("note", Text, nullable=False),
)

# When each subscriber last fetched its feed: written by the server of feeds outside.
feed_fetch = Table(
    "feed_fetch",
    metadata,
    Column("subscriber", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("client", Text, nullable=False),
)

# Since when each party has had its part in an operation, without a break: what was given before that is not for it.
# Written by `carry`.
sheet_part = Table(
    "sheet_part",
    metadata,
    Column("operation", String(80), primary_key=True),
    Column("party", String(80), primary_key=True),
    Column("since", Moment, nullable=False),
)
