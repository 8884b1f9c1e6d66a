"""The tables. Published rows are never changed; tables that may change say so.

Everything large is a `blob`, named by the SHA-256 of its bytes and stored gzipped: shared contents of revisions are
stored once, and a feed's gzip is made when it is published, not on request.
"""

from pathlib import Path

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from arshjul.errors import Message
from arshjul.store.columns import NAMING, Digest, Moment, tables_id
from arshjul.store.versions import Lineage

metadata = MetaData(naming_convention=NAMING)

blob = Table(
    "blob",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("gzipped", LargeBinary, nullable=False),
    Column("seal", Digest, nullable=False),  # of the gzipped bytes, whose header the digest does not cover
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
    Column("ends_at", Moment),
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

# A subscriber has two while a rotation overlaps. The token itself is stored nowhere. Without `expires_at` it lasts with
# the plan, as do contacts and, with these, their addresses.
address = Table(
    "address",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("subscriber", Integer, ForeignKey("subscriber.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("seal", Digest, nullable=False),
)

# The calendar entry about the end of an address, as it was rendered, and since when it is shown.
address_note = Table(
    "address_note",
    metadata,
    Column("address", Digest, ForeignKey("address.digest"), primary_key=True),
    Column("ends", Moment, nullable=False),
    Column("since", Moment, nullable=False),
    Column("event", Text, nullable=False),
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

# The coordinator's draft beside the served year: all entries since the last publishing. At most one row. `base` is the
# revision that it began from; `scenario` and `plan` are gzipped JSON without sites, `given` the edited scenario.
# `clock`: the moment of a rehearsal.
draft = Table(
    "draft",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("base", Integer, ForeignKey("revision.number")),
    Column("scenario", LargeBinary, nullable=False),
    Column("plan", LargeBinary, nullable=False),
    Column("given", LargeBinary),
    Column("clock", Moment),
)

# The edits that `given` consists of, each by itself: gzipped JSON without sites, before it and after it. `action` and
# `about` are its line of the log.
draft_edit = Table(
    "draft_edit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(32), nullable=False),
    Column("about", Text, nullable=False),
    Column("before", LargeBinary, nullable=False),
    Column("after", LargeBinary, nullable=False),
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

# Every entry that a person made in the console, for ever. `body` is one item of the list of that name, as in a file of
# changes; `revision` is that of the plan that answered it, None while it waits.
entry = Table(
    "entry",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("list", String(32), nullable=False),
    Column("body", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("revision", Integer),
    Column("taken_back_at", Moment),
    Column("taken_back_by", Text),
    Index("ix_entry_revision", "revision", "taken_back_at", "number"),
)

# A solve in a child process. `version` is that of its draft; `heartbeat` is its last report; `console` is the name of
# the console whose child it is. `about`: the party whose worth it works out; empty if it looks for options.
job = Table(
    "job",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("actor", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("heartbeat", Moment, nullable=False),
    Column("level", String(32), nullable=False),
    Column("value", Integer),
    Column("bound", Integer),
    Column("fault", Text, nullable=False),
    Column("limit_s", Integer, nullable=False, server_default="60"),
    Column("console", String(16), nullable=False, server_default=""),
    Column("about", String(80), nullable=False, server_default=""),
)

# The results of a job: one plan for each option, gzipped JSON without sites, each with its scenario.
job_option = Table(
    "job_option",
    metadata,
    Column("job", Integer, ForeignKey("job.number"), primary_key=True, autoincrement=False),
    Column("option", String(32), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("scenario", LargeBinary, nullable=False),
    Column("plan", LargeBinary, nullable=False),
)

# The option that the parties are asked about; at most one row. They may answer until the deadline.
proposal = Table(
    "proposal",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("option", String(32), nullable=False),
    Column("scenario", LargeBinary, nullable=False),
    Column("plan", LargeBinary, nullable=False),
    Column("deadline", Moment, nullable=False),
    Column("offered", Text, nullable=False, server_default="{}"),
)

# The address at which a party answers, without an account. Of its token only the SHA-256 is stored.
answer_address = Table(
    "answer_address",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("party", String(80), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

# Messages that wait to be mailed. The text of sent and removed ones is deleted, and their number is never reused;
# `fault` is why an attempt failed. `asks`: it has an address to answer at, which is made when the message is sent, so
# that none is stored here. `claimed_at`: since then it is being handed over; `doubtful_since`: the first attempt with
# unknown success. `knows` and `tells` are hashes of revisions: the one that its party knows, and the one that it tells
# of.
outbox = Table(
    "outbox",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("party", String(80), nullable=False),
    Column("address", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("asks", Boolean, nullable=False, server_default=false()),
    Column("actor", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("tried_at", Moment),
    Column("fault", Text, nullable=False, server_default=""),
    Column("claimed_at", Moment),
    Column("doubtful_since", Moment),
    Column("taken_out", Boolean, nullable=False, server_default=false()),
    Column("about", Text, nullable=False, server_default="[]"),
    Column("soon", Integer, nullable=False, server_default="0"),
    Column("passed", Integer, nullable=False, server_default="0"),
    Column("seen", Moment),
    Column("until", Moment),
    Column("doubts", Integer, nullable=False, server_default="0"),
    Column("knows", Digest, nullable=False, server_default=""),
    Column("tells", Digest, nullable=False, server_default=""),
    Column("opening", Text, nullable=False, server_default=""),
    Column("details", Text, nullable=False, server_default=""),
    Column("todo", Text, nullable=False, server_default=""),
    Column("ending", Text, nullable=False, server_default=""),
    Column("from_name", Text, nullable=False, server_default=""),
    Column("reply_to", Text, nullable=False, server_default=""),
    Column("contact", String(32), nullable=False, server_default=""),
    Column("opens", Boolean, nullable=False, server_default=false()),
    Column("page", String(16), nullable=False, server_default=""),
    Column("page_until", Moment),
)

# A function of a party that takes part at the portal. `may`: a JSON list. What is ended stays, without mail addresses.
contact = Table(
    "contact",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("party", String(80), nullable=False),
    Column("function", Text, nullable=False),
    Column("may", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("code_to", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("ended_at", Moment),
    Column("locked_at", Moment),
    Column("came_in_at", Moment),
)

# The address of a contact. Of its token only the SHA-256 is stored. `page`: the only page that it opens; empty: all.
contact_address = Table(
    "contact_address",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("contact", String(32), ForeignKey("contact.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
    Column("page", String(16), nullable=False, server_default=""),
)

# What a contact sent, for ever, as it was carried in: `digest` is of the whole row as the portal had it. `state`:
# `waits` for the coordinator, `taken` into the year's entries (under the id `item`), or put `aside`.
party_entry = Table(
    "party_entry",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("contact", String(32), ForeignKey("contact.id"), nullable=False),
    Column("key", String(64), nullable=False),
    Column("party", String(80), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("corrects", String(32), nullable=False),
    Column("seen", Digest, nullable=False),
    Column("reported", Moment, nullable=False),
    Column("received", Moment, nullable=False),
    Column("digest", Digest, nullable=False),
    Column("state", String(16), nullable=False),
    Column("item", String(80), nullable=False, server_default=""),
    Column("settled_at", Moment),
    Column("settled_by", Text, nullable=False, server_default=""),
    Column("told", String(16), nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    UniqueConstraint("contact", "key"),
    Index("ix_party_entry_state", "state", "settled_at"),
    Index("ix_party_entry_received", "received", "contact"),
)

# A row of the portal's inbox that was not taken in, and why: by a digest of the row, so that each is told once.
party_fault = Table(
    "party_fault",
    metadata,
    Column("row_digest", Digest, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("party", String(80), nullable=False),
    Column("at", Moment, nullable=False),
)

# A revision that parties were told of, and that no longer exists since an older backup was restored.
told_revision = Table(
    "told_revision",
    metadata,
    Column("hash", Digest, primary_key=True),
    Column("published_at", Moment, nullable=False),
    Column("scenario", Digest, ForeignKey("blob.digest"), nullable=False),
    Column("plan", Digest, ForeignKey("blob.digest"), nullable=False),
)

# A link into the console that works once, and the sessions. Only hashes are stored; neither goes into a backup.
sign_in = Table(
    "sign_in",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("person", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("expires_at", Moment, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("person", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("language", String(2), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

IMMUTABLE = (blob, revision, feed, cause, site_seal)
"""The tables of published revisions, in the order in which rows can be written."""

TABLES = (
    *IMMUTABLE, site, state, uid_key, subscriber, address, address_note, fetch, audit, draft, draft_edit, draft_site,
    entry, job, job_option, proposal, answer_address, contact, contact_address, party_entry, party_fault, told_revision,
    outbox,
)  # fmt: skip
"""All tables in a backup, in the order in which rows can be written."""

OF_THIS_DATABASE = (sign_in, session)
"""Tables that are never copied: everybody must sign in again."""

OF_SITES = (site, draft_site)
"""Tables with personal data: a backup has them only on request."""

MADE_WITH_A_ROW = (state, uid_key)
"""Tables that have one row from the start."""

YEAR = Lineage(
    "year",
    (Path(__file__).parent / "migrations" / "year",),
    tables_id("year", metadata),
    "arshjul import",
    Message(
        "{name} is another version's, and unchanged: run its `checkout`, then `import` into "
        "a new database with this one."
    ),
)
"""The year's kind of database, of the version that these tables are."""
