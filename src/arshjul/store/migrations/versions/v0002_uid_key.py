"""The key that hides the events' identities in feeds that show only times or areas."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY_BYTES = 32


def upgrade() -> None:
    """Makes the table with its key."""
    uid_key = op.create_table(
        "uid_key",
        sa.Column("id", sa.Integer, autoincrement=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_uid_key"),
    )
    op.bulk_insert(uid_key, [{"id": 1, "key": secrets.token_bytes(KEY_BYTES)}])


def downgrade() -> None:
    """Without the key, every subscriber below the level `full` would get all events anew."""
    raise NotImplementedError("this step has no way back: restore a backup")
