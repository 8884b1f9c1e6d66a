"""The tables. What is published is never changed; what may change says so.

Everything large is a `blob`, named by the SHA-256 of its bytes and kept gzipped: what two revisions
have in common is stored once, and a feed's gzip is made when it is published, not when it is asked for.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator

from arshjul.store.faults import Damaged


class Moment(TypeDecorator[datetime]):
    """An aware moment as text in UTC: the same characters in every database, so that hashes agree."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To the tables."""
        return None if value is None else moment_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the tables; only the very form in which moments are written there."""
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise Damaged("a moment that is none") from None
        if moment_text(moment) != value:
            raise Damaged("a moment in another form")
        return moment


def moment_text(moment: datetime) -> str:
    """The moment as the tables have it: 2027-03-02T08:00:00.000000Z."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

Digest = String(64)

blob = Table(
    "blob",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("gzipped", LargeBinary, nullable=False),
    Column("seal", Digest, nullable=False),  # of the gzipped bytes, whose head the digest does not see
)

revision = Table(
    "revision",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("as_of", Moment, nullable=False),
    Column("plan_revision", Integer, nullable=False),
    Column("scenario", Digest, ForeignKey("blob.digest"), nullable=False),
    Column("plan", Digest, ForeignKey("blob.digest"), nullable=False),
    Column("previous", Digest, nullable=False),
    Column("hash", Digest, nullable=False),
)

feed = Table(
    "feed",
    metadata,
    Column("revision", Integer, ForeignKey("revision.number"), primary_key=True, autoincrement=False),
    Column("party", String(80), primary_key=True),
    Column("level", String(8), primary_key=True),
    Column("content", String(10), primary_key=True, server_default="all"),
    Column("ics", Digest, ForeignKey("blob.digest"), nullable=False),
    Column("said", Digest, ForeignKey("blob.digest"), nullable=False),
    Column("last_modified", Moment, nullable=False),
    Column("departed", Boolean, nullable=False),
)

cause = Table(
    "cause",
    metadata,
    Column("revision", Integer, ForeignKey("revision.number"), primary_key=True, autoincrement=False),
    Column("withdrawal", String(80), primary_key=True),
    Column("body", Text, nullable=False),
)

site_seal = Table(
    "site_seal",
    metadata,
    Column("revision", Integer, ForeignKey("revision.number"), primary_key=True, autoincrement=False),
    Column("operation", String(64), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("seal", Digest, nullable=False),
)

# Personal data, and so in a table that can be emptied: the seals stay, and without the salt say nothing.
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

# One row. `revision` is the pointer that a publish moves last; `generation` grows with every change that
# a reader of feeds can notice; nothing is served as older than `floor`, the moment of a restore.
state = Table(
    "state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, ForeignKey("revision.number")),
    Column("generation", Integer, nullable=False),
    Column("floor", Moment, nullable=False),
)

# One row, made with the table: what hides the names of events in feeds that tell only times or areas.
uid_key = Table(
    "uid_key",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False),
)

subscriber = Table(
    "subscriber",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("party", String(80), nullable=False),
    Column("level", String(8), nullable=False),
    Column("content", String(10), nullable=False, server_default="all"),
    Column("client", String(8), nullable=False, server_default=""),
    Column("label", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("seal", Digest, nullable=False),
)

# A subscriber has two for as long as a rotation overlaps. The token itself is nowhere.
address = Table(
    "address",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("subscriber", Integer, ForeignKey("subscriber.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("seal", Digest, nullable=False),
)

fetch = Table(
    "fetch",
    metadata,
    Column("subscriber", Integer, ForeignKey("subscriber.id"), primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("client", String(32), nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(32), nullable=False),
    Column("about", Text, nullable=False),
    Column("hash", Digest, nullable=False),
)

IMMUTABLE = (blob, revision, feed, cause, site_seal)
"""What a published revision consists of, in the order in which rows can be written."""

TABLES = (*IMMUTABLE, site, state, uid_key, subscriber, address, fetch, audit)
"""All tables, in the order in which rows can be written."""

MADE_WITH_A_ROW = (state, uid_key)
"""Tables that hold one row from the start."""
