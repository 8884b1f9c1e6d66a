"""Messages being handed over are marked, and removed ones keep their number."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Waiting messages are not claimed by anybody."""
    op.add_column("outbox", sa.Column("claimed_at", sa.String(27)))
    op.add_column("outbox", sa.Column("doubtful_since", sa.String(27)))
    op.add_column("outbox", sa.Column("taken_out", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Removed messages would wait again."""
    raise NotImplementedError("this step has no way back: restore a backup")
