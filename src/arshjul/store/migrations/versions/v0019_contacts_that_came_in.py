"""When each contact was last seen to come in at the portal."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what was before, nothing is known until they come in again."""
    op.add_column("contact", sa.Column("came_in_at", sa.String(27), nullable=True))


def downgrade() -> None:
    """Nobody would know who has come in."""
    raise NotImplementedError("this step has no way back: restore a backup")
