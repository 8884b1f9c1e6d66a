"""The portal's database as its own process has it."""

from dataclasses import replace

from arshjul.store.database import Database, open_database
from arshjul.store.portal import tables
from arshjul.store.portal.schema import PORTAL


def open_own(given: str) -> Database:
    """The database at that address. Who writes holds a row that is for the portal alone, and needs no other's."""
    return replace(open_database(given, PORTAL), held=tables.portal_writer)
