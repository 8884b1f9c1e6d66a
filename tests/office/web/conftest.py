"""The databases."""

from tests.databases import databases, filled_databases, made_at_once, postgresql, url

__all__ = ["databases", "filled_databases", "made_at_once", "postgresql", "url"]
