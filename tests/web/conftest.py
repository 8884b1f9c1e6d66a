"""The databases."""

from tests.databases import postgresql, url

__all__ = ["postgresql", "url"]
