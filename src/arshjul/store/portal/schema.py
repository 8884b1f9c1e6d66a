"""The portal's database, with all its tables."""

from pathlib import Path

from arshjul.errors import Message
from arshjul.store.columns import tables_id
from arshjul.store.portal import contacts, inbox, sessions, sheets, views
from arshjul.store.portal.tables import metadata
from arshjul.store.versions import Lineage

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
