"""The year's database: all its tables, and which of them a backup has.

Everything large is a `blob`, named by the SHA-256 of its bytes and stored gzipped: shared contents of revisions are
stored once, and a feed's gzip is made when it is published, not on request.
"""

from pathlib import Path

from arshjul.errors import Message
from arshjul.office.store import (
    audit,
    contacts,
    drafts,
    jobs,
    outbox,
    party_entries,
    proposals,
    readers,
    revisions,
    sessions,
)
from arshjul.office.store.tables import metadata, state, uid_key
from arshjul.serving.sql.columns import tables_id
from arshjul.serving.sql.versions import Lineage

SUBJECTS = (
    audit, contacts, drafts, jobs, outbox, party_entries, proposals, readers, revisions, sessions,
)  # fmt: skip

OF_THIS_DATABASE = (sessions.SIGN_INS.table, sessions.SESSIONS.table)
"""Tables that are never copied: everybody must sign in again."""

TABLES = tuple(table for table in metadata.sorted_tables if table not in OF_THIS_DATABASE)
"""All tables in a backup, in the order in which rows can be written."""

MADE_WITH_A_ROW = (state, uid_key)

YEAR = Lineage(
    "year",
    (Path(__file__).parent / "migrations",),
    tables_id("year", metadata),
    "arshjul import",
    Message(
        "{name} is another version's, and unchanged: run its `checkout`, then `import` into "
        "a new database with this one."
    ),
)
