"""The year's tables as they are declared, until a release writes them out here."""

import secrets
from datetime import UTC, datetime

from alembic import op

from arshjul.office.store import schema, tables

revision = schema.YEAR.head
down_revision = None
branch_labels = None
depends_on = None

_KEY_BYTES = 32


def upgrade() -> None:
    tables.metadata.create_all(op.get_bind())
    op.bulk_insert(tables.state, [{"id": 1, "generation": 0, "floor": datetime(1970, 1, 1, tzinfo=UTC)}])
    op.bulk_insert(tables.uid_key, [{"id": 1, "key": secrets.token_bytes(_KEY_BYTES)}])
