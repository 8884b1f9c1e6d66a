"""Slots that parties may choose from instead of those that they are asked about."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A proposal from before offers none."""
    op.add_column("proposal", sa.Column("offered", sa.Text(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Nobody would know which slots a party may choose from."""
    raise NotImplementedError("this step has no way back: restore a backup")
