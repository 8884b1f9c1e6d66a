"""Messages have the number of attempts whose success is unknown."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Waiting messages are counted from now on."""
    op.add_column("outbox", sa.Column("doubts", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    """Messages that were left for a call would be mailed again."""
    raise NotImplementedError("this step has no way back: restore a backup")
