"""Entries: what happens, or is decided, in a year that is under way."""
