"""The portal's database, with all its tables."""

from dataclasses import replace
from pathlib import Path

from arshjul.errors import Message
from arshjul.portal.store import contacts, inbox, sessions, sheets, tables, views
from arshjul.portal.store.tables import metadata
from arshjul.serving.sql.columns import tables_id
from arshjul.serving.sql.database import Database, open_database
from arshjul.serving.sql.versions import Lineage

SUBJECTS = (contacts, inbox, sessions, sheets, views)

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


def open_own(given: str) -> Database:
    """The database at that address. Who writes holds a row that is for the portal alone, and needs no other's."""
    return replace(open_database(given, PORTAL), held=tables.portal_writer)
