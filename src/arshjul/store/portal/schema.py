"""The portal's tables. Each is written from one side alone.

From outside, by the portal: what contacts send, and sessions, with a row to hold meanwhile. From inside, by `carry`:
who the contacts are, what each party may see, and what became of an entry. So a role of PostgreSQL has rights on whole
tables.
"""

from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, Text, UniqueConstraint

from arshjul.store.columns import NAMING, Digest, Moment

metadata = MetaData(naming_convention=NAMING)

EntryId = String(32)

# One row, made with the table. `epoch` names the year's database as it was last restored: outcomes are of that one.
state = Table(
    "state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Digest, nullable=False),
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

session = Table(
    "session",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("language", String(2), nullable=False),
    Column("seen_at", Moment, nullable=False),
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
