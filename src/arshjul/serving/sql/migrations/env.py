"""Alembic's entry point: the migrations run in the given transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
