"""The portal's tables. Each is written from one side alone.

From outside, by the portal: what contacts send, and sessions, with a row to hold meanwhile. From inside, by `carry`:
who the contacts are, what each party may see, and what became of an entry. So a role of PostgreSQL has rights on whole
tables.
"""

from pathlib import Path

from sqlalchemy import Boolean, Column, Integer, LargeBinary, MetaData, String, Table, Text, UniqueConstraint

from arshjul.errors import Message
from arshjul.store.columns import NAMING, Digest, Moment, tables_id
from arshjul.store.versions import Lineage

metadata = MetaData(naming_convention=NAMING)

EntryId = String(32)

# One row, made with the table. `epoch` names the year's database as it was last restored: outcomes are of that one.
# `year` names it, restored or not: sections are of its operations, whose numbers every year has anew.
state = Table(
    "state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Digest, nullable=False),
    Column("year", Digest, nullable=False, server_default=""),
)

# `may`: a JSON list. `is_locked`: what it sends is put aside.
contact = Table(
    "contact",
    metadata,
    Column("id", EntryId, primary_key=True),
    Column("party", String(80), nullable=False),
    Column("function", Text, nullable=False),
    Column("may", Text, nullable=False),
    Column("code_to", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("is_locked", Boolean, nullable=False),
)

address = Table(
    "address",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("contact", EntryId, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("page", String(16), nullable=False),
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

# What contacts have sent; never changed. `number` is the order of arrival here.
inbox = Table(
    "inbox",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", EntryId, nullable=False, unique=True),
    Column("contact", EntryId, nullable=False),
    Column("key", Digest, nullable=False),
    Column("party", String(80), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("corrects", EntryId, nullable=False),
    Column("seen", Digest, nullable=False),
    Column("reported", Moment, nullable=False),
    Column("session", Digest, nullable=False),
    UniqueConstraint("contact", "key"),
)

# Codes that were mailed. `digest`: of the code, under the session's cookie.
code = Table(
    "code",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("session", Digest, nullable=False),
    Column("contact", EntryId, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
)

# Up to when a session may read as a contact, since it has entered a code.
raised = Table(
    "raised",
    metadata,
    Column("session", Digest, primary_key=True),
    Column("contact", EntryId, primary_key=True),
    Column("until", Moment, nullable=False),
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
    """The columns that name a feed."""
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

# `seen_at`: when it was last used, to the hour; `visited_at`: the same before this visit.
session = Table(
    "session",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("language", String(2), nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("visited_at", Moment),
)

# The contacts of a session, each by the address that let it in.
session_contact = Table(
    "session_contact",
    metadata,
    Column("session", Digest, primary_key=True),
    Column("contact", EntryId, primary_key=True),
    Column("address", Digest, nullable=False),
    Column("begun_at", Moment, nullable=False),
)

# Sections of information sheets, encrypted under keys that are in no database; written by the portal alone. What has
# been given is never changed: only a draft's row is replaced.
sheet_section = Table(
    "sheet_section",
    metadata,
    Column("operation", String(80), primary_key=True),
    Column("party", String(80), primary_key=True),
    Column("section", String(16), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("session", Digest, nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("seal", Digest, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# That the key of an operation's sections was destroyed, by which decision: the last one. Their bodies are empty then.
sheet_purge = Table(
    "sheet_purge",
    metadata,
    Column("operation", String(80), primary_key=True),
    Column("decision", Text, nullable=False),
    Column("at", Moment, nullable=False),
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

# Who has read which version of a section; never changed. `pdf`: the SHA-256 of the PDF that it stood in, "" of a page.
sheet_reading = Table(
    "sheet_reading",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("operation", String(80), nullable=False),
    Column("party", String(80), nullable=False),
    Column("section", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("reader", String(80), nullable=False),
    Column("contact", EntryId, nullable=False),
    Column("at", Moment, nullable=False),
    Column("pdf", Digest, nullable=False, server_default=""),
)

# What the coordinator has said of a sheet, written by `carry` and never taken back: a reader is taken from the versions
# of a section up to that number; or, where all of that is empty, the sheet is frozen.
sheet_order = Table(
    "sheet_order",
    metadata,
    Column("operation", String(80), primary_key=True),
    Column("party", String(80), primary_key=True),
    Column("section", String(16), primary_key=True),
    Column("reader", String(80), primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("version", Integer, nullable=False),
)

PORTAL = Lineage(
    "portal",
    (Path(__file__).parent / "migrations",),
    tables_id("portal", metadata),
    "arshjul sync",
    Message(
        "{name} is another version's, and unchanged: run its `arshjul sync` a last time, "
        "then sync this one into a new database."
    ),
)
"""The portal's kind of database, of the version that these tables are."""
