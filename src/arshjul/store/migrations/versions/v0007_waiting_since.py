"""Messages have the revision since which they tell changes, and whether these start soon."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """For waiting messages the revision is unknown: they are sent as they are."""
    op.add_column("outbox", sa.Column("since", sa.Integer))
    op.add_column("outbox", sa.Column("urgent", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """The messages to call about today would be unknown."""
    raise NotImplementedError("this step has no way back: restore a backup")
