"""The migrations from any earlier version of a database to the present one (Alembic)."""
