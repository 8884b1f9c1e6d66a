"""The portal's tables as they are declared, until a release writes them out here."""

import secrets

from alembic import op

from arshjul.portal.store import schema, tables

revision = schema.PORTAL.head
down_revision = None
branch_labels = None
depends_on = None

_MOST = 1 << 30
"""A database that is made anew begins at another number: no server of feeds takes it for the former one."""


def upgrade() -> None:
    tables.metadata.create_all(op.get_bind())
    op.bulk_insert(tables.state, [{"id": 1, "epoch": ""}])
    op.bulk_insert(tables.portal_writer, [{"id": 1}])
    op.bulk_insert(tables.feed_writer, [{"id": 1}])
    begins = {"id": 1, "generation": secrets.randbelow(_MOST), "restored_at": "", "mark": "", "carried": -1}
    op.bulk_insert(tables.feed_state, [begins])
