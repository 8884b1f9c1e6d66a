"""The check of a scenario before any solving."""
