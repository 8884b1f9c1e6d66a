"""Why a nomination was declined or merged, as its contact is told."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what came before, nothing was told."""
    op.add_column("party_entry", sa.Column("reason", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """What contacts were told would be lost."""
    raise NotImplementedError("this step has no way back: restore a backup")
