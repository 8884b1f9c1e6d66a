"""The databases."""

from tests.databases import databases, filled_databases, postgresql, url

__all__ = ["databases", "filled_databases", "postgresql", "url"]
