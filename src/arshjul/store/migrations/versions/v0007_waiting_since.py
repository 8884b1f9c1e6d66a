"""A message knows since which revision it tells, and whether what it tells of starts soon."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what waits, nobody knows since when it tells: it is said as it is."""
    op.add_column("outbox", sa.Column("since", sa.Integer))
    op.add_column("outbox", sa.Column("urgent", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """It would not be known any more whom to call today."""
    raise NotImplementedError("this step has no way back: restore a backup")
