"""Sync with the portal's database: views out, entries in."""
