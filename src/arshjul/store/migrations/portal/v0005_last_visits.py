"""When each session was last here before this visit."""

import sqlalchemy as sa
from alembic import op

revision = "p0005"
down_revision = "p0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what went before nothing is known."""
    op.add_column("session", sa.Column("visited_at", sa.String(27)))


def downgrade() -> None:
    """Nobody would be told what has changed."""
    raise NotImplementedError("this step has no way back: restore a backup")
