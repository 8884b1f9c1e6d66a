"""Alembic's entry point: the migrations run in the given transaction."""

from alembic import context

from arshjul.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
