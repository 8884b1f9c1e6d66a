"""Alembic's entrance: the steps run in the transaction that is handed in."""

from alembic import context

from arshjul.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
